import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import * as Dataset from 'pullback/Dataset'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { draws, score, scores, search } from '../../examples/randomSearch/search.js'

const data = Dataset.moons(Random.key(1), 24)
const folds = pipe(data, Dataset.stratifiedKFold(3, Random.key(2)))

describe('the random search', () => {
  it('draws the same first pairs however many there are, within the ranges', () => {
    const [few, many] = [draws(Random.key(0), 3), draws(Random.key(0), 40)]
    expect(many.slice(0, 3)).toEqual(few)
    for (const { rate, decay } of many) {
      expect(Math.abs(Math.log10(T.item(rate)))).toBeLessThanOrEqual(3)
      expect(Math.abs(Math.log10(T.item(decay)) + 2.5)).toBeLessThanOrEqual(2.5)
    }
  })

  it('scores each draw as if it were alone', () => {
    const all = draws(Random.key(0), 3)
    const { loss, accuracy } = scores(all, data, data, 5)
    for (const [i, hyper] of all.entries()) {
      const alone = score(hyper, data, data, 5)
      expect(T.item(T.at(loss, i))).toBeCloseTo(T.item(alone.loss), 5)
      expect(T.item(T.at(accuracy, i))).toBe(T.item(alone.accuracy))
    }
  })

  it('has the mean and the deviation over the folds', () => {
    const all = draws(Random.key(0), 2)
    const [trial] = search(all, folds, 5)
    const losses = T.stack(folds.map(([train, held]) => score(all[0]!, train, held, 5).loss))
    expect(trial!.loss).toBeCloseTo(T.item(T.mean(losses)), 5)
    expect(trial!.spread).toBeCloseTo(T.item(T.std(losses)), 5)
  })
})
