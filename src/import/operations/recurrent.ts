/** Recurrent layers: RNN, GRU and LSTM, in one direction or both, with sequences of different lengths. */
import { upTo } from '../../kernel/library/kinds.js'
import { scan } from '../../Control.js'
import * as Activation from '../../Activation.js'
import { show } from '../../shape/model.js'
import * as T from '../../Tensor.js'
import type { Tensor } from '../../tensor/model.js'
import { type Node, type Operation, type Operations, operation } from '../operation.js'
import { elu, hardSigmoid, leakyRelu, thresholdedRelu } from '../curves.js'
import { refuse } from '../values.js'

// -----------------------------------------------------------------------------
// activations
// -----------------------------------------------------------------------------

type Curve = (x: Tensor) => Tensor

/** The functions that cells may use, by their names in lower case; those with parameters have defaults. */
const curves: Readonly<Record<string, (alpha: number | undefined, beta: number | undefined) => Curve>> = {
  relu: () => T.relu,
  tanh: () => T.tanh,
  sigmoid: () => T.sigmoid,
  softsign: () => Activation.softsign,
  softplus: () => T.softplus,
  affine:
    (alpha = 1, beta = 0) =>
    (x) =>
      T.add(T.mul(x, alpha), beta),
  leakyrelu: (alpha) => (x) => leakyRelu(x, alpha),
  thresholdedrelu: (alpha) => (x) => thresholdedRelu(x, alpha),
  scaledtanh:
    (alpha = 1, beta = 1) =>
    (x) =>
      T.mul(T.tanh(T.mul(x, beta)), alpha),
  hardsigmoid: (alpha, beta) => (x) => hardSigmoid(x, alpha, beta),
  elu: (alpha) => (x) => elu(x, alpha)
}

/** The functions of each direction, in order. Parameters are taken by position, as the lists of the format have them. */
const curvesOf = (node: Node, directions: number, missing: readonly string[]): readonly Curve[] => {
  const names = node.texts('activations') ?? upTo(directions).flatMap(() => missing)
  const [alphas, betas] = [node.floats('activation_alpha') ?? [], node.floats('activation_beta') ?? []]
  if (names.length !== directions * missing.length) {
    node.fault(`has ${names.length} activations; expected ${directions * missing.length}`)
  }
  return names.map((name, i) => {
    const curve = curves[name.toLowerCase()]
    if (curve === undefined) node.fault(`has the activation ${name}; expected one that ONNX defines`)
    return curve?.(alphas[i], betas[i]) ?? T.tanh
  })
}

// -----------------------------------------------------------------------------
// cells
// -----------------------------------------------------------------------------

/** The parts of one direction: weights with the gates in front, biases, and peepholes. */
interface Weights {
  readonly recurrent: Tensor
  readonly inputBias: Tensor
  readonly recurrentBias: Tensor
  readonly peephole: Tensor | undefined
}

type State = readonly Tensor[]

/** One step: from the products with the input's weights, and a state that begins with the hidden values. */
type Cell = (input: Tensor, state: State, weights: Weights, curves: readonly Curve[], clip: Curve) => State

const times = (h: Tensor, w: Tensor): Tensor => T.matmul(h, T.transpose(w))

const rnnCell: Cell = (input, [h], { recurrent, inputBias, recurrentBias }, [f], clip) => [
  f!(clip(T.add(T.add(input, times(h!, recurrent)), T.add(inputBias, recurrentBias))))
]

const gruCell =
  (isLinearBeforeReset: boolean): Cell =>
  (input, [h], { recurrent, inputBias, recurrentBias }, [f, g], clip) => {
    const [xz, xr, xh] = T.split(T.add(input, inputBias), 3, { axis: -1 })
    const [wz, wr, wh] = T.split(recurrent, 3)
    const [bz, br, bh] = T.split(recurrentBias, 3)
    const gate = (x: Tensor, w: Tensor, b: Tensor): Tensor => f!(clip(T.add(x, T.add(times(h!, w), b))))
    const z = gate(xz, wz, bz)
    const r = gate(xr, wr, br)
    const inner = isLinearBeforeReset ? T.mul(r, T.add(times(h!, wh), bh)) : T.add(times(T.mul(r, h!), wh), bh)
    const next = g!(clip(T.add(xh, inner)))
    return [T.add(T.mul(T.sub(1, z), next), T.mul(z, h!))]
  }

const lstmCell =
  (isCoupled: boolean): Cell =>
  (input, [h, c], { recurrent, inputBias, recurrentBias, peephole }, [f, g, k], clip) => {
    const sums = T.add(T.add(input, times(h!, recurrent)), T.add(inputBias, recurrentBias))
    const [i, o, forget, candidate] = T.split(sums, 4, { axis: -1 })
    const [pi, po, pf] = peephole === undefined ? [] : T.split(peephole, 3)
    const seen = (gate: Tensor, p: Tensor | undefined, cell: Tensor): Tensor =>
      f!(clip(p === undefined ? gate : T.add(gate, T.mul(p, cell))))
    const entered = seen(i, pi, c!)
    const kept = isCoupled ? T.sub(1, entered) : seen(forget, pf, c!)
    const cell = T.add(T.mul(kept, c!), T.mul(entered, g!(clip(candidate))))
    return [T.mul(seen(o, po, cell), k!(cell)), cell]
  }

// -----------------------------------------------------------------------------
// layers
// -----------------------------------------------------------------------------

/** What the kinds of layers differ in. */
interface Kind {
  readonly gates: number
  readonly states: number
  readonly curves: readonly string[]
  readonly cell: (node: Node) => Cell
}

/** All steps of one direction: the outputs of each, and the last state. */
const run = (
  x: Tensor,
  weights: Weights & { readonly input: Tensor },
  init: State,
  lengths: Tensor | undefined,
  isReverse: boolean,
  cell: (input: Tensor, state: State, weights: Weights) => State
): readonly [outputs: Tensor, last: State] => {
  const steps = T.arange(x.shape[0]!, 'int32')
  const products = T.matmul(x, T.transpose(weights.input))
  const [last, outputs] = scan(
    (state: State, [input, step]: readonly [Tensor, Tensor]): readonly [State, Tensor] => {
      const next = cell(input, state, weights)
      if (lengths === undefined) return [next, next[0]!]
      // Behind the end of a sequence the state stays, and the output is 0.
      const isIn = T.expandDims(T.less(step, lengths), 1)
      const kept = next.map((each, i) => T.where(isIn, each, state[i]!))
      return [kept, T.where(isIn, next[0]!, 0)]
    },
    { reverse: isReverse }
  )(init, [products, steps])
  return [outputs, last]
}

const layer = ({ gates, states, curves: missing, cell: cellOf }: Kind): Operation =>
  operation(3, states === 1 ? 6 : 8, (node) => {
    const direction = node.word('direction', ['forward', 'reverse', 'bidirectional'])
    const directions = direction === 'bidirectional' ? 2 : 1
    const functions = curvesOf(node, directions, missing)
    const bound = node.float('clip', undefined)
    const isBatchFirst = node.version >= 14 && node.flag('layout', false)
    node.int('hidden_size', 0)
    const cell = cellOf(node)
    const clip: Curve = bound === undefined ? (x) => x : (x) => T.clamp(x, { min: -bound, max: bound })
    return (given, w, r, bias?: Tensor, lengths?: Tensor, h?: Tensor, c?: Tensor, peephole?: Tensor) => {
      const x = isBatchFirst ? T.swapAxes(given, 0, 1) : given
      const hidden = r.shape[2] ?? refuse(`the recurrent weights have shape ${show(r.shape)}; expected 3 axes`)
      const zeros = T.zeros([x.shape[1]!, hidden], x.dtype)
      const at = (v: Tensor, i: number): Tensor => T.at(v, i, { axis: 0 })
      const both = upTo(directions).map((d) => {
        const biases = bias === undefined ? T.zeros([2 * gates * hidden], x.dtype) : at(bias, d)
        const [inputBias, recurrentBias] = T.split(biases, 2)
        const weights = {
          input: at(w, d),
          recurrent: at(r, d),
          inputBias: inputBias,
          recurrentBias: recurrentBias,
          peephole: peephole === undefined ? undefined : at(peephole, d)
        }
        const init = [h, c].slice(0, states).map((s) => {
          if (s === undefined) return zeros
          return T.at(s, d, { axis: isBatchFirst ? 1 : 0 })
        })
        const own = functions.slice(d * missing.length, (d + 1) * missing.length)
        const isReverse = d === 1 || direction === 'reverse'
        return run(x, weights, init, lengths, isReverse, (input, state, ws) => cell(input, state, ws, own, clip))
      })
      const outputs = T.stack(
        both.map(([each]) => each),
        { axis: isBatchFirst ? 2 : 1 }
      )
      const last = upTo(states).map((s) =>
        T.stack(
          both.map(([, each]) => each[s]!),
          { axis: isBatchFirst ? 1 : 0 }
        )
      )
      return [isBatchFirst ? T.swapAxes(outputs, 0, 1) : outputs, ...last]
    }
  })

export const recurrent: Operations = {
  RNN: layer({ gates: 1, states: 1, curves: ['Tanh'], cell: () => rnnCell }),
  GRU: layer({
    gates: 3,
    states: 1,
    curves: ['Sigmoid', 'Tanh'],
    cell: (node) => gruCell(node.flag('linear_before_reset', false))
  }),
  LSTM: layer({
    gates: 4,
    states: 2,
    curves: ['Sigmoid', 'Tanh', 'Tanh'],
    cell: (node) => lstmCell(node.flag('input_forget', false))
  })
}
