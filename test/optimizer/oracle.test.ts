// Five iterates of optimizers on a vector and a matrix in float64 are those of optax: oracle.py made them.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { grad } from 'pullback/Grad'
import * as O from 'pullback/Optimizer'
import * as T from 'pullback/Tensor'

interface Params {
  readonly x: T.Tensor<[2]>
  readonly w: T.Tensor<[3, 2]>
}

const { cases } = JSON.parse(readFileSync(new URL('oracle.json', import.meta.url), 'utf8')) as {
  readonly cases: { readonly [name: string]: readonly (readonly number[])[] }
}
const start: Params = {
  x: T.of([1, 1], 'float64'),
  w: T.of(
    [
      [0.5, -1],
      [2, 0.25],
      [-0.75, 1]
    ],
    'float64'
  )
}
const scales = T.of(
  [
    [1, 2],
    [3, 4],
    [5, 6]
  ],
  'float64'
)
const loss = ({ x, w }: Params): T.Tensor<[]> =>
  T.add(T.mul(T.sum(T.mul(T.square(x), T.of([1, 10], 'float64'))), 0.5), T.sum(T.mul(T.square(T.sub(w, 1)), scales)))

const optimizers: { readonly [name: string]: O.Optimizer } = {
  adadelta: O.adadelta(1),
  lamb: O.lamb(0.1),
  lars: O.lars(0.1, { weightDecay: 0.01, trustCoefficient: 0.001, momentum: 0.9 }),
  novograd: O.novograd(0.1),
  adafactor: O.adafactor(0.1, { minSize: 2 }),
  'rmsprop, centred': O.rmsprop(0.1, { decay: 0.9, epsilon: 1e-8, centred: true, momentum: 0.9, nesterov: true }),
  adamw: O.adamw(0.1, { weightDecay: 0.1 }),
  lion: O.lion(0.1, { weightDecay: 0.001 }),
  adabelief: O.adabelief(0.1),
  radam: O.radam(0.1),
  nadam: O.nadam(0.1),
  amsgrad: O.amsgrad(0.1),
  adamax: O.adamax(0.1),
  clipByBlockRms: O.chain(O.clipByBlockRms(0.5), O.sgd(0.1)),
  clipByGlobalNorm: O.chain(O.clipByGlobalNorm(1), O.sgd(0.1)),
  centralize: O.chain(O.centralize, O.sgd(0.01)),
  normalizeByUpdateNorm: O.chain(O.normalizeByUpdateNorm(), O.sgd(0.1)),
  scaleByTrustRatio: O.chain(O.scaleByTrustRatio(), O.sgd(0.1)),
  scaleByParamBlockRms: O.chain(O.scaleByParamBlockRms(), O.sgd(0.01)),
  ema: O.chain(O.ema(0.9), O.sgd(0.1))
}

test.each(Object.entries(cases))('%s', (name, expected) => {
  const optimizer = optimizers[name]!
  let params = start
  let state = optimizer.init(params)
  for (const row of expected) {
    const [updates, next] = optimizer.update(grad(loss)(params), state, params)
    params = O.applyUpdates(params, updates)
    state = next
    const found = [...T.toArray(params.x), ...T.toArray(params.w)]
    // optax computes the decay of adafactor in float32.
    const bound = name === 'adafactor' ? 1e-8 : 1e-14
    found.forEach((value, i) => expect(Math.abs(Number(value) - row[i]!)).toBeLessThan(bound))
  }
})
