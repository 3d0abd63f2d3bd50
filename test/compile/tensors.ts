// Tensors for tests of compiled code: the same in each run.
import type { DType } from 'pullback/DType'
import * as T from 'pullback/Tensor'

const special = [0, -0, NaN, Infinity, -Infinity, 1e-40, 3e38, -3e38, 1, -1, 0.5, 2 ** 31]

/** Numbers in [0, 1) that follow from a seed. */
const drawn = (seed: number): (() => number) => {
  let state = (seed * 2654435761 + 12345) >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const anySpecial = (next: () => number): number => special[Math.floor(next() * special.length)]!

const filled = (shape: readonly number[], dtype: DType, make: (i: number) => number): T.Tensor => {
  const n = shape.reduce((product, each) => product * each, 1)
  return T.cast(
    T.fromTypedArray(
      Float64Array.from({ length: n }, (_, i) => make(i)),
      [...shape]
    ),
    dtype
  )
}

/** Numbers of many magnitudes with all their bits, so that sums are rounded and the order of their terms is seen; some are special, if wanted. */
export const tensor = (shape: readonly number[], dtype: DType, seed = 1, isSpecial = false): T.Tensor => {
  const next = drawn(seed)
  return filled(shape, dtype, () => {
    const [x, rest, y] = [next(), next(), next()]
    return isSpecial && y < 0.1 ? anySpecial(next) : (x - 0.5 + rest * 2 ** -32) * 2 ** Math.floor(y * 40 - 30)
  })
}

/** Numbers between -4 and 4; in some tensors a few are special. */
export const random = (shape: readonly number[], dtype: DType, seed: number): T.Tensor => {
  const next = drawn(seed)
  const n = shape.reduce((product, each) => product * each, 1)
  const share = next() < 0.4 ? Math.min(0.1, 4 / n) : 0
  return filled(shape, dtype, () => {
    const value = (next() - 0.5) * 8
    return next() < share ? anySpecial(next) : value
  })
}

/** Numbers between -44 and 44, and a seventh special ones. */
export const some = (shape: readonly number[], dtype: DType = 'float32', seed = 1): T.Tensor =>
  filled(shape, dtype, (i) =>
    (i + seed) % 7 === 3 ? special[(i * seed) % special.length]! : Math.sin(i * 12.9898 + seed) * 43.7
  )
