import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { copyStrided, isContiguous, placeStrided } from '../../src/kernel/strided.js'

type Numbers = readonly number[]

const indices = (shape: Numbers): readonly Numbers[] =>
  shape.reduce<readonly Numbers[]>(
    (lead, n) => lead.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
    [[]]
  )

const at = (index: Numbers, strides: Numbers, offset: number): number =>
  index.reduce((position, i, axis) => position + i * strides[axis]!, offset)

/** Strides of a row-major array with its axes in any order, some of them backwards, and what they span. */
const places = (
  shape: Numbers
): fc.Arbitrary<{ readonly strides: Numbers; readonly offset: number; readonly size: number }> => {
  const axes = shape.map((_, axis) => axis)
  return fc
    .tuple(
      fc.shuffledSubarray(axes, { minLength: axes.length }),
      fc.array(fc.boolean(), { minLength: axes.length, maxLength: axes.length }),
      fc.integer({ min: 1, max: 3 })
    )
    .map(([order, backwards, step]) => {
      const strides = new Array<number>(shape.length)
      let stride = step
      for (const axis of order) {
        strides[axis] = stride
        stride *= shape[axis]!
      }
      const offset = shape.reduce(
        (total, n, axis) => (backwards[axis] === true ? total + (n - 1) * strides[axis]! : total),
        0
      )
      return { strides: strides.map((each, axis) => (backwards[axis] === true ? -each : each)), offset, size: stride }
    })
}

const shapes = fc.oneof(
  fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }),
  fc.tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 70 })),
  fc.tuple(fc.constant(3), fc.integer({ min: 15, max: 40 }), fc.constant(2))
)

const moves = shapes.chain((shape) => fc.record({ shape: fc.constant(shape), from: places(shape), to: places(shape) }))

describe('placeStrided', () => {
  test('puts each element in its place, in any order of memory', () => {
    const property = fc.property(moves, fc.boolean(), ({ shape, from, to }, mixed) => {
      const data = Float64Array.from({ length: from.size }, (_, i) => i + 1)
      const out = mixed ? new Float32Array(to.size) : new Float64Array(to.size)
      placeStrided(data, from.offset, shape, from.strides, out, to.offset, to.strides)
      const expected = new Float64Array(to.size)
      for (const index of indices(shape))
        expected[at(index, to.strides, to.offset)] = data[at(index, from.strides, from.offset)]!
      expect(Array.from(out)).toEqual(Array.from(expected))
    })
    fc.assert(property)
  })

  test('does nothing for an empty shape', () => {
    const out = new Float64Array(2)
    placeStrided(new Float64Array(0), 0, [2, 0], [1, 1], out, 0, [1, 1])
    expect(Array.from(out)).toEqual([0, 0])
  })
})

describe('copyStrided', () => {
  test('writes in row-major order from a position on', () => {
    const property = fc.property(moves, fc.nat({ max: 3 }), ({ shape, from }, start) => {
      const data = Float64Array.from({ length: from.size }, (_, i) => i + 1)
      const list = indices(shape)
      const out = new Float64Array(list.length + start)
      copyStrided(data, from.offset, shape, from.strides, out, start)
      expect(Array.from(out.subarray(start))).toEqual(list.map((index) => data[at(index, from.strides, from.offset)]))
    })
    fc.assert(property)
  })
})

describe('isContiguous', () => {
  test('takes any stride along axes of size 1', () => {
    expect(isContiguous([2, 1, 3], [3, 99, 1])).toBe(true)
    expect(isContiguous([2, 3], [1, 2])).toBe(false)
    expect(isContiguous([3, 0], [7, 7])).toBe(true)
    expect(isContiguous([], [])).toBe(true)
  })
})
