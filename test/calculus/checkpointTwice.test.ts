import { checkpoint, grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'

type S = T.Tensor<[]>

test('a checkpoint of one value twice is handed once what the value has been given before', () => {
  const product = (a: S, b: S): S => T.mul(a, T.sin(b))
  const f =
    (g: typeof product) =>
    (x: S): S =>
      T.add(g(x, x), T.exp(x))
  expect(grad(f(checkpoint(product)))(T.scalar(0.7))).toEqual(grad(f(product))(T.scalar(0.7)))
})
