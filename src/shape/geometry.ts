/** The geometry of windows that slide along axes: shared by convolution, pooling and unfolding. */
import { describe } from '../internal/describe.js'
import type { Kind } from '../internal/options.js'
import { type Shape, ShapeError, show } from './model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A number for each spatial axis, or one for all of them.
 *
 * @example
 * import type { PerAxis } from 'pullback/Tensor'
 *
 * const stride: PerAxis = [2, 1]
 * stride // => [2, 1]
 */
export type PerAxis = number | readonly number[]

/**
 * The padding of the spatial axes: a number for both sides of all axes, a list with an entry per axis, which is a number for both sides
 * or a pair `[before, after]`, or a name. `'valid'` is 0, `'full'` takes every window that overlaps the input, `'same'` gives an output of
 * size ceil(input / stride), with the odd element of padding behind.
 *
 * @example
 * import type { Padding } from 'pullback/Tensor'
 *
 * const behind: Padding = [[0, 1], [0, 1]]
 * behind // => [[0, 1], [0, 1]]
 */
export type Padding =
  'valid' | 'same' | 'full' | number | ReadonlyArray<number | readonly [before: number, after: number]>

/** How a window slides. */
export interface Sliding {
  readonly window: PerAxis
  readonly stride?: PerAxis | undefined
  readonly dilation?: PerAxis | undefined
  readonly padding?: Padding | undefined
  readonly ceilMode?: boolean | undefined
}

/** Windows that slide: every list has an entry per spatial axis. */
export interface Geometry {
  readonly window: Shape
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
  readonly before: readonly number[]
  /** The padding behind, as given: with `ceilMode` the last window may reach beyond it. */
  readonly after: readonly number[]
  /** The number of windows along each axis. */
  readonly sizes: Shape
}

// -----------------------------------------------------------------------------
// reading of options
// -----------------------------------------------------------------------------

const isList = (x: unknown): x is readonly unknown[] => Array.isArray(x)

const isCount = (least: number) => (x: unknown) => Number.isInteger(x) && Number(x) >= least

/* @__NO_SIDE_EFFECTS__ */
const perAxis = (expected: string, holds: (x: unknown) => boolean): Kind => ({
  expected: `${expected}, or one per spatial axis`,
  holds: (x) => (isList(x) ? x.every(holds) : holds(x))
})

/** The kind of the options `window`, `stride` and `dilation`. */
export const positivePerAxis: Kind = perAxis('an integer of 1 or more', isCount(1))

/** The kind of `outputPadding`, and of other options that may be 0. */
export const countPerAxis: Kind = perAxis('an integer of 0 or more', isCount(0))

const names: readonly unknown[] = ['valid', 'same', 'full']

/** The kind of the option `padding`. */
export const paddingKind: Kind = {
  expected: "'valid', 'same', 'full', an integer of 0 or more, or one integer or pair per spatial axis",
  holds: (x) =>
    names.includes(x) ||
    isCount(0)(x) ||
    (isList(x) && x.every((each) => isCount(0)(each) || (isList(each) && each.length === 2 && each.every(isCount(0)))))
}

/** The kind of the sizes of all spatial axes. */
export const sizesKind: Kind = {
  expected: 'an array of sizes such as [4, 4]',
  holds: (x) => Array.isArray(x) && x.length > 0 && x.every((n) => Number.isInteger(n) && Number(n) >= 1)
}

/** A list of one number per spatial axis. */
export const spread = (operation: string, name: string, value: PerAxis, rank: number): readonly number[] => {
  const list = typeof value === 'number' ? new Array<number>(rank).fill(value) : value
  if (list.length === rank) return list
  throw new ShapeError(operation, [], `${name} is ${describe(value)}; expected ${countOf(rank)}`)
}

const countOf = (rank: number): string =>
  rank === 1 ? 'a number, or a list of 1' : `a number, or a list of ${rank}, one per spatial axis`

/** How far a window reaches: the first and the last position included. */
export const spanOf = (window: Shape, dilation: readonly number[]): Shape =>
  window.map((n, axis) => (n - 1) * dilation[axis]! + 1)

/** The padding before and after each axis of an input. */
const paddingOf = (
  operation: string,
  padding: Padding,
  size: Shape,
  span: Shape,
  stride: readonly number[]
): ReadonlyArray<readonly [before: number, after: number]> => {
  if (padding === 'valid') return size.map(() => [0, 0])
  if (padding === 'full') return span.map((n) => [n - 1, n - 1])
  if (padding === 'same') {
    return size.map((n, axis) => {
      const all = Math.max(0, (Math.ceil(n / stride[axis]!) - 1) * stride[axis]! + span[axis]! - n)
      return [Math.floor(all / 2), Math.ceil(all / 2)]
    })
  }
  const list = typeof padding === 'number' ? size.map(() => padding) : padding
  if (list.length !== size.length) {
    const rule = `padding is ${describe(padding)}; expected ${countOf(size.length)}`
    throw new ShapeError(operation, [size], rule)
  }
  return list.map((each) => (typeof each === 'number' ? [each, each] : each))
}

// -----------------------------------------------------------------------------
// geometry
// -----------------------------------------------------------------------------

/** Windows along an axis: with `ceilMode` a last one that begins inside the input or the padding before it counts too. */
const windowsAlong = (
  n: number,
  span: number,
  stride: number,
  before: number,
  after: number,
  ceil: boolean
): number => {
  const room = n + before + after - span
  if (!ceil) return Math.floor(room / stride) + 1
  const all = Math.ceil(room / stride) + 1
  return (all - 1) * stride >= n + before ? all - 1 : all
}

/**
 * The geometry of windows on an input whose spatial axes have the given sizes. Along each axis, with span = (window - 1) dilation + 1,
 * there are floor((size + before + after - span) / stride) + 1 windows.
 *
 * @throws ShapeError for a list of another length than there are axes, and for a window that spans more than the padded input
 */
export const geometryOf = (
  operation: string,
  size: Shape,
  { window, stride = 1, dilation = 1, padding = 'valid', ceilMode = false }: Sliding
): Geometry => {
  const rank = size.length
  const windows = spread(operation, 'window', window, rank)
  const strides = spread(operation, 'stride', stride, rank)
  const dilations = spread(operation, 'dilation', dilation, rank)
  const span = spanOf(windows, dilations)
  const sides = paddingOf(operation, padding, size, span, strides)
  const padded = size.map((n, axis) => n + sides[axis]![0] + sides[axis]![1])
  if (span.some((n, axis) => n > padded[axis]! || windows[axis] === 0)) {
    const from = dilations.some((n) => n > 1) ? ` of ${show(windows)} with dilation ${show(dilations)}` : ''
    const around = sides.some(([a, b]) => a + b > 0) ? `, padded to ${show(padded)}` : ''
    const rule = `the window${from} spans ${show(span)} on an input of ${show(size)}${around}; expected a window that fits`
    throw new ShapeError(operation, [size], rule)
  }
  return {
    window: windows,
    stride: strides,
    dilation: dilations,
    before: sides.map(([before]) => before),
    after: sides.map(([, after]) => after),
    sizes: size.map((n, axis) => windowsAlong(n, span[axis]!, strides[axis]!, ...sides[axis]!, ceilMode))
  }
}
