/** Blocks `(outer, n, inner)` to reduce along the middle, and the elements that meet in each result. */
import fc from 'fast-check'
import type { Data } from '../../src/DType.js'

/** A block of extents `outer`, `n` and `inner`, somewhere in an array. */
export type Block = {
  readonly data: Data
  readonly offset: number
  readonly outer: number
  readonly n: number
  readonly inner: number
}

/** Typed arrays by name of dtype. */
export const make = {
  float32: (values: ReadonlyArray<number>): Float32Array => Float32Array.from(values),
  float64: (values: ReadonlyArray<number>): Float64Array => Float64Array.from(values),
  int32: (values: ReadonlyArray<number>): Int32Array => Int32Array.from(values),
  bool: (values: ReadonlyArray<number>): Uint8Array => Uint8Array.from(values, (value) => (value !== 0 ? 1 : 0))
}

/** Blocks over the given elements, with at least `least` elements along the middle. */
export const block = (
  toData: (values: ReadonlyArray<number>) => Data,
  element: fc.Arbitrary<number>,
  least = 0
): fc.Arbitrary<Block> => {
  const inner = fc.oneof(fc.constant(1), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 15, max: 35 }))
  const n = fc.oneof(fc.integer({ min: least, max: 6 }), fc.integer({ min: least, max: 40 }))
  return fc
    .record({ offset: fc.integer({ min: 0, max: 3 }), outer: fc.integer({ min: 0, max: 4 }), n, inner })
    .chain((extents) => {
      const length = extents.offset + extents.outer * extents.n * extents.inner
      return fc
        .array(element, { minLength: length, maxLength: length, size: 'max' })
        .map((values) => ({ ...extents, data: toData(values) }))
    })
}

/** For each result, in order: the elements along the middle. */
export const lines = ({ data, offset, outer, n, inner }: Block): ReadonlyArray<ReadonlyArray<number>> =>
  Array.from({ length: outer * inner }, (_, at) => {
    const start = offset + Math.floor(at / inner) * n * inner + (at % inner)
    return Array.from({ length: n }, (_none, j) => data[start + j * inner]!)
  })

/** Floats of all kinds: ties, zeros of both signs, infinities and NaN are frequent. */
export const awkward: fc.Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 2, arbitrary: fc.double({ min: -9, max: 9, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, -0) }
)

/** Integers over all of int32. */
export const integer: fc.Arbitrary<number> = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
