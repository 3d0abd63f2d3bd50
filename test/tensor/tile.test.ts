import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { ShapeError, size } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { type Refusal, adjoint, flat, reader, sizes, tabulate, thrownBy, whole } from './naive.js'

const tensors = sizes(0, 3).chain((shape) => whole(shape))

describe('tile', () => {
  test('lays copies side by side', () => {
    const property = fc.property(tensors, fc.array(fc.nat({ max: 3 }), { maxLength: 4 }), (x, times) => {
      const read = reader(x)
      const rank = Math.max(x.shape.length, times.length)
      const ones = (list: readonly number[]) => [...new Array<number>(rank - list.length).fill(1), ...list]
      const shape = ones(x.shape).map((n, axis) => n * ones(times)[axis]!)
      const expected = tabulate(shape, (index) =>
        read(x.shape.map((n, axis) => index[axis + rank - x.shape.length]! % n))
      )
      for (const result of [T.tile(x, times), pipe(x, T.tile(times))]) {
        expect(result.shape).toEqual(shape)
        expect(flat(result)).toEqual(expected)
      }
    })
    fc.assert(property)
  })

  test('takes one number for the last axis', () => {
    expect(flat(T.tile(T.of([[1, 2]]), 2))).toEqual([1, 2, 1, 2])
    expect(T.toNested(T.tile(T.scalar(3), 2))).toEqual([3, 3])
  })

  test('and its pullback are adjoint', () => {
    const property = fc.property(tensors, fc.array(fc.nat({ max: 3 }), { maxLength: 3 }), (x, times) => {
      const f = (y: T.Tensor): T.Tensor => T.tile(y, times)
      const [forward, reverse] = adjoint(f, [x], [T.square(x)], f(x))
      expect(forward).toBe(reverse)
    })
    fc.assert(property)
  })
})

describe('repeat', () => {
  const along = tensors
    .filter((x) => x.shape.length > 0)
    .chain((x) =>
      fc.record({ x: fc.constant(x), axis: fc.nat({ max: x.shape.length - 1 }), times: fc.nat({ max: 3 }) })
    )

  test('repeats each element along an axis', () => {
    const property = fc.property(along, ({ x, axis, times }) => {
      const read = reader(x)
      const shape = x.shape.map((n, each) => (each === axis ? n * times : n))
      const expected = tabulate(shape, (index) =>
        read(index.map((i, each) => (each === axis ? Math.floor(i / times) : i)))
      )
      expect(T.repeat(x, times, { axis }).shape).toEqual(shape)
      expect(flat(pipe(x, T.repeat(times, { axis: axis - x.shape.length })))).toEqual(expected)
    })
    fc.assert(property)
  })

  test('repeats all elements as a vector', () => {
    const property = fc.property(tensors, fc.nat({ max: 3 }), (x, times) => {
      const result = T.repeat(x, times)
      expect(result.shape).toEqual([size(x.shape) * times])
      expect(flat(result)).toEqual(flat(x).flatMap((value) => new Array<number>(times).fill(value)))
    })
    fc.assert(property)
  })
})

describe('roll', () => {
  const shift = fc.integer({ min: -7, max: 7 })
  const along = tensors
    .filter((x) => x.shape.length > 0)
    .chain((x) => fc.record({ x: fc.constant(x), axis: fc.nat({ max: x.shape.length - 1 }), shift }))

  test('moves element i to i + shift, around the end', () => {
    const property = fc.property(along, ({ x, axis, shift: by }) => {
      const read = reader(x)
      const n = x.shape[axis]!
      const expected = tabulate(x.shape, (index) =>
        read(index.map((i, each) => (each === axis ? (((i - by) % n) + n) % n : i)))
      )
      expect(flat(T.roll(x, by, { axis }))).toEqual(expected)
      expect(flat(pipe(x, T.roll(by, { axis: axis - x.shape.length })))).toEqual(expected)
      expect(flat(T.roll(T.roll(x, by, { axis }), -by, { axis }))).toEqual(flat(x))
    })
    fc.assert(property)
  })

  test('rotates all elements in row-major order by default', () => {
    expect(flat(T.roll(T.of([[1, 2], [3, 4]]), 1))).toEqual([4, 1, 2, 3]) // prettier-ignore
  })

  test('takes several axes, with a shift each or one for all', () => {
    const x = T.reshape(T.arange(6), [2, 3])
    const both = T.roll(T.roll(x, 1, { axis: 0 }), -1, { axis: 1 })
    expect(flat(T.roll(x, [1, -1], { axis: [0, 1] }))).toEqual(flat(both))
    expect(flat(T.roll(x, 1, { axis: [0, 1] }))).toEqual(flat(T.roll(T.roll(x, 1, { axis: 0 }), 1, { axis: 1 })))
  })

  test('and its pullback are adjoint', () => {
    const property = fc.property(along, ({ x, axis, shift: by }) => {
      const f = (y: T.Tensor): T.Tensor => T.roll(y, by, { axis })
      const [forward, reverse] = adjoint(f, [x], [T.square(x)], f(x))
      expect(forward).toBe(reverse)
    })
    fc.assert(property)
  })
})

describe('refusals', () => {
  const x = T.zeros([2, 3])
  const refused: readonly Refusal[] = [
    ['tile: times is -1; expected an integer of 0 or more', ShapeError, () => T.tile(x, [2, -1])],
    ['repeat: times is 0.5; expected an integer of 0 or more', ShapeError, () => T.repeat(x, 0.5)],
    [
      'repeat: axis is 2; for shape [2, 3], expected an integer from -2 to 1',
      ShapeError,
      () => T.repeat(x, 1, { axis: 2 })
    ],
    ['roll: shift is 0.5; expected an integer', ShapeError, () => T.roll(x, 0.5)],
    [
      'roll: shift is [1, 2] along axes [0]; expected one for each axis, or one number for all',
      ShapeError,
      () => T.roll(x, [1, 2], { axis: 0 })
    ],
    ['roll: axis is 2; for shape [2, 3], expected an integer from -2 to 1', ShapeError, () => T.roll(x, 1, { axis: 2 })]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
