// Operations with indices, compiled: their bits, and what they throw.
import * as Debug from 'pullback/Debug'
import { grad } from 'pullback/Grad'
import { bindOne } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { lowerProgram, runnerOf } from '../../src/compile/run.js'
import { foldIndicesPrimitive } from '../../src/tensor/foldIndices.js'
import { lastOccurrencePrimitive } from '../../src/tensor/indexedUpdate.js'
import { bincountPrimitive, segmentMaxPrimitive } from '../../src/tensor/segments.js'
import { calledThrough } from '../../src/transform/program.js'
import { dtypes, faults, layouts, messages } from './same.js'
import { some } from './tensors.js'

const indexOf = (n: number, length: number, seed = 1): T.Tensor =>
  T.of(
    Array.from({ length }, (_, i) => ((i * 7 + seed * 5) % (2 * n)) - n),
    'int32'
  )

const shapes: readonly (readonly number[])[] = [[9], [3, 1], [7, 33], [3, 4, 5], [1, 3, 270]]

const total = (x: T.Tensor): T.Tensor<[]> => T.sum(T.cast(x, 'float64'))

describe.each(dtypes)('%s', (dtype) => {
  const own = dtype === 'float32' ? layouts : layouts.slice(1, 2)
  test.each(own)('lists of indices, %s', (_, layout) => {
    for (const shape of shapes) {
      const axes = shape.map((_n, axis) => axis)
      const f = (given: T.Tensor): readonly T.Tensor[] => {
        const x = layout(given)
        return axes.flatMap((axis) => {
          const n = shape[axis]!
          const lists = [
            indexOf(n, 1),
            T.slice(T.reshape(indexOf(n, 12), [6, 2]), [
              [0, 6, 2],
              [0, 2]
            ])
          ]
          return lists.flatMap((list) => {
            const picked = T.gather(x, list, { axis })
            return dtype === 'bool'
              ? [picked]
              : [picked, T.scatterAdd(T.flip(x, { axis: 0 }), list, layouts[1]![1](picked), { axis })]
          })
        })
      }
      expect(faults((x) => f(x), [some(shape, dtype)])).toEqual([])
    }
  })
  test.each(own)('indices along an axis, %s', (_, layout) => {
    for (const shape of shapes) {
      const f = (given: T.Tensor): readonly T.Tensor[] => {
        const x = layout(given)
        return shape.flatMap((n, axis) =>
          [1, 5].flatMap((count) => {
            const lanes = shape.map((m, i) => (i === axis ? count : m))
            const list = T.reshape(
              indexOf(
                n,
                lanes.reduce((a, b) => a * b, 1),
                count
              ),
              lanes
            )
            const picked = T.takeAlongAxis(x, list, { axis })
            return dtype === 'bool'
              ? [picked]
              : [picked, T.addAlongAxis(x, list, T.flip(picked, { axis: 0 }), { axis })]
          })
        )
      }
      expect(faults((x) => f(x), [some(shape, dtype)])).toEqual([])
    }
  })
  test('one-hot', () => {
    const list = T.of([0, 2, 1, 2], 'int32')
    const f = (x: T.Tensor) =>
      [1, 2, 3, 5, 9].flatMap((n) =>
        [x, T.reshape(x, [2, 2]), T.flip(x, { axis: 0 })].map((each) => T.oneHot(T.mod(each, n), n, dtype))
      )
    expect(faults((x) => f(x), [list])).toEqual([])
  })
})

test('gradients of picking, and many that meet', () => {
  const list = T.of(
    Array.from({ length: 200 }, (_, i) => (i * i) % 5),
    'int32'
  )
  const f = (x: T.Tensor) => [
    grad((y: T.Tensor) => total(T.square(T.gather(y, list))))(x),
    grad((y: T.Tensor) => total(T.square(T.gather(y, list, { axis: 1 }))))(x),
    grad((y: T.Tensor) =>
      total(T.square(T.takeAlongAxis(y, T.broadcastTo(T.reshape(list, [-1, 1]), [200, 6]), { axis: 0 })))
    )(x)
  ]
  expect(faults((x) => f(x), [some([5, 6], 'float32')])).toEqual([])
})

test.each(layouts)('places of results, %s', (_, layout) => {
  for (const shape of [[1], [33], [6, 5], [2, 3, 4]]) {
    const n = shape.reduce((a, b) => a * b, 1)
    const list = T.reshape(indexOf(3, n), shape)
    const f = (given: T.Tensor): readonly T.Tensor[] => {
      const x = layout(given)
      return [
        bindOne(lastOccurrencePrimitive, [x], { operation: 'set', length: 3 }),
        bindOne(bincountPrimitive, [T.abs(x)], { length: 4 }),
        ...shape.flatMap((_n, axis) => [
          bindOne(foldIndicesPrimitive, [x], { operation: 'gather', length: 3, axis }),
          ...dtypes.map((dtype) => bindOne(segmentMaxPrimitive, [layout(some(shape, dtype)), x], { axis, count: 5 })),
          ...dtypes.map((dtype) => bindOne(segmentMaxPrimitive, [layout(T.cast(x, dtype)), x], { axis, count: 3 }))
        ])
      ]
    }
    expect(faults((x) => f(x), [list])).toEqual([])
  }
})

test('additions to few rows of a large table', () => {
  const list = T.of([7, -1, 7, 30, 0, 7], 'int32')
  for (const width of [1, 3, 4, 9, 64]) {
    const f = (x: T.Tensor, y: T.Tensor): readonly T.Tensor[] => [
      T.scatterAdd(x, list, y, { axis: 1 }),
      T.scatterAdd(T.zeros(x.shape), T.reshape(list, [3, 2]), T.reshape(y, [2, 3, 2, width]), { axis: 1 }),
      T.scatterAdd(T.flip(x, { axis: 1 }), list, T.flip(y, { axis: 0 }), { axis: 1 }),
      T.scatterAdd(T.transpose(T.reshape(x, [width, 40, 2])), list, y, { axis: 1 })
    ]
    expect(faults((x, y) => f(x, y), [some([2, 40, width]), some([2, 6, width], 'float32', 3)])).toEqual([])
  }
})

const good = T.of([0, 1, -3, 2], 'int32')

const failing: readonly (readonly [name: string, f: (list: T.Tensor) => T.Tensor])[] = [
  ['gather', (list) => T.gather(some([3, 2]), list)],
  ['gather of a place', (list) => T.gather(some([3, 2]), T.sum(list))],
  ['scatterAdd', (list) => T.scatterAdd(some([3, 2]), list, some([4, 2]))],
  ['scatterAdd to a large table', (list) => T.scatterAdd(some([9, 2]), T.mul(list, 3), some([4, 2]))],
  ['takeAlongAxis', (list) => T.takeAlongAxis(some([3]), list)],
  ['addAlongAxis', (list) => T.addAlongAxis(some([3]), list, some([4]))],
  ['oneHot', (list) => T.oneHot(T.maximum(list, -1), 3)],
  ['segmentMax', (list) => T.segmentMax(some([4, 2]), list, { numSegments: 3 })],
  ['bincount', (list) => T.bincount(list, { length: 3 })],
  ['set', (list) => bindOne(lastOccurrencePrimitive, [list], { operation: 'set', length: 3 })],
  ['foldIndices', (list) => bindOne(foldIndicesPrimitive, [list], { operation: 'gather', length: 3, axis: 0 })],
  ['nothing', (list) => T.gather(some([3, 0]), list)]
]

test.each(failing)('%s throws as the eager one does, and then works again', (name, f) => {
  const first = T.of([0, 0, 0, 0], 'int32')
  for (const list of [
    good,
    T.of([0, 3, 1, 1], 'int32'),
    T.of([0, 1, 2, -4], 'int32'),
    T.of([-(2 ** 31), 0, 0, 0], 'int32')
  ]) {
    const [eager, compiled] = messages((x) => [f(x)], [first], [list])
    expect(compiled).toBe(eager)
  }
  const lowered = lowerProgram(Debug.trace((x: T.Tensor) => [f(x)])(first))
  let calls = 0
  const counting = calledThrough(lowered.program, (_equation, call) => (operands) => {
    calls++
    return call(operands)
  })
  const run = runnerOf({ ...lowered, program: counting })!
  expect(() => run([T.of([0, 0, 0, 9], 'int32')] as never)).toThrow('expected')
  calls = 0
  if (name === 'nothing') return
  expect(T.toArray(run([first] as never)[0]!)).toEqual(T.toArray(f(first)))
  expect(calls).toBe(0)
})

test('of two faults the first of the function is thrown, and effects come once', () => {
  const seen: string[] = []
  const f = (list: T.Tensor): readonly T.Tensor[] => {
    const before = Debug.tap(() => void seen.push('before'))(T.mul(list, 1))
    const a = T.gather(some([3, 2]), T.add(T.mul(before, 3), list))
    return [a, T.takeAlongAxis(some([3]), T.sub(list, T.mul(before, 0)))]
  }
  const run = runnerOf(lowerProgram(Debug.trace(f)(T.of([0, 0], 'int32'))))!
  seen.length = 0
  expect(() => run([T.of([5, 0], 'int32')] as never)).toThrow('gather: index is 20')
  expect(seen).toEqual(['before'])
})
