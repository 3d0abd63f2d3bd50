import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { grad, jvp, vjp } from 'pullback/Grad'
import { DTypeError } from 'pullback/Primitive'
import { IndexError, ShapeError } from 'pullback/Shape'
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { permuteTo, sumOver } from '../../src/tensor/structural.js'
import {
  type Refusal,
  adjoint,
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

const splice = (shape: Shape, axis: number, inserted: Shape): Shape => [
  ...shape.slice(0, axis),
  ...inserted,
  ...shape.slice(axis + 1)
]

interface Case {
  readonly x: T.Tensor
  readonly at: T.Tensor
  readonly axis: number
}

/** A tensor in any memory order, an axis of it, and indices of any shape along it. */
const cases: fc.Arbitrary<Case> = fc.tuple(sizes(1, 3), sizes(0, 2)).chain(([shape, own]) =>
  fc.nat({ max: shape.length - 1 }).chain((axis) => {
    const n = shape[axis]!
    return fc.record({ x: whole(shape), at: n === 0 ? indices([0], 1) : indices(own, n), axis: fc.constant(axis) })
  })
)

/** The same with updates, and a direction and a cotangent for each side. */
const moving = cases.chain((each) => {
  const shape = splice(each.x.shape, each.axis, each.at.shape)
  return fc.record({
    each: fc.constant(each),
    updates: whole(shape),
    ofX: whole(each.x.shape),
    ofUpdates: whole(shape),
    ofOut: whole(shape),
    ofSum: whole(each.x.shape)
  })
})

const naiveScatter = (x: T.Tensor, at: T.Tensor, updates: T.Tensor, axis: number): readonly number[] => {
  const [readX, place] = [reader(x), reader(at)]
  const sums = new Map(indicesOf(x.shape).map((index) => [index.join(), readX(index)]))
  indicesOf(updates.shape).forEach((index, i) => {
    const own = place(index.slice(axis, axis + at.shape.length))
    const to = [...index.slice(0, axis), fromFront(own, x.shape[axis]!), ...index.slice(axis + at.shape.length)].join()
    sums.set(to, sums.get(to)! + flat(updates)[i]!)
  })
  return [...sums.values()].map((value) => value + 0)
}

describe('gather', () => {
  test('takes the elements that the indices name, along any axis, in any memory order', () => {
    fc.assert(
      fc.property(cases, ({ x, at, axis }) => {
        const taken = T.gather(x, at, { axis })
        const [read, place] = [reader(x), reader(at)]
        expect(taken.shape).toEqual(splice(x.shape, axis, at.shape))
        const expected = tabulate(taken.shape, (index) => {
          const own = fromFront(place(index.slice(axis, axis + at.shape.length)), x.shape[axis]!)
          return read([...index.slice(0, axis), own, ...index.slice(axis + at.shape.length)])
        })
        expect(flat(taken)).toEqual(expected)
      })
    )
  })

  test('both modes of differentiation are adjoint, exactly, with duplicates', () => {
    fc.assert(
      fc.property(moving, ({ each: { x, at, axis }, ofX, ofOut }) => {
        const [forward, reverse] = adjoint((y) => T.gather(y, at, { axis }), [x], [ofX], ofOut)
        expect(forward).toBe(reverse)
      })
    )
  })

  test('contributions of an index that is given twice add up', () => {
    const table = T.of([
      [1, 2],
      [3, 4],
      [5, 6]
    ])
    const weights = T.of([
      [1, 10],
      [100, 1000],
      [1, 10]
    ])
    const f = (x: T.Tensor): T.Tensor<[]> => T.ensure([])(sumOver(T.mul(T.gather(x, [2, 0, 2]), weights), [0, 1]))
    expect(T.toNested(grad(f)(table))).toEqual([
      [100, 1000],
      [0, 0],
      [2, 20]
    ])
  })

  test('second derivatives: of the sum of cubes of gathered elements', () => {
    const x = T.of([1, 2, 3], 'float64')
    const cubes = (y: T.Tensor<[3]>): T.Tensor<[]> => {
      const z = T.gather(y, [0, 2, 2])
      return T.dot(z, T.mul(z, z))
    }
    const slope = (y: T.Tensor<[3]>): T.Tensor<[]> => T.dot(grad(cubes)(y), T.of([1, 1, 1], 'float64'))
    expect(T.toNested(grad(cubes)(x))).toEqual([3, 0, 54])
    expect(T.toNested(grad(slope)(x))).toEqual([6, 0, 36])
    expect(T.toNested(jvp(grad(cubes))([x], [T.of([1, 1, 1], 'float64')])[1])).toEqual([6, 0, 36])
  })

  test('takes arrays and numbers, and negative indices and axes; one index alone drops the axis', () => {
    const x = T.of([
      [1, 2, 3],
      [4, 5, 6]
    ])
    expect(T.toNested(T.gather(x, [-1, 0, -2]))).toEqual([
      [4, 5, 6],
      [1, 2, 3],
      [1, 2, 3]
    ])
    expect(T.toNested(T.gather(x, [2, 2], { axis: -1 }))).toEqual([
      [3, 3],
      [6, 6]
    ])
    expect(T.toNested(T.gather(x, -1, { axis: 1 }))).toEqual([3, 6])
    expect(T.toNested(T.gather(T.gather(x, 1), T.scalar(0, 'int32')))).toBe(4)
    expect(T.gather(x, []).shape).toEqual([0, 3])
    expect(T.toNested(pipe(x, T.gather([1])))).toEqual([[4, 5, 6]])
    expect(T.toNested(pipe(x, T.gather(1)))).toEqual([4, 5, 6])
    expect(T.toNested(pipe(x, T.gather(T.of([[1]], 'int32'), { axis: 1 })))).toEqual([[[2]], [[5]]])
  })

  test('keeps the type of what it takes, integers and booleans too', () => {
    expect(T.gather(T.of([true, false]), [1, 0]).dtype).toBe('bool')
    expect(T.toNested(T.gather(T.of([7, 8], 'int32'), [1, 1]))).toEqual([8, 8])
  })

  test('long rows of a large table, and of its transpose', () => {
    const n = 300
    const table = T.fromTypedArray(
      Float64Array.from({ length: n * n }, (_, i) => i),
      [n, n]
    )
    const rows = T.gather(table, [7, 299])
    expect(Array.from(T.toArray(rows))).toEqual([7, 299].flatMap((i) => Array.from({ length: n }, (_, j) => i * n + j)))
    const columns = T.gather(permuteTo(table, [1, 0]), [7, 299])
    expect(Array.from(T.toArray(columns))).toEqual(
      [7, 299].flatMap((j) => Array.from({ length: n }, (_, i) => i * n + j))
    )
  })
})

describe('scatterAdd', () => {
  test('adds what meets at an index, along any axis, in any memory order', () => {
    fc.assert(
      fc.property(moving, ({ each: { x, at, axis }, updates }) => {
        const sum = T.scatterAdd(x, at, updates, { axis })
        expect(sum.shape).toEqual(x.shape)
        expect(flat(sum)).toEqual(naiveScatter(x, at, updates, axis))
      })
    )
  })

  test('both modes of differentiation are adjoint, exactly', () => {
    fc.assert(
      fc.property(moving, ({ each: { x, at, axis }, updates, ofX, ofUpdates, ofSum }) => {
        const f = (y: T.Tensor, u: T.Tensor): T.Tensor => T.scatterAdd(y, at, u, { axis })
        const [forward, reverse] = adjoint(f, [x, updates], [ofX, ofUpdates], ofSum)
        expect(forward).toBe(reverse)
      })
    )
  })

  test('second derivative: of the squared length of a histogram, in the weights', () => {
    const lengthOf = (w: T.Tensor<[3]>): T.Tensor<[]> => {
      const bins = T.scatterAdd(T.zeros([2], 'float64'), [1, 0, 1], w)
      return T.dot(bins, bins)
    }
    const w = T.of([1, 2, 3], 'float64')
    expect(T.toNested(grad(lengthOf)(w))).toEqual([8, 4, 8])
    const along = (v: T.Tensor<[3]>) => T.toNested(jvp(grad(lengthOf))([w], [v])[1])
    expect(along(T.of([1, 0, 0], 'float64'))).toEqual([2, 0, 2])
    expect(along(T.of([0, 1, 0], 'float64'))).toEqual([0, 2, 0])
  })

  test('sums many float32 updates in double', () => {
    const n = 1_000_000
    const at = T.zeros([n], 'int32')
    const tenth = T.full([n], 0.1)
    expect(T.item(T.scatterAdd(T.zeros([1]), at, tenth))).toBe(Math.fround(n * Math.fround(0.1)))
    expect(T.item(T.addAlongAxis(T.zeros([1]), at, tenth))).toBe(Math.fround(n * Math.fround(0.1)))
  })

  test('leaves the tensor that it adds to as it was; updates broadcast and promote', () => {
    const x = T.of([1, 2, 3])
    expect(T.toNested(T.scatterAdd(x, [0, 0], T.scalar(10)))).toEqual([21, 2, 3])
    expect(T.toNested(x)).toEqual([1, 2, 3])
    expect(T.toNested(pipe(x, T.scatterAdd([-1], T.of([1]))))).toEqual([1, 2, 4])
    expect(T.toNested(pipe(T.of([[0, 1]]), T.scatterAdd([1], T.of([[5]]), { axis: 1 })))).toEqual([[0, 6]])
    expect(T.scatterAdd(T.of([true]), [0], T.of([true])).dtype).toBe('int32')
    expect(T.scatterAdd(T.of([1], 'int32'), [0], T.of([0.5])).dtype).toBe('float32')
  })

  test('is the pullback of gather', () => {
    fc.assert(
      fc.property(moving, ({ each: { x, at, axis }, ofOut }) => {
        const [, pullback] = vjp((y: T.Tensor) => T.gather(y, at, { axis }))(x)
        const added = T.scatterAdd(T.zerosLike(x), at, ofOut, { axis })
        expect(flat(pullback(ofOut)[0])).toEqual(flat(added))
      })
    )
  })
})

describe('errors', () => {
  const x = T.of([1, 2, 3])
  const refused: readonly Refusal[] = [
    ['gather: index is 5 on an axis of size 3; expected an integer from -3 to 2', IndexError, () => T.gather(x, [5])],
    ['gather: index is -4 on an axis of size 3; expected an integer from -3 to 2', IndexError, () => T.gather(x, -4)],
    ['gather: index is 0.5 on an axis of size 3; expected an integer from -3 to 2', IndexError, () => T.gather(x, 0.5)],
    [
      'gather: index is NaN on an axis of size 3; expected an integer from -3 to 2',
      IndexError,
      () => T.gather(x, [NaN])
    ],
    [
      'gather: index is 3 on an axis of size 3; expected an integer from -3 to 2',
      RangeError,
      () => T.gather(x, T.of([0, 3], 'int32'))
    ],
    [
      'gather: index is 3 on an axis of size 3; expected an integer from -3 to 2',
      IndexError,
      () => T.gather(x, T.scalar(3, 'int32'))
    ],
    [
      'gather: index is 0 on an axis of size 0; expected an axis that is not empty',
      IndexError,
      () => T.gather(T.zeros([0]), [0])
    ],
    [
      "gather: indices are float32; expected int32, cast them with T.cast(indices, 'int32')",
      DTypeError,
      () => T.gather(x, T.of([0.5]))
    ],
    [
      "gather: indices are bool; expected int32, cast them with T.cast(indices, 'int32')",
      DTypeError,
      () => T.gather(x, T.of([true]))
    ],
    [
      'gather: axis is 1; for shape [3], expected an integer from -1 to 0',
      ShapeError,
      () => T.gather(x, [0], { axis: 1 })
    ],
    ['gather: axis is 0; for shape [], expected no axis', ShapeError, () => T.gather(T.scalar(1), [0])],
    [
      'scatterAdd: updates have shape [3]; expected shape [2], or one that broadcasts to it',
      ShapeError,
      () => T.scatterAdd(x, [0, 1], T.of([1, 2, 3]))
    ],
    [
      'scatterAdd: index is 7 on an axis of size 3; expected an integer from -3 to 2',
      IndexError,
      () => T.scatterAdd(x, T.of([7], 'int32'), T.of([1]))
    ],
    [
      "scatterAdd: indices are float32; expected int32, cast them with T.cast(indices, 'int32')",
      DTypeError,
      () => T.scatterAdd(x, T.of([1.5]), T.of([1]))
    ]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })

  test('carry the index and the size', () => {
    expect(thrownBy(() => T.gather(x, [0, 9]))).toMatchObject({
      name: 'IndexError',
      operation: 'gather',
      index: 9,
      size: 3
    })
  })
})
