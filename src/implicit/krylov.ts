/**
 * Linear systems A x = b by iterations that only apply A, on vectors in double precision: conjugate gradients and
 * stabilised bi-conjugate gradients. Each pass starts from the true residual b - A x, so that a residual that is updated,
 * and drifts, never decides.
 */
import type { Ending, Outcome } from './notConverged.js'
import { type Vector, addScaled, dot, norm, plus, times } from './vector.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** A system, and how exactly it is to be solved. Functions give fresh vectors. */
export interface System {
  readonly apply: (x: Vector) => Vector
  /** An approximate inverse of the operator. */
  readonly precondition: (residual: Vector) => Vector
  readonly b: Vector
  /** Where to start; zero by default. */
  readonly initial: Vector | undefined
  /** The largest norm of b - A x that counts as a solution. */
  readonly tolerance: number
  readonly maxIterations: number
  /** How many vectors gmres keeps. */
  readonly restart: number
}

/** The result of a pass, which moves x: why it ended, if not by reaching the tolerance. */
export type Pass = (state: { readonly x: Vector; readonly residual: Vector; iterations: number }) => Ending

/** Passes from the true residual on, as long as they gain. */
export const passes = ({ apply, b, initial, tolerance, maxIterations }: System, pass: Pass): Outcome => {
  const x = initial ?? new Float64Array(b.length)
  const state = { x, residual: initial === undefined ? b : plus(b, -1, apply(x)), iterations: 0 }
  let size = norm(state.residual)
  const end = (ending: Ending): Outcome => ({
    x,
    residual: size,
    iterations: state.iterations,
    tolerance,
    ending: size <= tolerance ? 'converged' : Number.isFinite(size) ? ending : 'not finite'
  })
  while (size > tolerance && size < Infinity) {
    if (state.iterations >= maxIterations) return end('iterations')
    const before = size
    const ending = pass(state)
    state.residual = plus(b, -1, apply(x))
    size = norm(state.residual)
    if (ending === 'indefinite' || ending === 'indefinite preconditioner') return end(ending)
    if (size < before) continue
    return end(state.iterations >= maxIterations ? 'iterations' : ending === 'converged' ? 'stagnation' : ending)
  }
  return end('not finite')
}

// -----------------------------------------------------------------------------
// conjugate gradients
// -----------------------------------------------------------------------------

/**
 * Conjugate gradients, for symmetric positive definite operators and preconditioners.
 *
 * M. R. Hestenes and E. Stiefel, Methods of conjugate gradients for solving linear systems, J. Res. NBS 49 (1952).
 */
export const cg = (system: System): Outcome => {
  const { apply, precondition, tolerance, maxIterations } = system
  return passes(system, (state) => {
    const { x } = state
    const r = state.residual.slice()
    let z = precondition(r)
    let p: Vector = z.slice()
    let rz = dot(r, z)
    while (norm(r) > tolerance) {
      if (state.iterations >= maxIterations) return 'iterations'
      if (!(rz > 0)) return Number.isNaN(rz) ? 'not finite' : 'indefinite preconditioner'
      const q = apply(p)
      const curvature = dot(p, q)
      state.iterations++
      if (!(curvature > 0)) return Number.isNaN(curvature) ? 'not finite' : 'indefinite'
      const alpha = rz / curvature
      addScaled(x, alpha, p)
      addScaled(r, -alpha, q)
      z = precondition(r)
      const before = rz
      rz = dot(r, z)
      p = plus(z, rz / before, p)
    }
    return 'converged'
  })
}

// -----------------------------------------------------------------------------
// stabilised bi-conjugate gradients
// -----------------------------------------------------------------------------

const usable = (x: number): boolean => Number.isFinite(x) && x !== 0

/**
 * Stabilised bi-conjugate gradients, for any operator; two applications per iteration. Where it breaks down it starts
 * again from what has been reached.
 *
 * H. A. van der Vorst, Bi-CGSTAB: a fast and smoothly converging variant of Bi-CG, SIAM J. Sci. Stat. Comput. 13 (1992).
 */
export const bicgstab = (system: System): Outcome => {
  const { apply, precondition, tolerance, maxIterations } = system
  return passes(system, (state) => {
    const { x } = state
    let r: Vector = state.residual.slice()
    const shadow = r.slice()
    let p: Vector = r.slice()
    let rho = dot(shadow, r)
    while (norm(r) > tolerance) {
      if (state.iterations >= maxIterations) return 'iterations'
      const direction = precondition(p)
      const v = apply(direction)
      const alpha = rho / dot(shadow, v)
      state.iterations++
      if (!usable(alpha)) return 'breakdown'
      addScaled(x, alpha, direction)
      const s = plus(r, -alpha, v)
      if (!(norm(s) > tolerance)) return 'converged'
      const second = precondition(s)
      const t = apply(second)
      const omega = dot(t, s) / dot(t, t)
      if (!usable(omega)) return 'breakdown'
      addScaled(x, omega, second)
      r = plus(s, -omega, t)
      const before = rho
      rho = dot(shadow, r)
      const beta = (rho / before) * (alpha / omega)
      if (!usable(beta)) return norm(r) > tolerance ? 'breakdown' : 'converged'
      p = plus(r, beta, plus(p, -omega, v))
    }
    return 'converged'
  })
}

// -----------------------------------------------------------------------------
// generalised minimal residuals
// -----------------------------------------------------------------------------

/** Rotates column `j` of the Hessenberg matrix by the rotations so far, and adds one that clears the element below. */
const rotate = (column: number[], below: number, rotations: (readonly [number, number])[], g: number[]): void => {
  const j = column.length - 1
  for (let i = 0; i < j; i++) {
    const [c, s] = rotations[i]!
    const [a, b] = [column[i]!, column[i + 1]!]
    column[i] = c * a + s * b
    column[i + 1] = c * b - s * a
  }
  const length = Math.hypot(column[j]!, below)
  const [c, s] = length === 0 ? [1, 0] : [column[j]! / length, below / length]
  rotations.push([c, s])
  column[j] = length
  g[j + 1] = -s * g[j]!
  g[j] = c * g[j]!
}

/**
 * Generalised minimal residuals, for any operator: the best of each Krylov space of up to `restart` vectors, built by
 * modified Gram-Schmidt, with the preconditioner on the right, so that residuals are true ones.
 *
 * Y. Saad and M. H. Schultz, GMRES: a generalized minimal residual algorithm, SIAM J. Sci. Stat. Comput. 7 (1986).
 */
export const gmres = (system: System): Outcome => {
  const { apply, precondition, tolerance, maxIterations, restart, b } = system
  const most = Math.min(restart, b.length)
  return passes(system, (state) => {
    const { x, residual } = state
    const size = norm(residual)
    const basis: Vector[] = [times(1 / size, residual)]
    const columns: number[][] = []
    const rotations: (readonly [number, number])[] = []
    const g: number[] = [size]
    let ending: Ending = 'converged'
    while (columns.length < most && Math.abs(g[columns.length]!) > tolerance) {
      if (state.iterations >= maxIterations) {
        ending = 'iterations'
        break
      }
      const w = apply(precondition(basis[columns.length]!))
      const whole = norm(w)
      state.iterations++
      const column = basis.map((v) => {
        const h = dot(w, v)
        addScaled(w, -h, v)
        return h
      })
      const left = norm(w)
      // Nothing new: the space holds the solution, or the operator is singular on it.
      const exhausted = !(left > 4 * Number.EPSILON * whole)
      rotate(column, exhausted ? 0 : left, rotations, g)
      if (!(Math.abs(column[column.length - 1]!) > Number.EPSILON * whole)) {
        ending = Number.isNaN(whole) ? 'not finite' : 'singular'
        break
      }
      columns.push(column)
      if (exhausted) break
      basis.push(times(1 / left, w))
    }
    const y = new Float64Array(columns.length)
    for (let i = columns.length - 1; i >= 0; i--) {
      let sum = g[i]!
      for (let j = i + 1; j < columns.length; j++) sum -= columns[j]![i]! * y[j]!
      y[i] = sum / columns[i]![i]!
    }
    const step = new Float64Array(b.length)
    y.forEach((each, i) => addScaled(step, each, basis[i]!))
    addScaled(x, 1, precondition(step))
    return ending
  })
}
