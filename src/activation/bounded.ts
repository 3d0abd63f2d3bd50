/** Activations with bounds or flat parts: made of lines, apart from two. */
import { toFloat } from '../DType.js'
import { dataFirst } from '../internal/dual.js'
import { finite, flag, options, notNegative } from '../internal/options.js'
import * as T from '../Tensor.js'
import type { Preserving } from '../tensor/dataFirst.js'
import type { Tensor } from '../tensor/model.js'
import { type Elementwise, elementwise } from './elementwise.js'

// -----------------------------------------------------------------------------
// bounds
// -----------------------------------------------------------------------------

/** The options of `hardTanh`. */
interface Ends {
  readonly min?: number
  readonly max?: number
}

/**
 * Cuts off at `min` (-1 by default) and `max` (1); the derivative at both is 0.
 *
 * @throws RangeError when a bound is not finite, or `min` is above `max`
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * Activation.hardTanh(T.of([0.5, -3, 7])) // => T.of([0.5, -1, 1])
 * pipe(T.of([0.5, -3, 7]), Activation.hardTanh({ min: 0, max: 5 })) // => T.of([0.5, 0, 5])
 */
export const hardTanh: Preserving<Ends> = dataFirst<Preserving<Ends>>(
  options<Ends>('hardTanh', { min: finite, max: finite }),
  (x: Tensor, { min = -1, max = 1 }: Ends = {}): Tensor => {
    if (!(min <= max)) throw new RangeError(`hardTanh: min is ${min} and max is ${max}; expected min <= max`)
    return T.clamp(x, { min, max })
  }
)

/**
 * The sigmoid made of three lines, min(max((x + 3) / 6, 0), 1); the derivative at -3 and 3 is 0.
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * Activation.hardSigmoid(T.of([-4, 0, 1.5, 5])) // => T.of([0, 0.5, 0.75, 1])
 */
export const hardSigmoid: Elementwise = elementwise('hardSigmoid', (x) =>
  T.div(T.clamp(T.add(x, 3), { min: 0, max: 6 }), 6)
)

/**
 * x / (1 + |x|), which tends to -1 and 1 more slowly than tanh.
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * Activation.softsign(T.of([1, -3, 0])) // => T.of([0.5, -0.75, 0])
 */
export const softsign: Elementwise = elementwise('softsign', (x) => T.div(x, T.add(T.abs(x), 1)))

/** The options of `step`. */
interface Jump {
  readonly straightThrough?: boolean
}

/**
 * The step, 1 where x > 0, else 0. Its derivative is 0 everywhere; with `straightThrough: true` it is taken to be 1, so that what
 * lies before the step can be trained.
 *
 * Y. Bengio, N. Leonard and A. Courville, Estimating or Propagating Gradients Through Stochastic Neurons, 2013.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * Activation.step(T.of([0.5, 0, -3])) // => T.of([1, 0, 0])
 * grad(Activation.step)(T.scalar(0.5)) // => T.scalar(0)
 * grad(Activation.step({ straightThrough: true }))(T.scalar(0.5)) // => T.scalar(1)
 */
export const step: Preserving<Jump> = dataFirst<Preserving<Jump>>(
  options<Jump>('step', { straightThrough: flag }),
  (x: Tensor, { straightThrough = false }: Jump = {}): Tensor => {
    const held = T.stopGradient(x)
    const jump = T.where(T.greater(held, 0), 1, T.where(T.isNaN(held), held, 0))
    // The difference is 0, with the derivative of x.
    return straightThrough ? T.add(jump, T.where(T.isFinite(held), T.sub(x, held), 0)) : jump
  }
)

// -----------------------------------------------------------------------------
// flat parts
// -----------------------------------------------------------------------------

/** The options of `threshold`. */
interface Threshold {
  readonly threshold?: number
  readonly value?: number
}

/**
 * x where it is above `threshold`, else `value`, both 0 by default; the derivative at the threshold is 0.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * pipe(T.of([3, 0.5, -2]), Activation.threshold({ threshold: 1, value: 20 })) // => T.of([3, 20, 20])
 */
export const threshold: Preserving<Threshold> = dataFirst<Preserving<Threshold>>(
  options<Threshold>('threshold', { threshold: finite, value: finite }),
  (x: Tensor, { threshold: bound = 0, value = 0 }: Threshold = {}): Tensor => T.where(T.lessEqual(x, bound), value, x)
)

/** The options of `softShrink` and `hardShrink`. */
interface Shrinkage {
  readonly lambda?: number
}

/* @__NO_SIDE_EFFECTS__ */
const shrinking = (name: string, shrink: (x: Tensor, lambda: number) => Tensor): Preserving<Shrinkage> =>
  dataFirst<Preserving<Shrinkage>>(
    options<Shrinkage>(name, { lambda: notNegative }),
    (x: Tensor, { lambda = 0.5 }: Shrinkage = {}): Tensor => shrink(T.cast(x, toFloat(x.dtype)), lambda)
  )

/**
 * Moves x towards 0 by `lambda` (0.5 by default), and to 0 what is closer: x - lambda, x + lambda or 0. The derivative
 * at -lambda and lambda is 0.
 *
 * It is the proximal map of lambda |x|. D. L. Donoho, De-noising by Soft-Thresholding, IEEE Transactions on Information
 * Theory 41 (1995).
 *
 * @throws RangeError when lambda is negative
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * pipe(T.of([3, 0.5, -2]), Activation.softShrink({ lambda: 1 })) // => T.of([2, 0, -1])
 */
export const softShrink: Preserving<Shrinkage> = shrinking('softShrink', (x, lambda) =>
  T.sub(T.relu(T.sub(x, lambda)), T.relu(T.sub(T.neg(x), lambda)))
)

/**
 * x where |x| is above `lambda` (0.5 by default), else 0; the derivative at -lambda and lambda is 0.
 *
 * @throws RangeError when lambda is negative
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * Activation.hardShrink(T.of([3, 0.5, -2])) // => T.of([3, 0, -2])
 */
export const hardShrink: Preserving<Shrinkage> = shrinking('hardShrink', (x, lambda) =>
  T.where(T.lessEqual(T.abs(x), lambda), 0, x)
)

/**
 * x - tanh(x), which is near x^3 / 3 around 0.
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * Activation.tanhShrink(T.of([0, 1000])) // => T.of([0, 999])
 */
export const tanhShrink: Elementwise = elementwise('tanhShrink', (x) => T.sub(x, T.tanh(x)))
