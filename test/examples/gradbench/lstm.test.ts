import { describe, expect, it } from 'vitest'
import * as T from 'pullback/Tensor'
import * as lstm from '../../../examples/gradbench/lstm.js'
import { expectLaws, keys } from './held.js'

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** The definition in plain numbers, cell by cell. */
const plain = ({ main, extra }: lstm.Params, { state, sequence }: lstm.Data): number => {
  const [weights, edges, states, characters] = [main, extra, state, sequence].map((each) => T.toArray(each))
  const [layers, bits, count] = [main.shape[0] / 2, sequence.shape[1], sequence.shape[0]]
  const gate = (layer: number, kind: number, row: number, i: number): number =>
    weights![(2 * layer + row) * 4 * bits + kind * bits + i]!
  let total = 0
  for (let t = 0; t + 1 < count; t++) {
    const scores = Array.from({ length: bits }, (_, i) => {
      let signal = characters![t * bits + i]! * edges![i]!
      for (let layer = 0; layer < layers; layer++) {
        const [hidden, inner] = [2 * layer * bits + i, (2 * layer + 1) * bits + i]
        const before = states![hidden]!
        const forget = sigmoid(signal * gate(layer, 0, 0, i) + gate(layer, 0, 1, i))
        const ingate = sigmoid(before * gate(layer, 1, 0, i) + gate(layer, 1, 1, i))
        const outgate = sigmoid(signal * gate(layer, 2, 0, i) + gate(layer, 2, 1, i))
        const change = Math.tanh(before * gate(layer, 3, 0, i) + gate(layer, 3, 1, i))
        const next = states![inner]! * forget + ingate * change
        states![inner] = next
        signal = outgate * Math.tanh(next)
        states![hidden] = signal
      }
      return signal * edges![bits + i]! + edges![2 * bits + i]!
    })
    const normaliser = Math.log(2 + scores.reduce((sum, score) => sum + Math.exp(score), 0))
    scores.forEach((score, i) => (total += characters![(t + 1) * bits + i]! * (score - normaliser)))
  }
  return -total / ((count - 1) * bits)
}

describe('lstm', () => {
  it('is its definition', () => {
    for (const key of keys) {
      const [params, data] = lstm.generate(key, 3, 6, 4)
      expect(T.item(lstm.objective(params, data))).toBeCloseTo(plain(params, data), 14)
    }
  })

  it('gives the parameters a gradient of their shape', () => {
    const [params, data] = lstm.generate(keys[0]!, 2, 4, 3)
    const { main, extra } = lstm.jacobian(params, data)
    expect([main.shape, extra.shape]).toEqual([
      [4, 12],
      [3, 3]
    ])
  })

  it('obeys the laws', () => {
    for (const key of keys) {
      const [params, data] = lstm.generate(key, 2, 4, 2)
      expectLaws('lstm', (at: lstm.Params) => lstm.objective(at, data), params)
    }
  })
})
