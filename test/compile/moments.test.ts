// Variances, standard deviations and norms in compiled programs.
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import { axesOf, difference, differences } from './alongAxes.js'
import { tensor } from './tensors.js'

const vectors = [1, 3, 4, 7, 8, 9, 33, 130].map((n) => [n])
const shapes = [
  [9, 3, 5],
  [2, 18, 4]
]
const floats = ['float32', 'float64'] as const

test('of vectors of any length', () => {
  const all = [...vectors, [300]]
  expect(differences((x) => T.variance(x), all, floats)).toEqual([])
  expect(differences((x) => T.std(x, { correction: 1 }), all, floats)).toEqual([])
  expect(differences((x) => T.norm(x), all, floats)).toEqual([])
})

test('over all sets of axes', () => {
  for (const axis of axesOf(3)) {
    expect(differences((x) => T.variance(x, { axis, correction: 1 }), shapes, floats)).toEqual([])
    expect(differences((x) => T.std(x, { axis }), shapes, floats)).toEqual([])
    expect(differences((x) => T.norm(x, { axis }), shapes, floats)).toEqual([])
  }
})

test('where squares of float64 are out of range', () => {
  const units = T.of(
    [2 ** 600, 2 ** -600, 0, 2 ** 1020, 5e-324, Infinity, NaN, 2 ** -515, 2 ** -440, -(2 ** 510)],
    'float64'
  )
  for (const [rows, columns] of [
    [10, 7],
    [10, 33],
    [10, 1],
    [10, 150]
  ] as const) {
    const x = T.mul(tensor([rows, columns], 'float64', 3), T.reshape(units, [rows, 1]))
    for (const f of [T.norm, T.std]) {
      expect(difference((x) => f(x, { axis: 1 }), [x])).toBeUndefined()
      expect(difference((x) => f(x, { axis: 0 }), [T.transpose(x)])).toBeUndefined()
      expect(difference((x) => f(x, { axis: 0 }), [x])).toBeUndefined()
      expect(difference((x) => f(x), [T.slice(x, [[0, 4]])])).toBeUndefined()
    }
    expect(difference((x) => T.std(x, { axis: 1, correction: 7 }), [x])).toBeUndefined()
    expect(
      difference(
        (x) => T.std(x, { axis: 1 }),
        [T.add(T.zeros([rows, columns], 'float64'), T.reshape(units, [rows, 1]))]
      )
    ).toBeUndefined()
  }
})

test('at the bounds beyond which squares of float64 are scaled', () => {
  for (const exponent of [-435, -445, -455, -465, -475, 480, 490, 495, 500, 505]) {
    const x = T.mul(tensor([40, 7], 'float64', 2), 2 ** exponent)
    for (const f of [T.norm, T.std]) expect(difference((x) => f(x, { axis: 1 }), [x])).toBeUndefined()
  }
})
