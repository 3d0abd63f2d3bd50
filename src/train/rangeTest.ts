/** The learning-rate range test: a short run whose rate grows, as data. */
import { refusal } from '../internal/describe.js'
import { checkedLater, options, positiveCount, requireKind } from '../internal/options.js'
import { requireFunction, requireNumber } from '../internal/check.js'
import { type Schedule, exponential } from '../Schedule.js'
import type { Reporter } from './event.js'
import { fold } from './fold.js'
import type { Report, Step } from './model.js'
import { isAsync } from './source.js'

/**
 * Between which learning rates a range test goes, and in how many steps.
 *
 * @example
 * import type { RateRange } from 'pullback/Train'
 *
 * const range: RateRange = { from: 1e-5, to: 1, steps: 100 }
 * range.steps // => 100
 */
export interface RateRange {
  readonly from: number
  readonly to: number
  readonly steps: number
}

const rangeOptions = options<RateRange>('Train.rangeTest', {
  from: checkedLater,
  to: checkedLater,
  steps: positiveCount
})

/** Refuses a value that is not a pair of a step and a state. */
const requirePair = <Pair>(made: Pair): Pair => {
  if (Array.isArray(made) && made.length === 2 && typeof made[0] === 'function') return made
  throw new TypeError(refusal('Train.rangeTest', 'what the first argument returned', made, '[step, state]'))
}

/** At most so many of a sequence, which is closed then. */
function* atMost<A>(count: number, all: Iterable<A>): Generator<A, void, undefined> {
  let taken = 0
  for (const each of all) {
    yield each
    if (++taken === count) return
  }
}

/**
 * The learning-rate range test: trains for a few steps while the rate grows geometrically, and returns each rate with the loss before its
 * step. It ends early where the batches end, and where the loss is no longer finite. A good rate is one somewhat below those at which the loss
 * is lowest.
 *
 * The first argument makes step and state from the schedule of the rate.
 *
 * L. N. Smith, Cyclical Learning Rates for Training Neural Networks, WACV 2017, section 3.3.
 *
 * @throws RangeError when the rates do not rise from above 0
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 * import * as Train from 'pullback/Train'
 *
 * const objective: Train.Objective<T.Tensor<[]>, readonly [], number> = (p, s, x) => [T.square(T.sub(p, x)), s]
 * const pairs = Train.rangeTest(
 *   (rate) => {
 *     const optimizer = Optimizer.sgd(rate)
 *     const params = T.scalar(4)
 *     const state = { params, layerState: [], optimizerState: optimizer.init(params), key: Random.key(0), step: 0 } as const
 *     return [Train.step(objective, optimizer), state]
 *   },
 *   { from: 0.125, to: 0.5, steps: 3 }
 * )([0, 0, 0, 0])
 * pairs // => [[0.125, 16], [0.25, 9], [0.5, 2.25]]
 */
export const rangeTest = <X, Batch, R extends Report>(
  start: (rate: Schedule) => readonly [step: Step<X, Batch, R>, state: X],
  options: RateRange
): ((batches: Iterable<Batch>) => ReadonlyArray<readonly [rate: number, loss: number]>) => {
  const operation = 'Train.rangeTest'
  requireFunction(operation, start, 'the first argument')
  const given: unknown = options
  if (given === undefined)
    throw new TypeError(refusal(operation, 'the range', given, 'an object with from, to and steps'))
  rangeOptions(options)
  const { from, to, steps } = options
  requireNumber(operation, 'from', from, 'a finite number above 0', (rate) => rate > 0 && rate < Infinity)
  requireNumber(operation, 'to', to, 'a finite number above from', (rate) => rate > from && rate < Infinity)
  requireKind(operation, 'steps', steps, positiveCount)
  const rate = exponential({ from, decay: to / from, every: Math.max(steps - 1, 1) })
  return (batches) => {
    const [step, state] = requirePair(start(rate))
    if (isAsync(batches))
      throw new TypeError(`${operation}: the batches are asynchronous; expected an iterable such as an array`)
    const pairs: Array<readonly [rate: number, loss: number]> = []
    const reporter: Reporter<R> = (event) => {
      if (event._tag === 'Stepped') pairs.push([rate(pairs.length), event.report.loss])
    }
    fold(step)(state, atMost(steps, batches), { reporter })
    return pairs
  }
}
