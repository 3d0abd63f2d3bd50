/** Decompositions: primitives in terms of other ones, as functions of tensors that a format traces where it has no rule. */
import type { Params, Primitive } from '../../../primitive/model.js'
import { type Shape, size } from '../../../shape/model.js'
import { countOver, keepAxes } from '../../../tensor/alongBlock.js'
import { maxPrimitive } from '../../../tensor/minMaxOverAxes.js'
import { type Tensor, fromData } from '../../../tensor/model.js'
import { bindOne } from '../../../primitive/bind.js'
import { add } from '../../../tensor/arithmetic.js'
import { equal, less } from '../../../tensor/comparison.js'
import { all } from '../../../tensor/reduce.js'
import { where } from '../../../tensor/select.js'
import { take } from '../../../tensor/stridedWindow.js'
import { expandOver, inverse, permuteTo, reshapeTo, sumOver } from '../../../tensor/structural.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** A primitive as a function of its operands, in operations that dispatch. */
export type Decomposition = (operands: readonly Tensor[], params: Params) => readonly Tensor[]

/** A primitive and its decomposition. */
export type Entry = readonly [primitive: Primitive, decomposition: Decomposition]

/** Several results of several operands. */
/* @__NO_SIDE_EFFECTS__ */
export const on = <P extends Params>(
  primitive: Primitive<P>,
  f: (operands: readonly Tensor[], params: P) => readonly Tensor[]
): Entry => [primitive, f as Decomposition]

/** One result of one operand. */
/* @__NO_SIDE_EFFECTS__ */
export const onOne = <P extends Params>(primitive: Primitive<P>, f: (x: Tensor, params: P) => Tensor): Entry =>
  on(primitive, ([x], params) => [f(x!, params)])

/** One result of two operands. */
/* @__NO_SIDE_EFFECTS__ */
export const onTwo = <P extends Params>(
  primitive: Primitive<P>,
  f: (x: Tensor, y: Tensor, params: P) => Tensor
): Entry => on(primitive, ([x, y], params) => [f(x!, y!, params)])

// -----------------------------------------------------------------------------
// shapes
// -----------------------------------------------------------------------------

/** The sum over axes, repeated over them. */
export const spreadSum = (x: Tensor, axes: readonly number[]): Tensor => expandOver(sumOver(x, axes), x.shape, axes)

/** The largest element over axes, which stay with size 1; the tensor itself where there is nothing to choose from. */
export const peakOver = (x: Tensor, axes: readonly number[]): Tensor =>
  countOver(x.shape, axes) === 1 && axes.every((axis) => x.shape[axis] === 1)
    ? x
    : reshapeTo(bindOne(maxPrimitive, [x], { axes }), keepAxes(x.shape, axes))

/** The order of axes in which the given one is last. */
const lastOrder = (shape: Shape, axis: number): readonly number[] => [
  ...shape.map((_, each) => each).filter((each) => each !== axis),
  axis
]

/** The tensor with an axis behind the others. */
export const permutedLast = (x: Tensor, axis: number): Tensor => permuteTo(x, lastOrder(x.shape, axis))

/** A function of the last axis, along another one. */
export const alongLast = (x: Tensor, axis: number, f: (x: Tensor) => Tensor): Tensor => {
  const order = lastOrder(x.shape, axis)
  return permuteTo(f(permuteTo(x, order)), inverse(order))
}

/** The numbers 0, 1, ... along an axis, int32, of size 1 along the others. */
export const iota = (n: number, rank: number, axis: number): Tensor =>
  fromData(
    Array.from({ length: rank }, (_, each) => (each === axis ? n : 1)),
    'int32',
    Int32Array.from({ length: n }, (_, i) => i)
  )

/** Indices counted from the front. */
export const fromFront = (indices: Tensor, length: number): Tensor =>
  where(less(indices, 0), add(indices, length), indices)

/** The first elements along each axis. */
export const windowOf = (x: Tensor, sizes: Shape): Tensor =>
  take(x, { starts: sizes.map(() => 0), steps: sizes.map(() => 1), sizes })

/** Matrices `[..., m, n]` as `[count, m, n]`. */
export const flatStack = (x: Tensor): Tensor => reshapeTo(x, [size(x.shape.slice(0, -2)), ...x.shape.slice(-2)])

/** Solutions; where zero is strong, those of right sides that are 0 are 0, whatever the matrix. */
export const withStrongZeros = (x: Tensor, right: Tensor, strongZero: boolean): Tensor =>
  strongZero ? where(all(equal(right, 0), { axis: 1, keepDims: true }), 0, x) : x
