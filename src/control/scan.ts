/** Loops that carry a state along: `scan`, and `map`, which carries none. */
import { type Kind, options, flag, count } from '../internal/options.js'
import { aTensor, requireFunctions, requirePair } from '../calculus/arguments.js'
import type { WithAxis } from '../calculus/vmap.js'
import { ShapeError } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'
import { TreeError } from '../tree/error.js'
import { inLoop } from './depth.js'
import { type Course, scanLeaves } from './loop.js'
import { scanInSegments } from './segments.js'
import type { StepFunction } from './step.js'
import { type Structure, carryChanges, changes, inXs, ofInit, ofXs, structureOf } from './structure.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of `scan`.
 *
 * @example
 * import type { ScanOptions } from 'pullback/Control'
 *
 * const options: ScanOptions = { reverse: true, checkpointEvery: 'sqrt' }
 * options.reverse // => true
 */
export interface ScanOptions {
  /** The number of steps; needed where there are no `xs`. */
  readonly length?: number
  /** Whether it starts from the last element; results stay in the order of the elements. */
  readonly reverse?: boolean
  /** How many steps are computed again at a time in the backward pass; `true` or `'sqrt'` for the square root of all. */
  readonly checkpointEvery?: number | boolean | 'sqrt'
}

/**
 * The elements of a `scan`: a tree of tensors with an axis in front; nothing where the step takes nothing.
 *
 * @example
 * import type { Elements } from 'pullback/Control'
 * import * as T from 'pullback/Tensor'
 *
 * const elements: Elements<T.Tensor<[2]>> = [T.zeros([10, 2])]
 * elements.length // => 1
 */
export type Elements<X> = undefined extends X ? readonly [xs?: undefined | null] : readonly [xs: WithAxis<X>]

// -----------------------------------------------------------------------------
// arguments
// -----------------------------------------------------------------------------

/** The number of steps that the elements have, on which all leaves must agree. */
const lengthOf = (name: string, { leaves, paths }: Structure<unknown>, length: number | undefined): number => {
  let first: { readonly path: string; readonly n: number; readonly leaf: Tensor } | undefined
  leaves.forEach((leaf, i) => {
    const path = inXs(paths[i]!)
    const n = leaf.shape[0]
    if (n === undefined) {
      throw new ShapeError(name, [leaf.shape], `${path} is a scalar; expected an axis in front, one element per step`)
    }
    first ??= { path, n, leaf }
    if (first.n === n) return
    const rule = `${first.path} has length ${first.n} and ${path} has length ${n}; expected the same length`
    throw new ShapeError(name, [first.leaf.shape, leaf.shape], rule)
  })
  if (first === undefined) {
    if (length !== undefined) return length
    throw new TreeError(name, '', 'neither xs nor a length was given; give one of them')
  }
  if (length === undefined || length === first.n) return first.n
  throw new ShapeError(
    name,
    [first.leaf.shape],
    `length is ${length} and ${first.path} has length ${first.n}; expected the same length`
  )
}

/** The option `checkpointEvery`. */
export const segment: Kind = {
  expected: "a positive integer, true, false or 'sqrt'",
  holds: (every) => typeof every === 'boolean' || every === 'sqrt' || (Number.isSafeInteger(every) && Number(every) > 0)
}

/** How many steps a segment has; `undefined` without segments. */
const segmentOf = (every: ScanOptions['checkpointEvery'], length: number): number | undefined => {
  if (every === undefined || every === false) return undefined
  const steps = typeof every === 'number' ? every : Math.ceil(Math.sqrt(length))
  return Math.max(1, Math.min(steps, length))
}

/** Casts elements that have been taken along their axis, and so have lost it. */
const asElement = <X>(tree: unknown): X => tree as X

/** Casts a tree that has been stacked, and so has an axis more. */
const asStacked = <Y>(tree: unknown): WithAxis<Y> => tree as WithAxis<Y>

// -----------------------------------------------------------------------------
// the loop
// -----------------------------------------------------------------------------

const yChanges = changes('y')

/** A scan of trees; errors name the operation that the user called. */
export const scanTrees = <C, X, Y>(
  name: string,
  f: (carry: C, x: X) => unknown,
  init: C,
  xs: unknown,
  { length, reverse = false, checkpointEvery }: ScanOptions
): readonly [carry: C, ys: WithAxis<Y>] => {
  const carried = structureOf(name, init, ofInit)
  const elements = structureOf(name, xs, ofXs)
  const course: Course = { name, length: lengthOf(name, elements, length), reverse }
  const body = inLoop(f)
  let emitted: Structure<unknown> | undefined
  const step: StepFunction = (carry, each) => {
    const pair = body(carried.build(carry), asElement<X>(elements.build(each)))
    requirePair(name, 'the body', pair, '[carry, y]')
    const [next, y] = pair
    const leaves = carried.match(next, carryChanges)
    emitted ??= structureOf(name, y, {
      at: (path) => `the body returned a y ${path === '' ? 'that' : `whose ${path}`} is`,
      required: aTensor
    })
    return [leaves, emitted.match(y, yChanges)]
  }
  const every = segmentOf(checkpointEvery, course.length)
  const [last, stacked] =
    every === undefined
      ? scanLeaves(step, carried.leaves, elements.leaves, course)
      : scanInSegments(step, carried.leaves, elements.leaves, course, every)
  return [carried.build(last), asStacked<Y>(emitted!.build(stacked))]
}

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

const check = options<ScanOptions>('scan', {
  length: count,
  reverse: flag,
  checkpointEvery: segment
})

/**
 * The loop `[carry, y_i] = f(carry, x_i)` over the elements along the axis in front of `xs`: the last carry, and all `y`
 * stacked along a new axis in front. `reverse` starts from the last element; each `y` stays at its element's place.
 *
 * Carry, elements and `y` are trees of tensors. The carry keeps its structure, shapes and types. Without `xs` there are
 * `length` steps, and `y` may be `undefined`. On values it is an ordinary loop, whose body may do anything; in a staged
 * function it is one operation, and the body must not read values. Every transformation goes through either. Without
 * steps the body is staged, for the shapes of `y`, and must not read values.
 *
 * The backward pass of an ordinary loop keeps the intermediate values of every step. With `checkpointEvery: k` it keeps one carry for
 * every k steps and computes k steps again at a time, so that memory is that of n / k carries and k steps, with the same gradients bit
 * for bit; the body is staged then, too. `true` is the square root of n.
 *
 * A. Griewank and A. Walther, Evaluating Derivatives, 2nd edition, SIAM 2008, chapter 12.
 *
 * @example
 * import { scan } from 'pullback/Control'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * type S = T.Tensor<[]>
 * const running = scan((total: S, x: S) => [T.add(total, x), T.add(total, x)])
 * running(T.scalar(0), T.of([1, 2, 3])) // => [T.scalar(6), T.of([1, 3, 6])]
 *
 * // the gradient of a power, whose base the body closes over
 * const power = (x: S) => scan((y: S) => [T.mul(y, x), undefined], { length: 3 })(T.scalar(1))[0]
 * grad(power)(T.scalar(2)) // => T.scalar(12)
 *
 * scan((h: T.Tensor) => [T.reshape(h, [1, 3]), undefined], { length: 2 })(T.zeros([3]))
 * // throws scan: the carry changes from shape [3] to shape [1, 3]; expected the same shape, reshape it with T.reshape
 */
export const scan = <C, Y, X = undefined>(
  f: (carry: C, x: X) => readonly [carry: NoInfer<C>, y: Y],
  options: ScanOptions = {}
): ((init: C, ...xs: Elements<X>) => readonly [carry: C, ys: WithAxis<Y>]) => {
  requireFunctions('scan', { f })
  check(options)
  return (init, ...[xs]) => scanTrees<C, X, Y>('scan', f, init, xs, options)
}

/**
 * The function of every element along the axis in front, one after another, with the results stacked: the result of
 * `vmap`, with the memory of one element at a time. Use it for functions that read values, and for those that `vmap` does
 * not make faster.
 *
 * Elements and results are trees of tensors, on whose lengths all leaves agree. Where there are no elements the function is
 * staged, for the shapes of its results, and cannot read values.
 *
 * @example
 * import { map } from 'pullback/Control'
 * import * as T from 'pullback/Tensor'
 *
 * map((x: T.Tensor<[2]>) => T.sum(x))(T.of([[1, 2], [3, 4]])) // => T.of([3, 7])
 */
export const map = <X, Y>(f: (x: X) => Y, ...more: readonly []): ((xs: WithAxis<X>) => WithAxis<Y>) => {
  requireFunctions('map', { f }, more)
  return (xs) => scanTrees<readonly [], X, Y>('map', (_carry, x) => [[], f(x)], [], xs, {})[1]
}
