// A network that has learnt to read digits for some steps: the digest of its parameters is that of the eager one.
import { isLeft } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import { jit } from 'pullback/Jit'
import * as Layer from 'pullback/Layer'
import * as Loss from 'pullback/Loss'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'
import { expect, test } from 'vitest'
import { digitsFrom } from '../../examples/digits/data.js'
import { textOf } from '../../scripts/sources.js'
import { digest } from '../arithmetic/digest.js'

const batches = (() => {
  const loaded = digitsFrom(textOf('examples/data/digits.csv'))
  if (isLeft(loaded)) throw new Error(Dataset.showCsvErrors(loaded.left))
  return [...pipe(loaded.right[0], Dataset.batches(32))].slice(0, 12)
})()

test.each([0, 0.3])('dropout %f', (rate) => {
  const model = Layer.sequential(Layer.dense(64, 24), Layer.lift(T.relu), Layer.dropout(rate), Layer.dense(24, 10))
  const optimizer = Optimizer.adam(5e-3)
  const update = Train.update(Train.objective(model, Loss.crossEntropy), optimizer)
  const start: Parameters<typeof update>[0] = Train.init(model, optimizer)(Random.key(0))
  const trained = (step: typeof update): string =>
    digest(batches.reduce((progress, batch) => step(progress, batch)[0], start).params)
  expect(trained(jit(update))).toBe(trained(update))
})
