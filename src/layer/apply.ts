/** The functions that layers compute. */
import { inMode as contextIn, requireContext } from './context.js'
import { type AnyLayer, type Context, type Layer, type Mode, applyOf, layerOf, requireLayer } from './model.js'
import type { WithState } from './output.js'
import { requireTrees } from './structure.js'

/** Casts a function whose types a layer states. */
const stated = <F>(f: (...inputs: readonly unknown[]) => unknown): F => f as F

/** A layer at parameters, a state and a context, all of which are checked. */
export const applied = (
  operation: string,
  layer: AnyLayer,
  params: unknown,
  state: unknown,
  context: Context
): ((...inputs: readonly unknown[]) => readonly [output: unknown, state: unknown]) => {
  requireContext(operation, context)
  requireTrees(operation, layer, params, state)
  return applyOf(layer)(params, state, context)
}

/**
 * The function of a layer at parameters, a state and a context: it gives the output and the next state. Parameters and states of another
 * structure are refused by path before anything is computed.
 *
 * @throws TreeError when the parameters or the state are not those of the layer; ShapeError when a parameter has another shape
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const model = Layer.sequential(Layer.dense(2, 3), Layer.dropout(0.5))
 * const [{ params, state }] = model.init(Random.key(0))
 * const [output, next] = Layer.apply(model)(params, state, { mode: 'train', key: Random.key(1) })(T.ones([4, 2]))
 * output.shape // => [4, 3]
 */
export const apply = <F, P, S>(layer: Layer<F, P, S>): ((params: P, state: S, context: Context) => WithState<F, S>) => {
  requireLayer('apply', layer)
  return (params, state, context) => stated(applied('apply', layer, params, state, context))
}

/**
 * The function that a layer computes, without its next state: in evaluation by default, where it is deterministic. With
 * `{ mode: 'eval', key }` dropout draws: samples of its predictive distribution.
 *
 * @throws TreeError when the parameters or the state are not those of the layer; ShapeError when a parameter has another shape
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.dense(2, 1)
 * Layer.predict(layer)({ w: T.of([[1, 2]]), b: T.of([10]) }, {})(T.of([[1, 1], [0, 1]])) // => T.of([[13], [12]])
 */
export const predict = <F, P, S>(layer: Layer<F, P, S>): ((params: P, state: S, context?: Context) => F) => {
  requireLayer('predict', layer)
  return (params, state, context = { mode: 'eval' }) => {
    const run = applied('predict', layer, params, state, context)
    return stated((...inputs) => run(...inputs)[0])
  }
}

/**
 * The layer in a mode of its own, whatever that of the whole: batch norm whose statistics are frozen, for one.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const mode = Layer.stateless(Random.of({}), (_params, context) => (_x: T.Tensor<[]>) => T.scalar(context.mode === 'eval' ? 1 : 0))
 * Layer.apply(Layer.inMode('eval', mode))({}, {}, { mode: 'train' })(T.scalar(5))[0] // => T.scalar(1)
 */
/* @__NO_SIDE_EFFECTS__ */
export const inMode = <F, P, S>(mode: Mode, layer: Layer<F, P, S>): Layer<F, P, S> => {
  requireContext('inMode', { mode })
  requireLayer('inMode', layer)
  const run = applyOf(layer)
  return layerOf(layer.init, (params, state, context) => run(params, state, contextIn(context, mode)))
}
