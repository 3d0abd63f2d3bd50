/** Minimisation: the loop around all methods, and the outcomes. */
import type * as E from 'fp-ts/lib/Either.js'
import { boundFrom } from '../implicit/iteration.js'
import { type Vector, norm } from '../implicit/vector.js'
import { requireFunction } from '../internal/check.js'
import { refusal } from '../internal/describe.js'
import { left, right } from '../internal/either.js'
import { checkedLater, count, flag, notNegative, options as declare } from '../internal/options.js'
import { size } from '../shape/model.js'
import type { Flat } from '../tree/model.js'
import type { Method, MinimizeOptions, NotConverged, Objectives, Point, Result } from './model.js'
import { type Posed, pose } from './problem.js'

const check = declare<MinimizeOptions<unknown>>('minimize', {
  tolerance: notNegative,
  maxIterations: count,
  path: flag,
  bounds: checkedLater
})

// -----------------------------------------------------------------------------
// checks
// -----------------------------------------------------------------------------

const requireMethod = (method: unknown): void => {
  if (typeof method === 'object' && method !== null && 'begin' in method) return
  throw new TypeError(refusal('minimize', 'the method', method, 'one such as Minimize.lbfgs()'))
}

/** Refuses bounds with a method that they are not sound with. */
const requireBounded = ({ name, bounded }: Method<keyof Objectives>): void => {
  if (bounded) return
  const those = 'gradientDescent, backtracking, by, randomSearch or randomDirections'
  throw new TypeError(`minimize: bounds are given for ${name}, with which projection is not sound; expected ${those}`)
}

/** The path of the leaf that an element belongs to. */
const leafOf = <X>({ leaves, paths }: Flat<X>, element: number): string => {
  let end = 0
  const i = leaves.findIndex(({ shape }) => (end += size(shape)) > element)
  return paths[i]!
}

const notFinite = (x: number): boolean => !Number.isFinite(x)

/** What is not finite at a point, as the subject of a sentence. */
const fault = <X>(
  flat: Flat<X>,
  { x, value, gradient }: Point
): { readonly leaf: string | undefined; readonly words: string } | undefined => {
  const inX = x.findIndex(notFinite)
  const named = (what: string, path: string): string => (path === '' ? what : `${what} at ${path}`)
  const at = (vector: Vector, what: string, element: number): { readonly leaf: string; readonly words: string } => {
    const leaf = leafOf(flat, element)
    return { leaf, words: `${named(what, leaf)} is ${vector[element]}` }
  }
  if (inX >= 0) return at(x, 'x', inX)
  if (notFinite(value)) return { leaf: undefined, words: `the value is ${value}` }
  const inGradient = gradient.findIndex(notFinite)
  return inGradient < 0 ? undefined : at(gradient, 'the gradient', inGradient)
}

const short = (x: number): string => (Number.isFinite(x) ? Number(x.toPrecision(2)).toExponential() : String(x))

const after = (iterations: number): string => `after ${iterations} iteration${iterations === 1 ? '' : 's'}`

// -----------------------------------------------------------------------------
// the loop
// -----------------------------------------------------------------------------

/** The loop over the steps of a method. */
const run = <X>(
  { problem, flat, precision, evaluations }: Posed<X>,
  method: Method<keyof Objectives>,
  options: MinimizeOptions<X>
): E.Either<NotConverged<X>, Result<X>> => {
  const { maxIterations = 1000, path: keeps = false } = options
  const { tree } = problem
  const path: X[] = []
  const costs: number[] = []
  const gradientNorms: number[] = []
  const defaults = method.gradient ? { float32: 1e-5, float64: 1e-10 } : { float32: 1e-4, float64: 1e-6 }
  const relative = options.tolerance ?? defaults[precision]

  const record = ({ x, value, slope }: Point): void => {
    costs.push(value)
    if (method.gradient) gradientNorms.push(slope)
    if (keeps) path.push(tree(x))
  }
  let iterations = 0
  const resultAt = ({ x, value, gradient }: Point): Result<X> => ({
    point: tree(x),
    value,
    gradient: method.gradient ? tree(gradient) : undefined,
    iterations,
    evaluations: evaluations(),
    path,
    costs,
    gradientNorms
  })
  let walk = method.begin(problem)
  const tolerance = boundFrom(relative, method.gradient ? walk.measure : norm(walk.point.x))
  const failed = (
    reason: NotConverged<X>['reason'],
    rule: string,
    leaf?: string
  ): E.Either<NotConverged<X>, Result<X>> => {
    const operation = `minimize (${method.name})`
    const { measure: residual, point } = walk
    const message = `${operation}: ${rule}`
    const result = resultAt(point)
    return left({ _tag: 'NotConverged', operation, residual, tolerance, example: [], message, reason, leaf, ...result })
  }
  const unfinished = (words: string, advice: string): string =>
    `${method.gradient ? 'the gradient' : 'the size of the steps'} is ${short(walk.measure)} ${after(iterations)}${words}; ` +
    `expected at most ${short(tolerance)}, ${advice}`
  const broken = ({ leaf, words }: NonNullable<ReturnType<typeof fault>>): E.Either<NotConverged<X>, Result<X>> => {
    const rate = method.name === 'gradientDescent' || method.name === 'by' ? 'use a smaller rate or ' : ''
    const remedy = iterations === 0 ? 'start elsewhere' : `${rate}start nearer to a minimum`
    return failed('not finite', `${words} ${after(iterations)}; expected finite numbers, ${remedy}`, leaf)
  }

  record(walk.point)
  const wrong = fault(flat, walk.point)
  if (wrong !== undefined) return broken(wrong)
  while (!(walk.measure <= tolerance)) {
    if (iterations >= maxIterations) {
      // A method without an end of its own.
      if (walk.measure === Infinity) return right(resultAt(walk.point))
      return failed('iterations', unfinished('', 'raise maxIterations or start nearer to a minimum'))
    }
    const next = walk.next()
    if (next === undefined) {
      return failed('line search', unfinished(', where no step gets lower', 'raise tolerance or start elsewhere'))
    }
    iterations++
    const found = fault(flat, next.point)
    if (found !== undefined) return broken(found)
    walk = next
    record(walk.point)
  }
  return right(resultAt(walk.point))
}

// -----------------------------------------------------------------------------
// for users
// -----------------------------------------------------------------------------

/**
 * Minimises a function from x0 on, a tree of float tensors, by a method: the point where the gradient vanishes to the tolerance, with
 * the value, the gradient and the history, or a `NotConverged` with the same for the last point that was finite.
 *
 * All points are rounded to the types of their leaves. The loop reads numbers, and so cannot run on values inside a transformation; as
 * the solver of `Implicit.argmin` it works inside all of them, and its solution is differentiable.
 *
 * @throws TypeError for an unknown option, and for bounds with a method that does not take them
 * @throws DTypeError for a leaf that is not float
 * @throws ShapeError when the result of f is not a scalar; for `levenbergMarquardt`, not a vector
 * @throws LeakedTracerError for values inside a transformation
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { grad } from 'pullback/Grad'
 * import { argmin, orThrow } from 'pullback/Implicit'
 * import * as Minimize from 'pullback/Minimize'
 * import * as T from 'pullback/Tensor'
 *
 * const f = ({ x, y }: { x: T.Tensor<[]>; y: T.Tensor<[]> }) => T.add(T.square(T.sub(x, 1)), T.square(T.mul(y, 3)))
 * const x0 = { x: T.scalar(5, 'float64'), y: T.scalar(1, 'float64') }
 * const result = orThrow(Minimize.minimize(f, x0, Minimize.lbfgs()))
 * T.item(result.point.x) // ≈ 1
 * result.costs.length === result.iterations + 1 // => true
 *
 * const early = Minimize.minimize(f, x0, Minimize.gradientDescent({ rate: 0.01 }), { maxIterations: 2 })
 * E.isLeft(early) ? early.left.message : ''
 * // => 'minimize (gradientDescent): the gradient is 1.4e+1 after 2 iterations; expected at most 2e-9, raise maxIterations or start nearer to a minimum'
 *
 * // the derivative of the minimum of (x - a)^2 in a
 * type Scalar = T.Tensor<[]>
 * const least = argmin((x: Scalar, a: Scalar) => T.square(T.sub(x, a)), {
 *   solver: (g, start) => orThrow(Minimize.minimize(g, start, Minimize.lbfgs())).point
 * })
 * grad((a: Scalar) => orThrow(least(T.scalar(0, 'float64'), a)))(T.scalar(3, 'float64')) // => T.scalar(1, 'float64')
 */
export const minimize = <X, Kind extends keyof Objectives = 'scalar'>(
  f: (x: X) => Objectives[NoInfer<Kind>],
  x0: X,
  method: Method<Kind>,
  options: MinimizeOptions<NoInfer<X>> = {}
): E.Either<NotConverged<X>, Result<X>> => {
  requireFunction('minimize', f)
  check(options)
  const { bounds } = options
  requireMethod(method)
  if (bounds !== undefined) requireBounded(method)
  return run(pose(f, x0, method, bounds), method, options)
}
