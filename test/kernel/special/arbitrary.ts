// Arguments on a half-odd lattice: never 0, never an accidental tie, and shrinking to short decimals.
import fc from 'fast-check'

/** (k + 1/2) / 1000 between low and high. */
export const between = (low: number, high: number): fc.Arbitrary<number> =>
  fc.integer({ min: Math.ceil(low * 1000), max: Math.floor(high * 1000) - 1 }).map((k) => (k + 0.5) / 1000)

/** 10^k between 10^low and 10^high, k on the lattice: for arguments of every size. */
export const magnitude = (low: number, high: number): fc.Arbitrary<number> => between(low, high).map((k) => 10 ** k)
