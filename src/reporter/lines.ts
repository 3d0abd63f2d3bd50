/** Events as lines for people. */
import { requireFunction } from '../internal/check.js'
import { options, positiveCount } from '../internal/options.js'
import { showNumber } from '../report/cells.js'
import type { Reporter } from '../train/event.js'
import { type Numbers, numbersOf } from './numbers.js'

/**
 * Where the text of a reporter goes: to the terminal, to a file. A promise is awaited by loops that wait.
 *
 * @example
 * import type { Write } from 'pullback/Reporter'
 *
 * const written: string[] = []
 * const write: Write = (text) => void written.push(text)
 * write('a line\n')
 * written // => ['a line\n']
 */
export type Write = (text: string) => void | Promise<void>

/**
 * Which lines are written.
 *
 * @example
 * import * as Reporter from 'pullback/Reporter'
 *
 * const options: Reporter.LineOptions = { every: 100, digits: 3 }
 * typeof Reporter.lines(console.log, options) // => 'function'
 */
export interface LineOptions {
  /** A line after each so many steps too; by default after epochs alone. */
  readonly every?: number
  /** The significant digits of numbers, 4 by default. */
  readonly digits?: number
}

const check = /* @__PURE__ */ options<LineOptions>('lines', { every: positiveCount, digits: positiveCount })

/** `3/30`, as wide as it will be at the end. */
const counted = (done: number, total: number | undefined): string =>
  total === undefined ? String(done) : `${String(done).padStart(String(total).length)}/${total}`

/** Names and numbers beside each other, in columns while their digits are few. */
export const lineOf = (head: string, numbers: Numbers, digits?: number): string =>
  [head, ...Object.entries(numbers).map(([name, value]) => `${name} ${showNumber(value, digits).padEnd(6)}`)]
    .join('   ')
    .trimEnd()

/** The head of the line of an epoch. */
export const epochHead = (epoch: number, epochs: number | undefined): string => `epoch ${counted(epoch + 1, epochs)}`

/**
 * A line of what was measured after each epoch, and after each so many steps where that is asked for; at the end the outcome. Epochs and
 * steps are counted from 1, as those that are done.
 *
 * @example
 * import * as Reporter from 'pullback/Reporter'
 *
 * const written: string[] = []
 * const reporter = Reporter.lines((text) => void written.push(text), { every: 2 })
 * reporter({ _tag: 'Begun', epochs: 10, steps: 20 })
 * reporter({ _tag: 'Stepped', epoch: 0, report: { step: 1, loss: 2.3025 } })
 * reporter({ _tag: 'Epoch', epoch: 0, step: 2, metrics: { loss: 2.25, accuracy: 0.123456 } })
 * reporter({ _tag: 'Ended', outcome: 'completed', message: '2 steps' })
 * written // => ['step  2/20   loss 2.303\n', 'epoch  1/10   loss 2.25     accuracy 0.1235\n', 'completed: 2 steps\n']
 */
export const lines = (write: Write, options: LineOptions = {}): Reporter => {
  requireFunction('lines', write, 'write')
  check(options)
  const { every, digits } = options
  let totals: { readonly epochs?: number; readonly steps?: number } = {}
  return (event) => {
    switch (event._tag) {
      case 'Begun':
        totals = event
        return undefined
      case 'Stepped': {
        const done = event.report.step + 1
        if (every === undefined || done % every !== 0) return undefined
        return write(`${lineOf(`step ${counted(done, totals.steps)}`, numbersOf(event.report), digits)}\n`)
      }
      case 'Epoch':
        return write(`${lineOf(epochHead(event.epoch, totals.epochs), event.metrics, digits)}\n`)
      case 'Ended':
        return write(event.message === '' ? `${event.outcome}\n` : `${event.outcome}: ${event.message}\n`)
    }
  }
}
