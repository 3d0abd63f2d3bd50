import * as E from 'fp-ts/lib/Either.js'
import { beforeAll, describe, expect, it } from 'vitest'
import * as Dataset from 'pullback/Dataset'
import { grad } from 'pullback/Grad'
import * as Loss from 'pullback/Loss'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import type { Digits } from '../../examples/digits/data.js'
import { loadDigits } from '../../examples/digits/load.js'
import { type Params, firstParams, meanClipped, meanClippedInLoop, scoresOf } from '../../examples/privacy/clipping.js'

const params = firstParams(Random.key(7))
let batch: Digits

beforeAll(async () => {
  const loaded = await loadDigits()
  if (E.isLeft(loaded)) throw new Error(Dataset.showCsvErrors(loaded.left))
  batch = Dataset.split(20)(loaded.right[0])[0]
})

const lengthOf = (tree: Params): number => T.item(Tree.norm(tree))
const apart = (a: Params, b: Params): number => lengthOf(Tree.sub(a, b))

describe('the example of clipped gradients', () => {
  it('clips all examples at once as it clips each of them', () => {
    for (const most of [0.1, 1, 3]) {
      const inLoop = meanClippedInLoop(params, batch, most)
      expect(apart(meanClipped(params, batch, most), inLoop)).toBeLessThan(1e-6 * lengthOf(inLoop))
    }
  })

  it('is the gradient of the mean loss where nothing is clipped', () => {
    const meanLoss = (p: Params): T.Tensor<[]> => Loss.crossEntropy(scoresOf(p, batch.features), batch.labels)
    const whole = grad(meanLoss)(params)
    expect(apart(meanClipped(params, batch, Infinity), whole)).toBeLessThan(1e-6 * lengthOf(whole))
  })

  it('is the unit gradient of one example, times the length to which it is clipped', () => {
    const one: Digits = { features: T.slice(batch.features, [[0, 1]]), labels: T.slice(batch.labels, [[0, 1]]) }
    const whole = meanClipped(params, one, Infinity)
    const known = Tree.scale(whole, 0.5 / lengthOf(whole))
    expect(lengthOf(whole)).toBeGreaterThan(0.5)
    expect(apart(meanClipped(params, one, 0.5), known)).toBeLessThan(1e-6)
  })

  it('is moved by one example of twenty by no more than 2 / 20 of that length', () => {
    for (const factor of [-1, 10, 1e4]) {
      const head = T.mul(T.slice(batch.features, [[0, 1]]), factor)
      const changed: Digits = { ...batch, features: T.concat([head, T.slice(batch.features, [[1]])]) }
      expect(apart(meanClipped(params, changed, 1), meanClipped(params, batch, 1))).toBeLessThanOrEqual(0.1 + 1e-7)
    }
  })
})
