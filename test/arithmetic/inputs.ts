// The operands of the digests: the same in every engine, since they are made of our own random bits and of exact arithmetic.
import type { FloatDType } from 'pullback/DType'
import * as Random from 'pullback/Random'
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'

// -----------------------------------------------------------------------------
// numbers
// -----------------------------------------------------------------------------

/** Signed zeros, infinities, NaN, ends of the ranges of both types, subnormals, ties, integers, edges of functions. */
const positive: readonly number[] = [
  0,
  1,
  2,
  3,
  0.5,
  1.5,
  2.5,
  4,
  10,
  87,
  89,
  104,
  710,
  1e10,
  2 ** 23 + 1,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  2 ** -12,
  2 ** -25,
  2 ** -126,
  2 ** -149,
  2 ** -1022,
  2 ** -1074,
  3.4028234663852886e38,
  1.7976931348623157e308,
  Infinity
]
const specials: readonly number[] = [...positive, ...positive.map((x) => -x), NaN]

/** Special numbers as `dtype` holds them. */
export const special = (dtype: FloatDType): T.Tensor => T.of(specials, dtype)

/** Random patterns of bits: of all exponents, now and then NaN. */
export const patterns = (dtype: FloatDType, count: number, seed: number): T.Tensor => {
  const double = dtype === 'float64'
  const words = T.toArray(Random.bits(Random.key(seed), [double ? 2 * count : count]))
  const view = new DataView(new ArrayBuffer(4 * words.length))
  words.forEach((word: number, i: number) => view.setInt32(4 * i, word))
  const numbers = Array.from({ length: count }, (_, i) => (double ? view.getFloat64(8 * i) : view.getFloat32(4 * i)))
  return T.of(numbers, dtype)
}

/** Numbers between bounds. */
export const between = (low: number, high: number, dtype: FloatDType, shape: Shape, seed: number): T.Tensor =>
  Random.uniform(Random.key(seed), shape, { low, high, dtype })

/** Integers of all sizes, small ones and the ends of the range. */
export const integers = (count: number, seed: number): T.Tensor => {
  const bits = Random.bits(Random.key(seed), [count])
  return T.concat([T.of([0, 1, -1, 2, -2, 3, 2 ** 31 - 1, -(2 ** 31)], 'int32'), bits, T.mod(bits, 17)])
}

/** Numbers of ordinary size, with zeros of both signs among them: what a cotangent may be. */
export const cotangent = (dtype: FloatDType, shape: Shape, seed: number): T.Tensor => {
  const u = between(-1, 1, dtype, shape, seed)
  return T.where(T.less(T.abs(u), 0.1), T.mul(u, 0), u)
}

/** The same, and an infinity or NaN in a few places. */
export const spoilt = (dtype: FloatDType, shape: Shape, seed: number): T.Tensor => {
  const x = cotangent(dtype, shape, seed)
  const u = between(0, 1, dtype, shape, seed + 1)
  return T.where(T.less(u, 0.003), Infinity, T.where(T.greater(u, 0.997), NaN, x))
}

/** Numbers of far apart sizes whose sum is 0 but for rounding: what a sum of them leaves is its order, bit for bit. */
export const cancelling = (dtype: FloatDType, half: number, seed: number): T.Tensor => {
  const size = T.of(
    Array.from({ length: 60 }, (_, i) => 2 ** (i - 30)),
    dtype
  )
  const at = T.mod(Random.bits(Random.key(seed), [half]), 60)
  const x = T.mul(between(-1, 1, dtype, [half], seed + 1), T.gather(size, at))
  return Random.permutation(Random.key(seed + 2), T.concat([x, T.neg(x)]))
}

// -----------------------------------------------------------------------------
// operands of functions
// -----------------------------------------------------------------------------

const count = 512

/** For a function of one number: special ones, all exponents, ordinary sizes, and about 1. */
export const one = (dtype: FloatDType): T.Tensor =>
  T.concat([
    special(dtype),
    patterns(dtype, count, 1),
    between(-20, 20, dtype, [count], 2),
    between(0, 2, dtype, [count], 3)
  ])

/** For a function of two: every special number with every other, all exponents, and ordinary sizes. */
export const two = (dtype: FloatDType): readonly [T.Tensor, T.Tensor] => {
  const x = special(dtype)
  const n = specials.length
  const left = T.reshape(T.broadcastTo(T.expandDims(x, 1), [n, n]), [n * n])
  const right = T.reshape(T.broadcastTo(x, [n, n]), [n * n])
  return [
    T.concat([left, patterns(dtype, count, 4), between(0, 8, dtype, [2 * count], 5)]),
    T.concat([right, patterns(dtype, count, 6), between(-8, 8, dtype, [2 * count], 7)])
  ]
}

/** For an operation on two integers: zeros and ends of the range with all others. */
export const twoIntegers = (): readonly [T.Tensor, T.Tensor] => {
  const x = integers(24, 8)
  const n = x.shape[0] ?? 0
  return [T.reshape(T.broadcastTo(T.expandDims(x, 1), [n, n]), [n * n]), T.reshape(T.broadcastTo(x, [n, n]), [n * n])]
}

// -----------------------------------------------------------------------------
// layouts
// -----------------------------------------------------------------------------

/** Views of the same numbers: as they lie, transposed, every other one, backwards. */
export const layouts = (x: T.Tensor): Readonly<Record<string, T.Tensor>> => ({
  '': x,
  ' transposed': T.transpose(x),
  ' in steps': T.slice(x, [
    [null, null, 2],
    [3, null, 3]
  ]),
  ' backwards': T.flip(x)
})
