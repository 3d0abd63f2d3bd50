/** What goes into a differentiated function and what comes out of it: trees of float tensors. */
import { isFloat } from '../DType.js'
import { DTypeError, type TensorType } from '../primitive/model.js'
import { ShapeError, equals, show } from '../shape/model.js'
import { type Tensor, fill } from '../tensor/model.js'
import { type Flat, flattenAs, zipWithAs } from '../tree/model.js'

/** What errors call the value of a differentiated function. */
export const theResult = 'the result'

/** Refuses to differentiate integers and booleans. */
export const requireFloat = (operation: string, leaf: Tensor, path: string, whole: string): void => {
  if (isFloat(leaf.dtype)) return
  const orLater = whole === theResult ? '' : ' or pass it as a later argument'
  throw new DTypeError(
    operation,
    `${path === '' ? whole : path} is ${leaf.dtype}; float32 or float64 is required, cast it with T.cast${orLater}`
  )
}

/** The leaves of what a differentiated function returned. */
export const results = <R>(operation: string, value: R): Flat<R> =>
  flattenAs(operation, value, {
    at: (path) => (path === '' ? 'the function returned' : `the function returned a tree whose ${path} is`),
    required: 'tensors or trees of tensors are required'
  })

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
export const zeroLike = (x: TensorType): Tensor => fill(x.shape, x.dtype, 0)
