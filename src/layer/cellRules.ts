/** The rules of recurrent cells: options, what a cell does with its inputs and its state, and how states are written. */
import { type Initializer, glorotUniform, orthogonal } from '../Init.js'
import { refusal } from '../internal/describe.js'
import { type Kinds, callable, finite, flag } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import * as R from '../Random.js'
import type { Random } from '../Random.js'
import { type Shape, ShapeError, equals, show } from '../shape/model.js'
import * as T from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { isRecord } from '../tree/error.js'
import { type DenseOptions, type Params } from './dense.js'
import { drawKinds, initialised } from './drawn.js'

// -----------------------------------------------------------------------------
// options
// -----------------------------------------------------------------------------

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

export const cellKinds: Kinds<CellOptions> = {
  bias: flag,
  ...drawKinds,
  hiddenInit: callable('an initialiser, as those of Init')
}

export const rnnKinds: Kinds<RnnCellOptions> = { ...cellKinds, activation: callable('a function such as T.tanh') }

export const lstmKinds: Kinds<LstmCellOptions> = { ...cellKinds, forgetBias: finite }

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
export const cellParameters = (
  operation: string,
  cell: Cell,
  inputs: number,
  hidden: number,
  given: CellOptions
): Random<OwnParams> => {
  const { gates, biases = [] } = cell
  const { bias = true, init = glorotUniform, hiddenInit = orthogonal(), dtype = 'float32' } = given
  const weights = (columns: number, drawn: Initializer): Random<Tensor<[number, number]>> =>
    R.map((each: readonly Tensor[]): Tensor<[number, number]> => typed(T.concat(each)))(
      R.replicate(gates)<Tensor>(initialised(operation, drawn, [hidden, columns], dtype))
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
