/** Layers beside one another: what is added to the input, several of one input or of one each, and what is left out in one mode. */
import { describe } from '../internal/describe.js'
import { integer, options } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import { type Shape, ShapeError, equals, normalizeAxis, show } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import type { ReplaceAxis } from '../shape/static.js'
import { add, concat } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { applyPart, child, requireContext } from './context.js'
import type {
  AllParams,
  AllStates,
  InputsOf,
  InputsOfAll,
  List,
  OneInput,
  Part,
  RowsIn,
  RowsOut,
  ShowInput,
  ShowType
} from './links.js'
import {
  type FunctionOf,
  type Layer,
  type Mode,
  type ParamsOf,
  type StateOf,
  applyOf,
  layerOf,
  requireInputs
} from './model.js'
import type { Agrees, Output, Refused } from './output.js'
import { drawn, layersOf } from './sequential.js'
import { listOf } from './structure.js'

// -----------------------------------------------------------------------------
// of one layer
// -----------------------------------------------------------------------------

/** Whether an output may have the shape of the input, which is decided for sizes that are type parameters too. */
type SameShape<A, B> = [B] extends [A] ? true : [A, B] extends [Tensor<infer S>, Tensor<infer O>] ? Agrees<O, S> : true

/** Nothing to expect of a layer that keeps shapes; else the sentence. */
type Closed<Name extends string, L, F = FunctionOf<L>> =
  SameShape<RowsIn<F>, RowsOut<F>> extends true
    ? unknown
    : `${Name}: the layer takes ${ShowType<RowsIn<F>>}; it gives ${ShowType<RowsOut<F>>}`

/** The layer with another way to apply it. */
type Wrapped<L> = Layer<FunctionOf<L>, ParamsOf<L>, StateOf<L>>

/** Casts what is checked to be a tensor. */
const tensor = (operation: string, subject: string, x: unknown): Tensor => {
  requireTensor(operation, x, subject)
  return x as Tensor
}

/** The layer whose output is joined with its input. */
const joining = <L>(
  operation: string,
  part: Part,
  problem: (x: Tensor, y: Tensor) => string | undefined,
  join: (x: Tensor, y: Tensor) => Tensor
): L => {
  const inner = layersOf(operation, [part])[0]!
  const run = applyOf(inner)
  return layerOf(inner.init, (params, state, context) => {
    const f = run(params, state, context)
    return (...inputs) => {
      requireInputs(operation, inputs)
      const x = tensor(operation, 'the input', inputs[0])
      const [output, next] = f(x)
      const y = tensor(operation, 'the output', output)
      const expected = problem(x, y)
      if (expected === undefined) return [join(x, y), next]
      const found = `the layer gives shape ${show(y.shape)} for an input of shape ${show(x.shape)}`
      throw new ShapeError(operation, [x.shape, y.shape], `${found}; expected ${expected}`)
    }
  })
}

/**
 * A residual block, x + f(x): the layer learns what to add to its input. It has the parameters and the state of the layer.
 *
 * K. He, X. Zhang, S. Ren and J. Sun, Deep Residual Learning for Image Recognition, CVPR 2016.
 *
 * @throws TypeError when the part is neither a layer nor a function; ShapeError when an output has another shape than the input
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const block = Layer.residual(Layer.sequential(Layer.dense(8, 8), T.relu))
 * Layer.parameterCount(Layer.sequential(block, block)) // => 144
 * Layer.predict(Layer.residual(T.square))({}, {})(T.of([2, 3])) // => T.of([6, 12])
 */
/* @__NO_SIDE_EFFECTS__ */
export const residual = <L extends Part>(layer: L & Closed<'residual', L>): Wrapped<L> =>
  joining('residual', layer, (x, y) => (equals(x.shape, y.shape) ? undefined : 'the same shape'), add)

/**
 * The options of `denseConnect`.
 *
 * @example
 * import type { DenseConnectOptions } from 'pullback/Layer'
 *
 * const options: DenseConnectOptions = { axis: -1 }
 * options.axis // => -1
 */
export interface DenseConnectOptions {
  /** The axis of the features or channels, along which input and output are joined; 1 by default, as in `[examples, channels, ...]`. */
  readonly axis?: number
}

/** The function of a layer whose output is joined with its input along an axis. */
type Joined<F, Axis> = (
  input: RowsIn<F>
) => RowsIn<F> extends Tensor<infer S> ? Tensor<ReplaceAxis<S, Axis, number>> : never

const checkDenseConnect = options<DenseConnectOptions>('denseConnect', { axis: integer })

/** Whether two shapes differ along one axis at most. */
const differAlong = (axis: number, a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((n, i) => i === axis || n === b[i])

/**
 * A dense connection, [x, f(x)] joined along the axis of the features or channels: what comes behind sees the input and all that layers
 * have made of it. It has the parameters and the state of the layer.
 *
 * G. Huang, Z. Liu, L. van der Maaten and K. Q. Weinberger, Densely Connected Convolutional Networks, CVPR 2017.
 *
 * @throws TypeError when the part is neither a layer nor a function; ShapeError when an output differs from the input along another axis
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const grow = (channels: number) => Layer.denseConnect(Layer.conv2d(channels, 2, { window: 3, padding: 1 }))
 * Layer.summary(Layer.sequential(grow(3), grow(5), grow(7)), [1, 3, 8, 8])[0]?.shapes // => [[1, 9, 8, 8]]
 * Layer.predict(Layer.denseConnect(T.square, { axis: 0 }))({}, {})(T.of([2, 3])) // => T.of([2, 3, 4, 9])
 */
/* @__NO_SIDE_EFFECTS__ */
export const denseConnect = <L extends Part, const O extends DenseConnectOptions = {}>(
  layer: L,
  options?: O & Only<O, DenseConnectOptions>
): Layer<Joined<FunctionOf<L>, Given<O, 'axis', 1>>, ParamsOf<L>, StateOf<L>> => {
  checkDenseConnect(options)
  const along: number = (options as DenseConnectOptions | undefined)?.axis ?? 1
  return joining(
    'denseConnect',
    layer,
    ({ shape }, y) =>
      differAlong(normalizeAxis('denseConnect', along, shape), shape, y.shape)
        ? undefined
        : `equal sizes on all axes but ${along}`,
    (x, y) => concat([x, y], { axis: along })
  )
}

/**
 * The layer in one mode, and the identity in the other, in which its state stays: noise or augmentation in training only, even for
 * Monte-Carlo estimates.
 *
 * @throws TypeError when the mode is not one, or the part is neither a layer nor a function
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const doubled = Layer.when('train', T.mul(2))
 * Layer.apply(doubled)({}, {}, { mode: 'train' })(T.of([1, 2]))[0] // => T.of([2, 4])
 * Layer.predict(doubled)({}, {})(T.of([1, 2])) // => T.of([1, 2])
 */
/* @__NO_SIDE_EFFECTS__ */
export const when = <L extends Part>(mode: Mode, layer: L & Closed<'when', L>): Wrapped<L> => {
  requireContext('when', { mode })
  const inner = layersOf('when', [layer])[0]!
  const run = applyOf(inner)
  return layerOf(inner.init, (params, state, context) => {
    const f = context.mode === mode ? run(params, state, context) : undefined
    return (...inputs) => {
      requireInputs('when', inputs)
      return f === undefined ? [inputs[0], state] : f(inputs[0])
    }
  })
}

// -----------------------------------------------------------------------------
// of several layers
// -----------------------------------------------------------------------------

type InputOf<F> = OneInput<InputsOf<F>> extends readonly [infer I] ? I : never

/** The parts of a list, each applied to an input of its own, which is found by its index. */
const beside = <L>(operation: string, parts: readonly Part[], inputOf: (input: unknown, i: number) => unknown): L => {
  const layers = layersOf(operation, parts)
  const n = layers.length
  return layerOf(drawn(layers), (params, state, context) => {
    const own = listOf(operation, 'the parameters', params, n)
    const before = listOf(operation, 'the state', state, n)
    return (...inputs) => {
      requireInputs(operation, inputs)
      const results = layers.map((layer, i) =>
        applyPart(layer, own[i], before[i], child(context, i), `[${i}]`, [inputOf(inputs[0], i)])
      )
      return [results.map(([output]) => output), results.map(([, next]) => next)]
    }
  })
}

type InputOfAll<L extends List> = OneInput<InputsOfAll<L>> extends readonly [infer I] ? I : never

type OutputsOf<L extends List, X> = { readonly [I in keyof L]: Output<FunctionOf<L[I]>, X> }

/** The function of a branch, as exact as its parts. */
type Branch<L extends List> = <X extends InputOfAll<L>>(input: X) => OutputsOf<L, X>

/** Whether a part takes what the first takes, which is decided for sizes that are type parameters too, unless that takes every shape. */
type TakesFirst<F, First> = [Tensor] extends [First] ? false : [InputOf<F>] extends [First] ? true : false

/** Parts as they are given, with a sentence expected of those that do not take what the first takes that is not for every shape. */
type Agreeing<L extends List, X = InputOfAll<L>> = {
  [I in keyof L]: L[I] &
    (TakesFirst<FunctionOf<L[I]>, InputOf<FunctionOf<L[0]>>> extends true
      ? unknown
      : [Output<FunctionOf<L[I]>, X>] extends [Refused]
        ? `branch: a layer takes ${ShowInput<FunctionOf<L[I]>>}; it is given ${ShowType<X>}`
        : unknown)
}

/**
 * Several layers of the same input, whose outputs form a tuple; parameters, and states, as a tuple. In code that is generic in its sizes
 * the outputs have no types before the sizes are known; parts of `make` have.
 *
 * @throws TypeError when a part is neither a layer nor a function
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const both = Layer.branch(T.neg, T.square)
 * Layer.predict(both)([{}, {}], [{}, {}])(T.of([1, 2])) // => [T.of([-1, -2]), T.of([1, 4])]
 * const wide = Layer.sequential(
 *   Layer.branch(Layer.dense(4, 3), Layer.dense(4, 2)),
 *   ([a, b]: readonly [T.Tensor<[number, 3]>, T.Tensor<[number, 2]>]) => T.concat([a, b], { axis: 1 })
 * )
 * Layer.summary(wide, [5, 4])[0]?.shapes // => [[5, 5]]
 */
/* @__NO_SIDE_EFFECTS__ */
export const branch = <L extends readonly Part[]>(
  ...layers: Agreeing<L>
): Layer<Branch<L>, AllParams<L>, AllStates<L>> => beside('branch', layers, (input) => input)

type InputsEach<L extends List> = { readonly [I in keyof L]: InputOf<FunctionOf<L[I]>> }

type OutputsEach<L extends List, X> = {
  readonly [I in keyof L]: I extends keyof X ? Output<FunctionOf<L[I]>, X[I]> : never
}

/** The function of layers side by side, as exact as its parts. */
type Parallel<L extends List> = <const X extends InputsEach<L>>(inputs: X) => OutputsEach<L, X>

/**
 * Layers side by side, each with an input of its own: from a tuple of inputs to the tuple of outputs; parameters, and states, as a tuple.
 *
 * @throws TypeError when a part is neither a layer nor a function, or the input is not a tuple of as many
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const each = Layer.parallel(T.neg, T.square)
 * Layer.predict(each)([{}, {}], [{}, {}])([T.of([1, 2]), T.scalar(3)]) // => [T.of([-1, -2]), T.scalar(9)]
 */
/* @__NO_SIDE_EFFECTS__ */
export const parallel = <L extends readonly Part[]>(...layers: L): Layer<Parallel<L>, AllParams<L>, AllStates<L>> =>
  beside('parallel', layers, (given, i) => {
    if (Array.isArray(given) && given.length === layers.length) return given[i]
    const found = Array.isArray(given) ? `an array of ${given.length}` : describe(given)
    throw new TypeError(`parallel: the input is ${found}; expected an array of ${layers.length}, one for each layer`)
  })
