// What all elementwise operations have in common: layouts, broadcasting, types of elements, numbers as operands, errors.
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { type DType, all } from 'pullback/DType'
import { grad, vjp } from 'pullback/Grad'
import { DTypeError, binary, real, unary } from 'pullback/Primitive'
import { ShapeError, broadcast } from 'pullback/Shape'
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { type Refusal, adjoint, clip, flat, reader, sizes, tabulate, thrownBy, whole } from './naive.js'

/** Two shapes that broadcast. */
const pairs: fc.Arbitrary<readonly [Shape, Shape]> = fc
  .tuple(sizes(0, 4), fc.nat({ max: 4 }), fc.nat({ max: 4 }), fc.infiniteStream(fc.boolean()))
  .map(([shape, dropA, dropB, ones]) => {
    const part = (drop: number): Shape => shape.slice(drop).map((n) => (ones.next().value === true ? 1 : n))
    const a = part(dropA)
    const b = part(dropB)
    return broadcast(a, b) === undefined ? [shape, shape] : [a, b]
  })

const operands = (dtype: 'float64' | 'float32' | 'int32'): fc.Arbitrary<readonly [T.Tensor, T.Tensor]> =>
  pairs.chain(([a, b]) => fc.tuple(whole(a, dtype), whole(b, dtype)))

const binaries = {
  add: [T.add, (x: number, y: number) => x + y],
  sub: [T.sub, (x: number, y: number) => x - y],
  mul: [T.mul, (x: number, y: number) => x * y],
  maximum: [T.maximum, (x: number, y: number) => Math.max(x, y)],
  minimum: [T.minimum, (x: number, y: number) => Math.min(x, y)],
  hypot: [T.hypot, (x: number, y: number) => Math.fround(Math.sqrt(x * x + y * y))],
  less: [T.less, (x: number, y: number) => Number(x < y)],
  equal: [T.equal, (x: number, y: number) => Number(x === y)],
  logicalAnd: [T.logicalAnd, (x: number, y: number) => Number(x !== 0 && y !== 0)]
} as const

describe('layout', () => {
  test.each(Object.entries(binaries))('%s broadcasts any two layouts', (_name, [f, reference]) => {
    for (const dtype of ['float32', 'int32'] as const) {
      fc.assert(
        fc.property(operands(dtype), ([a, b]) => {
          const result: T.Tensor = f(a, b)
          const shape = broadcast(a.shape, b.shape)!
          const [x, y] = [reader(a), reader(b)]
          expect(result.shape).toEqual(shape)
          expect(flat(result)).toEqual(
            tabulate(shape, (index) => reference(x(clip(index, a.shape)), y(clip(index, b.shape))))
          )
        })
      )
    }
  })

  test('a unary operation keeps the shape and reads any layout', () => {
    fc.assert(
      fc.property(
        sizes(0, 4).chain((shape) => whole(shape)),
        (x) => {
          const read = reader(x)
          for (const [f, reference] of [
            [T.neg, (value: number) => -value],
            [T.square, (value: number) => value * value],
            [T.abs, Math.abs],
            [T.relu, (value: number) => Math.max(value, 0)],
            [T.exp, Math.exp]
          ] as const) {
            expect(flat(f(x))).toEqual(tabulate(x.shape, (index) => reference(read(index))))
          }
        }
      )
    )
  })

  test('cotangents of broadcast operands are summed to their shapes', () => {
    fc.assert(
      fc.property(operands('float64'), ([a, b]) => {
        const f = (x: T.Tensor, y: T.Tensor): T.Tensor => T.mul(x, T.add(y, 1))
        const out = f(a, b)
        const cotangent = T.onesLike(out)
        const [forward, reverse] = adjoint(f, [a, b], [T.onesLike(a), b], cotangent)
        expect(reverse).toBeCloseTo(forward, 9)
        const [, pullback] = vjp(f)(a, b)
        expect(pullback(cotangent).map((each) => each.shape)).toEqual([a.shape, b.shape])
      })
    )
  })

  test('where broadcasts a mask and two branches of any layout', () => {
    fc.assert(
      fc.property(operands('float64'), operands('float64'), ([a, b], [m]) => {
        const mask = T.greater(broadcast(m.shape, broadcast(a.shape, b.shape)!) === undefined ? a : m, 0)
        const shape = broadcast(mask.shape, broadcast(a.shape, b.shape)!)!
        const [x, y, chosen] = [reader(a), reader(b), reader(mask)]
        expect(flat(T.where(mask, a, b))).toEqual(
          tabulate(shape, (index) =>
            chosen(clip(index, mask.shape)) === 1 ? x(clip(index, a.shape)) : y(clip(index, b.shape))
          )
        )
      })
    )
  })
})

describe('element types', () => {
  const value: Record<DType, T.Tensor<[]>> = {
    bool: T.scalar(true),
    int32: T.scalar(2, 'int32'),
    float32: T.scalar(2, 'float32'),
    float64: T.scalar(2, 'float64')
  }
  const dense = (dtype: DType): T.Tensor<[3]> => T.cast(T.of([1, 0, 1]), dtype)

  test('promotion: bool, int32, float32, float64, the later absorbs the earlier', () => {
    const table: readonly (readonly DType[])[] = [
      ['int32', 'int32', 'float32', 'float64'],
      ['int32', 'int32', 'float32', 'float64'],
      ['float32', 'float32', 'float32', 'float64'],
      ['float64', 'float64', 'float64', 'float64']
    ]
    for (const f of [T.add, T.sub, T.mul, T.maximum, T.minimum, T.mod, T.pow]) {
      for (const at of [(dtype: DType): T.Tensor => value[dtype], dense]) {
        const types = all.map((a) => all.map((b) => (f as (x: T.Tensor, y: T.Tensor) => T.Tensor)(at(a), at(b)).dtype))
        expect(types).toEqual(table)
      }
    }
  })

  test('real-valued functions give float32 for integers and masks', () => {
    for (const dtype of all) {
      const expected = dtype === 'float64' ? 'float64' : 'float32'
      for (const f of [T.exp, T.sqrt, T.sin, T.sigmoid, T.erf, T.lgamma, T.reciprocal]) {
        expect(f(value[dtype]).dtype).toBe(expected)
        expect(f(dense(dtype)).dtype).toBe(expected)
      }
      for (const f of [T.div, T.atan2, T.hypot, T.logAddExp, T.xlogy]) {
        expect((f as (x: T.Tensor, y: T.Tensor) => T.Tensor)(value[dtype], value[dtype]).dtype).toBe(expected)
        expect(f(dense(dtype), 2).dtype).toBe(expected)
      }
    }
  })

  test('integers stay integers under rounding, signs and the like; masks are counted', () => {
    for (const dtype of all) {
      for (const f of [T.neg, T.abs, T.sign, T.square, T.relu, T.floor, T.ceil, T.round, T.clamp(0, 1)]) {
        expect(f(dense(dtype)).dtype).toBe(dtype === 'bool' ? 'int32' : dtype)
        expect(f(value[dtype]).dtype).toBe(dtype === 'bool' ? 'int32' : dtype)
      }
    }
  })

  test('comparisons, logic and tests of special values give bool', () => {
    for (const dtype of all) {
      for (const f of [T.equal, T.less, T.greaterEqual, T.logicalAnd, T.logicalXor]) {
        expect((f as (x: T.Tensor, y: T.Tensor) => T.Tensor)(value[dtype], dense(dtype)).dtype).toBe('bool')
      }
      for (const f of [T.isNaN, T.isFinite, T.logicalNot]) expect(f(dense(dtype)).dtype).toBe('bool')
    }
  })

  test('a number takes the type of the tensor beside it', () => {
    expect(T.add(value.float64, 1).dtype).toBe('float64')
    expect(T.add(value.float32, 0.1).dtype).toBe('float32')
    expect(T.add(value.int32, 1).dtype).toBe('int32')
    expect(T.add(dense('bool'), 1).dtype).toBe('int32')
    expect(T.div(value.int32, 0.5).dtype).toBe('float32')
    expect(T.where(dense('bool'), 1, 0).dtype).toBe('float32')
    expect(T.where(dense('bool'), value.int32, 0).dtype).toBe('int32')
    expect(T.where(dense('bool'), dense('bool'), 1).dtype).toBe('bool')
    expect(T.where(dense('bool'), dense('bool'), 2).dtype).toBe('int32')
  })

  test('a number is rounded to that type before it is used', () => {
    expect(T.item(T.equal(T.scalar(0.1), 0.1))).toBe(1)
    expect(T.item(T.sub(T.scalar(0.1), 0.1))).toBe(0)
    expect(flat(T.equal(T.of([0.1]), 0.1))).toEqual([1])
    expect(T.item(T.mul(T.scalar(3, 'float64'), 0.1))).toBe(3 * 0.1)
  })

  test('int32 wraps around, as the hardware does', () => {
    const large = T.of([2147483647, -2147483648, 65537, 123456789], 'int32')
    const references: readonly (readonly [T.Tensor, (x: bigint) => bigint])[] = [
      [T.add(large, 1), (x) => x + 1n],
      [T.sub(large, 7), (x) => x - 7n],
      [T.mul(large, large), (x) => x * x],
      [T.square(large), (x) => x * x],
      [T.neg(large), (x) => -x],
      [T.abs(large), (x) => (x < 0n ? -x : x)],
      [T.pow(large, 5), (x) => x ** 5n]
    ]
    for (const [result, reference] of references) {
      const expected = [...T.toArray(large)].map((x) => Number(BigInt.asIntN(32, reference(BigInt(x)))))
      expect(flat(result)).toEqual(expected)
    }
    const [x, y] = [T.scalar(123456789, 'int32'), T.scalar(987654321, 'int32')]
    expect(T.item(T.mul(x, y))).toBe(Math.imul(123456789, 987654321))
  })

  test('powers and remainders of int32', () => {
    const base = T.of([0, 1, -1, 2, -3], 'int32')
    expect(flat(T.pow(base, 3))).toEqual([0, 1, -1, 8, -27])
    expect(flat(T.pow(base, 0))).toEqual([1, 1, 1, 1, 1])
    expect(flat(T.pow(base, -1))).toEqual([0, 1, -1, 0, 0])
    expect(flat(T.mod(T.of([7, -7, 7, -7], 'int32'), T.of([3, 3, -3, 0], 'int32')))).toEqual([1, 2, -2, 0])
  })

  test('float32 results are the float64 ones, rounded once', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -20, max: 20 }), (x) => {
        for (const f of [T.exp, T.tanh, T.sigmoid, T.softplus, T.erf, T.sin, T.cbrt, T.expm1, T.neg]) {
          const single = flat(f(T.of([x, x + 1])))[0]
          expect(single).toBe(Math.fround(flat(f(T.of([x, x + 1], 'float64')))[0]!))
          expect(T.item(f(T.scalar(x))) + 0).toBe(single)
        }
      })
    )
  })
})

describe('calls', () => {
  test('data first and data last mean the same', () => {
    const a = T.of([5, 7])
    const b = T.of([2, 3])
    expect(flat(pipe(a, T.sub(b)))).toEqual(flat(T.sub(a, b)))
    expect(flat(pipe(a, T.sub(1)))).toEqual([4, 6])
    expect(flat(T.sub(1, a))).toEqual([-4, -6])
    expect(flat(pipe(a, T.pow(2)))).toEqual([25, 49])
    expect(pipe(a, T.cast('float64')).dtype).toBe('float64')
    expect(flat(pipe(a, T.clamp({ max: 6 })))).toEqual([5, 6])
    expect(flat(pipe(a, T.clamp(6, 8)))).toEqual([6, 7])
    expect(flat(pipe(T.of([true, false]), T.where(a, b)))).toEqual([5, 3])
    expect(flat(pipe(T.of([true, false]), T.where(1, 0)))).toEqual([1, 0])
  })

  test('one primitive lies behind each function', () => {
    expect(T.add.primitive.name).toBe('add')
    expect(T.tanh.primitive.name).toBe('tanh')
    expect(T.where.primitive.name).toBe('where')
    expect(T.stopGradient.primitive.name).toBe('stopGradient')
  })

  test('a primitive of the user: loops, int32 and samples are optional', () => {
    const cube = unary({
      name: 'cube',
      domain: real,
      f: (x) => x ** 3,
      df: (x) => T.mul(T.square(x), 3),
      accepts: 'number'
    })
    expect(flat(cube(T.of([2, 3])))).toEqual([8, 27])
    expect(cube(T.scalar(2, 'int32')).dtype).toBe('int32')
    expect(T.item(grad(grad(cube))(T.scalar(2)))).toBe(12)
    const skew = binary({ name: 'skew', domains: [real, real], f: (x, y) => x - 2 * y, int32: (x, y) => x - 3 * y })
    expect(T.item(skew(T.scalar(1), 1))).toBe(-1)
    expect(T.item(skew(T.scalar(1, 'int32'), 1))).toBe(-2)
    expect(flat(skew(T.of([1, 2], 'int32'), 1))).toEqual([-2, -1])
  })
})

describe('errors', () => {
  const x = T.zeros([2, 3])
  const whole32 = T.of([1, 2], 'int32')
  const untyped = (value: unknown): never => value as never
  const refusals: readonly Refusal[] = [
    [
      'add: [2, 3] and [2, 4] do not broadcast; expected sizes that are equal or 1, from the last axis on',
      ShapeError,
      () => T.add(x as T.Tensor, T.zeros([2, 4]))
    ],
    [
      'mul: [2, 3] and [2] do not broadcast; expected sizes that are equal or 1, from the last axis on',
      ShapeError,
      () => T.mul(x as T.Tensor, T.zeros([2]))
    ],
    [
      'where: [2, 3] and [2, 4] do not broadcast; expected sizes that are equal or 1, from the last axis on',
      ShapeError,
      () => T.where(T.greater(x, 0) as T.Tensor, T.zeros([2, 4]), 0)
    ],
    [
      'where: [2, 3] and [4] do not broadcast; expected sizes that are equal or 1, from the last axis on',
      ShapeError,
      () => T.where(T.greater(x, 0) as T.Tensor, x, T.zeros([4]) as T.Tensor)
    ],
    [
      "add: the number 0.5 stands beside a tensor of int32; expected a whole number, or cast the tensor with T.cast(x, 'float32')",
      DTypeError,
      () => T.add(whole32, 0.5)
    ],
    [
      "mul: the number 0.5 stands beside a tensor of bool; expected a whole number, or cast the tensor with T.cast(x, 'float32')",
      DTypeError,
      () => T.mul(0.5, T.of([true, false]))
    ],
    [
      "add: the number 4294967296 stands beside a tensor of int32; expected a number from -2^31 to 2^31 - 1, or cast the tensor with T.cast(x, 'float32')",
      DTypeError,
      () => T.add(whole32, 2 ** 32)
    ],
    [
      "clamp: the number 0.5 stands beside a tensor of int32; expected a whole number, or cast the tensor with T.cast(x, 'float32')",
      DTypeError,
      () => T.clamp(whole32, 0.5, 1)
    ],
    [
      "where: the mask is float32; expected bool, compare with T.greater(x, 0) or the like, or cast with T.cast(x, 'bool')",
      DTypeError,
      () => T.where(x, 1, 0)
    ],
    ['clamp: min is 2 and max is 1; expected min <= max', RangeError, () => T.clamp(x, 2, 1)],
    ['clamp: min is NaN and max is 1; expected min <= max', RangeError, () => T.clamp(x, NaN, 1)],
    ['clamp: unknown option lower; expected min or max', TypeError, () => T.clamp(x, untyped({ lower: 0 }))],
    ['polygamma: order is 0.5; expected an integer from 0 to 170', RangeError, () => T.polygamma(x, 0.5)],
    [
      "cast: dtype is 'float16'; expected float32, float64, int32 or bool",
      DTypeError,
      () => T.cast(x, untyped('float16'))
    ],
    ['sin: the operand is 1; expected a tensor, make one with T.of or T.scalar', TypeError, () => T.sin(untyped(1))],
    [
      'add: the operand is [1]; expected a tensor, make one with T.of or T.scalar',
      TypeError,
      () => T.add(x, untyped([1]))
    ]
  ]

  test.each(refusals)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error instanceof Error ? error.message : error).toBe(message)
  })

  test('inside a derivative the same sentences are thrown, at the call', () => {
    const f = (u: T.Tensor<[2, 3]>): T.Tensor => T.add(u as T.Tensor, T.zeros([2, 4]))
    expect(thrownBy(() => vjp(f)(x))).toBeInstanceOf(ShapeError)
  })
})
