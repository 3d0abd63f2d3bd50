import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { grad } from 'pullback/Grad'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { fractions, lanesOver, optionsOf, over, reducedShape } from './lanes.js'
import { type Refusal, adjoint, flat, sizes, thrownBy, total, whole } from './naive.js'

const wholes = (dtype: 'float64' | 'float32' | 'int32') => over(sizes(0, 4).chain((shape) => whole(shape, dtype)))

const masks = wholes('int32').map((each) => ({ ...each, x: T.notEqual(each.x, 0) }))

/** The reductions that are exact on whole numbers, and what they make of a lane. */
const exact: readonly (readonly [string, T.Reduction, (lane: readonly number[]) => number])[] = [
  ['sum', T.sum, total],
  ['prod', T.prod, (lane) => lane.reduce((product, value) => product * value, 1)],
  ['any', T.any, (lane) => (lane.some((value) => value !== 0) ? 1 : 0)],
  ['all', T.all, (lane) => (lane.every((value) => value !== 0) ? 1 : 0)]
]

describe.each(exact)('%s', (_name, reduce, ofLane) => {
  const expected = (x: T.Tensor, axes: readonly number[]) => lanesOver(x, axes).map((lane) => ofLane(lane) + 0)

  test.each(['float64', 'float32', 'int32'] as const)('over any axes of %s', (dtype) => {
    const property = fc.property(wholes(dtype), (each) => {
      const result = reduce(each.x, optionsOf(each))
      expect(result.shape).toEqual(reducedShape(each))
      expect(flat(result)).toEqual(expected(each.x, each.axes))
    })
    fc.assert(property)
  })

  test('over any axes of bool, which are counted', () => {
    const property = fc.property(masks, (each) => {
      expect(flat(reduce(each.x, optionsOf(each)))).toEqual(expected(each.x, each.axes))
    })
    fc.assert(property)
  })

  test('is dual by its first argument', () => {
    const x = T.of([
      [1, 2],
      [3, 0]
    ])
    expect(pipe(x, reduce).shape).toEqual([])
    expect(T.toArray(pipe(x, reduce({ axis: 1 })))).toEqual(T.toArray(reduce(x, { axis: 1 })))
    expect(pipe(x, reduce({ keepDims: true })).shape).toEqual([1, 1])
    expect(reduce(x, {}).shape).toEqual([])
  })
})

describe('sum', () => {
  test('keeps the type, but counts booleans as int32', () => {
    expect(T.sum(T.of([true, true, false]))).toEqual(T.scalar(2, 'int32'))
    expect(T.sum(T.of([1, 2], 'int32')).dtype).toBe('int32')
    expect(T.sum(T.of([1, 2], 'float64')).dtype).toBe('float64')
    expect(T.sum(T.scalar(true))).toEqual(T.scalar(1, 'int32'))
  })

  test('of an empty tensor is 0', () => {
    expect(T.item(T.sum(T.zeros([0])))).toBe(0)
    expect(flat(T.sum(T.zeros([2, 0, 3]), { axis: 1 }))).toEqual([0, 0, 0, 0, 0, 0])
    expect(T.sum(T.zeros([2, 0, 3]), { axis: 0 }).shape).toEqual([0, 3])
  })

  test('of repeated values is the same as of copies', () => {
    const property = fc.property(
      sizes(0, 3).chain(fractions),
      fc.nat({ max: 4 }),
      fc.nat({ max: 3 }),
      (x, n, place) => {
        const at = Math.min(place, x.shape.length)
        const wide = [...x.shape.slice(0, at), n, ...x.shape.slice(at)]
        const repeated = T.broadcastTo(T.expandDims(x, at), wide)
        const copied = T.fromTypedArray(T.toArray(repeated), wide)
        const close = (a: T.Tensor, b: T.Tensor) =>
          flat(a).forEach((value, i) => expect(value).toBeCloseTo(flat(b)[i]!, 12))
        close(T.sum(repeated), T.sum(copied))
        close(T.sum(repeated, { axis: at }), T.sum(copied, { axis: at }))
        close(T.sum(repeated, { axis: [...new Set([0, at])] }), T.sum(copied, { axis: [...new Set([0, at])] }))
      }
    )
    fc.assert(property)
  })

  test('and its pullback are adjoint', () => {
    const property = fc.property(over(sizes(0, 3).chain(fractions)), (each) => {
      const f = (x: T.Tensor): T.Tensor => T.sum(x, optionsOf(each))
      const [forward, reverse] = adjoint(f, [each.x], [T.square(each.x)], T.cos(f(each.x)))
      expect(forward).toBeCloseTo(reverse, 10)
    })
    fc.assert(property)
  })
})

describe('mean', () => {
  test('is the sum divided by the number, over any axes', () => {
    const property = fc.property(wholes('float64'), (each) => {
      const result = T.mean(each.x, optionsOf(each))
      expect(result.shape).toEqual(reducedShape(each))
      expect(flat(result)).toEqual(lanesOver(each.x, each.axes).map((lane) => total(lane) / lane.length + 0))
    })
    fc.assert(property)
  })

  test('of integers and booleans is float32, of an empty tensor NaN', () => {
    expect(T.mean(T.of([1, 2], 'int32'))).toEqual(T.scalar(1.5))
    expect(T.mean(T.of([true, false, false, false]))).toEqual(T.scalar(0.25))
    expect(T.mean(T.zeros([0]))).toEqual(T.scalar(NaN))
    expect(T.mean(T.scalar(3))).toEqual(T.scalar(3))
  })

  test('of 10^7 times 0.1 in float32 is 0.1', () => {
    const many = T.fromTypedArray(new Float32Array(10_000_000).fill(0.1), [10_000_000])
    expect(T.item(T.mean(many))).toBe(Math.fround(0.1))
  })

  test('does not overflow where its sum would', () => {
    expect(T.item(T.mean(T.of([3e38, 3e38])))).toBe(Math.fround(3e38))
  })

  test('has an even gradient', () => {
    expect(grad((x: T.Tensor<[4]>) => T.mean(x))(T.of([1, 2, 3, 4]))).toEqual(T.full([4], 0.25))
  })
})

describe('any and all', () => {
  test('are bool, and take NaN as true', () => {
    expect(T.any(T.of([0, NaN]))).toEqual(T.scalar(true))
    expect(T.all(T.of([1, NaN]))).toEqual(T.scalar(true))
    expect(T.any(T.scalar(-0))).toEqual(T.scalar(false))
  })

  test('of an empty tensor are false and true', () => {
    expect(T.any(T.zeros([0]))).toEqual(T.scalar(false))
    expect(T.all(T.zeros([0]))).toEqual(T.scalar(true))
  })
})

describe('refusals', () => {
  const x = T.zeros([2, 3])
  const refused: readonly Refusal[] = [
    ['sum: axis is 2; for shape [2, 3], expected an integer from -2 to 1', ShapeError, () => T.sum(x, { axis: 2 })],
    [
      'mean: axis is -3; for shape [2, 3], expected an integer from -2 to 1',
      ShapeError,
      () => T.mean(x, { axis: [0, -3] })
    ],
    ['prod: axis 1 is given twice in [1, -1]; expected distinct axes', ShapeError, () => T.prod(x, { axis: [1, -1] })],
    ['any: axis is 0; for shape [], expected no axis', ShapeError, () => T.any(T.scalar(1), { axis: 0 })],
    // @ts-expect-error the option is keepDims
    ['all: unknown option keepdims; expected axis or keepDims', TypeError, () => T.all(x, { axis: 0, keepdims: true })]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
