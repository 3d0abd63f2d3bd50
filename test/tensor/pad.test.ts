import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { jvp } from 'pullback/Grad'
import { DTypeError } from 'pullback/Primitive'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { type Refusal, adjoint, flat, reader, sizes, tabulate, thrownBy, whole } from './naive.js'

const padded = sizes(0, 4)
  .chain((shape) => whole(shape))
  .chain((x) => {
    const rank = x.shape.length
    const width = fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 }))
    return fc.record({ x: fc.constant(x), widths: fc.array(width, { minLength: rank, maxLength: rank }) })
  })

describe('pad', () => {
  test('puts a value around', () => {
    const property = fc.property(padded, fc.integer({ min: -3, max: 3 }), ({ x, widths }, value) => {
      const read = reader(x)
      const shape = x.shape.map((n, axis) => widths[axis]![0] + n + widths[axis]![1])
      for (const result of [T.pad(x, widths, { value }), pipe(x, T.pad(widths, { value }))]) {
        expect(result.shape).toEqual(shape)
        expect(flat(result)).toEqual(
          tabulate(shape, (index) => {
            const inner = index.map((i, axis) => i - widths[axis]![0])
            return inner.every((i, axis) => i >= 0 && i < x.shape[axis]!) ? read(inner) : value
          })
        )
      }
    })
    fc.assert(property)
  })

  test('takes one width for all sides, or one for both sides of an axis', () => {
    const x = T.ones([2, 3])
    expect(T.pad(x, 1).shape).toEqual([4, 5])
    expect(T.pad(x, [1, [0, 2]]).shape).toEqual([4, 5])
    expect(T.toNested(T.pad(T.ones([1, 1]), [[0, 1], 0]))).toEqual([[1], [0]])
    expect(T.pad(T.scalar(2), 3)).toEqual(T.scalar(2))
    expect(T.pad(x, 0)).toBe(x)
  })

  test('keeps integers and booleans', () => {
    expect(T.pad(T.of([1], 'int32'), 1, { value: -7 })).toEqual(T.of([-7, 1, -7], 'int32'))
    expect(flat(T.pad(T.of([false]), 1, { value: 1 }))).toEqual([1, 0, 1])
  })

  test('and slicing are adjoint; the value has no tangent', () => {
    const property = fc.property(padded, ({ x, widths }) => {
      const f = (y: T.Tensor): T.Tensor => T.pad(y, widths, { value: 5 })
      const [forward, reverse] = adjoint(f, [x], [T.square(x)], f(x))
      expect(forward).toBe(reverse)
      expect(flat(jvp(f)([x], [x])[1])).toEqual(flat(T.pad(x, widths)))
    })
    fc.assert(property)
  })
})

describe('refusals', () => {
  const x = T.zeros([2, 3])
  const whole32 = T.of([1], 'int32')
  const refused: readonly Refusal[] = [
    [
      'pad: widths has length 1; for shape [2, 3], expected one entry per axis, or one number',
      ShapeError,
      () => T.pad(x, [1])
    ],
    [
      'pad: the width along axis 1 is [0, -1]; expected integers of 0 or more',
      ShapeError,
      () => T.pad(x, [0, [0, -1]])
    ],
    [
      'pad: the width along axis 0 is [2, 2, 2]; expected two integers such as [1, 1]',
      ShapeError,
      () => T.pad(x, [[2, 2, 2] as unknown as [number, number], 0])
    ],
    [
      'pad: value is 0.5; for a tensor of int32, expected a whole number',
      DTypeError,
      () => T.pad(whole32, 1, { value: 0.5 })
    ],
    ['pad: value is 2; for a tensor of bool, expected 0 or 1', DTypeError, () => T.pad(T.of([true]), 1, { value: 2 })]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
