/** The augmentation that takes regions away. */
import { dataAt } from '../internal/dual.js'
import { finite, options, positiveCount, requireKind } from '../internal/options.js'
import { draw } from '../random/dataLast.js'
import type { Key } from '../random/model.js'
import * as Random from '../Random.js'
import type { Shape } from '../shape/model.js'
import { add, sub, where } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { within } from '../transform/scope.js'
import { type DataFormat, type Part, dataFormatKind, inside, integersBelow, onImages } from './images.js'

/**
 * The options of `cutout`.
 *
 * @example
 * import type { CutoutOptions } from 'pullback/Augment'
 *
 * const options: CutoutOptions = { size: 8, fill: 0.5 }
 * options.size // => 8
 */
export interface CutoutOptions {
  /** The side of the square, in pixels. */
  readonly size: number
  /** The value of its pixels; 0 by default. */
  readonly fill?: number
  /** Where the channels are: behind the examples (the default), or last. */
  readonly dataFormat?: DataFormat
}

interface Cutout {
  <S extends Shape>(key: Key, images: Tensor<S>, options: CutoutOptions): Tensor<S>
  <S extends Shape>(images: Tensor<S>, options: CutoutOptions): (key: Key) => Tensor<S>
}

/**
 * Sets a square of each image to `fill`: its centre is any pixel, drawn for each example, and what reaches over the border is cut off. It
 * covers the pixels from c - floor(size / 2), `size` of them, in rows and columns. Covered pixels are strong: their gradient is 0.
 * For [N, C, H, W], one image [C, H, W], or the same with channels last. Data-last: `cutout(images, options)(key)`.
 *
 * T. DeVries and G. W. Taylor, Improved Regularization of Convolutional Neural Networks with Cutout, 2017.
 *
 * @throws RangeError when the size is not an integer of 1 or more
 *
 * @example
 * import * as Augment from 'pullback/Augment'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const image = T.of([[[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]])
 * Augment.cutout(Random.key(3), image, { size: 2 }) // => T.of([[[1, 2, 3, 4], [5, 0, 0, 8], [9, 0, 0, 12]]])
 */
export const cutout: Cutout = draw<Cutout>(
  'cutout',
  dataAt(1, options<CutoutOptions>('cutout', { size: positiveCount, fill: finite, dataFormat: dataFormatKind })),
  (key: Key, images: Tensor, { size, fill = 0, dataFormat }: Partial<CutoutOptions> = {}) =>
    onImages('cutout', images, dataFormat, (x, axes) => {
      requireKind('cutout', 'size', size, positiveCount)
      return within('cutout', () => {
        const keys = Random.split(key)
        const part = (i: 0 | 1): Part => {
          const centre = integersBelow(keys[i], x.shape[axes[i]]!, x.shape[0]!)
          const from = sub(centre, Math.floor((size ?? 1) / 2))
          return { from, to: add(from, size ?? 1) }
        }
        return where(inside(x.shape, axes, [part(0), part(1)]), fill, x)
      })
    })
)
