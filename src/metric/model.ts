/** What a metric is: a monoid of statistics, which batches give and a value is read from; and the mean, the simplest one. */
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import { isNotNegative, requireFunction, requireNumber } from '../internal/check.js'
import { describe, isOptions, refusal } from '../internal/describe.js'
import { isTensor } from '../tensor/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The four parts of a metric: a monoid of statistics, `of` for those of a batch, and `value` for the number that they mean.
 * The statistics of a whole are those of its parts, merged by `concat`; `empty` is those of no data.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 *
 * const longest: Metric.Statistics<readonly [words: readonly string[]], number> = {
 *   empty: 0,
 *   concat: Math.max,
 *   of: (words) => Math.max(0, ...words.map((word) => word.length)),
 *   value: (length) => length
 * }
 * longest.of(['two', 'three']) // => 5
 */
export interface Statistics<Args extends readonly unknown[], Stats, Value = number> extends Monoid<Stats> {
  readonly of: (...args: Args) => Stats
  readonly value: (stats: Stats) => Value
}

/**
 * A metric: a function of a batch that gives its value, and carries the parts by which batches are merged. It is a `Monoid` of fp-ts
 * too: `concatAll(metric)` merges the statistics of many batches.
 *
 * @example
 * import { concatAll } from 'fp-ts/lib/Monoid.js'
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * const metric: Metric.Metric<readonly [scores: T.Tensor, labels: T.Tensor], Metric.Mean> = Metric.accuracy
 * const scores = T.of([[0.9, 0.1], [0.2, 0.8]])
 * metric(scores, T.of([0, 1], 'int32')) // => 1
 * const parts = [metric.of(scores, T.of([0, 1], 'int32')), metric.of(scores, T.of([1, 1], 'int32'))]
 * metric.value(concatAll(metric)(parts)) // => 0.75
 */
export interface Metric<Args extends readonly unknown[], Stats, Value = number> extends Statistics<Args, Stats, Value> {
  (...args: Args): Value
}

/**
 * A mean that can be continued: a sum, and the count of its numbers.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 *
 * const hits: Metric.Mean = { sum: 3, count: 4 }
 * Metric.value(hits) // => 0.75
 */
export interface Mean {
  readonly sum: number
  readonly count: number
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * A metric from its four parts. Law: `concat(of(a), of(b))` is `of` of the batches a and b together.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 *
 * const highest = Metric.make({ empty: -Infinity, concat: Math.max, of: (x: number) => x, value: (x) => x })
 * highest.value(highest.concat(highest.of(3), highest.of(5))) // => 5
 */
/* @__NO_SIDE_EFFECTS__ */
export const make = <Args extends readonly unknown[], Stats, Value>(
  statistics: Statistics<Args, Stats, Value>
): Metric<Args, Stats, Value> => {
  requireStatistics('Metric.make', 'the statistics', statistics)
  const { empty, concat, of, value } = statistics
  return Object.assign((...args: Args): Value => value(of(...args)), { empty, concat, of, value })
}

const partOf = (x: unknown): unknown => (isTensor(x) ? x.shape.length : Array.isArray(x) ? 'list' : typeof x)

/** Refuses statistics that do not have the parts of the empty ones, such as those of another metric. */
const requireLike = (operation: string, empty: unknown, stats: unknown): void => {
  const names = isOptions(empty) && !isTensor(empty) ? Object.keys(empty) : []
  const has = (name: string): boolean =>
    partOf(Reflect.get(Object(stats), name)) === partOf(Reflect.get(Object(empty), name))
  if (partOf(stats) === partOf(empty) && stats !== null && names.every(has)) return
  const expected = `those of this metric${names.length === 0 ? '' : `, with ${names.join(', ')}`}`
  throw new TypeError(`${operation}: the statistics are ${describe(stats)}; expected ${expected}`)
}

/** A monoid that refuses statistics of another kind. */
/* @__NO_SIDE_EFFECTS__ */
const guarded = <Stats>(operation: string, { empty, concat }: Monoid<Stats>): Monoid<Stats> => ({
  empty,
  concat: (a, b) => {
    requireLike(operation, empty, a)
    requireLike(operation, empty, b)
    return concat(a, b)
  }
})

/** `make` for a metric of this library, by its name: it refuses statistics of another one. */
/* @__NO_SIDE_EFFECTS__ */
export const named = <Args extends readonly unknown[], Stats, Value>(
  operation: string,
  { empty, concat, of, value }: Statistics<Args, Stats, Value>
): Metric<Args, Stats, Value> =>
  make({
    ...guarded(operation, { empty, concat }),
    of,
    value: (stats) => {
      requireLike(operation, empty, stats)
      return value(stats)
    }
  })

const isFunction = (x: unknown): boolean => typeof x === 'function'

const requireArguments = (batch: unknown): void => {
  if (!Array.isArray(batch)) throw new TypeError(refusal('Metric.over', 'a batch', batch, 'a list of arguments'))
}

/** Refuses what batches cannot be read and merged by. */
const requireStatistics = (operation: string, subject: string, given: unknown): void => {
  const isObject = (typeof given === 'object' && given !== null) || typeof given === 'function'
  const names = ['of', 'concat', 'value'] as const
  if (isObject && 'empty' in given && names.every((name) => isFunction(Reflect.get(given, name)))) return
  throw new TypeError(refusal(operation, subject, given, 'a metric, with empty, concat, of and value'))
}

const noMean: Mean = { sum: 0, count: 0 }

/**
 * The mean of one number, or of a batch of `count` whose mean is `value`.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 *
 * Metric.mean(0.5, 32) // => { sum: 16, count: 32 }
 */
export const mean = (value: number, count: number = 1): Mean => {
  requireNumber('Metric.mean', 'the value', value, 'a number', () => true)
  requireNumber('Metric.mean', 'the count', count, 'a number of 0 or more', isNotNegative)
  return { sum: value * count, count }
}

// -----------------------------------------------------------------------------
// destructors
// -----------------------------------------------------------------------------

/**
 * The mean itself; NaN if the count is 0.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 *
 * Metric.value({ sum: 3, count: 4 }) // => 0.75
 */
export const value = (mean: Mean): number => {
  requireLike('Metric.value', noMean, mean)
  return mean.sum / mean.count
}

/**
 * The value of a metric over many batches, each a list of the metric's arguments; the batches may come lazily, and are let go of one by one.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * const batches = [[T.of([1, 2]), T.of([1, 4])], [T.of([3]), T.of([3])]] as const
 * Metric.over(Metric.mse)(batches) // ≈ 1.3333
 */
export const over =
  <Args extends readonly unknown[], Stats, Value>(metric: Statistics<Args, Stats, Value>) =>
  (batches: Iterable<Readonly<Args>>): Value => {
    requireStatistics('Metric.over', 'the metric', metric)
    const given: unknown = batches
    if (typeof given !== 'object' || given === null || !(Symbol.iterator in given)) {
      throw new TypeError(refusal('Metric.over', 'the operand', given, 'an iterable of lists of arguments'))
    }
    let stats = metric.empty
    for (const batch of batches) {
      requireArguments(batch)
      stats = metric.concat(stats, metric.of(...batch))
    }
    return metric.value(stats)
  }

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/**
 * A function of a metric's value; the statistics stay the same. Identity and composition are preserved.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * const error = pipe(Metric.accuracy, Metric.map((share) => 1 - share))
 * error(T.of([[0.9, 0.1], [0.2, 0.8]]), T.of([0, 0], 'int32')) // => 0.5
 */
export const map =
  <A, B>(f: (value: A) => B) =>
  <Args extends readonly unknown[], Stats>(metric: Statistics<Args, Stats, A>): Metric<Args, Stats, B> => {
    requireFunction('Metric.map', f)
    requireStatistics('Metric.map', 'the metric', metric)
    return make({ ...partsOf(metric), value: (stats: Stats) => f(metric.value(stats)) })
  }

/**
 * A metric of other arguments: `f` gives those that the metric takes.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * // The probability of class 1 alone, as two columns.
 * const binary = Metric.contramap((p: T.Tensor<[number]>, labels: T.Tensor) =>
 *   [T.stack([T.sub(1, p), p], { axis: 1 }), labels] as const
 * )
 * pipe(Metric.accuracy, binary)(T.of([0.9, 0.6]), T.of([1, 0], 'int32')) // => 0.5
 */
export const contramap =
  <Args extends readonly unknown[], Given extends readonly unknown[]>(f: (...given: Given) => Args) =>
  <Stats, Value>(metric: Statistics<Args, Stats, Value>): Metric<Given, Stats, Value> => {
    requireFunction('Metric.contramap', f)
    requireStatistics('Metric.contramap', 'the metric', metric)
    return make({ ...partsOf(metric), of: (...given: Given) => metric.of(...f(...given)) })
  }

/** The parts of a metric without its call. */
const partsOf = <Args extends readonly unknown[], Stats, Value>({
  empty,
  concat,
  of,
  value
}: Statistics<Args, Stats, Value>): Statistics<Args, Stats, Value> => ({ empty, concat, of, value })

/** A metric of some statistics, which only it can read. */
interface Part {
  readonly empty: unknown
  readonly concat: (a: never, b: never) => unknown
  readonly of: (...args: never) => unknown
  readonly value: (stats: never) => unknown
}

type StatsOf<R> = { readonly [Name in keyof R]: R[Name] extends { readonly empty: infer S } ? S : never }
type ValuesOf<R> = { readonly [Name in keyof R]: R[Name] extends Statistics<infer _A, infer _S, infer V> ? V : never }
type ArgsOf<R> = [R[keyof R]] extends [{ readonly of: (...args: infer Args) => unknown }] ? Args : never

/** Applies a function to each field of a record; casts the arguments and the result to the fields' types. */
const eachField = <Result>(
  metrics: object,
  f: (metric: Statistics<never, never, unknown>, name: string) => unknown
): Result =>
  Object.fromEntries(
    Object.entries(metrics).map(([name, metric]) => [name, f(metric as Statistics<never, never, unknown>, name)])
  ) as Result

/**
 * Several metrics of the same arguments as one, whose statistics and value are records.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * const both = Metric.struct({ mae: Metric.mae, mse: Metric.mse })
 * both(T.of([1, 2]), T.of([1, 4])) // => { mae: 1, mse: 2 }
 */
/* @__NO_SIDE_EFFECTS__ */
export const struct = <R extends Readonly<Record<string, Part>>>(
  metrics: R
): Metric<ArgsOf<R>, StatsOf<R>, ValuesOf<R>> => {
  type Stats = Readonly<Record<string, never>>
  const given: unknown = metrics
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(refusal('Metric.struct', 'the operand', given, 'an object of metrics'))
  }
  Object.entries(metrics).forEach(([name, metric]) => requireStatistics('Metric.struct', name, metric))
  return named('Metric.struct', {
    empty: eachField<StatsOf<R>>(metrics, ({ empty }) => empty),
    concat: (a, b) => eachField(metrics, ({ concat }, name) => concat((a as Stats)[name]!, (b as Stats)[name]!)),
    of: (...args: ArgsOf<R>) => eachField<StatsOf<R>>(metrics, ({ of }) => of(...(args as never))),
    value: (stats) => eachField<ValuesOf<R>>(metrics, ({ value }, name) => value((stats as Stats)[name]!))
  })
}

// -----------------------------------------------------------------------------
// instances
// -----------------------------------------------------------------------------

/**
 * Merges means of parts into the mean of the whole. Associative up to the rounding of sums; exactly so for counts of hits.
 *
 * @example
 * import { concatAll } from 'fp-ts/lib/Monoid.js'
 * import * as Metric from 'pullback/Metric'
 *
 * const total = concatAll(Metric.MonoidMean)([Metric.mean(1, 30), Metric.mean(0, 10)])
 * Metric.value(total) // => 0.75
 */
export const MonoidMean: Monoid<Mean> = /* @__PURE__ */ guarded('MonoidMean', {
  concat: (a, b) => ({ sum: a.sum + b.sum, count: a.count + b.count }),
  empty: noMean
})

/** A metric that is a mean, of what `of` gives. */
/* @__NO_SIDE_EFFECTS__ */
export const averaged = <Args extends readonly unknown[]>(
  operation: string,
  of: (...args: Args) => Mean
): Metric<Args, Mean> => named(operation, { ...MonoidMean, of, value })

/** Adds lists of numbers of one length place by place; an empty list is neutral. */
export const addLists = (what: string, a: readonly number[], b: readonly number[]): readonly number[] => {
  if (a.length === 0) return b
  if (b.length === 0) return a
  if (a.length !== b.length) {
    throw new RangeError(
      `Metric: the numbers of ${what} are ${describe(a.length)} and ${describe(b.length)}; expected the same`
    )
  }
  return a.map((x, i) => x + b[i]!)
}
