/** Sums, extrema, positions and running sums. */
import { along } from '../../../../tensor/stridedWindow.js'
import { isFloat } from '../../../../DType.js'
import type { Primitive, TensorType } from '../../../../primitive/model.js'
import { type Shape, size } from '../../../../shape/model.js'
import type { OneAxis, OverAxes } from '../../../../tensor/alongBlock.js'
import { cumsumPrimitive } from '../../../../tensor/cumulative.js'
import { argmaxPrimitive, argminPrimitive, maxPrimitive, minPrimitive } from '../../../../tensor/minMaxOverAxes.js'
import { prodPrimitive } from '../../../../tensor/product.js'
import { allPrimitive, anyPrimitive, meanPrimitive } from '../../../../tensor/reduce.js'
import { logSoftmaxPrimitive, softmaxPrimitive } from '../../../../tensor/softmax.js'
import { argsort } from '../../../../tensor/sorting.js'
import { sumPrimitive } from '../../../../tensor/structural.js'
import { type Value, type Writer, full, int, integers, node, nodes, whole } from '../graph.js'
import { castTo, choose, convert, counted, filled, isNaNAt, lowBits, pointwise, reshaped } from '../values.js'
import { sliced } from './layout.js'
import { type Line, on } from './on.js'

const one = { keepdims: int(0) }

/** A reduction by one operator, whose axes disappear. */
export const reduced = (
  writer: Writer,
  opType: string,
  value: Value,
  axes: readonly number[],
  type: TensorType
): Value => {
  if (axes.length === 0) return value
  return whole(node(writer, opType, [full(writer, value), integers(writer, axes)], one), type)
}

/** The sum; the engine adds int32 in float64 and clips it, so those are added as int64 and cut to their low bits. */
const summed = (writer: Writer, value: Value, axes: readonly number[], type: TensorType): Value => {
  if (value.dtype !== 'int32' || axes.length === 0) {
    return reduced(writer, 'ReduceSum', counted(writer, value), axes, type)
  }
  const wide = castTo(writer, full(writer, value), 'int64')
  return lowBits(writer, whole(node(writer, 'ReduceSum', [wide, integers(writer, axes)], one), type))
}

/** The product of int32 modulo 2^32, half by half: the engine multiplies them in float64. */
const productOfIntegers = (writer: Writer, name: string, shape: Shape, axis: number): string => {
  const n = shape[axis]!
  if (n === 1) return name
  const half = Math.floor(n / 2)
  const part = (start: number, count: number): string => sliced(writer, name, shape, along(shape, axis, start, count))
  const product = node(writer, 'Mul', [part(0, half), part(half, half)])
  const rest = n % 2
  const joined = rest === 0 ? product : node(writer, 'Concat', [product, part(2 * half, 1)], { axis: int(axis) })
  const left = shape.map((each, i) => (i === axis ? half + rest : each))
  return productOfIntegers(writer, joined, left, axis)
}

/** The largest or smallest elements; the operators of the engine pass NaN by. */
export const extremum = (
  writer: Writer,
  opType: 'ReduceMax' | 'ReduceMin',
  value: Value,
  axes: readonly number[],
  type: TensorType
): Value => {
  const own = counted(writer, value)
  const ownType = { ...type, dtype: own.dtype }
  const found = reduced(writer, opType, own, axes, ownType)
  if (!isFloat(type.dtype)) return convert(writer, found, type.dtype)
  if (axes.length === 0) return found
  const faults = convert(writer, isNaNAt(writer, { ...value, name: full(writer, value), held: value.shape }), 'int32')
  const any = reduced(writer, 'ReduceMax', faults, axes, { ...type, dtype: 'int32' })
  return choose(writer, convert(writer, any, 'bool'), filled(writer, type, NaN), found)
}

/** The value with another number in place of NaN, which operators order as they like. */
const withoutNaN = (writer: Writer, value: Value, other: number): Value =>
  isFloat(value.dtype) ? choose(writer, isNaNAt(writer, value), filled(writer, value, other), value) : value

/** Where the largest or smallest elements are along an axis; NaN counts as the extreme. */
export const position = (
  writer: Writer,
  opType: 'ArgMax' | 'ArgMin',
  value: Value,
  axis: number,
  type: TensorType
): Value => {
  const ordered = withoutNaN(writer, counted(writer, value), opType === 'ArgMax' ? Infinity : -Infinity)
  const found = node(writer, opType, [full(writer, ordered)], { axis: int(axis), ...one })
  return whole(castTo(writer, found, 'int32'), type)
}

/** Whether any element is true. */
const anyOver = (writer: Writer, value: Value, axes: readonly number[], type: TensorType): Value => {
  const ones = convert(writer, convert(writer, value, 'bool'), 'int32')
  return convert(writer, reduced(writer, 'ReduceSum', ones, axes, { ...type, dtype: 'int32' }), 'bool')
}

const not = (writer: Writer, value: Value): Value =>
  pointwise(writer, 'Not', { ...value, dtype: 'bool' }, [convert(writer, value, 'bool')])

const alongLast = (opType: string, primitive: Primitive<OverAxes>): Line =>
  on(
    primitive,
    (w, [x], { axes }, [type]) => [whole(node(w, opType, [full(w, x!)], { axis: int(axes[0]!) }), type!)],
    (_operands, { axes }) => (axes.length === 1 ? undefined : 'the operator is for one axis')
  )

const extremes = (opType: 'ReduceMax' | 'ReduceMin', primitive: Primitive<OverAxes>): Line =>
  on(primitive, (w, [x], { axes }, [type]) => [extremum(w, opType, x!, axes, type!)])

const positions = (opType: 'ArgMax' | 'ArgMin', primitive: Primitive<OneAxis>): Line =>
  on(primitive, (w, [x], { axis }, [type]) => [position(w, opType, x!, axis, type!)])

export const reductions: readonly Line[] = /* @__PURE__ */ [
  on(sumPrimitive, (w, [x], { axes }, [type]) => [summed(w, x!, axes, type!)]),
  on(meanPrimitive, (w, [x], { axes }, [type]) => {
    if (size(x!.shape) === 0) return [filled(w, type!, NaN)]
    return [reduced(w, 'ReduceMean', x!, axes, type!)]
  }),
  on(prodPrimitive, (w, [x], { axis }, [type]) => {
    if (size(x!.shape) === 0) return [filled(w, type!, 1)]
    if (isFloat(x!.dtype)) return [reduced(w, 'ReduceProd', x!, [axis], type!)]
    const product = productOfIntegers(w, full(w, counted(w, x!)), x!.shape, axis)
    return [whole(reshaped(w, product, type!.shape), type!)]
  }),
  extremes('ReduceMax', maxPrimitive),
  extremes('ReduceMin', minPrimitive),
  positions('ArgMax', argmaxPrimitive),
  positions('ArgMin', argminPrimitive),
  on(anyPrimitive, (w, [x], { axes }, [type]) => [anyOver(w, x!, axes, type!)]),
  on(allPrimitive, (w, [x], { axes }, [type]) => [not(w, anyOver(w, not(w, x!), axes, type!))]),
  alongLast('Softmax', softmaxPrimitive),
  alongLast('LogSoftmax', logSoftmaxPrimitive),
  on(cumsumPrimitive, (w, [x], { axis, exclusive, reverse }, [type]) => {
    const attributes = { exclusive: int(exclusive ? 1 : 0), reverse: int(reverse ? 1 : 0) }
    return [whole(node(w, 'CumSum', [full(w, counted(w, x!)), integers(w, axis)], attributes), type!)]
  }),
  on(argsort.primitive, (w, [x], { axis, descending, count }, [type]) => {
    const ordered = withoutNaN(w, counted(w, x!), descending ? -Infinity : Infinity)
    const attributes = { axis: int(axis), largest: int(descending ? 1 : 0) }
    const [, order] = nodes(w, 'TopK', [full(w, ordered), integers(w, [count])], 2, attributes)
    return [whole(castTo(w, order!, 'int32'), type!)]
  })
]
