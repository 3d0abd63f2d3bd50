import { expect, test } from 'vitest'
import { grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { crossEntropy, neuron, outputOf, outputsBy, squaredError } from '../../examples/saturation/neuron.js'

test.each([
  [0.6, 0.9],
  [2, 2],
  [-3, 1]
])('the gradient of the squared error is that of the cross-entropy times a (1 - a), from %d and %d', (weight, bias) => {
  const own = neuron(weight, bias)
  const [squares, entropy] = [squaredError, crossEntropy].map((cost) => T.item(grad(cost)(own).weight))
  const a = outputOf(own)
  expect(entropy).toBeCloseTo(a, 14)
  expect(squares).toBeCloseTo(entropy! * a * (1 - a), 14)
})

test('the outputs are those of the book', () => {
  const last = (weight: number, bias: number): number =>
    outputsBy(squaredError, neuron(weight, bias), 0.15, 300).at(-1)!
  expect(last(0.6, 0.9).toFixed(2)).toBe('0.09')
  expect(last(2, 2).toFixed(2)).toBe('0.20')
})
