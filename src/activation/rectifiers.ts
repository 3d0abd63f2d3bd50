/** Activations that are a line on the positive side, and their smooth relatives. */
import type { Scalar1 } from '../kernel/elementwise.js'
import { expm1 } from '../kernel/functions/expm1.js'
import { erfc } from '../kernel/special/erf.js'
import { awayFrom, real } from '../primitive/domain.js'
import { type Unary, type UnaryWith, unary, unaryWith } from '../primitive/elementwise.js'
import * as E from '../primitive/expression.js'
import type { Shape } from '../shape/model.js'
import * as T from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'

const bent = awayFrom([0])(real)

/** The options of `leakyRelu`. */
interface Leak {
  readonly slope: number
}

/** The options of `elu`. */
interface Saturation {
  readonly alpha: number
}

/**
 * The rectifier with a slope on the negative side too, x or slope x (0.01 by default); its derivative at 0 is the slope.
 *
 * A slope that is not a finite number throws.
 * A. L. Maas, A. Y. Hannun and A. Y. Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models, ICML 2013.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * Activation.leakyRelu(T.of([1, -200])) // => T.of([1, -2])
 * pipe(T.of([1, -2]), Activation.leakyRelu({ slope: 0.5 })) // => T.of([1, -1])
 */
export const leakyRelu: UnaryWith<Leak> = unaryWith<Leak>({
  name: 'leakyRelu',
  domain: bent,
  params: { slope: 0.01 },
  f: (x, { slope }) => (x > 0 ? x : slope * x),
  scalar: E.select(E.greater(E.x, 0), E.x, E.mul(E.parameter('slope'), E.x)),
  df: (x, _y, { slope }) => T.where(T.greater(x, 0), T.onesLike(x), slope),
  sample: (draw) => ({
    operands: [draw.tensor(draw.shape(), bent)],
    params: draw.pick([{ slope: 0.01 }, { slope: 0.1 }, { slope: -0.5 }])
  })
})

const eluBy =
  (expm1: Scalar1) =>
  (x: number, { alpha }: Saturation): number =>
    x > 0 ? x : alpha * expm1(x)

/**
 * The exponential linear unit, x or alpha (exp(x) - 1) (alpha is 1 by default); its derivative at 0 is alpha.
 *
 * An alpha that is not a finite number throws.
 * D.-A. Clevert, T. Unterthiner and S. Hochreiter, Fast and Accurate Deep Network Learning by Exponential Linear Units,
 * ICLR 2016.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * Activation.elu(T.of([2, -1000])) // => T.of([2, -1])
 * pipe(T.of([2, -1000]), Activation.elu({ alpha: 2 })) // => T.of([2, -2])
 */
export const elu: UnaryWith<Saturation> = unaryWith<Saturation>({
  name: 'elu',
  domain: bent,
  params: { alpha: 1 },
  f: eluBy(Math.expm1),
  single: eluBy(expm1),
  scalar: E.select(E.greater(E.x, 0), E.x, E.mul(E.parameter('alpha'), E.call('expm1', E.x))),
  df: (x, _y, { alpha }) => {
    const positive = T.greater(x, 0)
    const negativePart = T.where(positive, 0, x)
    return T.where(positive, 1, T.mul(T.exp(negativePart), alpha))
  },
  sample: (draw) => ({
    operands: [draw.tensor(draw.shape(), bent)],
    params: draw.pick([{ alpha: 1 }, { alpha: 2 }, { alpha: 1.7 }])
  })
})

const seluScale = 1.0507009873554805
const seluAlpha = 1.6732632423543772

/**
 * The self-normalising exponential linear unit: 1.0507 times `elu` with alpha 1.6733.
 *
 * G. Klambauer, T. Unterthiner, A. Mayr and S. Hochreiter, Self-Normalizing Neural Networks, NeurIPS 2017.
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * T.toNested(Activation.selu(T.of([1, -1000]))) // ≈ [1.0507, -1.7581]
 */
export const selu = <S extends Shape>(x: Tensor<S>): Tensor<S> => T.mul(elu(x, { alpha: seluAlpha }), seluScale)

/** The density of the standard normal distribution. */
const density = (x: Tensor): Tensor => T.mul(T.exp(T.mul(T.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI))

/** Its distribution function, exact in the lower tail as well. */
export const normalDistribution: Unary = unary({
  name: 'normalDistribution',
  domain: real,
  f: (x) => 0.5 * erfc(-x * Math.SQRT1_2),
  scalar: E.mul(0.5, E.call('erfc', E.mul(E.call('neg', E.x), Math.SQRT1_2))),
  df: density
})

/**
 * The Gaussian error linear unit, x Phi(x), where Phi is the distribution function of the standard normal; exact, by erfc.
 *
 * D. Hendrycks and K. Gimpel, Gaussian Error Linear Units, 2016.
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * T.toNested(Activation.gelu(T.of([1, 0, -1]))) // ≈ [0.84134, 0, -0.15866]
 */
export const gelu = <S extends Shape>(x: Tensor<S>): Tensor<S> => typed(T.mul(x, normalDistribution(x)))

/**
 * The approximation of `gelu` by tanh, x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, within 5e-4 of it.
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * T.toNested(Activation.geluTanh(T.of([1, 0, -1]))) // ≈ [0.84119, 0, -0.15881]
 */
export const geluTanh = <S extends Shape>(x: Tensor<S>): Tensor<S> => {
  // (1 + tanh(u)) / 2 = sigmoid(2 u), which is exact in the lower tail as well
  const inner = T.mul(x, T.add(T.mul(T.square(x), 0.044715), 1))
  return typed(T.mul(x, T.sigmoid(T.mul(inner, 2 * Math.sqrt(2 / Math.PI)))))
}

/**
 * The sigmoid linear unit, x sigmoid(x), also called swish.
 *
 * S. Elfwing, E. Uchibe and K. Doya, Sigmoid-Weighted Linear Units, 2017; P. Ramachandran, B. Zoph and Q. V. Le, Searching
 * for Activation Functions, 2017.
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * T.toNested(Activation.silu(T.of([1, 0, -1]))) // ≈ [0.73106, 0, -0.26894]
 */
export const silu = <S extends Shape>(x: Tensor<S>): Tensor<S> => typed(T.mul(x, T.sigmoid(x)))

/**
 * x tanh(softplus(x)).
 *
 * D. Misra, Mish: A Self Regularized Non-Monotonic Activation Function, BMVC 2020.
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * T.toNested(Activation.mish(T.of([1, 0, -1]))) // ≈ [0.8651, 0, -0.3034]
 */
export const mish = <S extends Shape>(x: Tensor<S>): Tensor<S> => typed(T.mul(x, T.tanh(T.softplus(x))))

/**
 * Cuts off at -1 and 1; the derivative at both is 0.
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * Activation.hardTanh(T.of([0.5, -3, 7])) // => T.of([0.5, -1, 1])
 */
export const hardTanh = <S extends Shape>(x: Tensor<S>): Tensor<S> => T.clamp(x, { min: -1, max: 1 })
