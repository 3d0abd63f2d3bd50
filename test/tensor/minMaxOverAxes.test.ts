import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { grad } from 'pullback/Grad'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { fromLanes, lanesOver, optionsOf, over, reducedShape } from './lanes.js'
import { type Refusal, adjoint, flat, sizes, thrownBy, total, whole } from './naive.js'

const nonEmpty = (min: number) => sizes(min, 4).map((shape) => shape.map((n) => Math.max(1, n)))
const tensors = over(nonEmpty(0).chain((shape) => whole(shape)))

const largest = (lane: readonly number[]): number => lane.reduce((best, value) => (value > best ? value : best))
const smallest = (lane: readonly number[]): number => lane.reduce((best, value) => (value < best ? value : best))

describe.each([
  ['max', T.max, largest],
  ['min', T.min, smallest]
] as const)('%s', (_name, reduce, ofLane) => {
  test('over any axes, in any type', () => {
    const property = fc.property(tensors, fc.constantFrom('float32', 'float64', 'int32'), (each, dtype) => {
      const x = T.cast(each.x, dtype)
      const result = reduce(x, optionsOf(each))
      expect(result.shape).toEqual(reducedShape(each))
      expect(result.dtype).toBe(dtype)
      expect(flat(result)).toEqual(lanesOver(x, each.axes).map(ofLane))
    })
    fc.assert(property)
  })

  test('divides its derivative evenly among ties', () => {
    const property = fc.property(tensors, ({ x, axes }) => {
      const shares = lanesOver(x, axes).map((lane) => {
        const ties = lane.filter((value) => value === ofLane(lane)).length
        return lane.map((value) => (value === ofLane(lane) ? 1 / ties : 0))
      })
      const gradient = grad((y: T.Tensor) => T.sum(reduce(y, { axis: axes })))(x)
      expect(flat(gradient)).toEqual(fromLanes(x.shape, axes, shares))
    })
    fc.assert(property)
  })

  test('and its pullback are adjoint, ties included', () => {
    const property = fc.property(tensors, (each) => {
      const f = (y: T.Tensor): T.Tensor => reduce(y, optionsOf(each))
      const [forward, reverse] = adjoint(f, [each.x], [T.square(each.x)], f(each.x))
      expect(forward).toBeCloseTo(reverse, 10)
    })
    fc.assert(property)
  })

  test('is NaN where there is one', () => {
    expect(reduce(T.of([1, NaN, 3]))).toEqual(T.scalar(NaN))
    expect(flat(reduce(T.of([[1, NaN], [2, 3]]), { axis: 1 }))[0]).toBeNaN() // prettier-ignore
  })

  test('of infinities is one', () => {
    expect(T.item(reduce(T.of([Infinity, Infinity])))).toBe(Infinity)
    expect(T.item(reduce(T.of([-Infinity, -Infinity])))).toBe(-Infinity)
  })

  test('of booleans is bool', () => {
    expect(reduce(T.of([true, true])).dtype).toBe('bool')
  })

  test('along empty axes is refused only if the result has elements', () => {
    expect(reduce(T.zeros([0, 3]), { axis: 1 }).shape).toEqual([0])
    expect(reduce(T.zeros([0, 0]), { axis: 1 }).shape).toEqual([0])
  })
})

describe.each([
  ['argmax', T.argmax, largest],
  ['argmin', T.argmin, smallest]
] as const)('%s', (_name, search, ofLane) => {
  const along = nonEmpty(1)
    .chain((shape) => whole(shape))
    .chain((x) =>
      fc.record({
        x: fc.constant(x),
        axis: fc.integer({ min: -x.shape.length, max: x.shape.length - 1 }),
        keepDims: fc.boolean()
      })
    )

  test('finds the first along an axis', () => {
    const property = fc.property(along, ({ x, axis, keepDims }) => {
      const front = axis < 0 ? axis + x.shape.length : axis
      const expected = lanesOver(x, [front]).map((lane) => lane.indexOf(ofLane(lane)))
      const result = search(x, { axis, keepDims })
      expect(result.shape).toEqual(reducedShape({ x, axis, axes: [front], keepDims }))
      expect(result.dtype).toBe('int32')
      expect(flat(result)).toEqual(expected)
      expect(flat(pipe(x, search({ axis })))).toEqual(expected)
    })
    fc.assert(property)
  })

  test('searches all elements by default', () => {
    const property = fc.property(along, ({ x }) => {
      const values = flat(x)
      expect(T.item(pipe(x, search))).toBe(values.indexOf(ofLane(values)))
      expect(search(x, { keepDims: true }).shape).toEqual(x.shape.map(() => 1))
    })
    fc.assert(property)
  })

  test('takes NaN before all others, the first of several', () => {
    expect(T.item(search(T.of([1, NaN, 3, NaN])))).toBe(1)
  })

  test('is a constant to derivatives', () => {
    const f = (x: T.Tensor<[3]>): T.Tensor<[]> => T.mul(T.sum(x), T.cast(search(x), 'float32'))
    const x = T.of([1, 3, 2])
    expect(total(flat(grad(f)(x)))).toBe(3 * T.item(search(x)))
  })
})

describe('refusals', () => {
  const empty = T.zeros([0, 3])
  const needed = 'expected at least one element'
  const refused: readonly Refusal[] = [
    [`max: shape [0] is empty along axes [0]; ${needed}`, ShapeError, () => T.max(T.zeros([0]))],
    [`min: shape [0, 3] is empty along axes [0]; ${needed}`, ShapeError, () => T.min(empty, { axis: 0 })],
    [`argmax: shape [0, 3] is empty along axes [0]; ${needed}`, ShapeError, () => T.argmax(empty, { axis: 0 })],
    [`argmin: shape [0] is empty along axes [0]; ${needed}`, ShapeError, () => T.argmin(empty)],
    [
      'argmax: axis is 2; for shape [0, 3], expected an integer from -2 to 1',
      ShapeError,
      () => T.argmax(empty, { axis: 2 })
    ]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
