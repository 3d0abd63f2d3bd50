import { expect, it, test } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { type Matrix, type Weights, descend, distance, gradientByHand, loss } from '../../examples/twoLayers/network.js'

const network = (seed: number, dtype: 'float32' | 'float64'): readonly [Weights, x: Matrix, y: Matrix] => {
  const [a, b, c, d] = Random.split(Random.key(seed), 4)
  const weights = { w1: Random.normal(c, [20, 7], dtype), w2: Random.normal(d, [7, 3], dtype) }
  return [weights, Random.normal(a, [16, 20], dtype), Random.normal(b, [16, 3], dtype)]
}

// sums of up to 20 terms, some roundings each
test.each([
  ['float64', 1e-14],
  ['float32', 1e-5]
] as const)('the gradient by hand is that of grad up to rounding, in %s', (dtype, rounding) => {
  for (let seed = 0; seed < 10; seed++) {
    const [weights, x, y] = network(seed, dtype)
    const automatic = grad((w: Weights) => loss(w, x, y))(weights)
    expect(distance(gradientByHand(weights, x, y), automatic)).toBeLessThan(rounding)
  }
})

it('gets better with each step of descent', () => {
  const [start, x, y] = network(0, 'float64')
  let weights = start
  for (let step = 0; step < 20; step++) {
    const next = descend(weights, gradientByHand(weights, x, y), 1e-3)
    expect(T.item(loss(next, x, y))).toBeLessThan(T.item(loss(weights, x, y)))
    weights = next
  }
})
