import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import {
  alphabetOf,
  allWindows,
  decode,
  drawWindows,
  encode,
  entropyByFrequency
} from '../../examples/characters/text.js'
import { type State, lossOn, modelOf, sample, trainGpt } from '../../examples/characters/training.js'
import { readData } from '../../examples/support/files.js'
import { fingerprint } from '../../examples/support/run.js'

const text = await readData('sonnets.txt')
const alphabet = alphabetOf(text)
const tokens = encode(alphabet)(text)
const model = modelOf(alphabet.length)

const trained = async (steps: number, seed: number): Promise<State> => {
  const result = await trainGpt(model, tokens, { steps, seed })()
  if (E.isLeft(result)) throw new Error(result.left.message)
  return result.right
}

describe('the example of characters', () => {
  it('takes texts to tokens and back', () => {
    expect(decode(alphabet)(tokens)).toBe(text)
    expect(alphabet.length).toBe(new Set(text).size)
    expect(
      text
        .trimEnd()
        .split('\n\n')
        .map((sonnet) => sonnet.split('\n').length)
    ).toEqual([14, 14, 14, 14, 14])
  })

  it('has the following character as the label of each', () => {
    for (const { features, labels } of [
      allWindows([0, 1, 2, 3, 4, 5, 6], 3),
      drawWindows(Random.key(0), tokens, 4, 9)
    ]) {
      const [given, next] = [T.toNested(features), T.toNested(labels)]
      expect(given.map((row) => row.slice(1))).toEqual(next.map((row) => row.slice(0, -1)))
    }
    expect(T.toNested(allWindows([0, 1, 2, 3, 4, 5, 6], 3).labels)).toEqual([
      [1, 2, 3],
      [4, 5, 6]
    ])
  })

  it('knows what frequencies are worth', () => {
    expect(entropyByFrequency([], [0, 1], 2)).toBeCloseTo(Math.log(2), 12)
    expect(entropyByFrequency([0, 0], [0], 2)).toBeCloseTo(-Math.log(3 / 4), 12)
  })

  it('learns, the same bits from the same seed, and writes on', async () => {
    const [first, again] = [await trained(2, 0), await trained(2, 0)]
    expect(fingerprint(again.params)).toBe(fingerprint(first.params))
    expect(lossOn(model, first, tokens.slice(0, 200))).toBeLessThan(Math.log(alphabet.length))
    const written = sample(model, first, encode(alphabet)('My '), { count: 5, temperature: 1, seed: 0 })
    expect(decode(alphabet)(written)).toMatch(/^My [^]{5}$/)
    expect(sample(model, first, encode(alphabet)('My '), { count: 5, temperature: 1, seed: 0 })).toEqual(written)
  })
})
