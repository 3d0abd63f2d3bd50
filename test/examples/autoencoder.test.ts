import * as E from 'fp-ts/lib/Either.js'
import { expect, it } from 'vitest'
import * as Dataset from 'pullback/Dataset'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { codesOf, errorOf, principalError, train } from '../../examples/autoencoder/training.js'
import { loadDigits } from '../../examples/digits/load.js'

it('learns to give the digits back from two numbers', async () => {
  const loaded = await loadDigits()
  if (E.isLeft(loaded)) throw new Error(Dataset.showCsvErrors(loaded.left))
  const [some] = Dataset.split(256)(loaded.right[0])
  const errors = [1, 12].map((epochs) => {
    const params = train(some, epochs)
    if (E.isLeft(params)) throw new Error(params.left.message)
    expect(codesOf(params.right, some.features).shape).toEqual([256, 2])
    return errorOf(params.right, some.features)
  })
  expect(errors[1]).toBeLessThan(0.7 * errors[0]!)
})

it('compares with the error of two principal components', () => {
  // rows in a plane have none; noise of variance 1 on 62 other axes has 62 / 64
  const noise: T.Tensor<[4000, 64]> = Random.normal(Random.key(0), [4000, 64])
  const plane = T.mul(noise, T.cast(T.less(T.arange(64), 2), 'float32'))
  expect(principalError(plane)).toBeCloseTo(0, 6)
  expect(principalError(T.add(noise, T.mul(plane, 9)))).toBeCloseTo(62 / 64, 1)
})
