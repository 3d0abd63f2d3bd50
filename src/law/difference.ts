/**
 * Finite differences in float64, with bounds on their error that the laws may rely on.
 *
 * A direction is given as a line, a function of t with t = 0 at the point, scaled so that |t| < 1 is safe. The derivative
 * is taken by the five-point stencil at two steps that share points; the step adapts until the bound is small.
 *
 * B. Fornberg, Generation of finite difference formulas on arbitrarily spaced grids, Mathematics of Computation 51 (1988).
 * J. J. More and S. M. Wild, Estimating computational noise, SIAM Journal on Scientific Computing 33 (2011).
 */
import { largest } from './values.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** A function along a direction. */
export interface Line {
  readonly at: (t: number) => Float64Array
  /** How far, in t, rounding may displace a point: 0 where steps are exact in binary. */
  readonly jitter: number
}

/** Derivatives, and for each the sum of its rounding and its truncation error; an infinite error means unknown. */
export interface Slope {
  readonly value: Float64Array
  readonly error: Float64Array
}

interface Points {
  readonly step: number
  /** At -4, -2, -1, 1, 2 and 4 steps. */
  readonly values: readonly Float64Array[]
}

const eps = Number.EPSILON
const firstStep = 2 ** -10
const attempts = 8

/** The relative error at which to stop. */
const goal = 1e-9

// -----------------------------------------------------------------------------
// noise
// -----------------------------------------------------------------------------

/** Differences of some orders over equal steps: how noise is told from the function. */
interface Differences {
  readonly step: number
  /** As many points on each side. */
  readonly points: number
  readonly orders: readonly number[]
}

/** Steps so small that nothing but rounding is left of the differences. */
const near: Differences = { step: 2 ** -32, points: 3, orders: [3, 4] }

/**
 * Steps so wide that a value inside the function changes by more than the spacing of floats there, as 1 - p does where p is within
 * rounding of 1: nearer by, the function is a staircase whose treads look exact. The order is so high that little of the function is left.
 */
const wide: Differences = { step: 2 ** -16, points: 6, orders: [6] }

/** The standard deviation of the noise in each output, by the differences of one kind. */
const noiseBy = (line: Line, at: Float64Array, { step, points, orders }: Differences): Float64Array => {
  const rows = Array.from({ length: 2 * points + 1 }, (_, k) => (k === points ? at : line.at((k - points) * step)))
  return at.map((value, i) => {
    let row = rows.map((each) => each[i]!)
    let noise = eps * Math.abs(value)
    let gamma = 1
    for (let order = 1; order <= 2 * points; order++) {
      row = row.slice(1).map((next, k) => next - row[k]!)
      gamma *= order / (2 * (2 * order - 1))
      const mean = row.reduce((sum, each) => sum + each * each, 0) / row.length
      if (orders.includes(order) && Number.isFinite(mean)) noise = Math.max(noise, Math.sqrt(gamma * mean))
    }
    return noise
  })
}

/** The size of the rounding errors in each output, near the point. */
export const noiseOf = (line: Line, at: Float64Array): Float64Array => noiseBy(line, at, near)

/** The size of the rounding errors in each output, near the point and in a wider neighbourhood. */
export const widerNoiseOf = (line: Line, at: Float64Array): Float64Array => {
  const noise = noiseBy(line, at, near)
  return noiseBy(line, at, wide).map((each, i) => Math.max(each, noise[i]!))
}

// -----------------------------------------------------------------------------
// central differences
// -----------------------------------------------------------------------------

const sampleAt = (line: Line, step: number): Points => ({
  step,
  values: [-4, -2, -1, 1, 2, 4].map((k) => line.at(k * step))
})

/** The next step: smaller where the function is curved or undefined, larger where rounding prevails. */
const nextStep = (step: number, finite: boolean, rounding: number, truncation: number): number => {
  if (!finite) return step / 32
  if (truncation > rounding) return step / Math.min(32, Math.max(2, (truncation / rounding) ** 0.2))
  return Math.min(2 ** -3, step * 8)
}

/** The derivative along a line, per output, at the first step that is precise enough, or else at the best. */
export const slope = (line: Line, at: Float64Array, noise: Float64Array): Slope => {
  const n = at.length
  const value = new Float64Array(n)
  const error = new Float64Array(n).fill(Infinity)
  const score = new Float64Array(n).fill(Infinity)
  const settled = new Uint8Array(n)
  const tiny = 1e-9 * largest(at) + Number.MIN_VALUE
  let step = firstStep
  for (let attempt = 0; attempt < attempts; attempt++) {
    const [m4, m2, m1, p1, p2, p4] = sampleAt(line, step).values
    let finite = true
    let worstRounding = 0
    let worstTruncation = 0
    for (let i = 0; i < n; i++) {
      if (settled[i] === 1) continue
      const centre = 2 * at[i]!
      const near = p1![i]! - m1![i]!
      const middle = p2![i]! - m2![i]!
      const far = p4![i]! - m4![i]!
      const nearBend = p1![i]! + m1![i]! - centre
      const middleBend = p2![i]! + m2![i]! - centre
      const farBend = p4![i]! + m4![i]! - centre
      const fine = (8 * near - middle) / (12 * step)
      const coarse = (8 * middle - far) / (24 * step)
      const most = Math.max(Math.abs(p2![i]!), Math.abs(m2![i]!))
      const rounding = (4 * (Math.max(noise[i]!, eps * most) + line.jitter * Math.abs(fine))) / step
      // At a wide step, the terms of two orders may cancel in fine - coarse but not in fine; in the second derivative, as far as it is
      // not rounding, they then do not.
      const bend = (16 * nearBend - middleBend) / (12 * step)
      const coarseBend = (16 * middleBend - farBend) / (48 * step)
      const truncation = Math.max(Math.abs(fine - coarse), Math.abs(bend - coarseBend) - rounding) / 4
      if (!Number.isFinite(truncation)) {
        finite = false
        continue
      }
      // The better relative error: beyond a pole that a step crossed, absolute ones may be small.
      const relative = (rounding + truncation) / (Math.abs(fine) + tiny)
      if (relative < score[i]!) {
        value[i] = fine
        error[i] = rounding + truncation
        score[i] = relative
      }
      worstRounding = Math.max(worstRounding, rounding)
      worstTruncation = Math.max(worstTruncation, truncation)
    }
    // A precise estimate stays: a later one may only seem better, where its errors happen to cancel.
    const least = Math.max(1e-3 * largest(value), 1e-6 * largest(at))
    let open = false
    for (let i = 0; i < n; i++) {
      if (8 * error[i]! <= goal * Math.max(Math.abs(value[i]!), least)) settled[i] = 1
      else open = true
    }
    const next = nextStep(step, finite, worstRounding, worstTruncation)
    if (!open || next === step) break
    step = next
  }
  return { value, error }
}

// -----------------------------------------------------------------------------
// one-sided differences
// -----------------------------------------------------------------------------

/** Weights of f at 0, 1, 2, 3, 4 steps for the derivative at 0. */
const forward: readonly number[] = [-25 / 12, 4, -3, 4 / 3, -1 / 4]

/**
 * The derivative at the point from one side, `side` = 1 or -1: the limit of (f(t) - f(0)) / t from there.
 */
export const oneSided = (line: Line, at: Float64Array, noise: Float64Array, side: 1 | -1): Slope => {
  const n = at.length
  const value = new Float64Array(n)
  const error = new Float64Array(n).fill(Infinity)
  for (const step of [2 ** -8, 2 ** -11, 2 ** -14]) {
    const values = [0, 1, 2, 3, 4, 6, 8].map((k) => (k === 0 ? at : line.at(side * k * step)))
    for (let i = 0; i < n; i++) {
      const stencil = (positions: readonly number[], width: number): number =>
        positions.reduce((sum, position, k) => sum + forward[k]! * values[position]![i]!, 0) / (side * width)
      const fine = stencil([0, 1, 2, 3, 4], step)
      const coarse = stencil([0, 2, 4, 5, 6], 2 * step)
      const truncation = Math.abs(fine - coarse)
      const rounding = (16 * Math.max(noise[i]!, eps * Math.abs(values[6]![i]!))) / step
      if (rounding + truncation < error[i]!) {
        value[i] = fine
        error[i] = rounding + truncation
      }
    }
  }
  return { value, error }
}

/** Per output, whether the derivatives from the two sides differ: a kink at the point itself. */
export const kinksAt = (line: Line, at: Float64Array, noise: Float64Array): readonly boolean[] => {
  const after = oneSided(line, at, noise, 1)
  const before = oneSided(line, at, noise, -1)
  return [...at].map((_, i) => {
    const error = 8 * (after.error[i]! + before.error[i]!)
    const scale = Math.max(Math.abs(after.value[i]!), Math.abs(before.value[i]!))
    return Math.abs(after.value[i]! - before.value[i]!) > error + 1e-6 * scale
  })
}
