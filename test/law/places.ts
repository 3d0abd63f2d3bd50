// Numbers at which functions go wrong, and tensors that hold them in every layout that kernels tell apart.
import * as DType from 'pullback/DType'
import { type Concrete, fromData } from 'pullback/Primitive'
import { Dense, fromNumber } from '../../src/tensor/model.js'

const halves = [0.25, 0.5, 0.75, 0.84375, 0.46875, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8, 10, 13, 20, 26.5, 36, 50]
const edges = [1 - 2 ** -24, 1 - 2 ** -53, 1 + 2 ** -23, 1 + 2 ** -52, 0.5 - 2 ** -54, 2 ** 52 - 0.5, 2 ** 52 + 1]
const tiny = [5e-324, 1e-310, 2.3e-308, 1e-290, 1e-160, 1e-141, 1.4e-45, 1e-40, 1.2e-38, 1e-20, 1e-10, 1e-4]
const large = [88.7, 103, 170.7, 709.7, 710, 745, 746, 1000, 65535.5, 2 ** 31, 2 ** 32 + 3, 2 ** 53, 1e20, 3.4e38]
const huge = [3.5e38, 1e100, 1e150, 1.4e154, 1e300, 1.7976931348623157e308, Infinity]
const floats = [0, ...halves, ...edges, ...tiny, ...large, ...huge].flatMap((x) => [x, -x])

const wholes = [0, 1, 2, 3, 5, 7, 12, 13, 255, 46340, 46341, 65536, 2 ** 24 + 1, 2 ** 30, 2 ** 31 - 1]

/** Special numbers of an element type. */
const special: Readonly<Record<DType.DType, readonly number[]>> = {
  float32: [NaN, ...floats],
  float64: [NaN, ...floats],
  int32: [...wholes.flatMap((x) => [x, -x]), -(2 ** 31)],
  bool: [0, 1]
}

/** Patterns of bits from a counter, most of them of moderate size. */
const scattered = (dtype: DType.DType, count: number, seed: number): readonly number[] => {
  const bits = new Uint32Array(2)
  const asFloat64 = new Float64Array(bits.buffer)
  let state = seed
  const next = (): number => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9
    return (state ^ (state >>> 13)) >>> 0
  }
  return Array.from({ length: count }, (_, i) => {
    if (dtype === 'int32') return next() >> (i % 24)
    if (i % 4 !== 0) return (next() / 2 ** 32 - 0.5) * 2 ** ((i % 9) - 1)
    bits[0] = next()
    bits[1] = next()
    return asFloat64[0]!
  })
}

/** Rows of operands at which to look: special numbers in all combinations, and scattered ones, as the types hold them. */
export const placesOf = (types: readonly DType.DType[]): readonly (readonly number[])[] => {
  const own = types.map((dtype) =>
    types.length < 3 ? special[dtype] : special[dtype].filter((_, i) => i < 2 || i % 4 === 0)
  )
  const combined = own.reduce<readonly (readonly number[])[]>(
    (rows, list) => rows.flatMap((row) => list.map((value) => [...row, value])),
    [[]]
  )
  const random = types.map((dtype, i) => scattered(dtype, 600, i + 1))
  const together = random[0]!.map((_, i) => random.map((list) => list[i]!))
  return [...combined, ...together].map((row) => row.map((value, i) => DType.round(types[i]!, value)))
}

/** One operand of many, in a layout; the values are those that the element type can hold. */
type Layout = (dtype: DType.DType, values: readonly number[]) => Concrete

const dataOf = (dtype: DType.DType, values: readonly number[]): DType.Data => {
  const data = DType.allocate(dtype, values.length)
  values.forEach((value, i) => (data[i] = DType.round(dtype, value)))
  return data
}

const contiguous: Layout = (dtype, values) => fromData([values.length], dtype, dataOf(dtype, values))

/** Every second element, in reverse. */
const strided: Layout = (dtype, values) => {
  const spread = [...values].reverse().flatMap((value) => [value, 1])
  return new Dense([values.length], dtype, dataOf(dtype, spread), [-2], spread.length - 2)
}

/** The first value everywhere. */
const uniform: Layout = (dtype, values) => new Dense([values.length], dtype, dataOf(dtype, values), [0], 0)

/** One number. */
const scalar: Layout = (dtype, [value = 0]) => fromNumber(dtype, value)

export type LayoutName = 'contiguous' | 'strided' | 'uniform' | 'scalar'

export const layouts: Readonly<Record<LayoutName, Layout>> = { contiguous, strided, uniform, scalar }
