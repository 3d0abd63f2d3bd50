// Reductions in any order in compiled programs: extrema, quantifiers, sums of integers.
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import { axesOf, difference, differences } from './alongAxes.js'
import { tensor } from './tensors.js'

const all = ['float32', 'float64', 'int32', 'bool'] as const
const vectors = [1, 3, 4, 7, 8, 9, 33, 130].map((n) => [n])

test('extrema', () => {
  expect(differences((x) => T.max(x), [[], ...vectors], all)).toEqual([])
  for (const axis of axesOf(3)) {
    expect(differences((x) => T.min(x, { axis }), [[9, 3, 5]], all)).toEqual([])
    expect(differences((x) => T.max(x, { axis }), [[2, 18, 4]], all)).toEqual([])
  }
})

test('quantifiers', () => {
  expect(differences((x) => T.any(T.greater(x, 1)), vectors, ['float32'])).toEqual([])
  expect(differences((x) => T.all(x), [[0], [], [7], [33]], all)).toEqual([])
  for (const axis of axesOf(3)) {
    expect(differences((x) => T.any(x, { axis }), [[9, 3, 5]], all)).toEqual([])
    expect(
      differences(
        (x) => T.all(x, { axis }),
        [
          [2, 18, 0],
          [2, 1, 9]
        ],
        all
      )
    ).toEqual([])
  }
})

test('sums of integers and booleans', () => {
  expect(differences((x) => T.sum(x), [[0], [], ...vectors], ['int32', 'bool'])).toEqual([])
  for (const axis of axesOf(3)) {
    expect(
      differences(
        (x) => T.sum(x, { axis }),
        [
          [9, 3, 5],
          [2, 18, 4]
        ],
        ['int32', 'bool']
      )
    ).toEqual([])
  }
})

test('of tensors that lie in another order', () => {
  const x = tensor([7, 5, 9], 'float32', 3)
  expect(difference((x) => T.max(T.transpose(x)), [x])).toBeUndefined()
  expect(difference((x) => T.min(T.transpose(x), { axis: [0, 1] }), [x])).toBeUndefined()
  expect(difference((x) => T.sum(T.cast(T.transpose(x), 'int32'), { axis: [1, 2] }), [x])).toBeUndefined()
})

test('of tall columns, of any number of rows', () => {
  for (const rows of [143, 144, 145, 161]) {
    const x = tensor([rows, 9], 'float32', rows)
    expect(difference((x) => T.sum(T.cast(x, 'int32'), { axis: 0 }), [T.mul(x, 100)])).toBeUndefined()
    expect(difference((x) => T.max(x, { axis: 0 }), [T.cumsum(T.abs(x), { axis: 0 })])).toBeUndefined()
  }
})
