/** Element types of ONNX as those of tensors, and constants as tensors. */
import * as E from 'fp-ts/lib/Either.js'
import { type DType, allocate } from '../DType.js'
import { type ElementType, type TensorProto, elementBytes, elementCodes } from '../onnx/model.js'
import * as T from '../Tensor.js'
import { type Tensor, fromData } from '../tensor/model.js'

// -----------------------------------------------------------------------------
// types
// -----------------------------------------------------------------------------

const dtypes: Readonly<Record<Exclude<ElementType, 'string'>, DType>> = {
  float32: 'float32',
  float16: 'float32',
  bfloat16: 'float32',
  float64: 'float64',
  bool: 'bool',
  int32: 'int32',
  int64: 'int32',
  int16: 'int32',
  int8: 'int32',
  uint8: 'int32',
  uint16: 'int32',
  uint32: 'int32',
  uint64: 'int32'
}

/** The type of tensors that stands for one of ONNX; strings, which have none, are refused where they come in. */
export const dtypeOf = (type: ElementType): DType => (type === 'string' ? 'int32' : dtypes[type])

const byCode: ReadonlyMap<number, ElementType> = /* @__PURE__ */ new Map(
  Object.entries(elementCodes).map(([name, code]) => [code, name as ElementType])
)

/** The element type with a code; `undefined` for one that is not imported, such as a string or complex numbers. */
export const elementTypeOf = (code: number): ElementType | undefined => {
  const found = byCode.get(code)
  return found === 'string' ? undefined : found
}

// -----------------------------------------------------------------------------
// conversions
// -----------------------------------------------------------------------------

const narrow: Partial<Readonly<Record<ElementType, readonly [bits: number, isSigned: boolean]>>> = {
  int8: [8, true],
  uint8: [8, false],
  int16: [16, true],
  uint16: [16, false]
}

/** Integers wrapped around to the range of their type; those of 32 bits are, those of 64 bits are taken to fit. */
export const wrapped = (x: Tensor, type: ElementType | undefined): Tensor => {
  const range = type === undefined ? undefined : narrow[type]
  if (range === undefined || x.dtype !== 'int32') return x
  const [bits, isSigned] = range
  const half = isSigned ? 2 ** (bits - 1) : 0
  return T.sub(T.mod(T.add(x, half), 2 ** bits), half)
}

/** A tensor of one element type as another: fractions are cut off, integers wrap around. */
export const converted = (x: Tensor, from: ElementType | undefined, to: ElementType): Tensor => {
  const dtype = dtypeOf(to)
  if (from === 'uint32' && x.dtype === 'int32' && dtype !== 'int32' && dtype !== 'bool') {
    const wide = T.cast(x, 'float64')
    return T.cast(T.where(T.less(wide, 0), T.add(wide, 2 ** 32), wide), dtype)
  }
  return wrapped(T.cast(x, dtype), to)
}

// -----------------------------------------------------------------------------
// constants
// -----------------------------------------------------------------------------

/** The number that 16 bits stand for: a sign, `exponent` bits and a fraction. */
const half = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff]
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** A bfloat16 is the upper half of a float32: a sign, eight bits of exponent and seven of fraction. */
const brain = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1
  const [exponent, fraction] = [(bits >> 7) & 0xff, bits & 0x7f]
  if (exponent === 0) return sign * fraction * 2 ** -133
  if (exponent === 0xff) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 128) * 2 ** (exponent - 127)
}

type Reading = (view: DataView, at: number) => number

const readings: Readonly<Record<Exclude<ElementType, 'string'>, Reading>> = {
  float32: (view, at) => view.getFloat32(at, true),
  float64: (view, at) => view.getFloat64(at, true),
  float16: (view, at) => half(view.getUint16(at, true)),
  bfloat16: (view, at) => brain(view.getUint16(at, true)),
  bool: (view, at) => view.getUint8(at),
  int8: (view, at) => view.getInt8(at),
  uint8: (view, at) => view.getUint8(at),
  int16: (view, at) => view.getInt16(at, true),
  uint16: (view, at) => view.getUint16(at, true),
  int32: (view, at) => view.getInt32(at, true),
  uint32: (view, at) => view.getInt32(at, true),
  int64: (view, at) => Number(view.getBigInt64(at, true)),
  uint64: (view, at) => Number(view.getBigUint64(at, true))
}

/** A number of a list as an element: halves are bits there, and unsigned numbers may be. */
const listed = (type: ElementType, value: number): number =>
  type === 'float16' ? half(value) : type === 'bfloat16' ? brain(value) : type === 'uint32' ? value | 0 : value

/** How integers that do not fit are taken: not at all, as the ends of the range, or by their low bits. */
export type Fitting = 'none' | 'ends' | 'bits'

const leastInt = -(2 ** 31)
const mostInt = 2 ** 31 - 1

const isFitting = (value: number): boolean => value >= leastInt && value <= mostInt

const fitted = (value: number, fitting: Fitting): number | undefined => {
  if (fitting === 'none') return undefined
  return fitting === 'bits' ? value | 0 : Math.min(Math.max(value, leastInt), mostInt)
}

/** A constant: its tensor, and its element type in the file. */
export interface Constant {
  readonly value: Tensor
  readonly type: ElementType
}

/** Types whose elements lie in memory as in a file: low bytes first, which all engines have. */
const asInMemory: ReadonlySet<ElementType> = /* @__PURE__ */ new Set<ElementType>([
  'float32',
  'float64',
  'int32',
  'uint32'
])

const tooLarge = `has integers beyond those of 32 bits; expected values from ${leastInt} to ${mostInt}`

/** The tensor of a constant, or what is wrong with it; the decoder has counted its elements. */
export const constantOf = (
  { dims, dataType, raw, values }: TensorProto,
  fitting: () => Fitting
): E.Either<string, Constant> => {
  const type = elementTypeOf(dataType)
  if (type === undefined || type === 'string') {
    return E.left(
      `has elements of type ${dataType === elementCodes.string ? 'string' : dataType}; expected numbers or booleans`
    )
  }
  const count = dims.reduce((product, n) => product * n, 1)
  const [width, read] = [elementBytes[type], readings[type]]
  const dtype = dtypeOf(type)
  const data = allocate(dtype, count)
  if (raw !== undefined && asInMemory.has(type)) {
    new Uint8Array(data.buffer).set(raw)
    return E.right({ value: fromData(Object.freeze([...dims]), dtype, data), type })
  }
  const view = raw === undefined ? undefined : new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  let how: Fitting | undefined
  for (let i = 0; i < count; i++) {
    const value = view === undefined ? listed(type, values![i]!) : read(view, i * width)
    if (dtype === 'int32') {
      const own = isFitting(value) ? value : fitted(value, (how ??= fitting()))
      if (own === undefined) return E.left(tooLarge)
      data[i] = own
    } else data[i] = dtype === 'bool' ? Number(value !== 0) : value
  }
  return E.right({ value: fromData(Object.freeze([...dims]), dtype, data), type })
}
