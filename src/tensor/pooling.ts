/** Pooling: maxima and means over windows that slide along images. */
import { refusal } from '../internal/describe.js'
import { dataFirst } from '../internal/dual.js'
import { type Kinds, flag, options } from '../internal/options.js'
import {
  type Padding,
  type PerAxis,
  type Sliding,
  geometryOf,
  paddingKind,
  positivePerAxis
} from '../shape/geometry.js'
import type { Resized } from '../shape/layout.js'
import type { Shape } from '../shape/model.js'
import type { Tensor } from './model.js'
import { imageOf, maxima, means } from './overWindows.js'
import { type AxisWindows, slidingWindows } from './poolingWindows.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The windows of a pooling.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const overlapping: T.PoolOptions = { window: 3, stride: 2, padding: 1 }
 * T.avgPool1d(T.ones([1, 1, 4]), { ...overlapping, countIncludePad: false }) // => T.of([[[1, 1]]])
 */
export interface PoolOptions {
  /** The size of the window. */
  readonly window: PerAxis
  /** How far the window moves; its size by default. */
  readonly stride?: PerAxis
  /** The padding of the input; `'valid'`, none, by default. */
  readonly padding?: Padding
  /** How far apart the elements of the window lie; 1 by default. */
  readonly dilation?: PerAxis
  /** Whether a last window may reach beyond the padded input, if it begins in front of its end; `false` by default. */
  readonly ceilMode?: boolean
}

/**
 * The options of `maxPool1d`, `maxPool2d` and `maxPool3d`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const located: T.MaxPoolOptions = { window: 2, returnIndices: true }
 * T.maxPool1d(T.of([[[3, 1, 2, 4]]]), located) // => [T.of([[[3, 4]]]), T.of([[[0, 3]]], 'int32')]
 */
export interface MaxPoolOptions extends PoolOptions {
  /** Whether to give, beside the maxima, their row-major positions among the spatial axes; `false` by default. */
  readonly returnIndices?: boolean
}

/**
 * The options of `avgPool1d`, `avgPool2d` and `avgPool3d`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const inside: T.AvgPoolOptions = { window: 2, padding: 1, countIncludePad: false }
 * T.avgPool1d(T.of([[[4, 6]]]), inside) // => T.of([[[4, 6]]])
 */
export interface AvgPoolOptions extends PoolOptions {
  /** Whether padded elements count in the divisor; `true` by default. */
  readonly countIncludePad?: boolean
}

type Located<S extends Shape> = readonly [values: Tensor<Resized<S>>, indices: Tensor<Resized<S>>]

interface MaxPool {
  <S extends Shape>(x: Tensor<S>, options: MaxPoolOptions & { readonly returnIndices: true }): Located<S>
  <S extends Shape>(x: Tensor<S>, options: PoolOptions & { readonly returnIndices?: false }): Tensor<Resized<S>>
  <S extends Shape>(x: Tensor<S>, options: MaxPoolOptions): Tensor<Resized<S>> | Located<S>
  (options: MaxPoolOptions & { readonly returnIndices: true }): <S extends Shape>(x: Tensor<S>) => Located<S>
  (options: PoolOptions & { readonly returnIndices?: false }): <S extends Shape>(x: Tensor<S>) => Tensor<Resized<S>>
  (options: MaxPoolOptions): <S extends Shape>(x: Tensor<S>) => Tensor<Resized<S>> | Located<S>
}

interface AvgPool {
  <S extends Shape>(x: Tensor<S>, options: AvgPoolOptions): Tensor<Resized<S>>
  (options: AvgPoolOptions): <S extends Shape>(x: Tensor<S>) => Tensor<Resized<S>>
}

// -----------------------------------------------------------------------------
// windows
// -----------------------------------------------------------------------------

export const windowKinds: Kinds<PoolOptions> = {
  window: positivePerAxis,
  stride: positivePerAxis,
  padding: paddingKind,
  dilation: positivePerAxis,
  ceilMode: flag
}

const windowsOf = (operation: string, image: Shape, given: Partial<PoolOptions>): readonly AxisWindows[] => {
  const { window } = given
  if (window === undefined) throw new TypeError(refusal(operation, 'window', window, positivePerAxis.expected))
  const sliding: Sliding = { ...given, window, stride: given.stride ?? window }
  return slidingWindows(image, geometryOf(operation, image, sliding))
}

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/* @__NO_SIDE_EFFECTS__ */
const maxPool = (name: string, rank: number): MaxPool =>
  dataFirst<MaxPool>(
    options<MaxPoolOptions>(name, { ...windowKinds, returnIndices: flag }),
    (x: Tensor, given: Partial<MaxPoolOptions> = {}) => {
      const image = imageOf(name, x, rank)
      const found = maxima(name, x, image, windowsOf(name, image, given))
      return given.returnIndices === true ? found : found[0]
    }
  )

/* @__NO_SIDE_EFFECTS__ */
const avgPool = (name: string, rank: number): AvgPool =>
  dataFirst<AvgPool>(
    options<AvgPoolOptions>(name, { ...windowKinds, countIncludePad: flag }),
    (x: Tensor, given: Partial<AvgPoolOptions> = {}) => {
      const image = imageOf(name, x, rank)
      return means(name, x, image, windowsOf(name, image, given), given.countIncludePad ?? true)
    }
  )

/**
 * The maxima over windows along one axis, of `[examples, channels, length]` or `[channels, length]`; else as `maxPool2d`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.maxPool1d(T.of([[[1, 3, 2, 4]]]), { window: 2 }) // => T.of([[[3, 4]]])
 */
export const maxPool1d: MaxPool = maxPool('maxPool1d', 1)

/**
 * The maxima over windows of images `[examples, channels, height, width]`, or of one without examples:
 * `torch.nn.functional.max_pool2d`.
 *
 * Along each axis there are floor((size + padding - span) / stride) + 1 windows, with span = (window - 1) dilation + 1; with
 * `ceilMode` the quotient is rounded up. Padded elements never win. With `returnIndices` the result is a pair, of the maxima and
 * their row-major positions in the image, int32. NaN wins. The gradient goes to the element that was taken, of equal ones the
 * first.
 *
 * @throws ShapeError when a window does not fit, or lies in the padding alone
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[[[1, 2, 0], [5, 4, 3]]]])
 * T.maxPool2d(x, { window: 2, stride: 1 }) // => T.of([[[[5, 4]]]])
 * pipe(x, T.maxPool2d({ window: 2, ceilMode: true, returnIndices: true })) // => [T.of([[[[5, 3]]]]), T.of([[[[3, 5]]]], 'int32')]
 * grad((y: T.Tensor<[1, 1, 2, 3]>) => T.sum(T.maxPool2d(y, { window: 2, stride: 1 })))(x) // => T.of([[[[0, 0, 0], [1, 1, 0]]]])
 */
export const maxPool2d: MaxPool = maxPool('maxPool2d', 2)

/**
 * The maxima over windows of volumes `[examples, channels, depth, height, width]`, or of one without examples; else as
 * `maxPool2d`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.maxPool3d(T.ones([1, 2, 4, 4, 4]), { window: 2 }).shape // => [1, 2, 2, 2, 2]
 */
export const maxPool3d: MaxPool = maxPool('maxPool3d', 3)

/**
 * The means over windows along one axis, of `[examples, channels, length]` or `[channels, length]`; else as `avgPool2d`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.avgPool1d(T.of([[[1, 3, 2, 4]]]), { window: 2 }) // => T.of([[[2, 3]]])
 */
export const avgPool1d: AvgPool = avgPool('avgPool1d', 1)

/**
 * The means over windows of images `[examples, channels, height, width]`, or of one without examples:
 * `torch.nn.functional.avg_pool2d`. Integers become float32.
 *
 * Windows are those of `maxPool2d`. Padded elements are zeros, which count in the divisor unless `countIncludePad` is false; what
 * a last window of `ceilMode` has behind the padding never counts.
 *
 * @throws ShapeError when a window does not fit, or has no element that counts
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[[[1, 2], [5, 4]]]])
 * T.avgPool2d(x, { window: 2 }) // => T.of([[[[3]]]])
 * pipe(x, T.avgPool2d({ window: 2, padding: 1 })) // => T.of([[[[0.25, 0.5], [1.25, 1]]]])
 */
export const avgPool2d: AvgPool = avgPool('avgPool2d', 2)

/**
 * The means over windows of volumes `[examples, channels, depth, height, width]`, or of one without examples; else as
 * `avgPool2d`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.avgPool3d(T.ones([1, 2, 4, 4, 4]), { window: 2 }).shape // => [1, 2, 2, 2, 2]
 */
export const avgPool3d: AvgPool = avgPool('avgPool3d', 3)
