/** The cells of recurrent layers: one step of time, from an input and a state to the next state. */
import { requireCount } from '../internal/check.js'
import { type Options, options } from '../internal/options.js'
import { type Shape } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import type { Tensor } from '../tensor/model.js'
import { within } from '../transform/scope.js'
import { type DenseParams, type Weights, requireRows } from './dense.js'
import {
  type Cell,
  type CellOptions,
  type LstmCellOptions,
  type OwnParams,
  type RnnCellOptions,
  bound,
  cellKinds,
  cellParameters,
  gruOf,
  leavesOf,
  lstmKinds,
  lstmOf,
  rnnKinds,
  rnnOf,
  stateOf
} from './cellRules.js'
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
// constructors
// -----------------------------------------------------------------------------

/** Casts to the signature, which states the sizes; they are checked at run time. */
const stated = <F>(body: (inputs: number, hidden: number, options?: LstmCellOptions) => Layer<Fn, OwnParams>): F =>
  body as unknown as F

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
    return statelessOf(operation, cellParameters(operation, cell, inputs, hidden, given), step, 2)
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
