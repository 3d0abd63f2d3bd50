/** Layers whose parameters are stacked, or computed from others. */
import { type WithAxis, vmap } from '../calculus/vmap.js'
import { scanTrees } from '../control/scan.js'
import { stopGradient } from '../Grad.js'
import { requireCount, requireFunction } from '../internal/check.js'
import * as R from '../Random.js'
import type { Key, Random } from '../Random.js'
import { stack } from '../tensor/join.js'
import { mapAs } from '../tree/model.js'
import { applyPart, withKey } from './context.js'
import { type Layer, applyOf, layerOf, requireLayer } from './model.js'
import { isChanged, requireTrees } from './structure.js'

/**
 * n equal blocks one after the other, each with its own parameters and state, which are stacked along an axis in front: one `scan`, so that
 * a program has the operations of one block, whatever n is. A block takes a tree of tensors and gives one of the same shapes; further
 * inputs, such as masks, are the same for all blocks.
 *
 * @throws RangeError when n is not an integer above 0
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const deep = Layer.repeat(24, Layer.sequential(Layer.dense(8, 8), T.tanh))
 * const [{ params, state }] = deep.init(Random.key(0))
 * params[0].w.shape // => [24, 8, 8]
 * Layer.predict(deep)(params, state)(T.ones([2, 8])).shape // => [2, 8]
 */
/* @__NO_SIDE_EFFECTS__ */
export const repeat = <F, P, S>(n: number, block: Layer<F, P, S>): Layer<F, WithAxis<P>, WithAxis<S>> => {
  requireCount('repeat', 'the number of blocks', n)
  requireLayer('repeat', block, 'the block')
  const name = n === 1 ? '[0]' : `[0..${n - 1}]`
  return layerOf(
    R.draw((key) => vmap((each: Key) => block.init(each)[0], { inAxes: 'split', size: n })(key)),
    (params, state, context) =>
      (...inputs) => {
        if (inputs.length === 0) throw new TypeError('repeat: the block is given no input; expected one or more')
        const [first, ...others] = inputs
        const { key } = context
        const keys = key === undefined ? {} : { key: stack(R.split(key, n)) }
        let isKept = true
        const step = (carry: unknown, each: Step): readonly [unknown, unknown] => {
          const result = applyPart(block, each.params, each.state, withKey(context, each.key), name, [carry, ...others])
          isKept &&= !isChanged(each.state, result[1])
          return result
        }
        const xs = { params, state, ...keys }
        const [output, states] = scanTrees<unknown, Step, unknown>('repeat', step, first, xs, { length: n })
        return [output, isKept ? state : states]
      }
  )
}

/** What one of the blocks is given. */
interface Step {
  readonly params: unknown
  readonly state: unknown
  readonly key?: Key
}

/**
 * A layer whose parameters are computed from others, which are the ones to learn: weight normalisation, low-rank adaptation, tying.
 * `draw` makes the first of them from the parameters that the layer draws, `from` makes the layer's parameters of them.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * // a dense layer whose weights are positive
 * const positive = Layer.reparametrize(
 *   ({ w, b }: Layer.DenseParams<2, 2>) => Random.of({ logarithm: T.log(T.abs(w)), b }),
 *   ({ logarithm, b }) => ({ w: T.exp(logarithm), b })
 * )(Layer.dense(2, 2))
 * const params = { logarithm: T.zeros([2, 2]), b: T.of([0, 1]) }
 * Layer.predict(positive)(params, {})(T.of([1, 2])) // => T.of([3, 4])
 */
export const reparametrize =
  <P, Q>(draw: (params: P) => Random<Q>, from: (params: Q) => P) =>
  <F, S>(layer: Layer<F, P, S>): Layer<F, Q, S> => {
    requireFunction('reparametrize', draw, 'draw')
    requireFunction('reparametrize', from, 'from')
    requireLayer('reparametrize', layer)
    const run = applyOf(layer)
    return layerOf(
      (key) => {
        const [{ params, state }, next] = layer.init(key)
        const drawing = draw(params)
        requireFunction('reparametrize', drawing, 'what draw returns')
        const [own, rest] = drawing(next)
        return [{ params: own, state }, rest]
      },
      (params, state, context) => {
        const own = from(params as Q)
        requireTrees('reparametrize', layer, own, state)
        return run(own, state, context)
      }
    )
  }

/**
 * The layer with its parameters held fixed: no gradient reaches them. Its state goes on.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const frozen = Layer.freeze(Layer.dense(2, 1))
 * const params = { w: T.of([[1, 2]]), b: T.of([10]) }
 * grad((p: typeof params) => T.sum(Layer.predict(frozen)(p, {})(T.of([1, 1]))))(params)
 * // => { w: T.of([[0, 0]]), b: T.of([0]) }
 */
/* @__NO_SIDE_EFFECTS__ */
export const freeze = <F, P, S>(layer: Layer<F, P, S>): Layer<F, P, S> => {
  requireLayer('freeze', layer)
  const run = applyOf(layer)
  return layerOf(layer.init, (params, state, context) => run(mapAs('freeze', params, stopGradient), state, context))
}
