/** Products of float32 and of float64: through the library from the size where copying pays, else in TypeScript; the bits are the same. */
import { type Library, libraryOnce } from './instance.js'
import { plainFloat32 } from './plainFloat32.js'
import { plainFloat64 } from './plainFloat64.js'
import { wasmFloat32 } from './wasmFloat32.js'
import { wasmFloat64 } from './wasmFloat64.js'

/** The product, all of `m`, `n` and `k` at least 1. Strides as in `matmulInto`. */
type Product<Data> = (
  m: number,
  n: number,
  k: number,
  a: Data,
  aOffset: number,
  aRow: number,
  aCol: number,
  b: Data,
  bOffset: number,
  bRow: number,
  bCol: number,
  c: Data,
  cOffset: number
) => void

/**
 * The library is taken where each element has more than one term, and the product of the three sizes is at least `pays`, or
 * `paysForVectors` for a matrix and a vector.
 */
const through =
  <Data>(
    pays: number,
    paysForVectors: number,
    plain: Product<Data>,
    wasm: (library: Library, ...args: Parameters<Product<Data>>) => void
  ): Product<Data> =>
  (m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset) => {
    const least = m === 1 || n === 1 ? paysForVectors : pays
    const library = k === 1 || m * n * k < least ? undefined : libraryOnce()
    if (library === undefined) plain(m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
    else wasm(library, m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
  }

export const productFloat32: Product<Float32Array> = through(256, 256, plainFloat32, wasmFloat32)

/** Without roundings TypeScript multiplies a matrix by a vector as fast as the library copies the matrix. */
export const productFloat64: Product<Float64Array> = through(768, Infinity, plainFloat64, wasmFloat64)
