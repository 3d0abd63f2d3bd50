/** Operations that rules are made of: elementwise nodes, changes of type and of layout, on values that may be held narrower. */
import type { DType } from '../../../DType.js'
import type { ElementType, NodeProto } from '../../../onnx/model.js'
import type { TensorType } from '../../../primitive/model.js'
import { type Shape, broadcast, equals, size } from '../../../shape/model.js'
import { fromNumber } from '../../../tensor/model.js'
import {
  type Attributes,
  type Value,
  type Writer,
  codeOf,
  constant,
  full,
  int,
  integers,
  intsOf,
  isWhole,
  node,
  producerOf,
  whole
} from './graph.js'

// -----------------------------------------------------------------------------
// elementwise
// -----------------------------------------------------------------------------

/** The shape that an operation of ONNX gives for operands held so. */
const meeting = (values: readonly Value[]): Shape =>
  values.reduce<Shape>((held, value) => broadcast(held, value.held) ?? held, [])

/** Keeps in mind that a matrix has something added that broadcasts to it, as `Gemm` could do. */
const noteRow = ({ root }: Writer, product: Value, row: Value): void => {
  if (product.held.length !== 2 || !equals(broadcast(product.held, row.held) ?? [], product.held)) return
  const known = root.rows.get(product.name) ?? new Set<string>()
  root.rows.set(product.name, known.add(row.name))
}

/** An elementwise node, which is as narrow as its operands. */
export const pointwise = (
  writer: Writer,
  opType: string,
  { shape, dtype }: TensorType,
  values: readonly Value[],
  attributes: Attributes = {}
): Value => {
  const [a, b] = values
  if (opType === 'Add' && a !== undefined && b !== undefined) {
    noteRow(writer, a, b)
    noteRow(writer, b, a)
  }
  const names = values.map(({ name }) => name)
  return { name: node(writer, opType, names, attributes), shape, dtype, held: meeting(values) }
}

/** A number everywhere. */
export const filled = (writer: Writer, { shape, dtype }: TensorType, value: number): Value => ({
  ...constant(writer, fromNumber(dtype, value)),
  shape
})

/** A tensor of the graph with another element type. */
export const castTo = (writer: Writer, name: string, type: DType | ElementType): string =>
  node(writer, 'Cast', [name], { to: int(codeOf(type)) })

/**
 * A tensor of int64 as the int32 of its low bits. The mask keeps the engine from making one cast of this and one before it, and is all
 * that an int32 holds.
 */
export const lowBits = (writer: Writer, value: Value): Value => {
  const low = node(writer, 'BitwiseAnd', [value.name, integers(writer, 2 ** 32 - 1)])
  return { ...value, dtype: 'int32', name: castTo(writer, low, 'int32') }
}

/** As `T.cast` does: a float becomes an int32 modulo 2^32, by way of int64. */
export const convert = (writer: Writer, value: Value, dtype: DType): Value => {
  if (value.dtype === dtype) return value
  return dtype === 'int32' && value.dtype !== 'bool'
    ? lowBits(writer, { ...value, name: castTo(writer, value.name, 'int64') })
    : { ...value, dtype, name: castTo(writer, value.name, dtype) }
}

/** Whether a tensor of int32 is made from one of uint32. */
const isOfBits = ({ root }: Writer, { name }: Value): boolean => root.bits.has(name)

/** The tensor of uint32 with the bits of an int32. */
export const bitsOf = (writer: Writer, { name }: Value): string =>
  writer.root.bits.get(name) ?? castTo(writer, name, 'uint32')

/** The int32 with the bits of a tensor of uint32, which later operations on bits read instead. */
export const ofBits = (writer: Writer, bits: string, value: Value): Value => {
  const name = castTo(writer, bits, 'int32')
  writer.root.bits.set(name, bits)
  return { ...value, name }
}

/** An operation that is the same on bits: on uint32 where an operand is made of these, so that chains of them need no casts. */
export const onBits = (writer: Writer, opType: string, type: TensorType, operands: readonly Value[]): Value => {
  if (type.dtype !== 'int32' || !operands.some((each) => isOfBits(writer, each))) {
    return pointwise(writer, opType, type, operands)
  }
  const unsigned = operands.map((each) => ({ ...each, name: bitsOf(writer, each) }))
  const result = pointwise(writer, opType, type, unsigned)
  return ofBits(writer, result.name, result)
}

/** Truth values as int32, other types as they are. */
export const counted = (writer: Writer, value: Value): Value =>
  value.dtype === 'bool' ? convert(writer, value, 'int32') : value

/** The first where a mask is true, else the second; all of one shape, the two of one type. */
export const choose = (writer: Writer, mask: Value, a: Value, b: Value): Value => {
  if (a.dtype !== 'bool') return pointwise(writer, 'Where', a, [mask, a, b])
  const other = pointwise(writer, 'Not', a, [mask])
  return pointwise(writer, 'Or', a, [pointwise(writer, 'And', a, [mask, a]), pointwise(writer, 'And', a, [other, b])])
}

/** Where a float is NaN. */
export const isNaNAt = (writer: Writer, value: Value): Value =>
  pointwise(writer, 'IsNaN', { shape: value.shape, dtype: 'bool' }, [value])

// -----------------------------------------------------------------------------
// layout
// -----------------------------------------------------------------------------

/** The tensor of a reshape that a value is, or the value itself. */
const beforeReshape = (writer: Writer, name: string): string => {
  const by = producerOf(writer, name)
  return by?.opType === 'Reshape' ? by.input[0]! : name
}

/** A tensor of the graph in another shape. */
export const reshaped = (writer: Writer, name: string, shape: Shape): string =>
  node(writer, 'Reshape', [beforeReshape(writer, name), integers(writer, shape)], { allowzero: int(1) })

/** The held shape with 1 in front, as long as the value's. */
const padded = ({ shape, held }: Value): Shape => [...shape.slice(held.length).map(() => 1), ...held]

const isOne = (n: number): boolean => n === 1

/** Where the axes of a shape go in another that has the same axes but for some of size 1; `undefined` if it has others. */
const alike = (from: Shape, to: Shape): ReadonlyMap<number, number> | undefined => {
  const own = from.flatMap((n, axis) => (isOne(n) ? [] : [axis]))
  const other = to.flatMap((n, axis) => (isOne(n) ? [] : [axis]))
  if (own.length !== other.length || own.some((axis, i) => from[axis] !== to[other[i]!])) return undefined
  return new Map(other.map((axis, i) => [axis, own[i]!]))
}

/** The value in another shape of the same size. */
export const reshape = (writer: Writer, value: Value, shape: Shape): Value => {
  const { dtype, name, held } = value
  const result = { shape, dtype }
  if (size(held) === 1 && held.length <= shape.length) return { ...result, name, held }
  if (isWhole(value)) return { ...result, name: reshaped(writer, name, shape), held: shape }
  const places = alike(value.shape, shape)
  if (places === undefined) return whole(reshaped(writer, full(writer, value), shape), result)
  const now = padded(value)
  const to = shape.map((_, axis) => {
    const from = places.get(axis)
    return from === undefined ? 1 : now[from]!
  })
  return { ...result, name: equals(to, held) ? name : reshaped(writer, name, to), held: to }
}

const orderOf = (by: NodeProto | undefined): readonly number[] | undefined => {
  const perm = by?.opType === 'Transpose' ? by.attribute[0] : undefined
  return perm?.type === 'ints' ? perm.value : undefined
}

const isIdentity = (order: readonly number[]): boolean => order.every((axis, i) => axis === i)

/** A tensor of the graph with its axes in another order; one transpose of another is one. */
export const transposed = (writer: Writer, name: string, order: readonly number[]): string => {
  if (isIdentity(order)) return name
  const by = producerOf(writer, name)
  const before = orderOf(by)
  return before === undefined
    ? node(writer, 'Transpose', [name], { perm: intsOf(order) })
    : transposed(
        writer,
        by!.input[0]!,
        order.map((axis) => before[axis]!)
      )
}

/** The tensor that a matrix is the transpose of, if it is one. */
export const untransposed = (writer: Writer, name: string): string | undefined => {
  const by = producerOf(writer, name)
  const order = orderOf(by)
  return order !== undefined && order.length === 2 ? by!.input[0] : undefined
}

/** The value with its axes in another order. Where only axes of size 1 move, it is a reshape. */
export const permute = (writer: Writer, value: Value, order: readonly number[]): Value => {
  const shape = order.map((axis) => value.shape[axis]!)
  const now = padded(value)
  const held = order.map((axis) => now[axis]!)
  const result = { shape, dtype: value.dtype }
  if (size(now) === 1) return { ...result, name: value.name, held: value.held }
  const moving = order.filter((axis) => now[axis] !== 1)
  const isStill = moving.every((axis, i) => i === 0 || moving[i - 1]! < axis)
  if (isStill)
    return { ...result, held, name: equals(held, value.held) ? value.name : reshaped(writer, value.name, held) }
  const name = equals(now, value.held) ? value.name : reshaped(writer, value.name, now)
  return { ...result, held, name: transposed(writer, name, order) }
}

/** The value along other axes too, which costs nothing until a rule needs all of it. */
export const broadcastValue = (value: Value, shape: Shape): Value => ({ ...value, shape })
