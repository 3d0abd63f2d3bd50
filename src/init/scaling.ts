/** Initialisers whose variance follows from the fans, so that signals and gradients keep their size through layers. */
import { finite, notNegative, oneOf, options, requireKind } from '../internal/options.js'
import { type Fans, type Initializer, normalBy, symmetric, truncatedBy } from './distributions.js'

// -----------------------------------------------------------------------------
// any scale
// -----------------------------------------------------------------------------

/**
 * The options of `varianceScaling`.
 *
 * @example
 * import type { ScalingOptions } from 'pullback/Init'
 *
 * const options: ScalingOptions = { scale: 2, mode: 'fanOut' }
 * options.mode // => 'fanOut'
 */
export interface ScalingOptions {
  /** The variance times the fan; 1 by default. */
  readonly scale?: number
  /** The fan to divide by: `'fanIn'` (the default), `'fanOut'`, or `'fanAverage'`, their mean. */
  readonly mode?: 'fanIn' | 'fanOut' | 'fanAverage'
  /** What is drawn: `'normal'` numbers (the default), those within two deviations of `'truncatedNormal'`, or `'uniform'` ones. */
  readonly distribution?: 'normal' | 'truncatedNormal' | 'uniform'
}

/** The deviation of standard normal numbers between -2 and 2. */
const truncatedDeviation = 0.8796256610342398

const fanBy = {
  fanIn: ({ fanIn }: Fans): number => fanIn,
  fanOut: ({ fanOut }: Fans): number => fanOut,
  fanAverage: ({ fanIn, fanOut }: Fans): number => (fanIn + fanOut) / 2
}

const checkScaling = options<ScalingOptions>('varianceScaling', {
  scale: notNegative,
  mode: oneOf('fanIn', 'fanOut', 'fanAverage'),
  distribution: oneOf('normal', 'truncatedNormal', 'uniform')
})

/**
 * Numbers of mean 0 and variance scale / fan, whichever distribution they have. The other initialisers by fan are cases of it: He's has
 * scale 2, LeCun's 1, Glorot's 1 and the mean of both fans; with `gain`, the scale is its square.
 *
 * K. He, X. Zhang, S. Ren and J. Sun, Delving Deep into Rectifiers, ICCV 2015, section 2.2.
 *
 * @throws RangeError when the scale is negative or not finite
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 *
 * const init = Init.varianceScaling({ scale: Init.gain('tanh') ** 2, distribution: 'uniform' })
 * init([10, 64])(Random.key(0))[0].shape // => [10, 64]
 */
/* @__NO_SIDE_EFFECTS__ */
export const varianceScaling = (options: ScalingOptions = {}): Initializer => {
  checkScaling(options)
  const { scale = 1, mode = 'fanIn', distribution = 'normal' } = options
  const variance = (fans: Fans): number => scale / fanBy[mode](fans)
  if (distribution === 'uniform') return symmetric((fans) => Math.sqrt(3 * variance(fans)))
  if (distribution === 'normal') return normalBy((fans) => Math.sqrt(variance(fans)))
  return truncatedBy((fans) => Math.sqrt(variance(fans)) / truncatedDeviation)
}

/**
 * The activations that `gain` knows.
 *
 * @example
 * import * as Init from 'pullback/Init'
 *
 * const activation: Init.Nonlinearity = 'relu'
 * Init.gain(activation) // => Math.SQRT2
 */
export type Nonlinearity = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu'

const gains: { readonly [Name in Nonlinearity]: (slope: number) => number } = {
  linear: () => 1,
  sigmoid: () => 1,
  tanh: () => 5 / 3,
  relu: () => Math.SQRT2,
  leakyRelu: (slope) => Math.sqrt(2 / (1 + slope * slope)),
  selu: () => 3 / 4
}

const knownKind = oneOf('linear', 'sigmoid', 'tanh', 'relu', 'leakyRelu', 'selu')

/**
 * By how much weights before an activation are to be larger than before none, as PyTorch's `calculate_gain` has it: sqrt(2) before a
 * rectifier, sqrt(2 / (1 + slope^2)) before a leaky one, 5/3 before tanh, 3/4 before selu, 1 before a sigmoid. Its square is the `scale` of
 * `varianceScaling`.
 *
 * @throws TypeError for another activation
 *
 * @example
 * import * as Init from 'pullback/Init'
 *
 * Init.gain('tanh') // => 5 / 3
 * Init.gain('leakyRelu', 1) // => 1
 */
/* @__NO_SIDE_EFFECTS__ */
export const gain = (nonlinearity: Nonlinearity, slope: number = 0.01): number => {
  requireKind('gain', 'the activation', nonlinearity, knownKind)
  requireKind('gain', 'the slope', slope, finite)
  return gains[nonlinearity](slope)
}

// -----------------------------------------------------------------------------
// by name
// -----------------------------------------------------------------------------

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

/**
 * Uniform between -a and a, a = sqrt(3 / fan-in): variance 1 / fan-in; see `lecunNormal`.
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Random from 'pullback/Random'
 *
 * Init.lecunUniform([10, 64])(Random.key(0))[0].shape // => [10, 64]
 */
export const lecunUniform: Initializer = /* @__PURE__ */ symmetric(({ fanIn }) => Math.sqrt(3 / fanIn))
