import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import * as Dataset from 'pullback/Dataset'
import * as Layer from 'pullback/Layer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { imagesOf, lossesOf, networkOf, smoothed } from '../../examples/residual/training.js'

describe('the residual example', () => {
  it('has 19 convolutions and a dense layer, with and without sums', () => {
    for (const shortcuts of [false, true]) {
      const rows = Layer.summary(networkOf(shortcuts), [2, 1, 8, 8])
      expect(rows.filter(({ path }) => /(^|\.)conv\d$|^fc$/.test(path))).toHaveLength(20)
    }
  })

  it('gives a loss for each step, and another for the other network', () => {
    const pixels: T.Tensor<[6, 64]> = Random.uniform(Random.key(0), [6, 64])
    const digits = imagesOf(Dataset.make(pixels, T.of([0, 1, 2, 3, 4, 5], 'int32')))
    const [plain, residual] = [false, true].map((shortcuts) => {
      const losses = lossesOf(shortcuts, digits, 3)
      return E.isRight(losses) ? losses.right : []
    })
    expect(plain).toHaveLength(3)
    expect(residual).toHaveLength(3)
    expect(residual).not.toEqual(plain)
  })

  it('smooths curves', () => {
    expect(smoothed([1, 3, 5, 7, 9], 2)).toEqual([2, 6])
  })
})
