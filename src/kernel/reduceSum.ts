/** Sums along the middle extent of a contiguous block `(outer, n, inner)`. */
import type { Data } from '../DType.js'
import type { SumKernels } from './sumKernels.js'
import { sumKernelsFloat32 } from './sumFloat32.js'
import { sumKernelsFloat64 } from './sumFloat64.js'
import { blockFloat32, blockFloat64, depthOf, halfOf, sumRows } from './sumOrder.js'

/** Columns summed at a time when rows are added to rows: the sums stay in the cache. */
const chunk = 1024

/** With fewer columns than this, each is summed on its own. */
const fewestColumns = 16

const sumRun = <D>(
  kernels: SumKernels<D>,
  block: number,
  data: D,
  start: number,
  n: number,
  stride: number
): number => {
  if (n <= block) return kernels.run(data, start, n, stride, 0)
  const half = halfOf(n, block)
  const first = sumRun(kernels, block, data, start, half, stride)
  return first + sumRun(kernels, block, data, start + half * stride, n - half, stride)
}

const sumColumns = <D>(
  kernels: SumKernels<D>,
  block: number,
  data: D,
  start: number,
  n: number,
  inner: number,
  width: number,
  sums: Float64Array
): void =>
  sumRows(n, block, width, sums, (first, count, at) =>
    kernels.rows(data, start + first * inner, count, inner, width, sums, at)
  )

const sumFloats = <D>(
  kernels: SumKernels<D>,
  block: number,
  data: D,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  out: Data
): void => {
  if (inner < fewestColumns) {
    for (let o = 0; o < outer; o++) {
      for (let k = 0; k < inner; k++) {
        out[o * inner + k] = sumRun(kernels, block, data, offset + o * n * inner + k, n, inner)
      }
    }
    return
  }
  const sums = new Float64Array(Math.min(inner, chunk) * depthOf(n, block))
  for (let o = 0; o < outer; o++) {
    for (let from = 0; from < inner; from += chunk) {
      const width = Math.min(chunk, inner - from)
      sumColumns(kernels, block, data, offset + o * n * inner + from, n, inner, width, sums)
      const to = o * inner + from
      for (let k = 0; k < width; k++) out[to + k] = sums[k]!
    }
  }
}

const sumIntegers = (
  data: Int32Array | Uint8Array,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  out: Data
): void => {
  if (inner === 1) {
    for (let o = 0; o < outer; o++) {
      let sum = 0
      for (let j = 0, p = offset + o * n; j < n; j++, p++) sum = (sum + data[p]!) | 0
      out[o] = sum
    }
    return
  }
  out.fill(0, 0, outer * inner)
  for (let o = 0; o < outer; o++) {
    const to = o * inner
    for (let j = 0; j < n; j++) {
      const from = offset + (o * n + j) * inner
      for (let k = 0; k < inner; k++) out[to + k] = (out[to + k]! + data[from + k]!) | 0
    }
  }
}

/**
 * Sums along the middle extent: `out[o inner + i] = sum_j data[offset + (o n + j) inner + i]`; no terms give 0.
 *
 * Floats are added in double, in the order of `sumOrder.ts`, and rounded when they are written. Integers and booleans are
 * added modulo 2^32.
 */
export const sumInto = (data: Data, offset: number, outer: number, n: number, inner: number, out: Data): void => {
  if (data instanceof Float32Array) sumFloats(sumKernelsFloat32, blockFloat32, data, offset, outer, n, inner, out)
  else if (data instanceof Float64Array) sumFloats(sumKernelsFloat64, blockFloat64, data, offset, outer, n, inner, out)
  else sumIntegers(data, offset, outer, n, inner, out)
}

/** The sum of float64 terms. */
export const sumOf = (terms: Float64Array, block: number): number =>
  sumRun(sumKernelsFloat64, block, terms, 0, terms.length, 1)

/**
 * Sums of floats each of which is repeated. Up to 2^29 times a float32 is exact in double, as is each sum on the way there, so
 * that the product is the sum.
 */
export const sumRepeatedInto =
  (times: number): ((data: Data, offset: number, outer: number, n: number, inner: number, out: Data) => void) =>
  (data, offset, _outer, _n, _inner, out) => {
    for (let i = 0; i < out.length; i++) {
      out[i] =
        data instanceof Float64Array
          ? sumRun(sumKernelsFloat64, blockFloat64, data, offset + i, times, 0)
          : data[offset + i]! * times + 0
    }
  }
