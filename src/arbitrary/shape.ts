/** Shapes, with weight on error-prone ones: rank 0, sizes of 1, and an empty axis. */
import * as fc from 'fast-check'
import { type Kinds, finite, options } from '../internal/options.js'
import { type Shape, size } from '../shape/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Bounds of the shapes to generate: by default ranks 0 to 4 and sizes 0 to 4, at most 64 elements.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 *
 * const matrices: A.ShapeBounds = { minRank: 2, maxRank: 2, minSize: 1 }
 * fc.sample(A.shape(matrices), 10).every((shape) => shape.length === 2 && !shape.includes(0)) // => true
 */
export interface ShapeBounds {
  readonly minRank?: number
  readonly maxRank?: number
  readonly minSize?: number
  readonly maxSize?: number
  /** A bound on the number of elements, kept by making the largest axes smaller, where `minSize` allows. */
  readonly maxElements?: number
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const rankWeights: readonly number[] = [4, 5, 6, 3, 2]
const sizeWeights: readonly number[] = [0, 6, 8, 5, 2]

/** An integer between two bounds, with weights; those that are not in the table weigh 1. */
const weighted = (random: fc.Random, from: number, to: number, weights: readonly number[]): number => {
  let total = 0
  for (let value = from; value <= to; value++) total += weights[value] ?? 1
  if (total === 0) return from
  let left = random.nextInt(0, total - 1)
  for (let value = from; value < to; value++) {
    left -= weights[value] ?? 1
    if (left < 0) return value
  }
  return to
}

/** Makes the largest axes smaller until the shape has at most `most` elements. */
const capped = (shape: readonly number[], least: number, most: number): Shape => {
  const result = [...shape]
  while (size(result) > most) {
    const largest = Math.max(...result)
    if (largest <= least) break
    result[result.indexOf(largest)] = largest - 1
  }
  return result
}

class Shapes extends fc.Arbitrary<Shape> {
  private readonly bounds: Required<ShapeBounds>

  constructor(bounds: ShapeBounds) {
    super()
    const { minRank = 0, minSize = 0, maxElements = 64 } = bounds
    const { maxRank = Math.max(4, minRank), maxSize = Math.max(4, minSize) } = bounds
    if (minRank > maxRank || minSize > maxSize) {
      throw new RangeError(
        `Arbitrary.shape: ranks are ${minRank} to ${maxRank} and sizes ${minSize} to ${maxSize}; expected no minimum above its maximum`
      )
    }
    this.bounds = { minRank, maxRank, minSize, maxSize, maxElements }
  }

  generate(random: fc.Random): fc.Value<Shape> {
    const { minRank, maxRank, minSize, maxSize, maxElements } = this.bounds
    const rank = weighted(random, minRank, maxRank, rankWeights)
    const full = Math.max(minSize, 1)
    const shape: number[] = []
    for (let axis = 0; axis < rank; axis++) {
      shape.push(maxSize === 0 ? 0 : weighted(random, full, maxSize, sizeWeights))
    }
    const empty = minSize === 0 && rank > 0 && random.nextInt(0, 9) === 0 ? random.nextInt(0, rank - 1) : undefined
    const result = capped(shape, full, maxElements)
    return new fc.Value(
      result.map((n, axis) => (axis === empty ? 0 : n)),
      undefined
    )
  }

  canShrinkWithoutContext(value: unknown): value is Shape {
    return Array.isArray(value)
  }

  /** Fewer axes first, then smaller ones; sizes shrink to 1, not to 0, where there would be nothing to see. */
  shrink(shape: Shape): fc.Stream<fc.Value<Shape>> {
    const { minRank, minSize } = this.bounds
    const least = Math.max(minSize, 1)
    const candidates = function* (): IterableIterator<fc.Value<Shape>> {
      if (shape.length > minRank) {
        for (let axis = 0; axis < shape.length; axis++) {
          yield new fc.Value(
            shape.filter((_, other) => other !== axis),
            undefined
          )
        }
      }
      for (let axis = 0; axis < shape.length; axis++) {
        const n = shape[axis] ?? 0
        for (const smaller of n - 1 > least ? [least, n - 1] : n > least ? [least] : []) {
          yield new fc.Value(
            shape.map((other, i) => (i === axis ? smaller : other)),
            undefined
          )
        }
      }
    }
    return new fc.Stream(candidates())
  }
}

/** The options of shapes, which are numbers. */
export const shapeKinds: Kinds<ShapeBounds> = {
  minRank: finite,
  maxRank: finite,
  minSize: finite,
  maxSize: finite,
  maxElements: finite
}

const checkShape = options<ShapeBounds>('Arbitrary.shape', shapeKinds)
const checkShapes = options<ShapeBounds>('Arbitrary.broadcastShapes', shapeKinds)

/**
 * Shapes: by default ranks 0 to 4 and sizes 0 to 4, often a scalar, an axis of size 1, or one empty axis. They
 * shrink to fewer and smaller axes.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 *
 * fc.sample(A.shape(), 100).every((shape) => shape.length <= 4 && shape.every((n) => n >= 0 && n <= 4)) // => true
 * fc.sample(A.shape({ minRank: 1, maxRank: 1, minSize: 3, maxSize: 3 }), 1) // => [[3]]
 */
export const shape = (bounds: ShapeBounds = {}): fc.Arbitrary<Shape> => {
  checkShape(bounds)
  return new Shapes(bounds)
}

/**
 * Pairs of shapes that broadcast: a result's shape, from which each loses leading axes or has sizes set to 1.
 *
 * @example
 * import * as fc from 'fast-check'
 * import * as A from 'pullback/Arbitrary'
 * import * as Shape from 'pullback/Shape'
 *
 * fc.sample(A.broadcastShapes(), 100).every(([a, b]) => Shape.broadcast(a, b) !== undefined) // => true
 */
export const broadcastShapes = (bounds: ShapeBounds = {}): fc.Arbitrary<readonly [Shape, Shape]> => {
  checkShapes(bounds)
  const part = (result: Shape): fc.Arbitrary<Shape> =>
    fc
      .tuple(fc.nat({ max: result.length }), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
      .map(([dropped, ones]) => result.slice(dropped).map((n, axis) => (ones[axis] === true ? 1 : n)))
  return shape(bounds).chain((result) => fc.tuple(part(result), part(result)))
}
