// Running extrema, and logarithms of running sums of exponentials.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { trace } from 'pullback/Debug'
import { grad, jvp } from 'pullback/Grad'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { distance, expectLawful, expectMaps, expectSame, normal } from '../linalg/matrices.js'
import { thrownBy } from './naive.js'

const awkward = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  fc.constantFrom(NaN, Infinity, -Infinity, 0, -0)
)

const lists = fc.array(awkward, { maxLength: 20 })

const doubles = (values: readonly number[]): T.Tensor<[number]> =>
  T.fromTypedArray(Float64Array.from(values), [values.length])

/** Applies a function to every beginning of a list. */
const beginnings = (values: readonly number[], f: (start: readonly number[]) => number): T.Tensor =>
  doubles(values.map((_, i) => f(values.slice(0, i + 1))))

/** With a number for NaN, which equals itself. */
const known = (x: T.Tensor): T.Tensor => T.where(T.isNaN(x), 12345, x)

const backwards = (x: T.Tensor): T.Tensor => T.flip(x, { axis: 0 })

describe.each([
  ['cummax', T.cummax, (xs: readonly number[]) => Math.max(...xs)],
  ['cummin', T.cummin, (xs: readonly number[]) => Math.min(...xs)],
  ['logCumSumExp', T.logCumSumExp, (xs: readonly number[]) => T.item(T.logSumExp(doubles(xs)))]
] as const)('%s', (_name, f, naive) => {
  test('is the reduction of every beginning, in both directions', () => {
    fc.assert(
      fc.property(lists, (values) => {
        const expected = known(beginnings(values, naive))
        const fromTheEnd = f(backwards(doubles(values)), { axis: 0, reverse: true })
        expect(T.isClose(known(f(doubles(values))), expected, { rtol: 1e-14 })).toBe(true)
        expect(T.isClose(known(fromTheEnd), backwards(expected), { rtol: 1e-14 })).toBe(true)
      })
    )
  })

  test('runs along any axis, mapped too, and obeys the laws of derivatives', () => {
    const x = normal(1, [4, 3, 2])
    const along = (axis: number, reverse: boolean) => (y: T.Tensor) => f(y, { axis, reverse })
    expect(distance(along(1, false)(x), T.moveAxis(along(0, false)(T.moveAxis(x, 1, 0)), 0, 1))).toBe(0)
    expectMaps(along(0, true), x)
    expectMaps(along(-1, false), x)
    expectLawful(along(0, false), x)
    expectLawful(along(1, true), x)
  })

  test('keeps float32, and is NaN from a NaN on', () => {
    expect(f(T.of([1, 2])).dtype).toBe('float32')
    expectSame(T.isNaN(f(T.of([1, NaN, 2]))), T.of([false, true, true]))
    expect(f(T.zeros([0])).shape).toEqual([0])
    expect(f(T.zeros([2, 0]), { axis: 1 }).shape).toEqual([2, 0])
  })

  test('wants an axis where there are several', () => {
    const error = thrownBy(() => f(T.zeros([2, 2])))
    expect(error).toBeInstanceOf(ShapeError)
    expect(String(error)).toContain('axis is missing; for shape [2, 2], expected one such as { axis: 0 }')
  })

  test('can be staged', () => {
    expect(trace((x: T.Tensor<[3]>) => f(x))(T.zeros([3])).equations.length).toBeGreaterThan(0)
  })
})

test('ties give the derivative to the first that is met', () => {
  const gradient = (f: (x: T.Tensor<[3]>) => T.Tensor): T.Tensor =>
    grad((x: T.Tensor<[3]>) => T.sum(f(x)))(T.of([2, 2, 1]))
  expectSame(
    gradient((x) => T.cummax(x)),
    T.of([3, 0, 0])
  )
  expectSame(
    gradient((x) => T.cummax(x, { reverse: true })),
    T.of([0, 2, 1])
  )
  expectSame(
    gradient((x) => T.cummin(x)),
    T.of([2, 0, 1])
  )
})

test('integers and booleans keep their type in cummax, and become float32 in logCumSumExp', () => {
  expectSame(T.cummax(T.of([1, 3, 2], 'int32')), T.of([1, 3, 3], 'int32'))
  expectSame(T.cummin(T.of([true, false, true])), T.of([true, false, false]))
  expect(T.logCumSumExp(T.of([0, 0], 'int32')).dtype).toBe('float32')
})

describe('logCumSumExp at infinity', () => {
  const x = T.of([-Infinity, 0, 1000, Infinity], 'float64')
  test('has no NaN in value or derivative', () => {
    expectSame(T.logCumSumExp(x), x)
    expectSame(grad((y: T.Tensor) => T.at(T.logCumSumExp(y), 1))(x), T.of([0, 1, 0, 0], 'float64'))
    expectSame(grad((y: T.Tensor) => T.sum(T.logCumSumExp(y)))(x), T.of([0, 1, 1, 0], 'float64'))
    expectSame(jvp((y: T.Tensor) => T.logCumSumExp(y))([x], [T.ones([4], 'float64')])[1], T.of([0, 1, 1, 0], 'float64'))
  })
})

test('of several NaN the first that is met has the derivative', () => {
  const x = T.of([1, NaN, 2, NaN])
  expectSame(grad((y: T.Tensor<[4]>) => T.sum(T.cummax(y)))(x), T.of([1, 3, 0, 0]))
  expectSame(grad((y: T.Tensor<[4]>) => T.sum(T.cummin(y, { reverse: true })))(x), T.of([0, 0, 0, 4]))
})
