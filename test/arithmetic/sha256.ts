// SHA-256 in plain TypeScript, so that one bundle can hash in every engine; a test holds it to Node's.

const primes = (count: number): readonly number[] => {
  const found: number[] = []
  for (let n = 2; found.length < count; n++) if (found.every((p) => n % p !== 0)) found.push(n)
  return found
}

/** The first 32 bits of a fraction: those of square and cube roots are correctly rounded well beyond them. */
const fraction = (x: number): number => ((x - Math.floor(x)) * 2 ** 32) | 0

/** The cube root of a small prime, by Newton's steps: `Math.cbrt` is not the same in every engine. */
const cubeRoot = (n: number): number => {
  let x = n
  for (let i = 0; i < 60; i++) x -= (x * x * x - n) / (3 * x * x)
  return x
}

const start: readonly number[] = primes(8).map((p) => fraction(Math.sqrt(p)))
const constants: Int32Array = Int32Array.from(primes(64), (p) => fraction(cubeRoot(p)))

const turn = (x: number, by: number): number => (x >>> by) | (x << (32 - by))

/** The message, a bit 1, zeros, and the number of bits as 64 of them. */
const padded = (bytes: Uint8Array): DataView => {
  const length = Math.ceil((bytes.length + 9) / 64) * 64
  const all = new Uint8Array(length)
  all.set(bytes)
  all[bytes.length] = 0x80
  const view = new DataView(all.buffer)
  view.setUint32(length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(length - 4, bytes.length << 3)
  return view
}

/** The SHA-256 of bytes, in hexadecimal. Source: FIPS 180-4. */
export const sha256 = (bytes: Uint8Array): string => {
  const message = padded(bytes)
  const state = Int32Array.from(start)
  const words = new Int32Array(64)
  for (let block = 0; block < message.byteLength; block += 64) {
    for (let i = 0; i < 16; i++) words[i] = message.getInt32(block + 4 * i)
    for (let i = 16; i < 64; i++) {
      const before = words[i - 15]!
      const last = words[i - 2]!
      const s0 = turn(before, 7) ^ turn(before, 18) ^ (before >>> 3)
      const s1 = turn(last, 17) ^ turn(last, 19) ^ (last >>> 10)
      words[i] = words[i - 16]! + s0 + words[i - 7]! + s1
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
    for (let i = 0; i < 64; i++) {
      const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)
      const chosen = (e & f) ^ (~e & g)
      const first = (h + s1 + chosen + constants[i]! + words[i]!) | 0
      const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)
      const majority = (a & b) ^ (a & c) ^ (b & c)
      h = g
      g = f
      f = e
      e = (d + first) | 0
      d = c
      c = b
      b = a
      a = (first + s0 + majority) | 0
    }
    const ends = [a, b, c, d, e, f, g, h]
    for (let i = 0; i < 8; i++) state[i] = state[i]! + ends[i]!
  }
  return [...state].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}
