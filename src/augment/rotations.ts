/** The augmentation that turns images. */
import { isFloat, toFloat } from '../DType.js'
import { dataAt } from '../internal/dual.js'
import { finite, number, oneOf, options, requireKind } from '../internal/options.js'
import { draw } from '../random/dataLast.js'
import type { Key } from '../random/model.js'
import * as Random from '../Random.js'
import type { Shape } from '../shape/model.js'
import {
  add,
  arange,
  cast,
  clamp,
  cos,
  equal,
  expandDims,
  floor,
  gather,
  greaterEqual,
  less,
  logicalAnd,
  mul,
  reshape,
  round,
  sin,
  sub,
  where
} from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { within } from '../transform/scope.js'
import { vmap } from '../Vmap.js'
import { type Axes, type DataFormat, dataFormatKind, onImages } from './images.js'

/**
 * The options of `randomRotate`.
 *
 * @example
 * import type { RotateOptions } from 'pullback/Augment'
 *
 * const options: RotateOptions = { by: 15 }
 * options.by // => 15
 */
export interface RotateOptions {
  /** By how many degrees at most, to either side: from 0 to 180. */
  readonly by: number
  /** The value of the pixels that come in; 0 by default. */
  readonly fill?: number
  /** Whether a pixel is mixed from the four around its origin (`'bilinear'`, the default), or is the nearest one. */
  readonly mode?: 'bilinear' | 'nearest'
  /** Where the channels are: behind the examples (the default), or last. */
  readonly dataFormat?: DataFormat
}

const angleKind = number('a number from 0 to 180', (degrees) => degrees >= 0 && degrees <= 180)

/** For each example and each pixel of the result, in row-major order, the row and column that it comes from. */
const origins = (key: Key, examples: number, h: number, w: number, by: number): readonly [Tensor, Tensor] => {
  const share = Random.uniform(key, [examples, 1])
  const angle: Tensor = mul(sub(mul(share, 2), 1), (by * Math.PI) / 180)
  const pixels = cast(arange(h * w, 'int32'), 'float32')
  const row = floor(mul(add(pixels, 0.5), 1 / w))
  const [y, x]: readonly [Tensor, Tensor] = [sub(row, (h - 1) / 2), sub(sub(pixels, mul(row, w)), (w - 1) / 2)]
  const [c, s] = [cos(angle), sin(angle)]
  return [add(add(mul(s, x), mul(c, y)), (h - 1) / 2), add(sub(mul(c, x), mul(s, y)), (w - 1) / 2)]
}

const rotated = (key: Key, x: Tensor, axes: Axes, by: number, fill: number, isNearest: boolean): Tensor => {
  const [h, w] = [x.shape[axes[0]]!, x.shape[axes[1]]!]
  const [n, ...rest] = x.shape
  const isLast = axes[0] === 1
  const flat = reshape(x, isLast ? [n!, h * w, rest[2]!] : [n!, rest[0]!, h * w])
  /** Numbers for each example and pixel, as they stand beside the flat images. */
  const beside = (each: Tensor): Tensor => expandDims(each, isLast ? 2 : 1)
  const pixel = (row: Tensor, column: Tensor): Tensor => {
    const isIn = [row, column].map((at, i) => logicalAnd(greaterEqual(at, 0), less(at, i === 0 ? h : w)))
    const at = add(mul(clamp(row, { min: 0, max: h - 1 }), w), clamp(column, { min: 0, max: w - 1 }))
    const found = vmap((image: Tensor, places: Tensor): Tensor => gather(image, places, { axis: isLast ? 0 : 1 }))(
      flat,
      cast(at, 'int32')
    )
    return where(beside(logicalAnd(isIn[0]!, isIn[1]!)), found, fill)
  }
  const [y, z] = origins(key, n!, h, w, by)
  if (isNearest) return reshape(pixel(floor(add(y, 0.5)), floor(add(z, 0.5))), x.shape)
  const [row, column] = [floor(y), floor(z)]
  const shares = ([at, from]: readonly [Tensor, Tensor]): readonly [Tensor, Tensor] => [
    sub(1, sub(at, from)),
    sub(at, from)
  ]
  const [ofRow, ofColumn] = [shares([y, row]), shares([z, column])]
  const parts = [0, 1, 2, 3].map((corner) => {
    const [down, right] = [corner >> 1, corner & 1] as const
    const weight = beside(cast(mul(ofRow[down === 0 ? 0 : 1], ofColumn[right === 0 ? 0 : 1]), toFloat(x.dtype)))
    // A corner without weight counts as 0 even beside NaN.
    return where(equal(weight, 0), 0, mul(weight, pixel(add(row, down), add(column, right))))
  })
  return reshape(
    parts.reduce((sum, part) => add(sum, part)),
    x.shape
  )
}

interface Rotate {
  <S extends Shape>(key: Key, images: Tensor<S>, options: RotateOptions): Tensor<S>
  <S extends Shape>(images: Tensor<S>, options: RotateOptions): (key: Key) => Tensor<S>
}

/**
 * Each image turned about its centre by an angle from -by to by degrees, drawn for each example; positive angles turn counter-clockwise. What
 * leaves is lost, and what comes in is `fill`. Integers are rounded to the nearest. Layouts are those of `randomCrop`. Data-last:
 * `randomRotate(images, options)(key)`.
 *
 * @throws RangeError when `by` is not a number from 0 to 180
 *
 * @example
 * import * as Augment from 'pullback/Augment'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const image = T.of([[[0, 1, 0], [0, 1, 0], [0, 1, 0]]])
 * Augment.randomRotate(Random.key(3), image, { by: 60, mode: 'nearest' })
 * // => T.of([[[1, 0, 0], [0, 1, 0], [0, 0, 1]]])
 */
export const randomRotate: Rotate = draw<Rotate>(
  'randomRotate',
  dataAt(
    1,
    options<RotateOptions>('randomRotate', {
      by: angleKind,
      fill: finite,
      mode: oneOf('bilinear', 'nearest'),
      dataFormat: dataFormatKind
    })
  ),
  (key: Key, images: Tensor, { by, fill = 0, mode = 'bilinear', dataFormat }: Partial<RotateOptions> = {}) =>
    onImages('randomRotate', images, dataFormat, (x, axes) => {
      requireKind('randomRotate', 'by', by, angleKind)
      return within('randomRotate', () => {
        const turned = rotated(key, x, axes, by ?? 0, fill, mode === 'nearest')
        return isFloat(x.dtype) || mode === 'nearest' ? turned : cast(round(turned), x.dtype)
      })
    })
)
