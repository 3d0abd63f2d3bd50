import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { restride } from '../../src/kernel/restride.js'
import { copyStrided } from '../../src/kernel/strided.js'

const product = (list: readonly number[]): number => list.reduce((total, n) => total * n, 1)

const read = (shape: readonly number[], strides: readonly number[], offset: number): readonly number[] => {
  const from = Float64Array.from({ length: 4000 }, (_, i) => i)
  const out = new Float64Array(product(shape))
  copyStrided(from, offset, shape, strides, out)
  return Array.from(out)
}

/** A view somewhere in the middle of an array: steps of any size and sign, and 0. */
const views = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: -12, max: 12 })), { maxLength: 4 })
  .map((axes) => ({ shape: axes.map(([n]) => n), strides: axes.map(([, stride]) => stride) }))

/** Evenly lying views, as transposes, slices and broadcasts leave them. */
const tidy = fc
  .record({
    shape: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
    inner: fc.constantFrom(-2, -1, 0, 1, 3),
    broken: fc.nat({ max: 3 }),
    gap: fc.constantFrom(0, 5)
  })
  .map(({ shape, inner, broken, gap }) => {
    const strides = new Array<number>(shape.length)
    let stride = inner
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride
      stride = stride * shape[axis]! + (axis === broken ? gap : 0)
    }
    return { shape, strides }
  })

/** The same size in another shape: prime factors regrouped. */
const targets = (total: number): fc.Arbitrary<readonly number[]> => {
  const primes: number[] = []
  let rest = total
  for (const p of [2, 3])
    while (rest % p === 0) {
      primes.push(p)
      rest /= p
    }
  return fc
    .tuple(
      fc.shuffledSubarray(primes, { minLength: primes.length }),
      fc.array(fc.boolean(), { minLength: 9, maxLength: 9 })
    )
    .map(([list, joins]) => {
      const shape: number[] = [1]
      list.forEach((p, i) => {
        if (joins[i % 9] === true) shape[shape.length - 1]! *= p
        else shape.push(p)
      })
      return shape
    })
}

describe('restride', () => {
  test('either finds strides that read the same values, or says that a copy is needed', () => {
    const property = fc.property(
      fc.oneof(views, tidy).chain((view) => targets(product(view.shape)).map((target) => ({ ...view, target }))),
      ({ shape, strides, target }) => {
        const found = restride(shape, strides, target)
        const expected = read(shape, strides, 2000)
        expect(found === undefined ? expected : read(target, found, 2000)).toEqual(expected)
      }
    )
    fc.assert(property, { numRuns: 500 })
  })

  test('finds those of a contiguous array, of one repeated element, and of new axes of size 1', () => {
    expect(restride([2, 6], [6, 1], [4, 3])).toEqual([3, 1])
    expect(restride([2, 6], [0, 0], [3, 2, 2])).toEqual([0, 0, 0])
    expect(restride([3, 2], [1, 3], [3, 1, 2])?.filter((_, axis) => axis !== 1)).toEqual([1, 3])
    expect(restride([4, 3], [-3, -1], [12])).toEqual([-1])
  })

  test('knows that a transpose has no other shape, but halves of its axes', () => {
    expect(restride([4, 3], [1, 4], [12])).toBeUndefined()
    expect(restride([4, 3], [1, 4], [2, 2, 3])).toEqual([2, 1, 4])
  })
})
