import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import * as A from 'pullback/Arbitrary'
import { jvp } from 'pullback/Grad'
import * as Law from 'pullback/Law'
import { DTypeError } from 'pullback/Primitive'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
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

/** The place that numpy.pad takes the value at place `i` of a line of `n` from. */
const sources: Readonly<Record<Exclude<T.PadMode, 'constant'>, (i: number, n: number) => number>> = {
  reflect: (i, n) => (i < 0 ? -i : i >= n ? 2 * n - 2 - i : i),
  replicate: (i, n) => (i < 0 ? 0 : i >= n ? n - 1 : i),
  circular: (i, n) => (i < 0 ? i + n : i >= n ? i - n : i)
}

describe.each(['reflect', 'replicate', 'circular'] as const)('mode %s', (mode) => {
  const most = (n: number): number => (mode === 'reflect' ? n - 1 : mode === 'circular' ? n : 5)
  const fitting = fc
    .array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 })
    .chain((shape) => fc.tuple(whole(shape), fc.tuple(...shape.map((n) => fc.tuple(fc.nat(most(n)), fc.nat(most(n)))))))

  test('takes values from the tensor', () => {
    const property = fc.property(fitting, ([x, widths]) => {
      const read = reader(x)
      const shape = x.shape.map((n, axis) => widths[axis]![0] + n + widths[axis]![1])
      for (const result of [T.pad(x, widths, { mode }), pipe(x, T.pad(widths, { mode }))]) {
        expect(result.shape).toEqual(shape)
        expect(flat(result)).toEqual(
          tabulate(shape, (index) => read(index.map((i, axis) => sources[mode](i - widths[axis]![0], x.shape[axis]!))))
        )
      }
    })
    fc.assert(property)
  })

  test('is linear, and its pullback is the adjoint; vmap is the stack', () => {
    const property = fc.property(fitting, ([x, widths]) => {
      const f = (y: T.Tensor): T.Tensor => T.pad(y, widths, { mode })
      const [forward, reverse] = adjoint(f, [x], [T.square(x)], f(x))
      expect(forward).toBe(reverse)
      expect(flat(jvp(f)([x], [T.square(x)])[1])).toEqual(flat(f(T.square(x))))
      expect(flat(vmap(f)(T.stack([x, T.square(x)])))).toEqual(flat(T.stack([f(x), f(T.square(x))])))
    })
    fc.assert(property)
  })

  test('satisfies the laws of the gradient', () => {
    const f = (x: T.Tensor): T.Tensor => T.square(T.pad(x, [0, [1, 2], [2, 0]], { mode }))
    fc.assert(Law.gradientWith({ name: 'pad' })(f, A.tensor({ shape: [2, 3, 3] })), { numRuns: 10 })
  })

  test('keeps the type of the elements, and a tensor without widths', () => {
    for (const dtype of ['float32', 'float64', 'int32', 'bool'] as const) {
      const x = T.zeros([2, 3], dtype)
      expect(T.pad(x, 1, { mode }).dtype).toBe(dtype)
      expect(T.pad(x, 0, { mode })).toBe(x)
    }
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
    ['pad: value is 2; for a tensor of bool, expected 0 or 1', DTypeError, () => T.pad(T.of([true]), 1, { value: 2 })],
    [
      "pad: the width along axis 1 is [0, 3]; in mode 'reflect', expected at most 2 for size 3",
      ShapeError,
      () => T.pad(x, [0, [0, 3]], { mode: 'reflect' })
    ],
    [
      "pad: the width along axis 0 is [3, 0]; in mode 'circular', expected at most 2 for size 2",
      ShapeError,
      () => T.pad(x, [[3, 0], 0], { mode: 'circular' })
    ],
    [
      "pad: the width along axis 0 is [1, 1]; in mode 'replicate', expected at most 0 for size 0",
      ShapeError,
      () => T.pad(T.zeros([0]), 1, { mode: 'replicate' })
    ],
    [
      "pad: mode is 'mirror'; expected 'constant', 'reflect', 'replicate' or 'circular'",
      TypeError,
      () => T.pad(x, 1, { mode: 'mirror' as 'reflect' })
    ],
    [
      "pad: value is 1 in mode 'reflect'; expected mode 'constant', or no value",
      TypeError,
      () => T.pad(x, 1, { mode: 'reflect', value: 1 })
    ]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
