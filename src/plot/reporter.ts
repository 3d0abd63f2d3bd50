/** The curves of a run, drawn when it ends. */
import { requireFunction } from '../internal/check.js'
import { options, positiveCount, text } from '../internal/options.js'
import type { Write } from '../reporter/lines.js'
import type { Reporter } from '../train/event.js'
import { curves } from './curves.js'
import type { Named, Point } from './model.js'
import { beside } from './render.js'

/**
 * What stands above the curves, and the size of each drawing.
 *
 * @example
 * import * as Plot from 'pullback/Plot'
 *
 * const options: Plot.ReporterOptions = { title: 'digits', width: 400 }
 * typeof Plot.reporter(console.log, options) // => 'function'
 */
export interface ReporterOptions {
  readonly title?: string
  /** In pixels, 480 by default. */
  readonly width?: number
  /** In pixels, 320 by default. */
  readonly height?: number
}

const check = /* @__PURE__ */ options<ReporterOptions>('reporter', {
  title: text,
  width: positiveCount,
  height: positiveCount
})

/** Losses of steps, thinned out evenly where there are many. */
const most = 4096

const isLoss = (name: string): boolean => /loss/i.test(name)

/**
 * The curves of a run as an SVG document, written when the run ends: what was measured after each epoch, losses beside all else; or
 * the loss of each step where there was no epoch. Nothing is written where nothing was measured.
 *
 * @example
 * import * as Plot from 'pullback/Plot'
 *
 * const written: string[] = []
 * const reporter = Plot.reporter((text) => void written.push(text))
 * reporter({ _tag: 'Begun' })
 * reporter({ _tag: 'Epoch', epoch: 0, step: 10, metrics: { loss: 2, accuracy: 0.3 } })
 * reporter({ _tag: 'Epoch', epoch: 1, step: 20, metrics: { loss: 1, accuracy: 0.6 } })
 * reporter({ _tag: 'Ended', outcome: 'completed', message: '2 epochs' })
 * written.length // => 1
 * written.join('').startsWith('<svg width="960" height="320"') // => true
 */
export const reporter = (write: Write, options: ReporterOptions = {}): Reporter => {
  requireFunction('reporter', write, 'write')
  check(options)
  const { title, ...size } = options
  let epochs = new Map<string, Point[]>()
  let steps: Point[] = []
  let stride = 1
  const drawings = (): readonly string[] => {
    const named: readonly Named[] = [...epochs].map(([name, points]) => ({ name, points }))
    const frame = { xLabel: epochs.size > 0 ? 'epoch' : 'step', ...(title !== undefined && { title }), ...size }
    if (named.length === 0) return steps.length === 0 ? [] : [curves([{ name: 'loss', points: steps }], frame)]
    const panels = [named.filter(({ name }) => isLoss(name)), named.filter(({ name }) => !isLoss(name))]
    return panels.flatMap((panel) => (panel.length === 0 ? [] : [curves(panel, frame)]))
  }
  return (event) => {
    switch (event._tag) {
      case 'Begun':
        epochs = new Map()
        steps = []
        stride = 1
        return undefined
      case 'Stepped':
        if (epochs.size > 0 || event.report.step % stride !== 0) return undefined
        steps.push([event.report.step + 1, event.report.loss])
        if (steps.length > most) {
          stride *= 2
          steps = steps.filter(([done]) => (done - 1) % stride === 0)
        }
        return undefined
      case 'Epoch':
        for (const [name, value] of Object.entries(event.metrics)) {
          epochs.set(name, [...(epochs.get(name) ?? []), [event.epoch + 1, value]])
        }
        return undefined
      case 'Ended': {
        const drawn = drawings()
        return drawn.length === 0 ? undefined : write(drawn.length === 1 ? drawn.join('') : beside(...drawn))
      }
    }
  }
}
