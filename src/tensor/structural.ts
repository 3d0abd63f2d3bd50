/**
 * The linear operations that every other one is built on: changes of type and of shape, and the pair of broadcasting
 * and summation, each the transpose of the other. These are the primitives; their doors are in `layout.ts` and
 * `reduce.ts`.
 */
import { coded } from '../primitive/code.js'
import { type DType, allocate, isFloat } from '../DType.js'
import { sumInto, sumRepeatedInto } from '../kernel/reduceSum.js'
import { restride } from '../kernel/restride.js'
import { copyStrided, isContiguous } from '../kernel/strided.js'
import { real } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import * as E from '../primitive/expression.js'
import type { Primitive } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, ShapeError, broadcast, equals, show, size, strides } from '../shape/model.js'
import { type OverAxes, countOver, dropAxes, keepAxes, reduceOver } from './alongBlock.js'
import { type Concrete, Dense, Scalar, type Tensor, contiguous, firstElement, fromData, fromNumber } from './model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** The element type of the result. */
export interface ToDType {
  readonly dtype: DType
}

/** The shape of the result. */
export interface ToShape {
  readonly shape: Shape
}

/** For each axis of the result, the axis of the operand that it is. */
export interface ToOrder {
  readonly order: readonly number[]
}

// -----------------------------------------------------------------------------
// element type
// -----------------------------------------------------------------------------

const convert = (x: Concrete, { dtype }: ToDType): Concrete => {
  if (x.dtype === dtype) return x
  if (x instanceof Scalar) return fromNumber(dtype, x.value)
  const data = allocate(dtype, size(x.shape))
  if (dtype === 'bool') {
    const from = contiguous(x)
    for (let i = 0; i < data.length; i++) data[i] = from.data[from.offset + i] === 0 ? 0 : 1
  } else {
    copyStrided(x.data, x.offset, x.shape, x.strides, data)
  }
  return fromData(x.shape, dtype, data)
}

export const castPrimitive: Primitive<ToDType> = op<1, ToDType>({
  name: 'cast',
  kind: 'elementwise',
  arity: 1,
  scalar: E.x,
  infer: (x, { dtype }) => ({ shape: x.shape, dtype }),
  evaluate: convert,
  jvp: [(tangent, _x, _out, { dtype }) => cast(tangent, dtype)],
  vjp: [
    (x) => {
      const { dtype } = x
      return (ct) => cast(ct, dtype)
    }
  ],
  batch: (operands, _mapped, params) => bindOne(castPrimitive, operands, params),
  sample: (draw) => ({ operands: [draw.tensor(draw.shape(), real)], params: { dtype: 'float64' } })
})

/** The same towards integers and booleans, which have no derivative. */
export const truncatePrimitive: Primitive<ToDType> = op<1, ToDType>({
  name: 'truncate',
  kind: 'elementwise',
  arity: 1,
  scalar: E.x,
  infer: (x, { dtype }) => ({ shape: x.shape, dtype }),
  evaluate: convert,
  jvp: undefined,
  vjp: undefined,
  batch: (operands, _mapped, params) => bindOne(truncatePrimitive, operands, params),
  sample: (draw) => ({ operands: [draw.tensor(draw.shape(), real)], params: { dtype: draw.dtype(['int32', 'bool']) } })
})

/** The tensor with another element type; itself when it has that type already. */
export const cast = (x: Tensor, dtype: DType): Tensor =>
  x.dtype === dtype ? x : bindOne(isFloat(dtype) ? castPrimitive : truncatePrimitive, [x], { dtype })

// -----------------------------------------------------------------------------
// shape
// -----------------------------------------------------------------------------

/** The same values, in row-major order, under another shape of the same size. */
export const reshapePrimitive: Primitive<ToShape> = op<1, ToShape>({
  name: 'reshape',
  kind: 'view',
  arity: 1,
  infer: (x, { shape }) => {
    if (size(x.shape) !== size(shape)) {
      throw new ShapeError(
        'reshape',
        [x.shape, shape],
        `${show(x.shape)} does not reshape to ${show(shape)}; expected ${size(x.shape)} elements, not ${size(shape)}`
      )
    }
    return { shape, dtype: x.dtype }
  },
  evaluate: (x, { shape }) => {
    if (shape.length === 0) return fromNumber(x.dtype, firstElement(x))
    const view =
      x instanceof Dense && !isContiguous(x.shape, x.strides) ? restride(x.shape, x.strides, shape) : undefined
    if (x instanceof Dense && view !== undefined) return new Dense(shape, x.dtype, x.data, view, x.offset)
    const { data, offset } = contiguous(x)
    return new Dense(shape, x.dtype, data, strides(shape), offset)
  },
  jvp: 'linear',
  vjp: [
    (x) => {
      const { shape } = x
      return (ct) => reshapeTo(ct, shape)
    }
  ],
  batch: ([x], _mapped, { shape }, size) => reshapeTo(x!, [size, ...shape]),
  sample: (draw) => {
    const shape = draw.shape()
    const x = draw.tensor(shape, real)
    const others = draw.pick([[size(shape)], [...shape].reverse(), [1, ...shape], [size(shape), 1]])
    return { operands: [x], params: { shape: others } }
  }
})

/** Reshapes, unless the shape is that already. */
export const reshapeTo = (x: Tensor, shape: Shape): Tensor =>
  equals(x.shape, shape) ? x : bindOne(reshapePrimitive, [x], { shape })

/** The same values with the axes in another order: a view. */
export const permutePrimitive: Primitive<ToOrder> = op<1, ToOrder>({
  name: 'permute',
  kind: 'view',
  arity: 1,
  infer: (x, { order }) => ({ shape: order.map((axis) => x.shape[axis]!), dtype: x.dtype }),
  evaluate: (x, { order }, out) =>
    x instanceof Scalar
      ? x
      : new Dense(
          out.shape,
          x.dtype,
          x.data,
          order.map((axis) => x.strides[axis]!),
          x.offset
        ),
  jvp: 'linear',
  vjp: [
    (_x, _out, { order }) =>
      (ct) =>
        permuteTo(ct, inverse(order))
  ],
  batch: ([x], _mapped, { order }) => permuteTo(x!, [0, ...order.map((axis) => axis + 1)]),
  sample: (draw) => {
    const shape = draw.shape()
    const axes = shape.map((_, axis) => axis)
    const turn = draw.integer(0, Math.max(0, shape.length - 1))
    const turned = [...axes.slice(turn), ...axes.slice(0, turn)]
    return { operands: [draw.tensor(shape, real)], params: { order: draw.pick([turned, [...turned].reverse()]) } }
  }
})

export const inverse = (order: readonly number[]): readonly number[] => {
  const result = new Array<number>(order.length)
  order.forEach((axis, position) => {
    result[axis] = position
  })
  return result
}

/** Permutes axes that have been checked and counted from the front. */
export const permuteTo = (x: Tensor, order: readonly number[]): Tensor =>
  order.every((axis, position) => axis === position) ? x : bindOne(permutePrimitive, [x], { order })

// -----------------------------------------------------------------------------
// broadcasting and summation
// -----------------------------------------------------------------------------

/** The values repeated along new leading axes and along axes of size 1: a view with stride 0. */
export const broadcastToPrimitive: Primitive<ToShape> = op<1, ToShape>({
  name: 'broadcastTo',
  kind: 'view',
  arity: 1,
  infer: (x, { shape }) => {
    const result = broadcast(x.shape, shape)
    if (result === undefined || !equals(result, shape)) {
      throw new ShapeError(
        'broadcastTo',
        [x.shape, shape],
        `${show(x.shape)} does not broadcast to ${show(shape)}; expected each size, from the last axis on, to be 1 or the new size`
      )
    }
    return { shape, dtype: x.dtype }
  },
  evaluate: (x, { shape }) => {
    if (x instanceof Scalar) return repeat(x, shape)
    const lead = shape.length - x.shape.length
    const stretched = shape.map((_, axis) => (axis < lead || x.shape[axis - lead] === 1 ? 0 : x.strides[axis - lead]!))
    return new Dense(shape, x.dtype, x.data, stretched, x.offset)
  },
  jvp: 'linear',
  vjp: [
    (x) => {
      const { shape } = x
      return (ct) => sumTo(ct, shape)
    }
  ],
  batch: ([x], _mapped, { shape }, size) => {
    const own = x!.shape.slice(1)
    const ones = new Array<number>(shape.length - own.length).fill(1)
    return broadcastToShape(reshapeTo(x!, [size, ...ones, ...own]), [size, ...shape])
  },
  sample: (draw) => {
    const shape = draw.shape()
    const from = shape.slice(draw.integer(0, shape.length)).map((n) => (draw.integer(0, 2) === 0 ? 1 : n))
    return { operands: [draw.tensor(from, real)], params: { shape } }
  }
})

const repeat = (x: Scalar, shape: Shape): Concrete => {
  if (shape.length === 0) return x
  const data = allocate(x.dtype, 1)
  data[0] = x.value
  return new Dense(
    shape,
    x.dtype,
    data,
    shape.map(() => 0),
    0
  )
}

/** Broadcasts, unless the shape is that already. */
export const broadcastToShape = (x: Tensor, shape: Shape): Tensor =>
  equals(x.shape, shape) ? x : bindOne(broadcastToPrimitive, [x], { shape })

/** The sum over axes (sorted, counted from the front), which disappear; booleans are counted as int32. */
export const sumPrimitive: Primitive<OverAxes> = coded(
  op<1, OverAxes>({
    name: 'sum',
    kind: 'reduce',
    arity: 1,
    infer: (x, { axes }) => ({ shape: dropAxes(x.shape, axes), dtype: x.dtype === 'bool' ? 'int32' : x.dtype }),
    evaluate: (x, { axes }, out) => {
      if (x instanceof Scalar) return fromNumber(out.dtype, x.value + 0)
      if (axes.length === x.shape.length && isContiguous(x.shape, x.strides)) return sumOfAll(x, out.dtype)
      if (!isFloat(x.dtype)) return reduceOver(x, axes, out, sumInto, true)
      const times = countOver(x.shape, axes)
      if (times === 1 || times > 2 ** 29 || !repeats(x, axes)) return reduceOver(x, axes, out, sumInto)
      const once = new Dense(keepAxes(x.shape, axes), x.dtype, x.data, x.strides, x.offset)
      return reduceOver(once, axes, out, sumRepeatedInto(times))
    },
    jvp: 'linear',
    vjp: [
      (x, _out, { axes }) => {
        const { shape } = x
        return (ct) => expandOver(ct, shape, axes)
      }
    ],
    batch: (operands, _mapped, { axes }) => bindOne(sumPrimitive, operands, { axes: axes.map((axis) => axis + 1) }),
    sample: (draw) => {
      const shape = draw.shape()
      return {
        operands: [draw.tensor(shape, real)],
        params: { axes: shape.map((_, axis) => axis).filter(() => draw.integer(0, 1) === 1) }
      }
    }
  })
)

/** The sum of everything in a contiguous tensor: small ones are mostly summed so. */
const sumOfAll = (x: Dense, dtype: DType): Concrete => {
  const total = allocate(dtype, 1)
  sumInto(x.data, x.offset, 1, size(x.shape), 1, total)
  return fromNumber(dtype, total[0]!)
}

/** Whether all axes repeat one value, so that it need not be copied to be added up. */
const repeats = ({ shape, strides: steps }: Dense, axes: readonly number[]): boolean =>
  axes.every((axis) => shape[axis] === 1 || (steps[axis] === 0 && shape[axis] !== 0))

/** Sums over axes that have been checked; the identity without axes. */
export const sumOver = (x: Tensor, axes: readonly number[]): Tensor =>
  axes.length === 0 && x.dtype !== 'bool' ? x : bindOne(sumPrimitive, [x], { axes })

/** The result of a reduction repeated over the axes that it took away. */
export const expandOver = (x: Tensor, shape: Shape, axes: readonly number[]): Tensor =>
  broadcastToShape(reshapeTo(x, keepAxes(shape, axes)), shape)

/** Sums down to a shape that broadcasts to the tensor's: the transpose of broadcasting. */
export const sumTo = (x: Tensor, shape: Shape): Tensor => {
  if (equals(x.shape, shape)) return x
  const lead = x.shape.length - shape.length
  const axes = x.shape.flatMap((n, axis) => (axis < lead || (shape[axis - lead] === 1 && n !== 1) ? [axis] : []))
  return reshapeTo(sumOver(x, axes), shape)
}
