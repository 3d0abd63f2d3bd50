/** Augmentations that move pixels: crops, shifts and flips. */
import { finite, oneOf, options, requireKind, share } from '../internal/options.js'
import { dataAt } from '../internal/dual.js'
import { draw } from '../random/dataLast.js'
import type { Key } from '../random/model.js'
import * as Random from '../Random.js'
import type { Resized } from '../shape/layout.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import { add, arange, expandDims, flip, gather, pad, where } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { within } from '../transform/scope.js'
import { vmap } from '../Vmap.js'
import {
  type Axes,
  type DataFormat,
  type Pair,
  bothOf,
  dataFormatKind,
  integersBelow,
  onImages,
  pairOf,
  perExample
} from './images.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of `randomCrop`.
 *
 * @example
 * import type { CropOptions } from 'pullback/Augment'
 *
 * const options: CropOptions = { size: [24, 24], padding: 4 }
 * options.size // => [24, 24]
 */
export interface CropOptions {
  /** The rows and columns of the result: a number for both, or one for each. */
  readonly size: Pair
  /** How many pixels stand on every side of the images before they are cropped: for rows and columns, or each; 0 by default. */
  readonly padding?: Pair
  /** The value of these pixels; 0 by default. */
  readonly fill?: number
  /** Where the channels are: behind the examples (the default), or last. */
  readonly dataFormat?: DataFormat
}

/**
 * The options of `randomShift`.
 *
 * @example
 * import type { ShiftOptions } from 'pullback/Augment'
 *
 * const sideways: ShiftOptions = { by: [0, 3] }
 * sideways.by // => [0, 3]
 */
export interface ShiftOptions {
  /** By how many pixels at most: for rows and columns, or each. */
  readonly by: Pair
  /** The value of the pixels that come in; 0 by default. */
  readonly fill?: number
  /** Where the channels are: behind the examples (the default), or last. */
  readonly dataFormat?: DataFormat
}

/**
 * The options of `randomFlip`.
 *
 * @example
 * import type { FlipOptions } from 'pullback/Augment'
 *
 * const options: FlipOptions = { axis: 'vertical', p: 0.2 }
 * options.axis // => 'vertical'
 */
export interface FlipOptions {
  /** Left and right change places with `'horizontal'`, the default; top and bottom with `'vertical'`. */
  readonly axis?: 'horizontal' | 'vertical'
  /** The probability with which an example is flipped; 0.5 by default. */
  readonly p?: number
  /** Where the channels are: behind the examples (the default), or last. */
  readonly dataFormat?: DataFormat
}

// -----------------------------------------------------------------------------
// crops
// -----------------------------------------------------------------------------

const sizeKind = pairOf(1)
const widthKind = pairOf(0)

/** The images with as many pixels on both sides, and of these, for each example, those from a start that is drawn. */
const cropped = (
  key: Key,
  x: Tensor,
  axes: Axes,
  size: readonly [number, number],
  padding: readonly [number, number],
  fill: number
): Tensor => {
  const widths = x.shape.map((_, axis) => padding[axes.indexOf(axis)] ?? 0)
  const padded: Tensor = padding.some((width) => width > 0) ? pad(x, widths, { value: fill }) : x
  const keys = Random.split(key)
  return axes.reduce<Tensor>((images, axis, i) => {
    const starts = integersBelow(keys[i]!, padded.shape[axis]! - size[i]! + 1, x.shape[0]!)
    const places = add(expandDims(starts, 1), arange(size[i]!, 'int32'))
    return vmap((image: Tensor, at: Tensor): Tensor => gather(image, at, { axis: axis - 1 }))(images, places)
  }, padded)
}

interface Crop {
  <S extends Shape>(key: Key, images: Tensor<S>, options: CropOptions): Tensor<Resized<S>>
  <S extends Shape>(images: Tensor<S>, options: CropOptions): (key: Key) => Tensor<Resized<S>>
}

/**
 * A part of each image, of a given size, at a place that is drawn for each example, all being equally likely. With `padding` the images are
 * larger by so many pixels of the value `fill` on every side first. For [N, C, H, W], one image [C, H, W], or the same with channels last.
 * Other kinds of padding are made by `T.pad`, before. Data-last: `randomCrop(images, options)(key)`.
 *
 * @throws ShapeError when the size is larger than the padded images
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Augment from 'pullback/Augment'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const image = T.of([[[1, 2, 3], [4, 5, 6], [7, 8, 9]]])
 * Augment.randomCrop(Random.key(0), image, { size: 2 }) // => T.of([[[2, 3], [5, 6]]])
 * pipe(Random.key(0), Augment.randomCrop(T.zeros([8, 3, 32, 32]), { size: [24, 28] })).shape // => [8, 3, 24, 28]
 */
export const randomCrop: Crop = draw<Crop>(
  'randomCrop',
  dataAt(
    1,
    options<CropOptions>('randomCrop', { size: sizeKind, padding: widthKind, fill: finite, dataFormat: dataFormatKind })
  ),
  (key: Key, images: Tensor, given: Partial<CropOptions> = {}) =>
    onImages('randomCrop', images, given.dataFormat, (x, axes) => {
      requireKind('randomCrop', 'size', given.size, sizeKind)
      const size = bothOf(given.size ?? 1)
      const padding = bothOf(given.padding ?? 0)
      const [h, w] = axes.map((axis, i) => x.shape[axis]! + 2 * padding[i]!)
      if (size[0] > h! || size[1] > w!) {
        const whole = given.padding === undefined ? 'images of' : 'images padded to'
        throw new ShapeError(
          'randomCrop',
          [x.shape],
          `size is ${show(size)}; for ${whole} ${show([h!, w!])}, expected at most that`
        )
      }
      return within('randomCrop', () => cropped(key, x, axes, size, padding, given.fill ?? 0))
    })
)

interface Shift {
  <S extends Shape>(key: Key, images: Tensor<S>, options: ShiftOptions): Tensor<S>
  <S extends Shape>(images: Tensor<S>, options: ShiftOptions): (key: Key) => Tensor<S>
}

/**
 * Each image shifted by whole pixels, from -by to by along rows and along columns, drawn for each example. What leaves is lost, and what
 * comes in is `fill`: it is `randomCrop` of the images' own size with a padding of `by`. Layouts are those of `randomCrop`. Data-last:
 * `randomShift(images, options)(key)`.
 *
 * @throws RangeError when `by` is not an integer of 0 or more, or two of them
 *
 * @example
 * import * as Augment from 'pullback/Augment'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const image = T.of([[[1, 2, 3]]])
 * Augment.randomShift(Random.key(0), image, { by: [0, 1], fill: 9 }) // => T.of([[[2, 3, 9]]])
 */
export const randomShift: Shift = draw<Shift>(
  'randomShift',
  dataAt(1, options<ShiftOptions>('randomShift', { by: widthKind, fill: finite, dataFormat: dataFormatKind })),
  (key: Key, images: Tensor, given: Partial<ShiftOptions> = {}) =>
    onImages('randomShift', images, given.dataFormat, (x, axes) => {
      requireKind('randomShift', 'by', given.by, widthKind)
      const size = [x.shape[axes[0]]!, x.shape[axes[1]]!] as const
      return within('randomShift', () => cropped(key, x, axes, size, bothOf(given.by ?? 0), given.fill ?? 0))
    })
)

// -----------------------------------------------------------------------------
// flips
// -----------------------------------------------------------------------------

interface Flip {
  <S extends Shape>(key: Key, images: Tensor<S>, options?: FlipOptions): Tensor<S>
  <S extends Shape>(images: Tensor<S>, options?: FlipOptions): (key: Key) => Tensor<S>
}

/**
 * Each image flipped with probability `p`, drawn for each example. Layouts are those of `randomCrop`. Data-last:
 * `randomFlip(images, options)(key)`.
 *
 * @throws RangeError when the probability is not between 0 and 1
 *
 * @example
 * import * as Augment from 'pullback/Augment'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const image = T.of([[[1, 2], [3, 4]]])
 * Augment.randomFlip(Random.key(0), image, { p: 1 }) // => T.of([[[2, 1], [4, 3]]])
 * Augment.randomFlip(Random.key(0), image, { axis: 'vertical', p: 1 }) // => T.of([[[3, 4], [1, 2]]])
 */
export const randomFlip: Flip = draw<Flip>(
  'randomFlip',
  dataAt(
    1,
    options<FlipOptions>('randomFlip', { axis: oneOf('horizontal', 'vertical'), p: share, dataFormat: dataFormatKind })
  ),
  (key: Key, images: Tensor, { axis = 'horizontal', p = 0.5, dataFormat }: FlipOptions = {}) =>
    onImages('randomFlip', images, dataFormat, (x, [rows, columns]) =>
      within('randomFlip', () => {
        const isFlipped = Random.bernoulli(key, p, [x.shape[0]!])
        return where(perExample(isFlipped, 4), flip(x, { axis: axis === 'horizontal' ? columns : rows }), x)
      })
    )
)
