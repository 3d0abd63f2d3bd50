import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DType } from 'pullback/DType'
import { grad } from 'pullback/Grad'
import { DTypeError } from 'pullback/Primitive'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'

/** Nested arrays of any depth, as from outside. */
const messageOf = (nested: unknown, dtype?: DType): string => {
  const result = T.fromNested(nested, dtype)
  return E.isLeft(result) ? result.left.message : 'accepted'
}

describe('of', () => {
  test('numbers become float32, booleans bool, by default', () => {
    expect(T.of([1, 2.5]).dtype).toBe('float32')
    expect(T.of([[true], [false]]).dtype).toBe('bool')
    expect(T.toNested(T.of([[true], [false]]))).toEqual([[1], [0]])
    expect(T.of([1, 2], 'int32').dtype).toBe('int32')
    expect(T.of([true, false], 'float64').dtype).toBe('float64')
    expect(T.of([0, 1], 'bool').dtype).toBe('bool')
    expect(T.of(7).shape).toEqual([])
    expect(T.item(T.of(0.1))).toBe(Math.fround(0.1))
    expect(T.item(T.of(0.1, 'float64'))).toBe(0.1)
  })

  test('empty arrays', () => {
    expect(T.of([]).shape).toEqual([0])
    expect(T.of([[], []]).shape).toEqual([2, 0])
    expect(T.of([[[]]]).shape).toEqual([1, 1, 0])
    expect(T.of([]).dtype).toBe('float32')
  })

  test('it copies', () => {
    const rows = [
      [1, 2],
      [3, 4]
    ]
    const x = T.of(rows)
    rows[0]![0] = 99
    rows.push([5, 6])
    expect(T.toNested(x)).toEqual([
      [1, 2],
      [3, 4]
    ])
    expect(x.shape).toEqual([2, 2])
  })

  test('uneven nesting, by position', () => {
    const rows: readonly (readonly number[])[] = [
      [1, 2, 3],
      [4, 5]
    ]
    expect(() => T.of(rows)).toThrow(ShapeError)
    expect(() => T.of(rows)).toThrow('of: entry [1] has length 2 and entry [0] 3; expected equal lengths')
    expect(
      messageOf([
        [
          [1, 2],
          [3, 4]
        ],
        [[1, 2], [3]]
      ])
    ).toBe('entry [1][1] has length 1 and entry [0][0] 2; expected equal lengths')
    expect(messageOf([1, [2]])).toBe('entry [1] is an array and entry [0] a number; expected equal depths')
    expect(messageOf([[1], 2])).toBe('entry [1] is a number and entry [0] an array; expected equal depths')
    expect(messageOf([[], [1]])).toBe('entry [1] has length 1 and entry [0] 0; expected equal lengths')
    expect(messageOf([[1], []])).toBe('entry [1] has length 0 and entry [0] 1; expected equal lengths')
    expect(messageOf([[[]], []])).toBe('entry [1] has length 0 and entry [0] 1; expected equal lengths')
  })

  test('an entry that is not an element, by position', () => {
    expect(messageOf([1, true])).toBe('entry [1] is a boolean and entry [0] a number; expected elements of one kind')
    expect(messageOf([[true], [0]])).toBe(
      'entry [1][0] is a number and entry [0][0] a boolean; expected elements of one kind'
    )
    expect(messageOf([1, undefined])).toBe('entry [1] is undefined; expected a number or a boolean')
    expect(messageOf(null)).toBe('the value is null; expected a number or a boolean')
    expect(messageOf({ x: 1 })).toBe('the value is { x: 1 }; expected a number or a boolean')
    expect(messageOf(Object.create(null))).toBe('the value is {}; expected a number or a boolean')
    expect(messageOf(['a'.repeat(50)])).toBe(`entry [0] is '${'a'.repeat(40)}...'; expected a number or a boolean`)
    expect(messageOf([() => 1])).toBe('entry [0] is a function; expected a number or a boolean')
    expect(messageOf([1n])).toBe('entry [0] is 1n; expected a number or a boolean')
    expect(messageOf([new Float32Array(2)])).toBe(
      'entry [0] is an object of class Float32Array; expected a number or a boolean, or use T.fromTypedArray'
    )
    expect(messageOf(new Array(2))).toBe('entry [0] is undefined; expected a number or a boolean')
    const mixed: unknown = [1, true]
    expect(E.isLeft(T.fromNested(mixed))).toBe(true)
    // @ts-expect-error numbers or booleans, not both
    expect(() => T.of([1, true])).toThrow(DTypeError)
  })

  test('a number that the dtype does not hold, by position', () => {
    expect(() =>
      T.of(
        [
          [1, 2],
          [3, 0.5]
        ],
        'int32'
      )
    ).toThrow('of: entry [1][1] is 0.5; for int32, expected a whole number from -2147483648 to 2147483647')
    expect(messageOf([2 ** 31], 'int32')).toMatch(/^entry \[0\] is 2147483648; for int32/)
    expect(messageOf([-(2 ** 31)], 'int32')).toBe('accepted')
    expect(messageOf([NaN], 'int32')).toMatch(/^entry \[0\] is NaN; for int32/)
    expect(messageOf([0, 2], 'bool')).toBe('entry [1] is 2; for bool, expected a boolean, 0 or 1')
    expect(() => T.scalar(0.5, 'int32')).toThrow('scalar: the value is 0.5; for int32, expected a whole number')
  })

  test('a cycle is refused instead of followed for ever', () => {
    const cycle: unknown[] = []
    cycle.push(cycle)
    expect(messageOf(cycle)).toBe('the value is nested deeper than 32; expected fewer axes')
  })

  test('the error is data', () => {
    expect(T.fromNested([[1], ['x']])).toEqual(
      E.left({
        _tag: 'NestedError',
        reason: 'element',
        at: [1, 0],
        message: "entry [1][0] is 'x'; expected a number or a boolean"
      })
    )
  })

  test('toNested takes it back', () => {
    const nested = fc.integer({ min: 1, max: 4 }).chain((rows) =>
      fc.integer({ min: 0, max: 4 }).chain((columns) => {
        const row = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: columns, maxLength: columns })
        return fc.array(row, { minLength: rows, maxLength: rows })
      })
    )
    fc.assert(
      fc.property(nested, (rows) => {
        expect(T.toNested(T.of(rows))).toEqual(rows)
      })
    )
  })
})

describe('fromTypedArray', () => {
  test('refuses a plain array', () => {
    // @ts-expect-error an array of numbers
    expect(() => T.fromTypedArray([1, 2], [2])).toThrow(
      'fromTypedArray: data is [1, 2]; expected a typed array; use T.of for nested arrays'
    )
  })

  test('the element type is that of the array', () => {
    for (const data of [new Float32Array(4), new Float64Array(4), new Int32Array(4), new Uint8Array(4)]) {
      const x = T.fromTypedArray(data, [2, 2])
      expect(T.toArray(x)).toEqual(data)
      expect(x.shape).toEqual([2, 2])
    }
    expect(T.fromTypedArray(new Uint8Array(1), [1]).dtype).toBe('bool')
    expect(T.fromTypedArray(new Float64Array([0.1]), []).shape).toEqual([])
  })

  test('it copies in, and toArray copies out', () => {
    const data = new Float32Array([1, 2])
    const x = T.fromTypedArray(data, [2])
    data[0] = 99
    expect(T.toNested(x)).toEqual([1, 2])
    T.toArray(x)[1] = 99
    expect(T.toNested(x)).toEqual([1, 2])
  })

  test('a part of a buffer', () => {
    const part = new Float32Array(new Float32Array([1, 2, 3, 4]).buffer, 4, 2)
    expect(T.toNested(T.fromTypedArray(part, [2]))).toEqual([2, 3])
  })

  test('another dtype, and numbers that it does not hold', () => {
    expect(T.toNested(T.fromTypedArray(new Uint8Array([0, 255]), [2], 'int32'))).toEqual([0, 255])
    expect(() => T.fromTypedArray(new Uint8Array([0, 17]), [2])).toThrow(
      "fromTypedArray: entry [1] is 17; for bool, expected a boolean, 0 or 1, or a dtype such as 'float32'"
    )
    expect(() => T.fromTypedArray(new Float32Array([1, 0.5]), [2], 'int32')).toThrow(
      'fromTypedArray: entry [1] is 0.5; for int32, expected a whole number from -2147483648 to 2147483647'
    )
    expect(() => T.fromTypedArray(new Float32Array(5), [2, 3])).toThrow(
      'fromTypedArray: data has length 5; for shape [2, 3], expected 6'
    )
  })
})

describe('constants', () => {
  test('zeros, ones, full', () => {
    expect(T.toNested(T.zeros([2, 2]))).toEqual([
      [0, 0],
      [0, 0]
    ])
    expect(T.toNested(T.ones([2], 'bool'))).toEqual([1, 1])
    expect(T.toNested(T.full([2], 0.1, 'float64'))).toEqual([0.1, 0.1])
    expect(T.full([], true).dtype).toBe('bool')
    expect(T.zeros([3]).dtype).toBe('float32')
    expect(T.zeros([0, 3]).shape).toEqual([0, 3])
    expect(() => T.full([2], 0.5, 'int32')).toThrow(
      'full: the value is 0.5; for int32, expected a whole number from -2147483648 to 2147483647'
    )
  })

  test('a large constant takes no memory', () => {
    expect(T.size(T.zeros([1e6, 1e6]))).toBe(1e12)
  })

  test('linspace refuses ends that the dtype cannot hold', () => {
    expect(() => T.linspace(0, 1e39, 3)).toThrow('linspace: stop is 1e+39; expected a number that float32 holds')
    expect(T.item(T.at(T.linspace(0, 1e39, 3, 'float64'), -1))).toBe(1e39)
  })

  test('linspace over a range wider than the largest number', () => {
    const points = Array.from(T.toArray(T.linspace(-9e307, 9e307, 4, 'float64')))
    expect(points.every((x, i) => Math.abs(x / 9e307 - (2 * i - 3) / 3) < 1e-14)).toBe(true)
    expect([points[0], points[3]]).toEqual([-9e307, 9e307])
    expect(T.toArray(T.linspace(-9e307, 9e307, 3, 'float64'))).toEqual(Float64Array.of(-9e307, 0, 9e307))
  })

  test('shapes are checked and copied', () => {
    // @ts-expect-error shapes are read-only once they are given away
    const attempt = (shape: number[]): void => void (T.zeros(shape).shape[0] = 5)
    const shape = [2, 3]
    expect(() => attempt(shape)).toThrow(TypeError)
    const x = T.zeros(shape)
    shape[0] = 9
    expect(x.shape).toEqual([2, 3])
    expect(() => T.zeros([2, -1])).toThrow('zeros: shape is [2, -1]; expected integers of 0 or more')
    expect(() => T.ones([1.5])).toThrow('ones: shape is [1.5]; expected integers of 0 or more')
  })

  test('zerosLike and onesLike have the shape and the type; values inside a transformation will do', () => {
    const x = T.of([[1, 2]], 'float64')
    expect([T.zerosLike(x).dtype, T.toNested(T.onesLike(x))]).toEqual(['float64', [[1, 1]]])
    expect(T.toNested(grad((y: T.Tensor<[2]>) => T.sum(T.mul(y, T.onesLike(y))))(T.of([1, 2])))).toEqual([1, 1])
  })

  test('eye', () => {
    expect(T.toNested(T.eye(2))).toEqual([
      [1, 0],
      [0, 1]
    ])
    expect(T.toNested(T.eye(2, 3))).toEqual([
      [1, 0, 0],
      [0, 1, 0]
    ])
    expect(T.toNested(T.eye(3, 2, 'int32'))).toEqual([
      [1, 0],
      [0, 1],
      [0, 0]
    ])
    expect(T.eye(2, 'bool').dtype).toBe('bool')
    expect(T.eye(0).shape).toEqual([0, 0])
    expect(() => T.eye(-1)).toThrow('eye: shape is [-1, -1]; expected integers of 0 or more')
  })
})

describe('ranges', () => {
  test('arange', () => {
    expect(T.toNested(T.arange(3))).toEqual([0, 1, 2])
    expect(T.toNested(T.arange(2.5))).toEqual([0, 1, 2])
    expect(T.toNested(T.arange(-3))).toEqual([])
    expect(T.toNested(T.arange(2, 5))).toEqual([2, 3, 4])
    expect(T.toNested(T.arange(5, 0, -2))).toEqual([5, 3, 1])
    expect(T.toNested(T.arange(0, 1, 0.25, 'float64'))).toEqual([0, 0.25, 0.5, 0.75])
    expect(T.arange(3, 'int32').dtype).toBe('int32')
    expect(T.arange(0, 4, 2, 'int32').dtype).toBe('int32')
    expect(() => T.arange(0, 1, 0)).toThrow('arange: step is 0; expected a finite number other than 0')
    expect(() => T.arange(Infinity)).toThrow('arange: stop is Infinity; expected a finite number')
    expect(() => T.arange(0, 1, 0.5, 'int32')).toThrow('arange: the value is 0.5; for int32, expected a whole number')
  })

  test('linspace meets both ends exactly and is symmetric', () => {
    expect(T.toNested(T.linspace(0, 1, 5))).toEqual([0, 0.25, 0.5, 0.75, 1])
    expect(T.toNested(T.linspace(3, 3, 2))).toEqual([3, 3])
    expect(T.toNested(T.linspace(1, 2, 1))).toEqual([1])
    expect(T.toNested(T.linspace(1, 2, 0))).toEqual([])
    expect(T.toNested(T.linspace(0, 10, 3, 'int32'))).toEqual([0, 5, 10])
    expect(() => T.linspace(0, 1, 2.5)).toThrow('linspace: shape is [2.5]; expected integers of 0 or more')
    expect(() => T.linspace(0, NaN, 2)).toThrow('linspace: stop is NaN; expected a finite number')
    const end = fc.integer({ min: -1e9, max: 1e9 }).map((k) => k / 1000)
    const ends = fc.tuple(end, end)
    fc.assert(
      fc.property(ends, fc.integer({ min: 2, max: 50 }), ([start, stop], count) => {
        const there = T.toArray(T.linspace(start, stop, count, 'float64'))
        const back = T.toArray(T.linspace(stop, start, count, 'float64'))
        expect([there[0], there[count - 1]].map((x) => x! + 0)).toEqual([start + 0, stop + 0])
        const scale = Math.max(Math.abs(start), Math.abs(stop))
        there.forEach((x: number, i: number) => {
          expect(Math.abs(x - back[count - 1 - i]!)).toBeLessThanOrEqual(4 * Number.EPSILON * scale)
        })
      })
    )
  })
})

describe('oneHot', () => {
  test('rows of any rank of indices', () => {
    expect(T.toNested(T.oneHot([1, 0], 2))).toEqual([
      [0, 1],
      [1, 0]
    ])
    expect(T.toNested(T.oneHot(T.scalar(2, 'int32'), 3))).toEqual([0, 0, 1])
    const batched = T.oneHot(
      T.of(
        [
          [0, 1],
          [1, 1]
        ],
        'int32'
      ),
      2,
      'bool'
    )
    expect([batched.dtype, T.toNested(batched)]).toEqual([
      'bool',
      [
        [
          [1, 0],
          [0, 1]
        ],
        [
          [0, 1],
          [0, 1]
        ]
      ]
    ])
    expect(T.toNested(T.oneHot(T.transpose(T.of([[0, 1]], 'int32')), 2))).toEqual([[[1, 0]], [[0, 1]]])
    expect(T.oneHot(T.zeros([0], 'int32'), 4).shape).toEqual([0, 4])
    expect(T.toNested(T.oneHot(3)(T.of([2], 'int32')))).toEqual([[0, 0, 1]])
  })

  test('an index out of range, by value and bound; negative indices do not count from the end', () => {
    const rule = 'on an axis of size 3; expected an integer from 0 to 2'
    expect(() => T.oneHot([3], 3)).toThrow(`oneHot: index is 3 ${rule}`)
    expect(() => T.oneHot([-1], 3)).toThrow(`oneHot: index is -1 ${rule}`)
    expect(() => T.oneHot([0.5], 3)).toThrow(`oneHot: index is 0.5 ${rule}`)
    expect(() => T.oneHot(T.of([[0], [5]], 'int32'), 3)).toThrow(`oneHot: index is 5 ${rule}`)
    expect(() => T.oneHot([0], -1)).toThrow('oneHot: depth is -1; expected an integer of 0 or more')
    const copy = structuredClone(T.of([1], 'int32')) as unknown as T.Tensor
    expect(() => T.oneHot(copy, 3)).toThrow('oneHot: the operand is a copy of a tensor of shape [1]')
    expect(() => T.oneHot(T.of([1]), 3)).toThrow('oneHot: indices are float32; expected int32')
  })
})
