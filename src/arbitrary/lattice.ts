/**
 * The half-odd lattice of test values: (k + 0.5) / 1000, scaled to the domain. Never 0, never a kink, no
 * accidental tie with a round constant, and short as a decimal.
 */
import type { Domain } from '../primitive/domain.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** The lattice points of a domain, in increasing order, counted from the one nearest to 0. */
export interface Lattice {
  /** The least code, 0 or less. */
  readonly min: number
  /** The greatest code, 0 or more. */
  readonly max: number
  /** The value of a code; codes rise with values, and 0 is the point nearest to 0. */
  readonly valueOf: (code: number) => number
  /** How far a value may move before it meets an end of the domain or a kink. */
  readonly reachOf: (value: number) => number
}

/** How much of an unbounded domain the lattice covers, from its finite end, or to both sides of 0. */
const extent = 3

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** The part of a domain that test values cover. */
const windowOf = ({ from, to }: Domain): readonly [from: number, to: number] => {
  const low = from === -Infinity
  const high = to === Infinity
  if (low && high) return [-extent, extent]
  if (high) return [from, from + extent]
  return low ? [to - extent, to] : [from, to]
}

/** Spacings are powers of ten, so that values are short decimals: 600 to 6,000 points a window. */
const scaleOf = (width: number): number => 3 - Math.ceil(Math.log10(width / (2 * extent)) - 1e-9)

/** (k + 0.5) 10^-scale, rounded once. */
const point = (k: number, scale: number): number =>
  scale >= 0 ? (2 * k + 1) / (2 * 10 ** scale) : (k + 0.5) * 10 ** -scale

/** The lattice of a domain: points nearer than a quarter of the spacing to an end or a kink are left out. */
export const latticeOf = (domain: Domain): Lattice => {
  const { from, to, kinks } = domain
  const [low, high] = windowOf(domain)
  if (!(low < high)) throw new RangeError(`Arbitrary.tensor: the domain is from ${from} to ${to}; expected from < to`)
  const scale = scaleOf(high - low)
  const first = Math.ceil(low * 10 ** scale - 0.25)
  const last = Math.floor(high * 10 ** scale + 0.25) - 1
  const spacing = 10 ** -scale
  const excluded = [...new Set(kinks.map((kink) => Math.round(kink * 10 ** scale - 0.5)))]
    .filter((k) => k >= first && k <= last && kinks.some((kink) => Math.abs(point(k, scale) - kink) < spacing / 4))
    .sort((a, b) => a - b)
  const kOf = (index: number): number => excluded.reduce((k, hole) => (hole <= k ? k + 1 : k), first + index)
  const count = last - first + 1 - excluded.length
  if (count < 1)
    throw new RangeError(`Arbitrary.tensor: the domain is from ${from} to ${to}; expected room between its kinks`)
  const zero = Math.min(Math.max(-first - excluded.filter((hole) => hole < 0).length, 0), count - 1)
  return {
    min: -zero,
    max: count - 1 - zero,
    valueOf: (code) => point(kOf(code + zero), scale),
    reachOf: (value) =>
      kinks.reduce((least, kink) => Math.min(least, Math.abs(value - kink)), Math.min(value - from, to - value))
  }
}

const cache = new WeakMap<Domain, Lattice>()

/** The lattice of a domain, made once: domains are constants of the primitives. */
export const lattice = (domain: Domain): Lattice => {
  const known = cache.get(domain)
  if (known !== undefined) return known
  const made = latticeOf(domain)
  cache.set(domain, made)
  return made
}
