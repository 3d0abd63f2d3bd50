/** Augmentations that mix examples, and their targets with them. */
import { type FloatDType, toFloat } from '../DType.js'
import { dataAt } from '../internal/dual.js'
import { notNegative, options } from '../internal/options.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import { draw } from '../random/dataLast.js'
import type { Key } from '../random/model.js'
import * as Random from '../Random.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import {
  add,
  cast,
  cos,
  div,
  floor,
  gather,
  log,
  log1p,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  sigmoid,
  sqrt,
  sub,
  where
} from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { within } from '../transform/scope.js'
import {
  type DataFormat,
  type Part,
  dataFormatKind,
  inside,
  integersBelow,
  perExample,
  requireBatch
} from './images.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of `mixup`.
 *
 * @example
 * import type { MixupOptions } from 'pullback/Augment'
 *
 * const options: MixupOptions = { alpha: 0.2 }
 * options.alpha // => 0.2
 */
export interface MixupOptions {
  /** The share of an example is drawn from Beta(alpha, alpha); 1 by default: all shares alike. With 0 nothing is mixed. */
  readonly alpha?: number
}

/**
 * The options of `cutmix`.
 *
 * @example
 * import type { CutmixOptions } from 'pullback/Augment'
 *
 * const options: CutmixOptions = { dataFormat: 'NHWC' }
 * options.dataFormat // => 'NHWC'
 */
export interface CutmixOptions extends MixupOptions {
  /** Where the channels are: behind the examples (the default), or last. */
  readonly dataFormat?: DataFormat
}

// -----------------------------------------------------------------------------
// mixtures
// -----------------------------------------------------------------------------

/**
 * Numbers of Beta(a, a), without rejection. For b = a + 1 > 1/2, (1 + r) / 2 has Beta(b, b) where r = sqrt(1 - u^(2 / (2 b - 1))) cos(2 pi v)
 * (G. Ulrich, Computer generation of distributions on the m-sphere, Applied Statistics 33, 1984); with G(a) = G(a + 1) u^(1 / a) for
 * Gamma numbers, its odds times (u / v)^(1 / a) are those of Beta(a, a).
 */
export const symmetricBeta = (key: Key, a: number, examples: number, dtype: FloatDType): Tensor => {
  const keys = Random.split(key, 4)
  const unit = (i: 0 | 1 | 2 | 3): Tensor => Random.uniform(keys[i], [examples], { dtype })
  const above = (i: 0 | 1 | 2 | 3): Tensor => add(unit(i), dtype === 'float32' ? 2 ** -25 : 2 ** -54)
  const r = mul(sqrt(sub(1, minimum(pow(above(0), 2 / (2 * a + 1)), 1))), cos(mul(unit(1), 2 * Math.PI)))
  const odds = sub(log1p(r), log1p(neg(r)))
  return sigmoid(add(odds, div(sub(log(above(2)), log(above(3))), a)))
}

const requirePair = (operation: string, images: Tensor, targets: Tensor): number => {
  requireTensor(operation, images, 'the argument images')
  requireTensor(operation, targets, 'the argument targets')
  if (targets.dtype === 'int32' || targets.dtype === 'bool') {
    const remedy = 'pass class indices through T.oneHot(labels, classes)'
    throw new DTypeError(operation, `the targets are ${targets.dtype}; expected float32 or float64, ${remedy}`)
  }
  const [n] = images.shape
  if (n !== undefined && targets.shape[0] === n) return n
  throw new ShapeError(
    operation,
    [images.shape, targets.shape],
    `the shapes of images and targets are ${show(images.shape)} and ${show(targets.shape)}; expected one target for each image`
  )
}

/** The examples with a share each, and others with what is left. */
const blend = (x: Tensor, others: Tensor, part: Tensor): Tensor => {
  const shares = perExample(part, x.shape.length)
  return add(mul(shares, x), mul(sub(1, shares), others))
}

interface Mix<O> {
  <X extends Shape, Y extends Shape>(
    key: Key,
    images: Tensor<X>,
    targets: Tensor<Y>,
    options?: O
  ): readonly [images: Tensor<X>, targets: Tensor<Y>]
  <X extends Shape, Y extends Shape>(
    images: Tensor<X>,
    targets: Tensor<Y>,
    options?: O
  ): (key: Key) => readonly [images: Tensor<X>, targets: Tensor<Y>]
}

type Mixture = readonly [images: Tensor, targets: Tensor]

/** Mixes each example with the one in its place in an order that is drawn; `mix` gives the images, and the shares of the first targets. */
const mixed = (
  operation: string,
  key: Key,
  images: Tensor,
  targets: Tensor,
  alpha: number,
  mix: (others: Tensor, shares: Tensor, key: Key) => readonly [images: Tensor, shares: Tensor]
): Mixture => {
  const n = requirePair(operation, images, targets)
  if (alpha === 0) return [images, targets]
  return within(operation, () => {
    const [forOrder, forShares, forMix] = Random.split(key, 3)
    const order = Random.permutation(forOrder, n)
    const shares = symmetricBeta(forShares, alpha, n, toFloat(images.dtype))
    const [result, part] = mix(gather(images, order, { axis: 0 }), shares, forMix)
    return [result, blend(targets, gather(targets, order, { axis: 0 }), cast(part, toFloat(targets.dtype)))]
  })
}

/**
 * Mixes each example with another of the batch, s x + (1 - s) x', and its target alike, s t + (1 - s) t'. The shares s are drawn from
 * Beta(alpha, alpha), one for each example; the others are the batch in an order that is drawn. Images have shape [N, ...], and targets, such
 * as one-hot rows, are floats of shape [N, ...]. Gives images and targets. Data-last: `mixup(images, targets, options)(key)`.
 *
 * H. Zhang, M. Cisse, Y. N. Dauphin and D. Lopez-Paz, mixup: Beyond Empirical Risk Minimization, ICLR 2018, where one share is drawn for
 * the whole batch.
 *
 * @throws DTypeError when the targets are integers, such as class indices
 * @throws ShapeError when there is not one target for each image
 *
 * @example
 * import * as Augment from 'pullback/Augment'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const images = T.of([[0], [1], [2]])
 * const labels = T.oneHot(T.of([0, 1, 2], 'int32'), 3)
 * const [mixed, targets] = Augment.mixup(Random.key(0), images, labels)
 * T.isClose(T.matmul(targets, images), mixed) // => true
 * T.isClose(T.sum(targets, { axis: 1 }), T.ones([3])) // => true
 */
export const mixup: Mix<MixupOptions> = draw<Mix<MixupOptions>>(
  'mixup',
  dataAt(2, options<MixupOptions>('mixup', { alpha: notNegative })),
  (key: Key, images: Tensor, targets: Tensor, { alpha = 1 }: MixupOptions = {}): Mixture =>
    mixed('mixup', key, images, targets, alpha, (others, shares) => [blend(images, others, shares), shares])
)

/**
 * Pastes a box of another image of the batch into each image, and mixes the targets by areas. The share s is drawn from Beta(alpha, alpha);
 * the box has sides of floor(H sqrt(1 - s)) and floor(W sqrt(1 - s)) pixels, its centre is any pixel, and what reaches over the border is cut
 * off. Targets count with what is left, 1 - area / (H W). All is drawn for each example. For [N, C, H, W], or [N, H, W, C] with
 * `dataFormat: 'NHWC'`; targets as in `mixup`. Data-last: `cutmix(images, targets, options)(key)`.
 *
 * S. Yun, D. Han, S. J. Oh, S. Chun, J. Choe and Y. Yoo, CutMix, ICCV 2019, where one box is drawn for the whole batch.
 *
 * @throws DTypeError when the targets are integers, such as class indices
 * @throws ShapeError when there is not one target for each image
 *
 * @example
 * import * as Augment from 'pullback/Augment'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const images = T.reshape(T.of([0, 1]), [2, 1, 1, 1])
 * const whole = T.broadcastTo(images, [2, 1, 8, 8])
 * const [mixed, targets] = Augment.cutmix(Random.key(0), whole, T.of([0, 1]))
 * T.isClose(T.mean(mixed, { axis: [1, 2, 3] }), targets) // => true
 */
export const cutmix: Mix<CutmixOptions> = draw<Mix<CutmixOptions>>(
  'cutmix',
  dataAt(2, options<CutmixOptions>('cutmix', { alpha: notNegative, dataFormat: dataFormatKind })),
  (key: Key, images: Tensor, targets: Tensor, { alpha = 1, dataFormat = 'NCHW' }: CutmixOptions = {}): Mixture => {
    requireTensor('cutmix', images, 'the argument images')
    const axes = requireBatch('cutmix', images, dataFormat, false)
    return mixed('cutmix', key, images, targets, alpha, (others, shares, forBox) => {
      const keys = Random.split(forBox)
      const ratio = sqrt(sub(1, shares))
      const part = (i: 0 | 1): Part => {
        const n = images.shape[axes[i]]!
        const length = floor(mul(ratio, n))
        const centre = cast(integersBelow(keys[i], n, images.shape[0]!), ratio.dtype)
        const from = sub(centre, floor(mul(length, 0.5)))
        return { from: maximum(from, 0), to: minimum(add(from, length), n) }
      }
      const parts = [part(0), part(1)] as const
      const lengths = parts.map(({ from, to }) => sub(to, from))
      const area = mul(lengths[0]!, lengths[1]!)
      const whole = images.shape[axes[0]]! * images.shape[axes[1]]!
      return [where(inside(images.shape, axes, parts), others, images), sub(1, div(area, whole))]
    })
  }
)
