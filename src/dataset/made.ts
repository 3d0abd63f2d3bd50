/** Data sets made by a key: small tasks whose answers are known. */
import { requireCount } from '../internal/check.js'
import { type Kinds, type Options, notNegative, number, options, positiveCount } from '../internal/options.js'
import { type Key, requireKey } from '../random/model.js'
import * as Random from '../Random.js'
import {
  add,
  arange,
  at,
  cast,
  cos,
  div,
  equal,
  floor,
  gather,
  greater,
  logicalXor,
  mod,
  mul,
  sin,
  stack,
  sub,
  where
} from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import type { Dataset } from './model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * How far made examples are scattered: the standard deviation of normal numbers that are added.
 *
 * @example
 * import type { NoiseOptions } from 'pullback/Dataset'
 *
 * const options: NoiseOptions = { noise: 0.1 }
 * options.noise // => 0.1
 */
export interface NoiseOptions {
  readonly noise?: number
}

/**
 * The options of `blobs`.
 *
 * @example
 * import type { BlobsOptions } from 'pullback/Dataset'
 *
 * const options: BlobsOptions = { classes: 4, noise: 0.5 }
 * options.classes // => 4
 */
export interface BlobsOptions extends NoiseOptions {
  /** The number of blobs; 3 by default. */
  readonly classes?: number
  /** The number of features; 2 by default. */
  readonly features?: number
}

/**
 * The options of `circles`.
 *
 * @example
 * import type { CirclesOptions } from 'pullback/Dataset'
 *
 * const options: CirclesOptions = { factor: 0.3 }
 * options.factor // => 0.3
 */
export interface CirclesOptions extends NoiseOptions {
  /** The radius of the inner circle; 0.5 by default. */
  readonly factor?: number
}

/**
 * The options of `spirals`.
 *
 * @example
 * import type { SpiralsOptions } from 'pullback/Dataset'
 *
 * const options: SpiralsOptions = { classes: 2 }
 * options.classes // => 2
 */
export interface SpiralsOptions extends NoiseOptions {
  /** The number of arms; 3 by default. */
  readonly classes?: number
}

const noiseOf: Kinds<NoiseOptions> = { noise: notNegative }

/* @__NO_SIDE_EFFECTS__ */
const noisy = (operation: string): Options => options<NoiseOptions>(operation, noiseOf)

const checkBlobs = options<BlobsOptions>('blobs', { ...noiseOf, classes: positiveCount, features: positiveCount })
const checkCircles = options<CirclesOptions>('circles', {
  ...noiseOf,
  factor: number('a number between 0 and 1', (x) => x > 0 && x < 1)
})
const checkSpirals = options<SpiralsOptions>('spirals', { ...noiseOf, classes: positiveCount })
const checkMoons = noisy('moons')
const checkXor = noisy('xor')
const checkSine = noisy('noisySine')

// -----------------------------------------------------------------------------
// parts
// -----------------------------------------------------------------------------

/** The classes of n examples in turn, 0, 1, ..., 0, 1, ..., so that the first examples have all of them. */
const inTurn = (n: number, classes: number): Tensor<[number]> => typed(mod(arange(n, 'int32'), classes))

/** Numbers from 0 to 1 evenly, for each class by itself. */
const evenly = (n: number, classes: number): Tensor =>
  div(floor(div(cast(arange(n, 'int32'), 'float32'), classes)), Math.max(Math.ceil(n / classes) - 1, 1))

const scattered = (key: Key, x: Tensor, noise: number): Tensor =>
  noise === 0 ? x : add(x, mul(Random.normal(key, x.shape), noise))

const points = (x: Tensor, y: Tensor): Tensor => stack([x, y], { axis: 1 })

const made = <D extends number>(features: Tensor, labels: Tensor): Dataset<[number, D]> => ({
  features: typed(features),
  labels: typed(labels)
})

// -----------------------------------------------------------------------------
// classes
// -----------------------------------------------------------------------------

/**
 * Blobs: normal numbers around a centre for each class, which is drawn from the cube from -10 to 10. `noise` is 1 by default. Classes come
 * in turn.
 *
 * @throws RangeError when the number of examples is not an integer above 0
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const data = Dataset.blobs(Random.key(0), 5, { classes: 2, features: 4 })
 * data.features.shape // => [5, 4]
 * data.labels // => T.of([0, 1, 0, 1, 0], 'int32')
 */
export const blobs = (key: Key, n: number, options: BlobsOptions = {}): Dataset => {
  checkBlobs(options)
  requireKey('blobs', key)
  requireCount('blobs', 'the number of examples', n)
  const { classes = 3, features = 2, noise = 1 } = options
  const [forCentres, forNoise] = Random.split(key)
  const centres = Random.uniform(forCentres, [classes, features], { low: -10, high: 10 })
  const labels = inTurn(n, classes)
  return made(scattered(forNoise, gather(centres, labels), noise), labels)
}

/**
 * Two half circles that reach into each other: (cos t, sin t) for class 0 and (1 - cos t, 1/2 - sin t) for class 1, with t from 0 to pi evenly.
 * `noise` is 0.1 by default. Classes come in turn. It is scikit-learn's `make_moons`.
 *
 * @throws RangeError when the number of examples is not an integer above 0
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * Dataset.moons(Random.key(0), 2, { noise: 0 }).features // => T.of([[1, 0], [0, 0.5]])
 */
export const moons = (key: Key, n: number, options: NoiseOptions = {}): Dataset<[number, 2]> => {
  checkMoons(options)
  requireKey('moons', key)
  requireCount('moons', 'the number of examples', n)
  const labels = inTurn(n, 2)
  const t = mul(evenly(n, 2), Math.PI)
  const first = equal(labels, 0)
  const x = where(first, cos(t), sub(1, cos(t)))
  const y = where(first, sin(t), sub(0.5, sin(t)))
  return made(scattered(key, points(x, y), options.noise ?? 0.1), labels)
}

/**
 * Two circles around the origin: of radius 1 for class 0, and of radius `factor` for class 1. `noise` is 0.1 by default. Classes come in turn.
 * It is scikit-learn's `make_circles`.
 *
 * @throws RangeError when the number of examples is not an integer above 0
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const { features } = Dataset.circles(Random.key(0), 6, { noise: 0 })
 * T.isClose(T.norm(features, { axis: 1 }), T.of([1, 0.5, 1, 0.5, 1, 0.5])) // => true
 */
export const circles = (key: Key, n: number, options: CirclesOptions = {}): Dataset<[number, 2]> => {
  checkCircles(options)
  requireKey('circles', key)
  requireCount('circles', 'the number of examples', n)
  const { factor = 0.5, noise = 0.1 } = options
  const labels = inTurn(n, 2)
  const turn = div(floor(div(cast(arange(n, 'int32'), 'float32'), 2)), Math.ceil(n / 2))
  const angle = mul(turn, 2 * Math.PI)
  const radius = where(equal(labels, 0), 1, factor)
  return made(scattered(key, points(mul(radius, cos(angle)), mul(radius, sin(angle))), noise), labels)
}

/**
 * Arms of a spiral, one for each class: (r sin t, r cos t), with r from 0 to 1 evenly, and t = 4 (c + r) plus a normal number times `noise`, 0.2
 * by default; t is scaled for other numbers of arms than 3. Classes come in turn. It is the data of Stanford's course CS231n.
 *
 * @throws RangeError when the number of examples is not an integer above 0
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const { features, labels } = Dataset.spirals(Random.key(0), 6)
 * T.isClose(T.norm(features, { axis: 1 }), T.of([0, 0, 0, 1, 1, 1])) // => true
 * labels // => T.of([0, 1, 2, 0, 1, 2], 'int32')
 */
export const spirals = (key: Key, n: number, options: SpiralsOptions = {}): Dataset<[number, 2]> => {
  checkSpirals(options)
  requireKey('spirals', key)
  requireCount('spirals', 'the number of examples', n)
  const { classes = 3, noise = 0.2 } = options
  const labels = inTurn(n, classes)
  const radius = evenly(n, classes)
  const start = mul(cast(labels, 'float32'), 12 / classes)
  const angle = scattered(key, add(start, mul(radius, 4)), noise)
  return made(points(mul(radius, sin(angle)), mul(radius, cos(angle))), labels)
}

/**
 * Points of the square from -1 to 1, of class 1 where their signs differ: the task that no line solves. `noise`, 0 by default, moves them after
 * that.
 *
 * @throws RangeError when the number of examples is not an integer above 0
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const { features, labels } = Dataset.xor(Random.key(0), 50)
 * const product = T.prod(features, { axis: 1 })
 * T.Eq.equals(labels, T.cast(T.less(product, 0), 'int32')) // => true
 */
export const xor = (key: Key, n: number, options: NoiseOptions = {}): Dataset<[number, 2]> => {
  checkXor(options)
  requireKey('xor', key)
  requireCount('xor', 'the number of examples', n)
  const [forPoints, forNoise] = Random.split(key)
  const features: Tensor = Random.uniform(forPoints, [n, 2], { low: -1, high: 1 })
  const isPositive = greater(features, 0)
  const [x, y] = [0, 1].map((column) => at(isPositive, column, { axis: 1 }))
  const labels = cast(logicalXor(x!, y!), 'int32')
  return made(scattered(forNoise, features, options.noise ?? 0), typed(labels))
}

// -----------------------------------------------------------------------------
// numbers
// -----------------------------------------------------------------------------

/**
 * A sine to fit: x drawn from 0 to 1, and labels sin(2 pi x) plus normal numbers times `noise`, 0.1 by default. Features have shape [n, 1],
 * labels are float32.
 *
 * @throws RangeError when the number of examples is not an integer above 0
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const { features, labels } = Dataset.noisySine(Random.key(0), 4, { noise: 0 })
 * T.isClose(labels, T.sin(T.mul(T.squeeze(features, { axis: 1 }), 2 * Math.PI))) // => true
 */
export const noisySine = (key: Key, n: number, options: NoiseOptions = {}): Dataset<[number, 1]> => {
  checkSine(options)
  requireKey('noisySine', key)
  requireCount('noisySine', 'the number of examples', n)
  const [forPoints, forNoise] = Random.split(key)
  const x: Tensor = Random.uniform(forPoints, [n])
  const labels = scattered(forNoise, sin(mul(x, 2 * Math.PI)), options.noise ?? 0.1)
  return made(stack([x], { axis: 1 }), labels)
}
