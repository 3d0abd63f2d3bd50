// Sums and means in compiled programs.
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import { axesOf, difference, differences } from './alongAxes.js'
import { tensor } from './tensors.js'

const floats = ['float32', 'float64'] as const

test('of vectors of any length', () => {
  const shapes = [0, 1, 3, 4, 7, 8, 9, 15, 16, 33, 130].map((n) => [n])
  expect(differences((x) => T.sum(x), [[], ...shapes], floats)).toEqual([])
  expect(differences((x) => T.mean(x), [[], ...shapes], floats)).toEqual([])
})

test('over all sets of axes', () => {
  for (const axis of axesOf(3)) {
    const shapes = [
      [2, 3, 4],
      [9, 1, 5],
      [3, 8, 8],
      [2, 17, 9],
      [1, 1, 1],
      [3, 0, 2]
    ]
    expect(differences((x) => T.sum(x, { axis }), shapes, floats)).toEqual([])
  }
})

test('means of rows and columns', () => {
  for (const axis of [0, 1]) {
    const shapes = [
      [9, 13],
      [33, 10],
      [10, 33],
      [8, 2]
    ]
    expect(differences((x) => T.mean(x, { axis }), shapes, floats)).toEqual([])
  }
})

test('of float64 in blocks: in halves', () => {
  for (const n of [257, 640, 1000, 1500, 2049]) {
    const x = tensor([n, 23], 'float64', n)
    expect(difference((x) => T.sum(x, { axis: 0 }), [x])).toBeUndefined()
    expect(difference((x) => T.sum(x, { axis: 1 }), [T.transpose(x)])).toBeUndefined()
    expect(difference((x) => T.mean(T.transpose(x), { axis: 0 }), [T.transpose(x)])).toBeUndefined()
  }
})

test('of float64 in blocks', () => {
  for (const n of [127, 128, 129, 255, 256, 257, 384, 390, 1000, 2049]) {
    for (const axis of [0, 1]) {
      const shape = axis === 0 ? [n, 5] : [2, n]
      expect(differences((x) => T.sum(x, { axis }), [shape], ['float64'])).toEqual([])
    }
  }
  expect(differences((x) => T.mean(x, { axis: [0, 2] }), [[3, 2, 130]], ['float64'])).toEqual([])
})
