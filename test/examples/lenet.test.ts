import { decode } from 'fast-png'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import * as Dataset from 'pullback/Dataset'
import * as Layer from 'pullback/Layer'
import * as Metric from 'pullback/Metric'
import * as T from 'pullback/Tensor'
import { loadDigits } from '../../examples/digits/load.js'
import { imagesOf, upsampled } from '../../examples/lenet/data.js'
import { filtersPicture } from '../../examples/lenet/pictures.js'
import { type State, model, scoresOf, trainLeNet } from '../../examples/lenet/training.js'
import { confusionPicture } from '../../examples/support/confusion.js'
import { png } from '../../examples/support/picture.js'
import { fingerprint } from '../../examples/support/run.js'

const load = async () => {
  const loaded = await loadDigits()
  if (E.isLeft(loaded)) throw new Error(Dataset.showCsvErrors(loaded.left))
  return imagesOf(Dataset.split(256)(loaded.right[0])[0])
}

const trained = async (
  count: number,
  epochs: number,
  seed: number
): Promise<readonly [State, losses: readonly number[]]> => {
  const [some] = Dataset.split(count)(await load())
  const losses: number[] = []
  const result = await trainLeNet(some, { epochs, seed, onEpoch: (_, loss) => losses.push(loss) })()
  if (E.isLeft(result)) throw new Error(result.left.message)
  return [result.right, losses]
}

describe('the LeNet-5 example', () => {
  it('enlarges the images, whose range and mean stay', () => {
    const image = T.arange(64)
    const large = upsampled(T.expandDims(image, 0))
    expect(large.shape).toEqual([1, 1, 28, 28])
    expect([T.item(T.min(large)), T.item(T.max(large))]).toEqual([0, 63])
    expect(T.item(T.mean(large))).toBeCloseTo(31.5, 5)
  })

  it('is the network of 61,706 parameters', () => {
    expect(Layer.parameterCount(model)).toBe(61706)
  })

  it('learns, and is drawn', async () => {
    const [state, losses] = await trained(224, 3, 0)
    expect(losses).toHaveLength(3)
    expect(losses[2]).toBeLessThan(losses[0]!)

    const { conv1, conv2 } = state.params
    expect(decode(png(filtersPicture(conv1.w, 20)))).toMatchObject({ width: 607, height: 102, channels: 3 })
    expect(decode(png(filtersPicture(conv2.w, 8)))).toMatchObject({ width: 657, height: 247, channels: 3 })

    const { features, labels } = await load()
    const counts = Metric.confusionMatrix(scoresOf(state)(features), labels)
    expect(decode(png(confusionPicture(counts)))).toMatchObject({ width: 507, height: 507, channels: 3 })
  })

  it('gives the same bits for the same seed, and others for another', async () => {
    const run = async (seed: number): Promise<string> => fingerprint((await trained(32, 1, seed))[0].params)
    const first = await run(0)
    expect(await run(0)).toBe(first)
    expect(await run(1)).not.toBe(first)
  })
})
