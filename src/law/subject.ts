/** A function at a point, as the laws see it: from a list of float64 tensors that move to a list of float tensors. */
import { isFloat } from '../DType.js'
import { DTypeError } from '../internal/require.js'
import { size } from '../shape/model.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { isRecord, below } from '../tree/error.js'
import { mapTensors } from '../tree/model.js'
import { literal } from './literal.js'
import { count, flat, largest } from './values.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A function at a point. Everything else than float tensors is held constant, inside `f`.
 *
 * @example
 * import * as Law from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * const product = (a: T.Tensor, b: T.Tensor) => T.mul(a, b)
 * const subject: Law.Subject = Law.subject('mul', product, [T.scalar(2, 'float64'), T.scalar(3, 'float64')])
 * subject.inputs.length // => 2
 * subject.paths // => ['args[0]', 'args[1]']
 */
export interface Subject {
  /** The function, as it is called. */
  readonly name: string
  /** The point: float64 tensors. */
  readonly inputs: readonly Tensor[]
  /** The name of each input in sentences. */
  readonly paths: readonly string[]
  /** The name of each output in sentences. */
  readonly resultPaths: readonly string[]
  /** Per element of all inputs: how far it may move while the function stays defined and smooth. */
  readonly reach: Float64Array
  /** Whether the function is promised to be smooth there; if not, a kink at the point itself is counted as inconclusive. */
  readonly smooth: boolean
  /** The function. */
  readonly f: (inputs: readonly Tensor[]) => readonly Tensor[]
  /** Its value at the point. */
  readonly value: readonly Tensor[]
  /** The largest number met so far, in the value and in the numbers it was derived from; rounding is relative to it. */
  readonly natural: number
  /** The arguments as one would write them. */
  readonly literals: () => readonly string[]
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** The float tensors in a value of any kind, with their paths. */
const floats = (node: unknown, path: string): readonly (readonly [leaf: Tensor, path: string])[] => {
  if (isTensor(node)) return isFloat(node.dtype) ? [[node, path]] : []
  if (Array.isArray(node)) return node.flatMap((child: unknown, i) => floats(child, `${path}[${i}]`))
  if (!isRecord(node)) return []
  return Object.entries(node).flatMap(([key, child]) => floats(child, below(path, key)))
}

/** The power of two at or below a number, so that steps by it are exact in binary. */
const binary = (reach: number): number => 2 ** Math.floor(Math.log2(reach))

/** The reach without a known domain: a value moves by its own size, 0 by that of the largest in its tensor. */
const reachOfSize = (x: Tensor): Float64Array => {
  const values = flat([x])
  const scale = largest(values) || 1
  return values.map((value) => binary(value === 0 ? scale : Math.max(Math.abs(value), scale * 2 ** -24)))
}

/** Joins the reach of all inputs into one list; 1 at most, so that a step is never coarse. */
export const reachOfAll = (
  inputs: readonly Tensor[],
  known: (x: Tensor) => readonly number[] | undefined
): Float64Array => {
  const result = new Float64Array(count(inputs))
  let to = 0
  for (const x of inputs) {
    const own = known(x)
    if (own === undefined) result.set(reachOfSize(x), to)
    else own.forEach((reach, i) => (result[to + i] = binary(Math.min(1, reach))))
    to += size(x.shape)
  }
  return result
}

/**
 * A function at a point, given by its arguments: trees of tensors and constants of any kind. Float tensors must be
 * float64, because finite differences in single precision are too coarse; at least one is needed.
 *
 * @throws DTypeError when a float tensor is not float64, or there are no float tensors
 *
 * @example
 * import * as Law from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * const scaled = ({ x }: { readonly x: T.Tensor<[]> }, factor: number) => T.mul(x, factor)
 * Law.subject('scaled', scaled, [{ x: T.scalar(2, 'float64') }, 10]).paths // => ['args[0].x']
 */
export const subject = <Args extends readonly unknown[], R>(
  name: string,
  f: (...args: Args) => R,
  args: Args
): Subject => {
  const found = floats(args, 'args')
  const wrong = found.find(([leaf]) => leaf.dtype !== 'float64')
  if (wrong !== undefined) {
    throw new DTypeError(
      'Law',
      `${wrong[1]} is ${wrong[0].dtype}; expected float64, as finite differences in single precision are too coarse, cast with T.cast(x, 'float64') or Tree.map(T.cast('float64'))`
    )
  }
  if (found.length === 0) {
    throw new DTypeError('Law', `the arguments of ${name} have no float tensors; expected at least one float64 tensor`)
  }
  const inputs = found.map(([leaf]) => leaf)
  const apply = (moved: readonly Tensor[]): readonly (readonly [leaf: Tensor, path: string])[] => {
    let next = 0
    const at = mapTensors(args, (leaf) => (isFloat(leaf.dtype) ? (moved[next++] ?? leaf) : leaf))
    return floats(f(...at), '')
  }
  const results = apply(inputs)
  return {
    name,
    inputs,
    paths: found.map(([, path]) => path),
    resultPaths: results.map(([, path]) => (path === '' ? 'the result' : `the result's ${path}`)),
    reach: reachOfAll(inputs, () => undefined),
    smooth: false,
    f: (moved) => apply(moved).map(([leaf]) => leaf),
    value: results.map(([leaf]) => leaf),
    natural: largest(flat(results.map(([leaf]) => leaf))),
    literals: () => args.map(literal)
  }
}
