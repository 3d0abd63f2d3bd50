import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { vjp } from 'pullback/Grad'
import { type Shape, ShapeError, broadcast, size } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { type Refusal, adjoint, clip, flat, reader, sizes, tabulate, thrownBy, whole } from './naive.js'

const tensors = sizes(0, 4).chain((shape) => whole(shape))

/** A shape of the same size: the factors in another grouping, with ones in between. */
const regrouped = (shape: Shape): fc.Arbitrary<Shape> =>
  fc.tuple(fc.nat({ max: shape.length }), fc.nat({ max: shape.length }), fc.nat({ max: 2 })).map(([i, j, ones]) => {
    const [from, to] = [Math.min(i, j), Math.max(i, j)]
    return [
      ...shape.slice(0, from),
      size(shape.slice(from, to)),
      ...new Array<number>(ones).fill(1),
      ...shape.slice(to)
    ]
  })

const reshapes = tensors.chain((x) => regrouped(x.shape).map((shape) => ({ x, shape })))

describe('reshape', () => {
  test('keeps the row-major order, whatever the order in memory', () => {
    const property = fc.property(reshapes, ({ x, shape }) => {
      const result = T.reshape(x, shape)
      expect(result.shape).toEqual(shape)
      expect(flat(result)).toEqual(flat(x))
    })
    fc.assert(property)
  })

  test('finds the size that is left to -1', () => {
    const property = fc.property(reshapes, fc.nat({ max: 5 }), ({ x, shape }, place) => {
      fc.pre(shape.length > 0 && !shape.includes(0))
      const open = shape.map((n, axis) => (axis === place % shape.length ? -1 : n))
      expect(T.reshape(x, open).shape).toEqual(shape)
      expect(pipe(x, T.reshape(open)).shape).toEqual(shape)
    })
    fc.assert(property)
  })

  test('does not follow later changes of the array that was its argument', () => {
    const shape = [2, 2]
    const x = T.reshape(T.arange(4), shape)
    shape[0] = 4
    expect(x.shape).toEqual([2, 2])
  })

  test('and its pullback are adjoint', () => {
    const property = fc.property(reshapes, ({ x, shape }) => {
      const [forward, reverse] = adjoint((y) => T.reshape(y, shape), [x], [T.square(x)], T.reshape(x, shape))
      expect(forward).toBe(reverse)
    })
    fc.assert(property)
  })
})

describe('ravel and flatten', () => {
  test('join all axes', () => {
    const property = fc.property(tensors, (x) => {
      for (const result of [T.ravel(x), T.flatten(x), pipe(x, T.flatten), pipe(x, T.flatten({}))]) {
        expect(result.shape).toEqual([size(x.shape)])
        expect(flat(result)).toEqual(flat(x))
      }
    })
    fc.assert(property)
  })

  test('join some', () => {
    const x = T.zeros([2, 3, 4, 5])
    expect(T.flatten(x, { startAxis: 1 }).shape).toEqual([2, 60])
    expect(T.flatten(x, { endAxis: 1 }).shape).toEqual([6, 4, 5])
    expect(T.flatten(x, { startAxis: -3, endAxis: -2 }).shape).toEqual([2, 12, 5])
    expect(T.flatten(x, { startAxis: 2, endAxis: 2 }).shape).toEqual([2, 3, 4, 5])
  })
})

describe('expandDims and squeeze', () => {
  const places = tensors.chain((x) => {
    const rank = x.shape.length
    return fc.record({ x: fc.constant(x), at: fc.integer({ min: -rank - 1, max: rank }) })
  })

  test('insert an axis of size 1 and take it away', () => {
    const property = fc.property(places, ({ x, at }) => {
      const wide = T.expandDims(x, at)
      const front = at < 0 ? at + x.shape.length + 1 : at
      expect(wide.shape).toEqual([...x.shape.slice(0, front), 1, ...x.shape.slice(front)])
      expect(flat(wide)).toEqual(flat(x))
      expect(T.Eq.equals(T.expandDims(x, { axis: at }), wide)).toBe(true)
      expect(T.Eq.equals(pipe(x, T.expandDims({ axis: at })), wide)).toBe(true)
      expect(T.squeeze(wide, { axis: at }).shape).toEqual(x.shape)
      expect(pipe(x, T.expandDims(at), T.squeeze({ axis: [at] })).shape).toEqual(x.shape)
    })
    fc.assert(property)
  })

  test('insert several axes, counted in the result', () => {
    expect(T.expandDims(T.zeros([2, 3]), [0, -1]).shape).toEqual([1, 2, 3, 1])
    expect(T.expandDims(T.zeros([2, 3]), [2, 1]).shape).toEqual([2, 1, 1, 3])
    expect(T.expandDims(T.zeros([2, 3]), { axis: [0, -1] }).shape).toEqual([1, 2, 3, 1])
    expect(pipe(T.zeros([2]), T.expandDims([])).shape).toEqual([2])
  })

  test('take away all axes of size 1', () => {
    const property = fc.property(tensors, (x) => {
      expect(T.squeeze(x).shape).toEqual(x.shape.filter((n) => n !== 1))
      expect(flat(pipe(x, T.squeeze))).toEqual(flat(x))
    })
    fc.assert(property)
  })
})

describe('broadcastTo', () => {
  const stretched = sizes(0, 4).chain((shape) =>
    fc
      .record({ lead: fc.nat({ max: shape.length }), ones: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }) })
      .chain(({ lead, ones }) => {
        const from = shape.slice(lead).map((n, axis) => (ones[axis] === true ? 1 : n))
        return fc.record({ x: whole(from), shape: fc.constant(shape) })
      })
  )

  test('repeats along new axes and axes of size 1', () => {
    const property = fc.property(stretched, ({ x, shape }) => {
      const read = reader(x)
      const result = T.broadcastTo(x, shape)
      expect(result.shape).toEqual(shape)
      expect(broadcast(x.shape, shape)).toEqual(shape)
      expect(flat(result)).toEqual(tabulate(shape, (index) => read(clip(index, x.shape))))
    })
    fc.assert(property)
  })

  test('and summation are adjoint', () => {
    const property = fc.property(stretched, ({ x, shape }) => {
      const out = T.broadcastTo(x, shape)
      const [forward, reverse] = adjoint((y) => T.broadcastTo(y, shape), [x], [T.square(x)], out)
      expect(forward).toBe(reverse)
    })
    fc.assert(property)
  })
})

describe('views', () => {
  test('of views are right through any chain of changes of layout', () => {
    const step = fc.constantFrom(
      (x: T.Tensor) => T.transpose(x),
      (x: T.Tensor) => T.flip(x),
      (x: T.Tensor) => T.expandDims(x, 0),
      (x: T.Tensor) => T.squeeze(x),
      (x: T.Tensor) => T.slice(x, [[null, null, 2]]),
      (x: T.Tensor) => T.slice(x, [[1]]),
      (x: T.Tensor) => T.reshape(x, [2, -1]),
      (x: T.Tensor) => T.ravel(x),
      (x: T.Tensor) => T.broadcastTo(x, [2, ...x.shape])
    )
    /** The same on a copy in row-major order. */
    const copied = (x: T.Tensor): T.Tensor => T.fromTypedArray(T.toArray(x), x.shape)
    const start = T.reshape(T.arange(24), [2, 3, 4])
    const property = fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
      let [view, copy]: [T.Tensor, T.Tensor] = [start, start]
      for (const next of steps) {
        const error = thrownBy(() => next(copy))
        if (error !== undefined || size(copy.shape) > 200) continue
        copy = copied(next(copy))
        view = next(view)
      }
      expect(view.shape).toEqual(copy.shape)
      expect(flat(view)).toEqual(flat(copy))
      expect(flat(T.add(view, copy))).toEqual(flat(T.mul(copy, 2)))
    })
    fc.assert(property)
  })

  test('carry cotangents back through a transpose and a reshape', () => {
    const f = (x: T.Tensor<[2, 3]>): T.Tensor => T.reshape(T.transpose(x), [2, 3])
    const [, pullback] = vjp(f)(T.zeros([2, 3]))
    expect(flat(pullback(T.reshape(T.arange(6), [2, 3]))[0])).toEqual([0, 2, 4, 1, 3, 5])
  })
})

describe('refusals', () => {
  const x = T.zeros([2, 3])
  const refused: readonly Refusal[] = [
    ['reshape: [2, 3] does not reshape to [4, 2]; expected 6 elements, not 8', ShapeError, () => T.reshape(x, [4, 2])],
    [
      'reshape: [2, 3] does not reshape to [4, -1]; expected a number of elements divisible by 4, 6 is not',
      ShapeError,
      () => T.reshape(x, [4, -1])
    ],
    ['reshape: [2, 3] does not reshape to [-1, -1]; expected at most one -1', ShapeError, () => T.reshape(x, [-1, -1])],
    [
      'reshape: [2, 3] does not reshape to [1.5, 4]; expected integers of 0 or more, or -1 for the remaining size',
      ShapeError,
      () => T.reshape(x, [1.5, 4])
    ],
    [
      'reshape: [0] does not reshape to [0, -1]; expected no -1 beside a size of 0',
      ShapeError,
      () => T.reshape(T.zeros([0]), [0, -1])
    ],
    [
      'flatten: axis is 2; for shape [2, 3], expected an integer from -2 to 1',
      ShapeError,
      () => T.flatten(x, { startAxis: 2 })
    ],
    [
      'flatten: startAxis is 1 and endAxis is 0; for shape [2, 3], expected startAxis <= endAxis',
      ShapeError,
      () => T.flatten(x, { startAxis: 1, endAxis: 0 })
    ],
    [
      'expandDims: axis is 3; beside shape [2, 3], expected an integer from -3 to 2',
      ShapeError,
      () => T.expandDims(x, 3)
    ],
    [
      'expandDims: axis is 3; beside shape [2, 3], expected an integer from -3 to 2',
      ShapeError,
      () => T.expandDims(x, { axis: 3 })
    ],
    [
      'expandDims: axes are [0, -4]; beside shape [2, 3], expected distinct axes',
      ShapeError,
      () => T.expandDims(x, [0, -4])
    ],
    ['squeeze: axis 1 of shape [2, 3] has size 3; expected size 1', ShapeError, () => T.squeeze(x, { axis: -1 })],
    [
      'squeeze: axis is 2; for shape [2, 3], expected an integer from -2 to 1',
      ShapeError,
      () => T.squeeze(x, { axis: 2 })
    ],
    [
      'broadcastTo: [2, 3] does not broadcast to [3]; expected each size, from the last axis on, to be 1 or the new size',
      ShapeError,
      () => T.broadcastTo(x, [3])
    ],
    ['broadcastTo: shape is [-1, 3]; expected integers of 0 or more', ShapeError, () => T.broadcastTo(x, [-1, 3])]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
