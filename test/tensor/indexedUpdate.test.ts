import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { grad, hvp, jvp, vjp } from 'pullback/Grad'
import { DTypeError } from 'pullback/Primitive'
import { trace } from 'pullback/Debug'
import * as Program from 'pullback/Program'
import { IndexError, ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { type Refusal, adjoint, flat, indices, sizes, thrownBy, whole } from './naive.js'

const numbers = (shape: readonly number[]): T.Tensor<number[]> =>
  T.reshape(T.arange(shape.reduce((product, n) => product * n, 1)), [...shape])

// -----------------------------------------------------------------------------
// cases: a tensor, places, a value of the part's shape
// -----------------------------------------------------------------------------

interface Case {
  readonly x: T.Tensor
  readonly index: T.Places
  readonly axis: number | undefined
  /** Where each element of the part lies in the flat tensor. */
  readonly at: T.Tensor
}

/** The numbers of the elements: what is picked from it says where it came from. */
const places = (x: T.Tensor): T.Tensor => T.reshape(T.arange(T.size(x)), x.shape)

const bound = fc.option(fc.integer({ min: -4, max: 4 }), { nil: null })
const range: fc.Arbitrary<T.SliceRange> = fc.oneof(
  fc.constant(null),
  fc.tuple(bound, bound),
  fc.tuple(bound, bound, fc.constantFrom(1, 2, -1, -2))
)

const position = (n: number): fc.Arbitrary<number | T.SliceRange> =>
  n === 0 ? range : fc.oneof(range, fc.integer({ min: -n, max: n - 1 }))

const onAxes: fc.Arbitrary<Case> = sizes(0, 3)
  .chain((shape) => whole(shape))
  .chain((x) =>
    fc
      .tuple(fc.tuple(...x.shape.map(position)), fc.nat({ max: x.shape.length }))
      .map(([list, count]) => ({ x, list: list.slice(0, count) }))
  )
  .map(({ x, list }) => {
    const ranges = list.map((each): T.SliceRange => {
      if (typeof each !== 'number') return each
      return each === -1 ? [-1] : [each, each + 1]
    })
    const sliced = T.slice(places(x), ranges)
    const at = T.reshape(
      sliced,
      sliced.shape.filter((_, axis) => typeof list[axis] !== 'number')
    )
    return { x, index: list, axis: undefined, at }
  })

const alongAxis: fc.Arbitrary<Case> = fc.tuple(sizes(1, 3), sizes(0, 2)).chain(([shape, own]) =>
  fc.nat({ max: shape.length - 1 }).chain((axis) => {
    const n = shape[axis]!
    const index = n === 0 ? indices([0], 1) : indices(own, n)
    return fc
      .record({ x: whole(shape), index })
      .map((each) => ({ ...each, axis, at: T.gather(places(each.x), each.index, { axis }) }))
  })
)

const cases = fc.oneof(onAxes, alongAxis).chain((each) =>
  fc.record({
    each: fc.constant(each),
    value: whole(each.at.shape),
    ofX: whole(each.x.shape),
    ofValue: whole(each.at.shape),
    ofOut: whole(each.x.shape)
  })
)

const asIndices = (index: T.Places): T.Tensor => {
  if (typeof index === 'object' && 'shape' in index) return index
  throw new TypeError('not a tensor of indices')
}

const partOf = ({ x, at }: Case): T.Tensor => T.gather(T.reshape(x, [T.size(x)]), T.cast(at, 'int32'))

const options = ({ axis }: Case): T.AlongAxis => (axis === undefined ? {} : { axis })

/** In an array, one after another. */
const written = ({ x, at }: Case, value: T.Tensor): readonly number[] => {
  const result = [...flat(x)]
  flat(at).forEach((place, i) => (result[place] = flat(value)[i]!))
  return result
}

// -----------------------------------------------------------------------------
// laws
// -----------------------------------------------------------------------------

describe('set', () => {
  test('writes one after another, so that the last one wins', () => {
    fc.assert(
      fc.property(cases, ({ each, value }) => {
        const { x, index } = each
        const result = T.set(x, index, value, options(each))
        expect(result.shape).toEqual(x.shape)
        expect(flat(result)).toEqual(written(each, value))
        expect(flat(pipe(x, T.set(index, value, options(each))))).toEqual(written(each, value))
      }),
      { numRuns: 300 }
    )
  })

  test('both modes of differentiation are adjoint, exactly, with duplicates', () => {
    fc.assert(
      fc.property(cases, ({ each, value, ofX, ofValue, ofOut }) => {
        const f = (x: T.Tensor, v: T.Tensor): T.Tensor => T.set(x, each.index, v, options(each))
        const [forward, reverse] = adjoint((...[x, v]) => f(x!, v!), [each.x, value], [ofX, ofValue], ofOut)
        expect(forward).toBe(reverse)
        const [, tangent] = jvp(f)([each.x, value], [ofX, ofValue])
        expect(flat(tangent)).toEqual(written({ ...each, x: ofX }, ofValue))
      }),
      { numRuns: 200 }
    )
  })

  test('under vmap it is the stack of its examples, whatever is mapped; in programs it is itself', () => {
    fc.assert(
      fc.property(cases, ({ each, value }) => {
        const f = (x: T.Tensor, v: T.Tensor): T.Tensor => T.set(x, each.index, v, options(each))
        const [xs, values] = [T.stack([each.x, T.neg(each.x)]), T.stack([value, T.neg(value)])]
        const once = f(each.x, value)
        expect(flat(vmap(f)(xs, values))).toEqual(flat(T.stack([once, f(T.neg(each.x), T.neg(value))])))
        expect(flat(vmap(f, { inAxes: [0, null] })(xs, value))).toEqual(flat(T.stack([once, f(T.neg(each.x), value)])))
        const program = trace(f)(each.x, value)
        expect(flat(Program.run(program)(each.x, value)[0]!)).toEqual(flat(once))
      }),
      { numRuns: 100 }
    )
  })

  test('indices that are known only later: mapped, and staged', () => {
    const x = numbers([3, 2])
    const rows = vmap((i: T.Tensor<[]>) => T.set(x, i, -1))(T.of([0, -1], 'int32'))
    expect(T.toNested(rows)).toEqual([
      [
        [-1, -1],
        [2, 3],
        [4, 5]
      ],
      [
        [0, 1],
        [2, 3],
        [-1, -1]
      ]
    ])
    const columns = (at: T.Tensor<[2]>): T.Tensor => T.set(x, at, T.of([7, 8]), { axis: 1 })
    const program = trace(columns)(T.of([0, 1], 'int32'))
    expect(T.toNested(Program.run(program)(T.of([1, 1], 'int32'))[0]!)).toEqual([
      [0, 8],
      [2, 8],
      [4, 8]
    ])
    const mapped = vmap((at: T.Tensor<[2]>) => columns(at))(
      T.of(
        [
          [0, 1],
          [1, 1]
        ],
        'int32'
      )
    )
    expect(T.toNested(mapped)).toEqual([
      T.toNested(columns(T.of([0, 1], 'int32'))),
      T.toNested(columns(T.of([1, 1], 'int32')))
    ])
    expect(thrownBy(() => Program.run(program)(T.of([0, 2], 'int32')))).toBeInstanceOf(IndexError)
  })

  test('a replaced value, and a replaced element, have a cotangent of exactly 0, infinite neighbours or not', () => {
    const at = T.of([1, 1], 'int32')
    const f = (x: T.Tensor<[2]>, v: T.Tensor<[2]>): T.Tensor<[]> => T.sum(T.sqrt(T.set(x, at, v)))
    const [, pullback] = vjp(f)(T.of([1, 0], 'float64'), T.of([0, 0], 'float64'))
    expect(pullback(T.scalar(1, 'float64')).map(T.toNested)).toEqual([
      [0.5, 0],
      [0, Infinity]
    ])
    const log = (x: T.Tensor<[2]>): T.Tensor<[]> => T.sum(T.set(T.log(x), [0], 0))
    expect(T.toNested(grad(log)(T.of([0, 2], 'float64')))).toEqual([0, 0.5])
  })

  test('numbers, broadcasting, types', () => {
    const x = numbers([2, 3])
    expect(T.toNested(T.set(x, 0, 9))).toEqual([
      [9, 9, 9],
      [3, 4, 5]
    ])
    expect(
      T.toNested(
        T.set(
          x,
          [
            [0, 2],
            [null, null, -2]
          ],
          T.of([[1], [2]])
        )
      )
    ).toEqual([
      [1, 1, 1],
      [2, 4, 2]
    ])
    expect(T.toNested(T.set(x, [], T.of([1, 2, 3])))).toEqual([
      [1, 2, 3],
      [1, 2, 3]
    ])
    expect(T.toNested(T.set(T.scalar(1), [], 2))).toBe(2)
    expect(T.toNested(T.set(x, T.of([], 'int32'), 2))).toEqual(T.toNested(x))
    expect(T.toNested(x)).toEqual([
      [0, 1, 2],
      [3, 4, 5]
    ])
    const [bools, ints, doubles] = [T.of([true, true]), T.of([1, 2], 'int32'), T.of([1, 2], 'float64')]
    expect(T.toNested(T.set(bools, 0, 0))).toEqual([0, 1])
    expect(T.toNested(T.set(ints, [], bools))).toEqual([1, 1])
    expect(
      [T.set(ints, 0, 3), T.set(doubles, 0, T.scalar(3)), T.set(T.zeros([2]), 0, T.scalar(1, 'int32'))].map(
        (each) => each.dtype
      )
    ).toEqual(['int32', 'float64', 'float32'])
    expect([...T.toArray(T.set(doubles, 0, -0))].map((each) => Object.is(each, -0))).toEqual([true, false])
  })
})

describe('update', () => {
  test('is set with the function of what is there', () => {
    fc.assert(
      fc.property(cases, ({ each, ofX }) => {
        const f = (part: T.Tensor): T.Tensor => T.add(T.square(part), 1)
        const value = f(each.axis === undefined ? partOf(each) : T.gather(each.x, asIndices(each.index), options(each)))
        const result = T.update(each.x, each.index, f, options(each))
        expect(flat(result)).toEqual(written(each, value))
        expect(flat(pipe(each.x, T.update(each.index, f, options(each))))).toEqual(flat(result))
        const [, tangent] = jvp((x: T.Tensor) => T.update(x, each.index, f, options(each)))([each.x], [ofX])
        const slope = T.mul(ofX, T.mul(each.x, 2))
        const moved = T.gather(T.reshape(slope, [T.size(slope)]), T.cast(each.at, 'int32'))
        expect(flat(tangent)).toEqual(written({ ...each, x: ofX }, moved))
      }),
      { numRuns: 200 }
    )
  })

  test('derivatives of any order, in every mixture of modes', () => {
    const x = T.of([1, 2, 3], 'float64')
    const at = T.of([2, 0, 2], 'int32')
    const f = (y: T.Tensor<[3]>): T.Tensor<[]> => T.sum(T.update(y, at, (part) => T.pow(part, 4)))
    const ones = T.of([1, 1, 1], 'float64')
    const along = (g: typeof f) => (y: T.Tensor<[3]>) => jvp(g)([y], [ones])[1]
    const back = (g: typeof f) => (y: T.Tensor<[3]>) => T.dot(grad(g)(y), ones)
    expect(T.toNested(grad(f)(x))).toEqual([4, 1, 108])
    expect(T.toNested(hvp(f)(x, ones))).toEqual([12, 0, 108])
    for (const [c, d, e] of [
      [along, along, along],
      [back, along, back],
      [along, back, along],
      [back, back, back]
    ] as const) {
      expect(T.item(c(d(e(f)))(x))).toBe(24 + 72)
    }
    const set = (v: T.Tensor<[3]>): T.Tensor<[]> => T.sum(T.pow(T.set(T.mul(v, v), at, v), 3))
    expect(T.toNested(grad(set)(x))).toEqual([0, 12 + 192, 27])
    expect(T.toNested(hvp(set)(x, ones))).toEqual([0, 12 + 480, 18])
  })
})

// -----------------------------------------------------------------------------
// errors
// -----------------------------------------------------------------------------

describe('errors', () => {
  const x = T.zeros([2, 3])
  const refused: readonly Refusal[] = [
    ['set: index is 2 on an axis of size 2; expected an integer from -2 to 1', IndexError, () => T.set(x, 2, 0)],
    ['set: index is 3 on an axis of size 3; expected an integer from -3 to 2', IndexError, () => T.set(x, [0, 3], 0)],
    [
      'set: index is 5 on an axis of size 3; expected an integer from -3 to 2',
      IndexError,
      () => T.set(x, T.of([0, 5], 'int32'), 0, { axis: 1 })
    ],
    [
      'update: index is 5 on an axis of size 2; expected an integer from -2 to 1',
      IndexError,
      () => T.update(x, T.of([0, 5], 'int32'), T.neg)
    ],
    [
      "set: [0, 1, 0] has 3 positions for shape [2, 3]; expected at most 2. For several places along one axis pass T.of([...], 'int32')",
      ShapeError,
      () => T.set(x, [0, 1, 0], 0)
    ],
    [
      'set: an array has positions on each axis, and axis is 1; expected an integer or an int32 tensor beside it',
      ShapeError,
      () => T.set(x, [0], 0, { axis: 1 })
    ],
    ['set: the step along axis 0 is 0; expected an integer other than 0', ShapeError, () => T.set(x, [[0, 1, 0]], 0)],
    [
      "set: indices are float32; expected int32, cast them with T.cast(indices, 'int32')",
      DTypeError,
      () => T.set(x, T.of([0]), 0)
    ],
    [
      'set: the value has shape [2]; expected [3], or a shape that broadcasts to it',
      ShapeError,
      () => T.set(x, 0, T.zeros([2]))
    ],
    [
      'set: the value has shape [2, 3]; expected [3], or a shape that broadcasts to it',
      ShapeError,
      () => T.set(x, 0, T.zeros([2, 3]))
    ],
    [
      'set: the value is of float64; expected one of float32, cast it or the tensor with T.cast',
      DTypeError,
      () => T.set(x, 0, T.scalar(1, 'float64'))
    ],
    [
      'set: the value is 2; expected one of bool, cast it or the tensor with T.cast',
      DTypeError,
      () => T.set(T.of([true]), 0, 2)
    ],
    [
      'update: f returned shape [1]; expected float32 of shape [3], as f was given',
      ShapeError,
      () => T.update(x, 0, (row) => T.slice(row, [[0, 1]]) as never)
    ],
    [
      'update: f returned bool; expected float32 of shape [3], as f was given',
      DTypeError,
      () => T.update(x, 0, (row) => T.greater(row, 0))
    ],
    [
      'update: f returned 3; expected float32 of shape [3], as f was given',
      TypeError,
      () => T.update(x, 0, () => 3 as never)
    ],
    ['update: f is 3; expected a function, or use T.set for a value', TypeError, () => T.update(x, 0, 3 as never)],
    [
      'set: the index is undefined; expected an integer, an array of positions or an int32 tensor',
      TypeError,
      () => T.set(x, undefined as never, 1)
    ],
    [
      'set: the range along axis 0 is undefined; expected null or [start, stop, step]',
      ShapeError,
      () => T.set(x, [undefined as never], 1)
    ],
    ['set: unknown option axes; expected axis', TypeError, () => T.set(x, 0, 1, { axes: 1 } as never)],
    ['set: unknown option axes; expected axis', TypeError, () => T.set(0, 1, { axes: 1 } as never)],
    [
      'set: the value is undefined; expected a tensor, make one with T.of or T.scalar',
      TypeError,
      () => T.set(0, undefined as never)
    ]
  ]
  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
