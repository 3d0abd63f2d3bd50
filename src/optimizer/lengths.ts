/** Lengths of leaves and of their rows, in the leaf's element type; squares neither overflow nor underflow. */
import { size } from '../shape/model.js'
import { div, norm } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'

/** The Euclidean norm of a leaf. */
export const lengthOfLeaf = (leaf: Tensor): Tensor<[]> => typed(norm(leaf))

/** The root of the mean of the squares of a leaf. */
export const rmsOf = (leaf: Tensor): Tensor<[]> => typed(div(norm(leaf), Math.sqrt(Math.max(1, size(leaf.shape)))))

/** The root of the mean of squares along some axes, which stay with size 1. */
export const rmsAlong = (leaf: Tensor, axes: readonly number[]): Tensor => {
  const count = axes.reduce((product, axis) => product * leaf.shape[axis]!, 1)
  return div(norm(leaf, { axis: axes, keepDims: true }), Math.sqrt(Math.max(1, count)))
}

/** All axes but the first: those along which a unit of a layer, a row or a filter, lies. */
export const unitAxes = (leaf: Tensor): readonly number[] => Array.from(leaf.shape.keys()).slice(1)

/** The norms of units, along axes of size 1; of a vector or a scalar the one norm. */
export const unitLengths = (leaf: Tensor): Tensor =>
  leaf.shape.length < 2 ? norm(leaf) : norm(leaf, { axis: unitAxes(leaf), keepDims: true })
