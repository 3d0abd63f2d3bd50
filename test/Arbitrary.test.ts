import * as fc from 'fast-check'
import * as A from 'pullback/Arbitrary'
import { awayFrom, interval, positive, real, unitOpen } from 'pullback/Primitive'
import * as Shape from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { describe, expect, it, test } from 'vitest'

const values = (x: T.Tensor): readonly number[] => [...T.toArray(x)]

const saying = (message: string): unknown => expect.objectContaining({ message })

/** The smallest counterexample of a property. */
const shrunk = <X>(arbitrary: fc.Arbitrary<X>, holds: (x: X) => boolean, seed = 7): X => {
  const { counterexample } = fc.check(fc.property(arbitrary, holds), { numRuns: 1000, seed })
  if (counterexample === null) throw new Error('no counterexample')
  return counterexample[0]
}

describe('tensor', () => {
  test('values lie on the half-odd lattice', () => {
    fc.assert(
      fc.property(A.tensor(), (x) => {
        for (const value of values(x)) {
          expect(Math.abs(value)).toBeLessThan(3)
          expect(Number.isInteger(Math.round(value * 2000 * 1e6) / 1e6)).toBe(true)
          expect(Math.abs(Math.round(value * 2000)) % 2).toBe(1)
        }
      })
    )
  })

  test.each([
    ['positive', positive],
    ['the unit interval', unitOpen],
    ['a narrow interval', interval(0.25, 0.26)],
    ['a wide one', interval(-500, 500)],
    ['one from a number that is not round', interval(-1 / Math.E, Infinity)],
    ['one up to a number', interval(-Infinity, -2)],
    ['with kinks', awayFrom([0.0005, 0.5, -1, Math.PI / 2])(real)]
  ])('values lie in the domain, and not at its ends or kinks: %s', (_, domain) => {
    fc.assert(
      fc.property(A.tensor({ shape: [5], domain }), (x) =>
        values(x).every((value) => value > domain.from && value < domain.to && !domain.kinks.includes(value))
      )
    )
  })

  test('values are short decimals, and vary', () => {
    const drawn = fc.sample(A.tensor({ shape: [4] }), 500).flatMap(values)
    expect(Math.max(...drawn.map((value) => String(Math.abs(value)).length))).toBeLessThanOrEqual(6)
    expect(new Set(drawn).size).toBeGreaterThan(1000)
    // Not nearly all next to 0, as doubles would be.
    expect(drawn.filter((value) => Math.abs(value) < 0.3).length).toBeLessThan(drawn.length / 4)
  })

  test('element types', () => {
    expect(fc.sample(A.tensor(), 1)[0]?.dtype).toBe('float64')
    expect(fc.sample(A.tensor({ dtype: 'float32' }), 1)[0]?.dtype).toBe('float32')
  })

  test('shrinks to few, short decimals', () => {
    expect(String(shrunk(A.tensor(), (x) => !values(x).some((value) => value > 1)))).toMatch(/1\.0005\]*$/)
    expect(values(shrunk(A.tensor({ shape: [3] }), (x) => values(x)[1]! < 0.7321))).toEqual([0.0005, 0.7325, 0.0005])
    expect(values(shrunk(A.tensor({ shape: [2], domain: interval(5, 8) }), () => false))).toEqual([5.0005, 5.0005])
  })

  test('shapes are fixed, generated, or static', () => {
    const fixed: fc.Arbitrary<T.Tensor<[2, 3]>> = A.tensor({ shape: [2, 3] })
    const drawn: fc.Arbitrary<T.Tensor> = A.tensor({ shape: A.shape({ minRank: 2, maxRank: 2 }) })
    expect(fc.sample(fixed, 1)[0]?.shape).toEqual([2, 3])
    expect(fc.sample(drawn, 20).every((x) => x.shape.length === 2)).toBe(true)
  })

  it('rejects a domain without room', () => {
    expect(() => A.tensor({ domain: interval(1, 1) })).toThrow(
      'Arbitrary.tensor: the domain is from 1 to 1; expected from < to'
    )
    const crowded = { ...interval(0, 1), kinks: Array.from({ length: 10_000 }, (_, k) => (k + 0.5) / 10_000) }
    expect(() => A.tensor({ domain: crowded })).toThrow(
      saying('Arbitrary.tensor: the domain is from 0 to 1; expected room between its kinks')
    )
  })

  it('distinct rejects more values than its domain has', () => {
    expect(() => fc.sample(A.distinct({ shape: [20_000] }), 1)).toThrow(
      saying('Arbitrary.distinct: the number of values is 20000; for this domain, expected at most 6000')
    )
  })
})

describe('options', () => {
  const makers: readonly (readonly [name: string, make: (options: never) => unknown, expected: string])[] = [
    ['tensor', A.tensor, 'shape, domain or dtype'],
    ['positive', A.positive, 'shape or dtype'],
    ['unitOpen', A.unitOpen, 'shape or dtype'],
    ['awayFrom', A.awayFrom([0]), 'shape, domain or dtype'],
    ['distinct', A.distinct, 'shape, domain or dtype'],
    ['withTies', A.withTies, 'shape, domain or dtype'],
    ['positiveDefinite', A.positiveDefinite, 'size, batch or dtype'],
    ['indices', A.indices, 'shape or below'],
    ['mask', A.mask, 'shape'],
    ['shape', A.shape, 'minRank, maxRank, minSize, maxSize or maxElements'],
    ['broadcastShapes', A.broadcastShapes, 'minRank, maxRank, minSize, maxSize or maxElements'],
    ['broadcastPair', A.broadcastPair, 'minRank, maxRank, minSize, maxSize, maxElements, domains or dtype'],
    ['draw', A.draw, 'maxElements, singular or longest']
  ]
  it.each(makers)('%s rejects unknown options, and a list in their place', (name, make, expected) => {
    expect(() => make({ shapes: [2] } as never)).toThrow(
      saying(`Arbitrary.${name}: unknown option shapes; expected ${expected}`)
    )
    expect(() => make([2] as never)).toThrow(
      saying(`Arbitrary.${name}: options are [2]; expected an object with ${expected}`)
    )
  })
})

describe('shape', () => {
  const drawn = fc.sample(A.shape(), 2000)
  const share = (holds: (shape: Shape.Shape) => boolean): number => drawn.filter(holds).length / drawn.length

  test('ranks 0 to 4, sizes 0 to 4, all of them', () => {
    expect(new Set(drawn.map((shape) => shape.length))).toEqual(new Set([0, 1, 2, 3, 4]))
    expect(new Set(drawn.flat())).toEqual(new Set([0, 1, 2, 3, 4]))
    expect(Math.max(...drawn.map(Shape.size))).toBeLessThanOrEqual(64)
  })

  test('weight on rank 0, on size 1, on one empty axis', () => {
    expect(share((shape) => shape.length === 0)).toBeGreaterThan(0.1)
    expect(share((shape) => shape.includes(1))).toBeGreaterThan(0.3)
    expect(share((shape) => shape.includes(0))).toBeGreaterThan(0.03)
    expect(share((shape) => shape.filter((n) => n === 0).length > 1)).toBe(0)
  })

  test('bounds', () => {
    const bounded = fc.sample(A.shape({ minRank: 1, maxRank: 6, minSize: 2, maxSize: 5, maxElements: 100 }), 500)
    expect(bounded.every((shape) => shape.length >= 1 && shape.every((n) => n >= 2 && n <= 5))).toBe(true)
    expect(bounded.every((shape) => Shape.size(shape) <= 100)).toBe(true)
    expect(() => A.shape({ minRank: 3, maxRank: 2 })).toThrow(
      saying('Arbitrary.shape: ranks are 3 to 2 and sizes 0 to 4; expected no minimum above its maximum')
    )
  })

  test('shrinks to fewer and smaller axes', () => {
    expect(shrunk(A.shape(), (shape) => !shape.some((n) => n > 2))).toEqual([3])
    expect(shrunk(A.shape(), (shape) => shape.length < 2)).toEqual([1, 1])
  })
})

describe('the others', () => {
  test('broadcastPair broadcasts, in every way', () => {
    const pairs = fc.sample(A.broadcastPair(), 500).map(([a, b]) => [a.shape, b.shape] as const)
    expect(pairs.every(([a, b]) => Shape.broadcast(a, b) !== undefined)).toBe(true)
    expect(pairs.some(([a, b]) => a.length > b.length)).toBe(true)
    expect(pairs.some(([a, b]) => a.length < b.length)).toBe(true)
    expect(pairs.some(([a, b]) => a.length === b.length && a.some((n, axis) => n === 1 && b[axis] !== 1))).toBe(true)
  })

  test('positive, unitOpen, awayFrom', () => {
    expect(
      fc
        .sample(A.positive({ shape: [4] }), 50)
        .flatMap(values)
        .every((x) => x > 0)
    ).toBe(true)
    expect(
      fc
        .sample(A.unitOpen({ shape: [4] }), 50)
        .flatMap(values)
        .every((x) => x > 0 && x < 1)
    ).toBe(true)
    const away = fc.sample(A.awayFrom([0.5005])({ shape: [40], domain: unitOpen }), 200).flatMap(values)
    expect(away.includes(0.5005)).toBe(false)
    expect(away.includes(0.5015)).toBe(true)
  })

  test('distinct values are well apart, in any order', () => {
    fc.assert(
      fc.property(A.distinct(), (x) => {
        const sorted = [...values(x)].sort((a, b) => a - b)
        return sorted.every((value, i) => i === 0 || value - sorted[i - 1]! > 0.01)
      })
    )
    const orders = fc
      .sample(A.distinct({ shape: [3] }), 200)
      .map((x) => String(values(x).map((v) => values(x).filter((w) => w < v).length)))
    expect(new Set(orders).size).toBe(6)
    expect(values(shrunk(A.distinct({ shape: [2] }), () => false)).map((v) => v.toFixed(1))).not.toEqual(['0.0', '0.0'])
  })

  test('withTies has one, from two elements on', () => {
    fc.assert(
      fc.property(A.withTies(), (x) => {
        const list = values(x)
        return list.length < 2 || new Set(list).size < list.length
      })
    )
  })

  test('positiveDefinite is symmetric, with positive pivots', () => {
    fc.assert(
      fc.property(A.positiveDefinite(), (x) => {
        const n = x.shape[0]!
        const a = Array.from({ length: n }, (_, i) => values(x).slice(i * n, (i + 1) * n))
        for (let k = 0; k < n; k++) {
          expect(a[k]![k]).toBeGreaterThan(0.2)
          for (let i = k + 1; i < n; i++) {
            expect(a[i]![k]).toBe(a[k]![i])
            for (let j = k + 1; j < n; j++) a[i]![j]! -= (a[i]![k]! * a[k]![j]!) / a[k]![k]!
            for (let j = k + 1; j < i; j++) a[j]![i] = a[i]![j]!
          }
        }
      })
    )
    expect(fc.sample(A.positiveDefinite({ size: 2, batch: [3] }), 1)[0]?.shape).toEqual([3, 2, 2])
  })

  test('indices come with duplicates, masks with both values', () => {
    const drawn = fc.sample(A.indices({ shape: [4], below: 6 }), 100)
    expect(drawn.some((x) => new Set(values(x)).size < 4)).toBe(true)
    expect(new Set(drawn.flatMap(values))).toEqual(new Set([0, 1, 2, 3, 4, 5]))
    expect(new Set(fc.sample(A.mask({ shape: [4] }), 50).flatMap(values))).toEqual(new Set([0, 1]))
  })

  test('trees come from the combinators of fast-check', () => {
    const layer = fc.record({ w: A.tensor({ shape: [2, 3] }), b: A.tensor({ shape: [3] }) })
    const model: fc.Arbitrary<readonly { readonly w: T.Tensor<[2, 3]>; readonly b: T.Tensor<[3]> }[]> = fc.array(layer)
    fc.assert(fc.property(model, (layers) => layers.every(({ w, b }) => w.shape[1] === b.shape[0])))
  })
})

describe('draw', () => {
  test('a sample shrinks, and prints its draws', () => {
    const { counterexample } = fc.check(
      fc.property(A.draw(), (from) => {
        const x = from.tensor(from.shape({ minRank: 1 }), real)
        return values(x).every((value) => value < 1)
      }),
      { seed: 3, numRuns: 1000 }
    )
    expect(fc.stringify(counterexample)).toBe('[draw([1], Tensor<[1], float64> [1.0005])]')
  })

  test('one seed, one sample', () => {
    const draws = (): readonly string[] =>
      fc.sample(A.draw(), { seed: 5, numRuns: 20 }).map((from) => String(T.add.primitive.sample!(from).operands))
    expect(draws()).toEqual(draws())
    expect(new Set(draws()).size).toBeGreaterThan(10)
  })

  test('knows how far its tensors may move', () => {
    fc.assert(
      fc.property(A.draw(), (from) => {
        const domain = awayFrom([1])(positive)
        const x = from.tensor([3], domain)
        expect(from.domainOf(x)).toBe(domain)
        values(x).forEach((value, i) => {
          expect(from.reachOf(x)?.[i]).toBe(Math.min(value, Math.abs(value - 1)))
        })
        const y = from.distinct([4], real)
        const sorted = [...values(y)].sort((a, b) => a - b)
        const gap = Math.min(...sorted.slice(1).map((value, i) => value - sorted[i]!))
        expect(from.reachOf(y)).toEqual([gap / 2, gap / 2, gap / 2, gap / 2])
        expect(from.reachOf(T.neg(x))).toBeUndefined()
      })
    )
  })

  test('singular draws lie on kinks, and tie', () => {
    const drawn = fc.sample(A.draw({ singular: true }), 200).map((from) => ({
      kinks: values(from.tensor([4], awayFrom([0, 2])(real))),
      ties: values(from.distinct([4], real)),
      pair: from.distinctPair([2], real).map(values)
    }))
    expect(drawn.some(({ kinks }) => kinks.includes(0))).toBe(true)
    expect(drawn.some(({ kinks }) => kinks.includes(2))).toBe(true)
    expect(drawn.some(({ ties }) => new Set(ties).size < 4)).toBe(true)
    expect(drawn.some(({ pair: [a, b] }) => a![0] === b![0] && a![1] !== b![1])).toBe(true)
  })

  test('indices and masks, numbers and choices', () => {
    fc.assert(
      fc.property(A.draw(), (from) => {
        expect(values(from.indices([5], 3)).every((i) => i >= 0 && i < 3)).toBe(true)
        expect(from.indices([0], 0).shape).toEqual([0])
        expect(from.mask([2]).dtype).toBe('bool')
        expect([2, 3, 4]).toContain(from.integer(2, 4))
        expect(['a', 'b']).toContain(from.pick(['a', 'b']))
        expect(['int32', 'bool']).toContain(from.dtype(['int32', 'bool']))
      })
    )
  })
})
