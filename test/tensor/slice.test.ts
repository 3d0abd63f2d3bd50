import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { jvp, vjp } from 'pullback/Grad'
import { IndexError, ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { type Refusal, adjoint, flat, reader, sizes, tabulate, thrownBy, whole } from './naive.js'

const tensors = sizes(0, 4).chain((shape) => whole(shape))

/** The positions that Python's `list[start:stop:step]` takes, by walking from one end to the other. */
const walk = (n: number, range: T.SliceRange): readonly number[] => {
  if (range === null) return Array.from({ length: n }, (_, i) => i)
  const [start, stop, step] = [range[0] ?? null, range[1] ?? null, range[2] ?? 1]
  const counted = (bound: number): number => (bound < 0 ? bound + n : bound)
  const inside = (i: number): boolean => i >= 0 && i < n
  const taken: number[] = []
  const from = start === null ? (step > 0 ? 0 : n - 1) : counted(start)
  const before = (i: number): boolean => stop === null || (step > 0 ? i < counted(stop) : i > counted(stop))
  // A start beyond the end is where the walk would enter.
  const first = step > 0 ? Math.max(from, 0) : Math.min(from, n - 1)
  for (let i = first; inside(i) && before(i); i += step) taken.push(i)
  return taken
}

const bound = fc.option(fc.integer({ min: -5, max: 5 }), { nil: null })
const range: fc.Arbitrary<T.SliceRange> = fc.oneof(
  fc.constant(null),
  fc.tuple(bound),
  fc.tuple(bound, bound),
  fc.tuple(bound, bound, fc.constantFrom(1, 2, 3, -1, -2, null))
)
const slices = tensors.chain((x) =>
  fc.record({ x: fc.constant(x), ranges: fc.array(range, { maxLength: x.shape.length }) })
)

describe('slice', () => {
  test('takes what Python takes', () => {
    const property = fc.property(slices, ({ x, ranges }) => {
      const taken = x.shape.map((n, axis) => walk(n, ranges[axis] ?? null))
      const shape = taken.map((each) => each.length)
      const read = reader(x)
      for (const result of [T.slice(x, ranges), pipe(x, T.slice(ranges))]) {
        expect(result.shape).toEqual(shape)
        expect(flat(result)).toEqual(tabulate(shape, (index) => read(index.map((i, axis) => taken[axis]![i]!))))
      }
    })
    fc.assert(property, { numRuns: 300 })
  })

  test('and its pullback are adjoint', () => {
    const property = fc.property(slices, ({ x, ranges }) => {
      const f = (y: T.Tensor): T.Tensor => T.slice(y, ranges)
      const [forward, reverse] = adjoint(f, [x], [T.square(x)], f(x))
      expect(forward).toBe(reverse)
    })
    fc.assert(property)
  })

  test('puts its cotangent back among zeros, and that pullback slices', () => {
    const f = (x: T.Tensor<[4]>): T.Tensor => T.slice(x, [[null, null, -2]])
    const [, pullback] = vjp(f)(T.zeros([4]))
    expect(flat(pullback(T.of([1, 2]))[0])).toEqual([0, 2, 0, 1])
    const place = (ct: T.Tensor): T.Tensor => vjp(f)(T.zeros([4]))[1](ct)[0]
    const [, again] = vjp(place)(T.of([1, 2]))
    expect(flat(again(T.of([1, 2, 3, 4]))[0])).toEqual([4, 2])
    expect(flat(jvp(place)([T.of([1, 2])], [T.of([5, 6])])[1])).toEqual([0, 6, 0, 5])
  })

  test('of everything is the tensor itself', () => {
    const x = T.zeros([2, 3])
    expect(T.slice(x, [])).toBe(x)
    expect(T.slice(x, [null, [0, 3]])).toBe(x)
    expect(T.slice(T.scalar(1), [])).toEqual(T.scalar(1))
  })
})

describe('at', () => {
  const picks = sizes(1, 4)
    .filter((shape) => !shape.includes(0))
    .chain((shape) => whole(shape))
    .chain((x) =>
      fc.nat({ max: x.shape.length - 1 }).chain((axis) =>
        fc.record({
          x: fc.constant(x),
          axis: fc.constant(axis),
          index: fc.integer({ min: -x.shape[axis]!, max: x.shape[axis]! - 1 })
        })
      )
    )

  test('takes one index along an axis', () => {
    const property = fc.property(picks, ({ x, axis, index }) => {
      const n = x.shape[axis]!
      const read = reader(x)
      const shape = x.shape.filter((_, each) => each !== axis)
      const result = T.at(x, index, { axis })
      const position = index < 0 ? index + n : index
      expect(result.shape).toEqual(shape)
      expect(flat(result)).toEqual(
        tabulate(shape, (rest) => read([...rest.slice(0, axis), position, ...rest.slice(axis)]))
      )
      expect(flat(pipe(x, T.at(index, { axis: axis - x.shape.length })))).toEqual(flat(result))
    })
    fc.assert(property)
  })

  test('takes the first axis by default', () => {
    expect(pipe(T.of([[1, 2], [3, 4]]), T.at(-1), T.at(0))).toEqual(T.scalar(3)) // prettier-ignore
  })
})

describe('flip', () => {
  test('reverses along any axes', () => {
    const property = fc.property(
      tensors.chain((x) => fc.record({ x: fc.constant(x), axes: fc.subarray(x.shape.map((_, axis) => axis)) })),
      ({ x, axes }) => {
        const read = reader(x)
        const back = (over: readonly number[]) =>
          tabulate(x.shape, (index) => read(index.map((i, axis) => (over.includes(axis) ? x.shape[axis]! - 1 - i : i))))
        expect(flat(T.flip(x, { axis: axes }))).toEqual(back(axes))
        expect(flat(pipe(x, T.flip))).toEqual(back(x.shape.map((_, axis) => axis)))
        expect(flat(pipe(x, T.flip({ axis: axes }), T.flip({ axis: axes })))).toEqual(flat(x))
      }
    )
    fc.assert(property)
  })
})

describe('refusals', () => {
  const x = T.zeros([2, 3])
  const refused: readonly Refusal[] = [
    [
      'slice: ranges has length 3; for shape [2, 3], expected at most 2',
      ShapeError,
      () => T.slice(x, [null, null, null])
    ],
    [
      'slice: the step along axis 1 is 0; expected an integer other than 0',
      ShapeError,
      () => T.slice(x, [null, [0, 1, 0]])
    ],
    [
      'slice: the range along axis 1 has 4 numbers; expected [start, stop, step]',
      ShapeError,
      () => T.slice(x, [null, [0, 2, 1, 9] as unknown as T.SliceRange])
    ],
    ['slice: a position along axis 0 is 0.5; expected an integer or null', ShapeError, () => T.slice(x, [[0.5]])],
    [
      'slice: the range along axis 0 is 1; expected null or [start, stop, step]',
      ShapeError,
      () => T.slice(x, [1 as unknown as null])
    ],
    [
      'slice: a position along axis 1 is a tensor of shape []; expected a number, pick by a tensor of indices with T.gather',
      TypeError,
      () => T.slice(x, [null, [T.scalar(1) as unknown as number]])
    ],
    [
      'slice: the step along axis 0 is a tensor of shape []; expected a number, pick by a tensor of indices with T.gather',
      TypeError,
      () => T.slice(x, [[0, 1, T.scalar(1) as unknown as number]])
    ],
    [
      'at: the index is a tensor of shape []; expected a number, pick by a tensor of indices with T.gather',
      TypeError,
      () => T.at(x, T.scalar(1) as unknown as number)
    ],
    [
      'at: the index is a tensor of shape []; expected a number, pick by a tensor of indices with T.gather',
      TypeError,
      () => vmap((i: T.Tensor<[]>) => T.at(x, i as unknown as number))(T.zeros([2], 'int32'))
    ],
    ['at: index is 2 on an axis of size 2; expected an integer from -2 to 1', IndexError, () => T.at(x, 2)],
    ['at: axis is 2; for shape [2, 3], expected an integer from -2 to 1', ShapeError, () => T.at(x, 0, { axis: 2 })],
    ['flip: axis is 2; for shape [2, 3], expected an integer from -2 to 1', ShapeError, () => T.flip(x, { axis: 2 })]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
