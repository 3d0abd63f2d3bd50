/**
 * Products of float32 and of float64: through the library from the size where copying pays, else in TypeScript; the bits are the same.
 * Strides are as in `matmulInto`, and all of `m`, `n` and `k` are at least 1. Made by one function, the two would share what V8 learns of
 * calls, and small products would be 5 % slower.
 */
import { libraryOnce } from './instance.js'
import { plainFloat32, tinyFloat32 } from './plainFloat32.js'
import { plainFloat64, tinyFloat64 } from './plainFloat64.js'
import { wasmFloat32 } from './wasmFloat32.js'
import { wasmFloat64 } from './wasmFloat64.js'

/** The most of the three sizes, multiplied, for tiles of two by two. */
const few = 16

/** The least for the library. */
const paysFloat32 = 256
const paysFloat64 = 768

export const productFloat32 = (
  m: number,
  n: number,
  k: number,
  a: Float32Array,
  aOffset: number,
  aRow: number,
  aCol: number,
  b: Float32Array,
  bOffset: number,
  bRow: number,
  bCol: number,
  c: Float32Array,
  cOffset: number
): void => {
  const size = m * n * k
  if (size <= few) {
    tinyFloat32(m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
    return
  }
  const library = size < paysFloat32 || k === 1 ? undefined : libraryOnce()
  if (library === undefined) plainFloat32(m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
  else wasmFloat32(library, m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
}

/** Without roundings TypeScript multiplies a matrix by a vector as fast as the library copies the matrix. */
export const productFloat64 = (
  m: number,
  n: number,
  k: number,
  a: Float64Array,
  aOffset: number,
  aRow: number,
  aCol: number,
  b: Float64Array,
  bOffset: number,
  bRow: number,
  bCol: number,
  c: Float64Array,
  cOffset: number
): void => {
  const size = m * n * k
  if (size <= few) {
    tinyFloat64(m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
    return
  }
  const library = size < paysFloat64 || k === 1 || m === 1 || n === 1 ? undefined : libraryOnce()
  if (library === undefined) plainFloat64(m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
  else wasmFloat64(library, m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
}
