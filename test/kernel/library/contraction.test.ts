import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contractFloat32 } from '../../../src/kernel/library/contractFloat32.js'
import { contractFloat64 } from '../../../src/kernel/library/contractFloat64.js'
import { libraryOnce, reserve } from '../../../src/kernel/library/instance.js'
import { contiguous, defined, placed } from './reference.js'

const library = libraryOnce()!

/** Sizes and the gaps between rows of terms and of the result. */
const sizes = fc.record({
  m: fc.integer({ min: 1, max: 13 }),
  n: fc.integer({ min: 1, max: 25 }),
  r: fc.integer({ min: 1, max: 6 }),
  k: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 13, max: 300 }), fc.constantFrom(128, 256, 257, 700)),
  step: fc.integer({ min: 1, max: 4 }),
  seed: fc.integer(),
  more: fc.boolean()
})

const check = (type: 'f32' | 'f64') =>
  fc.property(sizes, fc.constantFrom(1, 2, 3), ({ m, n, r, k, step, seed, more }, vectors: 1 | 2 | 3) => {
    const bytes = type === 'f32' ? 4 : 8
    const make = (length: number) => (type === 'f32' ? new Float32Array(length) : new Float64Array(length))
    const round = type === 'f32' ? Math.fround : (x: number): number => x
    const width = vectors * (16 / bytes)
    const ld = Math.ceil(n / width) * width
    // As in a convolution, items overlap: terms are side by side, items `step` apart.
    const aRow = (m - 1) * step + k
    const a = placed(make, seed, true, r, aRow, contiguous).data
    const b = placed(make, seed + 1, true, r * k, ld, contiguous).data
    const before = placed(make, seed + 2, true, m, ld, contiguous).data
    const wanted = Array.from({ length: m * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n]
      const left = (row: number, p: number): number => a[row * aRow + i * step + p]!
      const right = (row: number, p: number): number => b[(row * k + p) * ld + j]!
      return defined(round, r, k, left, right, more ? before[i * ld + j]! : undefined)
    })
    const results = (c: ArrayLike<number>, offset: number): readonly number[] =>
      Array.from({ length: m * n }, (_, at) => c[offset + Math.floor(at / n) * ld + (at % n)]!)

    const c = before.slice()
    if (a instanceof Float32Array && b instanceof Float32Array && c instanceof Float32Array)
      contractFloat32(m, n, r, k, a, 0, aRow, step, 1, b, 0, k * ld, ld, c, 0, ld, more)
    if (a instanceof Float64Array && b instanceof Float64Array && c instanceof Float64Array)
      contractFloat64(m, n, r, k, a, 0, aRow, step, 1, b, 0, k * ld, ld, c, 0, ld, more)
    expect(results(c, 0)).toEqual(wanted)

    const [aAt, bAt] = [64, 64 + a.length]
    const cAt = bAt + b.length
    expect(reserve(library, (cAt + before.length + 64) * bytes)).toBe(true)
    const { buffer } = library.memory
    const memory = type === 'f32' ? new Float32Array(buffer) : new Float64Array(buffer)
    memory.set(a, aAt)
    memory.set(b, bAt)
    memory.set(before, cAt)
    const contract = library.functions[`contraction${vectors}_${type}`]
    contract(
      aAt * bytes,
      aRow * bytes,
      step * bytes,
      bytes,
      bAt * bytes,
      k * ld * bytes,
      ld * bytes,
      width * bytes,
      cAt * bytes,
      ld * bytes,
      m,
      n,
      r,
      k,
      more ? 1 : 0
    )
    expect(results(memory, cAt)).toEqual(wanted)
  })

test('contractions of float32 have the bits of the definition', () => {
  fc.assert(check('f32'))
})

test('contractions of float64 have the bits of the definition', () => {
  fc.assert(check('f64'))
})
