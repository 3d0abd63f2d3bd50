/** Parts of a tensor by position: views, nothing is copied. */
import { describe } from '../internal/describe.js'
import { options, checkedLater } from '../internal/options.js'
import { dataFirst } from '../internal/dual.js'
import { normalizeIndex, refuseTensor } from '../shape/indices.js'
import type { Sliced } from '../shape/layout.js'
import { type Shape, ShapeError, normalizeAxes, normalizeAxis, show } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import type { Axes, Reduce } from '../shape/static.js'
import { dropAxes } from './alongBlock.js'
import type { Preserving } from './dataFirst.js'
import type { Tensor } from './model.js'
import { requireList } from '../internal/require.js'
import { reshapeTo } from './structural.js'
import { along, take } from './stridedWindow.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * What to take along one axis: `null` for all of it, or `[start, stop, step]`, as Python's `start:stop:step`. `stop` is
 * excluded, negative positions count from the end, positions beyond an end stop there, a negative step goes backwards; what
 * is `null` or left out is open.
 *
 * @example
 * import type { SliceRange } from 'pullback/Tensor'
 *
 * const everySecond: SliceRange = [null, null, 2]
 * everySecond.length // => 3
 */
export type SliceRange = null | readonly [start: number | null, stop?: number | null, step?: number | null]

// -----------------------------------------------------------------------------
// slice
// -----------------------------------------------------------------------------

/** Evenly spaced positions along one axis. */
export interface Positions {
  readonly start: number
  readonly step: number
  readonly count: number
}

const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high)

/** Python's reading of `start:stop:step` on an axis. */
export const positions = (operation: string, shape: Shape, axis: number, range: SliceRange): Positions => {
  const n = shape[axis]!
  if (range === null) return { start: 0, step: 1, count: n }
  requireList(operation, `the range along axis ${axis}`, range, 'null or [start, stop, step]')
  const given: readonly unknown[] = range
  if (given.length > 3) {
    const rule = `the range along axis ${axis} has ${given.length} numbers; expected [start, stop, step]`
    throw new ShapeError(operation, [shape], rule)
  }
  const [start, stop, step] = [range[0] ?? null, range[1] ?? null, range[2] ?? 1]
  if (!Number.isInteger(step) || step === 0) {
    refuseTensor(operation, step, `the step along axis ${axis}`)
    throw new ShapeError(
      operation,
      [shape],
      `the step along axis ${axis} is ${describe(step)}; expected an integer other than 0`
    )
  }
  const low = step > 0 ? 0 : -1
  const high = step > 0 ? n : n - 1
  const bound = (given: number | null, open: number): number => {
    if (given === null) return open
    if (Number.isInteger(given)) return clamp(given < 0 ? given + n : given, low, high)
    refuseTensor(operation, given, `a position along axis ${axis}`)
    throw new ShapeError(
      operation,
      [shape],
      `a position along axis ${axis} is ${describe(given)}; expected an integer or null`
    )
  }
  const from = bound(start, step > 0 ? low : high)
  const to = bound(stop, step > 0 ? high : low)
  const count = Math.max(0, Math.ceil((to - from) / step))
  return count === 0 ? { start: 0, step: 1, count } : { start: from, step, count }
}

/**
 * The elements in a range along each axis, as Python's `x[0:2, ::2]`: each range is `null` (everything) or
 * `[start, stop, step]`, with `null` for what is open. Axes behind the last range are taken whole.
 *
 * Its pullback puts the cotangent back in its place among zeros. More ranges than axes, a step of 0 and fractions throw
 * a `ShapeError`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[1, 2, 3], [4, 5, 6]])
 * T.slice(x, [null, [0, 2]]) // => T.of([[1, 2], [4, 5]])
 * T.slice(x, [[-1]]) // => T.of([[4, 5, 6]])
 * pipe(x, T.slice([[null, null, -1], [null, null, 2]])) // => T.of([[4, 6], [1, 3]])
 */
export const slice: {
  <S extends Shape, const R extends readonly SliceRange[]>(x: Tensor<S>, ranges: R): Tensor<Sliced<S, R>>
  <const R extends readonly SliceRange[]>(ranges: R): <S extends Shape>(x: Tensor<S>) => Tensor<Sliced<S, R>>
} = dataFirst('slice', (x: Tensor, ranges: readonly SliceRange[]) => {
  requireList('slice', 'ranges', ranges, 'an array such as [[0, 2]]')
  if (ranges.length > x.shape.length) {
    const rule = `ranges has length ${ranges.length}; for shape ${show(x.shape)}, expected at most ${x.shape.length}`
    throw new ShapeError('slice', [x.shape], rule)
  }
  const each = x.shape.map((_, axis) => positions('slice', x.shape, axis, ranges[axis] ?? null))
  return take(x, {
    starts: each.map(({ start }) => start),
    steps: each.map(({ step }) => step),
    sizes: each.map(({ count }) => count)
  })
})

// -----------------------------------------------------------------------------
// one position, and the other direction
// -----------------------------------------------------------------------------

/**
 * The axis along which `at` picks.
 *
 * @example
 * import type { AtOptions } from 'pullback/Tensor'
 *
 * const column: AtOptions = { axis: 1 }
 * column.axis // => 1
 */
export interface AtOptions {
  /** 0 by default. */
  readonly axis?: number
}

/**
 * The elements at one index along an axis (0 by default), which disappears; negative indices count from the end. An
 * index out of range throws an `IndexError`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.at(T.of([[1, 2], [3, 4]]), 0) // => T.of([1, 2])
 * pipe(T.of([[1, 2], [3, 4]]), T.at(-1, { axis: 1 })) // => T.of([2, 4])
 */
export const at: {
  <S extends Shape, const O extends AtOptions = {}>(
    x: Tensor<S>,
    index: number,
    options?: O & Only<O, AtOptions>
  ): Tensor<Reduce<S, Given<O, 'axis', 0>, false>>
  <const O extends AtOptions = {}>(
    index: number,
    options?: O & Only<O, AtOptions>
  ): <S extends Shape>(x: Tensor<S>) => Tensor<Reduce<S, Given<O, 'axis', 0>, false>>
} = dataFirst(
  options<AtOptions>('at', { axis: checkedLater }),
  (x: Tensor, index: number, given: AtOptions = {}) => {
    const axis = normalizeAxis('at', given.axis ?? 0, x.shape)
    const position = normalizeIndex('at', index, x.shape[axis]!)
    return reshapeTo(take(x, along(x.shape, axis, position, 1)), dropAxes(x.shape, [axis]))
  },
  1
)

/**
 * The axes along which `flip` reverses.
 *
 * @example
 * import type { FlipOptions } from 'pullback/Tensor'
 *
 * const horizontally: FlipOptions = { axis: -1 }
 * horizontally.axis // => -1
 */
export interface FlipOptions {
  /** The axis or axes; all of them by default. */
  readonly axis?: Axes
}

/**
 * The tensor in reverse order along the given axes, or along all of them.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.flip(T.of([[1, 2], [3, 4]])) // => T.of([[4, 3], [2, 1]])
 * pipe(T.of([[1, 2], [3, 4]]), T.flip({ axis: 0 })) // => T.of([[3, 4], [1, 2]])
 */
export const flip: Preserving<FlipOptions> = dataFirst(
  options<FlipOptions>('flip', { axis: checkedLater }),
  (x: Tensor, given: FlipOptions = {}) => {
    const axes = normalizeAxes('flip', given.axis, x.shape)
    const back = (n: number, axis: number): boolean => axes.includes(axis) && n > 1
    return take(x, {
      starts: x.shape.map((n, axis) => (back(n, axis) ? n - 1 : 0)),
      steps: x.shape.map((n, axis) => (back(n, axis) ? -1 : 1)),
      sizes: x.shape
    })
  }
)
