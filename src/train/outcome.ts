/** How training may end before its time, as values with the state that was reached. */
import { reasonOf } from '../internal/describe.js'
import * as E from '../internal/either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Report } from './model.js'

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
  /**
   * The first leaf that is not finite, if one was found: `params.layers[0].w`, `batch.features`, or `gradient.layers[0].w`. Gradients are
   * those of `Train.step`.
   */
  readonly leaf?: string
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

/** Any end but the right one. */
export type Trouble<X> = Diverged<X> | Aborted<X> | Failed<X>

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

/** `1 step`, `12 steps`. */
export const steps = (count: number): string => (count === 1 ? '1 step' : `${count} steps`)

/** The number of steps until after a report, or what it was without one. */
export const countOf = (last: Report | undefined, before = 0): number => (last === undefined ? before : last.step + 1)

export const aborted = <X>(state: X, count: number): Either<Aborted<X>, never> =>
  E.left({ _tag: 'Aborted', state, message: `Train: stopped by its signal after ${steps(count)}` })

export const failed = <X>(error: unknown, state: X, count: number): Either<Failed<X>, never> =>
  E.left({
    _tag: 'Failed',
    error,
    state,
    message: `Train: the batches ended in an error after ${steps(count)}: ${reasonOf(error)}`
  })
