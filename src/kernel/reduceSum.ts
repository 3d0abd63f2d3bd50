/** Sums along the middle extent of a contiguous block `(outer, n, inner)`. */
import type { Data } from '../DType.js'
import type { SumKernels } from './sumKernels.js'
import { sumKernelsFloat32 } from './sumFloat32.js'
import { sumKernelsFloat64 } from './sumFloat64.js'

/** Terms added one after the other; longer sums are split in halves, so that the error grows with the logarithm. */
const block = 128

/** Columns summed at a time when rows are added to rows: the sums stay in the cache. */
const chunk = 1024

/** With fewer columns than this, each is summed on its own. */
const fewestColumns = 16

const pairwise = <D>(kernels: SumKernels<D>, data: D, start: number, n: number, stride: number): number => {
  if (n <= block) return kernels.run(data, start, n, stride)
  const half = Math.ceil(n / 2 / block) * block
  const first = pairwise(kernels, data, start, half, stride)
  return first + pairwise(kernels, data, start + half * stride, n - half, stride)
}

/** The same over whole rows: leaves `width` sums in `sums` from `at` on, and works in what follows them. */
const pairwiseRows = <D>(
  kernels: SumKernels<D>,
  data: D,
  start: number,
  n: number,
  rowStride: number,
  width: number,
  sums: Float64Array,
  at: number
): void => {
  if (n <= block) {
    kernels.rows(data, start, n, rowStride, width, sums, at)
    return
  }
  const half = Math.ceil(n / 2 / block) * block
  const next = at + width
  pairwiseRows(kernels, data, start, half, rowStride, width, sums, at)
  pairwiseRows(kernels, data, start + half * rowStride, n - half, rowStride, width, sums, next)
  for (let k = 0; k < width; k++) sums[at + k] = sums[at + k]! + sums[next + k]!
}

/** How deep the halving of `n` terms goes, the undivided sum included. */
const depth = (n: number): number => (n <= block ? 1 : 1 + depth(Math.ceil(n / 2 / block) * block))

const sumFloats = <D>(
  kernels: SumKernels<D>,
  data: D,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  out: Data
): void => {
  if (inner < fewestColumns) {
    for (let o = 0; o < outer; o++) {
      for (let k = 0; k < inner; k++) out[o * inner + k] = pairwise(kernels, data, offset + o * n * inner + k, n, inner)
    }
    return
  }
  const sums = new Float64Array(Math.min(inner, chunk) * depth(n))
  for (let o = 0; o < outer; o++) {
    for (let from = 0; from < inner; from += chunk) {
      const width = Math.min(chunk, inner - from)
      pairwiseRows(kernels, data, offset + o * n * inner + from, n, inner, width, sums, 0)
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
 * Floats are added in double, pairwise in blocks of 128 (Higham, The accuracy of floating point summation, 1993), and
 * rounded when they are written. Integers and booleans are added modulo 2^32.
 */
export const sumInto = (data: Data, offset: number, outer: number, n: number, inner: number, out: Data): void => {
  if (data instanceof Float32Array) sumFloats(sumKernelsFloat32, data, offset, outer, n, inner, out)
  else if (data instanceof Float64Array) sumFloats(sumKernelsFloat64, data, offset, outer, n, inner, out)
  else sumIntegers(data, offset, outer, n, inner, out)
}
