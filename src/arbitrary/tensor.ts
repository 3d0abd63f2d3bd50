/** Generated tensors: lattice values in a domain, and special ones that some operations need. */
import * as fc from 'fast-check'
import { type DType, type FloatDType, allocate } from '../DType.js'
import {
  type Domain,
  awayFrom as withKinks,
  positive as positives,
  real,
  unitOpen as unit
} from '../primitive/domain.js'
import { type Kind, type Kinds, finite, oneOf, options } from '../internal/options.js'
import { type Shape, size } from '../shape/model.js'
import type { Mutable } from '../shape/static.js'
import { type Tensor, fromData } from '../tensor/model.js'
import { codes, distinctCodes } from './codes.js'
import { laid } from './shapeAndValues.js'
import { lattice } from './lattice.js'
import { type ShapeBounds, broadcastShapes, shape as shapes, shapeKinds } from './shape.js'
import { spread, tensorOf, valuesOf } from './values.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The tensors to generate. `shape` is fixed, or generated itself (any, when absent); `domain` is all real numbers by
 * default, of which [-3, 3] is covered; the dtype is float64 by default, which finite differences need.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import { interval } from 'pullback/Primitive'
 *
 * const correlations: A.TensorOptions<[2]> = { shape: [2], domain: interval(-1, 1) }
 * fc.sample(A.tensor(correlations), 1)[0]?.shape // => [2]
 */
export interface TensorOptions<S extends Shape> {
  readonly shape?: S | fc.Arbitrary<S>
  readonly domain?: Domain
  readonly dtype?: FloatDType
}

/** The type of generated tensors: the shape of the option, or unknown. */
type Generated<S extends Shape> = number extends S['length'] ? Tensor : Tensor<Mutable<S>>

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** Generates from each shape's own values. */
const filled = (
  shape: Shape | fc.Arbitrary<Shape> | undefined,
  values: (shape: Shape) => fc.Arbitrary<readonly number[]>,
  dtype: DType
): fc.Arbitrary<Tensor> => {
  const at = (each: Shape): fc.Arbitrary<Tensor> => values(each).map((list) => tensorOf(each, dtype, list))
  if (shape === undefined) return shapes().chain(at)
  return shape instanceof fc.Arbitrary ? shape.chain(at) : at(shape)
}

/** Generates elements one by one; where the shape is free, they and it shrink together. */
const elementwise = (
  shape: Shape | fc.Arbitrary<Shape> | undefined,
  min: number,
  max: number,
  valuesFrom: (codes: readonly number[]) => readonly number[],
  dtype: DType
): fc.Arbitrary<Tensor> =>
  shape === undefined
    ? laid(min, max).map((each) => tensorOf(each.shape, dtype, valuesFrom(each.codes)))
    : filled(shape, (each) => codes(size(each), min, max).map(valuesFrom), dtype)

const float = oneOf('float32', 'float64')
/** A shape, or an arbitrary of shapes. */
const shape: Kind = {
  expected: 'a shape, or an arbitrary of shapes',
  holds: (value) => Array.isArray(value) || value instanceof fc.Arbitrary
}

const isDomain = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'from' in value && 'to' in value && 'kinks' in value

const domain: Kind = { expected: "a domain, such as Primitive's real", holds: isDomain }

const tensorKinds: Kinds<TensorOptions<Shape>> = { shape, domain, dtype: float }
const shapeAndType: Kinds<Omit<TensorOptions<Shape>, 'domain'>> = { shape, dtype: float }

const checkTensor = options<TensorOptions<Shape>>('Arbitrary.tensor', tensorKinds)
const checkPositive = options<Omit<TensorOptions<Shape>, 'domain'>>('Arbitrary.positive', shapeAndType)
const checkUnitOpen = options<Omit<TensorOptions<Shape>, 'domain'>>('Arbitrary.unitOpen', shapeAndType)
const checkAwayFrom = options<TensorOptions<Shape>>('Arbitrary.awayFrom', tensorKinds)
const checkDistinct = options<TensorOptions<Shape>>('Arbitrary.distinct', tensorKinds)
const checkTies = options<TensorOptions<Shape>>('Arbitrary.withTies', tensorKinds)
const checkDefinite = options<NonNullable<Parameters<typeof positiveDefinite>[0]>>('Arbitrary.positiveDefinite', {
  size: finite,
  batch: shape,
  dtype: float
})
const checkIndices = options<Parameters<typeof indices>[0]>('Arbitrary.indices', { shape, below: finite })
const checkMask = options<NonNullable<Parameters<typeof mask>[0]>>('Arbitrary.mask', { shape })
const checkPair = options<NonNullable<Parameters<typeof broadcastPair>[0]>>('Arbitrary.broadcastPair', {
  ...shapeKinds,
  domains: {
    expected: 'a pair of domains',
    holds: (value) => Array.isArray(value) && value.length === 2 && value.every(isDomain)
  },
  dtype: float
})

const asTheyAre = (list: readonly number[]): readonly number[] => list

/** Casts generated tensors to the shape of the option, from which each was made. */
const generated = <S extends Shape>(arbitrary: fc.Arbitrary<Tensor>): fc.Arbitrary<Generated<S>> =>
  arbitrary as fc.Arbitrary<Generated<S>>

/**
 * Tensors of lattice values, (k + 0.5) / 1000 scaled to the domain: never 0, never within half a step of a kink, never
 * equal to a round constant. They shrink to fewer and smaller axes, and to short decimals near 0.
 *
 * Draws of `fc.double` are unsuitable: nearly all lie within 1e-6 of 0, and they shrink into the kinks there.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import * as T from 'pullback/Tensor'
 *
 * const nonZero = (x: T.Tensor) => T.item(T.all(T.notEqual(x, 0))) === 1
 * fc.assert(fc.property(A.tensor({ shape: [2, 3] }), nonZero))
 * fc.sample(A.tensor(), 1)[0]?.dtype // => 'float64'
 */
export const tensor = <const S extends Shape = Shape>(options: TensorOptions<S> = {}): fc.Arbitrary<Generated<S>> => {
  checkTensor(options)
  const { shape, domain = real, dtype = 'float64' } = options
  const { min, max } = lattice(domain)
  return generated<S>(elementwise(shape, min, max, (list) => valuesOf(domain, list), dtype))
}

/**
 * Tensors of positive values.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import * as T from 'pullback/Tensor'
 *
 * fc.assert(fc.property(A.positive({ shape: [3] }), (x) => T.item(T.all(T.greater(x, 0))) === 1))
 */
export const positive = <const S extends Shape = Shape>(
  options: Omit<TensorOptions<S>, 'domain'> = {}
): fc.Arbitrary<Generated<S>> => {
  checkPositive(options)
  return tensor<S>({ ...options, domain: positives })
}

/**
 * Tensors of values between 0 and 1, both excluded.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import * as T from 'pullback/Tensor'
 *
 * fc.assert(fc.property(A.unitOpen({ shape: [3] }), (x) => T.item(T.all(T.less(x, 1))) === 1))
 */
export const unitOpen = <const S extends Shape = Shape>(
  options: Omit<TensorOptions<S>, 'domain'> = {}
): fc.Arbitrary<Generated<S>> => {
  checkUnitOpen(options)
  return tensor<S>({ ...options, domain: unit })
}

/**
 * Tensors whose values keep away from given points: the kinks of a function.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import * as T from 'pullback/Tensor'
 *
 * const notOne = (x: T.Tensor) => T.item(T.all(T.notEqual(x, 1))) === 1
 * fc.assert(fc.property(A.awayFrom([-1, 1])({ shape: [3] }), notOne))
 */
export const awayFrom =
  (points: readonly number[]) =>
  <const S extends Shape = Shape>(options: TensorOptions<S> = {}): fc.Arbitrary<Generated<S>> => {
    checkAwayFrom(options)
    return tensor<S>({ ...options, domain: withKinks(points)(options.domain ?? real) })
  }

/**
 * Tensors whose values are all different, and well apart: for sorting, and for maxima.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import * as T from 'pullback/Tensor'
 *
 * const distinct = (x: T.Tensor) => new Set(T.toArray(T.reshape(x, [6]))).size === 6
 * fc.assert(fc.property(A.distinct({ shape: [2, 3] }), distinct))
 */
export const distinct = <const S extends Shape = Shape>(options: TensorOptions<S> = {}): fc.Arbitrary<Generated<S>> => {
  checkDistinct(options)
  const { shape, domain = real, dtype = 'float64' } = options
  const values = (each: Shape): fc.Arbitrary<readonly number[]> => {
    const n = size(each)
    const { stride, min, max } = spread(domain, n)
    return distinctCodes(n, min, max).map((list) =>
      valuesOf(
        domain,
        list.map((code) => code * stride)
      )
    )
  }
  return generated<S>(filled(shape, values, dtype))
}

/**
 * Tensors in which at least two values are equal, where there are two.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import * as T from 'pullback/Tensor'
 *
 * const tied = (x: T.Tensor) => new Set(T.toArray(T.reshape(x, [4]))).size < 4
 * fc.assert(fc.property(A.withTies({ shape: [4] }), tied))
 */
export const withTies = <const S extends Shape = Shape>(options: TensorOptions<S> = {}): fc.Arbitrary<Generated<S>> => {
  checkTies(options)
  const { shape, domain = real, dtype = 'float64' } = options
  const values = (each: Shape): fc.Arbitrary<readonly number[]> => {
    const n = size(each)
    const { stride, min, max } = spread(domain, n)
    const places = Math.max(1, Math.min(n - 1, Math.ceil(n / 2), max - min + 1))
    const low = Math.min(0, max - places + 1)
    return codes(n, low, low + places - 1).map((list) =>
      valuesOf(
        domain,
        list.map((code) => code * stride)
      )
    )
  }
  return generated<S>(filled(shape, values, dtype))
}

/**
 * Symmetric positive definite matrices `B B^T / n + I / 2`, in batches of shape `batch`; their size is 1 to 4 by
 * default.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 *
 * fc.sample(A.positiveDefinite({ size: 3, batch: [2] }), 1)[0]?.shape // => [2, 3, 3]
 */
export const positiveDefinite = (
  options: { readonly size?: number; readonly batch?: Shape; readonly dtype?: FloatDType } = {}
): fc.Arbitrary<Tensor> => {
  checkDefinite(options)
  const { size: fixed, batch = [], dtype = 'float64' } = options
  const sizes = fixed === undefined ? fc.integer({ min: 1, max: 4 }) : fc.constant(fixed)
  return sizes.chain((n) =>
    codes(size(batch) * n * n, lattice(unit).min, lattice(unit).max).map((list) => {
      const roots = valuesOf(unit, list)
      const data = allocate(dtype, list.length)
      for (let at = 0; at < data.length; at++) {
        const j = at % n
        const i = ((at - j) / n) % n
        const matrix = at - j - i * n
        let total = i === j ? n / 2 : 0
        for (let k = 0; k < n; k++) total += (roots[matrix + i * n + k] ?? 0) * (roots[matrix + j * n + k] ?? 0)
        data[at] = total / n
      }
      return fromData([...batch, n, n], dtype, data)
    })
  )
}

/**
 * Tensors of int32 indices from 0 to `below` (excluded), duplicates included.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 *
 * fc.sample(A.indices({ shape: [5], below: 3 }), 1)[0]?.dtype // => 'int32'
 */
export const indices = <const S extends Shape = Shape>(options: {
  readonly shape?: S | fc.Arbitrary<S>
  readonly below: number
}): fc.Arbitrary<Generated<S>> => {
  checkIndices(options)
  return generated<S>(elementwise(options.shape, 0, options.below - 1, asTheyAre, 'int32'))
}

/**
 * Tensors of booleans.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 *
 * fc.sample(A.mask({ shape: [2, 2] }), 1)[0]?.dtype // => 'bool'
 */
export const mask = <const S extends Shape = Shape>(
  options: { readonly shape?: S | fc.Arbitrary<S> } = {}
): fc.Arbitrary<Generated<S>> => {
  checkMask(options)
  return generated<S>(elementwise(options.shape, 0, 1, asTheyAre, 'bool'))
}

/**
 * Pairs of tensors whose shapes broadcast, one domain for each.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import * as T from 'pullback/Tensor'
 *
 * const commutes = ([a, b]: readonly [T.Tensor, T.Tensor]) => T.item(T.all(T.equal(T.add(a, b), T.add(b, a)))) === 1
 * fc.assert(fc.property(A.broadcastPair(), commutes))
 */
export const broadcastPair = (
  options: ShapeBounds & { readonly domains?: readonly [Domain, Domain]; readonly dtype?: FloatDType } = {}
): fc.Arbitrary<readonly [Tensor, Tensor]> => {
  checkPair(options)
  const { domains = [real, real], dtype = 'float64', ...bounds } = options
  return broadcastShapes(bounds).chain(([a, b]) =>
    fc.tuple(tensor({ shape: a, domain: domains[0], dtype }), tensor({ shape: b, domain: domains[1], dtype }))
  )
}
