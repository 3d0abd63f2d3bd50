// Recurrent layers beside those of PyTorch: outputs, states and all gradients, which recurrence.py wrote down.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { expectAlike } from './alike.js'

interface Case {
  readonly kind: 'rnn' | 'relu' | 'gru' | 'lstm'
  readonly layers: number
  readonly bidirectional: boolean
  readonly lengths: readonly number[] | null
  readonly outputs: readonly number[]
  readonly states: readonly (readonly number[])[]
  readonly ofInput: readonly number[]
  readonly ofStart: readonly (readonly number[])[]
  readonly ofParameters: readonly (readonly number[])[]
}

const cases = JSON.parse(readFileSync(new URL('recurrence.json', import.meta.url), 'utf8')) as readonly Case[]

/** Numbers that begin somewhere. */
const from = (start: number, shape: readonly number[]): T.Tensor => {
  const n = shape.reduce((product, each) => product * each, 1)
  const values = Float64Array.from({ length: n }, (_, i) => (((37 * (i + start)) % 101) / 32 - 1.5) / 2)
  return T.fromTypedArray(values, shape)
}

type Nested = unknown

/** PyTorch's parameters in its order: of each layer, of each direction, weights of input and state, then their biases. */
const paramsOf = (
  { layers, bidirectional }: Case,
  make: (i: number, shape: readonly number[]) => T.Tensor,
  gates: number
): Nested => {
  let i = 0
  const cell = (inputs: number): Nested => {
    const [w, u, b, c] = [[3 * gates, inputs], [3 * gates, 3], [3 * gates], [3 * gates]].map((shape) =>
      make(i++, shape)
    )
    return { input: { w, b }, hidden: { w: u, b: c } }
  }
  const way = (inputs: number): Nested =>
    bidirectional ? { forward: cell(inputs), backward: cell(inputs) } : cell(inputs)
  return Array.from({ length: layers }, (_, layer) => way(layer === 0 ? 2 : bidirectional ? 6 : 3))
}

/** PyTorch's states, [layers directions, batch, hidden], as trees. */
const stateOf = ({ kind, layers, bidirectional }: Case, states: readonly T.Tensor[]): Nested => {
  const one = (i: number): Nested => {
    const [h, c] = states.map((each) => T.at(each, i))
    return kind === 'lstm' ? { h, c } : h
  }
  return Array.from({ length: layers }, (_, i) =>
    bidirectional ? { forward: one(2 * i), backward: one(2 * i + 1) } : one(i)
  )
}

const layerOf = ({ kind, ...rest }: Case): Layer.AnyLayer => {
  const { layers, bidirectional } = rest
  const options = { layers, bidirectional, returns: 'state' } as const
  if (kind === 'gru') return Layer.gru(2, 3, options)
  if (kind === 'lstm') return Layer.lstm(2, 3, options)
  return Layer.rnn(2, 3, { ...options, activation: kind === 'relu' ? T.relu : T.tanh })
}

type Run = (params: Nested, state: object) => (x: T.Tensor, sequence: object) => readonly [T.Tensor, Nested]
const predict = Layer.predict as unknown as (layer: Layer.AnyLayer) => Run

const gatesOf = { rnn: 1, relu: 1, gru: 3, lstm: 4 }

test.each(cases.map((each) => [each.kind, each.layers, each.bidirectional, each.lengths, each] as const))(
  '%s of %i layers, bidirectional %s, lengths %j',
  (kind, _layers, bidirectional, lengths, given) => {
    const gates = gatesOf[kind]
    const run = predict(layerOf(given))
    const params = paramsOf(given, from, gates)
    const ways = given.layers * (bidirectional ? 2 : 1)
    const start = (kind === 'lstm' ? [50, 60] : [50]).map((at) => from(at, [ways, 3, 3]))
    const x = from(7, [3, 4, 2])
    const rest = lengths === null ? {} : { lengths: T.of(lengths, 'int32') }
    const at = (p: Nested, input: T.Tensor, initial: readonly T.Tensor[]) =>
      run(p, {})(input, { ...rest, initial: stateOf(given, initial) })
    const [outputs, state] = at(params, x, start)
    const wanted = (values: readonly number[], shape: readonly number[]): T.Tensor =>
      T.reshape(T.of(values, 'float64'), shape)
    expectAlike(outputs, wanted(given.outputs, [3, 4, bidirectional ? 6 : 3]))
    expectAlike(
      state,
      stateOf(
        given,
        given.states.map((values) => wanted(values, [ways, 3, 3]))
      )
    )
    const loss = ([p, input, initial]: readonly [Nested, T.Tensor, readonly T.Tensor[]]): T.Tensor<[]> => {
      const [y, last] = at(p, input, initial)
      const squares = Tree.leaves(last).map((leaf) => T.div(T.sum(T.square(leaf)), 2))
      return squares.reduce((sum: T.Tensor<[]>, each) => T.add(sum, each), T.div(T.sum(T.pow(y, 3)), 3))
    }
    const [ofParams, ofInput, ofStart] = grad(loss)([params, x, start])
    expectAlike(ofInput, wanted(given.ofInput, [3, 4, 2]))
    expectAlike(
      ofStart,
      given.ofStart.map((values) => wanted(values, [ways, 3, 3]))
    )
    expectAlike(
      ofParams,
      paramsOf(given, (i, shape) => wanted(given.ofParameters[i]!, shape), gates)
    )
    expect(given.ofParameters.length).toBe(4 * ways)
  }
)
