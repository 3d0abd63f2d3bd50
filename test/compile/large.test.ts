// Reductions of more elements than a cache holds, and those whose elements are computed inside of them.
import * as Debug from 'pullback/Debug'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { graphOf } from '../../src/compile/graph.js'
import { namesOf, schedule } from '../../src/compile/schedule.js'
import { type Operation, difference, differences } from './alongAxes.js'
import { tensor } from './tensors.js'

/** The names of the operations in each kernel. */
const kernels = (f: Operation, ...inputs: readonly T.Tensor[]): readonly string[] =>
  schedule(graphOf(Debug.trace((...given: readonly T.Tensor[]) => [f(...given)])(...inputs))).kernels.map((kernel) =>
    namesOf(kernel).join(' ')
  )

describe('of more elements than a cache holds', () => {
  const x = tensor([2700, 100], 'float32', 5)
  const wide = tensor([140, 2051], 'float32', 6)

  test('sums', () => {
    for (const each of [x, wide]) {
      for (const axis of [0, 1, [0, 1]]) {
        expect(difference((x) => T.sum(x, { axis }), [each])).toBeUndefined()
        expect(difference((x, y) => T.mean(T.mul(T.add(x, 1), y), { axis }), [each, each])).toBeUndefined()
      }
    }
    expect(difference((x) => T.sum(T.transpose(x), { axis: 1 }), [wide])).toBeUndefined()
  })

  test('extrema', () => {
    for (const axis of [0, 1, [0, 1]]) {
      expect(difference((x) => T.max(x, { axis }), [x])).toBeUndefined()
      expect(difference((x) => T.min(T.abs(x), { axis }), [wide])).toBeUndefined()
    }
    expect(difference((x) => T.any(T.greater(x, 1000), { axis: 0 }), [x])).toBeUndefined()
    expect(difference((x) => T.max(x, { axis: 0 }), [T.cast(x, 'float64')])).toBeUndefined()
    expect(difference((x) => T.sum(T.cast(x, 'int32'), { axis: 0 }), [x])).toBeUndefined()
  })
})

describe('extrema by their bits', () => {
  const rows = (values: readonly (readonly number[])[]): T.Tensor => T.of(values as never)
  const special = [0, -0, NaN, -NaN, Infinity, -Infinity, 1e-40, -1e-40, 3e38, -3e38]
  const all = special.flatMap((a) => special.flatMap((b) => special.map((c) => [a, b, c, a, b])))

  test('of all triples of special numbers', () => {
    const x = T.cast(rows(all), 'float32')
    for (const each of [x, T.neg(x)]) {
      for (const extremum of [T.max, T.min] as const) {
        expect(difference((x) => extremum(x, { axis: 1 }), [each])).toBeUndefined()
        expect(difference((x) => extremum(T.neg(x), { axis: 1 }), [each])).toBeUndefined()
        expect(difference((x) => extremum(x, { axis: 0 }), [T.transpose(each)])).toBeUndefined()
      }
    }
  })
})

describe('maps inside of reductions', () => {
  const x = tensor([9, 13], 'float32', 1)

  test('are those that nothing else reads', () => {
    expect(kernels((x) => T.sum(T.add(T.mul(x, x), 1)), x)).toEqual(['mul add sum'])
    expect(kernels((x) => T.add(T.max(T.abs(x)), T.min(x)), x)).toEqual(['abs max', 'min', 'add'])
    const long: Operation = (x) => T.sum(Array.from({ length: 9 }).reduce<T.Tensor>((y) => T.abs(T.add(y, 1)), x))
    expect(kernels(long, x)).toEqual(['add abs', `${'add abs '.repeat(8)}sum`])
    const shared: Operation = (x) => {
      const square = T.mul(x, x)
      return T.mul(T.sum(square), square)
    }
    expect(kernels(shared, x)).toEqual(['mul', 'sum', 'mul'])
    const twice: Operation = (x) => {
      const square = T.mul(x, x)
      return T.mean(T.sub(T.abs(square), square), { axis: 0 })
    }
    expect(kernels(twice, x)).toEqual(['mul abs sub mean'])
  })

  test('are quick ones, of larger tensors', () => {
    expect(kernels((x) => T.sum(T.exp(x)), x)).toEqual(['exp', 'sum'])
    expect(kernels((x) => T.sum(T.mul(x, x)), T.ones([7]))).toEqual(['mul', 'sum'])
    const long: Operation = (x) => T.sum(Array.from({ length: 20 }).reduce<T.Tensor>((y) => T.add(T.mul(y, 3), 1), x))
    expect(kernels(long, x)).toHaveLength(2)
  })

  test('do not move where their operands would be copied', () => {
    expect(kernels((x) => T.sum(T.mul(x, T.transpose(x)), { axis: 0 }), tensor([9, 9], 'float32'))).toEqual([
      'mul',
      'sum'
    ])
  })

  test('give the same bits', () => {
    const shapes = [[33], [9, 13], [17, 8], [3, 8, 8], [2, 17, 9], [200, 5]]
    const types = ['float32', 'float64', 'int32', 'bool'] as const
    const f: Operation = (x) => T.add(T.mul(T.cast(x, 'float32'), x), 0.1)
    for (const axis of [0, -1]) {
      expect(differences((x) => T.sum(f(x), { axis }), shapes, types)).toEqual([])
      expect(differences((x) => T.max(T.relu(f(x)), { axis }), shapes, types)).toEqual([])
      expect(
        differences(
          (x, y) => T.mean(T.sub(x, y), { axis }),
          shapes,
          ['float32', 'float64'],
          () => true,
          2
        )
      ).toEqual([])
      expect(
        differences(
          (x, y) => T.all(T.lessEqual(x, y), { axis }),
          shapes,
          types,
          () => true,
          2
        )
      ).toEqual([])
      expect(differences((x) => T.sum(T.where(T.greater(x, 0), x, 1), { axis }), shapes, types)).toEqual([])
    }
    const row = tensor([13], 'float32', 3)
    expect(difference((x, row) => T.sum(T.mul(x, row), { axis: 0 }), [x, row])).toBeUndefined()
    expect(difference((x, row) => T.sum(T.mul(x, row), { axis: 1 }), [x, row])).toBeUndefined()
  })
})
