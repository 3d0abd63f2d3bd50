/** Loops over batches behind pure signatures: in one go, with all reports, and asynchronously. */
import * as E from '../internal/either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { callable, options } from '../internal/options.js'
import { type Concrete, contiguous, isConcrete } from '../tensor/model.js'
import { size } from '../shape/model.js'
import { flattenAs } from '../tree/model.js'
import type { Report, Step } from './model.js'

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
 * const remedy = <X>(diverged: Diverged<X>): X => diverged.lastGood
 * remedy.length // => 1
 */
export interface Diverged<X> {
  readonly _tag: 'Diverged'
  readonly step: number
  readonly loss: number
  readonly lastGood: X
  readonly message: string
}

/**
 * Training that its caller stopped, and the state at that point.
 *
 * @example
 * import type { Aborted } from 'pullback/Train'
 *
 * const reached = <X>(aborted: Aborted<X>): X => aborted.state
 * reached.length // => 1
 */
export interface Aborted<X> {
  readonly _tag: 'Aborted'
  readonly state: X
  readonly message: string
}

/**
 * Training whose source of batches failed: the error that it threw, and the state at that point.
 *
 * @example
 * import type { Failed } from 'pullback/Train'
 *
 * const cause = <X>(failed: Failed<X>): unknown => failed.error
 * cause.length // => 1
 */
export interface Failed<X> {
  readonly _tag: 'Failed'
  readonly error: unknown
  readonly state: X
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
export interface RunOptions<R extends Report = Report> {
  readonly signal?: Signal
  readonly onProgress?: (report: R) => void | Promise<void>
}

// -----------------------------------------------------------------------------
// divergence
// -----------------------------------------------------------------------------

const diverged = <X>(
  at: number,
  loss: number,
  what: string,
  lastGood: X,
  remedy: string = 'lower the learning rate or clip the gradient'
): Either<Diverged<X>, never> =>
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
const advance = <X, Batch, R extends Report>(
  step: Step<X, Batch, R>,
  state: X,
  lastGood: X,
  batch: Batch
): Either<Diverged<X>, readonly [X, R]> => {
  const result = step(state, batch)
  const { loss, step: at } = result[1]
  return Number.isFinite(loss) ? E.right(result) : diverged(at, loss, `the loss is ${loss}`, lastGood, remedyAt(at))
}

/** The parameters in a state, if it has some under that name. */
const parametersOf = (state: unknown): unknown =>
  typeof state === 'object' && state !== null && 'params' in state ? state.params : {}

/** The end of a loop, which checks the parameters after the last update: there is no later loss to show them. */
const finish = <X>(state: X, lastGood: X, last: Report | undefined): Either<Diverged<X>, X> => {
  if (last === undefined) return E.right(state)
  const { leaves, paths } = flattenAs('Train', parametersOf(state))
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
  <X, Batch, R extends Report>(step: Step<X, Batch, R>) =>
  (start: X, batches: Iterable<Batch>): Either<Diverged<X>, X> =>
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
  <X, Batch, R extends Report>(step: Step<X, Batch, R>) =>
  (start: X, batches: Iterable<Batch>): Either<Diverged<X>, readonly [state: X, reports: readonly R[]]> => {
    const reports: R[] = []
    const result = loop(step, start, batches, (report) => reports.push(report))
    return E.isLeft(result) ? result : E.right([result.right, reports])
  }

const loop = <X, Batch, R extends Report>(
  step: Step<X, Batch, R>,
  start: X,
  batches: Iterable<Batch>,
  see: (report: R) => void
): Either<Diverged<X>, X> => {
  let state = start
  let lastGood = start
  let last: R | undefined
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

const aborted = <X>(state: X, last: Report | undefined): Either<Aborted<X>, never> =>
  E.left({ _tag: 'Aborted', state, message: `Train: stopped by its signal after ${steps(last)}` })

const steps = (last: Report | undefined): string => {
  const count = last === undefined ? 0 : last.step + 1
  return count === 1 ? '1 step' : `${count} steps`
}

const checkRun = options<RunOptions>('Train.run', {
  signal: {
    expected: 'an AbortSignal',
    holds: (signal) => typeof signal === 'object' && signal !== null && 'aborted' in signal
  },
  onProgress: callable('a function')
})

const failed = <X>(error: unknown, state: X, last: Report | undefined): Either<Failed<X>, never> =>
  E.left({
    _tag: 'Failed',
    error,
    state,
    message: `Train: the batches ended in an error after ${steps(last)}: ${error instanceof Error ? error.message : String(error)}`
  })

/** Read each time, because it may change while the loop waits. */
const isStopped = ({ signal }: { readonly signal?: Signal }): boolean => signal?.aborted === true

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
  <X, Batch, R extends Report>(step: Step<X, Batch, R>) =>
  (
    start: X,
    batches: AsyncIterable<Batch> | Iterable<Batch>,
    options: RunOptions<R> = {}
  ): TaskEither<Diverged<X> | Aborted<X> | Failed<X>, X> => {
    checkRun(options)
    return () => runOver(step, start, batches, options)
  }

const runOver = async <X, Batch, R extends Report>(
  step: Step<X, Batch, R>,
  start: X,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  options: RunOptions<R>
): Promise<Either<Diverged<X> | Aborted<X> | Failed<X>, X>> => {
  let state = start
  let lastGood = start
  let last: R | undefined
  const source = iterate(batches)
  let exhausted = false
  let busy = false
  try {
    for (;;) {
      if (isStopped(options)) return aborted(state, last)
      busy = true
      const next = await unlessStopped(nextOf(source), options.signal)
      if (next === undefined) return aborted(state, last)
      busy = false
      exhausted = E.isLeft(next) || next.right.done === true
      if (E.isLeft(next)) return failed(next.left, state, last)
      if (next.right.done === true) return finish(state, lastGood, last)
      if (isStopped(options)) return aborted(state, last)
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
