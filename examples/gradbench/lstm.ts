// GradBench's `lstm`, which is ADBench's: the loss of a recurrent network whose weight matrices are diagonal.
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

type Vector = T.Tensor<[number]>
type Matrix = T.Tensor<[number, number]>

/**
 * The parameters of l layers of b cells each.
 *
 * Rows 2 i and 2 i + 1 of `main`, `[2 l, 4 b]`, are weights and biases of layer i: b for the forget gate, b for the input
 * gate, b for the output gate, b for the change. The rows of `extra`, `[3, b]`, are the weights at the entry, and weights
 * and biases at the exit.
 */
export interface Params {
  readonly main: Matrix
  readonly extra: Matrix
}

/** What stays constant. */
export interface Data {
  /** Where the cells start, `[2 l, b]`: rows 2 i and 2 i + 1 are the hidden and the inner state of layer i. */
  readonly state: Matrix
  /** What is to be predicted, step by step, `[c, b]`: characters as bits. */
  readonly sequence: Matrix
}

interface Cell {
  readonly hidden: Vector
  readonly inner: Vector
}

/** The four gates of a layer: their weights or biases. */
interface Gates {
  readonly forget: Vector
  readonly ingate: Vector
  readonly outgate: Vector
  readonly change: Vector
}

interface Layer {
  readonly weight: Gates
  readonly bias: Gates
}

// -----------------------------------------------------------------------------
// parts
// -----------------------------------------------------------------------------

const gatesOf = (row: Vector): Gates => {
  const [forget, ingate, outgate, change] = T.split(row, 4)
  return { forget, ingate, outgate, change }
}

const layersOf = (main: Matrix): readonly Layer[] =>
  Array.from({ length: main.shape[0] / 2 }, (_, i) => ({
    weight: gatesOf(T.at(main, 2 * i)),
    bias: gatesOf(T.at(main, 2 * i + 1))
  }))

const cellsOf = (state: Matrix): readonly Cell[] =>
  Array.from({ length: state.shape[0] / 2 }, (_, i) => ({ hidden: T.at(state, 2 * i), inner: T.at(state, 2 * i + 1) }))

const linear = (x: Vector, weight: Vector, bias: Vector): Vector => T.add(T.mul(x, weight), bias)

/**
 * One step of one layer. Forget and output gates look at the input, the input gate and the change at the hidden state:
 * so it is in ADBench, unlike in other networks of this name.
 */
const advance = ({ weight, bias }: Layer, { hidden, inner }: Cell, input: Vector): Cell => {
  const forget = T.sigmoid(linear(input, weight.forget, bias.forget))
  const ingate = T.sigmoid(linear(hidden, weight.ingate, bias.ingate))
  const outgate = T.sigmoid(linear(input, weight.outgate, bias.outgate))
  const change = T.tanh(linear(hidden, weight.change, bias.change))
  const next = T.add(T.mul(inner, forget), T.mul(ingate, change))
  return { hidden: T.mul(outgate, T.tanh(next)), inner: next }
}

/** y - log(2 + sum_i exp(y_i)): a softmax with two more classes, both of them at 0. */
const logScores = (y: Vector): Vector => T.sub(y, T.logSumExp(T.concat([y, T.zeros([2], 'float64')])))

// -----------------------------------------------------------------------------
// what GradBench asks for
// -----------------------------------------------------------------------------

/**
 * The loss of predicting each character of a sequence from those before: minus the mean over steps and bits of
 * bit * log score, for c - 1 steps of l layers.
 *
 * From ADBench, where its paper does not mention it: F. Srajer, Z. Kukelova and A. Fitzgibbon, A benchmark of selected
 * algorithmic differentiation tools on some problems in computer vision and machine learning (2018).
 */
export const objective = ({ main, extra }: Params, { state, sequence }: Data): T.Tensor<[]> => {
  const layers = layersOf(main)
  const [entry, exit, offset] = [T.at(extra, 0), T.at(extra, 1), T.at(extra, 2)]
  const [count, bits] = sequence.shape
  let cells = cellsOf(state)
  let total: T.Tensor<[]> = T.scalar(0, 'float64')
  for (let t = 0; t < count - 1; t++) {
    let signal: Vector = T.mul(T.at(sequence, t), entry)
    cells = cells.map((cell, i) => {
      const layer = layers[i]
      if (layer === undefined) throw new RangeError(`lstm: ${cells.length} states for ${layers.length} layers`)
      const next = advance(layer, cell, signal)
      signal = next.hidden
      return next
    })
    total = T.add(total, T.dot(T.at(sequence, t + 1), logScores(linear(signal, exit, offset))))
  }
  return T.div(T.neg(total), (count - 1) * bits)
}

/** Its gradient in all parameters. */
export const jacobian: (params: Params, data: Data) => Params = grad(objective)

/** l layers of b cells, and c characters of b random bits; parameters and states are uniform on [0, 1). */
export const generate = (key: Random.Key, l: number, c: number, b: number): readonly [Params, Data] => {
  const [first, second, third, fourth] = Random.split(key, 4)
  const unit = { dtype: 'float64' } as const
  const params = {
    main: Random.uniform(first, [2 * l, 4 * b], unit),
    extra: Random.uniform(second, [3, b], unit)
  }
  const bits = Random.bernoulli(fourth, 0.5, [c, b])
  return [params, { state: Random.uniform(third, [2 * l, b], unit), sequence: T.cast(bits, 'float64') }]
}
