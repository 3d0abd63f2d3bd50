import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { vjp } from 'pullback/Grad'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { expectClose, fractions, fromLanes, lanesOver, optionsOf, over, reducedShape } from './lanes.js'
import { type Refusal, adjoint, flat, sizes, thrownBy, total } from './naive.js'

const tensors = over(sizes(0, 4).chain(fractions))

const logSumExpOf = (lane: readonly number[]): number => Math.log(total(lane.map(Math.exp)))
const laneWise: readonly (readonly [string, typeof T.softmax, (lane: readonly number[]) => readonly number[]])[] = [
  ['softmax', T.softmax, (lane) => lane.map((value) => Math.exp(value - logSumExpOf(lane)))],
  ['logSoftmax', T.logSoftmax, (lane) => lane.map((value) => value - logSumExpOf(lane))]
]

describe('logSumExp', () => {
  test('over any axes', () => {
    const property = fc.property(tensors, (each) => {
      const result = T.logSumExp(each.x, optionsOf(each))
      expect(result.shape).toEqual(reducedShape(each))
      const expected = lanesOver(each.x, each.axes).map(logSumExpOf)
      expectClose(flat(result), expected, 12)
    })
    fc.assert(property)
  })

  test('neither overflows nor underflows', () => {
    expect(T.item(T.logSumExp(T.of([1000, 1000], 'float64')))).toBe(1000 + Math.LN2)
    expect(T.item(T.logSumExp(T.of([-1000, -1000], 'float64')))).toBe(-1000 + Math.LN2)
    expect(T.item(T.logSumExp(T.scalar(-1e300, 'float64')))).toBe(-1e300)
    expect(T.logSumExp(T.of([0, 0], 'int32')).dtype).toBe('float32')
  })

  test('and its pullback are adjoint', () => {
    const property = fc.property(tensors, (each) => {
      const f = (y: T.Tensor): T.Tensor => T.logSumExp(y, optionsOf(each))
      const out = T.where(T.isFinite(f(each.x)), f(each.x), 1)
      const [forward, reverse] = adjoint(f, [each.x], [T.cos(each.x)], out)
      expect(forward).toBeCloseTo(reverse, 10)
    })
    fc.assert(property)
  })
})

describe.each(laneWise)('%s', (_name, f, ofLane) => {
  test('over any axes, neighbours or not', () => {
    const property = fc.property(tensors, ({ x, axis, axes }) => {
      fc.pre(axis !== undefined)
      const result = f(x, { axis })
      expect(result.shape).toEqual(x.shape)
      expectClose(flat(result), fromLanes(x.shape, axes, lanesOver(x, axes).map(ofLane)), 12)
      expectClose(flat(pipe(x, f({ axis }))), flat(result), 15)
    })
    fc.assert(property)
  })

  test('works along the last axis by default', () => {
    const x = T.of([[1, 2], [5, 3]], 'float64') // prettier-ignore
    expect(flat(pipe(x, f))).toEqual(flat(f(x, { axis: 1 })))
  })

  test('agrees between one lane of neighbours and lanes side by side', () => {
    const property = fc.property(sizes(2, 2).chain(fractions), (x) => {
      expectClose(flat(f(T.transpose(x), { axis: 0 })), flat(T.transpose(f(x, { axis: 1 }))), 14)
    })
    fc.assert(property)
  })

  test('is the same when a constant is added', () => {
    const property = fc.property(sizes(1, 3).chain(fractions), fc.integer({ min: -700, max: 700 }), (x, constant) => {
      expectClose(flat(f(T.add(x, constant))), flat(f(x)), 11)
    })
    fc.assert(property)
  })

  test('and its pullback are adjoint, at first and second order', () => {
    const property = fc.property(tensors, ({ x, axes }) => {
      const g = (y: T.Tensor): T.Tensor => f(y, { axis: axes })
      const [forward, reverse] = adjoint(g, [x], [T.cos(x)], T.sin(x))
      expect(forward).toBeCloseTo(reverse, 10)
      const pullback = (y: T.Tensor): T.Tensor => vjp(g)(y)[1](T.sin(x))[0]
      const [again, back] = adjoint(pullback, [x], [T.cos(x)], T.sin(x))
      expect(again).toBeCloseTo(back, 10)
    })
    fc.assert(property)
  })

  test('of long and wide blocks, over the pieces that the kernel takes', () => {
    const wide = T.sin(T.reshape(T.arange(3 * 2500), [3, 2500]))
    const [first] = T.split(wide, [1000, 1500], { axis: 1 })
    expect(flat(T.slice(f(wide, { axis: 0 }), [null, [0, 1000]]))).toEqual(flat(f(first, { axis: 0 })))
  })
})

describe('softmax', () => {
  test('sums to 1', () => {
    const property = fc.property(
      sizes(1, 3)
        .map((shape) => shape.map((n) => n + 1))
        .chain(fractions),
      (x) => {
        for (const value of flat(T.sum(T.softmax(x), { axis: -1 }))) expect(value).toBeCloseTo(1, 14)
      }
    )
    fc.assert(property)
  })

  test('has the values of a lecture', () => {
    const scores = T.of([3.2, 5.1, -1.7])
    expectClose(flat(T.softmax(scores)), [0.13, 0.869, 0.001], 4)
    expect(-flat(T.logSoftmax(scores))[0]!).toBeCloseTo(2.0404, 4)
  })
})

describe('refusals', () => {
  const refused: readonly Refusal[] = [
    ['softmax: axis is -1; for shape [], expected no axis', ShapeError, () => T.softmax(T.scalar(1))],
    [
      'logSoftmax: axis is 1; for shape [2], expected an integer from -1 to 0',
      ShapeError,
      () => T.logSoftmax(T.of([1, 2]), { axis: 1 })
    ],
    // @ts-expect-error the option is axis
    ['softmax: unknown option dim; expected axis', TypeError, () => T.softmax(T.of([1, 2]), { dim: 0 })]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
