/** Folds over batches that arrive in time. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { type Kind, callable, options } from '../internal/options.js'
import type { Reporter } from './event.js'
import { begun } from './fold.js'
import { overBatches, told } from './loop.js'
import type { AsyncStep, Report } from './model.js'
import { type Aborted, type Diverged, type Failed, type Signal, steps } from './outcome.js'
import { patient } from './source.js'
import { teller } from './tell.js'
import { awaiting } from './waiting.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

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
  readonly reporter?: Reporter<R>
}

/** Something that stops a loop. */
export const signalKind: Kind = {
  expected: 'an AbortSignal',
  holds: (signal) => typeof signal === 'object' && signal !== null && 'aborted' in signal
}

const checkRun = options<RunOptions>('Train.run', {
  signal: signalKind,
  onProgress: callable('a function'),
  reporter: callable('a function of events')
})

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/**
 * As `fold`, over batches that arrive asynchronously, as a task: it can be watched, and stopped before a batch or while it
 * waits for one. The step may be asynchronous too. A source of batches that throws is a `Failed`; an error in the step itself, a shape
 * mismatch say, rejects the task.
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
  <X, Batch, R extends Report>(step: AsyncStep<X, Batch, R>) =>
  (
    start: X,
    batches: AsyncIterable<Batch> | Iterable<Batch>,
    options: RunOptions<R> = {}
  ): TaskEither<Diverged<X> | Aborted<X> | Failed<X>, X> => {
    checkRun(options)
    const { signal, onProgress, reporter } = options
    return () => {
      const tell = teller(reporter)
      let count = 0
      const see = (report: R): void | Promise<void> => {
        count++
        const heard = onProgress?.(report)
        const noted = tell?.({ _tag: 'Stepped', epoch: 0, report })
        if (noted === undefined) return heard
        return heard === undefined ? noted : Promise.all([heard, noted]).then(() => undefined)
      }
      const loop = overBatches(step, start, batches, { patience: patient, see, signal })
      return awaiting(
        told(tell, true, begun(batches), loop, () => {
          return { _tag: 'Ended', outcome: 'completed', message: steps(count) }
        })
      )
    }
  }
