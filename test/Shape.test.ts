import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Shape from 'pullback/Shape'

const size = fc.integer({ min: 0, max: 5 })
const shape = fc.array(size, { maxLength: 4 })

/** Broadcasting as it is defined: pad with ones in front, then size by size. */
const reference = (a: Shape.Shape, b: Shape.Shape): Shape.Shape | undefined => {
  const rank = Math.max(a.length, b.length)
  const pad = (s: Shape.Shape): Shape.Shape => [...new Array<number>(rank - s.length).fill(1), ...s]
  const [p, q] = [pad(a), pad(b)]
  const fits = p.every((m, axis) => m === q[axis] || m === 1 || q[axis] === 1)
  return fits ? p.map((m, axis) => (m === 1 ? q[axis]! : m)) : undefined
}

describe('broadcasting', () => {
  test('is what its definition says', () => {
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        expect(Shape.broadcast(a, b)).toEqual(reference(a, b))
      })
    )
  })

  test('is commutative, idempotent, and has [] as its neutral element', () => {
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        expect(Shape.broadcast(a, b)).toEqual(Shape.broadcast(b, a))
        expect(Shape.broadcast(a, a)).toEqual(a)
        expect(Shape.broadcast(a, [])).toEqual(a)
      })
    )
  })

  test('is associative where both sides are defined', () => {
    fc.assert(
      fc.property(shape, shape, shape, (a, b, c) => {
        const [ab, bc] = [Shape.broadcast(a, b), Shape.broadcast(b, c)]
        fc.pre(ab !== undefined && bc !== undefined)
        expect(Shape.broadcast(ab, c)).toEqual(Shape.broadcast(a, bc))
      })
    )
  })

  test('sizes of 0 and 1', () => {
    expect(Shape.broadcast([0], [1])).toEqual([0])
    expect(Shape.broadcast([2, 0], [2, 1])).toEqual([2, 0])
    expect(Shape.broadcast([0], [3])).toBeUndefined()
    expect(Shape.broadcast([2, 1, 3], [4, 1])).toEqual([2, 4, 3])
  })
})

test('size and strides agree: an element lies at the sum of index times stride', () => {
  fc.assert(
    fc.property(shape, (s) => {
      expect(Shape.size(s)).toBe(s.reduce((a, b) => a * b, 1))
      const strides = Shape.strides(s)
      expect(strides.length).toBe(s.length)
      fc.pre(Shape.size(s) > 0)
      const last = s.reduce((sum, n, axis) => sum + (n - 1) * strides[axis]!, 0)
      expect(last).toBe(Shape.size(s) - 1)
    })
  )
})

test('equals is equality of entries', () => {
  fc.assert(
    fc.property(shape, shape, (a, b) => {
      expect(Shape.equals(a, b)).toBe(JSON.stringify(a) === JSON.stringify(b))
    })
  )
})

describe('axes', () => {
  test('negative ones count from the end', () => {
    expect([-3, -2, -1, 0, 1, 2].map((axis) => Shape.normalizeAxis('sum', axis, [4, 5, 6]))).toEqual([0, 1, 2, 0, 1, 2])
    expect(Shape.normalizeAxes('sum', [2, -3], [4, 5, 6])).toEqual([0, 2])
    expect(Shape.normalizeAxes('sum', undefined, [4, 5])).toEqual([0, 1])
    expect(Shape.normalizeAxes('sum', [], [4, 5])).toEqual([])
    expect(Shape.normalizeAxes('sum', -1, [4, 5])).toEqual([1])
  })

  test('those out of range, or given twice, are refused', () => {
    expect(() => Shape.normalizeAxis('sum', 2, [4, 5])).toThrow(
      'sum: axis is 2; for shape [4, 5], expected an integer from -2 to 1'
    )
    expect(() => Shape.normalizeAxis('sum', 0.5, [4, 5])).toThrow(
      'sum: axis is 0.5; for shape [4, 5], expected an integer from -2 to 1'
    )
    expect(() => Shape.normalizeAxis('sum', 0, [])).toThrow('sum: axis is 0; for shape [], expected no axis')
    expect(() => Shape.normalizeAxes('sum', [1, -1], [4, 5])).toThrow(
      'sum: axis 1 is given twice in [1, -1]; expected distinct axes'
    )
  })
})

describe('validate', () => {
  test('copies and freezes', () => {
    const own = [2, 3]
    const valid = Shape.validate('zeros', own)
    own[0] = 9
    expect(valid).toEqual([2, 3])
    expect(Object.isFrozen(valid)).toBe(true)
    expect(Shape.validate('zeros', [])).toEqual([])
  })

  test.each([[[-1]], [[1.5]], [[NaN]], [[Infinity]]])('rejects %j as a shape', (bad) => {
    expect(() => Shape.validate('zeros', bad)).toThrow(
      `zeros: shape is [${bad.join()}]; expected integers of 0 or more`
    )
  })
})

test('the error is data as well as a sentence', () => {
  const error = new Shape.ShapeError(
    'add',
    [
      [2, 3],
      [2, 4]
    ],
    '[2, 3] and [2, 4] do not broadcast; expected sizes that are equal or 1, from the last axis on'
  )
  expect(error.message).toBe(
    'add: [2, 3] and [2, 4] do not broadcast; expected sizes that are equal or 1, from the last axis on'
  )
  expect([error.name, error.operation, error.shapes]).toEqual([
    'ShapeError',
    'add',
    [
      [2, 3],
      [2, 4]
    ]
  ])
  expect(error).toBeInstanceOf(Error)
  expect(Shape.show([])).toBe('[]')
})
