/** The loop over batches, which every way of training runs. */
import type { Either } from 'fp-ts/lib/Either.js'
import { reasonOf, refusal } from '../internal/describe.js'
import * as E from '../internal/either.js'
import { requireAlike } from './alike.js'
import { type Made, checkParameters, lossDiverged } from './divergence.js'
import type { Event } from './event.js'
import type { AsyncStep, Report } from './model.js'
import { type Signal, type Trouble, aborted, countOf, failed } from './outcome.js'
import { type Patience, askNow, closeNow, isStopped, iterate } from './source.js'
import type { Tell } from './tell.js'
import { type Waiting, waitFor } from './waiting.js'

/** How a loop goes, besides its steps. */
export interface Manner<R extends Report> {
  /** How it waits for batches, and so for those who look on, if it does. */
  readonly patience?: Patience | undefined
  readonly see?: ((report: R) => void | Promise<void>) | undefined
  readonly signal?: Signal | undefined
  /** The number of batches at the front that were stepped over in an earlier run. */
  readonly skip?: number
  /** The number of steps before this loop. */
  readonly before?: number
}

/** Makes one step per batch. What a source throws is a value; what a step throws, and batches of two structures, are errors. */
export function* overBatches<X, Batch, R extends Report>(
  step: AsyncStep<X, Batch, R>,
  start: X,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  manner: Manner<R>
): Waiting<Either<Trouble<X>, X>> {
  const { patience, see, signal, skip = 0, before = 0 } = manner
  const source = iterate(batches)
  let state = start
  let last: Made<X, Batch> | undefined
  let first: { readonly batch: Batch } | undefined
  let exhausted = false
  let busy = false
  try {
    for (let index = 0; ; index++) {
      const count = countOf(last?.report, before)
      if (isStopped(signal)) return aborted(state, count)
      busy = true
      const answer = patience === undefined ? askNow(source) : yield* waitFor(patience.next(source, signal))
      if (answer === undefined) return aborted(state, count)
      busy = false
      exhausted = E.isLeft(answer) || answer.right.done === true
      if (E.isLeft(answer)) return failed(answer.left, state, count)
      if (answer.right.done === true) {
        if (index < skip) throw new RangeError(tooFew(index, skip))
        return last === undefined ? E.right(state) : checkParameters(step, state, last)
      }
      if (isStopped(signal)) return aborted(state, count)
      const batch = answer.right.value
      if (first === undefined) first = { batch }
      else requireAlike(first.batch, batch, index)
      if (index < skip) continue
      const given = step(state, batch)
      const [next, report] = requireMade(patience === undefined ? given : yield* waitFor(given))
      const made = { state, batch, report }
      if (!Number.isFinite(report.loss)) return lossDiverged(step, made, last)
      state = next
      last = made
      const waited = see?.(report)
      if (patience !== undefined && waited !== undefined) yield* waitFor(waited)
    }
  } finally {
    if (!exhausted) {
      if (patience === undefined) closeNow(source)
      else yield* waitFor(patience.close(source, busy))
    }
  }
}

/** Refuses what a step returned that is no state with a report. */
export const requireMade = <X, R extends Report>(
  made: readonly [X, R] | PromiseLike<readonly [X, R]>
): readonly [X, R] => {
  const given: unknown = made
  if (Array.isArray(given) && typeof given[1] === 'object' && given[1] !== null && !('then' in made)) return made
  throw new TypeError(refusal('Train', 'what the step returned', given, '[state, report]'))
}

const tooFew = (found: number, skip: number): string =>
  `Train: the batches of the epoch ended after ${found}; expected at least the ${skip} of the run before, pass the same batches`

/** What is said of a run when it begins. */
export type Beginning = Extract<Event, { readonly _tag: 'Begun' }>

/** What is said of a run that came to its right end. */
export type Ending = Extract<Event, { readonly _tag: 'Ended' }>

const outcomes = { Diverged: 'diverged', Aborted: 'aborted', Failed: 'failed' } as const

/** Reports the beginning and the end of a run, whatever its outcome. */
export function* told<X, R extends Report>(
  tell: Tell<R> | undefined,
  waits: boolean,
  begun: Beginning,
  run: Waiting<Either<Trouble<X>, X>>,
  ending: (state: X) => Ending
): Waiting<Either<Trouble<X>, X>> {
  if (tell === undefined) return yield* run
  function* say(event: Event<R>): Waiting<void> {
    const waited = tell?.(event)
    if (waits && waited !== undefined) yield* waitFor(waited)
  }
  yield* say(begun)
  let result: Either<Trouble<X>, X>
  try {
    result = yield* run
  } catch (error) {
    yield* say({ _tag: 'Ended', outcome: 'failed', message: reasonOf(error) })
    throw error
  }
  yield* say(
    E.isLeft(result)
      ? { _tag: 'Ended', outcome: outcomes[result.left._tag], message: result.left.message }
      : ending(result.right)
  )
  return result
}
