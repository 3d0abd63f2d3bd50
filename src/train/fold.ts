/** Loops over batches behind pure signatures: in one go, with all reports, and asynchronously. */
import * as E from '../internal/either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { callable, options } from '../internal/options.js'
import { type Concrete, contiguous, isConcrete } from '../tensor/model.js'
import { size } from '../shape/model.js'
import { flattenAs } from '../tree/model.js'
import type { Report, State, Step } from './model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Training whose numbers became NaN or infinite: the step at which this was found, the loss there, and the last state
 * whose loss was finite (or the first state).
 *
 * @example
 * import type { Diverged } from 'pullback/Train'
 *
 * const remedy = <P, S>(diverged: Diverged<P, S>): P => diverged.lastGood.params
 * remedy.length // => 1
 */
export interface Diverged<P, S> {
  readonly _tag: 'Diverged'
  readonly step: number
  readonly loss: number
  readonly lastGood: State<P, S>
  readonly message: string
}

/**
 * Training that its caller stopped, and the state at that point.
 *
 * @example
 * import type { Aborted } from 'pullback/Train'
 *
 * const reached = <P, S>(aborted: Aborted<P, S>): number => aborted.state.step
 * reached.length // => 1
 */
export interface Aborted<P, S> {
  readonly _tag: 'Aborted'
  readonly state: State<P, S>
  readonly message: string
}

/**
 * Training whose source of batches failed: the error that it threw, and the state at that point.
 *
 * @example
 * import type { Failed } from 'pullback/Train'
 *
 * const cause = <P, S>(failed: Failed<P, S>): unknown => failed.error
 * cause.length // => 1
 */
export interface Failed<P, S> {
  readonly _tag: 'Failed'
  readonly error: unknown
  readonly state: State<P, S>
  readonly message: string
}

/**
 * A signal that stops a loop: an `AbortSignal`, or any object with these fields. Without events it is read between batches
 * only.
 *
 * @example
 * import type { Signal } from 'pullback/Train'
 *
 * const signal: Signal = new AbortController().signal
 * signal.aborted // => false
 */
export interface Signal {
  readonly aborted: boolean
  readonly addEventListener?: (type: 'abort', listener: () => void) => void
  readonly removeEventListener?: (type: 'abort', listener: () => void) => void
}

/**
 * Options of an asynchronous loop: to stop it, as an `AbortController` does, and to watch it. A promise that
 * `onProgress` returns is awaited before the next batch, which gives events a chance to arrive.
 *
 * @example
 * import type { RunOptions } from 'pullback/Train'
 *
 * const options: RunOptions = { signal: new AbortController().signal }
 * options.signal?.aborted // => false
 */
export interface RunOptions {
  readonly signal?: Signal
  readonly onProgress?: (report: Report) => void | Promise<void>
}

// -----------------------------------------------------------------------------
// divergence
// -----------------------------------------------------------------------------

const diverged = <P, S>(
  at: number,
  loss: number,
  what: string,
  lastGood: State<P, S>,
  remedy: string = 'lower the learning rate or clip the gradient'
): Either<Diverged<P, S>, never> =>
  E.left({
    _tag: 'Diverged',
    step: at,
    loss,
    lastGood,
    message: `Train: ${what} at step ${at}; expected finite numbers, ${remedy}`
  })

/** Before the first update, no learning rate can be the cause. */
const remedyAt = (step: number): string | undefined => (step === 0 ? 'look at the data (Debug.checkFinite)' : undefined)

const isFinite = (x: Concrete): boolean => {
  const { data, offset } = contiguous(x)
  const end = offset + size(x.shape)
  for (let i = offset; i < end; i++) if (!Number.isFinite(data[i]!)) return false
  return true
}

/** One step of a loop, which keeps the state whose loss was last finite. */
const advance = <P, S, Batch>(
  step: Step<P, S, Batch>,
  state: State<P, S>,
  lastGood: State<P, S>,
  batch: Batch
): Either<Diverged<P, S>, readonly [State<P, S>, Report]> => {
  const result = step(state, batch)
  const { loss, step: at } = result[1]
  return Number.isFinite(loss) ? E.right(result) : diverged(at, loss, `the loss is ${loss}`, lastGood, remedyAt(at))
}

/** The end of a loop, which checks the parameters after the last update: there is no later loss to show them. */
const finish = <P, S>(
  state: State<P, S>,
  lastGood: State<P, S>,
  last: Report | undefined
): Either<Diverged<P, S>, State<P, S>> => {
  if (last === undefined) return E.right(state)
  const { leaves, paths } = flattenAs('Train', state.params)
  const where = paths.find((_, i) => {
    const leaf = leaves[i]
    return leaf !== undefined && isConcrete(leaf) && !isFinite(leaf)
  })
  if (where === undefined) return E.right(state)
  const name = where === '' ? 'the parameters are' : `the parameter ${where} is`
  return diverged(last.step, last.loss, `${name} not finite`, lastGood)
}

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/**
 * Makes one step per batch, from first to last. A loss that is NaN or infinite ends it, and so do parameters that are
 * not finite in the end: see `Diverged`.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 * import * as Train from 'pullback/Train'
 *
 * const objective: Train.Objective<T.Tensor<[]>, readonly [], number> = (p, s, x) => [T.square(T.sub(p, x)), s]
 * const run = (rate: number, batches: readonly number[]) => {
 *   const optimizer = Optimizer.sgd(rate)
 *   const params = T.scalar(4)
 *   const start = { params, layerState: [], optimizerState: optimizer.init(params), key: Random.key(0), step: 0 } as const
 *   return Train.fold(Train.step(objective, optimizer))(start, batches)
 * }
 * const good = run(0.25, [0, 0])
 * E.isRight(good) && good.right.params // => T.scalar(1)
 * const bad = run(0.25, [0, NaN])
 * E.isLeft(bad) && bad.left.step // => 1
 * E.isLeft(bad) && bad.left.lastGood.params // => T.scalar(4)
 */
export const fold =
  <P, S, Batch>(step: Step<P, S, Batch>) =>
  (start: State<P, S>, batches: Iterable<Batch>): Either<Diverged<P, S>, State<P, S>> =>
    loop(step, start, batches, () => undefined)

/**
 * As `fold`, with the reports of all steps.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 * import * as Train from 'pullback/Train'
 *
 * const optimizer = Optimizer.sgd(0.25)
 * const objective: Train.Objective<T.Tensor<[]>, readonly [], number> = (p, s, x) => [T.square(T.sub(p, x)), s]
 * const params = T.scalar(4)
 * const start = { params, layerState: [], optimizerState: optimizer.init(params), key: Random.key(0), step: 0 } as const
 * const losses = (reports: readonly Train.Report[]): readonly number[] => reports.map((report) => report.loss)
 * const result = Train.scan(Train.step(objective, optimizer))(start, [0, 0, 0])
 * E.isRight(result) && losses(result.right[1]) // => [16, 4, 1]
 */
export const scan =
  <P, S, Batch>(step: Step<P, S, Batch>) =>
  (
    start: State<P, S>,
    batches: Iterable<Batch>
  ): Either<Diverged<P, S>, readonly [state: State<P, S>, reports: readonly Report[]]> => {
    const reports: Report[] = []
    const result = loop(step, start, batches, (report) => reports.push(report))
    return E.isLeft(result) ? result : E.right([result.right, reports])
  }

const loop = <P, S, Batch>(
  step: Step<P, S, Batch>,
  start: State<P, S>,
  batches: Iterable<Batch>,
  see: (report: Report) => void
): Either<Diverged<P, S>, State<P, S>> => {
  let state = start
  let lastGood = start
  let last: Report | undefined
  for (const batch of batches) {
    const result = advance(step, state, lastGood, batch)
    if (E.isLeft(result)) return result
    lastGood = state
    state = result.right[0]
    last = result.right[1]
    see(last)
  }
  return finish(state, lastGood, last)
}

// -----------------------------------------------------------------------------
// asynchronous
// -----------------------------------------------------------------------------

const aborted = <P, S>(state: State<P, S>): Either<Aborted<P, S>, never> =>
  E.left({ _tag: 'Aborted', state, message: `Train: stopped by its signal after ${steps(state.step)}` })

const steps = (count: number): string => (count === 1 ? '1 step' : `${count} steps`)

const checkRun = options<RunOptions>('Train.run', {
  signal: {
    expected: 'an AbortSignal',
    holds: (signal) => typeof signal === 'object' && signal !== null && 'aborted' in signal
  },
  onProgress: callable('a function')
})

const failed = <P, S>(error: unknown, state: State<P, S>): Either<Failed<P, S>, never> =>
  E.left({
    _tag: 'Failed',
    error,
    state,
    message: `Train: the batches ended in an error after ${steps(state.step)}: ${error instanceof Error ? error.message : String(error)}`
  })

/** Read each time, because it may change while the loop waits. */
const isStopped = ({ signal }: RunOptions): boolean => signal?.aborted === true

const iterate = <Batch>(batches: AsyncIterable<Batch> | Iterable<Batch>): AsyncIterator<Batch> | Iterator<Batch> =>
  Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]()

const nextOf = async <Batch>(
  source: AsyncIterator<Batch> | Iterator<Batch>
): Promise<Either<unknown, IteratorResult<Batch>>> => {
  try {
    return E.right(await source.next())
  } catch (error) {
    return E.left(error)
  }
}

/** The awaited value, or nothing as soon as the signal stops the loop; the listener is removed in both cases. */
const unlessStopped = async <A>(awaited: Promise<A>, signal: Signal | undefined): Promise<A | undefined> => {
  if (signal?.addEventListener === undefined) return awaited
  let stop = (): void => undefined
  const stopped = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined)
  })
  signal.addEventListener('abort', stop)
  try {
    return await Promise.race([awaited, signal.aborted ? undefined : stopped])
  } finally {
    signal.removeEventListener?.('abort', stop)
  }
}

/** Closes a source; one that is still busy with a batch, perhaps for ever, is not awaited. */
const close = async <Batch>(source: AsyncIterator<Batch> | Iterator<Batch>, busy: boolean): Promise<void> => {
  const closed = source.return?.()
  if (!busy) await closed
  else void Promise.resolve(closed).catch(() => undefined)
}

/**
 * As `fold`, over batches that arrive asynchronously, as a task: it can be watched, and stopped before a batch or while it
 * waits for one. A source of batches that throws is a `Failed`; an error in the step itself, a shape mismatch say,
 * rejects the task.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 * import * as Train from 'pullback/Train'
 *
 * const optimizer = Optimizer.sgd(0.25)
 * const objective: Train.Objective<T.Tensor<[]>, readonly [], number> = (p, s, x) => [T.square(T.sub(p, x)), s]
 * const params = T.scalar(4)
 * const start = { params, layerState: [], optimizerState: optimizer.init(params), key: Random.key(0), step: 0 } as const
 * const batches = async function* () {
 *   yield* [0, 0]
 * }
 * const result = await Train.run(Train.step(objective, optimizer))(start, batches())()
 * E.isRight(result) && result.right.params // => T.scalar(1)
 */
export const run =
  <P, S, Batch>(step: Step<P, S, Batch>) =>
  (
    start: State<P, S>,
    batches: AsyncIterable<Batch> | Iterable<Batch>,
    options: RunOptions = {}
  ): TaskEither<Diverged<P, S> | Aborted<P, S> | Failed<P, S>, State<P, S>> => {
    checkRun(options)
    return () => runOver(step, start, batches, options)
  }

const runOver = async <P, S, Batch>(
  step: Step<P, S, Batch>,
  start: State<P, S>,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  options: RunOptions
): Promise<Either<Diverged<P, S> | Aborted<P, S> | Failed<P, S>, State<P, S>>> => {
  let state = start
  let lastGood = start
  let last: Report | undefined
  const source = iterate(batches)
  let exhausted = false
  let busy = false
  try {
    for (;;) {
      if (isStopped(options)) return aborted(state)
      busy = true
      const next = await unlessStopped(nextOf(source), options.signal)
      if (next === undefined) return aborted(state)
      busy = false
      exhausted = E.isLeft(next) || next.right.done === true
      if (E.isLeft(next)) return failed(next.left, state)
      if (next.right.done === true) return finish(state, lastGood, last)
      if (isStopped(options)) return aborted(state)
      const result = advance(step, state, lastGood, next.right.value)
      if (E.isLeft(result)) return result
      lastGood = state
      state = result.right[0]
      last = result.right[1]
      await options.onProgress?.(last)
    }
  } finally {
    if (!exhausted) await close(source, busy)
  }
}
