/** The cells of recurrent layers: one step of time, from an input and a state to the next state. */
import { type Initializer, glorotUniform, orthogonal } from '../Init.js'
import { requireCount } from '../internal/check.js'
import { refusal } from '../internal/describe.js'
import { type Kinds, type Options, callable, finite, flag, options } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import * as R from '../Random.js'
import type { Random } from '../Random.js'
import { type Shape, ShapeError, equals, show } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import * as T from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { within } from '../transform/scope.js'
import { isRecord } from '../tree/error.js'
import { type DenseOptions, type DenseParams, type Params, type Weights, drawKinds, requireRows } from './dense.js'
import { type Fn, type Layer, statelessOf } from './model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The parameters of a recurrent cell without biases: those of two dense layers, of the input and of the state. Rows are those of the gates one
 * after the other, in PyTorch's order: of `gru` r, z and n, of `lstm` i, f, g and o. `input.w` and `hidden.w` are PyTorch's `weight_ih` and
 * `weight_hh`.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params: Layer.CellWeights<3, 5> = { input: { w: T.zeros([15, 3]) }, hidden: { w: T.zeros([15, 5]) } }
 * params.hidden.w.shape // => [15, 5]
 */
export interface CellWeights<In extends number, Hidden extends number, Rows extends number = number> {
  readonly input: Weights<In, Rows>
  readonly hidden: Weights<Hidden, Rows>
}

/**
 * The parameters of a recurrent cell: `CellWeights` with biases. `input.b` and `hidden.b` are PyTorch's `bias_ih` and `bias_hh`; only in `gru`
 * do they differ in what they do.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 *
 * const [{ params }] = Layer.gruCell(3, 5).init(Random.key(0))
 * const own: Layer.CellParams<3, 5> = params
 * own.hidden.b.shape // => [15]
 */
export interface CellParams<In extends number, Hidden extends number, Rows extends number = number> {
  readonly input: DenseParams<In, Rows>
  readonly hidden: DenseParams<Hidden, Rows>
}

/**
 * The state of an LSTM: what it gives, h, and what it keeps, c.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const state: Layer.LstmState<[2, 5]> = { h: T.zeros([2, 5]), c: T.zeros([2, 5]) }
 * state.c.shape // => [2, 5]
 */
export interface LstmState<S extends Shape> {
  readonly h: Tensor<S>
  readonly c: Tensor<S>
}

/**
 * The options of `gruCell`, which the other cells and the layers have as well.
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import * as Layer from 'pullback/Layer'
 *
 * // as PyTorch begins, up to the biases
 * const bound = 1 / Math.sqrt(5)
 * const options: Layer.CellOptions = { init: Init.uniform(-bound, bound), hiddenInit: Init.uniform(-bound, bound) }
 * Layer.parameterCount(Layer.gruCell(3, 5, options)) // => 150
 */
export interface CellOptions extends DenseOptions {
  /** How the weights of the state are drawn, each gate's [hidden, hidden] by itself; `Init.orthogonal()` by default. */
  readonly hiddenInit?: Initializer
}

/**
 * The options of `rnnCell`.
 *
 * @example
 * import type { RnnCellOptions } from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const options: RnnCellOptions = { activation: T.relu }
 * options.activation === T.relu // => true
 */
export interface RnnCellOptions extends CellOptions {
  /** `T.tanh` by default. */
  readonly activation?: (x: Tensor) => Tensor
}

/**
 * The options of `lstmCell`.
 *
 * @example
 * import type { LstmCellOptions } from 'pullback/Layer'
 *
 * const options: LstmCellOptions = { forgetBias: 0 }
 * options.forgetBias // => 0
 */
export interface LstmCellOptions extends CellOptions {
  /** Where the bias of the forget gate begins, so that a cell keeps what it has: 1 by default. */
  readonly forgetBias?: number
}

/** The parameters of a cell with so many inputs, rows and options. */
export type ParamsOfCell<In extends number, Hidden extends number, Rows extends number, O> =
  Given<O, 'bias', true> extends infer Bias
    ? Bias extends false
      ? CellWeights<In, Hidden, Rows>
      : CellParams<In, Hidden, Rows>
    : never

type Stepping<In extends number, Hidden extends number> = <Lead extends Shape>(
  input: Tensor<[...Lead, In]>,
  state: Tensor<[...Lead, Hidden]>
) => Tensor<[...Lead, Hidden]>

type LstmStepping<In extends number, Hidden extends number> = <Lead extends Shape>(
  input: Tensor<[...Lead, In]>,
  state: LstmState<[...Lead, Hidden]>
) => LstmState<[...Lead, Hidden]>

interface RnnCell {
  <In extends number, Hidden extends number, const O extends RnnCellOptions = {}>(
    inputs: In,
    hidden: Hidden,
    options?: O & Only<O, RnnCellOptions>
  ): Layer<Stepping<In, Hidden>, ParamsOfCell<In, Hidden, Hidden, O>>
}

interface GruCell {
  <In extends number, Hidden extends number, const O extends CellOptions = {}>(
    inputs: In,
    hidden: Hidden,
    options?: O & Only<O, CellOptions>
  ): Layer<Stepping<In, Hidden>, ParamsOfCell<In, Hidden, number, O>>
}

interface LstmCell {
  <In extends number, Hidden extends number, const O extends LstmCellOptions = {}>(
    inputs: In,
    hidden: Hidden,
    options?: O & Only<O, LstmCellOptions>
  ): Layer<LstmStepping<In, Hidden>, ParamsOfCell<In, Hidden, number, O>>
}

// -----------------------------------------------------------------------------
// cells as they run
// -----------------------------------------------------------------------------

/** The tensors of a state, the first of which is the output. */
export type Leaves = readonly [h: Tensor, ...more: Tensor[]]

export const mapLeaves = ([h, ...more]: Leaves, f: (leaf: Tensor, i: number) => Tensor): Leaves => [
  f(h, 0),
  ...more.map((leaf, i) => f(leaf, i + 1))
]

/** What the options say of a kind of cell. */
export interface Cell {
  /** The number of gates: how many rows the parameters have for each of the hidden. */
  readonly gates: number
  /** The names of the tensors of a state; none where it is one tensor. */
  readonly names: readonly string[]
  /** Whether the bias of the state is added apart from that of the input. */
  readonly isApart: boolean
  /** Where the biases of the gates begin, as far as it is not at 0. */
  readonly biases?: readonly number[]
  /** The next state, from what the input and the state give by their weights. */
  readonly next: (given: Tensor, recurrent: Tensor, state: Leaves) => Leaves
}

/** The parameters of any cell. */
export interface OwnParams {
  readonly input: Params
  readonly hidden: Params
}

/** Casts to the signature, which states the sizes; they are checked at run time. */
const stated = <F>(body: (inputs: number, hidden: number, options?: LstmCellOptions) => Layer<Fn, OwnParams>): F =>
  body as unknown as F

export const rnnOf = ({ activation = T.tanh }: RnnCellOptions, operation: string): Cell => ({
  gates: 1,
  names: [],
  isApart: false,
  next: (given, recurrent) => {
    const x = T.add(given, recurrent)
    const h: Tensor = activation(x)
    requireTensor(operation, h, 'what activation returns')
    if (equals(h.shape, x.shape) && h.dtype === x.dtype) return [h]
    const kind = (y: Tensor): string => `of ${y.dtype} and shape ${show(y.shape)}`
    throw new ShapeError(operation, [h.shape], `what activation returns is ${kind(h)}; expected a tensor ${kind(x)}`)
  }
})

export const gruOf = (): Cell => ({
  gates: 3,
  names: [],
  isApart: true,
  next: (given, recurrent, [h]) => {
    const [r, z, n] = T.split(given, 3, { axis: -1 })
    const [ofR, ofZ, ofN] = T.split(recurrent, 3, { axis: -1 })
    const reset = T.sigmoid(T.add(r, ofR))
    const update = T.sigmoid(T.add(z, ofZ))
    const candidate = T.tanh(T.add(n, T.mul(reset, ofN)))
    return [T.add(candidate, T.mul(update, T.sub(h, candidate)))]
  }
})

export const lstmOf = ({ forgetBias = 1 }: LstmCellOptions): Cell => ({
  gates: 4,
  names: ['h', 'c'],
  isApart: false,
  biases: [0, forgetBias, 0, 0],
  next: (given, recurrent, [, c]) => {
    const [i, f, g, o] = T.split(T.add(given, recurrent), 4, { axis: -1 })
    const kept = T.add(T.mul(T.sigmoid(f), c!), T.mul(T.sigmoid(i), T.tanh(g)))
    return [T.mul(T.sigmoid(o), T.tanh(kept)), kept]
  }
})

/** The parameters of a cell as they begin: the weights of each gate drawn by themselves. */
export const cellParameters = (cell: Cell, inputs: number, hidden: number, given: CellOptions): Random<OwnParams> => {
  const { gates, biases = [] } = cell
  const { bias = true, init = glorotUniform, hiddenInit = orthogonal(), dtype = 'float32' } = given
  const weights = (columns: number, drawn: Initializer): Random<Tensor<[number, number]>> =>
    R.map((each: readonly Tensor[]): Tensor<[number, number]> => typed(T.concat(each)))(
      R.replicate(gates)<Tensor>(drawn([hidden, columns], dtype))
    )
  const first = (gate: number): Tensor<[number]> => T.full([hidden], biases[gate] ?? 0, dtype)
  return R.map(([w, u]: readonly Tensor<[number, number]>[]): OwnParams => {
    if (!bias) return { input: { w: w! }, hidden: { w: u! } }
    const b = typed<[number]>(T.concat(Array.from({ length: gates }, (_, gate) => first(gate))))
    return { input: { w: w!, b }, hidden: { w: u!, b: T.zeros([gates * hidden], dtype) } }
  })(R.sequence([weights(inputs, init), weights(hidden, hiddenInit)]))
}

/** A cell at its parameters. */
export interface Bound {
  /** What inputs [..., inputs] give, of any number of steps. */
  readonly given: (x: Tensor) => Tensor
  readonly next: (given: Tensor, state: Leaves) => Leaves
}

/**
 * Products of all steps with the weights of the input, and those with the weights of the state, [...lead, hidden], in each step. What is the
 * same in each step is computed before the first, so that an eager loop and a staged one sum gradients in one order.
 */
export const bound = ({ isApart, next }: Cell, { input, hidden }: OwnParams, lead: Shape): Bound => {
  const w = T.transpose(input.w)
  const u = T.transpose(hidden.w)
  const { b } = input
  const all = b === undefined || hidden.b === undefined || isApart ? b : T.add(b, hidden.b)
  const apart = isApart && hidden.b !== undefined ? T.broadcastTo(hidden.b, [...lead, hidden.b.shape[0]]) : undefined
  return {
    given: (x) => (all === undefined ? T.matmul(x, w) : T.add(T.matmul(x, w), all)),
    next: (given, state) => {
      const product = T.matmul(state[0], u)
      return next(given, apart === undefined ? product : T.add(product, apart), state)
    }
  }
}

// -----------------------------------------------------------------------------
// states
// -----------------------------------------------------------------------------

/** The tensors of a state as its owner writes it, each of which has a shape. */
export const leavesOf = (operation: string, { names }: Cell, state: unknown, shape: Shape, subject: string): Leaves => {
  const tensor = (x: unknown, what: string): Tensor => {
    requireTensor(operation, x, what)
    const own = x as Tensor
    if (equals(own.shape, shape)) return own
    throw new ShapeError(operation, [own.shape], `${what} has shape ${show(own.shape)}; expected ${show(shape)}`)
  }
  if (names.length === 0) return [tensor(state, subject)]
  if (!isRecord(state)) throw new TypeError(refusal(operation, subject, state, `an object with ${names.join(' and ')}`))
  const [h, ...more] = names.map((name) => tensor(state[name], `${subject}'s ${name}`))
  return [h!, ...more]
}

/** The state as its owner writes it. */
export const stateOf = ({ names }: Cell, leaves: Leaves): unknown =>
  names.length === 0 ? leaves[0] : Object.fromEntries(names.map((name, i) => [name, leaves[i]]))

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

export const cellKinds: Kinds<CellOptions> = {
  bias: flag,
  ...drawKinds,
  hiddenInit: callable('an initialiser, as those of Init')
}

export const rnnKinds: Kinds<RnnCellOptions> = { ...cellKinds, activation: callable('a function such as T.tanh') }

export const lstmKinds: Kinds<LstmCellOptions> = { ...cellKinds, forgetBias: finite }

/** Makes a constructor of cells; `F` is its signature. */
/* @__NO_SIDE_EFFECTS__ */
const cellLayer = <F>(
  check: Options,
  cellOf: (given: RnnCellOptions & LstmCellOptions, operation: string) => Cell
): F =>
  stated((inputs, hidden, given = {}) => {
    const { operation } = check
    check(given)
    requireCount(operation, 'the number of inputs', inputs)
    requireCount(operation, 'the number of hidden units', hidden)
    const cell = cellOf(given, operation)
    const step =
      (params: OwnParams) =>
      (x: Tensor, state: unknown): unknown => {
        requireRows(operation, x, inputs)
        const lead = x.shape.slice(0, -1)
        const before = leavesOf(operation, cell, state, [...lead, hidden], 'the state')
        return within(operation, () => {
          const own = bound(cell, params, lead)
          return stateOf(cell, own.next(own.given(x), before))
        })
      }
    return statelessOf(operation, cellParameters(cell, inputs, hidden, given), step, 2)
  })

/**
 * One step of a simple recurrent network: h' = tanh(W x + b + U h + b'), from an input [..., inputs] and a state [..., hidden] to the next
 * state, which is the output as well. `rnn` is all steps of a sequence.
 *
 * J. L. Elman, Finding Structure in Time, Cognitive Science 14 (1990).
 *
 * @throws ShapeError when the input or the state does not fit
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const cell = Layer.rnnCell(1, 1, { bias: false, activation: T.relu })
 * const params = { input: { w: T.of([[1]]) }, hidden: { w: T.of([[10]]) } }
 * Layer.predict(cell)(params, {})(T.of([[1], [2]]), T.of([[3], [4]])) // => T.of([[31], [42]])
 */
export const rnnCell: RnnCell = /* @__PURE__ */ cellLayer(options<RnnCellOptions>('rnnCell', rnnKinds), rnnOf)

/**
 * One step of a gated recurrent unit, from an input [..., inputs] and a state [..., hidden] to the next state, which is the output as well:
 * r = s(W_r x + b_r + U_r h + b'_r), z = s(W_z x + b_z + U_z h + b'_z), n = tanh(W_n x + b_n + r (U_n h + b'_n)), h' = (1 - z) n + z h. `gru`
 * is all steps of a sequence.
 *
 * K. Cho et al., Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation, EMNLP 2014; the reset
 * behind the product is PyTorch's and cuDNN's.
 *
 * @throws ShapeError when the input or the state does not fit
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const cell = Layer.gruCell(3, 5)
 * const [{ params, state }] = cell.init(Random.key(0))
 * Layer.predict(cell)(params, state)(T.ones([2, 3]), T.zeros([2, 5])).shape // => [2, 5]
 */
export const gruCell: GruCell = /* @__PURE__ */ cellLayer(options<CellOptions>('gruCell', cellKinds), gruOf)

/**
 * One step of a long short-term memory, from an input [..., inputs] and a state { h, c }, each [..., hidden], to the next state, whose h is the
 * output: with i, f, o = s(W x + b + U h + b') and g = tanh(W x + b + U h + b'), by rows of their own, c' = f c + i g and h' = o tanh(c'). `lstm`
 * is all steps of a sequence.
 *
 * S. Hochreiter and J. Schmidhuber, Long Short-Term Memory, Neural Computation 9 (1997); F. A. Gers, J. Schmidhuber and F. Cummins,
 * Learning to Forget, Neural Computation 12 (2000). The bias of 1: R. Jozefowicz, W. Zaremba and I. Sutskever, ICML 2015.
 *
 * @throws ShapeError when the input or the state does not fit
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const cell = Layer.lstmCell(3, 5)
 * const [{ params, state }] = cell.init(Random.key(0))
 * params.input.w.shape // => [20, 3]
 * const before = { h: T.zeros([2, 5]), c: T.zeros([2, 5]) }
 * Layer.predict(cell)(params, state)(T.ones([2, 3]), before).c.shape // => [2, 5]
 */
export const lstmCell: LstmCell = /* @__PURE__ */ cellLayer(options<LstmCellOptions>('lstmCell', lstmKinds), lstmOf)
