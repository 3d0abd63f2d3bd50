/** Repetition and rotation, made of broadcasting, slicing and joining. */
import { describe } from '../internal/describe.js'
import { options, checkedLater } from '../internal/options.js'
import { dataFirst } from '../internal/dual.js'
import type { Repeated, Tiled } from '../shape/layout.js'
import { type Shape, ShapeError, normalizeAxes, normalizeAxis, show, size } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import type { Axes } from '../shape/static.js'
import { concat } from './join.js'
import type { Tensor } from './model.js'
import { requireList } from '../internal/require.js'
import { broadcastToShape, reshapeTo } from './structural.js'
import { along, take } from './stridedWindow.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The axis along which `repeat` repeats.
 *
 * @example
 * import type { RepeatOptions } from 'pullback/Tensor'
 *
 * const rows: RepeatOptions = { axis: 0 }
 * rows.axis // => 0
 */
export interface RepeatOptions {
  /** Unless given, all elements are repeated, as a vector. */
  readonly axis?: number
}

/**
 * The axes along which `roll` rotates.
 *
 * @example
 * import type { RollOptions } from 'pullback/Tensor'
 *
 * const rows: RollOptions = { axis: 0 }
 * rows.axis // => 0
 */
export interface RollOptions {
  /** The axis, or several with one shift each or one for all; by default, all elements rotate in row-major order. */
  readonly axis?: Axes
}

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

const requireCount = (operation: string, x: Tensor, n: number): void => {
  if (Number.isInteger(n) && n >= 0) return
  throw new ShapeError(operation, [x.shape], `times is ${describe(n)}; expected an integer of 0 or more`)
}

/**
 * The tensor laid side by side: `times` copies along each axis, of the last axes where there are fewer numbers than axes,
 * along new leading axes where there are more. One number stands for the last axis.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.tile(T.of([1, 2]), 2) // => T.of([1, 2, 1, 2])
 * pipe(T.of([[1, 2]]), T.tile([2, 2])) // => T.of([[1, 2, 1, 2], [1, 2, 1, 2]])
 */
export const tile: {
  <S extends Shape, const Times extends number | readonly number[]>(x: Tensor<S>, times: Times): Tensor<Tiled<S, Times>>
  <const Times extends number | readonly number[]>(
    times: Times
  ): <S extends Shape>(x: Tensor<S>) => Tensor<Tiled<S, Times>>
} = dataFirst('tile', (x: Tensor, times: number | readonly number[]) => {
  const given = typeof times === 'number' ? [times] : times
  requireList('tile', 'times', given, 'an integer or an array of integers')
  for (const n of given) requireCount('tile', x, n)
  const rank = Math.max(x.shape.length, given.length)
  const sizes = [...new Array<number>(rank - x.shape.length).fill(1), ...x.shape]
  const counts = [...new Array<number>(rank - given.length).fill(1), ...given]
  return blocks(x, sizes, counts)
})

/** Copies of a tensor as blocks: broadcast along an axis in front of each, which is then merged into it. */
const blocks = (x: Tensor, sizes: Shape, counts: readonly number[]): Tensor => {
  const apart = reshapeTo(
    x,
    sizes.flatMap((n) => [1, n])
  )
  const copies = broadcastToShape(
    apart,
    sizes.flatMap((n, axis) => [counts[axis]!, n])
  )
  return reshapeTo(
    copies,
    sizes.map((n, axis) => n * counts[axis]!)
  )
}

/**
 * Each element repeated `times` times in a row, along an axis; unless one is given, all elements in row-major order, as
 * a vector.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.repeat(T.of([1, 2]), 2) // => T.of([1, 1, 2, 2])
 * pipe(T.of([[1, 2], [3, 4]]), T.repeat(2, { axis: 1 })) // => T.of([[1, 1, 2, 2], [3, 3, 4, 4]])
 */
export const repeat: {
  <S extends Shape, const O extends RepeatOptions = {}>(
    x: Tensor<S>,
    times: number,
    options?: O & Only<O, RepeatOptions>
  ): Tensor<Repeated<S, Given<O, 'axis', undefined>>>
  <const O extends RepeatOptions = {}>(
    times: number,
    options?: O & Only<O, RepeatOptions>
  ): <S extends Shape>(x: Tensor<S>) => Tensor<Repeated<S, Given<O, 'axis', undefined>>>
} = dataFirst(
  options<RepeatOptions>('repeat', { axis: checkedLater }),
  (x: Tensor, times: number, given: RepeatOptions = {}) => {
    requireCount('repeat', x, times)
    const shape = given.axis === undefined ? [size(x.shape)] : x.shape
    const axis = normalizeAxis('repeat', given.axis ?? 0, shape)
    const apart = reshapeTo(x, [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)])
    const copies = broadcastToShape(apart, [...shape.slice(0, axis + 1), times, ...shape.slice(axis + 1)])
    return reshapeTo(
      copies,
      shape.map((n, each) => (each === axis ? n * times : n))
    )
  },
  1
)

/** Rotates along one axis, by a shift of any size and sign. */
const rotate = (x: Tensor, axis: number, shift: number): Tensor => {
  const n = x.shape[axis]!
  const by = n === 0 ? 0 : ((shift % n) + n) % n
  if (by === 0) return x
  return concat([take(x, along(x.shape, axis, n - by, by)), take(x, along(x.shape, axis, 0, n - by))], { axis })
}

/**
 * The tensor rotated by `shift` places along an axis: what leaves at the end enters at the front, element `i` goes to
 * `i + shift`. Several axes take one shift each, or one for all. Unless an axis is given, all elements rotate in row-major
 * order.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.roll(T.of([1, 2, 3, 4]), 1) // => T.of([4, 1, 2, 3])
 * pipe(T.of([[1, 2], [3, 4]]), T.roll(1, { axis: 0 })) // => T.of([[3, 4], [1, 2]])
 */
export const roll: {
  <S extends Shape>(x: Tensor<S>, shift: number | readonly number[], options?: RollOptions): Tensor<S>
  (shift: number | readonly number[], options?: RollOptions): <S extends Shape>(x: Tensor<S>) => Tensor<S>
} = dataFirst(
  options<RollOptions>('roll', { axis: checkedLater }),
  (x: Tensor, shift: number | readonly number[], given: RollOptions = {}) => {
    const { axis } = given
    const shifts = typeof shift === 'number' ? [shift] : shift
    requireList('roll', 'shift', shifts, 'an integer or an array of integers')
    const fail = (rule: string): ShapeError => new ShapeError('roll', [x.shape], rule)
    const fraction = shifts.find((each) => !Number.isInteger(each))
    if (fraction !== undefined) throw fail(`shift is ${describe(fraction)}; expected an integer`)
    const axes = axis === undefined || typeof axis === 'number' ? [axis ?? 0] : axis
    if (typeof shift !== 'number' && shifts.length !== axes.length) {
      throw fail(`shift is ${show(shifts)} along axes ${show(axes)}; expected one for each axis, or one number for all`)
    }
    if (axis === undefined) return reshapeTo(rotate(reshapeTo(x, [size(x.shape)]), 0, shifts[0]!), x.shape)
    normalizeAxes('roll', axis, x.shape)
    return axes.reduce<Tensor>(
      (turned, each, i) => rotate(turned, normalizeAxis('roll', each, x.shape), shifts[i] ?? shifts[0]!),
      x
    )
  },
  1
)
