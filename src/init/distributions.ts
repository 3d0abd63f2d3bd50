/** What initialisers are, those without a scale of their own, and the fans that the others go by. */
import type { FloatDType } from '../DType.js'
import { notNegative, number, options, requireKind } from '../internal/options.js'
import * as R from '../Random.js'
import type { Random } from '../Random.js'
import { requireBounds } from '../random/uniform.js'
import { type Shape, size } from '../shape/model.js'
import type { Mutable } from '../shape/static.js'
import { full, mul } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A distribution of tensors for each shape and element type, float32 by default.
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const init: Init.Initializer = Init.glorotUniform
 * const [w] = init([2, 3])(Random.key(0))
 * w.shape // => [2, 3]
 */
export type Initializer = <const S extends Shape>(shape: S, dtype?: FloatDType) => Random<Tensor<Mutable<S>>>

// -----------------------------------------------------------------------------
// constants
// -----------------------------------------------------------------------------

/**
 * One value everywhere.
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * Init.constant(0.5)([2])(Random.key(0))[0] // => T.of([0.5, 0.5])
 */
/* @__NO_SIDE_EFFECTS__ */
export const constant =
  (value: number): Initializer =>
  (shape, dtype = 'float32') =>
    R.of(full(shape, value, dtype))

/**
 * Zeros, as for biases.
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * Init.zeros([2])(Random.key(0))[0] // => T.of([0, 0])
 */
export const zeros: Initializer = constant(0)

/**
 * Ones, as for scales.
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * Init.ones([2])(Random.key(0))[0] // => T.of([1, 1])
 */
export const ones: Initializer = constant(1)

// -----------------------------------------------------------------------------
// by fan-in and fan-out
// -----------------------------------------------------------------------------

/** The number of inputs that a unit sums over, and of outputs that an input goes to. */
export interface Fans {
  readonly fanIn: number
  readonly fanOut: number
}

const fansOf = (shape: Shape): Fans => {
  const [outputs = 1, inputs = outputs, ...window] = shape
  const area = size(window)
  return { fanIn: Math.max(1, inputs * area), fanOut: Math.max(1, outputs * area) }
}

/** Normal numbers whose deviation follows from the fans. */
export const normalBy =
  (deviation: (fans: Fans) => number): Initializer =>
  (shape, dtype = 'float32') =>
    R.draw((key) => mul(R.normal(key, shape, dtype), deviation(fansOf(shape))))

/** Normal numbers within two bounds, in units of the deviation, which follows from the fans. */
export const truncatedBy =
  (deviation: (fans: Fans) => number, lower = -2, upper = 2): Initializer =>
  (shape, dtype = 'float32') =>
    R.draw((key) => mul(R.truncatedNormal(key, lower, upper, shape, dtype), deviation(fansOf(shape))))

/** Uniform numbers whose bounds follow from the fans. */
const uniformBy =
  (bounds: (fans: Fans) => readonly [low: number, high: number]): Initializer =>
  (shape, dtype = 'float32') =>
    R.draw((key) => {
      const [low, high] = bounds(fansOf(shape))
      return R.uniform(key, shape, { low, high, dtype })
    })

/** Uniform numbers on both sides of 0. */
export const symmetric = (bound: (fans: Fans) => number): Initializer =>
  uniformBy((fans) => {
    const limit = bound(fans)
    return [-limit, limit]
  })

// -----------------------------------------------------------------------------
// distributions
// -----------------------------------------------------------------------------

/**
 * Normal numbers of mean 0 and the given standard deviation.
 *
 * @throws RangeError when the deviation is negative or not finite
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 *
 * Init.normal(0.02)([2, 3])(Random.key(0))[0].shape // => [2, 3]
 */
/* @__NO_SIDE_EFFECTS__ */
export const normal = (deviation: number): Initializer => {
  requireDeviation('normal', deviation)
  return normalBy(() => deviation)
}

const requireDeviation = (operation: string, deviation: unknown): void => {
  requireKind(operation, 'the deviation', deviation, notNegative)
}

/**
 * Where `truncatedNormal` ends, in standard deviations.
 *
 * @example
 * import type { TruncationOptions } from 'pullback/Init'
 *
 * const options: TruncationOptions = { lower: -3, upper: 3 }
 * options.upper // => 3
 */
export interface TruncationOptions {
  /** The lowest number, in deviations; -2 by default. */
  readonly lower?: number
  /** The highest number, in deviations; 2 by default. */
  readonly upper?: number
}

const ofBounds = number('a number', (bound) => !Number.isNaN(bound))
const checkTruncation = options<TruncationOptions>('truncatedNormal', { lower: ofBounds, upper: ofBounds })

/**
 * Normal numbers of mean 0 and the given standard deviation, given that they lie within two deviations, or other bounds. The
 * deviation of what is left is smaller: 0.8796 times the given one within two.
 *
 * @throws RangeError when the deviation is negative or not finite
 * @throws ShapeError when a draw has bounds that are not an interval
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const [w] = Init.truncatedNormal(0.5)([20, 30])(Random.key(0))
 * T.item(T.all(T.lessEqual(T.abs(w), 1))) // => 1
 */
/* @__NO_SIDE_EFFECTS__ */
export const truncatedNormal = (deviation: number, options: TruncationOptions = {}): Initializer => {
  requireDeviation('truncatedNormal', deviation)
  checkTruncation(options)
  return truncatedBy(() => deviation, options.lower, options.upper)
}

/**
 * Numbers that are equally likely from `low` to `high`.
 *
 * @throws RangeError when a bound is not finite, or `low` is above `high`
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 *
 * Init.uniform(-0.1, 0.1)([2, 3])(Random.key(0))[0].shape // => [2, 3]
 */
/* @__NO_SIDE_EFFECTS__ */
export const uniform = (low: number, high: number): Initializer => {
  requireBounds('uniform', low, high, 'float64')
  return uniformBy(() => [low, high])
}
