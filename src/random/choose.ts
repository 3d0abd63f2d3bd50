/** Orders and choices at random. */
import { options, checkedLater, flag } from '../internal/options.js'
import { dataAt } from '../internal/dual.js'
import type { Data } from '../DType.js'
import { align } from '../primitive/batch.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive, TensorType } from '../primitive/model.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import { op } from '../primitive/op.js'
import { type Shape, ShapeError, normalizeAxis, show, size, validate } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import type { IsDynamic, Mutable } from '../shape/static.js'
import { gather } from '../tensor/indexing.js'
import { of } from '../tensor/literal.js'
import { type Concrete, type Tensor, contiguous, fromData, isTensor } from '../tensor/model.js'
import { cast, reshapeTo } from '../tensor/structural.js'
import { interval } from '../primitive/domain.js'
import { draw } from './dataLast.js'
import { type Key, type Words, drawnWith, forEachKey, stackOf } from './model.js'
import { fillUnit, sampleKey } from './unit.js'

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

interface ChoiceParams {
  /** The number of things to choose from. */
  readonly n: number
  /** The number of things to choose. */
  readonly count: number
  readonly replace: boolean
}

/** Uniform numbers of 53 bits. */
const unit = (key: Words, count: number): Float64Array => {
  const out = new Float64Array(count)
  fillUnit(key, 'float64', out, (u) => u)
  return out
}

/**
 * The first `count` places of a random order: R. A. Fisher and F. Yates, Statistical tables (1938), by R. Durstenfeld
 * (1964).
 */
const order = (key: Words, n: number, count: number): Int32Array => {
  const result = new Int32Array(n)
  for (let i = 0; i < n; i++) result[i] = i
  const u = unit(key, count)
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(u[i]! * (n - i))
    const chosen = result[j]!
    result[j] = result[i]!
    result[i] = chosen
  }
  return result.slice(0, count)
}

/** The choices of several keys, one after another. */
const chooseWith = (keys: Concrete, out: TensorType, choose: (key: Words, i: number) => Int32Array): Concrete => {
  const data = new Int32Array(size(out.shape))
  const count = out.shape[out.shape.length - 1]!
  forEachKey(keys, (key, i) => data.set(choose(key, i), i * count))
  return fromData(out.shape, 'int32', data)
}

/** Indices below `n`, all equally likely. */
export const choicePrimitive: Primitive<ChoiceParams> = op<1, ChoiceParams>({
  name: 'choice',
  kind: 'random',
  arity: 1,
  infer: (keys, { count }) => ({ shape: drawnWith(keys, [count]), dtype: 'int32' }),
  evaluate: (keys, { n, count, replace }, out) =>
    chooseWith(keys, out, (key) => {
      if (!replace) return order(key, n, count)
      const chosen = new Int32Array(count)
      fillUnit(key, 'float64', chosen, (u) => Math.floor(u * n))
      return chosen
    }),
  jvp: undefined,
  vjp: undefined,
  batch: (operands, _mapped, params) => bindOne(choicePrimitive, operands, params),
  sample: (draw) => {
    const n = draw.integer(1, 6)
    return { operands: [sampleKey(draw)], params: { n, count: draw.integer(0, n), replace: draw.integer(0, 1) === 1 } }
  }
})

/** Weights whose sums and quotients stay in range: very large and very small ones are scaled by a power of two. */
const inRange = (weights: Float64Array): Float64Array => {
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 0)
  const scale = largest > 2 ** 500 ? 2 ** -600 : largest < 2 ** -500 ? 2 ** 500 : 1
  return scale === 1 ? weights : weights.map((weight) => weight * scale)
}

/** The weights of one key, checked. */
const weightsOf = (p: Data, offset: number, n: number, needed: number): Float64Array => {
  const weights = Float64Array.from(p.subarray(offset, offset + n))
  const wrong = weights.find((weight) => !(weight >= 0 && weight < Infinity))
  if (wrong !== undefined) {
    throw new DTypeError('choice', `a weight is ${wrong}; expected a finite number of 0 or more`)
  }
  const possible = weights.filter((weight) => weight > 0).length
  if (possible >= needed) return inRange(weights)
  throw new DTypeError('choice', `the number of positive weights is ${possible}; expected at least ${needed}`)
}

/** Where a uniform number falls among weights laid end to end. */
export const withReplacement = (weights: Float64Array, u: Float64Array): Int32Array => {
  const ends = new Float64Array(weights.length)
  let total = 0
  let last = 0
  for (let i = 0; i < weights.length; i++) {
    total += weights[i]!
    ends[i] = total
    if (weights[i]! > 0) last = i
  }
  const chosen = new Int32Array(u.length)
  for (let i = 0; i < u.length; i++) {
    const target = u[i]! * total
    let from = 0
    let to = last
    while (from < to) {
      const middle = (from + to) >>> 1
      if (ends[middle]! > target) to = middle
      else from = middle + 1
    }
    chosen[i] = from
  }
  return chosen
}

/**
 * The things that arrive first, when thing i arrives at an exponential time of rate weight i.
 * P. S. Efraimidis and P. G. Spirakis, Weighted random sampling with a reservoir, Inf. Process. Lett. 97 (2006).
 */
export const withoutReplacement = (weights: Float64Array, u: Float64Array, count: number): Int32Array => {
  const times = weights.map((weight, i) => (weight > 0 ? -Math.log1p(-u[i]!) / weight : Infinity))
  const places = Array.from(weights.keys()).filter((i) => weights[i]! > 0)
  return Int32Array.from(places.sort((i, j) => times[i]! - times[j]! || i - j).slice(0, count))
}

/** Indices of weights, as likely as these are large. */
export const weightedChoicePrimitive: Primitive<ChoiceParams> = op<2, ChoiceParams>({
  name: 'weightedChoice',
  kind: 'random',
  arity: 2,
  refuses: [1],
  infer: (keys, _p, { count }) => ({ shape: drawnWith(keys, [count]), dtype: 'int32' }),
  evaluate: (keys, p, { n, count, replace }, out) => {
    const { data, offset } = contiguous(p)
    return chooseWith(keys, out, (key, i) => {
      const weights = weightsOf(data, offset + i * n, n, replace ? Math.min(1, count) : count)
      return replace ? withReplacement(weights, unit(key, count)) : withoutReplacement(weights, unit(key, n), count)
    })
  },
  jvp: undefined,
  vjp: undefined,
  batch: (operands, mapped, params, size) => bindOne(weightedChoicePrimitive, align(operands, mapped, size), params),
  sample: (draw) => {
    const n = draw.integer(1, 6)
    const params = { n, count: draw.integer(0, n), replace: draw.integer(0, 1) === 1 }
    const keys = sampleKey(draw)
    return { operands: [keys, draw.tensor([...stackOf(keys), n], interval(0, 1))], params }
  }
})

// -----------------------------------------------------------------------------
// orders
// -----------------------------------------------------------------------------

const requireCount = (operation: string, n: unknown): void => {
  if (typeof n !== 'number') requireTensor(operation, n)
  else if (!Number.isSafeInteger(n) || n < 0) {
    throw new ShapeError(operation, [], `the number of things is ${n}; expected an integer of 0 or more`)
  }
}

/**
 * Along which axis to permute.
 *
 * @example
 * import * as Random from 'pullback/Random'
 *
 * const columns: Random.PermutationOptions = { axis: 1 }
 * columns.axis // => 1
 */
export interface PermutationOptions {
  /** The axis whose slices change places; the first by default. */
  readonly axis?: number
}

/**
 * A random order, all being equally likely: of the numbers below `n`, as int32, or of the slices of a tensor along an
 * axis (the first by default), which stay whole. Differentiable in the tensor. Data-last: `permutation(n)(key)`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const order: T.Tensor<[5]> = Random.permutation(Random.key(0), 5)
 * T.sort(order) // => T.of([0, 1, 2, 3, 4], 'int32')
 * pipe(Random.key(0), Random.permutation(T.zeros([3, 4]))).shape // => [3, 4]
 */
export const permutation: {
  <const N extends number>(key: Key, n: N): Tensor<[N]>
  <S extends Shape>(key: Key, x: Tensor<S>, options?: PermutationOptions): Tensor<S>
  <const N extends number>(n: N): (key: Key) => Tensor<[N]>
  <S extends Shape>(x: Tensor<S>, options?: PermutationOptions): (key: Key) => Tensor<S>
} = draw(
  'permutation',
  dataAt(1, options<PermutationOptions>('permutation', { axis: checkedLater })),
  (key: Key, things: number | Tensor, given: PermutationOptions = {}) => {
    const places = (n: number): Tensor => {
      requireCount('permutation', n)
      return bindOne(choicePrimitive, [key], { n, count: n, replace: false })
    }
    if (!isTensor(things)) return places(things)
    const axis = normalizeAxis('permutation', given.axis ?? 0, things.shape)
    return gather(things, places(things.shape[axis]!), { axis })
  }
)

// -----------------------------------------------------------------------------
// choices
// -----------------------------------------------------------------------------

/**
 * How to choose.
 *
 * @example
 * import * as Random from 'pullback/Random'
 *
 * const fiveDifferent: Random.ChoiceOptions = { shape: [5], replace: false }
 * Random.choice(Random.key(0), 10, fiveDifferent).shape // => [5]
 */
export interface ChoiceOptions {
  /** How many to choose, as a shape; one, `[]`, by default. */
  readonly shape?: Shape
  /** Whether the same thing may be chosen again; true by default. */
  readonly replace?: boolean
  /** How likely each thing is: weights of 0 or more, which need not sum to 1; all equal by default. */
  readonly p?: Tensor | readonly number[]
}

/** The shape of the option, or []. */
type Chosen<O> = Given<O, 'shape', readonly []> extends infer C extends Shape ? Mutable<C> : Shape

/** The shape of chosen slices. */
type ChosenOf<O, S extends Shape> =
  IsDynamic<Chosen<O>> extends true
    ? Shape
    : S extends readonly [number, ...infer Tail extends Shape]
      ? [...Chosen<O>, ...Tail]
      : Shape

/**
 * Things chosen at random: int32 numbers below `n`, or slices of a tensor along its first axis. Differentiable in the
 * tensor.
 *
 * With `replace: false` all are different, and their order is random too; with weights, they are chosen one after
 * the other, each among those left and as likely as its weight. Data-last: `choice(n, options)(key)`.
 *
 * @throws ShapeError when there is nothing to choose from, or fewer things than choices without replacement
 * @throws DTypeError for weights that are negative, not finite, or positive for too few
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const hand: T.Tensor<[5]> = Random.choice(Random.key(0), 52, { shape: [5], replace: false })
 * hand.dtype // => 'int32'
 * pipe(Random.key(0), Random.choice(T.of([10, 20, 30]), { shape: [2], p: [0, 1, 0] })) // => T.of([20, 20])
 */
export const choice: {
  <const O extends ChoiceOptions = {}>(key: Key, n: number, options?: O & Only<O, ChoiceOptions>): Tensor<Chosen<O>>
  <S extends Shape, const O extends ChoiceOptions = {}>(
    key: Key,
    x: Tensor<S>,
    options?: O & Only<O, ChoiceOptions>
  ): Tensor<ChosenOf<O, S>>
  <const O extends ChoiceOptions = {}>(n: number, options?: O & Only<O, ChoiceOptions>): (key: Key) => Tensor<Chosen<O>>
  <S extends Shape, const O extends ChoiceOptions = {}>(
    x: Tensor<S>,
    options?: O & Only<O, ChoiceOptions>
  ): (key: Key) => Tensor<ChosenOf<O, S>>
} = draw(
  'choice',
  dataAt(1, options<ChoiceOptions>('choice', { shape: checkedLater, replace: flag, p: checkedLater })),
  (key: Key, things: number | Tensor, given: ChoiceOptions = {}) => {
    const { replace = true, p } = given
    const shape = validate('choice', given.shape ?? [])
    const n = isTensor(things) ? (things.shape[normalizeAxis('choice', 0, things.shape)] ?? 0) : things
    requireCount('choice', n)
    const count = size(shape)
    if (count > 0 && (replace ? n === 0 : count > n)) {
      const least = replace ? 'at least one' : `at least ${count} without replacement`
      throw new ShapeError(
        'choice',
        [shape],
        `the number of things is ${n}; for ${show(shape)} choices, expected ${least}`
      )
    }
    const params: ChoiceParams = { n, count, replace }
    const indices =
      p === undefined
        ? bindOne(choicePrimitive, [key], params)
        : bindOne(weightedChoicePrimitive, [key, weightTensor(p, n)], params)
    const places = reshapeTo(indices, shape)
    return isTensor(things) ? gather(things, places, { axis: 0 }) : places
  }
)

const weightTensor = (p: Tensor | readonly number[], n: number): Tensor => {
  if (!Array.isArray(p)) requireTensor('choice', p, 'p')
  const weights = isTensor(p) ? p : of(p, 'float64')
  if (weights.shape.length === 1 && weights.shape[0] === n) return cast(weights, 'float64')
  throw new ShapeError('choice', [weights.shape], `p has shape ${show(weights.shape)}; expected [${n}]`)
}
