import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { grad, vjp } from 'pullback/Grad'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { fractions, fromLanes, lanesOver } from './lanes.js'
import { type Refusal, adjoint, flat, sizes, thrownBy, whole } from './naive.js'

const along = (tensors: fc.Arbitrary<T.Tensor>) =>
  tensors.chain((x) =>
    fc.record({
      x: fc.constant(x),
      axis: fc.nat({ max: x.shape.length - 1 }),
      fromEnd: fc.boolean(),
      exclusive: fc.boolean(),
      reverse: fc.boolean()
    })
  )

const wholes = along(sizes(1, 4).chain((shape) => whole(shape)))

/** Of each element, what a fold over those up to it gives. */
const running =
  (unit: number, combine: (a: number, b: number) => number) =>
  (lane: readonly number[], exclusive: boolean, reverse: boolean): readonly number[] =>
    lane.map((_, j) =>
      lane.reduce((result, value, i) => {
        const inFront = reverse ? i > j : i < j
        return inFront || (i === j && !exclusive) ? combine(result, value) : result
      }, unit)
    )

describe.each([
  ['cumsum', T.cumsum, running(0, (a, b) => a + b)],
  ['cumprod', T.cumprod, running(1, (a, b) => a * b)]
] as const)('%s', (_name, cumulate, ofLane) => {
  test('along any axis, in both directions, with and without the element itself', () => {
    const property = fc.property(
      wholes,
      fc.constantFrom('float64', 'float32', 'int32'),
      ({ x, axis, fromEnd, exclusive, reverse }, dtype) => {
        const lanes = lanesOver(x, [axis]).map((lane) => ofLane(lane, exclusive, reverse))
        const options = { axis: fromEnd ? axis - x.shape.length : axis, exclusive, reverse }
        const result = cumulate(T.cast(x, dtype), options)
        expect(result.shape).toEqual(x.shape)
        expect(result.dtype).toBe(dtype)
        expect(flat(result)).toEqual(fromLanes(x.shape, [axis], lanes).map((value) => value + 0))
        expect(flat(pipe(T.cast(x, dtype), cumulate(options)))).toEqual(flat(result))
      }
    )
    fc.assert(property)
  })

  test('needs no axis on a vector, and counts booleans', () => {
    expect(pipe(T.of([2, 3]), cumulate).shape).toEqual([2])
    expect(cumulate(T.of([true, true])).dtype).toBe('int32')
    expect(cumulate(T.zeros([0])).shape).toEqual([0])
  })

  test('and its pullback are adjoint, at first and second order', () => {
    const property = fc.property(along(sizes(1, 3).chain(fractions)), ({ x, axis, exclusive, reverse }) => {
      const f = (y: T.Tensor): T.Tensor => cumulate(y, { axis, exclusive, reverse })
      const [forward, backward] = adjoint(f, [x], [T.cos(x)], T.sin(x))
      expect(forward).toBeCloseTo(backward, 9)
      const g = (y: T.Tensor): T.Tensor => vjp(f)(y)[1](T.sin(x))[0]
      const [again, back] = adjoint(g, [x], [T.cos(x)], T.sin(x))
      expect(again).toBeCloseTo(back, 8)
    })
    fc.assert(property)
  })
})

describe('cumprod', () => {
  /** The derivative of the sum of running products in element `k`: the products without it. */
  const without = (lane: readonly number[], k: number): number =>
    running(1, (a, b) => a * b)(
      lane.map((value, i) => (i === k ? 1 : value)),
      false,
      false
    )
      .slice(k)
      .reduce((sum, value) => sum + value, 0)

  test('has exact derivatives, zeros or not', () => {
    const property = fc.property(
      sizes(1, 1).chain((shape) => whole(shape)),
      (x) => {
        const lane = flat(x)
        const gradient = grad((y: T.Tensor) => T.sum(T.cumprod(y)))(x)
        expect(flat(gradient)).toEqual(lane.map((_, k) => without(lane, k) + 0))
      }
    )
    fc.assert(property)
  })
})

describe('refusals', () => {
  const x = T.zeros([2, 3])
  const refused: readonly Refusal[] = [
    [
      'cumsum: axis is missing; for shape [2, 3], expected one such as { axis: 0 }',
      ShapeError,
      () => T.cumsum(x, { reverse: true })
    ],
    [
      'cumprod: axis is 2; for shape [2, 3], expected an integer from -2 to 1',
      ShapeError,
      () => T.cumprod(x, { axis: 2 })
    ],
    ['cumprod: axis is 0; for shape [], expected no axis', ShapeError, () => T.cumprod(T.scalar(1))]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
