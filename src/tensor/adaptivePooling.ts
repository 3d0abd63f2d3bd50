/** Pooling to a size that is asked for: each spatial axis in as many windows, or in one. */
import { refusal } from '../internal/describe.js'
import { dataFirst } from '../internal/dual.js'
import { flag, options } from '../internal/options.js'
import { type PerAxis, positivePerAxis, spread } from '../shape/geometry.js'
import type { Resized } from '../shape/layout.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import { max } from './minMaxOverAxes.js'
import { type ImageOptions, dataFormatKind, firstSpatial, onImages, requireImages } from './dataFormat.js'
import type { Tensor } from './model.js'
import { maxima, means } from './overWindows.js'
import { type AxisWindows, evenWindows } from './poolingWindows.js'
import { mean } from './reduce.js'
import type { Reduction } from './reduction.js'

interface AdaptivePool {
  <S extends Shape>(x: Tensor<S>, size: PerAxis, options?: ImageOptions): Tensor<Resized<S>>
  (size: PerAxis, options?: ImageOptions): <S extends Shape>(x: Tensor<S>) => Tensor<Resized<S>>
}

/**
 * The options of `globalAvgPool` and `globalMaxPool`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const asImage: T.GlobalPoolOptions = { keepDims: true }
 * T.globalAvgPool(T.ones([2, 3, 4, 4]), asImage).shape // => [2, 3, 1, 1]
 */
export interface GlobalPoolOptions extends ImageOptions {
  /** Whether the spatial axes stay, with size 1; `false` by default. */
  readonly keepDims?: boolean
}

interface GlobalPool {
  (options: GlobalPoolOptions): (x: Tensor) => Tensor
  (x: Tensor, options?: GlobalPoolOptions): Tensor
}

const partsOf = (operation: string, image: Shape, parts: PerAxis): readonly AxisWindows[] => {
  if (!positivePerAxis.holds(parts)) throw new RangeError(refusal(operation, 'size', parts, positivePerAxis.expected))
  return evenWindows(image, spread(operation, 'size', parts, image.length))
}

/* @__NO_SIDE_EFFECTS__ */
const adaptivePool = (
  name: string,
  rank: number,
  over: (operation: string, x: Tensor, image: Shape, windows: readonly AxisWindows[]) => Tensor
): AdaptivePool =>
  dataFirst<AdaptivePool>(
    options<ImageOptions>(name, { dataFormat: dataFormatKind }),
    (x: Tensor, parts: PerAxis, { dataFormat }: ImageOptions = {}) => {
      requireImages(name, x, rank, dataFormat)
      return onImages(x, rank, dataFormat, (images) => {
        const image = images.shape.slice(-rank)
        return over(name, images, image, partsOf(name, image, parts))
      })
    },
    1
  )

const adaptiveMax: Parameters<typeof adaptivePool>[2] = (...args) => maxima(...args)[0]
const adaptiveMean: Parameters<typeof adaptivePool>[2] = (...args) => means(...args, false)

/* @__NO_SIDE_EFFECTS__ */
const globalPool = (name: string, reduce: Reduction): GlobalPool =>
  dataFirst<GlobalPool>(
    options<GlobalPoolOptions>(name, { keepDims: flag, dataFormat: dataFormatKind }),
    (x: Tensor, { keepDims = false, dataFormat }: GlobalPoolOptions = {}) => {
      const { shape } = x
      const first = firstSpatial(dataFormat)
      if (shape.length < 3) {
        const expected = first === 1 ? '[examples, ...spatial axes, channels]' : '[examples, channels, ...spatial axes]'
        throw new ShapeError(name, [shape], `the operand has shape ${show(shape)}; expected ${expected}`)
      }
      const axis = shape.map((_, each) => each).slice(first, first + shape.length - 2)
      return reduce(x, { axis, keepDims })
    }
  )

/**
 * The maxima over as many windows as are asked for, which divide each spatial axis as evenly as they can:
 * `torch.nn.functional.adaptive_max_pool1d`; else as `adaptiveAvgPool2d`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.adaptiveMaxPool1d(T.of([[[1, 2, 3, 4, 5]]]), 2) // => T.of([[[3, 5]]])
 */
export const adaptiveMaxPool1d: AdaptivePool = adaptivePool('adaptiveMaxPool1d', 1, adaptiveMax)

/**
 * The maxima over a grid of windows of images, which divide each axis as `adaptiveAvgPool2d` has it.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.adaptiveMaxPool2d(T.of([[[[1, 2], [3, 4]]]]), [1, 2]) // => T.of([[[[3, 4]]]])
 */
export const adaptiveMaxPool2d: AdaptivePool = adaptivePool('adaptiveMaxPool2d', 2, adaptiveMax)

/**
 * The maxima over a grid of windows of volumes, which divide each axis as `adaptiveAvgPool2d` has it.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.adaptiveMaxPool3d(T.ones([1, 2, 4, 4, 4]), 1).shape // => [1, 2, 1, 1, 1]
 */
export const adaptiveMaxPool3d: AdaptivePool = adaptivePool('adaptiveMaxPool3d', 3, adaptiveMax)

/**
 * The means over as many windows as are asked for along one axis; else as `adaptiveAvgPool2d`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.adaptiveAvgPool1d(T.of([[[1, 2, 3, 4, 5]]]), 2) // => T.of([[[2, 4]]])
 */
export const adaptiveAvgPool1d: AdaptivePool = adaptivePool('adaptiveAvgPool1d', 1, adaptiveMean)

/**
 * The means over a grid of windows of images, of the size that is asked for, a number or `[height, width]`:
 * `torch.nn.functional.adaptive_avg_pool2d`. Integers become float32.
 *
 * Of m windows along an axis of n elements, that number i goes from floor(i n / m) to ceil((i + 1) n / m): they overlap where m
 * does not divide n.
 *
 * @throws ShapeError when the rank is another one
 * @throws RangeError when the size is not made of integers of 1 or more
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[[[1, 2, 3], [4, 5, 6]]]])
 * T.adaptiveAvgPool2d(x, 1) // => T.of([[[[3.5]]]])
 * pipe(x, T.adaptiveAvgPool2d([1, 2])) // => T.of([[[[3, 4]]]])
 */
export const adaptiveAvgPool2d: AdaptivePool = adaptivePool('adaptiveAvgPool2d', 2, adaptiveMean)

/**
 * The means over a grid of windows of volumes; else as `adaptiveAvgPool2d`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.adaptiveAvgPool3d(T.ones([1, 2, 4, 4, 4]), [2, 1, 1]).shape // => [1, 2, 2, 1, 1]
 */
export const adaptiveAvgPool3d: AdaptivePool = adaptivePool('adaptiveAvgPool3d', 3, adaptiveMean)

/**
 * The mean over all spatial axes of `[examples, channels, ...spatial axes]`, which disappear. Integers become float32.
 *
 * @throws ShapeError when there are no spatial axes
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.globalAvgPool(T.of([[[[1, 2], [3, 6]]]])) // => T.of([[3]])
 * pipe(T.ones([2, 3, 4, 4]), T.globalAvgPool({ keepDims: true })).shape // => [2, 3, 1, 1]
 */
export const globalAvgPool: GlobalPool = globalPool('globalAvgPool', mean)

/**
 * The largest element over all spatial axes of `[examples, channels, ...spatial axes]`, which disappear. The derivative is that
 * of `max`: divided evenly among equal largest elements.
 *
 * @throws ShapeError when there are no spatial axes, or no elements along them
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.globalMaxPool(T.of([[[[1, 2], [3, 6]]]])) // => T.of([[6]])
 */
export const globalMaxPool: GlobalPool = globalPool('globalMaxPool', max)
