/** Normalisation of the channels of images: over a batch, an image, a group of channels, neighbouring channels. */
import { tensorKind } from '../internal/require.js'
import { describe } from '../internal/describe.js'
import { dataFirst } from '../internal/dual.js'
import { checkedLater, finite, options, positiveCount, notNegative } from '../internal/options.js'
import { type Shape, ShapeError, normalizeAxis, show } from '../shape/model.js'
import { countOver } from './alongBlock.js'
import { add, mul, square } from './arithmetic.js'
import type { Preserving } from './dataFirst.js'
import { type DataFormat, type ImageOptions, dataFormatKind, onImages } from './dataFormat.js'
import type { Tensor } from './model.js'
import { type Rescaling, across, asFloat, rescaled, standardised, standardisedOver } from './normalisation.js'
import { pow } from './power.js'
import { along, place, take } from './stridedWindow.js'
import { reshapeTo } from './structural.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of `batchNorm`.
 *
 * @example
 * import type { BatchNormOptions } from 'pullback/Tensor'
 * import * as T from 'pullback/Tensor'
 *
 * const evaluation: BatchNormOptions = { mean: T.of([2]), variance: T.of([4]), epsilon: 0 }
 * T.batchNorm(T.of([[4], [0]]), evaluation) // => T.of([[1], [-1]])
 */
export interface BatchNormOptions extends Rescaling {
  /** The axis of the channels; 1 by default. */
  readonly axis?: number
  /** The mean of each channel, with `variance`; by default that of the batch. */
  readonly mean?: Tensor
  /** The variance of each channel, with `mean`; by default that of the batch. */
  readonly variance?: Tensor
  /** The number that is added to the variance; 1e-5 by default. */
  readonly epsilon?: number
}

/**
 * The options of `instanceNorm`.
 *
 * @example
 * import type { InstanceNormOptions } from 'pullback/Tensor'
 *
 * const exact: InstanceNormOptions = { epsilon: 0 }
 * exact.epsilon // => 0
 */
export interface InstanceNormOptions extends Rescaling, ImageOptions {
  /** The number that is added to the variance; 1e-5 by default. */
  readonly epsilon?: number
}

/**
 * The options of `groupNorm`.
 *
 * @example
 * import type { GroupNormOptions } from 'pullback/Tensor'
 *
 * const pairs: GroupNormOptions = { groups: 2 }
 * pairs.groups // => 2
 */
export interface GroupNormOptions extends Rescaling, ImageOptions {
  /** The number of groups, which divides the number of channels. */
  readonly groups: number
  /** The number that is added to the variance; 1e-5 by default. */
  readonly epsilon?: number
}

/**
 * The options of `localResponseNorm`.
 *
 * @example
 * import type { LocalResponseNormOptions } from 'pullback/Tensor'
 *
 * const alexNet: LocalResponseNormOptions = { size: 5, alpha: 5e-4, k: 2 }
 * alexNet.size // => 5
 */
export interface LocalResponseNormOptions extends ImageOptions {
  /** The number of neighbouring channels. */
  readonly size: number
  /** The factor of the mean of squares; 1e-4 by default. */
  readonly alpha?: number
  /** The exponent; 0.75 by default. */
  readonly beta?: number
  /** The summand; 1 by default. */
  readonly k?: number
}

/** A function of a tensor and options of which some are required, dual by what comes first. */
interface Normalisation<Options> {
  <S extends Shape>(x: Tensor<S>, options: Options): Tensor<S>
  (options: Options): <S extends Shape>(x: Tensor<S>) => Tensor<S>
}

/** Refuses shapes of too few axes, and gives images with their channels second to a normalisation, with their own shape for its errors. */
const onChannels = (
  operation: string,
  x: Tensor,
  least: 2 | 3,
  format: DataFormat | undefined,
  normalise: (images: Tensor, shape: Shape) => Tensor
): Tensor => {
  const { shape } = x
  if (shape.length >= least) return onImages(x, shape.length - 2, format, (images) => normalise(images, shape))
  const two = format === 'NHWC' ? '[N, ..., C]' : '[N, C, ...]'
  const three = format === 'NHWC' ? '[N, L, C], [N, H, W, C] or more axes' : '[N, C, L], [N, C, H, W] or more axes'
  throw new ShapeError(operation, [shape], `the shape is ${show(shape)}; expected ${least === 2 ? two : three}`)
}

/** Checks an option that has no default. */
const requireGiven = (operation: string, name: string, value: number | undefined): void => {
  if (value !== undefined) return
  throw new TypeError(`${operation}: ${name} is missing; expected an integer of 1 or more such as { ${name}: 2 }`)
}

const axesFrom = (first: number, shape: Shape): readonly number[] =>
  shape.flatMap((_, axis) => (axis < first ? [] : [axis]))

/** Refuses statistics of single values, whose variance is 0 whatever they are. */
const requireSeveral = (operation: string, shape: Shape, count: number, rule: string): void => {
  if (count > 1) return
  throw new ShapeError(
    operation,
    [shape],
    `a channel has ${count} value${count === 1 ? '' : 's'} in shape ${show(shape)}; ${rule}`
  )
}

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/**
 * Each channel with mean 0 and variance 1: `(x - mean) / sqrt(variance + epsilon) * scale + shift`, for `[N, C, ...]` or channels
 * on another `axis`. Statistics, scale and shift have shape `[C]`.
 *
 * Without `mean` and `variance`, which is training, they are taken over all axes but that of the channels: the variance is
 * that of `variance`, divided by the number of values, and derivatives go through both. A layer that keeps running statistics computes them
 * with `T.mean` and `T.variance`. Integers become float32.
 *
 * @throws ShapeError when channels of one value have to give a variance, as with a batch of one vector, or when statistics,
 * scale or shift have another shape
 *
 * S. Ioffe and C. Szegedy, Batch Normalization, ICML 2015.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[1, 10], [3, 30]])
 * T.batchNorm(x, { epsilon: 0 }) // => T.of([[-1, -1], [1, 1]])
 * pipe(x, T.batchNorm({ mean: T.of([1, 10]), variance: T.of([4, 100]), epsilon: 0 })) // ≈ Tensor<[2, 2], float32> [[0, 0], [1, 2]]
 * T.batchNorm(T.zeros([1, 3])) // throws batchNorm: a channel has 1 value in shape [1, 3]; expected 2 or more, or mean and variance
 */
export const batchNorm: Preserving<BatchNormOptions> = dataFirst(
  options<BatchNormOptions>('batchNorm', {
    axis: checkedLater,
    mean: tensorKind,
    variance: tensorKind,
    epsilon: notNegative,
    scale: tensorKind,
    shift: tensorKind
  }),
  (given: Tensor, { axis = 1, mean, variance, epsilon = 1e-5, ...rest }: BatchNormOptions = {}) => {
    const x = asFloat(given)
    const channel = normalizeAxis('batchNorm', axis, x.shape)
    if ((mean === undefined) !== (variance === undefined)) {
      const [missing, other] = mean === undefined ? ['mean', 'variance'] : ['variance', 'mean']
      throw new TypeError(`batchNorm: ${missing} is missing; expected it with ${other}, or neither`)
    }
    const channels = [channel]
    if (mean !== undefined && variance !== undefined) {
      const [m, v] = [mean, asFloat(variance)].map((each, i) =>
        across('batchNorm', i === 0 ? 'mean' : 'variance', each, x.shape, channels)
      )
      return rescaled('batchNorm', standardised(x, m!, v!, epsilon), channels, rest)
    }
    const axes = axesFrom(0, x.shape).filter((each) => each !== channel)
    requireSeveral('batchNorm', x.shape, countOver(x.shape, axes), 'expected 2 or more, or mean and variance')
    return rescaled('batchNorm', standardisedOver(x, axes, epsilon), channels, rest)
  }
)

/**
 * Each channel of each image with mean 0 and variance 1: `layerNorm` over the axes behind the second, for `[N, C, L]`, `[N, C, H, W]`
 * and so on. `scale` and `shift` have shape `[C]`. Integers become float32.
 *
 * @throws ShapeError when there are fewer than three axes or one value per channel, or when scale or shift have another shape
 *
 * D. Ulyanov, A. Vedaldi and V. Lempitsky, Instance Normalization, 2016.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[[1, 3], [20, 10]]])
 * T.instanceNorm(x, { epsilon: 0 }) // ≈ Tensor<[1, 2, 2], float32> [[[-1, 1], [1, -1]]]
 * pipe(x, T.instanceNorm({ shift: T.of([0, 1]), epsilon: 0 })) // ≈ Tensor<[1, 2, 2], float32> [[[-1, 1], [2, 0]]]
 */
export const instanceNorm: Preserving<InstanceNormOptions> = dataFirst(
  options<InstanceNormOptions>('instanceNorm', {
    epsilon: notNegative,
    scale: tensorKind,
    shift: tensorKind,
    dataFormat: dataFormatKind
  }),
  (given: Tensor, { epsilon = 1e-5, dataFormat, ...rest }: InstanceNormOptions = {}) =>
    onChannels('instanceNorm', given, 3, dataFormat, (x, shape) => {
      const axes = axesFrom(2, x.shape)
      requireSeveral('instanceNorm', shape, countOver(x.shape, axes), 'expected 2 or more')
      return rescaled('instanceNorm', standardisedOver(asFloat(x), axes, epsilon), [1], rest)
    })
)

/**
 * Each group of neighbouring channels of each image with mean 0 and variance 1, for `[N, C, ...]`: one group is `layerNorm` over
 * all axes but the first, `C` groups are `instanceNorm`. `scale` and `shift` have shape `[C]`. Integers become float32.
 *
 * @throws ShapeError when the groups do not divide the channels, or when scale or shift have another shape
 *
 * Y. Wu and K. He, Group Normalization, ECCV 2018.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[1, 3, 20, 10]])
 * T.groupNorm(x, { groups: 2, epsilon: 0 }) // ≈ Tensor<[1, 4], float32> [[-1, 1, 1, -1]]
 * pipe(x, T.groupNorm({ groups: 3 })) // throws groupNorm: groups is 3; for the 4 channels of shape [1, 4], expected a divisor
 */
export const groupNorm: Normalisation<GroupNormOptions> = dataFirst(
  options<GroupNormOptions>('groupNorm', {
    groups: positiveCount,
    epsilon: notNegative,
    scale: tensorKind,
    shift: tensorKind,
    dataFormat: dataFormatKind
  }),
  (given: Tensor, { groups, epsilon = 1e-5, dataFormat, ...rest }: Partial<GroupNormOptions> = {}) => {
    requireGiven('groupNorm', 'groups', groups)
    return onChannels('groupNorm', given, 2, dataFormat, (x, shape) => {
      const [examples = 0, channels = 0, ...behind] = x.shape
      const each = channels / (groups ?? 1)
      if (!Number.isInteger(each)) {
        const rule = `groups is ${describe(groups)}; for the ${channels} channels of shape ${show(shape)}, expected a divisor`
        throw new ShapeError('groupNorm', [shape], rule)
      }
      const apart = reshapeTo(asFloat(x), [examples, groups ?? 1, each, ...behind])
      const standard = standardisedOver(apart, axesFrom(2, apart.shape), epsilon)
      return rescaled('groupNorm', reshapeTo(standard, x.shape), [1], rest)
    })
  }
)

/**
 * Each value divided by a power of the squares of its neighbours in other channels, for `[N, C, ...]`:
 * `x / (k + alpha / size * sum x_j^2)^beta`, over the `size` channels `j` from `c - floor(size / 2)` on; what lies outside counts
 * as 0. As in PyTorch, `alpha` is divided by `size`. Integers become float32.
 *
 * @throws ShapeError when there are fewer than two axes
 *
 * A. Krizhevsky, I. Sutskever and G. E. Hinton, ImageNet Classification with Deep Convolutional Neural Networks, NeurIPS 2012.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[3, 0, 4]])
 * T.localResponseNorm(x, { size: 3, alpha: 3, beta: 1, k: 0 }) // ≈ Tensor<[1, 3], float32> [[0.3333, 0, 0.25]]
 * pipe(x, T.localResponseNorm({ size: 1, alpha: 1, beta: 0.5, k: 9 })) // ≈ Tensor<[1, 3], float32> [[0.7071, 0, 0.8]]
 */
export const localResponseNorm: Normalisation<LocalResponseNormOptions> = dataFirst(
  options<LocalResponseNormOptions>('localResponseNorm', {
    size: positiveCount,
    alpha: finite,
    beta: finite,
    k: finite,
    dataFormat: dataFormatKind
  }),
  (given: Tensor, { size, alpha = 1e-4, beta = 0.75, k = 1, dataFormat }: Partial<LocalResponseNormOptions> = {}) => {
    requireGiven('localResponseNorm', 'size', size)
    return onChannels('localResponseNorm', given, 2, dataFormat, (images) => {
      const x = asFloat(images)
      const near = add(mul(overNeighbours(square(x), size ?? 1), alpha / (size ?? 1)), k)
      return mul(x, pow(near, -beta))
    })
  }
)

/** The sum of `size` neighbouring channels around each, without those that lie outside. */
const overNeighbours = (x: Tensor, size: number): Tensor => {
  const channels = x.shape[1]!
  const first = Math.max(-Math.floor(size / 2), 1 - channels)
  const last = Math.min(Math.floor((size - 1) / 2), channels - 1)
  const moved = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
    const by = first + i
    const kept = take(x, along(x.shape, 1, Math.max(by, 0), channels - Math.abs(by)))
    return place(kept, { ...along(x.shape, 1, Math.max(-by, 0), kept.shape[1]!), shape: x.shape, value: 0 })
  })
  return moved.length === 0 ? x : moved.reduce((sum, each) => add(sum, each))
}
