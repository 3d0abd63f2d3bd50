// The first iterates of optimizers, as they are printed in the reference.
import { expect, test } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Optimizer from 'pullback/Optimizer'
import type * as Schedule from 'pullback/Schedule'
import * as T from 'pullback/Tensor'

interface Params {
  readonly p0: T.Tensor<[]>
  readonly p1: T.Tensor<[]>
}

/** f(p) = (p0^2 + 10 p1^2) / 2 */
const bowl = ({ p0, p1 }: Params): T.Tensor<[]> => T.mul(T.add(T.square(p0), T.mul(T.square(p1), 10)), 0.5)

/** The first iterates from (1, 1). */
const iterates = (optimizer: Optimizer.Optimizer, count: number): readonly (readonly [number, number])[] => {
  const found: (readonly [number, number])[] = []
  let params: Params = { p0: T.scalar(1, 'float64'), p1: T.scalar(1, 'float64') }
  let state = optimizer.init(params)
  for (let i = 0; i < count; i++) {
    const [updates, next] = optimizer.update(grad(bowl)(params), state, params)
    params = Optimizer.applyUpdates(params, updates)
    state = next
    found.push([T.item(params.p0), T.item(params.p1)])
  }
  return found
}

/** As many decimals as the reference prints. */
const decimals = (text: string): number => text.split('.')[1]?.length ?? 0

const harmonic: Schedule.Schedule = (step) => 0.05 / (step + 1)

const printed: readonly (readonly [name: string, optimizer: Optimizer.Optimizer, iterates: string])[] = [
  ['sgd 0.05', Optimizer.sgd(0.05), '0.95, 0.5 | 0.9025, 0.25 | 0.857375, 0.125'],
  ['momentum 0.9, lr 0.05', Optimizer.sgd(0.05, { momentum: 0.9 }), '0.95, 0.5 | 0.8575, -0.2 | 0.731375, -0.73'],
  [
    'nesterov 0.9, lr 0.05',
    Optimizer.sgd(0.05, { momentum: 0.9, nesterov: true }),
    '0.905, 0.05 | 0.778525, -0.4025 | 0.631462625, -0.404875'
  ],
  [
    'nesterov, lr 0.05/t, lr outside the velocity (PyTorch, optax)',
    Optimizer.sgd(harmonic, { momentum: 0.9, nesterov: true }),
    '0.905, 0.05 | 0.8417625, -0.17625 | 0.7907391875, -0.2486875'
  ],
  [
    'nesterov, lr 0.05/t, lr inside the velocity (lecture form)',
    Optimizer.sgd(harmonic, { momentum: 0.9, nesterov: true, rateInVelocity: true }),
    '0.905, 0.05 | 0.8215125, -0.37875 | 0.7407216875, -0.6334375'
  ],
  [
    'adam 0.1',
    Optimizer.adam(0.1),
    '0.900000001, 0.9000000001 | 0.8004122297, 0.8004122279 | 0.7015862745, 0.7015862717'
  ],
  [
    'adamw 0.1, wd 0.1',
    Optimizer.adamw(0.1, { weightDecay: 0.1 }),
    '0.890000001, 0.8900000001 | 0.781571857, 0.7815718551 | 0.6751012232, 0.6751012204'
  ],
  [
    'amsgrad 0.1 (maximum of the bias-corrected second moment)',
    Optimizer.amsgrad(0.1),
    '0.900000001, 0.9000000001 | 0.8052631598, 0.8052631581 | 0.7157700551, 0.7157700527'
  ],
  [
    'nadam 0.1 (optax)',
    Optimizer.nadam(0.1),
    '0.8526315804, 0.8526315791 | 0.7416971612, 0.7416971589 | 0.6406112831, 0.6406112798'
  ],
  [
    'rmsprop 0.1, decay 0.9, eps inside the root (optax)',
    Optimizer.rmsprop(0.1),
    '0.6837722498, 0.6837722341 | 0.4988706267, 0.4988706071 | 0.3691805739, 0.3691805534'
  ],
  [
    'adagrad 0.1, initial 0.1 (optax)',
    Optimizer.adagrad(0.1),
    '0.9046537454, 0.9000499626 | 0.8393387392, 0.8331699094 | 0.7875127746, 0.780530986'
  ],
  [
    'adagrad 0.1, initial 0 (PyTorch, lecture)',
    Optimizer.adagrad(0.1, { initial: 0, epsilon: 1e-10, epsilonInRoot: false }),
    '0.9, 0.9 | 0.8331035269, 0.8331035268 | 0.7804561814, 0.7804561813'
  ],
  [
    'adadelta 1, 0.9, 1e-6',
    Optimizer.adadelta(1, { decay: 0.9, epsilon: 1e-6 }),
    '0.9968377382, 0.9968377225 | 0.9935981984, 0.9935981663 | 0.9903090828, 0.9903090338'
  ],
  [
    'adamax 0.1',
    Optimizer.adamax(0.1),
    '0.900000001, 0.9000000001 | 0.8051683281, 0.8051683264 | 0.7154994747, 0.7154994723'
  ],
  ['lion 0.1', Optimizer.lion(0.1), '0.9, 0.9 | 0.8, 0.8 | 0.7, 0.7'],
  [
    'adabelief 0.1',
    Optimizer.adabelief(0.1),
    '0.8888888889, 0.8888888889 | 0.772729092, 0.772729092 | 0.6523053662, 0.6523053662'
  ],
  [
    'rprop 0.1 (PyTorch)',
    Optimizer.rprop(0.1),
    '0.9000000000, 0.9000000000 | 0.7800000000, 0.7800000000 | 0.6360000000, 0.6360000000'
  ],
  ['radam 0.1', Optimizer.radam(0.1), '0.9, 0 | 0.8052631579, -0.4736842105 | 0.7157700524, -0.5977859779']
]

test.each(printed)('%s on (p0^2 + 10 p1^2) / 2 from (1, 1): every digit that is printed', (_name, optimizer, text) => {
  const rows = text.split(' | ').map((row) => row.split(', '))
  const found = iterates(optimizer, rows.length)
  rows.forEach((row, i) =>
    row.forEach((digits, j) => {
      const value = found[i]?.[j] ?? NaN
      expect(Math.abs(value - Number(digits)), `${value} is not ${digits}`).toBeLessThanOrEqual(
        0.5 * 10 ** -decimals(digits) + 1e-15
      )
    })
  )
})
