/**
 * The type of layers: a way to draw parameters, and a pure function of parameters, state, context and input.
 */
import { refusal } from '../internal/describe.js'
import type { Key, Random } from '../Random.js'
import * as R from '../Random.js'
import { requireKey } from '../random/model.js'
import type { Tensor } from '../tensor/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The mode of an application: `'train'`, in which dropout drops, or `'eval'`, in which layers are deterministic.
 *
 * @example
 * import type { Mode } from 'pullback/Layer'
 *
 * const mode: Mode = 'eval'
 * mode // => 'eval'
 */
export type Mode = 'train' | 'eval'

/**
 * The context of one application: the mode, and a key for draws. Combinators split the key, so that no two layers draw
 * from the same one.
 *
 * @example
 * import type { Context } from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 *
 * const context: Context = { mode: 'train', key: Random.key(0) }
 * context.mode // => 'train'
 */
export interface Context {
  readonly mode: Mode
  readonly key: Key
}

/**
 * A function from `A` to `B` that has parameters `P`, which are learnt, and a state `S`, which it changes itself; both are
 * trees of tensors. A layer is a value: the same one may be initialised and applied any number of times.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const layer: Layer.Layer<Layer.DenseParams<3, 2>, Layer.None, T.Tensor<[number, 3]>, T.Tensor<[number, 2]>> =
 *   Layer.dense(3, 2)
 * const [{ params, state }] = layer.init(Random.key(0))
 * const [output] = layer.apply(params, state, { mode: 'eval', key: Random.key(1) })(T.ones([4, 3]))
 * output.shape // => [4, 2]
 */
export interface Layer<P, S, A, B> {
  readonly init: Random<{ readonly params: P; readonly state: S }>
  readonly apply: (params: P, state: S, context: Context) => (input: A) => readonly [output: B, state: S]
}

/**
 * The parameters, or the state, of a layer that has none: a record without entries.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const none: Layer.None = Layer.lift(T.tanh).init(Random.key(0))[0].params
 * none // => {}
 */
export type None = Readonly<Record<string, never>>

/**
 * The parameters of a layer.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.dense(3, 2)
 * const params: Layer.ParamsOf<typeof layer> = { w: T.zeros([2, 3]), b: T.zeros([2]) }
 * params.b.shape // => [2]
 */
export type ParamsOf<L> = L extends { readonly init: Random<{ readonly params: infer P }> } ? P : never

/**
 * The state of a layer.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 *
 * const layer = Layer.dense(3, 2)
 * const state: Layer.StateOf<typeof layer> = {}
 * state // => {}
 */
export type StateOf<L> = L extends { readonly init: Random<{ readonly state: infer S }> } ? S : never

const none: None = {}

const isLayer = (layer: unknown): boolean =>
  typeof layer === 'object' &&
  layer !== null &&
  'init' in layer &&
  typeof layer.init === 'function' &&
  'apply' in layer &&
  typeof layer.apply === 'function'

/** Refuses a value that is not a layer; positions are counted from 1. */
export const requireLayer = (operation: string, position: number, layer: unknown): void => {
  if (isLayer(layer)) return
  const remedy = typeof layer === 'function' ? ', make one with Layer.lift' : ''
  throw new TypeError(`${refusal(operation, `layer ${position}`, layer, 'a layer')}${remedy}`)
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * A layer without a state: parameters to draw, and a function of them, the input and the context.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * // one factor to learn
 * const scaling = Layer.stateless(Random.of(T.scalar(2)), (factor) => (x: T.Tensor<[2]>) => T.mul(x, factor))
 * Layer.predict(scaling)(T.scalar(3), {})(T.of([1, 2])) // => T.of([3, 6])
 */
/* @__NO_SIDE_EFFECTS__ */
export const stateless = <P, A, B>(
  init: Random<P>,
  apply: (params: P, context: Context) => (input: A) => B
): Layer<P, None, A, B> => ({
  init: (key) => {
    requireKey('init', key)
    return R.map((params: P) => ({ params, state: none }))(init)(key)
  },
  apply: (params, state, context) => (input) => [apply(params, context)(input), state]
})

/**
 * A plain function as a layer, without parameters and without a state. It preserves composition and identity:
 * `compose(lift(f), lift(g))` computes what `lift(flow(f, g))` does.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.lift(T.square))({}, {})(T.of([1, 2])) // => T.of([1, 4])
 */
/* @__NO_SIDE_EFFECTS__ */
export const lift = <A = Tensor, B = Tensor>(f: (input: A) => B): Layer<None, None, A, B> =>
  stateless(R.of(none), () => f)

/**
 * The layer that returns its input.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.identity<T.Tensor>())({}, {})(T.of([1, 2])) // => T.of([1, 2])
 */
/* @__NO_SIDE_EFFECTS__ */
export const identity = <A>(): Layer<None, None, A, A> => lift((input) => input)

// -----------------------------------------------------------------------------
// destructors
// -----------------------------------------------------------------------------

/**
 * The function that a layer computes in evaluation: deterministic, and its state stays as it is.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.dense(2, 1)
 * Layer.predict(layer)({ w: T.of([[1, 2]]), b: T.of([10]) }, {})(T.of([[1, 1], [0, 1]])) // => T.of([[13], [12]])
 */
export const predict =
  <P, S, A, B>(layer: Layer<P, S, A, B>): ((params: P, state: S) => (input: A) => B) =>
  (params, state) => {
    const run = layer.apply(params, state, { mode: 'eval', key: R.key(0) })
    return (input) => run(input)[0]
  }
