// Variances, standard deviations and norms in compiled programs.
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import { type Case, axesOf, differences } from './alongAxes.js'

const vectors = [1, 3, 4, 7, 8, 9, 33, 130].map((n) => [n])
const shapes = [
  [9, 3, 5],
  [2, 18, 4]
]
const isFloat32 = ({ dtype }: Case): boolean => dtype === 'float32'
const floats = ['float32', 'float64'] as const

test('of vectors of any length', () => {
  expect(differences((x) => T.variance(x), vectors, ['float32'])).toEqual([])
  expect(differences((x) => T.std(x, { correction: 1 }), vectors, floats, isFloat32)).toEqual([])
  expect(differences((x) => T.norm(x), vectors, floats, isFloat32)).toEqual([])
})

test('over all sets of axes', () => {
  for (const axis of axesOf(3)) {
    const isShort = ({ dtype }: Case): boolean => dtype === 'float32' || axis.length < 3
    expect(differences((x) => T.variance(x, { axis, correction: 1 }), shapes, floats, isShort)).toEqual([])
    expect(differences((x) => T.std(x, { axis }), shapes, ['float32'])).toEqual([])
    expect(differences((x) => T.norm(x, { axis }), shapes, ['float32'])).toEqual([])
  }
})
