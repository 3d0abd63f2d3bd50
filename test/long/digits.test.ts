// The digits example, trained for long: its scores are those of each image, whatever it is scored with, and in any order.
import { isLeft } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import * as Metric from 'pullback/Metric'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import { loadDigits } from '../../examples/digits/load.js'
import { scoresOf, trainDigits } from '../../examples/digits/training.js'
import { digest } from '../arithmetic/digest.js'

test('the scores of a trained model do not depend on how they are computed', async () => {
  const loaded = await loadDigits()
  if (isLeft(loaded)) throw new Error(Dataset.showCsvErrors(loaded.left))
  const [train, held] = loaded.right
  const result = await trainDigits(train, held, { epochs: 30, seed: 0 })()
  if (isLeft(result)) throw new Error(result.left.message)
  const scores = scoresOf(result.right.state)
  const n = Dataset.size(held)

  const whole = scores(held.features)
  expect(Metric.accuracy(whole, held.labels)).toBeGreaterThan(0.9)
  for (let count = 1; count <= n; count++) {
    const parts = pipe(held, Dataset.batches(count))
    expect(digest(T.concat(parts.map(({ features }) => scores(features))))).toBe(digest(whole))
  }
  for (let seed = 0; seed < 20; seed++) {
    const order = Random.permutation(Random.key(seed), n)
    expect(digest(scores(T.gather(held.features, order)))).toBe(digest(T.gather(whole, order)))
  }
})
