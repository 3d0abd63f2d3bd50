/** Contractions of operands that lie in one memory: the library's, or an array where there is no library; the bits are the same. */
import { contractFloat32 } from './contractFloat32.js'
import { contractFloat64 } from './contractFloat64.js'
import { type Library, libraryOnce, reserve } from './instance.js'
import { type Kind, float32, float64 } from './kinds.js'

/**
 * C[i, j] = sum over `r` rows of `k` terms of A[r, i, k] B[r, k, j], added to C if `more`, in the blocks of `contraction` in module.ts. Places and
 * strides are elements of the memory. B and C have their columns side by side; whole groups of eight columns of C are written.
 */
export type Contract = (
  m: number,
  n: number,
  r: number,
  k: number,
  a: number,
  aRow: number,
  aItem: number,
  aTerm: number,
  b: number,
  bRow: number,
  bTerm: number,
  c: number,
  cItem: number,
  more: boolean
) => void

export interface Arena<Data> {
  readonly data: Data
  readonly contract: Contract
}

/** What reads may run over the end of an operand, in elements. */
const margin = 32

const viaLibrary =
  ({ functions }: Library, { name, bytes, lanes }: Kind): Contract =>
  (m, n, r, k, a, aRow, aItem, aTerm, b, bRow, bTerm, c, cItem, more) => {
    const vectors = n <= lanes ? 1 : 2
    functions[`contraction${vectors}_${name}`](
      a * bytes,
      aRow * bytes,
      aItem * bytes,
      aTerm * bytes,
      b * bytes,
      bRow * bytes,
      bTerm * bytes,
      vectors * lanes * bytes,
      c * bytes,
      cItem * bytes,
      m,
      n,
      r,
      k,
      more ? 1 : 0
    )
  }

/** The library with room for so many elements. */
const libraryFor = (size: number, { bytes }: Kind): Library | undefined => {
  const library = libraryOnce()
  return library !== undefined && reserve(library, (size + margin) * bytes) ? library : undefined
}

/** A memory of `size` elements, not cleared, until the next product or arena. */
export const arenaFloat32 = (size: number): Arena<Float32Array> => {
  const library = libraryFor(size, float32)
  if (library !== undefined) {
    return { data: new Float32Array(library.memory.buffer), contract: viaLibrary(library, float32) }
  }
  const data = new Float32Array(size)
  return {
    data,
    contract: (m, n, r, k, a, aRow, aItem, aTerm, b, bRow, bTerm, c, cItem, more) =>
      contractFloat32(m, n, r, k, data, a, aRow, aItem, aTerm, data, b, bRow, bTerm, data, c, cItem, more)
  }
}

export const arenaFloat64 = (size: number): Arena<Float64Array> => {
  const library = libraryFor(size, float64)
  if (library !== undefined) {
    return { data: new Float64Array(library.memory.buffer), contract: viaLibrary(library, float64) }
  }
  const data = new Float64Array(size)
  return {
    data,
    contract: (m, n, r, k, a, aRow, aItem, aTerm, b, bRow, bTerm, c, cItem, more) =>
      contractFloat64(m, n, r, k, data, a, aRow, aItem, aTerm, data, b, bRow, bTerm, data, c, cItem, more)
  }
}

/** Sums of int32 wrap, so their order does not matter. */
export const arenaInt32 = (size: number): Arena<Int32Array> => {
  const data = new Int32Array(size)
  return {
    data,
    contract: (m, n, r, k, a, aRow, aItem, aTerm, b, bRow, bTerm, c, cItem, more) => {
      for (let i = 0; i < m; i++) {
        const to = c + i * cItem
        if (!more) data.fill(0, to, to + n)
        for (let row = 0; row < r; row++) {
          for (let p = 0; p < k; p++) {
            const factor = data[a + row * aRow + i * aItem + p * aTerm]!
            const from = b + row * bRow + p * bTerm
            for (let j = 0; j < n; j++) data[to + j] = data[to + j]! + Math.imul(factor, data[from + j]!)
          }
        }
      }
    }
  }
}
