/** Changes of gradients that are not scalings: decay, noise, centring, and what to do with NaN. */
import { options as optionsOf, requireKind } from '../internal/options.js'
import { isFloat } from '../DType.js'
import { type Key, normal, split } from '../Random.js'
import { requireKey } from '../random/model.js'
import { add, isNaN, mean, pow, sub, where, mul, sqrt } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { strength, stepsAt, times, wide } from './coefficient.js'
import { unitAxes } from './lengths.js'
import { mapLeaves } from './lift.js'
import type { Optimizer } from './model.js'
import { stateful, stateless } from './rule.js'

/**
 * Adds the parameters, times a rate: before a learning rate it is the gradient of rate |p|^2 / 2, and after an adaptive
 * scaling it is decoupled weight decay. The rate is a number or a scalar tensor.
 *
 * I. Loshchilov and F. Hutter, Decoupled Weight Decay Regularization, ICLR 2019.
 *
 * @throws RangeError when the rate is not a number of 0 or more
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * Optimizer.addDecayedWeights(0.5).update(T.of([1, 1]), [], T.of([2, -2]))[0] // => T.of([2, 0])
 */
/* @__NO_SIDE_EFFECTS__ */
export const addDecayedWeights = (rate: number | Tensor<[]>): Optimizer => {
  requireKind('addDecayedWeights', 'rate', rate, strength)
  return stateless((gradient, params) => mapLeaves(gradient, (leaf, path) => add(leaf, times(params[path]!, rate))))
}

/**
 * Subtracts from each unit of a gradient its mean: from the rows of matrices and the filters of convolutions. Vectors and scalars
 * stay as they are.
 *
 * H. Yong et al., Gradient Centralization: A New Optimization Technique for Deep Neural Networks, ECCV 2020.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * const w = T.of([[1, 3], [-5, 5]])
 * Optimizer.centralize.update(w, [], w)[0] // => T.of([[-1, 1], [-5, 5]])
 */
export const centralize: Optimizer = /* @__PURE__ */ stateless((gradient) =>
  mapLeaves(gradient, (leaf) =>
    leaf.shape.length < 2 ? leaf : sub(leaf, mean(leaf, { axis: unitAxes(leaf), keepDims: true }))
  )
)

/**
 * Replaces NaN by 0. Infinities stay.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as T from 'pullback/Tensor'
 *
 * Optimizer.zeroNaNs.update(T.of([NaN, 2]), [], T.of([0, 0]))[0] // => T.of([0, 2])
 */
export const zeroNaNs: Optimizer = /* @__PURE__ */ stateless((gradient) =>
  mapLeaves(gradient, (leaf) => (isFloat(leaf.dtype) ? where(isNaN(leaf), 0, leaf) : leaf))
)

const noiseOptions = optionsOf<{ readonly eta?: unknown; readonly gamma?: unknown }>('addNoise', {
  eta: strength,
  gamma: strength
})

/**
 * Adds normal noise of variance eta / (t + 1)^gamma at step t, the first being 0; 0.01 and 0.55 by default. The key is in the state,
 * where each step replaces it, so that a run that is restarted draws on. The noise of a leaf depends on the paths of the tree, and not on
 * the order in which they were written.
 *
 * A. Neelakantan et al., Adding Gradient Noise Improves Learning for Very Deep Networks, 2015.
 *
 * @throws TypeError when the key is not one
 * @throws RangeError when eta or gamma is not a number of 0 or more
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const params = T.zeros([3])
 * const noisy = Optimizer.addNoise(Random.key(0), { eta: 0.5 })
 * const [first, state] = noisy.update(params, noisy.init(params), params)
 * const [again] = noisy.update(params, noisy.init(params), params)
 * const [second] = noisy.update(params, state, params)
 * T.eqStrict.equals(first, again) // => true
 * T.eqStrict.equals(first, second) // => false
 */
/* @__NO_SIDE_EFFECTS__ */
export const addNoise = (
  key: Key,
  options: { readonly eta?: number | Tensor<[]>; readonly gamma?: number | Tensor<[]> } = {}
): Optimizer => {
  requireKey('addNoise', key)
  noiseOptions(options)
  const { eta = 0.01, gamma = 0.55 } = options
  return stateful(
    () => ({ key: { '': key } }),
    (gradient, before, { count }) => {
      const deviation = sqrt(mul(wide(eta), pow(stepsAt(count), mul(wide(gamma), -1))))
      // in the order of paths: equal trees get equal noise, in whatever order they were written
      const paths = Object.keys(gradient).sort()
      const [next, ...keys] = split(before.key['']! as Key, paths.length + 1)
      const keyAt = new Map(paths.map((path, i) => [path, keys[i]!]))
      const noisy = mapLeaves(gradient, (leaf, path) =>
        isFloat(leaf.dtype) ? add(leaf, times(normal(keyAt.get(path)!, leaf.shape, leaf.dtype), deviation)) : leaf
      )
      return [noisy, { key: { '': next! } }]
    }
  )
}
