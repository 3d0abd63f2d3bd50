// The derivative of softmax and the shares in extrema in compiled programs.
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import { bindOne } from '../../src/primitive/bind.js'
import { maxSharesPrimitive, minSharesPrimitive } from '../../src/tensor/minMaxOverAxes.js'
import { softmaxDerivativePrimitive } from '../../src/tensor/softmax.js'
import { type Operation, axesOf, difference, differences } from './alongAxes.js'

const vectors = [1, 3, 4, 7, 8, 9, 33, 130].map((n) => [n])
const shapes = [
  [9, 3, 5],
  [2, 18, 4]
]
const isApart = (axes: readonly number[]): boolean => axes.length === 2 && axes[1]! - axes[0]! > 1
const floats = ['float32', 'float64'] as const

const derivative =
  (axes: readonly number[]): Operation =>
  (t, y) =>
    bindOne(softmaxDerivativePrimitive, [t, y], { axes })

test('the derivative of softmax', () => {
  expect(differences(derivative([0]), [...vectors, [300]], floats, undefined, 2)).toEqual([])
  for (const axes of axesOf(3)) {
    expect(differences(derivative(axes), shapes, floats, () => !isApart(axes), 2)).toEqual([])
  }
})

test('the derivative of softmax where sums are not finite', () => {
  const t = T.of([
    [Infinity, 1, 2, 3, -0],
    [NaN, 1, 2, 3, 0],
    [1, 2, 3, 4, 5],
    [3e38, 3e38, Infinity, -Infinity, 1],
    [-1, -2, -Infinity, 1, 1]
  ])
  const y = T.of([
    [0, 0.5, 0.5, -0, 0.25],
    [0, 0.5, 0.5, 0, 0],
    [0, 0.5, -0, 0.5, 0],
    [1, 1, 1, 1, 0],
    [-0, 0, 0.5, 0, NaN]
  ])
  for (const axis of [0, 1]) {
    expect(difference(derivative([axis]), [t, y])).toBeUndefined()
    expect(difference(derivative([axis]), [T.transpose(t), T.transpose(y)])).toBeUndefined()
  }
})

test('shares', () => {
  for (const [primitive, dtypes] of [[maxSharesPrimitive, floats] as const, [minSharesPrimitive, floats] as const]) {
    // halves, so that some are equal
    const shares =
      (axes: readonly number[]): Operation =>
      (x) =>
        bindOne(primitive, [T.div(T.floor(x), 2)], { axes })
    expect(differences(shares([0]), vectors, dtypes)).toEqual([])
    for (const axes of axesOf(3)) {
      expect(differences(shares(axes), shapes, dtypes, () => !isApart(axes))).toEqual([])
    }
  }
})

test('shares in infinite extrema', () => {
  const x = T.of([
    [-Infinity, -Infinity, -Infinity, -Infinity, -Infinity],
    [Infinity, Infinity, Infinity, Infinity, Infinity],
    [Infinity, 0, Infinity, -Infinity, 1],
    [NaN, 0, Infinity, -Infinity, 1],
    [0, -0, 0, -0, 0]
  ])
  for (const primitive of [maxSharesPrimitive, minSharesPrimitive]) {
    for (const dtype of floats) {
      const of = T.cast(x, dtype)
      for (const axis of [0, 1]) {
        expect(difference((x) => bindOne(primitive, [x], { axes: [axis] }), [of])).toBeUndefined()
        expect(difference((x) => bindOne(primitive, [x], { axes: [axis] }), [T.transpose(of)])).toBeUndefined()
      }
    }
  }
})
