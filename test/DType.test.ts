import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as DType from 'pullback/DType'

const dtype = fc.constantFrom(...DType.all)
const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, 1, 0.5, NaN, Infinity, 2 ** 31, -(2 ** 31)))

describe('promotion is a join', () => {
  test('associative, commutative, idempotent', () => {
    fc.assert(
      fc.property(dtype, dtype, dtype, (a, b, c) => {
        expect(DType.promote(a, DType.promote(b, c))).toBe(DType.promote(DType.promote(a, b), c))
        expect(DType.promote(a, b)).toBe(DType.promote(b, a))
        expect(DType.promote(a, a)).toBe(a)
        expect(DType.promote('bool', a)).toBe(a)
        expect(DType.promote('float64', a)).toBe('float64')
      })
    )
  })

  test('toFloat keeps floats and makes the others float32', () => {
    expect(DType.all.map(DType.toFloat)).toEqual(['float32', 'float32', 'float32', 'float64'])
    expect(DType.all.filter(DType.isFloat)).toEqual(['float32', 'float64'])
  })
})

describe('rounding', () => {
  test('is what storing does', () => {
    fc.assert(
      fc.property(dtype, number, (type, x) => {
        fc.pre(type !== 'bool')
        const data = DType.allocate(type, 1)
        data[0] = x
        expect(Object.is(DType.round(type, x) + 0, data[0] + 0)).toBe(true)
      })
    )
  })

  test('is idempotent, gives what the type holds, and leaves alone what it held', () => {
    fc.assert(
      fc.property(dtype, number, (type, x) => {
        const once = DType.round(type, x)
        expect(DType.round(type, once)).toBe(once)
        expect(DType.holds(type, once)).toBe(true)
        const kept = DType.holds(type, x) && type !== 'float32' ? x : once
        expect(once + 0).toBe(kept + 0)
      })
    )
  })

  test('int32 cuts off the fraction and wraps; bool tells zero from all else', () => {
    expect([2.7, -2.7, 2 ** 31, 2 ** 32 + 5, NaN, Infinity].map((x) => DType.round('int32', x))).toEqual([
      2,
      -2,
      -(2 ** 31),
      5,
      0,
      0
    ])
    expect([0, -0, 0.5, -3, NaN].map((x) => DType.round('bool', x))).toEqual([0, 0, 1, 1, 1])
  })

  test('holds', () => {
    expect([2 ** 31 - 1, -(2 ** 31), 2 ** 31, 0.5, NaN].map((x) => DType.holds('int32', x))).toEqual([
      true,
      true,
      false,
      false,
      false
    ])
    expect([0, 1, 2, 0.5].map((x) => DType.holds('bool', x))).toEqual([true, true, false, false])
    expect(DType.holds('float32', NaN)).toBe(true)
  })
})

test('a typed array is that of its element type', () => {
  for (const type of DType.all) {
    expect(DType.ofData(DType.allocate(type, 3))).toBe(type)
    expect(DType.allocate(type, 3).length).toBe(3)
  }
})

test('epsilon is the gap above 1', () => {
  expect(1 + DType.epsilon('float64') / 2).toBe(1)
  expect(1 + DType.epsilon('float64')).toBeGreaterThan(1)
  expect(Math.fround(1 + DType.epsilon('float32'))).toBe(1 + 2 ** -23)
  expect(Math.fround(1 + DType.epsilon('float32') / 2)).toBe(1)
})
