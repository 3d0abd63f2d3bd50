/**
 * The operands of primitives from fast-check: the `Draw` that a primitive's `sample` calls, over `fc.gen`, so that its draws
 * shrink.
 */
import * as fc from 'fast-check'
import { flag, options, count } from '../internal/options.js'
import type { Domain, Draw } from '../primitive/domain.js'
import { type Shape, show, size } from '../shape/model.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { codes, distinctCodes } from './codes.js'
import { lattice } from './lattice.js'
import { shape as shapes } from './shape.js'
import { halfGap, reachOf, spread, tensorOf, valuesOf } from './values.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A `Draw` that remembers the domain of each float tensor that it drew.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import { positive } from 'pullback/Primitive'
 *
 * const staysPositive = (draw: A.Drawing) => {
 *   const x = draw.tensor([2], positive)
 *   return draw.domainOf(x) === positive && draw.reachOf(x)?.length === 2
 * }
 * fc.assert(fc.property(A.draw(), staysPositive))
 */
export interface Drawing extends Draw {
  /** The domain that a tensor was drawn from; `undefined` for other tensors. */
  readonly domainOf: (x: Tensor) => Domain | undefined
  /** How far each element of a tensor may move, in row-major order, while the function stays smooth. */
  readonly reachOf: (x: Tensor) => readonly number[] | undefined
}

/**
 * How to draw: `maxElements` bounds the size of shapes; `singular` puts values on the kinks of their domain, and ties
 * where all should differ, on purpose; with `longest`, an axis of some shapes is far longer than the others.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import * as T from 'pullback/Tensor'
 * import { awayFrom, real } from 'pullback/Primitive'
 *
 * const options: A.DrawOptions = { singular: true }
 * const atZero = fc.sample(A.draw(options), 100).map((draw) => T.item(draw.tensor([], awayFrom([0])(real))) === 0)
 * atZero.includes(true) && atZero.includes(false) // => true
 */
export interface DrawOptions {
  readonly maxElements?: number
  readonly singular?: boolean
  readonly longest?: number | undefined
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const checkDraw = options<DrawOptions>('Arbitrary.draw', { maxElements: count, singular: flag, longest: count })

/** Makers of arbitraries whose arguments are integers, by which `fc.gen` recognises a draw when it shrinks. */
const shapeWithin = (a: number, b: number, c: number, d: number, maxElements: number): fc.Arbitrary<Shape> =>
  shapes({ minRank: a, maxRank: b, minSize: c, maxSize: d, maxElements })
const integerWithin = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max })

/** Some of the second half tied to the first: ties in pairs, whose one-sided derivatives enclose all conventions. */
const tied = (values: readonly number[], ties: readonly number[]): readonly number[] => {
  const half = Math.ceil(values.length / 2)
  return values.map((value, i) => (i >= half && ties[i] === 1 ? (values[i - half] ?? value) : value))
}

const least = (reach: readonly number[], most: number): readonly number[] => reach.map((each) => Math.min(each, most))

/** Sizes at which kernels begin to work in groups, blocks and tiles, and others between them. */
const long: readonly number[] = [5, 8, 13, 40, 131, 300]

const drawing = (gen: fc.GeneratorValue, options: DrawOptions): Drawing & fc.WithToStringMethod => {
  const { maxElements = 64, singular = false, longest = 0 } = options
  const lengths = long.filter((n) => n <= longest)
  const domains = new WeakMap<Tensor, Domain>()
  const reaches = new WeakMap<Tensor, readonly number[]>()
  let hasLong = false
  /** A size of an axis beside others, or a long one in its place: once in a drawing at most, and in a quarter of the cases. */
  const maybeLong = (n: number, beside: number): number => {
    const fitting = lengths.filter((length) => length * beside <= 2 * longest)
    if (n === 0 || hasLong || fitting.length === 0 || gen(integerWithin, 0, 3) < 3) return n
    hasLong = true
    return fitting[gen(integerWithin, 0, fitting.length - 1)]!
  }
  const log: (Tensor | Shape)[] = []
  const note = (x: Tensor): Tensor => {
    log.push(x)
    return x
  }
  const register = (shape: Shape, domain: Domain, values: readonly number[], reach: readonly number[]): Tensor => {
    const x = tensorOf(shape, 'float64', values)
    domains.set(x, domain)
    reaches.set(x, reach)
    return note(x)
  }
  /** The reach of values; of those on kinks, to the other kinks. */
  const reachBeyond = (domain: Domain, values: readonly number[]): readonly number[] =>
    singular
      ? values.map((value) => {
          const others = domain.kinks.filter((kink) => kink !== value)
          return reachOf(others.length === domain.kinks.length ? domain : { ...domain, kinks: others }, [value])[0] ?? 0
        })
      : reachOf(domain, values)
  const onKinks = (domain: Domain, values: readonly number[]): readonly number[] => {
    const kinks = domain.kinks.filter((kink) => kink > domain.from && kink < domain.to)
    if (!singular || kinks.length === 0) return values
    const choices = gen(codes, values.length, 0, 2 * kinks.length - 1)
    return values.map((value, i) => kinks[choices[i] ?? 0] ?? value)
  }
  const differing = (domain: Domain, n: number): readonly number[] => {
    const { stride, min, max } = spread(domain, n)
    return valuesOf(
      domain,
      gen(distinctCodes, n, min, max).map((code) => code * stride)
    )
  }
  const separately = (values: readonly number[]): number => halfGap([...new Set(values)])
  return {
    integer: (from, to) => gen(integerWithin, from, to),
    pick: (choices) => choices[gen(integerWithin, 0, choices.length - 1)] ?? choices[0],
    size: (from, to) => maybeLong(gen(integerWithin, from, to), 1),
    shape: ({ minRank = 0, maxRank = Math.max(4, minRank), minSize = 0, maxSize } = {}) => {
      const drawn = gen(shapeWithin, minRank, maxRank, minSize, maxSize ?? Math.max(4, minSize), maxElements)
      const shape =
        maxSize === undefined && !drawn.includes(0) ? drawn.map((n) => maybeLong(n, size(drawn) / n)) : drawn
      log.push(shape)
      return shape
    },
    tensor: (shape, domain) => {
      const { min, max } = lattice(domain)
      const values = onKinks(domain, valuesOf(domain, gen(codes, size(shape), min, max)))
      return register(shape, domain, values, reachBeyond(domain, values))
    },
    distinct: (shape, domain) => {
      const n = size(shape)
      const all = differing(domain, n)
      const values = singular ? tied(all, gen(codes, n, 0, 1)) : all
      return register(shape, domain, values, least(reachBeyond(domain, values), separately(values)))
    },
    distinctPair: (shape, domain) => {
      const n = size(shape)
      const all = differing(domain, 2 * n)
      const values = singular ? tied(all, gen(codes, 2 * n, 0, 1)) : all
      const reach = least(reachBeyond(domain, values), separately(values))
      return [
        register(shape, domain, values.slice(0, n), reach.slice(0, n)),
        register(shape, domain, values.slice(n), reach.slice(n))
      ]
    },
    indices: (shape, below) => note(tensorOf(shape, 'int32', gen(codes, size(shape), 0, Math.max(0, below - 1)))),
    mask: (shape) => note(tensorOf(shape, 'bool', gen(codes, size(shape), 0, 1))),
    dtype: (choices) => choices[gen(integerWithin, 0, choices.length - 1)] ?? choices[0],
    domainOf: (x) => domains.get(x),
    reachOf: (x) => reaches.get(x),
    [fc.toStringMethod]: () => `draw(${log.map((each) => (isTensor(each) ? String(each) : show(each))).join(', ')})`
  }
}

/**
 * The argument of a primitive's `sample`, with shrinking: `primitive.sample(draw)` inside a property.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import * as T from 'pullback/Tensor'
 *
 * const oneOperand = (draw: A.Drawing) => T.neg.primitive.sample?.(draw).operands.length === 1
 * fc.assert(fc.property(A.draw(), oneOperand))
 */
export const draw = (options: DrawOptions = {}): fc.Arbitrary<Drawing> => {
  checkDraw(options)
  return fc.gen().map((gen) => drawing(gen, options))
}
