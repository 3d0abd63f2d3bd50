// The digits example, trained for long: its scores are those of each image, whatever it is scored with, and in any order.
import { isLeft } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as Dataset from 'pullback/Dataset'
import * as Metric from 'pullback/Metric'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import type { Digits } from '../../examples/digits/data.js'
import { loadDigits } from '../../examples/digits/load.js'
import { type State, bestOf, scoresOf, trainDigits } from '../../examples/digits/training.js'
import { digest } from '../arithmetic/digest.js'

const data = async (): Promise<readonly [train: Digits, held: Digits]> => {
  const loaded = await loadDigits()
  if (isLeft(loaded)) throw new Error(Dataset.showCsvErrors(loaded.left))
  return loaded.right
}

const trained = async (train: Digits, seed: number): Promise<State> => {
  const result = await trainDigits(train, { epochs: 30, seed })()
  if (isLeft(result)) throw new Error(result.left.message)
  return bestOf(result.right)
}

test('every one of 20 seeds learns to read nine digits in ten', async () => {
  const [train, held] = await data()
  const accuracies: number[] = []
  for (let seed = 0; seed < 20; seed++) {
    accuracies.push(Metric.accuracy(scoresOf(await trained(train, seed))(held.features), held.labels))
  }
  console.log(`accuracies: ${accuracies.map((each) => each.toFixed(4)).join(' ')}`)
  expect(Math.min(...accuracies)).toBeGreaterThan(0.9)
})

test('the scores of a trained model do not depend on how they are computed', async () => {
  const [train, held] = await data()
  const scores = scoresOf(await trained(train, 0))
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
