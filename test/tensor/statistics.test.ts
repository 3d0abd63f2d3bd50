import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { grad } from 'pullback/Grad'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { expectClose, fractions, lanesOver, optionsOf, over, reducedShape } from './lanes.js'
import { type Refusal, adjoint, flat, sizes, thrownBy, total } from './naive.js'

const nonEmpty = sizes(0, 4).map((shape) => shape.map((n) => Math.max(1, n)))
const tensors = over(nonEmpty.chain(fractions))

const varianceOf =
  (correction: number) =>
  (lane: readonly number[]): number => {
    const mean = total(lane) / lane.length
    return total(lane.map((value) => (value - mean) ** 2)) / Math.max(0, lane.length - correction)
  }

test('the variance takes away what rounding of the mean has added', () => {
  const lane = [1e15, 1e15 + 1, 1e15 + 1]
  expect(T.item(T.variance(T.of(lane, 'float64')))).toBe(2 / 9)
  const sideBySide = T.of(
    lane.map((value) => [value, -value]),
    'float64'
  )
  expect(flat(T.variance(sideBySide, { axis: 0 }))).toEqual([2 / 9, 2 / 9])
})

describe.each([
  ['variance', T.variance, (value: number) => value],
  ['std', T.std, Math.sqrt]
] as const)('%s', (_name, reduce, after) => {
  test('over any axes, with any correction that leaves something to divide by', () => {
    const property = fc.property(tensors, fc.constantFrom(0, 1, 0.5), (each, correction) => {
      fc.pre(each.axes.reduce((count, axis) => count * each.x.shape[axis]!, 1) > correction)
      const result = reduce(each.x, { ...optionsOf(each), correction })
      expect(result.shape).toEqual(reducedShape(each))
      expectClose(flat(result), lanesOver(each.x, each.axes).map(varianceOf(correction)).map(after), 12)
    })
    fc.assert(property)
  })

  test('of one value is 0, or NaN where nothing is left to divide by', () => {
    expect(T.item(reduce(T.of([3])))).toBe(0)
    expect(T.item(reduce(T.scalar(3)))).toBe(0)
    expect(T.item(reduce(T.of([3]), { correction: 1 }))).toBeNaN()
    expect(T.item(reduce(T.of([1, 2]), { correction: 5 }))).toBe(Infinity)
    expect(T.item(reduce(T.zeros([0])))).toBeNaN()
  })

  test('of equal values is exactly 0, however they round', () => {
    const property = fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: 1, max: 50 }),
      (value, n) => {
        expect(T.item(reduce(T.full([n], value, 'float64')))).toBe(0)
        expect(flat(reduce(T.full([n, 3], value, 'float64'), { axis: 0 }))).toEqual([0, 0, 0])
      }
    )
    fc.assert(property)
  })

  test('keeps its digits beside a large mean', () => {
    const x = T.fromTypedArray(Float64Array.of(1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16), [4])
    expect(T.item(reduce(x, { correction: 1 }))).toBe(after(30))
  })

  test('keeps the digits of its derivative beside a mean that float32 cannot hold', () => {
    const slope = grad((x: T.Tensor<[2]>) => reduce(x))
    const expected = reduce === T.std ? [-0.5, 0.5] : [-4, 4]
    expect(flat(slope(T.of([1e8, 1e8 + 8])))).toEqual(expected)
  })

  test('of integers is float32', () => {
    expect(reduce(T.of([1, 3], 'int32'))).toEqual(T.scalar(1))
  })

  test('and its pullback are adjoint', () => {
    const property = fc.property(tensors, (each) => {
      const f = (y: T.Tensor): T.Tensor => reduce(y, optionsOf(each))
      const [forward, reverse] = adjoint(f, [each.x], [T.cos(each.x)], T.sin(T.add(f(each.x), 1)))
      expect(forward).toBeCloseTo(reverse, 10)
    })
    fc.assert(property)
  })
})

describe('norm', () => {
  const norms: readonly (readonly [number, (lane: readonly number[]) => number])[] = [
    [1, (lane) => total(lane.map(Math.abs))],
    [2, (lane) => Math.hypot(...lane)],
    [Infinity, (lane) => Math.max(...lane.map(Math.abs))]
  ]

  test.each(norms)('with ord %d over any axes', (ord, ofLane) => {
    const property = fc.property(tensors, (each) => {
      const result = T.norm(each.x, { ...optionsOf(each), ord })
      expect(result.shape).toEqual(reducedShape(each))
      expectClose(flat(result), lanesOver(each.x, each.axes).map(ofLane), 12)
    })
    fc.assert(property)
  })

  test('is Euclidean by default, and 0 for an empty tensor', () => {
    expect(pipe(T.of([3, 4]), T.norm)).toEqual(T.scalar(5))
    expect(T.norm(T.of([3, 4], 'int32'))).toEqual(T.scalar(5))
    expect([1, 2, Infinity].map((ord) => T.item(T.norm(T.zeros([0]), { ord })))).toEqual([0, 0, 0])
  })

  test('neither overflows nor underflows', () => {
    const f64 = (...values: readonly number[]): T.Tensor<[number]> =>
      T.fromTypedArray(Float64Array.from(values), [values.length])
    expect(T.item(T.norm(f64(3e300, 4e300)))).toBeCloseTo(5e300, -288)
    expect(T.item(T.norm(f64(3e-320, 4e-320)))).toBeCloseTo(5e-320, 323)
    expect(T.item(T.norm(f64(3e-300, 4e-300))) / 5e-300).toBeCloseTo(1, 14)
    expect(flat(T.norm(T.stack([f64(3e300, 0), f64(4e300, 1)]), { axis: 0 }))[0]! / 5e300).toBeCloseTo(1, 14)
    expect(flat(grad((x: T.Tensor<[number]>) => T.norm(x))(f64(3e-320, 4e-320)))[0]).toBeCloseTo(0.6, 3)
    expect(T.item(T.norm(f64(-Infinity, 1)))).toBe(Infinity)
    expect(T.item(T.norm(f64(NaN, Infinity)))).toBeNaN()
  })

  test('and its pullback are adjoint', () => {
    const property = fc.property(tensors, fc.constantFrom(1, 2, Infinity), (each, ord) => {
      const f = (y: T.Tensor): T.Tensor => T.norm(y, { ...optionsOf(each), ord })
      const [forward, reverse] = adjoint(f, [each.x], [T.cos(each.x)], f(each.x))
      expect(forward).toBeCloseTo(reverse, 10)
    })
    fc.assert(property)
  })
})

describe('refusals', () => {
  const refused: readonly Refusal[] = [
    ['norm: ord is 3; expected 1, 2, Infinity or -Infinity', RangeError, () => T.norm(T.of([1, 2]), { ord: 3 })],
    [
      'norm: shape [2, 0] is empty along axes [1]; for ord -Infinity, expected at least one element',
      ShapeError,
      () => T.norm(T.zeros([2, 0]), { ord: -Infinity, axis: 1 })
    ],
    [
      'std: unknown option ddof; expected axis, keepDims or correction',
      TypeError,
      // @ts-expect-error the option is correction
      () => T.std(T.of([1, 2]), { ddof: 1 })
    ]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})

describe('standard deviations at the ends of the range', () => {
  const of = (...x: readonly number[]): T.Tensor<[number]> => T.of(x, 'float64')

  test.each([1e300, 1e160, 1, 1e-160, 1e-300])('values of size %d', (size) => {
    const std = (x: T.Tensor<[number]>): T.Tensor<[]> => T.std(x)
    expect(T.item(std(of(size, -size)))).toBe(size)
    expect(T.toNested(grad(std)(of(size, -size)))).toEqual([0.5, -0.5])
    expect(T.item(std(of(size, size, size)))).toBe(0)
    const samples = T.div(T.std(of(size, 2 * size, 4 * size, 0.5 * size)), size)
    expect(T.item(samples)).toBeCloseTo(T.item(T.std(of(1, 2, 4, 0.5))), 14)
    const rows = T.reshape(of(size, 1, -size, 2), [2, 2])
    expect(T.toNested(T.std(rows, { axis: 0 }))).toEqual([size, 0.5])
  })

  test('no other bit changes, and what is not finite has no deviation', () => {
    for (const scale of [2 ** 600, 2 ** -600, 2 ** 900, 2 ** -900]) {
      const x = of(0.1, 0.7, -0.3, 1.9, 0.2, 5.5, 3.25, -4, 11)
      expect(T.item(T.std(T.mul(x, scale)))).toBe(T.item(T.std(x)) * scale)
    }
    for (const wrong of [Infinity, NaN]) expect(T.item(T.std(of(1e300, wrong, 1)))).toBeNaN()
  })
})
