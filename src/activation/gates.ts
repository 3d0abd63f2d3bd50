/** Activations that multiply their operand by a gate between 0 and 1, which is near 1 for large numbers. */
import { toFloat } from '../DType.js'
import { checkedLater, options } from '../internal/options.js'
import { dataFirst } from '../internal/dual.js'
import { erfc } from '../kernel/special/erf.js'
import { real } from '../primitive/domain.js'
import { type Unary, unary } from '../primitive/elementwise.js'
import * as E from '../primitive/expression.js'
import { special } from '../primitive/special.js'
import { ShapeError, normalizeAxis, show } from '../shape/model.js'
import * as T from '../Tensor.js'
import type { Reshaping } from '../tensor/dataFirst.js'
import type { Tensor } from '../tensor/model.js'
import { type Elementwise, elementwise } from './elementwise.js'

/** The density of the standard normal distribution. */
const density = (x: Tensor): Tensor => T.mul(T.exp(T.mul(T.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI))

/** Its distribution function, exact in the lower tail as well. */
export const normalDistribution: Unary = unary({
  name: 'normalDistribution',
  domain: real,
  f: (x) => 0.5 * erfc(-x * Math.SQRT1_2),
  scalar: E.mul(0.5, special('erfc', erfc, E.mul(E.call('neg', E.x), Math.SQRT1_2))),
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
export const gelu: Elementwise = elementwise('gelu', (x) => T.mul(x, normalDistribution(x)))

/**
 * The approximation of `gelu` by tanh, x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, within 5e-4 of it.
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * T.toNested(Activation.geluTanh(T.of([1, 0, -1]))) // ≈ [0.84119, 0, -0.15881]
 */
export const geluTanh: Elementwise = elementwise('geluTanh', (given) => {
  const x = T.cast(given, toFloat(given.dtype))
  // (1 + tanh(u)) / 2 = sigmoid(2 u), which is exact in the lower tail as well
  const inner = T.mul(x, T.add(T.mul(T.square(x), 0.044715), 1))
  return T.mul(x, T.sigmoid(T.mul(inner, 2 * Math.sqrt(2 / Math.PI))))
})

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
export const silu: Elementwise = elementwise('silu', (x) => T.mul(x, T.sigmoid(x)))

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
export const mish: Elementwise = elementwise('mish', (x) => T.mul(x, T.tanh(T.softplus(x))))

/**
 * The gated linear unit, a sigmoid(b), where a and b are the halves of x along an axis, by default the last. The result has half
 * the size along it.
 *
 * Y. N. Dauphin, A. Fan, M. Auli and D. Grangier, Language Modeling with Gated Convolutional Networks, ICML 2017.
 *
 * @throws ShapeError when the size along the axis is odd
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * Activation.glu(T.of([4, 2, 0, 1000])) // => T.of([2, 2])
 * Activation.glu(T.of([[4], [0]]), { axis: 0 }) // => T.of([[2]])
 */
export const glu: Reshaping<T.AlongAxis> = dataFirst<Reshaping<T.AlongAxis>>(
  options<T.AlongAxis>('glu', { axis: checkedLater }),
  (x: Tensor, { axis = -1 }: T.AlongAxis = {}): Tensor => {
    const at = normalizeAxis('glu', axis, x.shape)
    const n = x.shape[at]!
    if (n % 2 !== 0) {
      throw new ShapeError(
        'glu',
        [x.shape],
        `axis ${at} of shape ${show(x.shape)} has size ${n}; expected an even size`
      )
    }
    const [a, b] = T.split(x, 2, { axis: at })
    return T.mul(a, T.sigmoid(b))
  }
)
