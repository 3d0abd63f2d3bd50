/**
 * A progress bar for training runs, with rate and remaining time. It needs the optional peer cli-progress.
 */
import { MultiBar, type Options as Settings } from 'cli-progress'
import { refusal } from './internal/describe.js'
import { flag, options, positiveCount } from './internal/options.js'
import { showNumber } from './report/cells.js'
import { lines as linesTo } from './reporter/lines.js'
import { type Event, type Reporter, silent } from './train/event.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * What a bar is drawn on, such as `process.stdout`: a terminal, or not.
 *
 * @example
 * import type { Output } from 'pullback/ProgressBar'
 *
 * const file: Output = { isTTY: false, write: () => true }
 * file.isTTY // => false
 */
export interface Output {
  /** Whether it is a terminal. */
  readonly isTTY?: boolean
  /** The characters in a line of it. */
  readonly columns?: number
  readonly write: (text: string) => unknown
}

/**
 * What is written beside the bar.
 *
 * @example
 * import * as ProgressBar from 'pullback/ProgressBar'
 *
 * const options: ProgressBar.BarOptions = { lines: true, width: 24 }
 * typeof ProgressBar.reporter({ write: () => true }, options) // => 'function'
 */
export interface BarOptions {
  /** Lines after each epoch and at the end, as `Reporter.lines` writes them; on a terminal they stay above the bar. */
  readonly lines?: boolean
  /** The characters of the bar, 24 by default. */
  readonly width?: number
}

const check = /* @__PURE__ */ options<BarOptions>('reporter', { lines: flag, width: positiveCount })

/** Casts an output to what cli-progress declares: it writes, and looks at the two fields. */
const streamOf = (output: Output): NonNullable<Settings['stream']> =>
  output as unknown as NonNullable<Settings['stream']>

// -----------------------------------------------------------------------------
// bars
// -----------------------------------------------------------------------------

// oxlint-disable-next-line no-restricted-properties -- rates need a clock; no result of a run depends on it
const now = (): number => Date.now()

/** Milliseconds between two drawings. */
const between = 100

/** A bar that is being drawn. */
interface Drawn {
  readonly step: (event: Event & { readonly _tag: 'Stepped' }) => void
  readonly epoch: (event: Event & { readonly _tag: 'Epoch' }) => void
  /** A line above it. */
  readonly line: (text: string) => void
  readonly end: () => void
}

const isTimer = (x: unknown): x is { readonly unref: () => void } =>
  typeof x === 'object' && x !== null && 'unref' in x && typeof x.unref === 'function'

/** Lets the program end while the next drawing is due: a run that threw never says that it ended. */
const release = (bars: MultiBar): void => {
  const timer: unknown = Reflect.get(bars, 'timer')
  if (isTimer(timer)) timer.unref()
}

const drawnOn = (output: Output, width: number, { epochs, steps }: Event & { readonly _tag: 'Begun' }): Drawn => {
  const isKnown = steps !== undefined || epochs !== undefined
  const bars = new MultiBar({
    stream: streamOf(output),
    format: isKnown
      ? '{bar} {percentage} %  {where}  {rate} steps/s  {eta_formatted} left  loss {loss}'
      : '{where}  {rate} steps/s  loss {loss}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: width,
    clearOnComplete: true,
    emptyOnZero: true,
    forceRedraw: true,
    linewrap: true,
    etaBuffer: 200
  })
  const began = now()
  let [drawnAt, taken] = [began, 0]
  const bar = bars.create(steps ?? 0, 0, { where: 'begun', rate: '-', loss: '-' })
  const draw = (): void => {
    bars.update()
    release(bars)
    drawnAt = now()
  }
  draw()
  return {
    step: ({ epoch, report }) => {
      taken += 1
      const seconds = (now() - began) / 1000
      const where = epochs === undefined ? `step ${report.step + 1}` : `epoch ${epoch + 1}/${epochs}`
      const rate = seconds > 0 ? showNumber(taken / seconds, 3) : '-'
      bar.update(report.step + 1, { where, rate, loss: showNumber(report.loss) })
      if (now() - drawnAt >= between) draw()
    },
    epoch: ({ epoch, step }) => {
      // epochs of one length, where the number of steps was not told
      if (steps === undefined && epochs !== undefined) bar.setTotal(Math.round((step / (epoch + 1)) * epochs))
    },
    line: (text) => {
      bars.log(text)
      draw()
    },
    end: () => bars.stop()
  }
}

/**
 * A bar on the last line of a terminal, with the share of steps that are done, steps per second, the remaining time and the loss. It is
 * removed at the end. Where the output is no terminal, nothing is written but the lines that are asked for.
 *
 * The bar is drawn ten times a second at most, and needs no pause of the loop. Where the run does not tell the number of its steps, it is
 * that of the first epochs, extended.
 *
 * @example
 * import * as ProgressBar from 'pullback/ProgressBar'
 *
 * const written: string[] = []
 * const file = { isTTY: false, write: (text: string) => written.push(text) }
 * const reporter = ProgressBar.reporter(file, { lines: true })
 * reporter({ _tag: 'Begun', epochs: 3, steps: 300 })
 * reporter({ _tag: 'Stepped', epoch: 0, report: { step: 0, loss: 2.3 } })
 * reporter({ _tag: 'Epoch', epoch: 0, step: 100, metrics: { loss: 1.5 } })
 * written // => ['epoch 1/3   loss 1.5\n']
 */
export const reporter = (output: Output, options: BarOptions = {}): Reporter => {
  if (typeof output !== 'object' || output === null || typeof output.write !== 'function') {
    throw new TypeError(refusal('reporter', 'the output', output, 'a stream such as process.stdout'))
  }
  check(options)
  let drawn: Drawn | undefined
  const write = (text: string): void => (drawn === undefined ? void output.write(text) : drawn.line(text))
  const told = options.lines === true ? linesTo(write) : silent
  const end = (): void => {
    drawn?.end()
    drawn = undefined
  }
  return (event) => {
    switch (event._tag) {
      case 'Begun':
        end()
        if (output.isTTY === true) drawn = drawnOn(output, options.width ?? 24, event)
        break
      case 'Stepped':
        drawn?.step(event)
        break
      case 'Epoch':
        drawn?.epoch(event)
        break
      case 'Ended':
        end()
    }
    return told(event)
  }
}
