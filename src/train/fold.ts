/** Folds over batches, in one go. */
import type { Either } from 'fp-ts/lib/Either.js'
import * as E from '../internal/either.js'
import { requireFunction } from '../internal/check.js'
import { callable, options } from '../internal/options.js'
import type { Reporter } from './event.js'
import { type Beginning, overBatches, told } from './loop.js'
import type { Report, Step } from './model.js'
import { type Diverged, steps } from './outcome.js'
import { teller } from './tell.js'
import { inOneGo } from './waiting.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Options of a loop: who is told of its events. A reporter that throws is told nothing more, and a line on the console says so; the run goes
 * on. Promises that it returns are awaited by loops that wait, and not by `fold` and `scan`.
 *
 * @example
 * import * as Train from 'pullback/Train'
 *
 * const counting: Train.Step<number, number> = (count, batch) => [count + 1, { step: count, loss: batch }]
 * const seen: string[] = []
 * const options: Train.FoldOptions = { reporter: ({ _tag }) => void seen.push(_tag) }
 * Train.fold(counting)(0, [0.5], options)
 * seen // => ['Begun', 'Stepped', 'Ended']
 */
export interface FoldOptions<R extends Report = Report> {
  readonly reporter?: Reporter<R>
}

const reporterKind = callable('a function of events')

const foldOptions = options<FoldOptions>('Train.fold', { reporter: reporterKind })
const scanOptions = options<FoldOptions>('Train.scan', { reporter: reporterKind })

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/** The event at the start of a loop over batches. */
export const begun = (batches: unknown): Beginning =>
  Array.isArray(batches) ? { _tag: 'Begun', epochs: 1, steps: batches.length } : { _tag: 'Begun', epochs: 1 }

const loop = <X, Batch, R extends Report>(
  step: Step<X, Batch, R>,
  start: X,
  batches: Iterable<Batch>,
  reporter: Reporter<R> | undefined,
  see?: (report: R) => void
): Either<Diverged<X>, X> => {
  const tell = teller(reporter)
  let count = 0
  const look =
    tell === undefined
      ? see
      : (report: R): void => {
          count++
          see?.(report)
          void tell({ _tag: 'Stepped', epoch: 0, report })
        }
  const run = overBatches(step, start, batches, { see: look })
  const ended = told(tell, false, begun(batches), run, () => {
    return { _tag: 'Ended', outcome: 'completed', message: steps(count) }
  })
  const result = inOneGo(ended, () => new TypeError('Train.fold: the batches are asynchronous; use Train.run'))
  if (!E.isLeft(result)) return result
  if (result.left._tag === 'Diverged') return E.left(result.left)
  throw result.left._tag === 'Failed' ? result.left.error : new Error(result.left.message)
}

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
  (start: X, batches: Iterable<Batch>, options: FoldOptions<R> = {}): Either<Diverged<X>, X> => {
    requireFunction('Train.fold', step, 'the step')
    foldOptions(options)
    return loop(step, start, batches, options.reporter)
  }

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
  (
    start: X,
    batches: Iterable<Batch>,
    options: FoldOptions<R> = {}
  ): Either<Diverged<X>, readonly [state: X, reports: readonly R[]]> => {
    requireFunction('Train.scan', step, 'the step')
    scanOptions(options)
    const reports: R[] = []
    const result = loop(step, start, batches, options.reporter, (report) => void reports.push(report))
    return E.isLeft(result) ? result : E.right([result.right, reports])
  }
