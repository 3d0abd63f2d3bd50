/** The matrix product over strided operands: the dispatch by type. The rule of floats is in library/plainFloat32.ts. */
import { productFloat32, productFloat64 } from './library/products.js'
import { multiplyInt32 } from './matmulInt32.js'

/** The arrays of a matrix product; all three have the same type. */
export type MatmulData = Float32Array | Float64Array | Int32Array

/**
 * Multiplies an `m x k` matrix by a `k x n` matrix:
 *
 *     c[cOffset + i n + j] = sum_p a[aOffset + i aRow + p aCol] b[bOffset + p bRow + j bCol]
 *
 * The result is contiguous and overwritten; it must not share memory with an operand. Strides may be any numbers
 * (0 repeats an element, below 0 it is read backwards), so no view needs a copy. An element depends on its row, its column
 * and `k` alone: it is a sum of blocks of 256 terms, each added in order and in the type of the operands. int32 wraps modulo
 * 2^32. NaN and infinities propagate as IEEE 754 has it: no term is skipped. `k = 0` gives zeros.
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
    productFloat32(m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
  else if (a instanceof Float64Array && b instanceof Float64Array && c instanceof Float64Array)
    productFloat64(m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
  else if (a instanceof Int32Array && b instanceof Int32Array && c instanceof Int32Array)
    multiplyInt32(m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
  else {
    const names = [a, b, c].map((data) => data.constructor.name).join(', ')
    throw new TypeError(`matmul: the arrays are ${names}; expected one type`)
  }
}
