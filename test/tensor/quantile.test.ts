import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { trace } from 'pullback/Debug'
import { grad } from 'pullback/Grad'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { distance, expectLawful, expectMaps, expectSame, normal } from '../linalg/matrices.js'
import { type Refusal, thrownBy, whole } from './naive.js'

const naive = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (values.length - 1) * q
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!]
  return low + (high - low) * (place - Math.floor(place))
}

const fraction = fc.integer({ min: 0, max: 20 }).map((k) => k / 20)

describe('quantile', () => {
  test('interpolates between the elements in order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }).chain((n) => whole([n])),
        fraction,
        (x, q) => {
          expect(T.item(T.quantile(x, q))).toBe(naive(Array.from(T.toArray(x)), q) + 0)
        }
      )
    )
  })

  test('takes axes, keeps them, and gives several at once', () => {
    const x = normal(1, [2, 3, 4])
    const over = (axis: number | readonly number[], keepDims = false): T.Tensor =>
      T.quantile(x, 0.3, { axis, keepDims })
    expectSame(over([0, 2]), T.quantile(T.reshape(T.permute(x, [1, 0, 2]), [3, 8]), 0.3, { axis: 1 }))
    expect(over([0, 2], true).shape).toEqual([1, 3, 1])
    expectSame(
      T.quantile(x, [0, 0.3, 1], { axis: 1 }),
      T.stack([T.min(x, { axis: 1 }), over(1), T.max(x, { axis: 1 })])
    )
    expect(T.quantile(x, [0.5], { keepDims: true }).shape).toEqual([1, 1, 1, 1])
    expect(T.quantile(x, [], { axis: 0 }).shape).toEqual([0, 3, 4])
    expectSame(T.quantile(T.scalar(3), 0.7), T.scalar(3))
    expectTypeOf(T.quantile(T.zeros([2, 3]), 0.5, { axis: 0 })).toEqualTypeOf<T.Tensor<[3]>>()
    expectTypeOf(pipe(T.zeros([2, 3]), T.quantile([0, 1], { axis: 0 }))).toEqualTypeOf<T.Tensor<[2, 3]>>()
  })

  test('obeys the laws of derivatives, and maps', () => {
    for (const q of [0, 0.3, 0.5, 1]) {
      expectLawful((x) => T.quantile(x, q, { axis: 0 }), normal(1, [5, 2]))
      expectMaps((x) => T.quantile(x, q), normal(2, [3, 4]))
    }
    expectLawful((x) => T.quantile(x, [0.1, 0.9]), normal(3, [4, 2]))
  })

  test('gives the derivative to the elements that were taken, in the order of sort', () => {
    const at = (x: T.Tensor<[3]>, q: number): T.Tensor => grad((y: T.Tensor<[3]>) => T.quantile(y, q))(x)
    expectSame(at(T.of([7, 7, 7]), 0.25), T.of([0.5, 0.5, 0]))
    expectSame(at(T.of([2, 1, 2]), 0.5), T.of([1, 0, 0]))
  })

  test('passes NaN on, and has infinities', () => {
    expectSame(
      T.quantile(
        T.of([
          [1, NaN],
          [1, 2]
        ]),
        0,
        { axis: 1 }
      ),
      T.of([NaN, 1])
    )
    expectSame(T.quantile(T.of([1, Infinity, Infinity]), [0, 0.25, 0.5, 0.75]), T.of([1, Infinity, Infinity, Infinity]))
    expectSame(T.quantile(T.of([-Infinity, 1]), [0, 0.5, 1]), T.of([-Infinity, -Infinity, 1]))
    expectSame(T.quantile(T.of([-3e38, 3e38]), 0.5), T.scalar(0))
    expectSame(T.quantile(T.of([0.1, 0.1], 'float64'), 0.3), T.scalar(0.1, 'float64'))
  })

  test('makes floats of integers, and can be staged', () => {
    expectSame(T.quantile(T.of([1, 2], 'int32'), 0.5), T.scalar(1.5))
    expect(trace((x: T.Tensor<[3]>) => T.median(x))(T.zeros([3])).equations.length).toBeGreaterThan(0)
  })
})

test('median is the middle, or the mean of the two middle ones', () => {
  const x = normal(1, [5, 4])
  expectSame(T.median(x, { axis: 0 }), T.at(T.sort(x, { axis: 0 }), 2))
  const sorted = T.sort(x)
  expect(distance(T.median(x, { axis: 1 }), T.mean(T.slice(sorted, [null, [1, 3]]), { axis: 1 }))).toBeLessThan(1e-15)
  expectTypeOf(pipe(T.zeros([2, 3]), T.median({ axis: 0 }))).toEqualTypeOf<T.Tensor<[3]>>()
})

const refusals: readonly Refusal[] = [
  ['quantile: q is 1.5; expected a number from 0 to 1', RangeError, () => T.quantile(T.of([1]), 1.5)],
  ['quantile: q[1] is NaN; expected a number from 0 to 1', RangeError, () => T.quantile(T.of([1]), [0, NaN])],
  [
    'quantile: shape [2, 0] is empty along axes [1]; expected at least one element',
    ShapeError,
    () => T.quantile(T.zeros([2, 0]), 0.5, { axis: 1 })
  ],
  ['median: shape [0] is empty along axes [0]; expected at least one element', ShapeError, () => T.median(T.zeros([0]))]
]

test.each(refusals)('%s', (message, kind, call) => {
  const error = thrownBy(call)
  expect(error).toBeInstanceOf(kind)
  expect(error).toHaveProperty('message', message)
})

test('of equal elements those have the derivative that sort puts at the place', () => {
  const slopes = grad((x: T.Tensor<[4]>) => T.median(x))
  expect(slopes(T.of([1, 1, 1, 2]))).toEqual(T.of([0, 0.5, 0.5, 0]))
})
