/**
 * The matrix product over strided operands: the dispatch by dtype and by size. The loops are in matmulPacked.ts (large
 * matrices), matmulFloat32.ts and matmulFloat64.ts (small matrices, vectors), and matmulInt32.ts.
 */
import { kernelsFloat32 } from './matmulFloat32.js'
import { kernelsFloat64 } from './matmulFloat64.js'
import { multiplyInt32 } from './matmulInt32.js'
import type { MatmulKernels } from './matmulKernels.js'
import { multiplyPacked } from './matmulPacked.js'

/** What a matrix product reads and writes; the three arrays of one product have the same type. */
export type MatmulData = Float32Array | Float64Array | Int32Array

/** Rows a combination of columns takes at a time: the sums stay in the cache. */
const sumCount = 1024

let sums: Float64Array | undefined

const matrixVector = <D>(
  kernels: MatmulKernels<D>,
  rows: number,
  depth: number,
  matrix: D,
  offset: number,
  rowStride: number,
  depthStride: number,
  x: D,
  xOffset: number,
  xStride: number,
  c: D,
  cOffset: number
): void => {
  if (rows < 4 || depthStride <= rowStride) {
    kernels.dots(rows, depth, matrix, offset, rowStride, depthStride, x, xOffset, xStride, c, cOffset)
    return
  }
  sums ??= new Float64Array(sumCount)
  for (let i = 0; i < rows; i += sumCount) {
    const count = Math.min(sumCount, rows - i)
    const start = offset + i * rowStride
    kernels.combine(count, depth, matrix, start, rowStride, depthStride, x, xOffset, xStride, sums, c, cOffset + i)
  }
}

const multiply = <D>(
  kernels: MatmulKernels<D>,
  m: number,
  n: number,
  k: number,
  a: D,
  aOffset: number,
  aRow: number,
  aCol: number,
  b: D,
  bOffset: number,
  bRow: number,
  bCol: number,
  c: D,
  cOffset: number
): void => {
  if (k === 1) kernels.outer(m, n, a, aOffset, aRow, b, bOffset, bCol, c, cOffset)
  else if (n === 1) matrixVector(kernels, m, k, a, aOffset, aRow, aCol, b, bOffset, bRow, c, cOffset)
  else if (m === 1) matrixVector(kernels, n, k, b, bOffset, bCol, bRow, a, aOffset, aCol, c, cOffset)
  else if (m * n * k < 3 * k * (m + n) + 2 * m * n + 1000)
    kernels.direct(m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
  else multiplyPacked(kernels, m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
}

/**
 * Multiplies an `m x k` matrix by a `k x n` matrix:
 *
 *     c[cOffset + i n + j] = sum_p a[aOffset + i aRow + p aCol] b[bOffset + p bRow + j bCol]
 *
 * The result is contiguous and overwritten; it must not share memory with an operand. Strides may be any numbers not
 * below 0 (0 repeats an element), so a transposed or broadcast operand needs no copy. Sums are taken in double: for
 * float64, in an order that depends on the sizes; for float32, with one rounding to float32 for every 512 terms. int32
 * wraps modulo 2^32. NaN and infinities propagate as IEEE 754 has it: no term is skipped. `k = 0` gives zeros.
 *
 * @throws TypeError when the three arrays are not all of one type
 */
export const matmulInto = (
  m: number,
  n: number,
  k: number,
  a: MatmulData,
  aOffset: number,
  aRow: number,
  aCol: number,
  b: MatmulData,
  bOffset: number,
  bRow: number,
  bCol: number,
  c: MatmulData,
  cOffset: number
): void => {
  if (m === 0 || n === 0) return
  if (k === 0) c.fill(0, cOffset, cOffset + m * n)
  else if (a instanceof Float32Array && b instanceof Float32Array && c instanceof Float32Array)
    multiply(kernelsFloat32, m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
  else if (a instanceof Float64Array && b instanceof Float64Array && c instanceof Float64Array)
    multiply(kernelsFloat64, m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
  else if (a instanceof Int32Array && b instanceof Int32Array && c instanceof Int32Array)
    multiplyInt32(m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
  else {
    const names = [a, b, c].map((data) => data.constructor.name).join(', ')
    throw new TypeError(`matmul: ${names}; operands and result of one type are required`)
  }
}
