// The LeNet-5 example, trained to the end.
import { isLeft } from 'fp-ts/lib/Either.js'
import * as Dataset from 'pullback/Dataset'
import * as Metric from 'pullback/Metric'
import { expect, test } from 'vitest'
import { loadDigits } from '../../examples/digits/load.js'
import { imagesOf } from '../../examples/lenet/data.js'
import { fullEpochs, scoresOf, trainLeNet } from '../../examples/lenet/training.js'

test('LeNet-5 reads at least 93 % of the digits of other writers, with each of 3 seeds', async () => {
  const loaded = await loadDigits()
  if (isLeft(loaded)) throw new Error(Dataset.showCsvErrors(loaded.left))
  const [train, held] = loaded.right.map(imagesOf)
  const accuracies: number[] = []
  for (const seed of [0, 1, 2]) {
    const result = await trainLeNet(train!, { epochs: fullEpochs, seed })()
    if (isLeft(result)) throw new Error(result.left.message)
    accuracies.push(Metric.accuracy(scoresOf(result.right)(held!.features), held!.labels))
  }
  console.log(`accuracies: ${accuracies.map((each) => each.toFixed(4)).join(' ')}`)
  expect(Math.min(...accuracies)).toBeGreaterThanOrEqual(0.93)
})
