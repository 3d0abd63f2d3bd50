/** Recurrent layers: the simple one, GRU and LSTM along the time of sequences. */
import { requireCount } from '../internal/check.js'
import {
  type Kinds,
  type Options,
  checkedLater,
  flag,
  oneOf,
  options,
  positiveCount,
  record
} from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import { rateKind } from '../regularizer/noise.js'
import { ShapeError, show } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import * as T from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { within } from '../transform/scope.js'
import {
  type Cell,
  type CellOptions,
  type LstmCellOptions,
  type RnnCellOptions,
  cellKinds,
  gruOf,
  lstmKinds,
  lstmOf,
  rnnKinds,
  rnnOf
} from './cellRules.js'
import { type LstmState, type ParamsOfCell } from './cells.js'
import { type AnyLayer, type Fn, type Layer, statelessOf } from './model.js'
import { type Part, type Sequence, type Ways, bothWays, maskOf, oneWay, stacked } from './steps.js'
import { taking } from './structure.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** The options that all recurrent layers have beside those of their cells. */
interface CourseOptions {
  /** How many layers there are, each of which takes the outputs of the one before; parameters and states are an array then. */
  readonly layers?: number
  /** Whether a second cell runs from the end to the beginning: outputs are joined, and parameters and states are { forward, backward }. */
  readonly bidirectional?: boolean
  /** Whether it runs from the end to the beginning; outputs stay at their places. */
  readonly reverse?: boolean
  /** The rate of dropout between layers; 0 by default. */
  readonly dropout?: number
  /** What it gives: the `'outputs'` of all steps (the default), that of the `'last'` step, or [outputs, `'state'`]. */
  readonly returns?: 'outputs' | 'last' | 'state'
}

/**
 * The options of `gru`.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 *
 * const options: Layer.GruOptions = { layers: 2, bidirectional: true }
 * Layer.summary(Layer.gru(3, 5, options), [2, 7, 3])[0]?.shapes // => [[2, 7, 10]]
 */
export interface GruOptions extends CellOptions, CourseOptions {}

/**
 * The options of `rnn`.
 *
 * @example
 * import type { RnnOptions } from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const options: RnnOptions = { activation: T.relu, reverse: true }
 * options.reverse // => true
 */
export interface RnnOptions extends RnnCellOptions, CourseOptions {}

/**
 * The options of `lstm`.
 *
 * @example
 * import type { LstmOptions } from 'pullback/Layer'
 *
 * const options: LstmOptions = { returns: 'last', forgetBias: 0 }
 * options.returns // => 'last'
 */
export interface LstmOptions extends LstmCellOptions, CourseOptions {}

/** The state of a cell of a kind. */
type StateOfCell<Kind, N extends number, Hidden extends number> = Kind extends 'lstm'
  ? LstmState<[N, Hidden]>
  : Tensor<[N, Hidden]>

/** Of one cell, or of two of both directions. */
type InWays<O, A> = Given<O, 'bidirectional', false> extends infer Is ? (Is extends true ? Ways<A> : A) : never

/** Of one layer, or of several: the first, and the others. */
type Stack<O, First, Other> =
  Given<O, 'layers', undefined> extends infer Layers
    ? Layers extends undefined
      ? First
      : readonly [First, ...Other[]]
    : never

/** Of a digit twice: the last digit, without and with one carried to it. */
interface TwiceOf {
  readonly 0: [0, 1]
  readonly 1: [2, 3]
  readonly 2: [4, 5]
  readonly 3: [6, 7]
  readonly 4: [8, 9]
  readonly 5: [0, 1]
  readonly 6: [2, 3]
  readonly 7: [4, 5]
  readonly 8: [6, 7]
  readonly 9: [8, 9]
}

/** What digits carry to those in front of them where they are doubled. */
type Carried<S extends string> = S extends `${5 | 6 | 7 | 8 | 9}${string}` ? 1 : 0

type TwiceDigits<S extends string> = S extends `${infer D extends keyof TwiceOf}${infer Rest}`
  ? `${TwiceOf[D][Carried<Rest>]}${TwiceDigits<Rest>}`
  : ''

type NumberOf<S extends string> = S extends `0${infer Rest}`
  ? NumberOf<Rest>
  : S extends `${infer N extends number}`
    ? N
    : number

/** Twice a size; `number` where it is not known. */
type Twice<N extends number> = number extends N ? number : NumberOf<TwiceDigits<`0${N}`>>

/** How many numbers outputs have. */
type Width<O, Hidden extends number> =
  Given<O, 'bidirectional', false> extends infer Is ? (Is extends true ? Twice<Hidden> : Hidden) : never

type StateOf<Kind, N extends number, Hidden extends number, O> =
  InWays<O, StateOfCell<Kind, N, Hidden>> extends infer State ? Stack<O, State, State> : never

type Returned<N extends number, Time extends number, Out extends number, State, Returns> = Returns extends 'last'
  ? Tensor<[N, Out]>
  : Returns extends 'state'
    ? readonly [outputs: Tensor<[N, Time, Out]>, state: State]
    : Tensor<[N, Time, Out]>

type Running<Kind, In extends number, Hidden extends number, O> = <N extends number, Time extends number>(
  input: Tensor<[N, Time, In]>,
  sequence?: Sequence<N, Time, StateOf<Kind, N, Hidden, O>>
) => Returned<N, Time, Width<O, Hidden>, StateOf<Kind, N, Hidden, O>, Given<O, 'returns', 'outputs'>>

type ParamsOf<In extends number, Hidden extends number, Rows extends number, O> = Stack<
  O,
  InWays<O, ParamsOfCell<In, Hidden, Rows, O>>,
  InWays<O, ParamsOfCell<Width<O, Hidden>, Hidden, Rows, O>>
>

interface Rnn {
  <In extends number, Hidden extends number, const O extends RnnOptions = {}>(
    inputs: In,
    hidden: Hidden,
    options?: O & Only<O, RnnOptions>
  ): Layer<Running<'rnn', In, Hidden, O>, ParamsOf<In, Hidden, Hidden, O>>
}

interface Gru {
  <In extends number, Hidden extends number, const O extends GruOptions = {}>(
    inputs: In,
    hidden: Hidden,
    options?: O & Only<O, GruOptions>
  ): Layer<Running<'gru', In, Hidden, O>, ParamsOf<In, Hidden, number, O>>
}

interface Lstm {
  <In extends number, Hidden extends number, const O extends LstmOptions = {}>(
    inputs: In,
    hidden: Hidden,
    options?: O & Only<O, LstmOptions>
  ): Layer<Running<'lstm', In, Hidden, O>, ParamsOf<In, Hidden, number, O>>
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

type AnyOptions = RnnOptions & LstmOptions

const courseKinds: Kinds<CourseOptions> = {
  layers: positiveCount,
  bidirectional: flag,
  reverse: flag,
  dropout: rateKind,
  returns: oneOf('outputs', 'last', 'state')
}

/** Refuses options that contradict each other. */
const requireCourse = (operation: string, { layers = 1, bidirectional, reverse, dropout = 0 }: CourseOptions): void => {
  if (bidirectional === true && reverse === true) {
    throw new TypeError(`${operation}: bidirectional and reverse are true; expected one of them`)
  }
  if (dropout > 0 && layers < 2) {
    throw new RangeError(`${operation}: dropout is ${dropout} with one layer; expected layers to be 2 or more`)
  }
}

/** The layer of a part. */
const layerOf = <P>(operation: string, inputs: number, { draw, run }: Part<P>, returns: string): Layer<Fn, P> => {
  const kinds: Kinds<Sequence> = { mask: checkedLater, lengths: checkedLater, initial: checkedLater }
  const check = record(operation, 'the second input is', kinds)
  const layer = statelessOf(
    operation,
    draw,
    (params, context) =>
      (x: Tensor, sequence: Sequence = {}): unknown => {
        check(sequence)
        requireTensor(operation, x, 'the input')
        if (x.shape.length !== 3 || x.shape[2] !== inputs) {
          const rule = `the input has shape ${show(x.shape)}; expected [batch, time, ${inputs}]`
          throw new ShapeError(operation, [x.shape], rule)
        }
        return within(operation, () => {
          const there = maskOf(operation, x.shape, sequence)
          const mask = there === undefined ? undefined : T.expandDims(T.transpose(there), 2)
          const inTime = T.permute(x, [1, 0, 2])
          const input = mask === undefined ? inTime : T.where(mask, inTime, 0)
          const { initial } = sequence
          const start = initial === undefined ? undefined : { value: initial, subject: 'the initial state' }
          const { outputs, last, state } = run({ operation, context, mask }, params, input, start)
          if (returns === 'last') return last
          const ofExamples = T.permute(outputs, [1, 0, 2])
          return returns === 'state' ? [ofExamples, state] : ofExamples
        })
      },
    1,
    2
  )
  return taking(layer, ([n = 1, time = 1]) => [n, time, inputs])
}

/** Casts to the signature, which states the sizes; they are checked at run time. */
const stated = <F>(body: (inputs: number, hidden: number, options?: AnyOptions) => AnyLayer): F => body as unknown as F

/** Makes a constructor of recurrent layers; `F` is its signature. */
/* @__NO_SIDE_EFFECTS__ */
const recurrent = <F>(check: Options, cellOf: (given: AnyOptions, operation: string) => Cell): F =>
  stated((inputs, hidden, given = {}) => {
    const { operation } = check
    check(given)
    requireCount(operation, 'the number of inputs', inputs)
    requireCount(operation, 'the number of hidden units', hidden)
    requireCourse(operation, given)
    const { layers, bidirectional = false, reverse = false, dropout = 0, returns = 'outputs' } = given
    const cell = cellOf(given, operation)
    const outputs = bidirectional ? 2 * hidden : hidden
    const made = <P>(part: (inputs: number) => Part<P>): AnyLayer => {
      if (layers === undefined) return layerOf(operation, inputs, part(inputs), returns)
      const parts = Array.from({ length: layers }, (_, i) => part(i === 0 ? inputs : outputs))
      return layerOf(operation, inputs, stacked(parts, dropout), returns)
    }
    return bidirectional
      ? made(bothWays(operation, cell, hidden, given))
      : made(oneWay(operation, cell, hidden, given, reverse))
  })

/**
 * A simple recurrent network along sequences: [batch, time, inputs] to [batch, time, hidden], h_t = tanh(W x_t + b + U h_(t-1) + b').
 * Options, masks, states and parameters are as those of `gru`; the weights have a row for each of the hidden.
 *
 * @throws ShapeError when the input, the mask or the initial state does not fit
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const sums = Layer.rnn(1, 1, { bias: false, activation: (x: T.Tensor) => x })
 * const params = { input: { w: T.of([[1]]) }, hidden: { w: T.of([[1]]) } }
 * Layer.predict(sums)(params, {})(T.of([[[1], [2], [3]]])) // => T.of([[[1], [3], [6]]])
 */
export const rnn: Rnn = /* @__PURE__ */ recurrent(options<RnnOptions>('rnn', { ...rnnKinds, ...courseKinds }), rnnOf)

/**
 * A gated recurrent unit along sequences: [batch, time, inputs] to [batch, time, hidden], by the steps of `gruCell`. The products of the
 * inputs are computed for all steps at once, the rest by one `scan`.
 *
 * `returns` says what it gives: the outputs of all steps, the last one only, [batch, hidden], or [outputs, state]. The second argument says
 * which steps are there, by a mask [batch, time] or by lengths [batch], and the state to begin with. What is not there changes
 * nothing: the state goes past it, and the outputs there are 0.
 *
 * With `layers` parameters and states are arrays; `bidirectional` joins the outputs of both directions, [batch, time, 2 hidden], whose
 * parameters and states are { forward, backward }. They nest: an array of such pairs. All are PyTorch's, in its order.
 *
 * @throws ShapeError when the input, the mask or the initial state does not fit
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.gru(3, 5, { layers: 2, bidirectional: true, returns: 'state' })
 * const [{ params, state }] = layer.init(Random.key(0))
 * params[1]?.backward.hidden.w.shape // => [15, 5]
 * const [outputs, last] = Layer.predict(layer)(params, state)(T.ones([2, 7, 3]), { lengths: T.of([7, 4], 'int32') })
 * outputs.shape // => [2, 7, 10]
 * last[0].forward.shape // => [2, 5]
 */
export const gru: Gru = /* @__PURE__ */ recurrent(options<GruOptions>('gru', { ...cellKinds, ...courseKinds }), gruOf)

/**
 * A long short-term memory along sequences: [batch, time, inputs] to [batch, time, hidden], by the steps of `lstmCell`. Options, masks and
 * parameters are as those of `gru`; a state is { h, c }.
 *
 * @throws ShapeError when the input, the mask or the initial state does not fit
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const classifier = Layer.sequential(Layer.embedding(20, 8), Layer.lstm(8, 16, { returns: 'last' }), Layer.dense(16, 2))
 * const [{ params, state }] = classifier.init(Random.key(0))
 * Layer.predict(classifier)(params, state)(T.of([[3, 7, 7], [1, 19, 0]], 'int32')).shape // => [2, 2]
 */
export const lstm: Lstm = /* @__PURE__ */ recurrent(
  options<LstmOptions>('lstm', { ...lstmKinds, ...courseKinds }),
  lstmOf
)
