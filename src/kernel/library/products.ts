/** Products of float32 and of float64: through the library from the size where copying pays, else in TypeScript; the bits are the same. */
import { libraryOnce } from './instance.js'
import { plainFloat32 } from './plainFloat32.js'
import { plainFloat64 } from './plainFloat64.js'
import { wasmFloat32 } from './wasmFloat32.js'
import { wasmFloat64 } from './wasmFloat64.js'

/** Products of the three sizes from which on the library pays. */
const pays = 512

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

const through =
  <Data>(
    plain: Product<Data>,
    wasm: (library: NonNullable<ReturnType<typeof libraryOnce>>, ...args: Parameters<Product<Data>>) => void
  ): Product<Data> =>
  (m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset) => {
    const library = k === 1 || m * n * k < pays ? undefined : libraryOnce()
    if (library === undefined) plain(m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
    else wasm(library, m, n, k, a, aOffset, aRow, aCol, b, bOffset, bRow, bCol, c, cOffset)
  }

export const productFloat32: Product<Float32Array> = through(plainFloat32, wasmFloat32)

export const productFloat64: Product<Float64Array> = through(plainFloat64, wasmFloat64)
