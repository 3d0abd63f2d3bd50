/** Bounds on gradients: on elements, on leaves, on the units of a layer, and on all of them together. */
import { requireNumber } from '../internal/check.js'
import { add, cast, clamp, div, greater, minimum, mul, where } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { lengthOf } from '../tree/vector.js'
import { flattenAs } from '../tree/model.js'
import { options as optionsOf } from '../internal/options.js'
import { atLeast, positive, times, wide } from './coefficient.js'
import { mapLeaves } from './lift.js'
import type { Optimizer } from './model.js'
import { stateless } from './rule.js'
import { rmsOf, unitLengths } from './lengths.js'

/**
 * The Euclidean norm of all leaves of a tree together; float64 throughout, 0 for a tree without leaves. Squares neither overflow
 * nor underflow.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * Optimizer.globalNorm({ w: T.of([3, 0]), b: T.scalar(4) }) // => T.scalar(5, 'float64')
 */
export const globalNorm = (tree: unknown): Tensor<[]> => typed(lengthOf(flattenAs('globalNorm', tree).leaves))

/**
 * Scales a gradient down to a global norm when it is longer than that, in the same direction. A zero gradient stays
 * zero, and one that is not finite stays not finite. A norm of `Infinity` leaves every gradient as it is.
 *
 * R. Pascanu, T. Mikolov and Y. Bengio, On the difficulty of training recurrent neural networks, ICML 2013.
 *
 * @throws RangeError when the norm is not a number above 0
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const clip = Optimizer.clipByGlobalNorm(1)
 * clip.update(T.of([3, 4]), [], T.of([0, 0]))[0] // => T.of([0.6, 0.8])
 * clip.update(T.of([0.3, 0.4]), [], T.of([0, 0]))[0] // => T.of([0.3, 0.4])
 */
/* @__NO_SIDE_EFFECTS__ */
export const clipByGlobalNorm = (most: number): Optimizer => {
  requireNumber('clipByGlobalNorm', 'norm', most, 'a number above 0', (norm) => norm > 0)
  return stateless((gradient) => {
    if (most === Infinity) return gradient
    const factor = minimum(div(most, globalNorm(gradient)), 1)
    return mapLeaves(gradient, (leaf) => mul(leaf, cast(factor, leaf.dtype)))
  })
}

/**
 * Bounds each element of the gradient, to at most `most` in size. NaN stays NaN.
 *
 * @throws RangeError when the bound is not a number above 0
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * Optimizer.clip(1).update(T.of([3, -0.5, -4]), [], T.of([0, 0, 0]))[0] // => T.of([1, -0.5, -1])
 */
/* @__NO_SIDE_EFFECTS__ */
export const clip = (most: number): Optimizer => {
  requireNumber('clip', 'bound', most, 'a number above 0', (bound) => bound > 0)
  return stateless((gradient) => mapLeaves(gradient, (leaf) => clamp(leaf, { min: -most, max: most })))
}

/**
 * Scales each leaf down to a root of mean squares of `most`, when it has a larger one; `Infinity` leaves all as they are.
 *
 * N. Shazeer and M. Stern, Adafactor: Adaptive Learning Rates with Sublinear Memory Cost, ICML 2018.
 *
 * @throws RangeError when the bound is not a number above 0
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const clip = Optimizer.clipByBlockRms(1)
 * const params = { w: T.of([0, 0]), b: T.scalar(0) }
 * clip.update({ w: T.of([2, -2]), b: T.scalar(0.5) }, [], params)[0] // => { w: T.of([1, -1]), b: T.scalar(0.5) }
 */
/* @__NO_SIDE_EFFECTS__ */
export const clipByBlockRms = (most: number): Optimizer => {
  requireNumber('clipByBlockRms', 'bound', most, 'a number above 0', (bound) => bound > 0)
  const scaled = (leaf: Tensor): Tensor => mul(leaf, minimum(div(most, rmsOf(leaf)), 1))
  return stateless((gradient) => (most === Infinity ? gradient : mapLeaves(gradient, scaled)))
}

const agcOptions = optionsOf<{ readonly epsilon?: number | Tensor<[]> }>('adaptiveGradClip', { epsilon: positive })

/**
 * Scales the gradient of each unit down to `most` times the norm of its parameters, which counts as `epsilon` (1e-3) at least. A unit
 * is a row of a matrix, a filter of a convolution, or a whole vector.
 *
 * A. Brock et al., High-Performance Large-Scale Image Recognition Without Normalization, ICML 2021.
 *
 * @throws RangeError when the ratio or epsilon is not a number above 0
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const clip = Optimizer.adaptiveGradClip(0.5)
 * const params = T.of([[3, 4], [6, 8]])
 * clip.update(T.of([[30, 40], [0.3, 0.4]]), [], params)[0] // => T.of([[1.5, 2], [0.3, 0.4]])
 */
/* @__NO_SIDE_EFFECTS__ */
export const adaptiveGradClip = (most: number, options: { readonly epsilon?: number | Tensor<[]> } = {}): Optimizer => {
  requireNumber('adaptiveGradClip', 'ratio', most, 'a number above 0', (ratio) => ratio > 0)
  agcOptions(options)
  const { epsilon = 1e-3 } = options
  return stateless((gradient, params) =>
    mapLeaves(gradient, (leaf, path) => {
      const allowed = mul(atLeast(unitLengths(params[path]!), epsilon), most)
      const lengths = unitLengths(leaf)
      const isLong = greater(lengths, allowed)
      return mul(leaf, where(isLong, div(allowed, where(isLong, lengths, 1)), 1))
    })
  )
}

const normalizeOptions = optionsOf<{ readonly scale?: unknown; readonly epsilon?: unknown }>('normalizeByUpdateNorm', {
  scale: positive,
  epsilon: positive
})

/**
 * Divides by the global norm of the gradient plus `epsilon` (1e-6), and multiplies by `scale` (1): steps of one length.
 *
 * @throws RangeError when scale or epsilon is not a number above 0
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const unit = Optimizer.normalizeByUpdateNorm({ scale: 2.5, epsilon: 1e-12 })
 * unit.update(T.of([3, 4]), [], T.of([0, 0]))[0] // => T.of([1.5, 2])
 */
/* @__NO_SIDE_EFFECTS__ */
export const normalizeByUpdateNorm = (
  options: { readonly scale?: number | Tensor<[]>; readonly epsilon?: number | Tensor<[]> } = {}
): Optimizer => {
  normalizeOptions(options)
  const { scale = 1, epsilon = 1e-6 } = options
  return stateless((gradient) => {
    const factor = div(wide(scale), add(globalNorm(gradient), wide(epsilon)))
    return mapLeaves(gradient, (leaf) => times(leaf, factor))
  })
}
