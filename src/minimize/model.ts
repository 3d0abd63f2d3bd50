/** The types of minimisation: what a method is, what it is given, and what comes of it. */
import type { NotConverged as Unsolved } from '../implicit/notConverged.js'
import type { Vector } from '../implicit/vector.js'
import type { Tensor } from '../tensor/model.js'

// -----------------------------------------------------------------------------
// for users
// -----------------------------------------------------------------------------

/**
 * The functions that methods minimise, by name: a scalar, or half the sum of the squares of a vector of residuals.
 *
 * @example
 * import type { Objectives } from 'pullback/Minimize'
 * import * as T from 'pullback/Tensor'
 *
 * const residuals: Objectives['residuals'] = T.of([1, -2])
 * residuals.shape // => [2]
 */
export interface Objectives {
  readonly scalar: Tensor<[]>
  readonly residuals: Tensor<[number]>
}

/**
 * A way to minimise functions of one kind, as a value: `lbfgs()`, `nelderMead()`.
 *
 * @example
 * import * as Minimize from 'pullback/Minimize'
 *
 * const methods: readonly Minimize.Method[] = [Minimize.lbfgs(), Minimize.newtonCg()]
 * methods.map(({ name }) => name) // => ['lbfgs', 'newtonCg']
 */
export interface Method<Kind extends keyof Objectives = 'scalar'> {
  readonly name: string
  readonly kind: Kind
  /** Whether bounds by projection are sound with it. */
  readonly bounded: boolean
  /** Whether it measures the slope of the function; one that does not compares values only. */
  readonly gradient: boolean
  /** Its start at the first point of a problem. */
  readonly begin: <X>(problem: Problem<X>) => Walk
}

/**
 * Bounds on all elements: a number, or a tree like x with a bound for each element.
 *
 * @example
 * import type { Bounds } from 'pullback/Minimize'
 * import * as T from 'pullback/Tensor'
 *
 * const bounds: Bounds<T.Tensor<[2]>> = { lower: 0, upper: T.of([1, 2]) }
 * bounds.lower // => 0
 */
export interface Bounds<X> {
  readonly lower?: number | X
  readonly upper?: number | X
}

/**
 * When `minimize` stops, what it keeps, and where it may look.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Minimize from 'pullback/Minimize'
 * import * as T from 'pullback/Tensor'
 *
 * const options: Minimize.MinimizeOptions<T.Tensor<[]>> = { maxIterations: 1, path: true }
 * const run = Minimize.minimize((x) => T.square(x), T.scalar(4), Minimize.gradientDescent({ rate: 0.25 }), options)
 * E.isLeft(run) ? run.left.path : [] // => [T.scalar(4), T.scalar(2)]
 */
export interface MinimizeOptions<X> {
  /**
   * The largest norm of the gradient that counts as zero, times that at x0 where it is above 1: by default 1e-10 in float64, 1e-5 in
   * float32. Methods without a gradient end when their steps are that small: 1e-6 and 1e-4, times the norm of x0 where it is above 1.
   */
  readonly tolerance?: number
  /** 1000 by default. */
  readonly maxIterations?: number
  /** Whether the points of all iterations are kept. */
  readonly path?: boolean
  /** A box that x stays in, by projection. */
  readonly bounds?: Bounds<X>
}

/**
 * Where a minimisation ended, and how it got there.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Minimize from 'pullback/Minimize'
 * import * as T from 'pullback/Tensor'
 *
 * const run = Minimize.minimize((x) => T.square(x), T.scalar(4), Minimize.gradientDescent({ rate: 0.5 }))
 * const result: Minimize.Result<T.Tensor<[]>> | undefined = E.isRight(run) ? run.right : undefined
 * result?.costs // => [16, 0]
 */
export interface Result<X> {
  readonly point: X
  readonly value: number
  /** The gradient at the point; `undefined` for methods without one. */
  readonly gradient: X | undefined
  readonly iterations: number
  /** How often the function was called, alone or inside of a derivative. */
  readonly evaluations: number
  /** With `path: true` the points of all iterations, x0 first; else empty. */
  readonly path: readonly X[]
  /** The value at x0 and after each iteration. */
  readonly costs: readonly number[]
  /**
   * The norm of the gradient at x0 and after each iteration; with bounds, of the way that a unit step down goes within them. Empty for
   * methods without a gradient.
   */
  readonly gradientNorms: readonly number[]
}

/**
 * A minimisation that ended without a minimum, with the last point at which all was finite.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Minimize from 'pullback/Minimize'
 * import * as T from 'pullback/Tensor'
 *
 * const run = Minimize.minimize((x) => T.log(x), T.scalar(0.5, 'float64'), Minimize.gradientDescent({ rate: 1 }))
 * const failure: Minimize.NotConverged<T.Tensor<[]>> | undefined = E.isLeft(run) ? run.left : undefined
 * failure?.reason // => 'not finite'
 * failure?.message
 * // => 'minimize (gradientDescent): the value is NaN after 1 iteration; expected finite numbers, use a smaller rate or start nearer to a minimum'
 */
export interface NotConverged<X> extends Unsolved, Result<X> {
  readonly reason: 'iterations' | 'line search' | 'not finite'
  /** The path of the first leaf of x whose values or gradient are not finite; `undefined` where only the value is not. */
  readonly leaf: string | undefined
}

// -----------------------------------------------------------------------------
// for methods
// -----------------------------------------------------------------------------

/** A point and what is known there. */
export interface Point {
  readonly x: Vector
  readonly value: number
  /** Empty for methods without a gradient. */
  readonly gradient: Vector
  /** What should become zero: the norm of the gradient, with bounds of the projected one; NaN without a gradient. */
  readonly slope: number
}

/** Where a method is, and how it goes on: the next state, or `undefined` where no step is better. */
export interface Walk {
  readonly point: Point
  /** What must fall to the tolerance. */
  readonly measure: number
  readonly next: () => Walk | undefined
}

/** The function to minimise on vectors. Points are rounded to the types of the leaves, and within the bounds. */
export interface Landscape {
  readonly initial: Vector
  /** The relative error of values by rounding. */
  readonly epsilon: number
  /** The point at a vector, with its gradient if the method has one. */
  readonly at: (x: Vector) => Point
  /** The Hessian at x times a direction. */
  readonly hessian: (x: Vector) => (direction: Vector) => Vector
  /** The residuals at x, and their Jacobian by columns. */
  readonly linear: (x: Vector) => { readonly residuals: Vector; readonly columns: readonly Vector[] }
}

/** The same on trees. */
export interface Problem<X> extends Landscape {
  readonly f: (x: X) => Tensor<[]>
  readonly tree: (x: Vector) => X
  readonly vector: (tree: X) => Vector
}
