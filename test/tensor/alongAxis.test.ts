import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { grad, jvp } from 'pullback/Grad'
import { DTypeError } from 'pullback/Primitive'
import { IndexError, ShapeError } from 'pullback/Shape'
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import {
  type Refusal,
  adjoint,
  clip,
  flat,
  fromFront,
  indices,
  indicesOf,
  reader,
  sizes,
  tabulate,
  whole,
  thrownBy
} from './naive.js'

const replace = (shape: Shape, axis: number, n: number): Shape => shape.map((each, i) => (i === axis ? n : each))

const withOnes = (shape: Shape, ones: readonly boolean[], axis: number): Shape =>
  shape.map((n, i) => (i !== axis && ones[i] === true ? 1 : n))

/** Lanes along an axis and indices into them, which broadcast beside the axis when `ones` are allowed. */
const cases = (ones: boolean) =>
  fc
    .tuple(
      sizes(1, 3),
      fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
      fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
      fc.nat({ max: 3 })
    )
    .chain(([shape, onesX, onesAt, count]) =>
      fc.nat({ max: shape.length - 1 }).chain((axis) => {
        const n = shape[axis]!
        const own = replace(shape, axis, n === 0 ? 0 : count)
        return fc.record({
          x: whole(ones ? withOnes(shape, onesX, axis) : shape),
          at: indices(ones ? withOnes(own, onesAt, axis) : own, Math.max(1, n)),
          axis: fc.constant(axis),
          updates: whole(own),
          ofX: whole(shape),
          ofUpdates: whole(own)
        })
      })
    )

describe('takeAlongAxis', () => {
  test('takes from each lane by its own indices; the shapes broadcast beside the axis', () => {
    fc.assert(
      fc.property(cases(true), ({ x, at, axis }) => {
        const taken = T.takeAlongAxis(x, at, { axis })
        const [read, place] = [reader(x), reader(at)]
        const beside = x.shape.map((n, i) => (i === axis ? at.shape[axis]! : n === 1 ? at.shape[i]! : n))
        expect(taken.shape).toEqual(beside)
        const expected = tabulate(beside, (index) => {
          const j = place(clip(index, replace(at.shape, axis, 2)).map((k, i) => (i === axis ? index[axis]! : k)))
          return read(
            clip(index, replace(x.shape, axis, 2)).map((k, i) => (i === axis ? fromFront(j, x.shape[axis]!) : k))
          )
        })
        expect(flat(taken)).toEqual(expected)
      })
    )
  })

  test('both modes of differentiation are adjoint, exactly, for it and for its transpose', () => {
    fc.assert(
      fc.property(cases(false), ({ x, at, axis, updates, ofX, ofUpdates }) => {
        const take = (y: T.Tensor): T.Tensor => T.takeAlongAxis(y, at, { axis })
        const [forward, reverse] = adjoint(take, [x], [ofX], ofUpdates)
        expect(forward).toBe(reverse)
        const add = (y: T.Tensor, u: T.Tensor): T.Tensor => T.addAlongAxis(y, at, u, { axis })
        const [sumForward, sumReverse] = adjoint(add, [x, updates], [ofX, ofUpdates], ofX)
        expect(sumForward).toBe(sumReverse)
      })
    )
  })

  test('second derivative, with a duplicate', () => {
    const at = T.of([1, 1, 0], 'int32')
    const f = (x: T.Tensor<[2]>): T.Tensor<[]> => {
      const y = T.takeAlongAxis(x, at)
      return T.dot(y, T.mul(y, y))
    }
    const x = T.of([1, 2], 'float64')
    expect(T.toNested(grad(f)(x))).toEqual([3, 24])
    expect(T.toNested(jvp(grad(f))([x], [T.of([1, 1], 'float64')])[1])).toEqual([6, 24])
  })
})

describe('addAlongAxis', () => {
  test('adds to each lane at its own indices', () => {
    fc.assert(
      fc.property(cases(false), ({ x, at, axis, updates }) => {
        const [readX, place, readUpdates] = [reader(x), reader(at), reader(updates)]
        const sums = new Map(indicesOf(x.shape).map((index) => [index.join(), readX(index)]))
        for (const index of indicesOf(at.shape)) {
          const to = index.map((k, i) => (i === axis ? fromFront(place(index), x.shape[axis]!) : k)).join()
          sums.set(to, sums.get(to)! + readUpdates(index))
        }
        const sum = T.addAlongAxis(x, at, updates, { axis })
        expect(sum.shape).toEqual(x.shape)
        expect(flat(sum)).toEqual([...sums.values()].map((value) => value + 0))
      })
    )
  })

  test('is dual, promotes, and takes updates and indices that broadcast', () => {
    const at = T.of([[1]], 'int32')
    expect(T.toNested(pipe(T.zeros([2, 2]), T.addAlongAxis(at, T.scalar(3))))).toEqual([
      [0, 3],
      [0, 3]
    ])
    expect(T.toNested(pipe(T.zeros([2, 2]), T.addAlongAxis(at, T.of([3, 4]), { axis: 0 })))).toEqual([
      [0, 0],
      [3, 4]
    ])
    expect(T.toNested(pipe(T.of([[1, 2]]), T.takeAlongAxis(at)))).toEqual([[2]])
    expect(T.addAlongAxis(T.of([1], 'int32'), T.of([0], 'int32'), T.of([0.5], 'float64')).dtype).toBe('float64')
    expect(T.toNested(T.addAlongAxis(T.of([true]), T.of([0, 0], 'int32'), T.of([true, true])))).toEqual([3])
  })
})

describe('errors', () => {
  const x = T.of([
    [1, 2, 3],
    [4, 5, 6]
  ])
  const refused: readonly Refusal[] = [
    [
      'takeAlongAxis: index is 3 on an axis of size 3; expected an integer from -3 to 2',
      IndexError,
      () => T.takeAlongAxis(x, T.of([[3]], 'int32'))
    ],
    [
      "takeAlongAxis: indices are float32; expected int32, cast them with T.cast(indices, 'int32')",
      DTypeError,
      () => T.takeAlongAxis(x, T.of([[0.5]]))
    ],
    [
      'takeAlongAxis: indices have shape [1] and the operand [2, 3]; expected as many axes, with sizes that agree or are 1 beside axis 1',
      ShapeError,
      () => T.takeAlongAxis(x, T.of([0], 'int32'))
    ],
    [
      'takeAlongAxis: indices have shape [3, 1] and the operand [2, 3]; expected as many axes, with sizes that agree or are 1 beside axis 1',
      ShapeError,
      () => T.takeAlongAxis(x, T.zeros([3, 1], 'int32'))
    ],
    [
      'addAlongAxis: updates have shape [2, 2] and indices [2, 1]; for the operand [2, 3], expected both to broadcast to [2, 1]',
      ShapeError,
      () => T.addAlongAxis(x, T.zeros([2, 1], 'int32'), T.zeros([2, 2]))
    ],
    [
      'addAlongAxis: updates have shape [1, 1] and indices [2, 1]; for the operand [1, 3], expected both to broadcast to [1, 1]',
      ShapeError,
      () => T.addAlongAxis(T.of([[1, 2, 3]]), T.zeros([2, 1], 'int32'), T.zeros([1, 1]))
    ],
    [
      'addAlongAxis: index is 9 on an axis of size 3; expected an integer from -3 to 2',
      IndexError,
      () => T.addAlongAxis(x, T.full([2, 1], 9, 'int32'), T.zeros([2, 1]))
    ]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
