// Threefry-2x32 with 20 rounds, a counter-based generator: each 64-bit block of random bits is a pure function of a key and a counter.
// J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, Parallel random numbers: as easy as 1, 2, 3, SC'11 (2011).

/** The parity constant of the key schedule, that of Skein, cut to 32 bits. */
export const PARITY = 0x1bd11bda

/**
 * One block: the two 32-bit words of the counter, enciphered under the two of the key, written to out[at] and out[at + 1].
 *
 * Four rounds of add, rotate and exclusive-or between any two injections of the key, with the rotations of the paper;
 * all arithmetic is modulo 2^32, so words may be given as signed or as unsigned. Bit-exact against the published test vectors.
 * Source: Salmon et al. (2011), Threefry-2x32-20.
 */
export const threefry2x32 = (
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  out: Uint32Array | Int32Array,
  at: number
): void => {
  const key2 = PARITY ^ key0 ^ key1
  let x = (counter0 + key0) | 0
  let y = (counter1 + key1) | 0

  x = (x + y) | 0
  y = ((y << 13) | (y >>> 19)) ^ x
  x = (x + y) | 0
  y = ((y << 15) | (y >>> 17)) ^ x
  x = (x + y) | 0
  y = ((y << 26) | (y >>> 6)) ^ x
  x = (x + y) | 0
  y = ((y << 6) | (y >>> 26)) ^ x
  x = (x + key1) | 0
  y = (y + key2 + 1) | 0

  x = (x + y) | 0
  y = ((y << 17) | (y >>> 15)) ^ x
  x = (x + y) | 0
  y = ((y << 29) | (y >>> 3)) ^ x
  x = (x + y) | 0
  y = ((y << 16) | (y >>> 16)) ^ x
  x = (x + y) | 0
  y = ((y << 24) | (y >>> 8)) ^ x
  x = (x + key2) | 0
  y = (y + key0 + 2) | 0

  x = (x + y) | 0
  y = ((y << 13) | (y >>> 19)) ^ x
  x = (x + y) | 0
  y = ((y << 15) | (y >>> 17)) ^ x
  x = (x + y) | 0
  y = ((y << 26) | (y >>> 6)) ^ x
  x = (x + y) | 0
  y = ((y << 6) | (y >>> 26)) ^ x
  x = (x + key0) | 0
  y = (y + key1 + 3) | 0

  x = (x + y) | 0
  y = ((y << 17) | (y >>> 15)) ^ x
  x = (x + y) | 0
  y = ((y << 29) | (y >>> 3)) ^ x
  x = (x + y) | 0
  y = ((y << 16) | (y >>> 16)) ^ x
  x = (x + y) | 0
  y = ((y << 24) | (y >>> 8)) ^ x
  x = (x + key1) | 0
  y = (y + key2 + 4) | 0

  x = (x + y) | 0
  y = ((y << 13) | (y >>> 19)) ^ x
  x = (x + y) | 0
  y = ((y << 15) | (y >>> 17)) ^ x
  x = (x + y) | 0
  y = ((y << 26) | (y >>> 6)) ^ x
  x = (x + y) | 0
  y = ((y << 6) | (y >>> 26)) ^ x

  out[at] = (x + key2) | 0
  out[at + 1] = (y + key0 + 5) | 0
}

/** 2^-32, which brings the high word of a counter down. */
const HIGH = 2 ** -32

/**
 * The first n 32-bit words of the stream of a key, written to out[0] to out[n - 1].
 *
 * Words 2 j and 2 j + 1 are the block of the counter j, whose high 32 bits go in first: threefry2x32(key0, key1, floor(j / 2^32), j).
 * A word thus depends on the key and its own place only, not on n; for odd n the second word of the last block is left out.
 * Throws a RangeError unless n is an integer from 0 to the length of out.
 */
export const fillBits = (key0: number, key1: number, n: number, out: Int32Array): void => {
  if (!Number.isInteger(n) || n < 0 || n > out.length) {
    throw new RangeError(`fillBits: n is ${n}; expected an integer from 0 to ${out.length}`)
  }
  const blocks = Math.floor(n / 2)
  for (let j = 0; j < blocks; j++) threefry2x32(key0, key1, Math.floor(j * HIGH), j | 0, out, 2 * j)
  if (n % 2 === 1) {
    const last = new Int32Array(2)
    threefry2x32(key0, key1, Math.floor(blocks * HIGH), blocks | 0, last, 0)
    out[n - 1] = last[0]!
  }
}
