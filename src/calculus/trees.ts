/** What goes into a differentiated function and what comes out of it: trees of float tensors. */
import { isFloat } from '../DType.js'
import { DTypeError } from '../primitive/model.js'
import { ShapeError, equals, show } from '../shape/model.js'
import { type Tensor, fill } from '../tensor/model.js'
import { TreeError, flattenAs, zipWithAs } from '../tree/model.js'

/** A leaf by its path, or what the whole tree is to the caller. */
export const named = (path: string, whole: string): string => (path === '' ? whole : path)

/** Refuses to differentiate integers and booleans. */
export const requireFloat = (operation: string, leaf: Tensor, path: string, whole: string): void => {
  if (isFloat(leaf.dtype)) return
  throw new DTypeError(
    operation,
    `${named(path, whole)} is ${leaf.dtype}; float32 or float64 is required, cast it with T.cast or pass it as a later argument`
  )
}

/** The leaves of what a differentiated function returned. */
export const results = <R>(operation: string, value: R): ReturnType<typeof flattenAs<R>> => {
  try {
    return flattenAs(operation, value)
  } catch (error) {
    if (!(error instanceof TreeError)) throw error
    const where = error.path === '' ? 'a value' : `a value whose ${error.path}`
    throw new TreeError(
      operation,
      error.path,
      `the function returned ${where} is no tensor; tensors or trees of tensors are required`
    )
  }
}

/** Checks that a tangent or cotangent fits its leaf. */
const requireLike = (operation: string, what: string, leaf: Tensor, path: string, given: Tensor): void => {
  const at = path === '' ? '' : ` at ${path}`
  if (!equals(leaf.shape, given.shape)) {
    throw new ShapeError(
      operation,
      [leaf.shape, given.shape],
      `a ${what} of shape ${show(given.shape)}${at}; shape ${show(leaf.shape)} is required`
    )
  }
  if (leaf.dtype !== given.dtype) {
    throw new DTypeError(operation, `a ${what} of ${given.dtype}${at}; ${leaf.dtype} is required, cast it with T.cast`)
  }
}

/** The leaves of a tree of tangents or cotangents, in the order of the tree that they belong to. */
export const leavesLike = (operation: string, what: string, tree: unknown, given: unknown): readonly Tensor[] => {
  const leaves: Tensor[] = []
  zipWithAs(operation, tree, given, (leaf, other, path) => {
    requireLike(operation, what, leaf, path, other)
    leaves.push(other)
    return other
  })
  return leaves
}

/** The zero that a missing tangent or cotangent stands for. */
export const zeroLike = (x: Tensor): Tensor => fill(x.shape, x.dtype, 0)
