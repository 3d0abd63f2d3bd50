// Running sums and products, products, and positions of extrema in compiled programs.
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import { type Case, difference, differences } from './alongAxes.js'

const all = ['float32', 'float64', 'int32', 'bool'] as const
const some = ['float64', 'int32'] as const
const vectors = [1, 3, 4, 7, 8, 9, 33, 130].map((n) => [n])
const shapes = [
  [9, 3, 5],
  [2, 18, 4],
  [3, 4, 2]
]

test('running sums and products', () => {
  for (const exclusive of [false, true]) {
    for (const reverse of [false, true]) {
      const options = { exclusive, reverse }
      expect(differences((x) => T.cumsum(x, { axis: 0, ...options }), [[0], [1], [7], [33]], all)).toEqual([])
      for (const axis of [0, 1, 2]) {
        const isLowered = ({ shape }: Case): boolean => !reverse || axis !== 1 || shape[2] !== 2
        expect(differences((x) => T.cumsum(x, { axis, ...options }), shapes, some, isLowered)).toEqual([])
        expect(differences((x) => T.cumprod(x, { axis, ...options }), shapes, ['float32'], isLowered)).toEqual([])
      }
    }
  }
})

test('products', () => {
  expect(differences((x) => T.prod(x), [[], [0], ...vectors], all)).toEqual([])
  for (const axis of [0, 1, 2]) expect(differences((x) => T.prod(x, { axis }), shapes, all)).toEqual([])
})

test('positions', () => {
  expect(differences((x) => T.argmax(x, { axis: 0 }), vectors, all)).toEqual([])
  for (const axis of [0, 1, 2]) {
    expect(differences((x) => T.argmax(T.floor(x), { axis }), shapes, all)).toEqual([])
    expect(differences((x) => T.argmin(T.floor(x), { axis }), shapes, all)).toEqual([])
  }
})

test('the first of equal extrema, and of NaN', () => {
  const [up, down] = [Infinity, -Infinity]
  const x = T.of([
    [down, down, down, down, down, down],
    [1, up, 2, up, up, 3],
    [0, -0, -1, 0, -0, -1],
    [1, NaN, up, NaN, down, 4],
    [3, 3, 1, 4, 4, 4],
    [up, up, up, up, up, up],
    [1, 2, 3, 4, 5, NaN]
  ])
  for (const f of [T.argmax, T.argmin]) {
    expect(difference((x) => f(x, { axis: 1 }), [x])).toBeUndefined()
    expect(difference((x) => f(x, { axis: 0 }), [T.transpose(x)])).toBeUndefined()
    expect(difference((x) => f(T.cast(x, 'float64'), { axis: 1 }), [x])).toBeUndefined()
  }
})
