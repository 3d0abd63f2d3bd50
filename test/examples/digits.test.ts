import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import * as Dataset from 'pullback/Dataset'
import * as T from 'pullback/Tensor'
import type * as Train from 'pullback/Train'
import { loadDigits } from '../../examples/digits/load.js'
import { scoresOf, trainDigits } from '../../examples/digits/training.js'
import { fingerprint } from '../../examples/support/run.js'

const load = async () => {
  const loaded = await loadDigits()
  if (E.isLeft(loaded)) throw new Error(Dataset.showCsvErrors(loaded.left))
  return loaded.right
}

describe('the digits example', () => {
  it('reads 1,437 and 360 digits', async () => {
    const [train, test] = await load()
    expect([train.features.shape, test.features.shape]).toEqual([
      [1437, 64],
      [360, 64]
    ])
  })

  it('gives the same bits for the same seed, and others for another', async () => {
    const [train] = await load()
    const run = async (seed: number): Promise<string> => {
      const result = await trainDigits(train, { epochs: 2, seed })()
      if (E.isLeft(result)) throw new Error(result.left.message)
      const { params, optimizerState, key } = result.right.state
      return fingerprint({ params, optimizerState, key })
    }
    const first = await run(0)
    expect(await run(0)).toBe(first)
    expect(await run(1)).not.toBe(first)
  })

  it('scores an image alike, whatever other images it is scored with', async () => {
    const [train, test] = await load()
    const result = await trainDigits(train, { epochs: 1, seed: 0 })()
    if (E.isLeft(result)) throw new Error(result.left.message)
    const scores = scoresOf(result.right.state)
    const whole = fingerprint(scores(test.features))
    for (const count of [1, 2, 7, 32, 100, 359]) {
      const parts = pipe(test, Dataset.batches(count))
      expect(fingerprint(T.concat(parts.map(({ features }) => scores(features))))).toBe(whole)
    }
  })

  it('stops when it is aborted', async () => {
    const [train] = await load()
    const controller = new AbortController()
    const reporter: Train.Reporter = (event) => {
      if (event._tag === 'Stepped' && event.report.step === 22) controller.abort()
    }
    const result = await trainDigits(train, { epochs: 2, seed: 0, signal: controller.signal, reporter })()
    expect(E.isLeft(result) && result.left.message).toBe('Train: stopped by its signal after 23 steps')
  })
})
