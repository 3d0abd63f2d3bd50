/** Losses that are negative log-likelihoods of distributions other than that of classes, and the divergence between two. */
import { flag, number } from '../internal/options.js'
import { guardedMul } from '../primitive/elementwise.js'
import { add, clamp, div, exp, greater, log, mul, square, sub, where, xlogy } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { requireNotNegative, requireSameShape } from './check.js'
import { elementwise, makeTriple, maskOf } from './make.js'
import type { ElementwiseLoss, Options, TripleLoss } from './model.js'

const positive = number('a finite number above 0', (eps) => eps > 0 && eps < Infinity)

/**
 * The options of `kl`.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const options: Loss.KlOptions = { logTarget: true, reduction: 'sum' }
 * Loss.kl(T.log(T.of([0.5, 0.5])), T.log(T.of([1, 0])), options) // => T.scalar(0.6931472)
 */
export interface KlOptions extends Options {
  /** Whether the targets are log-probabilities too; they are not by default. */
  readonly logTarget?: boolean
}

/**
 * The terms of the Kullback-Leibler divergence of targets from predictions, t (log t - p), elementwise, for log-probabilities p and
 * probabilities t. A target of 0 adds 0.
 *
 * The divergence itself is their sum over the classes: of a batch, `T.sum(losses, { axis: -1 })` with `reduction: 'none'`.
 *
 * @throws ShapeError when the shapes differ
 * @throws RangeError when a target is negative, without `logTarget`
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.kl(T.log(T.of([0.5, 0.5])), T.of([1, 0]), { reduction: 'sum' }) // => T.scalar(0.6931472)
 */
export const kl: ElementwiseLoss<'kl', KlOptions> = elementwise<'kl', KlOptions>(
  'kl',
  (predicted, target, { logTarget = false, mask }) => {
    if (logTarget) return guardedMul(exp(target), sub(target, predicted))
    requireNotNegative('kl', 'target', target, maskOf('kl', mask, target.shape))
    return sub(xlogy(target, target), guardedMul(target, predicted))
  },
  { logTarget: flag }
)

/**
 * The options of `poisson`.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const options: Loss.PoissonOptions = { logInput: false }
 * Loss.poisson(T.scalar(1), T.scalar(3), options) // => T.scalar(1)
 */
export interface PoissonOptions extends Options {
  /** Whether predictions are logarithms of rates, as they are by default. */
  readonly logInput?: boolean
  /** Whether the constant log t! is added for t > 1, by the formula of Stirling; it is not by default. */
  readonly full?: boolean
  /** What is added to rates before their logarithm is taken; 1e-8 by default. */
  readonly eps?: number
}

/** Where the exponential goes on as its tangent. */
const farthest = 64

/** exp x up to 64, and beyond it the tangent there, e^64 (x - 63), which does not overflow. */
const boundedExp = (x: Tensor): Tensor => {
  const isFar = greater(x, farthest)
  const near = exp(where(isFar, farthest, x))
  return where(isFar, mul(near, sub(x, farthest - 1)), near)
}

/**
 * The negative log-likelihood of counts t under Poisson distributions, elementwise: exp(p) - t p for logarithms p of the rates, or
 * r - t log(r + eps) for rates r, with `logInput: false`. Without `full` the term log t!, which no prediction changes, is left out. Above
 * p = 64 the exponential goes on as its tangent, so that loss and gradient are finite.
 *
 * @throws ShapeError when the shapes differ
 * @throws RangeError when a rate is negative
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.poisson(T.of([0, 0]), T.of([3, 0]), { reduction: 'none' }) // => T.of([1, 1])
 */
export const poisson: ElementwiseLoss<'poisson', PoissonOptions> = elementwise<'poisson', PoissonOptions>(
  'poisson',
  (predicted, target, { logInput = true, full = false, eps = 1e-8, mask }) => {
    const counted = maskOf('poisson', mask, predicted.shape)
    if (!logInput) requireNotNegative('poisson', 'rate', predicted, counted)
    const loss = logInput
      ? sub(boundedExp(predicted), guardedMul(target, predicted))
      : sub(predicted, guardedMul(target, log(add(predicted, eps))))
    return full ? add(loss, stirling(target)) : loss
  },
  { logInput: flag, full: flag, eps: positive }
)

/** t log t - t + log(2 pi t) / 2, near log t!, where t > 1, else 0. */
const stirling = (target: Tensor): Tensor => {
  const isLarge = greater(target, 1)
  const t = where(isLarge, target, 1)
  const constant = add(sub(xlogy(t, t), t), mul(log(mul(t, 2 * Math.PI)), 0.5))
  return where(isLarge, constant, 0)
}

/**
 * The options of `gaussianNll`.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const options: Loss.GaussianNllOptions = { full: true }
 * Loss.gaussianNll(T.scalar(1), T.scalar(1), T.scalar(1), options) // => T.scalar(0.9189385)
 */
export interface GaussianNllOptions extends Options {
  /** Whether the constant log(2 pi) / 2 is added; it is not by default. */
  readonly full?: boolean
  /** The least variance; smaller ones count as this one, with derivative 0. 1e-6 by default. */
  readonly eps?: number
}

/**
 * The negative log-likelihood of targets t under normal distributions with predicted means m and variances v, elementwise:
 * (log v + (t - m)^2 / v) / 2, all of one shape. The call is `gaussianNll(means, targets, variances)`.
 *
 * D. A. Nix and A. S. Weigend, Estimating the Mean and Variance of the Target Probability Distribution, ICNN 1994.
 *
 * @throws ShapeError when the shapes differ
 * @throws RangeError when a variance is negative
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * Loss.gaussianNll(T.of([0, 1]), T.of([2, 1]), T.of([4, 1]), { reduction: 'none' }) // => T.of([1.1931472, 0])
 */
export const gaussianNll: TripleLoss<GaussianNllOptions> = makeTriple<
  TripleLoss<GaussianNllOptions>,
  GaussianNllOptions
>(
  'gaussianNll',
  (means, targets, variances, { full = false, eps = 1e-6, mask }) => {
    requireSameShape('gaussianNll', means, targets)
    requireSameShape('gaussianNll', means, variances, ['predictions', 'variances'])
    const counted = maskOf('gaussianNll', mask, means.shape)
    requireNotNegative('gaussianNll', 'variance', variances, counted)
    const held = clamp(variances, { min: eps })
    const loss = mul(add(log(held), div(square(sub(targets, means)), held)), 0.5)
    return full ? add(loss, 0.5 * Math.log(2 * Math.PI)) : loss
  },
  { full: flag, eps: positive }
)
