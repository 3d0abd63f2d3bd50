import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { type Refusal, adjoint, flat, reader, sizes, tabulate, thrownBy, whole } from './naive.js'

const tensors = sizes(0, 4).chain((shape) => whole(shape))

/** A tensor and an order of its axes, counted from either end. */
const orders = tensors.chain((x) => {
  const axes = x.shape.map((_, axis) => axis)
  return fc.record({
    x: fc.constant(x),
    order: fc.shuffledSubarray(axes, { minLength: axes.length, maxLength: axes.length }),
    fromEnd: fc.boolean()
  })
})

/** Reads the permuted tensor: axis `i` of the result is axis `order[i]` of the operand. */
const permuted = (x: T.Tensor, order: readonly number[]) => {
  const read = reader(x)
  return tabulate(
    order.map((axis) => x.shape[axis]!),
    (index) => read(x.shape.map((_, axis) => index[order.indexOf(axis)]!))
  )
}

describe('permute and transpose', () => {
  test('take axis order[i] to axis i', () => {
    const property = fc.property(orders, ({ x, order, fromEnd }) => {
      const written = fromEnd ? order.map((axis) => axis - x.shape.length) : order
      for (const result of [
        T.permute(x, written),
        pipe(x, T.permute(written)),
        T.transpose(x, written),
        pipe(x, T.transpose(written))
      ]) {
        expect(result.shape).toEqual(order.map((axis) => x.shape[axis]!))
        expect(flat(result)).toEqual(permuted(x, order))
      }
    })
    fc.assert(property)
  })

  test('reverse the axes without an order', () => {
    const property = fc.property(tensors, (x) => {
      const order = x.shape.map((_, axis) => axis).reverse()
      expect(T.transpose(x).shape).toEqual([...x.shape].reverse())
      expect(flat(pipe(x, T.transpose))).toEqual(permuted(x, order))
    })
    fc.assert(property)
  })

  test('and the inverse order are adjoint', () => {
    const property = fc.property(orders, ({ x, order }) => {
      const out = T.permute(x, order)
      const [forward, reverse] = adjoint((y) => T.permute(y, order), [x], [T.square(x)], out)
      expect(forward).toBe(reverse)
    })
    fc.assert(property)
  })
})

describe('swapAxes and moveAxis', () => {
  const pairs = sizes(1, 4)
    .chain((shape) => whole(shape))
    .chain((x) => {
      const axis = fc.integer({ min: -x.shape.length, max: x.shape.length - 1 })
      return fc.record({ x: fc.constant(x), a: axis, b: axis })
    })
  const front = (axis: number, x: T.Tensor): number => (axis < 0 ? axis + x.shape.length : axis)

  test('exchange two axes', () => {
    const property = fc.property(pairs, ({ x, a, b }) => {
      const order = x.shape.map((_, axis) => axis)
      order[front(a, x)] = front(b, x)
      order[front(b, x)] = front(a, x)
      expect(flat(T.swapAxes(x, a, b))).toEqual(permuted(x, order))
      expect(pipe(x, T.swapAxes(a, b)).shape).toEqual(order.map((axis) => x.shape[axis]!))
    })
    fc.assert(property)
  })

  test('move one axis', () => {
    const property = fc.property(pairs, ({ x, a, b }) => {
      const order = x.shape.map((_, axis) => axis)
      const [moved] = order.splice(front(a, x), 1)
      order.splice(front(b, x), 0, moved!)
      expect(flat(T.moveAxis(x, a, b))).toEqual(permuted(x, order))
      expect(pipe(x, T.moveAxis(a, b)).shape).toEqual(order.map((axis) => x.shape[axis]!))
    })
    fc.assert(property)
  })
})

describe('refusals', () => {
  const x = T.zeros([2, 3])
  const refused: readonly Refusal[] = [
    ['permute: order is [0, 0]; for shape [2, 3], expected each axis once', ShapeError, () => T.permute(x, [0, 0])],
    ['transpose: order is [0]; for shape [2, 3], expected each axis once', ShapeError, () => T.transpose(x, [0])],
    ['permute: axis is 2; for shape [2, 3], expected an integer from -2 to 1', ShapeError, () => T.permute(x, [0, 2])],
    ['swapAxes: axis is 2; for shape [2, 3], expected an integer from -2 to 1', ShapeError, () => T.swapAxes(x, 0, 2)],
    ['moveAxis: axis is -3; for shape [2, 3], expected an integer from -2 to 1', ShapeError, () => T.moveAxis(x, -3, 0)]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
