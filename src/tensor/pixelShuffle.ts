/** Channels as blocks of pixels, and back. */
import { dual, parameter } from '../internal/dual.js'
import { positiveCount, requireKind } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import type { Resized } from '../shape/layout.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import type { Tensor } from './model.js'
import { permuteTo, reshapeTo } from './structural.js'

/** A function of images and a factor, dual by what comes first. */
interface Shuffle {
  <S extends Shape>(x: Tensor<S>, factor: number): Tensor<Resized<S>>
  (factor: number): <S extends Shape>(x: Tensor<S>) => Tensor<Resized<S>>
}

const requireFactor = (operation: string, factor: unknown): void =>
  requireKind(operation, 'factor', factor, positiveCount)

/** The axes in front of images, and their sizes. */
const imagesOf = (
  operation: string,
  x: Tensor,
  factor: number
): readonly [lead: Shape, c: number, h: number, w: number] => {
  requireTensor(operation, x)
  requireFactor(operation, factor)
  const rank = x.shape.length
  if (rank < 3)
    throw new ShapeError(operation, [x.shape], `the shape is ${show(x.shape)}; expected [N, C, H, W] or [C, H, W]`)
  return [x.shape.slice(0, -3), x.shape[rank - 3]!, x.shape[rank - 2]!, x.shape[rank - 1]!]
}

/* @__NO_SIDE_EFFECTS__ */
const shuffle = (operation: string, body: (x: Tensor, r: number) => Tensor): Shuffle =>
  dual<Shuffle>(body, 2, parameter(operation, requireFactor))

/** The order of axes in which the last five are permuted. */
const orderOfLast = (lead: Shape, five: readonly number[]): readonly number[] => [
  ...lead.keys(),
  ...five.map((axis) => lead.length + axis)
]

/**
 * Each `factor^2` channels as one of blocks of `factor` by `factor` pixels: `[..., C r^2, H, W]` becomes `[..., C, H r, W r]`, with
 * `y[c, h r + i, w r + j] = x[c r^2 + i r + j, h, w]`. Its inverse and its transpose is `pixelUnshuffle`.
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
export const pixelShuffle: Shuffle = shuffle('pixelShuffle', (x, r) => {
  const [lead, c, h, w] = imagesOf('pixelShuffle', x, r)
  if (c % (r * r) !== 0) {
    const rule = `factor is ${r}; for the ${c} channels of shape ${show(x.shape)}, expected one whose square divides ${c}`
    throw new ShapeError('pixelShuffle', [x.shape], rule)
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
export const pixelUnshuffle: Shuffle = shuffle('pixelUnshuffle', (x, r) => {
  const [lead, c, h, w] = imagesOf('pixelUnshuffle', x, r)
  if (h % r !== 0 || w % r !== 0) {
    const rule = `factor is ${r}; for the ${h} by ${w} pixels of shape ${show(x.shape)}, expected a divisor of both`
    throw new ShapeError('pixelUnshuffle', [x.shape], rule)
  }
  const apart = reshapeTo(x, [...lead, c, h / r, r, w / r, r])
  return reshapeTo(permuteTo(apart, orderOfLast(lead, [0, 2, 4, 1, 3])), [...lead, c * r * r, h / r, w / r])
})
