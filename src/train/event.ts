/** What happens in a run of training, as data, and who is told of it. */
import type { Monoid as MonoidOf } from 'fp-ts/lib/Monoid.js'
import { requireFunction } from '../internal/check.js'
import type { Report } from './model.js'

/**
 * An event of a run. Epochs and steps are counted from 0. `Begun` comes first, with the totals where they are known; then `Stepped`
 * after each step, and `Epoch` after each epoch, with what the validation measured; `Ended` comes last, whatever the outcome.
 *
 * @example
 * import type * as Train from 'pullback/Train'
 *
 * const events: readonly Train.Event[] = [
 *   { _tag: 'Begun', epochs: 1, steps: 1 },
 *   { _tag: 'Stepped', epoch: 0, report: { step: 0, loss: 2.3 } },
 *   { _tag: 'Epoch', epoch: 0, step: 1, metrics: { loss: 2.3, accuracy: 0.1 } },
 *   { _tag: 'Ended', outcome: 'completed', message: '1 step' }
 * ]
 * events.length // => 4
 */
export type Event<R extends Report = Report> =
  | { readonly _tag: 'Begun'; readonly epochs?: number; readonly steps?: number }
  | { readonly _tag: 'Stepped'; readonly epoch: number; readonly report: R }
  | {
      readonly _tag: 'Epoch'
      readonly epoch: number
      /** The number of steps so far. */
      readonly step: number
      /** Numbers by name: the mean loss of the epoch, and whatever the validation measured. */
      readonly metrics: { readonly [name: string]: number }
    }
  | {
      readonly _tag: 'Ended'
      readonly outcome: 'completed' | 'stopped' | 'diverged' | 'aborted' | 'failed'
      readonly message: string
    }

/**
 * Who is told of the events of a run, and can do nothing about it: a run gives the same result with every reporter. Loops that wait await
 * what it returns.
 *
 * @example
 * import type * as Train from 'pullback/Train'
 *
 * const seen: string[] = []
 * const tags: Train.Reporter = (event) => void seen.push(event._tag)
 * tags({ _tag: 'Begun' })
 * seen // => ['Begun']
 */
export type Reporter<R extends Report = Report> = (event: Event<R>) => void | Promise<void>

/**
 * The reporter of nothing: the neutral element.
 *
 * @example
 * import * as Train from 'pullback/Train'
 *
 * Train.silent({ _tag: 'Begun' }) // => undefined
 */
export const silent: Reporter = () => undefined

/**
 * Reporters beside each other, told in their order; one that returns a promise is awaited before the next.
 *
 * @example
 * import * as Train from 'pullback/Train'
 *
 * const seen: string[] = []
 * const both = Train.MonoidReporter.concat(
 *   () => void seen.push('first'),
 *   () => void seen.push('second')
 * )
 * both({ _tag: 'Begun' })
 * seen // => ['first', 'second']
 */
export const MonoidReporter: MonoidOf<Reporter> = {
  concat: (first, second) => {
    requireFunction('MonoidReporter.concat', first, 'the first argument')
    requireFunction('MonoidReporter.concat', second, 'the second argument')
    return (event) => {
      const waited = first(event)
      return typeof waited === 'object' ? Promise.resolve(waited).then(() => second(event)) : second(event)
    }
  },
  empty: silent
}
