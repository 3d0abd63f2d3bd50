import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fillBits, threefry2x32 } from '../../src/kernel/threefry.js'

const word = fc.integer({ min: 0, max: 0xffffffff })

const block = (key0: number, key1: number, counter0: number, counter1: number): ReadonlyArray<number> => {
  const out = new Uint32Array(2)
  threefry2x32(key0, key1, counter0, counter1, out, 0)
  return [...out]
}

/** The cipher once more, as the paper writes it: 20 rounds over BigInt, with an injection after every fourth. */
const asWritten = (key0: number, key1: number, counter0: number, counter1: number): ReadonlyArray<number> => {
  const mask = 0xffffffffn
  const rotations = [13n, 15n, 26n, 6n, 17n, 29n, 16n, 24n] as const
  const [a, b] = [BigInt(key0), BigInt(key1)]
  const keys = [a, b, 0x1bd11bdan ^ a ^ b] as const
  let x = (BigInt(counter0) + a) & mask
  let y = (BigInt(counter1) + b) & mask
  for (let round = 0; round < 20; round++) {
    const r = rotations[round % 8] ?? 0n
    x = (x + y) & mask
    y = (((y << r) | (y >> (32n - r))) & mask) ^ x
    if (round % 4 === 3) {
      const s = (round + 1) / 4
      x = (x + (keys[s % 3] ?? 0n)) & mask
      y = (y + (keys[(s + 1) % 3] ?? 0n) + BigInt(s)) & mask
    }
  }
  return [Number(x), Number(y)]
}

describe('threefry2x32', () => {
  it('gives the three published vectors, bit for bit', () => {
    expect(block(0x00000000, 0x00000000, 0x00000000, 0x00000000)).toEqual([0x6b200159, 0x99ba4efe])
    expect(block(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff)).toEqual([0x1cb996fc, 0xbb002be7])
    expect(block(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3)).toEqual([0xc4923a9c, 0x483df7a0])
  })

  it('is the cipher as the paper writes it', () => {
    fc.assert(
      fc.property(word, word, word, word, (a, b, c, d) => {
        expect(block(a, b, c, d)).toEqual(asWritten(a, b, c, d))
      })
    )
  })

  it('takes signed and unsigned words alike, and writes only to the given place', () => {
    fc.assert(
      fc.property(word, word, word, word, (a, b, c, d) => {
        const out = new Int32Array(4)
        threefry2x32(a | 0, b | 0, c | 0, d | 0, out, 1)
        const [x = 0, y = 0] = block(a, b, c, d)
        expect([...out]).toEqual([0, x | 0, y | 0, 0])
      })
    )
  })

  it('changes about half of the bits when one bit of key or counter changes', () => {
    let changed = 0
    for (let bit = 0; bit < 128; bit++) {
      const input: [number, number, number, number] = [1, 2, 3, 4]
      const [x = 0, y = 0] = block(...input)
      input[bit >> 5] = (input[bit >> 5] ?? 0) ^ (1 << (bit & 31))
      const [u = 0, v = 0] = block(...input)
      for (let k = 0; k < 32; k++) changed += (((x ^ u) >>> k) & 1) + (((y ^ v) >>> k) & 1)
    }
    // 8192 fair coins: five standard deviations are 226.
    expect(Math.abs(changed - 4096)).toBeLessThan(227)
  })
})

describe('fillBits', () => {
  it('has the block of counter j at 2 j and 2 j + 1', () => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 33 }), (a, b, n) => {
        const out = new Int32Array(n + 1).fill(7)
        fillBits(a, b, n, out)
        for (let i = 0; i < n; i++) expect(out[i]).toBe((block(a, b, 0, i >> 1)[i % 2] ?? 0) | 0)
        expect(out[n]).toBe(7)
      })
    )
  })

  it('does not depend on how many words are asked for', () => {
    fc.assert(
      fc.property(word, word, fc.nat(50), fc.nat(50), (a, b, n, m) => {
        const [short, long] = [new Int32Array(n), new Int32Array(n + m)]
        fillBits(a, b, n, short)
        fillBits(a, b, n + m, long)
        expect(long.subarray(0, n)).toEqual(short)
      })
    )
  })

  it('refuses more words than there are places', () => {
    for (const n of [5, -1, 1.5, NaN]) {
      expect(() => fillBits(0, 0, n, new Int32Array(4))).toThrow(`fillBits: n is ${n}; expected an integer from 0 to 4`)
    }
  })
})
