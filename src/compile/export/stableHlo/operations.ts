/** Operations that rules are made of. */
import type { DType } from '../../../DType.js'
import type { TensorType } from '../../../primitive/model.js'
import { type Shape, equals, size } from '../../../shape/model.js'
import { dropAxes } from '../../../tensor/alongBlock.js'
import type { Comparison } from '../model.js'
import { arrayText, listText, signatureText, typeText } from './text.js'
import { type Value, type Writer, block, emit, emitAll, namesOf, plain, splat, typed } from './writer.js'

// -----------------------------------------------------------------------------
// choices
// -----------------------------------------------------------------------------

const directions: Readonly<Record<Comparison, string>> = {
  equal: 'EQ',
  notEqual: 'NE',
  less: 'LT',
  lessEqual: 'LE',
  greater: 'GT',
  greaterEqual: 'GE'
}

/** A comparison, which gives a mask. */
export const compare = (writer: Writer, op: Comparison, left: Value, right: Value): Value => {
  const mask: TensorType = { shape: left.shape, dtype: 'bool' }
  return typed(writer, `compare ${directions[op]},`, [left, right], '', mask)
}

/** One value where the mask is true, the other where it is false; all of one shape. */
export const select = (writer: Writer, mask: Value, onTrue: Value, onFalse: Value): Value =>
  emit(writer, `stablehlo.select ${namesOf([mask, onTrue, onFalse])} : ${typeText(mask)}, ${typeText(onTrue)}`, onTrue)

// -----------------------------------------------------------------------------
// shapes
// -----------------------------------------------------------------------------

/** The same elements in another shape. */
export const reshape = (writer: Writer, x: Value, shape: Shape): Value =>
  equals(x.shape, shape) ? x : typed(writer, 'reshape', [x], '', { shape, dtype: x.dtype })

/** The axes in another order. */
export const transpose = (writer: Writer, x: Value, order: readonly number[]): Value =>
  order.every((axis, i) => axis === i)
    ? x
    : typed(writer, 'transpose', [x], `dims = ${listText(order)}`, {
        shape: order.map((axis) => x.shape[axis]!),
        dtype: x.dtype
      })

/** Repeats a value: its axes are those of the result in `axes`, where it has their size or 1. */
export const broadcastAlong = (writer: Writer, x: Value, shape: Shape, axes: readonly number[]): Value =>
  equals(x.shape, shape)
    ? x
    : typed(writer, 'broadcast_in_dim', [x], `dims = ${listText(axes)}`, { shape, dtype: x.dtype })

/** Repeats a value along new axes in front and along axes of size 1. */
export const broadcastTo = (writer: Writer, x: Value, shape: Shape): Value => {
  const lead = shape.length - x.shape.length
  return broadcastAlong(
    writer,
    x,
    shape,
    x.shape.map((_, axis) => axis + lead)
  )
}

/** The result of a reduction, repeated over the axes that it took away. */
export const expandOver = (writer: Writer, x: Value, shape: Shape, axes: readonly number[]): Value =>
  broadcastAlong(
    writer,
    x,
    shape,
    shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  )

/** The numbers 0, 1, ... along an axis, int32. */
export const iota = (writer: Writer, shape: Shape, axis: number): Value => {
  const type: TensorType = { shape, dtype: 'int32' }
  return emit(writer, `stablehlo.iota dim = ${axis} : ${typeText(type)}`, type)
}

/** Elements at positions `start`, `start + step`, ... along each axis; steps are above 0. */
export const slice = (
  writer: Writer,
  x: Value,
  starts: readonly number[],
  steps: readonly number[],
  sizes: Shape
): Value => {
  if (equals(sizes, x.shape) && steps.every((step, axis) => step === 1 || sizes[axis]! <= 1)) return x
  const ranges = sizes.map((n, axis) => {
    const start = n === 0 ? 0 : starts[axis]!
    const step = n <= 1 ? 1 : steps[axis]!
    const end = n === 0 ? 0 : start + (n - 1) * step + 1
    return step === 1 ? `${start}:${end}` : `${start}:${end}:${step}`
  })
  const type: TensorType = { shape: sizes, dtype: x.dtype }
  return emit(writer, `stablehlo.slice ${x.id} ${listText(ranges)} : ${signatureText([x], type)}`, type)
}

/** The elements along axes from the last to the first. */
export const reverse = (writer: Writer, x: Value, axes: readonly number[]): Value =>
  axes.length === 0 ? x : emit(writer, `stablehlo.reverse ${x.id}, dims = ${listText(axes)} : ${typeText(x)}`, x)

/** The elements in an array of one value: so many in front, behind (negative takes away), and between. */
export const pad = (
  writer: Writer,
  x: Value,
  value: number,
  low: readonly number[],
  high: readonly number[],
  between: readonly number[] = low.map(() => 0)
): Value => {
  if ([...low, ...high, ...between].every((n) => n === 0)) return x
  const shape = x.shape.map((n, axis) => n + Math.max(0, n - 1) * between[axis]! + low[axis]! + high[axis]!)
  const words = `low = ${listText(low)}, high = ${listText(high)}, interior = ${listText(between)}`
  return typed(writer, 'pad', [x, splat(writer, value, x.dtype, [])], words, { shape, dtype: x.dtype })
}

/** Values one after another along an axis. */
export const concatenate = (writer: Writer, values: readonly Value[], axis: number): Value => {
  const [first] = values
  if (values.length === 1) return first!
  const n = values.reduce((sum, { shape }) => sum + shape[axis]!, 0)
  const shape = first!.shape.map((each, i) => (i === axis ? n : each))
  return typed(writer, 'concatenate', values, `dim = ${axis}`, { shape, dtype: first!.dtype })
}

// -----------------------------------------------------------------------------
// reductions
// -----------------------------------------------------------------------------

/** What elements are reduced by. */
export type Reducer = 'add' | 'multiply' | 'maximum' | 'minimum' | 'and' | 'or'

const extremes: Readonly<Record<DType, number>> = { float32: Infinity, float64: Infinity, int32: 2 ** 31 - 1, bool: 1 }

/** What a reduction of nothing gives. */
export const neutral = (reducer: Reducer, dtype: DType): number => {
  switch (reducer) {
    case 'add':
    case 'or':
      return 0
    case 'multiply':
    case 'and':
      return 1
    case 'maximum':
      return dtype === 'int32' ? -(2 ** 31) : dtype === 'bool' ? 0 : -Infinity
    case 'minimum':
      return extremes[dtype]
  }
}

/** The reduction over axes, which disappear. */
export const reduce = (writer: Writer, reducer: Reducer, x: Value, axes: readonly number[]): Value => {
  if (axes.length === 0) return x
  const init = splat(writer, neutral(reducer, x.dtype), x.dtype, [])
  const type: TensorType = { shape: dropAxes(x.shape, axes), dtype: x.dtype }
  const words = `applies stablehlo.${reducer} across dimensions = ${listText(axes)}`
  return emit(writer, `stablehlo.reduce(${x.id} init: ${init.id}) ${words} : ${signatureText([x, init], type)}`, type)
}

/** How a window slides along the axes of an array. */
export interface Sliding {
  readonly window: readonly number[]
  readonly stride?: readonly number[]
  readonly dilation?: readonly number[]
  readonly low: readonly number[]
  readonly high: readonly number[]
}

/** The reduction of each window. */
export const reduceWindow = (writer: Writer, reducer: Reducer, x: Value, sliding: Sliding, shape: Shape): Value => {
  const ones = x.shape.map(() => 1)
  const { window, stride = ones, dilation = ones, low, high } = sliding
  const init = splat(writer, neutral(reducer, x.dtype), x.dtype, [])
  const scalar: TensorType = { shape: [], dtype: x.dtype }
  const body = block(writer, [scalar, scalar], (inner, values) => [plain(inner, reducer, values)])
  const sides = x.shape.map((_, axis) => listText([low[axis]!, high[axis]!]))
  const padding = `dense<${listText(sides)}> : tensor<${sides.length}x2xi64>`
  const words = [
    `window_dimensions = ${arrayText(window)}`,
    `window_strides = ${arrayText(stride)}`,
    `window_dilations = ${arrayText(dilation)}`,
    `padding = ${padding}`
  ].join(', ')
  const type: TensorType = { shape, dtype: x.dtype }
  const [result] = emitAll(
    writer,
    [
      `"stablehlo.reduce_window"(${x.id}, ${init.id}) (${body[0]}`,
      ...body.slice(1),
      `${writer.indent}}) {${words}} : ${signatureText([x, init], type)}`
    ],
    [type]
  )
  return result!
}

/** Whether a value has no elements. */
export const isEmpty = ({ shape }: TensorType): boolean => size(shape) === 0
