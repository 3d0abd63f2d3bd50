/** Training by epochs, in one go and with waiting: batches, validation, the best state, early stopping. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as E from '../internal/either.js'
import { requireFunction } from '../internal/check.js'
import { callable, options } from '../internal/options.js'
import * as R from '../Random.js'
import type { Reporter } from './event.js'
import { type Ending, overBatches, requireMade, told } from './loop.js'
import type { AsyncStep, Report, Step } from './model.js'
import { type Aborted, type Diverged, type Failed, type Signal, type Trouble, aborted, steps } from './outcome.js'
import {
  type AsyncPlan,
  type Measures,
  type Operation,
  type Plan,
  type Run,
  requireMeasures,
  requirePlan,
  requireRun
} from './plan.js'
import { probe, probeOf } from './probe.js'
import { signalKind } from './run.js'
import { isAsync, isStopped, patient } from './source.js'
import { type Tell, teller } from './tell.js'
import { type Waiting, awaiting, inOneGo, mapLater, waitFor } from './waiting.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Options of a run by epochs: to stop it, as an `AbortController` does, and who is told of its events.
 *
 * @example
 * import * as Train from 'pullback/Train'
 *
 * const options: Train.EpochsOptions = { signal: new AbortController().signal, reporter: Train.silent }
 * options.signal?.aborted // => false
 */
export interface EpochsOptions<Rep extends Report = Report> {
  readonly signal?: Signal
  readonly reporter?: Reporter<Rep>
}

const kinds = { signal: signalKind, reporter: callable('a function of events') }

const epochsOptions = options<EpochsOptions>('Train.epochs', kinds)
const runEpochsOptions = options<EpochsOptions>('Train.runEpochs', kinds)

// -----------------------------------------------------------------------------
// parts
// -----------------------------------------------------------------------------

/** The step of the whole run: that of the state, counted. */
const counted = <X, Batch, Rep extends Report, V extends Measures>(
  step: AsyncStep<X, Batch, Rep>
): AsyncStep<Run<X, V>, Batch, Rep> => {
  const { stateOf, gradient } = probeOf(step)
  const countedStep: AsyncStep<Run<X, V>, Batch, Rep> = (run, batch) =>
    mapLater(step(run.state, batch), (made) => {
      const [state, report] = requireMade(made)
      const { loss } = report
      return [{ ...run, state, batch: run.batch + 1, total: run.total + loss, step: run.step + 1 }, report]
    })
  return probe(countedStep, {
    stateOf: ({ state }) => stateOf(state),
    gradient: gradient && (({ state }, batch) => gradient(state, batch))
  })
}

/** The run after an epoch, with its report, and the best so far. */
const closed = <X, Batch, V extends Measures>(
  operation: Operation,
  plan: AsyncPlan<X, Batch, V>,
  run: Run<X, V>,
  measured: V
): Run<X, V> => {
  const { monitor = 'loss', mode = 'min', minDelta = 0, afterEpoch } = plan
  const metrics = { ...measured, loss: run.total / run.batch }
  if (!Object.hasOwn(metrics, monitor)) {
    throw new TypeError(
      `${operation}: monitor is '${monitor}', which is not measured; expected one of ${Object.keys(metrics).join(', ')}`
    )
  }
  const value: number = metrics[monitor]
  const { best, state, epoch } = run
  // NaN is never better.
  const isBetter =
    best === null
      ? !Number.isNaN(value)
      : mode === 'min'
        ? value < best.value - minDelta
        : value > best.value + minDelta
  return {
    ...run,
    state: afterEpoch === undefined ? state : afterEpoch(state, metrics),
    epoch: epoch + 1,
    batch: 0,
    total: 0,
    history: [...run.history, { epoch, step: run.step, metrics }],
    best: isBetter ? { state, epoch, value } : best,
    stale: isBetter ? 0 : run.stale + 1
  }
}

/** Whether so many epochs were no better than the best that training stops. */
const isOver = (patience: number | undefined, stale: number): boolean => patience !== undefined && stale >= patience

/** What is said in the end. */
const endingOf = <X, V extends Measures>(
  patience: number | undefined,
  { best, epoch, stale, step }: Run<X, V>
): Ending => ({
  _tag: 'Ended',
  outcome: isOver(patience, stale) ? 'stopped' : 'completed',
  message: `${steps(step)} in ${epoch} epoch${epoch === 1 ? '' : 's'}${best === null ? '' : `, the best was epoch ${best.epoch + 1}`}`
})

/** Casts the measures of a plan without a validation, which are none. */
const nothing = <V>(): V => ({}) as V

function* allEpochs<X, Batch, Rep extends Report, V extends Measures>(
  operation: Operation,
  given: AsyncStep<X, Batch, Rep>,
  plan: AsyncPlan<X, Batch, V>,
  start: Run<X, V>,
  signal: Signal | undefined,
  tell: Tell<Rep> | undefined
): Waiting<Either<Trouble<Run<X, V>>, Run<X, V>>> {
  const waits = operation === 'Train.runEpochs'
  const step = counted<X, Batch, Rep, V>(given)
  let run = start
  while (run.epoch < plan.epochs && !isOver(plan.patience, run.stale)) {
    if (isStopped(signal)) return aborted(run, run.step)
    const { epoch } = run
    const batches = plan.batches(epoch, R.foldIn(run.key, epoch))
    if (isAsync(batches) && !waits) throw asynchronous('the batches are')
    const see = tell && ((report: Rep) => tell({ _tag: 'Stepped', epoch, report }))
    const manner = { patience: waits ? patient : undefined, see, signal, skip: run.batch, before: run.step }
    const after = yield* overBatches(step, run, batches, manner)
    if (E.isLeft(after)) return after
    run = after.right
    if (run.batch === 0) throw new RangeError(`${operation}: epoch ${epoch} is without batches; expected at least one`)
    const measured = plan.validate === undefined ? nothing<V>() : yield* waitFor(plan.validate(run.state))
    requireMeasures(operation, measured)
    run = closed(operation, plan, run, measured)
    const waited = tell?.({ _tag: 'Epoch', ...run.history.at(-1)! })
    if (waits && waited !== undefined) yield* waitFor(waited)
  }
  return E.right(run)
}

const asynchronous = (what: string): TypeError =>
  new TypeError(`Train.epochs: ${what} asynchronous; expected none that wait, use Train.runEpochs`)

const trained = <X, Batch, Rep extends Report, V extends Measures>(
  operation: Operation,
  step: AsyncStep<X, Batch, Rep>,
  plan: AsyncPlan<X, Batch, V>,
  start: Run<X, V>,
  { signal, reporter }: EpochsOptions<Rep>
): Waiting<Either<Trouble<Run<X, V>>, Run<X, V>>> => {
  const tell = teller(reporter)
  const run = allEpochs(operation, step, plan, start, signal, tell)
  const waits = operation === 'Train.runEpochs'
  return told(tell, waits, { _tag: 'Begun', epochs: plan.epochs }, run, (end) => endingOf(plan.patience, end))
}

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/**
 * Trains by epochs, in one go, by a step and a plan. Each epoch makes one step per batch, validates, keeps the best state so far, and may change the state before
 * the next; `history` holds the metrics of all epochs. After `patience` epochs that were no better than the best it stops.
 *
 * A run that was stopped by its signal, failed or diverged has a run in it from which training goes on, in the middle of an epoch too: the
 * batches of an epoch are made again from its number and its key, and those that were stepped over are skipped. Training that goes on gives
 * the same bits as training that was never interrupted, also when the run was written to JSON and read.
 *
 * @throws TypeError for a wrong plan, a wrong run, and batches of two structures
 * @throws RangeError for an epoch without batches
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 * import * as Train from 'pullback/Train'
 *
 * const objective: Train.Objective<T.Tensor<[]>, readonly [], number> = (p, s, x) => [T.square(T.sub(p, x)), s]
 * const optimizer = Optimizer.sgd(0.25)
 * const params = T.scalar(4)
 * const start = { params, layerState: [], optimizerState: optimizer.init(params), key: Random.key(0), step: 0 } as const
 * const train = Train.epochs(Train.step(objective, optimizer), {
 *   batches: () => [1, -1],
 *   epochs: 20,
 *   validate: (state) => ({ distance: Math.abs(T.item(state.params)) }),
 *   monitor: 'distance',
 *   minDelta: 0.01,
 *   patience: 2
 * })
 * const result = train(Train.begin(start, Random.key(1)))
 * const distances = E.isRight(result) ? result.right.history.map(({ metrics }) => metrics.distance) : []
 * distances // => [0.75, 0.0625, 0.265625, 0.31640625]
 * E.isRight(result) && result.right.best?.epoch // => 1
 */
export const epochs = <X, Batch, Rep extends Report, V extends Measures = {}>(
  step: Step<X, Batch, Rep>,
  plan: Plan<X, Batch, V>
): ((
  start: Run<X, V>,
  options?: EpochsOptions<Rep>
) => Either<Diverged<Run<X, V>> | Aborted<Run<X, V>> | Failed<Run<X, V>>, Run<X, V>>) => {
  requireFunction('Train.epochs', step, 'the step')
  requirePlan('Train.epochs', plan)
  return (start, options = {}) => {
    requireRun('Train.epochs', start)
    epochsOptions(options)
    return inOneGo(trained('Train.epochs', step, plan, start, options), () => asynchronous('what validate returned is'))
  }
}

/**
 * As `epochs`, with a step, batches, a validation and a reporter that may be asynchronous, as a task. The signal stops it while it waits for a
 * batch, too. An engine on a device holds only the last three states of a run, so that the best of earlier ones is to be
 * read in `validate`.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Random from 'pullback/Random'
 * import * as Train from 'pullback/Train'
 *
 * const counting: Train.Step<number, number> = (count, batch) => [count + 1, { step: count, loss: batch }]
 * const train = Train.runEpochs(counting, {
 *   batches: async function* (epoch) {
 *     yield* [epoch, epoch + 2]
 *   },
 *   epochs: 2,
 *   validate: async (count) => ({ count })
 * })
 * const result = await train(Train.begin(0, Random.key(0)))()
 * const metrics = E.isRight(result) ? result.right.history.map((epoch) => epoch.metrics) : []
 * metrics // => [{ count: 2, loss: 1 }, { count: 4, loss: 2 }]
 */
export const runEpochs = <X, Batch, Rep extends Report, V extends Measures = {}>(
  step: AsyncStep<X, Batch, Rep>,
  plan: AsyncPlan<X, Batch, V>
): ((
  start: Run<X, V>,
  options?: EpochsOptions<Rep>
) => TaskEither<Diverged<Run<X, V>> | Aborted<Run<X, V>> | Failed<Run<X, V>>, Run<X, V>>) => {
  requireFunction('Train.runEpochs', step, 'the step')
  requirePlan('Train.runEpochs', plan)
  return (start, options = {}) => {
    requireRun('Train.runEpochs', start)
    runEpochsOptions(options)
    return () => awaiting(trained('Train.runEpochs', step, plan, start, options))
  }
}
