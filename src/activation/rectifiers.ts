/** Activations that are a line on the positive side and bend at 0. */
import type { Scalar1 } from '../kernel/elementwise.js'
import { dataAt, dataFirst, dual, dualBy } from '../internal/dual.js'
import { type Options, finite, number, options } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import { expm1 } from '../kernel/functions/expm1.js'
import { awayFrom, real } from '../primitive/domain.js'
import { type UnaryWith, unaryWith } from '../primitive/elementwise.js'
import * as E from '../primitive/expression.js'
import { requireKey } from '../random/model.js'
import * as Random from '../Random.js'
import { type Shape, ShapeError, broadcast, equals, show } from '../shape/model.js'
import * as T from '../Tensor.js'
import type { Preserving } from '../tensor/dataFirst.js'
import type { Tensor } from '../tensor/model.js'
import { type Elementwise, elementwise } from './elementwise.js'

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

interface Prelu {
  <S extends Shape>(x: Tensor<S>, slope: Tensor): Tensor<S>
  (slope: Tensor): <S extends Shape>(x: Tensor<S>) => Tensor<S>
}

/** Refuses slopes that do not lie along axes of x. */
const requireSlopes = (x: Tensor, slope: Tensor): void => {
  requireTensor('prelu', x)
  requireTensor('prelu', slope, 'the slope')
  const both = broadcast(x.shape, slope.shape)
  if (both !== undefined && equals(both, x.shape)) return
  throw new ShapeError(
    'prelu',
    [x.shape, slope.shape],
    `the slope has shape ${show(slope.shape)}; for operands of shape ${show(x.shape)}, expected a shape that broadcasts to it`
  )
}

/**
 * The rectifier whose slope on the negative side is a tensor, which is learned: x or slope x; its derivative at 0 is the slope.
 *
 * The slope broadcasts to the shape of x. One for each channel of images [n, c, h, w] has shape [c, 1, 1].
 * K. He, X. Zhang, S. Ren and J. Sun, Delving Deep into Rectifiers, ICCV 2015.
 *
 * @throws ShapeError when the slope does not broadcast to the shape of x
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * Activation.prelu(T.of([1, -2]), T.of([0.5, 0.25])) // => T.of([1, -0.5])
 * pipe(T.of([1, -2]), Activation.prelu(T.scalar(0.5))) // => T.of([1, -1])
 * grad((slope: T.Tensor<[]>) => T.sum(Activation.prelu(T.of([1, -2]), slope)))(T.scalar(0.5)) // => T.scalar(-2)
 */
export const prelu: Prelu = dual<Prelu>((x: Tensor, slope: Tensor): Tensor => {
  requireSlopes(x, slope)
  return T.where(T.greater(x, 0), x, T.mul(slope, x))
})

/** The options of `rrelu`. */
export interface Slopes {
  readonly lower?: number
  readonly upper?: number
}

/** The bounds of slopes, in order. */
export const slopesOf = ({ lower = 1 / 8, upper = 1 / 3 }: Slopes): readonly [lower: number, upper: number] => {
  if (lower <= upper) return [lower, upper]
  throw new RangeError(`rrelu: lower is ${lower} and upper is ${upper}; expected lower <= upper`)
}

export const checkSlopes: Options = options<Slopes>('rrelu', { lower: finite, upper: finite })

interface Rrelu {
  <S extends Shape>(x: Tensor<S>, key: Random.Key, options?: Slopes): Tensor<S>
  (key: Random.Key, options?: Slopes): <S extends Shape>(x: Tensor<S>) => Tensor<S>
}

/**
 * The rectifier whose slope on the negative side is drawn for each element, uniformly between `lower` (1/8 by default) and
 * `upper` (1/3). The key decides the slopes; `leakyRelu` with their mean stands in for it in evaluation.
 *
 * B. Xu, N. Wang, T. Chen and M. Li, Empirical Evaluation of Rectified Activations in Convolutional Network, 2015.
 *
 * @throws RangeError when a bound is not finite, or `lower` is above `upper`
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Activation from 'pullback/Activation'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const key = Random.key(0)
 * T.toNested(Activation.rrelu(T.of([3, -1]), key)) // ≈ [3, -0.2501040]
 * pipe(T.of([3, -1]), Activation.rrelu(key, { lower: 0.5, upper: 0.5 })) // => T.of([3, -0.5])
 */
export const rrelu: Rrelu = dualBy<Rrelu>(
  dataAt(1, checkSlopes),
  (x: Tensor, key: Random.Key, slopes: Slopes = {}): Tensor => {
    requireTensor('rrelu', x)
    requireKey('rrelu', key)
    const [low, high] = slopesOf(slopes)
    const dtype = x.dtype === 'float64' ? 'float64' : 'float32'
    return prelu(x, Random.uniform(key, x.shape, { low, high, dtype }))
  }
)

/**
 * The rectifier that cuts off at 6, min(max(x, 0), 6); the derivative at both bounds is 0.
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * Activation.relu6(T.of([-1, 4, 7])) // => T.of([0, 4, 6])
 */
export const relu6: Elementwise = elementwise('relu6', (x) => T.clamp(x, { min: 0, max: 6 }))

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
export const selu: Elementwise = elementwise('selu', (x) => T.mul(elu(x, { alpha: seluAlpha }), seluScale))

/** The options of `celu`. */
interface Smoothness {
  readonly alpha?: number
}

/**
 * The exponential linear unit whose derivative is continuous, x or alpha (exp(x / alpha) - 1) (alpha is 1 by default); its
 * derivative at 0 is 1.
 *
 * J. T. Barron, Continuously Differentiable Exponential Linear Units, 2017.
 *
 * @throws RangeError when alpha is not above 0
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Activation from 'pullback/Activation'
 * import * as T from 'pullback/Tensor'
 *
 * Activation.celu(T.of([2, -1000])) // => T.of([2, -1])
 * pipe(T.of([2, -1000]), Activation.celu({ alpha: 2 })) // => T.of([2, -2])
 */
export const celu: Preserving<Smoothness> = dataFirst<Preserving<Smoothness>>(
  options<Smoothness>('celu', { alpha: number('a finite number above 0', (alpha) => alpha > 0 && alpha < Infinity) }),
  (x: Tensor, { alpha = 1 }: Smoothness = {}): Tensor => {
    const positive = T.greater(x, 0)
    return T.where(positive, x, T.mul(T.expm1(T.div(T.where(positive, 0, x), alpha)), alpha))
  }
)
