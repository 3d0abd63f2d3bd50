import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { grad, jvp, vjp } from 'pullback/Grad'
import { type Shape, ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { type Refusal, adjoint, flat, reader, sizes, tabulate, thrownBy, total, whole } from './naive.js'

const resize = (shape: Shape, axis: number, n: number): Shape => shape.map((each, i) => (i === axis ? n : each))

/** Several tensors that agree beside one axis. */
const joinable = sizes(1, 4).chain((shape) =>
  fc
    .tuple(
      fc.nat({ max: shape.length - 1 }),
      fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }),
      fc.boolean()
    )
    .chain(([axis, parts, fromEnd]) =>
      fc.record({
        tensors: fc.tuple(...parts.map((n) => whole(resize(shape, axis, n)))),
        axis: fc.constant(axis),
        written: fc.constant(fromEnd ? axis - shape.length : axis)
      })
    )
)

describe('concat', () => {
  test('puts tensors one after another along any axis', () => {
    const property = fc.property(joinable, ({ tensors, axis, written }) => {
      const reads = tensors.map(reader)
      const shape = resize(tensors[0]!.shape, axis, total(tensors.map((each) => each.shape[axis]!)))
      const expected = tabulate(shape, (index) => {
        let [part, i] = [0, index[axis]!]
        while (i >= tensors[part]!.shape[axis]!) i -= tensors[part++]!.shape[axis]!
        return reads[part]!(index.map((each, other) => (other === axis ? i : each)))
      })
      for (const result of [T.concat(tensors, { axis: written }), pipe(tensors, T.concat({ axis: written }))]) {
        expect(result.shape).toEqual(shape)
        expect(flat(result)).toEqual(expected)
      }
    })
    fc.assert(property)
  })

  test('works along the first axis by default, and promotes', () => {
    expect(pipe([T.of([1]), T.of([2])], T.concat)).toEqual(T.of([1, 2]))
    expect(T.concat([T.of([1], 'int32'), T.of([true])])).toEqual(T.of([1, 1], 'int32'))
    expect(T.concat([T.of([1], 'int32'), T.of([0.5], 'float64')])).toEqual(T.of([1, 0.5], 'float64'))
  })

  test('and its pullbacks are adjoint', () => {
    const property = fc.property(joinable, ({ tensors, axis }) => {
      const f = (...args: readonly T.Tensor[]): T.Tensor => T.concat(args, { axis })
      const [forward, reverse] = adjoint(f, tensors, tensors.map(T.square), f(...tensors))
      expect(forward).toBe(reverse)
    })
    fc.assert(property)
  })

  test('adds the gradients of a tensor that it was given twice', () => {
    const f = (x: T.Tensor<[2]>): T.Tensor<[]> => T.sum(T.mul(T.concat([x, x]), T.of([1, 2, 3, 4])))
    expect(grad(f)(T.zeros([2]))).toEqual(T.of([4, 6]))
  })

  test('gives tensors of different types cotangents of their own types', () => {
    const f = (x: T.Tensor<[1]>, y: T.Tensor<[1]>): T.Tensor => T.concat([x, y])
    const [value, pullback] = vjp(f)(T.of([1]), T.of([2], 'float64'))
    const [ctX, ctY] = pullback(value)
    expect([ctX.dtype, ctY.dtype]).toEqual(['float32', 'float64'])
  })
})

describe('split', () => {
  test('is undone by concat, and takes any sizes', () => {
    const property = fc.property(joinable, ({ tensors, axis, written }) => {
      const parts = tensors.map((each) => each.shape[axis]!)
      const joined = T.concat(tensors, { axis })
      for (const split of [
        T.split(joined, parts, { axis: written }),
        pipe(joined, T.split(parts, { axis: written }))
      ]) {
        expect(split.map((each) => each.shape)).toEqual(tensors.map((each) => each.shape))
        expect(split.map(flat)).toEqual(tensors.map(flat))
      }
    })
    fc.assert(property)
  })

  test('takes a number of equal parts', () => {
    const [first, second, third] = T.split(T.arange(6), 3)
    expect([first, second, third].map(flat)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5]
    ])
    expect(T.split(T.zeros([0, 2]), 2).map((part) => part.shape)).toEqual([
      [0, 2],
      [0, 2]
    ])
  })

  test('joins the cotangents of its parts; a part that is not used has none', () => {
    const f = (x: T.Tensor<[4]>): T.Tensor<[]> => {
      const [, second] = T.split(x, 2)
      return T.sum(T.square(second))
    }
    expect(grad(f)(T.of([1, 2, 3, 4]))).toEqual(T.of([0, 0, 6, 8]))
    const hessianRow = (x: T.Tensor<[4]>): T.Tensor<[]> => T.sum(T.mul(grad(f)(x), T.of([1, 2, 3, 4])))
    expect(grad(hessianRow)(T.of([1, 2, 3, 4]))).toEqual(T.of([0, 0, 6, 8]))
  })

  test('and concat are adjoint, also one inside the other', () => {
    const property = fc.property(joinable, ({ tensors, axis }) => {
      const parts = tensors.map((each) => each.shape[axis]!)
      const joined = T.concat(tensors, { axis })
      const f = (x: T.Tensor): T.Tensor => T.concat(T.split(x, parts, { axis }).map(T.square).reverse(), { axis })
      const [forward, reverse] = adjoint(f, [joined], [T.cos(joined)], joined)
      expect(forward).toBeCloseTo(reverse, 9)
      const g = (x: T.Tensor): T.Tensor => jvp(f)([x], [T.sin(joined)])[1]
      const [again, back] = adjoint(g, [joined], [T.cos(joined)], joined)
      expect(again).toBeCloseTo(back, 9)
    })
    fc.assert(property)
  })
})

describe('stack', () => {
  const stackable = sizes(0, 3).chain((shape) =>
    fc.record({
      tensors: fc.array(whole(shape), { minLength: 1, maxLength: 4 }),
      axis: fc.integer({ min: -shape.length - 1, max: shape.length })
    })
  )

  test('puts tensors side by side along a new axis', () => {
    const property = fc.property(stackable, ({ tensors, axis }) => {
      const inner = tensors[0]!.shape
      const front = axis < 0 ? axis + inner.length + 1 : axis
      const shape = [...inner.slice(0, front), tensors.length, ...inner.slice(front)]
      const reads = tensors.map(reader)
      const expected = tabulate(shape, (index) => reads[index[front]!]!(index.filter((_, other) => other !== front)))
      for (const result of [T.stack(tensors, { axis }), pipe(tensors, T.stack({ axis }))]) {
        expect(result.shape).toEqual(shape)
        expect(flat(result)).toEqual(expected)
      }
    })
    fc.assert(property)
  })

  test('makes a vector of scalars, and promotes', () => {
    expect(T.stack([T.scalar(1), T.scalar(2, 'float64')])).toEqual(T.of([1, 2], 'float64'))
    expect(grad((x: T.Tensor<[]>) => T.sum(T.stack([x, T.square(x), x])))(T.scalar(3))).toEqual(T.scalar(8))
  })
})

describe('refusals', () => {
  const x = T.zeros([2, 3])
  const refused: readonly Refusal[] = [
    ['concat: the list is empty; expected at least one tensor', ShapeError, () => T.concat([])],
    ['stack: the list is empty; expected at least one tensor', ShapeError, () => T.stack([])],
    [
      'concat: operand 0 is a scalar; expected at least one axis, join scalars with T.stack',
      ShapeError,
      () => T.concat([T.scalar(1), T.scalar(2)])
    ],
    [
      'concat: operand 1 has shape [3] and operand 0 [2, 3]; expected equally many axes',
      ShapeError,
      () => T.concat([x, T.zeros([3])])
    ],
    [
      'concat: operand 2 has shape [1, 4] and operand 0 [2, 3]; expected equal sizes along axis 1 to join along axis 0',
      ShapeError,
      () => T.concat([x, x, T.zeros([1, 4])])
    ],
    [
      'concat: axis is 2; for shape [2, 3], expected an integer from -2 to 1',
      ShapeError,
      () => T.concat([x, x], { axis: 2 })
    ],
    [
      'stack: operand 1 has shape [3, 2] and operand 0 [2, 3]; expected equal shapes',
      ShapeError,
      // @ts-expect-error stack: the shapes are [2, 3] and [3, 2]; expected equal shapes
      () => T.stack([x, T.zeros([3, 2])])
    ],
    [
      'stack: axis is 3; beside shape [2, 3], expected an integer from -3 to 2',
      ShapeError,
      () => T.stack([x, x], { axis: 3 })
    ],
    ['split: the number of parts is 0; expected an integer of 1 or more', ShapeError, () => T.split(x, 0)],
    [
      'split: the number of parts is 2; along axis 1 of shape [2, 3], expected a divisor of 3',
      ShapeError,
      () => T.split(x, 2, { axis: 1 })
    ],
    [
      'split: the sizes are [1, 1]; along axis 1 of shape [2, 3], expected a sum of 3, not 2',
      ShapeError,
      () => T.split(x, [1, 1], { axis: 1 })
    ],
    [
      'split: the sizes are [4, -1]; along axis 1 of shape [2, 3], expected integers of 0 or more',
      ShapeError,
      () => T.split(x, [4, -1], { axis: -1 })
    ],
    ['split: axis is 0; for shape [], expected no axis', ShapeError, () => T.split(T.scalar(1), 1)]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
