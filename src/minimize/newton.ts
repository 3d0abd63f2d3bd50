/** Methods with curvature: truncated Newton, and Levenberg and Marquardt's for least squares. */
import { descent } from '../implicit/iteration.js'
import { type Vector, concretes, dot, norm, pack, plus } from '../implicit/vector.js'
import { options as declare } from '../internal/options.js'
import { lstsq } from '../linalg/leastSquares.js'
import { fromData } from '../tensor/model.js'
import { inside, positive } from './descent.js'
import { backtrack, noise } from './lineSearch.js'
import type { Landscape, Method, Point, Walk } from './model.js'

// -----------------------------------------------------------------------------
// truncated Newton
// -----------------------------------------------------------------------------

/**
 * Options of `newtonCg`: the largest share of the gradient that conjugate gradients may leave, 0.01 by default; nearer to the minimum
 * it is the square root of the gradient's norm, and so convergence is superlinear.
 *
 * @example
 * import type { NewtonCgOptions } from 'pullback/Minimize'
 *
 * const options: NewtonCgOptions = { forcing: 0.1 }
 * options.forcing // => 0.1
 */
export interface NewtonCgOptions {
  readonly forcing?: number
}

const checkNewton = declare<NewtonCgOptions>('newtonCg', { forcing: inside })

/**
 * Truncated Newton: the step solves H d = -g by conjugate gradients on Hessian-vector products, as exactly as is worth it, followed by
 * backtracking. Where the curvature along a direction is not positive, the step is what was found before, or the gradient. f must be twice
 * differentiable. Does not take bounds.
 *
 * J. Nocedal and S. J. Wright, Numerical Optimization, 2nd edition, Springer 2006, algorithm 7.1.
 *
 * @throws RangeError when an option is out of range
 *
 * @example
 * import { orThrow } from 'pullback/Implicit'
 * import * as Minimize from 'pullback/Minimize'
 * import * as T from 'pullback/Tensor'
 *
 * // x^2 - 4 log x, least where x = sqrt(2)
 * const f = (x: T.Tensor<[]>) => T.sub(T.square(x), T.mul(4, T.log(x)))
 * T.item(orThrow(Minimize.minimize(f, T.scalar(1, 'float64'), Minimize.newtonCg())).point) // ≈ 1.41421356
 */
/* @__NO_SIDE_EFFECTS__ */
export const newtonCg = (options: NewtonCgOptions = {}): Method => {
  checkNewton(options)
  const { forcing = 0.01 } = options
  const walk = (problem: Landscape, point: Point): Walk => ({
    point,
    measure: point.slope,
    next: () => {
      const step = descent(problem.hessian(point.x), point.gradient, Math.min(forcing, Math.sqrt(point.slope)))
      const to = (alpha: number): Vector => plus(point.x, alpha, step)
      const found = backtrack(problem, point, to, 1, { shrink: 0.5, decrease: 1e-4 })
      return found && walk(problem, found.point)
    }
  })
  return {
    name: 'newtonCg',
    kind: 'scalar',
    bounded: false,
    gradient: true,
    begin: (problem) => walk(problem, problem.at(problem.initial))
  }
}

// -----------------------------------------------------------------------------
// least squares
// -----------------------------------------------------------------------------

/**
 * Options of `levenbergMarquardt`: the first damping, relative to the squared norms of the Jacobian's columns, 1e-3 by default.
 *
 * @example
 * import type { LevenbergMarquardtOptions } from 'pullback/Minimize'
 *
 * const options: LevenbergMarquardtOptions = { damping: 1 }
 * options.damping // => 1
 */
export interface LevenbergMarquardtOptions {
  readonly damping?: number
}

const checkDamping = declare<LevenbergMarquardtOptions>('levenbergMarquardt', {
  damping: positive
})

/**
 * The step d that minimises |J d + r|^2 + damping |D d|^2, where D has the norms of the columns of J: the unknown is D d, so that the units
 * of parameters do not matter.
 */
const dampedStep = (
  columns: readonly Vector[],
  sizes: readonly number[],
  residuals: Vector,
  damping: number
): Vector => {
  const [m, n] = [residuals.length, columns.length]
  const matrix = new Float64Array((m + n) * n)
  columns.forEach((column, j) => {
    column.forEach((each, i) => (matrix[i * n + j] = each / sizes[j]!))
    matrix[(m + j) * n + j] = Math.sqrt(damping)
  })
  const right = new Float64Array(m + n)
  residuals.forEach((each, i) => (right[i] = -each))
  const solution = lstsq(fromData([m + n, n], 'float64', matrix), fromData([m + n], 'float64', right))
  return pack(concretes([solution])).map((each, j) => each / sizes[j]!)
}

/**
 * Nonlinear least squares, half the sum of the squares of a vector of residuals: steps between those of Gauss and Newton and those along
 * the gradient, by a damping that falls where the linear model predicts well and rises where it does not. Does not take bounds.
 *
 * D. W. Marquardt, An algorithm for least-squares estimation of nonlinear parameters, SIAM J. Appl. Math. 11 (1963). The damping is
 * changed as in H. B. Nielsen, Damping parameter in Marquardt's method, IMM-REP-1999-05 (1999).
 *
 * @throws RangeError when an option is out of range
 *
 * @example
 * import { orThrow } from 'pullback/Implicit'
 * import * as Minimize from 'pullback/Minimize'
 * import * as T from 'pullback/Tensor'
 *
 * // y = a exp(b t)
 * const t = T.of([0, 1, 2], 'float64')
 * const y = T.of([2, 1, 0.5], 'float64')
 * type Params = { readonly a: T.Tensor<[]>; readonly b: T.Tensor<[]> }
 * const residuals = ({ a, b }: Params) => T.sub(T.mul(a, T.exp(T.mul(b, t))), y)
 * const x0 = { a: T.scalar(1, 'float64'), b: T.scalar(0, 'float64') }
 * const { point } = orThrow(Minimize.minimize(residuals, x0, Minimize.levenbergMarquardt()))
 * T.item(point.a) // ≈ 2.0000000
 * T.item(point.b) // ≈ -0.69314718
 */
/* @__NO_SIDE_EFFECTS__ */
export const levenbergMarquardt = (options: LevenbergMarquardtOptions = {}): Method<'residuals'> => {
  checkDamping(options)
  const { damping: first = 1e-3 } = options
  const walk = (problem: Landscape, point: Point, given: number): Walk => ({
    point,
    measure: point.slope,
    next: () => {
      const { residuals, columns } = problem.linear(point.x)
      const sizes = columns.map((column) => norm(column) || 1)
      const flat = noise(problem, point.value)
      for (let k = 0, damping = given, factor = 2; k < 40; k++, damping *= factor, factor *= 2) {
        const step = dampedStep(columns, sizes, residuals, damping)
        const to = problem.at(plus(point.x, 1, step))
        if (!(to.slope < Infinity)) continue
        // What the damped model promises: half of damping |D d|^2 - g d.
        const weighted = step.reduce((sum, each, i) => sum + (each * sizes[i]!) ** 2, 0)
        const promised = (damping * weighted - dot(point.gradient, step)) / 2
        const gained = point.value - to.value
        if (Math.abs(gained) <= flat ? !(to.slope < point.slope) : !(gained > 0)) continue
        const ratio = Math.min(1, gained / promised)
        return walk(problem, to, damping * Math.max(1 / 3, 1 - (2 * ratio - 1) ** 3))
      }
      return undefined
    }
  })
  return {
    name: 'levenbergMarquardt',
    kind: 'residuals',
    bounded: false,
    gradient: true,
    begin: (problem) => walk(problem, problem.at(problem.initial), first)
  }
}
