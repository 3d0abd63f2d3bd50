/**
 * The type of layers: a way to draw parameters, and a pure function of parameters, state, context and inputs.
 */
import { requireFunction } from '../internal/check.js'
import { refusal } from '../internal/describe.js'
import type { Key, Random } from '../Random.js'
import * as R from '../Random.js'
import { requireKey } from '../random/model.js'
import type { Tensor } from '../tensor/model.js'
import { mapTensors } from '../tree/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The mode of an application: `'train'`, in which batch norm takes the statistics of the batch, or `'eval'`, in which it takes
 * those that it has collected.
 *
 * @example
 * import type { Mode } from 'pullback/Layer'
 *
 * const mode: Mode = 'eval'
 * mode // => 'eval'
 */
export type Mode = 'train' | 'eval'

/**
 * The context of one application: the mode, and a key where layers may draw. Combinators derive a key for each part, so that no
 * two draw alike. A layer draws exactly where there is a key: `{ mode: 'eval', key }` is Monte-Carlo dropout.
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
  readonly key?: Key | undefined
}

declare const computes: unique symbol

/**
 * A function `F` that has parameters `P`, which are learnt, and a state `S`, which it changes itself; both are trees of tensors.
 * `F` is any type of function: generic, or of several inputs. A layer is a value: the same one may be initialised and applied any
 * number of times.
 *
 * `stateless`, `stateful`, `lift` and `make` construct layers; `apply` and `predict` are its functions.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const layer: Layer.Layer<Layer.Rowwise<3, 2>, Layer.DenseParams<3, 2>> = Layer.dense(3, 2)
 * const [{ params, state }] = layer.init(Random.key(0))
 * Layer.predict(layer)(params, state)(T.ones([4, 3])).shape // => [4, 2]
 */
export interface Layer<F, P = None, S = None> {
  readonly init: Random<{ readonly params: P; readonly state: S }>
  /** The function at parameters and a state, which gives its output and the next state; `Layer.apply` has its exact type. */
  readonly apply: (params: P, state: S, context: Context) => (...inputs: never) => readonly [output: unknown, state: S]
  readonly [computes]: F
}

/**
 * A layer of any type.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const layers: readonly Layer.AnyLayer[] = [Layer.dense(3, 2), Layer.lift(T.tanh)]
 * layers.map(Layer.parameterCount) // => [8, 0]
 */
export interface AnyLayer {
  readonly init: Random<{ readonly params: unknown; readonly state: unknown }>
  readonly apply: (
    params: never,
    state: never,
    context: Context
  ) => (...inputs: never) => readonly [output: unknown, state: unknown]
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
export interface None {
  readonly [name: string]: never
}

/**
 * The parameters of a layer; `None` for a plain function.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.dense(3, 2)
 * const params: Layer.ParamsOf<typeof layer> = { w: T.zeros([2, 3]), b: T.zeros([2]) }
 * params.b.shape // => [2]
 */
export type ParamsOf<L> = L extends { readonly init: Random<{ readonly params: infer P }> } ? P : None

/**
 * The state of a layer; `None` for a plain function.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 *
 * const layer = Layer.dense(3, 2)
 * const state: Layer.StateOf<typeof layer> = {}
 * state // => {}
 */
export type StateOf<L> = L extends { readonly init: Random<{ readonly state: infer S }> } ? S : None

/**
 * The function that a layer computes; a plain function itself.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.dense(3, 2)
 * const f: Layer.FunctionOf<typeof layer> = Layer.predict(layer)({ w: T.zeros([2, 3]), b: T.of([1, 2]) }, {})
 * f(T.ones([3])) // => T.of([1, 2])
 */
export type FunctionOf<L> = L extends { readonly [computes]: infer F } ? (L extends AnyLayer ? F : L) : L

/** Any function. */
export type Fn = (...inputs: never) => unknown

// -----------------------------------------------------------------------------
// layers as they run
// -----------------------------------------------------------------------------

/** `apply` without its types, which state what is checked when it runs. */
export type Apply = (
  params: unknown,
  state: unknown,
  context: Context
) => (...inputs: readonly unknown[]) => readonly [output: unknown, state: unknown]

/** Calls a function of any inputs; one of one input, as most are, without a list. */
export const call = <R>(f: (...inputs: readonly unknown[]) => R, inputs: readonly unknown[]): R =>
  inputs.length === 1 ? f(inputs[0]) : f(...inputs)

/** Casts the two functions of a layer to the type that its constructor states. */
export const layerOf = <L>(init: Random<{ readonly params: unknown; readonly state: unknown }>, apply: Apply): L =>
  ({
    init: (key: Key) => {
      requireKey('init', key)
      return init(key)
    },
    apply
  }) as L

/** Casts `apply` of any layer to what it is when it runs. */
export const applyOf = (layer: AnyLayer): Apply => layer.apply as Apply

export const isLayer = (x: unknown): x is AnyLayer =>
  typeof x === 'object' &&
  x !== null &&
  'init' in x &&
  typeof x.init === 'function' &&
  'apply' in x &&
  typeof x.apply === 'function'

/** Refuses a value that is not a layer. */
export const requireLayer = (operation: string, layer: unknown, subject = 'the layer'): void => {
  if (isLayer(layer)) return
  const remedy = typeof layer === 'function' ? ', make one with Layer.lift' : ''
  throw new TypeError(`${refusal(operation, subject, layer, 'a layer')}${remedy}`)
}

const none: None = {}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** Casts a function of any inputs to what it is when it runs. */
const plain = (f: unknown): ((...inputs: readonly unknown[]) => unknown) =>
  f as (...inputs: readonly unknown[]) => unknown

const isPair = (x: unknown): x is readonly [unknown, unknown] => Array.isArray(x) && x.length === 2

const requirePair = (result: unknown): readonly [unknown, unknown] => {
  if (isPair(result)) return result
  throw new TypeError(refusal('stateful', 'the result', result, '[output, next state]'))
}

const requireDrawn = (drawn: unknown): void => {
  if (typeof drawn === 'object' && drawn !== null && 'params' in drawn && 'state' in drawn) return
  throw new TypeError(refusal('stateful', 'what init draws', drawn, '{ params, state }'))
}

/**
 * A layer without a state: parameters to draw, and a function of them, the context and the inputs.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * // one factor to learn
 * const scaling = Layer.stateless(Random.of(T.scalar(2)), (factor) => (x: T.Tensor<[2]>) => T.mul(x, factor))
 * Layer.predict(scaling)(T.scalar(3), {})(T.of([1, 2])) // => T.of([3, 6])
 */
/* @__NO_SIDE_EFFECTS__ */
export const stateless = <P, F extends Fn>(init: Random<P>, apply: (params: P, context: Context) => F): Layer<F, P> => {
  requireFunction('stateless', init, 'init')
  requireFunction('stateless', apply, 'apply')
  const run = plain(apply)
  return layerOf(R.map((params: P) => ({ params, state: none }))(init), (params, state, context) => {
    const f = plain(run(params, context))
    requireFunction('stateless', f, 'what apply returns')
    return (...inputs) => [call(f, inputs), state]
  })
}

/** Refuses fewer inputs than the least and more than the most. */
export const requireInputs = (operation: string, inputs: readonly unknown[], least = 1, most: number = least): void => {
  const n = inputs.length
  if (n >= least && n <= most) return
  const expected = most === least ? `${least}` : `${least} to ${most}`
  throw new TypeError(`${operation}: ${n} input${n === 1 ? '' : 's'}; expected ${expected}`)
}

/** `stateless` for the layers of the library, which have names, and know how many inputs they take. */
/* @__NO_SIDE_EFFECTS__ */
export const statelessOf = <P, F extends Fn>(
  operation: string,
  init: Random<P>,
  apply: (params: P, context: Context) => F,
  least = 1,
  most: number = least
): Layer<F, P> => {
  const run = plain(apply)
  return layerOf(R.map((params: P) => ({ params, state: none }))(init), (params, state, context) => {
    const f = plain(run(params, context))
    return (...inputs) => {
      requireInputs(operation, inputs, least, most)
      return [call(f, inputs), state]
    }
  })
}

/** `lift` for the layers of the library. */
/* @__NO_SIDE_EFFECTS__ */
export const liftOf = <F extends Fn>(operation: string, f: F, n = 1): Layer<F> =>
  statelessOf(operation, R.of(none), () => f, n)

const open = /* @__PURE__ */ new WeakSet<Tensor>()

/** Whether a tensor of a first state may have other shapes in the next: in a layer of `stateful`. */
export const isOpen = (leaf: Tensor): boolean => open.has(leaf)

/** `stateful` for the layers of the library: of one input, with a state that keeps its shapes. */
/* @__NO_SIDE_EFFECTS__ */
export const statefulOf = <P, S, A, B>(
  operation: string,
  init: Random<{ readonly params: P; readonly state: S }>,
  apply: (params: P, state: S, context: Context) => (input: A) => readonly [output: B, state: S]
): Layer<(input: A) => B, P, S> => {
  const run = plain(apply)
  return layerOf(init, (params, state, context) => {
    const f = plain(run(params, state, context))
    return (...inputs) => {
      requireInputs(operation, inputs)
      return requirePair(f(inputs[0]))
    }
  })
}

/**
 * A layer with a state: parameters and a first state to draw, and a function of them that gives an output and the next state. The next state
 * has the structure of the first; its shapes may be others, as those of a memory that grows, except inside `repeat`.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * // the sum of all inputs so far
 * const total = Layer.stateful(
 *   Random.of({ params: {}, state: T.scalar(0) }),
 *   (_params: {}, sum: T.Tensor<[]>) => (x: T.Tensor<[]>) => [T.add(sum, x), T.add(sum, x)]
 * )
 * Layer.apply(total)({}, T.scalar(2), { mode: 'train' })(T.scalar(3)) // => [T.scalar(5), T.scalar(5)]
 */
/* @__NO_SIDE_EFFECTS__ */
export const stateful = <P, S, A extends readonly unknown[], B>(
  init: Random<{ readonly params: P; readonly state: S }>,
  apply: (params: P, state: S, context: Context) => (...inputs: A) => readonly [output: B, state: NoInfer<S>]
): Layer<(...inputs: A) => B, P, S> => {
  requireFunction('stateful', init, 'init')
  requireFunction('stateful', apply, 'apply')
  const run = plain(apply)
  const opened = R.map((drawn: { readonly params: P; readonly state: S }) => {
    requireDrawn(drawn)
    mapTensors(drawn.state, (leaf) => {
      open.add(leaf)
      return leaf
    })
    return drawn
  })
  return layerOf(opened(init), (params, state, context) => {
    const f = plain(run(params, state, context))
    requireFunction('stateful', f, 'what apply returns')
    return (...inputs) => requirePair(call(f, inputs))
  })
}

/**
 * A plain function as a layer, without parameters and without a state. It preserves composition and identity:
 * `sequential(f, g)` computes what `lift(flow(f, g))` does. `sequential` takes plain functions themselves.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.lift(T.square))({}, {})(T.of([1, 2])) // => T.of([1, 4])
 */
/* @__NO_SIDE_EFFECTS__ */
export const lift = <F extends Fn>(f: F): Layer<F> => {
  requireFunction('lift', f)
  return stateless(R.of(none), () => f)
}

/**
 * The layer that returns its input.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.identity())({}, {})(T.of([1, 2])) // => T.of([1, 2])
 */
/* @__NO_SIDE_EFFECTS__ */
export const identity = (): Layer<<A>(input: A) => A> => liftOf('identity', <A>(input: A): A => input)
