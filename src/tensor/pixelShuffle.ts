/** Channels as blocks of pixels, and back. */
import { dualBy, parameter } from '../internal/dual.js'
import { options, positiveCount, requireKind } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import type { Resized } from '../shape/layout.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import { type ImageOptions, dataFormatKind, onImages } from './dataFormat.js'
import { type Tensor, isTensor } from './model.js'
import { permuteTo, reshapeTo } from './structural.js'

/** A function of images and a factor, dual by what comes first. */
interface Shuffle {
  <S extends Shape>(x: Tensor<S>, factor: number, options?: ImageOptions): Tensor<Resized<S>>
  (factor: number, options?: ImageOptions): <S extends Shape>(x: Tensor<S>) => Tensor<Resized<S>>
}

/** Makes an exchange of channels and pixels, which is given images with their channels in front, their shape apart, and the factor. */
/* @__NO_SIDE_EFFECTS__ */
const shuffle = (
  name: string,
  exchange: (
    x: Tensor,
    lead: Shape,
    sizes: readonly [c: number, h: number, w: number],
    r: number,
    shape: Shape
  ) => Tensor
): Shuffle => {
  const check = options<ImageOptions>(name, { dataFormat: dataFormatKind })
  const isDataFirst = ([first, ...rest]: readonly unknown[]): boolean => {
    if (isTensor(first)) return true
    parameter(name, requireFactor)(first)
    check(rest[0])
    return false
  }
  return dualBy<Shuffle>(isDataFirst, (x: Tensor, r: number, given: ImageOptions = {}) => {
    requireTensor(name, x)
    requireFactor(name, r)
    check(given)
    const { dataFormat } = given
    if (x.shape.length < 3) {
      const expected = dataFormat === 'NHWC' ? '[N, H, W, C] or [H, W, C]' : '[N, C, H, W] or [C, H, W]'
      throw new ShapeError(name, [x.shape], `the shape is ${show(x.shape)}; expected ${expected}`)
    }
    return onImages(x, 2, dataFormat, (images) => {
      const [c = 0, h = 0, w = 0] = images.shape.slice(-3)
      return exchange(images, images.shape.slice(0, -3), [c, h, w], r, x.shape)
    })
  })
}

const requireFactor = (operation: string, factor: unknown): void =>
  requireKind(operation, 'factor', factor, positiveCount)

/** The order of axes in which the last five are permuted. */
const orderOfLast = (lead: Shape, five: readonly number[]): readonly number[] => [
  ...lead.keys(),
  ...five.map((axis) => lead.length + axis)
]

/**
 * Each `factor^2` channels as one of blocks of `factor` by `factor` pixels: `[..., C r^2, H, W]` becomes `[..., C, H r, W r]`, with
 * `y[c, h r + i, w r + j] = x[c r^2 + i r + j, h, w]`. Its inverse and its transpose is `pixelUnshuffle`. With `dataFormat: 'NHWC'` channels are
 * last, in the same order.
 *
 * @throws ShapeError when there are fewer than three axes, or the square of the factor does not divide the channels
 *
 * W. Shi et al., Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural
 * Network, CVPR 2016.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[[1]], [[2]], [[3]], [[4]]])
 * T.pixelShuffle(x, 2) // => T.of([[[1, 2], [3, 4]]])
 * pipe(T.zeros([8, 12, 5, 5]), T.pixelShuffle(2)).shape // => [8, 3, 10, 10]
 */
export const pixelShuffle: Shuffle = shuffle('pixelShuffle', (x, lead, [c, h, w], r, shape) => {
  if (c % (r * r) !== 0) {
    const rule = `factor is ${r}; for the ${c} channels of shape ${show(shape)}, expected one whose square divides ${c}`
    throw new ShapeError('pixelShuffle', [shape], rule)
  }
  const apart = reshapeTo(x, [...lead, c / (r * r), r, r, h, w])
  return reshapeTo(permuteTo(apart, orderOfLast(lead, [0, 3, 1, 4, 2])), [...lead, c / (r * r), h * r, w * r])
})

/**
 * Each block of `factor` by `factor` pixels as `factor^2` channels of one pixel: `[..., C, H r, W r]` becomes `[..., C r^2, H, W]`, the inverse of
 * `pixelShuffle`.
 *
 * @throws ShapeError when there are fewer than three axes, or the factor does not divide the height and the width
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.pixelUnshuffle(T.of([[[1, 2], [3, 4]]]), 2) // => T.of([[[1]], [[2]], [[3]], [[4]]])
 * pipe(T.zeros([8, 3, 10, 10]), T.pixelUnshuffle(2)).shape // => [8, 12, 5, 5]
 */
export const pixelUnshuffle: Shuffle = shuffle('pixelUnshuffle', (x, lead, [c, h, w], r, shape) => {
  if (h % r !== 0 || w % r !== 0) {
    const rule = `factor is ${r}; for the ${h} by ${w} pixels of shape ${show(shape)}, expected a divisor of both`
    throw new ShapeError('pixelUnshuffle', [shape], rule)
  }
  const apart = reshapeTo(x, [...lead, c, h / r, r, w / r, r])
  return reshapeTo(permuteTo(apart, orderOfLast(lead, [0, 2, 4, 1, 3])), [...lead, c * r * r, h / r, w / r])
})
