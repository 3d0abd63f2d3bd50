/** Normalisation along axes: by mean and variance, by root mean square, by length. */
import { tensorKind } from '../internal/require.js'
import { epsilon as unitOf, toFloat } from '../DType.js'
import { dataFirst } from '../internal/dual.js'
import { checkedLater, options, notNegative } from '../internal/options.js'
import { type Shape, ShapeError, equals, normalizeAxes, show } from '../shape/model.js'
import type { Axes } from '../shape/static.js'
import { keepAxes } from './alongBlock.js'
import { add, div, mul, square, sub } from './arithmetic.js'
import type { Preserving } from './dataFirst.js'
import { maximum } from './minMaxOfTwo.js'
import type { Tensor } from './model.js'
import { meanOver } from './reduce.js'
import { rsqrt } from './root.js'
import { norm, variance as varianceOf } from './statistics.js'
import { cast, reshapeTo } from './structural.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * What normalisations do with the normalised values: `scale` and `shift` are PyTorch's `weight` and `bias`.
 *
 * @example
 * import type { Rescaling } from 'pullback/Tensor'
 * import * as T from 'pullback/Tensor'
 *
 * const doubled: Rescaling = { scale: T.of([2, 2]) }
 * T.layerNorm(T.of([-3, 3]), doubled) // ≈ Tensor<[2], float32> [-2, 2]
 */
export interface Rescaling {
  /** What the normalised values are multiplied by; nothing by default. */
  readonly scale?: Tensor
  /** What is added then; nothing by default. */
  readonly shift?: Tensor
}

/**
 * The options of `layerNorm`.
 *
 * @example
 * import type { LayerNormOptions } from 'pullback/Tensor'
 *
 * const overImages: LayerNormOptions = { axis: [1, 2, 3] }
 * overImages.axis // => [1, 2, 3]
 */
export interface LayerNormOptions extends Rescaling {
  /** The axis or axes over which mean and variance are taken; -1 by default. */
  readonly axis?: Axes
  /** The number that is added to the variance; 1e-5 by default. */
  readonly epsilon?: number
}

/**
 * The options of `rmsNorm`.
 *
 * @example
 * import type { RmsNormOptions } from 'pullback/Tensor'
 *
 * const usual: RmsNormOptions = { epsilon: 1e-6 }
 * usual.epsilon // => 0.000001
 */
export interface RmsNormOptions {
  /** The axis or axes over which the mean of squares is taken; -1 by default. */
  readonly axis?: Axes
  /** The number that is added to the mean of squares; by default the distance from 1 to the next number of the type. */
  readonly epsilon?: number
  /** What the normalised values are multiplied by; nothing by default. */
  readonly scale?: Tensor
}

/**
 * The options of `l2Normalize`.
 *
 * @example
 * import type { L2NormalizeOptions } from 'pullback/Tensor'
 *
 * const columns: L2NormalizeOptions = { axis: 0 }
 * columns.axis // => 0
 */
export interface L2NormalizeOptions {
  /** The axis or axes whose vectors get length 1; -1 by default. */
  readonly axis?: Axes
  /** The least number to divide by; 1e-12 by default. */
  readonly epsilon?: number
}

// -----------------------------------------------------------------------------
// parts
// -----------------------------------------------------------------------------

/** The tensor as floats. */
export const asFloat = (x: Tensor): Tensor => cast(x, toFloat(x.dtype))

/** A tensor with a value for each place along some axes of a shape, so that it broadcasts to that shape. */
export const across = (operation: string, name: string, y: Tensor, shape: Shape, axes: readonly number[]): Tensor => {
  const expected = axes.map((axis) => shape[axis]!)
  if (!equals(y.shape, expected)) {
    const place = axes.length === 1 ? `axis ${axes[0]!}` : `axes ${show(axes)}`
    const rule = `${name} has shape ${show(y.shape)}; along ${place} of shape ${show(shape)}, expected ${show(expected)}`
    throw new ShapeError(operation, [shape, y.shape], rule)
  }
  return reshapeTo(
    y,
    shape.map((n, axis) => (axes.includes(axis) ? n : 1))
  )
}

/** The values times the scale plus the shift, which have a value for each place along the axes. */
export const rescaled = (operation: string, x: Tensor, axes: readonly number[], given: Rescaling): Tensor => {
  const { scale, shift } = given
  const scaled = scale === undefined ? x : mul(x, across(operation, 'scale', scale, x.shape, axes))
  return shift === undefined ? scaled : add(scaled, across(operation, 'shift', shift, x.shape, axes))
}

/** `(x - mean) / sqrt(variance + epsilon)`, for statistics that broadcast to the shape. */
export const standardised = (x: Tensor, mean: Tensor, variance: Tensor, epsilon: number): Tensor =>
  mul(sub(x, mean), rsqrt(add(variance, epsilon)))

/** The same with the tensor's own mean and variance over axes. */
export const standardisedOver = (x: Tensor, axes: readonly number[], epsilon: number): Tensor => {
  const mean = reshapeTo(meanOver(x, axes), keepAxes(x.shape, axes))
  return standardised(x, mean, varianceOf(x, { axis: axes, keepDims: true }), epsilon)
}

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/**
 * Each vector along an axis with mean 0 and variance 1: `(x - mean) / sqrt(variance + epsilon) * scale + shift`, with mean and
 * variance over `axis`, the last one by default. `scale` and `shift` have the sizes of these axes.
 *
 * The variance is that of `variance`, divided by the number of values. Integers become float32. A scale or shift of another
 * shape throws a `ShapeError`.
 * J. L. Ba, J. R. Kiros and G. E. Hinton, Layer Normalization, 2016.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[1, 3], [10, 30]])
 * T.layerNorm(x, { epsilon: 0 }) // => T.of([[-1, 1], [-1, 1]])
 * pipe(x, T.layerNorm({ axis: -1, epsilon: 0, scale: T.of([2, 3]), shift: T.of([0, 1]) })) // => T.of([[-2, 4], [-2, 4]])
 */
export const layerNorm: Preserving<LayerNormOptions> = dataFirst(
  options<LayerNormOptions>('layerNorm', {
    axis: checkedLater,
    epsilon: notNegative,
    scale: tensorKind,
    shift: tensorKind
  }),
  (x: Tensor, given: LayerNormOptions = {}) => {
    const axes = normalizeAxes('layerNorm', given.axis ?? -1, x.shape)
    return rescaled('layerNorm', standardisedOver(asFloat(x), axes, given.epsilon ?? 1e-5), axes, given)
  }
)

/**
 * Each vector along an axis divided by its root mean square: `x / sqrt(mean(x^2) + epsilon) * scale`, with the mean over
 * `axis`, the last one by default. `scale` has the sizes of these axes.
 *
 * Integers become float32. A scale of another shape throws a `ShapeError`.
 * B. Zhang and R. Sennrich, Root Mean Square Layer Normalization, NeurIPS 2019.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.rmsNorm(T.of([2, -2]), { epsilon: 0 }) // => T.of([1, -1])
 * pipe(T.of([[3, 3], [0, 0]]), T.rmsNorm({ scale: T.of([1, 5]) })) // ≈ Tensor<[2, 2], float32> [[1, 5], [0, 0]]
 */
export const rmsNorm: Preserving<RmsNormOptions> = dataFirst(
  options<RmsNormOptions>('rmsNorm', { axis: checkedLater, epsilon: notNegative, scale: tensorKind }),
  (given: Tensor, { axis = -1, epsilon = unitOf(toFloat(given.dtype)), ...rest }: RmsNormOptions = {}) => {
    const x = asFloat(given)
    const axes = normalizeAxes('rmsNorm', axis, x.shape)
    const mean = reshapeTo(meanOver(square(x), axes), keepAxes(x.shape, axes))
    return rescaled('rmsNorm', mul(x, rsqrt(add(mean, epsilon))), axes, rest)
  }
)

/**
 * Each vector along an axis divided by its Euclidean length: `x / max(norm(x), epsilon)`, over `axis`, the last one by default.
 *
 * A vector shorter than `epsilon` is divided by `epsilon` instead, so a zero vector stays zero. Lengths neither overflow nor underflow.
 * Integers become float32.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.l2Normalize(T.of([[0, 5], [0, 0]])) // => T.of([[0, 1], [0, 0]])
 * pipe(T.of([[3], [4]]), T.l2Normalize({ axis: 0 })) // ≈ Tensor<[2, 1], float32> [[0.6], [0.8]]
 */
export const l2Normalize: Preserving<L2NormalizeOptions> = dataFirst(
  options<L2NormalizeOptions>('l2Normalize', { axis: checkedLater, epsilon: notNegative }),
  (x: Tensor, { axis = -1, epsilon = 1e-12 }: L2NormalizeOptions = {}) =>
    div(asFloat(x), maximum(norm(x, { axis, keepDims: true }), epsilon))
)
