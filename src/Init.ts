/**
 * Initialisers: distributions of first parameters by shape. The fan-in of a weight of shape [outputs, inputs] is the
 * number of inputs, its fan-out that of outputs; of a convolution kernel [outputs, inputs, ...window] both times the size of
 * the window; of a vector both its length.
 */
import type { FloatDType } from './DType.js'
import * as R from './Random.js'
import type { Random } from './Random.js'
import { requireBounds } from './random/uniform.js'
import { type Shape, size } from './shape/model.js'
import type { Mutable } from './shape/static.js'
import { full, mul } from './Tensor.js'
import type { Tensor } from './tensor/model.js'

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
// distributions
// -----------------------------------------------------------------------------

/**
 * Normal numbers of mean 0 and the given standard deviation.
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 *
 * Init.normal(0.02)([2, 3])(Random.key(0))[0].shape // => [2, 3]
 */
/* @__NO_SIDE_EFFECTS__ */
export const normal = (deviation: number): Initializer => normalBy(() => deviation)

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

// -----------------------------------------------------------------------------
// by fan-in and fan-out
// -----------------------------------------------------------------------------

interface Fans {
  readonly fanIn: number
  readonly fanOut: number
}

const fansOf = (shape: Shape): Fans => {
  const [outputs = 1, inputs = outputs, ...window] = shape
  const area = size(window)
  return { fanIn: Math.max(1, inputs * area), fanOut: Math.max(1, outputs * area) }
}

const normalBy =
  (deviation: (fans: Fans) => number): Initializer =>
  (shape, dtype = 'float32') =>
    R.draw((key) => mul(R.normal(key, shape, dtype), deviation(fansOf(shape))))

const uniformBy =
  (bounds: (fans: Fans) => readonly [low: number, high: number]): Initializer =>
  (shape, dtype = 'float32') =>
    R.draw((key) => {
      const [low, high] = bounds(fansOf(shape))
      return R.uniform(key, shape, { low, high, dtype })
    })

const symmetric = (bound: (fans: Fans) => number): Initializer =>
  uniformBy((fans) => {
    const limit = bound(fans)
    return [-limit, limit]
  })

/**
 * Uniform between -a and a, a = sqrt(6 / (fan-in + fan-out)): variance 2 / (fan-in + fan-out), for layers without a
 * nonlinearity or with one like tanh. Also known as Xavier.
 *
 * X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010,
 * equation 16.
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 *
 * Init.glorotUniform([10, 64])(Random.key(0))[0].shape // => [10, 64]
 */
export const glorotUniform: Initializer = /* @__PURE__ */ symmetric(({ fanIn, fanOut }) =>
  Math.sqrt(6 / (fanIn + fanOut))
)

/**
 * Normal with variance 2 / (fan-in + fan-out); see `glorotUniform`.
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 *
 * Init.glorotNormal([10, 64])(Random.key(0))[0].shape // => [10, 64]
 */
export const glorotNormal: Initializer = /* @__PURE__ */ normalBy(({ fanIn, fanOut }) =>
  Math.sqrt(2 / (fanIn + fanOut))
)

/**
 * Uniform between -a and a, a = sqrt(6 / fan-in): variance 2 / fan-in, for layers before a rectifier.
 *
 * K. He, X. Zhang, S. Ren and J. Sun, Delving Deep into Rectifiers, ICCV 2015, equation 10.
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 *
 * Init.heUniform([10, 64])(Random.key(0))[0].shape // => [10, 64]
 */
export const heUniform: Initializer = /* @__PURE__ */ symmetric(({ fanIn }) => Math.sqrt(6 / fanIn))

/**
 * Normal with variance 2 / fan-in; see `heUniform`.
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 *
 * Init.heNormal([10, 64])(Random.key(0))[0].shape // => [10, 64]
 */
export const heNormal: Initializer = /* @__PURE__ */ normalBy(({ fanIn }) => Math.sqrt(2 / fanIn))

/**
 * Normal with variance 1 / fan-in, for self-normalising layers.
 *
 * Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, Efficient BackProp, 1998, section 4.6.
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 *
 * Init.lecunNormal([10, 64])(Random.key(0))[0].shape // => [10, 64]
 */
export const lecunNormal: Initializer = /* @__PURE__ */ normalBy(({ fanIn }) => Math.sqrt(1 / fanIn))
