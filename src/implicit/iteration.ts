/**
 * Nonlinear iterations on vectors in double precision: Newton's method for roots and for minima, and fixed points, plain
 * or by Anderson's acceleration.
 */
import type { Ending, Outcome } from './notConverged.js'
import { type Vector, addScaled, dot, norm, plus } from './vector.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** When an iteration ends. */
export interface Limits {
  /** The bound of the residual, times the scale of the problem. */
  readonly tolerance: number
  readonly maxIterations: number
}

/** A step is accepted when it gains at least this part of the gain along a straight line. */
const sufficient = 1e-4

/** How often a step is halved. */
const halvings = 40

/** The bound of a residual: the tolerance, times the residual at the initial guess where that is above 1. */
export const boundFrom = (tolerance: number, first: number): number =>
  tolerance * (first > 1 && first < Infinity ? first : 1)

// -----------------------------------------------------------------------------
// roots
// -----------------------------------------------------------------------------

/**
 * Newton's method with backtracking on the norm of f: x -> x - alpha J^-1 f(x). Once within the tolerance it goes on as
 * long as full steps halve the residual, which with quadratic convergence is once or twice, to the limits of rounding.
 *
 * J. Nocedal and S. J. Wright, Numerical Optimization, 2nd edition, Springer 2006, chapter 11.
 */
export const newton = (
  f: (x: Vector) => Vector,
  /** A solution d of J(x) d = r, exact or not. */
  solve: (x: Vector, r: Vector) => Vector | undefined,
  initial: Vector,
  limits: Limits
): Outcome => {
  let x = initial
  let r = f(x)
  let size = norm(r)
  let iterations = 0
  const tolerance = boundFrom(limits.tolerance, size)
  const end = (ending: Ending): Outcome => {
    const reached = size <= tolerance ? 'converged' : Number.isFinite(size) ? ending : 'not finite'
    return { x, residual: size, iterations, tolerance, ending: reached }
  }
  while (size > 0 && size < Infinity) {
    if (iterations >= limits.maxIterations) return end('iterations')
    const step = solve(x, r)
    if (step === undefined) return end('singular')
    iterations++
    const before = size
    const within = before <= tolerance
    let moved = false
    for (let k = 0, alpha = 1; k < (within ? 1 : halvings) && !moved; k++, alpha /= 2) {
      const next = plus(x, -alpha, step)
      const value = f(next)
      const length = norm(value)
      if (!(length < (1 - sufficient * alpha) * before)) continue
      moved = true
      x = next
      r = value
      size = length
    }
    if (!moved) return end('stagnation')
    if (within && size > before / 2) return end('stagnation')
  }
  return end('not finite')
}

// -----------------------------------------------------------------------------
// minima
// -----------------------------------------------------------------------------

/** The function to minimise. */
export interface Objective {
  readonly value: (x: Vector) => number
  readonly gradient: (x: Vector) => Vector
  /** The Hessian at x times a direction. */
  readonly hessian: (x: Vector) => (direction: Vector) => Vector
  /** The relative error of values by rounding. */
  readonly epsilon: number
}

/** An inexact solution of H d = -g by conjugate gradients: descent, also where H is not positive definite. */
export const descent = (hessian: (p: Vector) => Vector, g: Vector, exactness: number): Vector => {
  const d = new Float64Array(g.length)
  const r = g.map((each) => -each)
  let p: Vector = r.slice()
  let rr = dot(r, r)
  const enough = exactness * Math.sqrt(rr)
  for (let k = 0; k < 2 * g.length + 10 && Math.sqrt(rr) > enough; k++) {
    const q = hessian(p)
    const curvature = dot(p, q)
    if (!(curvature > 0)) return k === 0 ? r : d
    const alpha = rr / curvature
    addScaled(d, alpha, p)
    addScaled(r, -alpha, q)
    const before = rr
    rr = dot(r, r)
    p = plus(r, rr / before, p)
  }
  return d
}

/**
 * Newton's method for minima: the step by conjugate gradients on the Hessian, which end at negative curvature, and
 * backtracking on the value. Where rounding hides a decrease of the value, a decrease of the gradient's norm counts.
 *
 * J. Nocedal and S. J. Wright, Numerical Optimization, 2nd edition, Springer 2006, algorithm 7.1.
 */
export const newtonDescent = (
  { value, gradient, hessian, epsilon }: Objective,
  initial: Vector,
  limits: Limits
): Outcome => {
  let x = initial
  let height = value(x)
  let g = gradient(x)
  let size = norm(g)
  let iterations = 0
  const first = size
  const tolerance = boundFrom(limits.tolerance, size)
  const end = (ending: Ending): Outcome => {
    const finite = Number.isFinite(height) && Number.isFinite(size)
    const reached = !finite ? 'not finite' : size <= tolerance ? 'converged' : ending
    return { x, residual: size, iterations, tolerance, ending: reached }
  }
  while (size > 0 && Number.isFinite(height) && size < Infinity) {
    if (iterations >= limits.maxIterations) return end('iterations')
    const before = size
    const within = before <= tolerance
    const step = descent(hessian(x), g, within ? 1e-12 : Math.min(1e-2, before / first))
    const slope = dot(g, step)
    iterations++
    let moved = false
    for (let k = 0, alpha = 1; k < (within ? 1 : halvings) && !moved; k++, alpha /= 2) {
      const next = plus(x, alpha, step)
      const level = value(next)
      const flat = Math.abs(level - height) <= 8 * epsilon * Math.abs(height)
      if (!(level <= height + sufficient * alpha * slope) && !flat) continue
      const slant = gradient(next)
      const length = norm(slant)
      if ((flat || within) && !(length < (1 - sufficient * alpha) * before)) continue
      if (!(length < Infinity)) continue
      moved = true
      x = next
      height = level
      g = slant
      size = length
    }
    if (!moved) return end('stagnation')
    if (within && size > before / 2) return end('stagnation')
  }
  return end('not finite')
}

// -----------------------------------------------------------------------------
// fixed points
// -----------------------------------------------------------------------------

/** The combination of differences that comes nearest to f: least squares by modified Gram-Schmidt; dependent ones get 0. */
const nearest = (differences: readonly Vector[], f: Vector): Vector => {
  const basis: Vector[] = []
  const columns: number[][] = []
  const coordinates: number[] = []
  const rest = f.slice()
  for (const difference of differences) {
    const q = difference.slice()
    const column = basis.map((v) => {
      const h = dot(q, v)
      addScaled(q, -h, v)
      return h
    })
    const length = norm(q)
    const dependent = !(length > 1e-8 * norm(difference))
    for (let i = 0; i < q.length; i++) q[i] = dependent ? 0 : q[i]! / length
    const coordinate = dot(rest, q)
    addScaled(rest, -coordinate, q)
    basis.push(q)
    columns.push([...column, dependent ? Infinity : length])
    coordinates.push(coordinate)
  }
  const gamma = new Float64Array(columns.length)
  for (let i = columns.length - 1; i >= 0; i--) {
    let sum = coordinates[i]!
    for (let j = i + 1; j < columns.length; j++) sum -= columns[j]![i]! * gamma[j]!
    gamma[i] = sum / columns[i]![i]!
  }
  return gamma
}

/**
 * x -> g(x), or with a memory Anderson's acceleration, which combines the last iterates so that their residuals cancel as
 * far as they can.
 *
 * H. F. Walker and P. Ni, Anderson acceleration for fixed-point iterations, SIAM J. Numer. Anal. 49 (2011).
 */
export const iterate = (g: (x: Vector) => Vector, initial: Vector, memory: number, limits: Limits): Outcome => {
  let x = initial
  const steps: Vector[] = []
  const changes: Vector[] = []
  let last: { readonly value: Vector; readonly residual: Vector } | undefined
  for (let iterations = 0; ; iterations++) {
    const value = g(x)
    const residual = plus(value, -1, x)
    const size = norm(residual)
    const tolerance = boundFrom(limits.tolerance, norm(x))
    const outcome = { x, residual: size, iterations, tolerance }
    if (size <= tolerance) return { ...outcome, ending: 'converged' }
    if (!(size < Infinity)) return { ...outcome, ending: 'not finite' }
    if (iterations >= limits.maxIterations) return { ...outcome, ending: 'iterations' }
    if (last !== undefined && memory > 0) {
      changes.push(plus(residual, -1, last.residual))
      steps.push(plus(value, -1, last.value))
      if (changes.length > memory) {
        changes.shift()
        steps.shift()
      }
    }
    last = { value, residual }
    x = value
    if (changes.length === 0) continue
    const next = value.slice()
    nearest(changes, residual).forEach((each, i) => addScaled(next, -each, steps[i]!))
    if (next.every(Number.isFinite)) x = next
  }
}
