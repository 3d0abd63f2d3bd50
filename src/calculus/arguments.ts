/** The arguments and results of differentiated functions: trees of float tensors. */
import { requireFunction } from '../internal/check.js'
import { isFloat } from '../DType.js'
import type { TensorType } from '../primitive/model.js'
import { describe } from '../internal/describe.js'
import { DTypeError } from '../internal/require.js'
import { ShapeError, equals, show } from '../shape/model.js'
import { type Tensor, fill } from '../tensor/model.js'
import { TreeError, type Wording } from '../tree/error.js'
import { type Flat, flattenAs, zipWithAs } from '../tree/model.js'

// -----------------------------------------------------------------------------
// calls
// -----------------------------------------------------------------------------

/**
 * Refuses arguments of a combinator that are not functions, and arguments too many: the data go to the function that it
 * returns.
 */
export const requireFunctions = (operation: string, functions: object, more: readonly unknown[] = []): void => {
  for (const [name, f] of Object.entries(functions)) requireFunction(operation, f, name)
  if (more.length === 0) return
  const call = `${operation}(${Object.keys(functions).join(', ')})(x)`
  throw new TypeError(`${operation}: an extra argument was given; call ${call}`)
}

/** Refuses a result that is not a pair. */
export const requirePair: (
  operation: string,
  what: string,
  given: unknown,
  pair: string
) => asserts given is readonly [unknown, unknown] = (operation, what, given, pair) => {
  if (Array.isArray(given) && given.length === 2) return
  throw new TreeError(operation, '', `${what} returned ${describe(given)}; expected a pair ${pair}`)
}

// -----------------------------------------------------------------------------
// leaves
// -----------------------------------------------------------------------------

/** The expectation of errors about leaves. */
export const aTensor = 'expected a tensor'

/** The sentences about leaves of a list of arguments. */
export const ofArguments: Wording = { at: (path) => `args${path} is`, required: aTensor }

/** The remedy for an integer argument, beside casting it, where only the first argument is differentiated. */
export const passLater = ' or pass it as a later argument'

/** Refuses to differentiate integers and booleans; `remedy` is an alternative to a cast. */
export const requireFloat = (operation: string, leaf: Tensor, subject: string, remedy = ''): void => {
  if (isFloat(leaf.dtype)) return
  const rule = `${subject} is ${leaf.dtype}; expected float32 or float64, cast it with T.cast${remedy}`
  throw new DTypeError(operation, rule)
}

/** Refuses integers and booleans among arguments all of which are differentiated. */
export const requireFloatArgument = (operation: string, leaf: Tensor, path: string): void => {
  if (!isFloat(leaf.dtype)) requireFloat(operation, leaf, `args${path}`, ' or close over it instead')
}

/** The leaves of what a differentiated function returned. */
export const results = <R>(operation: string, value: R): Flat<R> =>
  flattenAs(operation, value, {
    at: (path) => (path === '' ? 'the function returned' : `the function returned a tree whose ${path} is`),
    required: 'expected a tensor or a tree of tensors'
  })

/** Checks that a tangent or cotangent fits its leaf. */
const requireLike = (operation: string, what: string, leaf: Tensor, path: string, given: Tensor): void => {
  const at = path === '' ? '' : ` at ${path}`
  if (!equals(leaf.shape, given.shape)) {
    throw new ShapeError(
      operation,
      [leaf.shape, given.shape],
      `the ${what}${at} has shape ${show(given.shape)}; expected shape ${show(leaf.shape)}`
    )
  }
  if (leaf.dtype !== given.dtype) {
    throw new DTypeError(operation, `the ${what}${at} is ${given.dtype}; expected ${leaf.dtype}, cast it with T.cast`)
  }
}

/** The leaves of a tree of tangents or cotangents, in the order of the tree that they belong to. */
export const leavesLike = (operation: string, what: string, tree: unknown, given: unknown): readonly Tensor[] => {
  const leaves: Tensor[] = []
  try {
    zipWithAs(operation, tree, given, (leaf, other, path) => {
      requireLike(operation, what, leaf, path, other)
      leaves.push(other)
      return other
    })
  } catch (error) {
    // A value that is not a tree at all gets its own sentence: only trees differ in structure.
    const at = (path: string): string => `the ${what}${path === '' ? '' : ` at ${path}`} is`
    if (error instanceof TreeError) flattenAs(operation, given, { at, required: aTensor })
    throw error
  }
  return leaves
}

/** The zero that a missing tangent or cotangent stands for. */
export const zeroLike = (x: TensorType): Tensor => fill(x.shape, x.dtype, 0)
