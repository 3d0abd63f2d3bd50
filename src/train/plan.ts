/** Training by epochs, as data: what is done, and how far it has come. */
import { refusal } from '../internal/describe.js'
import {
  type Options,
  callable,
  count,
  notNegative,
  oneOf,
  options,
  positiveCount,
  requireKind,
  text
} from '../internal/options.js'
import type { Key } from '../Random.js'
import { requireKey } from '../random/model.js'
import { isRecord } from '../tree/error.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Numbers by name: what a validation measures. The name `loss` is taken, by the mean loss of the epoch.
 *
 * @example
 * import type { Measures } from 'pullback/Train'
 *
 * const measures: Measures = { accuracy: 0.9, validationLoss: 0.3 }
 * Object.keys(measures) // => ['accuracy', 'validationLoss']
 */
export interface Measures {
  readonly [name: string]: number
}

/**
 * An epoch that is over: its number from 0, the number of steps so far, and its metrics, which are the mean of the losses of its steps and
 * whatever the validation measured.
 *
 * @example
 * import type { EpochReport } from 'pullback/Train'
 *
 * const report: EpochReport<{ readonly accuracy: number }> = { epoch: 0, step: 10, metrics: { loss: 2.3, accuracy: 0.1 } }
 * report.metrics.accuracy // => 0.1
 */
export interface EpochReport<V extends Measures = {}> {
  readonly epoch: number
  readonly step: number
  readonly metrics: { readonly loss: number } & V
}

/**
 * How far a run by epochs has come: everything that its rest depends on, besides step and plan. It is plain data, and `Train.toJSON` writes it.
 *
 * @example
 * import * as Random from 'pullback/Random'
 * import * as Train from 'pullback/Train'
 *
 * const run: Train.Run<number> = Train.begin(0, Random.key(0))
 * run.epoch // => 0
 * run.history // => []
 */
export interface Run<X, V extends Measures = {}> {
  readonly state: X
  /** The key from which, with its number, the key of each epoch is made. */
  readonly key: Key
  /** The number of epochs that are over. */
  readonly epoch: number
  /** The number of steps in the epoch that is not over. */
  readonly batch: number
  /** The sum of the losses of those steps. */
  readonly total: number
  /** The number of steps in all epochs. */
  readonly step: number
  readonly history: readonly EpochReport<V>[]
  /** The state at the end of the best epoch so far, by the metric that is monitored; `null` before the first number. */
  readonly best: { readonly state: X; readonly epoch: number; readonly value: number } | null
  /** The number of epochs since the best one. */
  readonly stale: number
}

/** What both ways of running have in common. */
interface Common<X, V extends Measures> {
  /** How many epochs there are in all, those before a resumption included. */
  readonly epochs: number
  /** The metric by which an epoch is the best so far; `'loss'` by default, the mean loss of its steps. */
  readonly monitor?: 'loss' | (keyof V & string)
  /** Whether smaller or larger values of it are better; `'min'` by default. */
  readonly mode?: 'min' | 'max'
  /** By how much it must be better; 0 by default. */
  readonly minDelta?: number
  /** How many epochs in a row may be no better than the best before training stops; without it, training does not stop early. */
  readonly patience?: number
  /** What changes between epochs, such as the state of `Schedule.reduceOnPlateau`. The best state is the one before it. */
  readonly afterEpoch?: (state: X, metrics: { readonly loss: number } & V) => X
}

/**
 * Training by epochs: the batches of each epoch by its number and its key, how many epochs, and what happens at the end of each.
 *
 * @example
 * import type * as Train from 'pullback/Train'
 *
 * const plan: Train.Plan<number, number> = {
 *   batches: (epoch) => [epoch, epoch + 1],
 *   epochs: 3
 * }
 * plan.epochs // => 3
 */
export interface Plan<X, Batch, V extends Measures = {}> extends Common<X, V> {
  readonly batches: (epoch: number, key: Key) => Iterable<Batch>
  readonly validate?: (state: X) => V
}

/**
 * As `Plan`, with batches and a validation that may be asynchronous.
 *
 * @example
 * import type * as Train from 'pullback/Train'
 *
 * const plan: Train.AsyncPlan<number, number> = {
 *   batches: async function* (epoch) {
 *     yield epoch
 *   },
 *   epochs: 3
 * }
 * plan.epochs // => 3
 */
export interface AsyncPlan<X, Batch, V extends Measures = {}> extends Common<X, V> {
  readonly batches: (epoch: number, key: Key) => AsyncIterable<Batch> | Iterable<Batch>
  readonly validate?: (state: X) => V | Promise<V>
}

// -----------------------------------------------------------------------------
// checks
// -----------------------------------------------------------------------------

/** The functions that take a plan. */
export type Operation = 'Train.epochs' | 'Train.runEpochs'

const required = {
  batches: callable('a function of epoch and key'),
  epochs: count
}

const kinds = {
  ...required,
  validate: callable('a function of the state'),
  monitor: text,
  mode: oneOf('min', 'max'),
  minDelta: notNegative,
  patience: positiveCount,
  afterEpoch: callable('a function of state and metrics')
}

const checks: Readonly<Record<Operation, Options>> = {
  'Train.epochs': options<AsyncPlan<unknown, unknown>>('Train.epochs', kinds),
  'Train.runEpochs': options<AsyncPlan<unknown, unknown>>('Train.runEpochs', kinds)
}

/** Refuses a plan with unknown, wrong or missing entries. */
export const requirePlan = (operation: Operation, plan: object): void => {
  const given: unknown = plan
  if (given === undefined)
    throw new TypeError(refusal(operation, 'the plan', given, 'an object with batches and epochs'))
  checks[operation](plan)
  for (const [name, kind] of Object.entries(required)) {
    requireKind(operation, name, Reflect.get(plan, name), kind)
  }
}

const counters = ['epoch', 'batch', 'step', 'stale', 'total'] as const

/** Refuses another value than a run, such as the state in its place. */
export const requireRun = (operation: string, run: unknown): void => {
  const isRun =
    isRecord(run) && counters.every((name) => typeof run[name] === 'number') && Array.isArray(run['history'])
  if (!isRun) throw new TypeError(refusal(operation, 'the start', run, 'a run, from Train.begin or Train.fromJSON'))
  const best = run['best']
  if (best === null || (isRecord(best) && typeof best['value'] === 'number')) return
  throw new TypeError(refusal(operation, 'the best of the start', best, 'null, or a state with its epoch and value'))
}

/** Refuses what a validation returned, unless it is numbers by other names than loss. */
export const requireMeasures = (operation: string, measured: unknown): void => {
  const expected = 'numbers by name'
  if (!isRecord(measured)) throw new TypeError(refusal(operation, 'what validate returned', measured, expected))
  for (const [name, value] of Object.entries(measured)) {
    if (typeof value !== 'number') throw new TypeError(refusal(operation, `validate's ${name}`, value, 'a number'))
    if (name !== 'loss') continue
    throw new TypeError(
      `${operation}: validate measures loss, the name of the mean loss of the epoch; expected another name, such as validationLoss`
    )
  }
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * A run before its first epoch. The key is for the batches: that of epoch e is `Random.foldIn(key, e)`.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as Random from 'pullback/Random'
 * import * as Train from 'pullback/Train'
 *
 * const [forModel, forBatches] = Random.split(Random.key(0))
 * const run = Train.begin(Train.init(Layer.dense(4, 3), Optimizer.adam(1e-3))(forModel), forBatches)
 * run.state.step // => 0
 */
export const begin = <X>(state: X, key: Key): Run<X, never> => {
  requireKey('Train.begin', key)
  return { state, key, epoch: 0, batch: 0, total: 0, step: 0, history: [], best: null, stale: 0 }
}
