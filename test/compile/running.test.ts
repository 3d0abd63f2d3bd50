// Running sums and products, products, and positions of extrema in compiled programs.
import * as T from 'pullback/Tensor'
import { expect, test } from 'vitest'
import { bindOne } from '../../src/primitive/bind.js'
import { cumargmaxPrimitive, cumargminPrimitive } from '../../src/tensor/cumulativeExtrema.js'
import { recurrence } from '../../src/tensor/recurrence.js'
import { type Operation, difference, differences } from './alongAxes.js'

const all = ['float32', 'float64', 'int32', 'bool'] as const
const floats = ['float32', 'float64'] as const
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
        expect(differences((x) => T.cumsum(x, { axis, ...options }), shapes, some)).toEqual([])
        expect(differences((x) => T.cumprod(x, { axis, ...options }), shapes, ['float32'])).toEqual([])
      }
    }
  }
})

test('recurrences', () => {
  for (const reverse of [false, true]) {
    const along =
      (axis: number): Operation =>
      (a, b) =>
        recurrence(a, b, { axis, reverse })
    expect(differences(along(0), [[1], [7]], floats, undefined, 2)).toEqual([])
    for (const axis of [0, 1, 2]) expect(differences(along(axis), shapes, floats, undefined, 2)).toEqual([])
  }
})

test('positions so far', () => {
  for (const reverse of [false, true]) {
    for (const primitive of [cumargmaxPrimitive, cumargminPrimitive]) {
      const along =
        (axis: number): Operation =>
        (x) =>
          bindOne(primitive, [x.dtype === 'float64' ? T.floor(x) : x], { axis, reverse })
      expect(differences(along(0), [[1], [7]], all)).toEqual([])
      for (const axis of [0, 1, 2]) expect(differences(along(axis), shapes, some)).toEqual([])
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
  const so = [cumargmaxPrimitive, cumargminPrimitive].flatMap((primitive) =>
    [false, true].map(
      (reverse) =>
        (x: T.Tensor, { axis }: { readonly axis: number }): T.Tensor =>
          bindOne(primitive, [x], { axis, reverse })
    )
  )
  for (const f of [T.argmax, T.argmin, ...so]) {
    expect(difference((x) => f(x, { axis: 1 }), [x])).toBeUndefined()
    expect(difference((x) => f(x, { axis: 0 }), [T.transpose(x)])).toBeUndefined()
    expect(difference((x) => f(T.cast(x, 'float64'), { axis: 1 }), [x])).toBeUndefined()
  }
})
