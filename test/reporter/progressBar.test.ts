import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as ProgressBar from 'pullback/ProgressBar'
import type * as Train from 'pullback/Train'

beforeEach(() => vi.useFakeTimers({ now: 0 }))
afterEach(() => vi.useRealTimers())

/** What is on the lines of a terminal after all that was written. */
const screenOf = (written: string): readonly string[] => {
  const lines = ['']
  let column = 0
  // oxlint-disable-next-line no-control-regex -- the codes of terminals are control characters
  for (const [part] of written.matchAll(/\u001b\[\d*[A-Z]|[^\u001b]/gu)) {
    const last = lines.length - 1
    const code = part.length > 1 ? part.slice(2) : undefined
    if (code === '1G') column = 0
    else if (code === '0K') lines[last] = lines[last]!.slice(0, column)
    else if (code === '2K') lines[last] = ''
    else if (code === '0J') lines[last] = lines[last]!.slice(0, column)
    else if (code !== undefined) throw new Error(`a code of terminals: ${code}`)
    else if (part === '\n') {
      lines.push('')
      column = 0
    } else {
      lines[last] = lines[last]!.slice(0, column).padEnd(column) + part + lines[last]!.slice(column + 1)
      column += 1
    }
  }
  return lines
}

const told = (isTTY: boolean, options?: ProgressBar.BarOptions) => {
  const texts: string[] = []
  const reporter = ProgressBar.reporter({ isTTY, columns: 200, write: (text) => texts.push(text) }, options)
  return { reporter, screen: () => screenOf(texts.join('')) }
}

/** Steps of a tenth of a second each. */
const steps = (reporter: Train.Reporter, epoch: number, from: number, to: number): void => {
  for (let step = from; step < to; step++) {
    vi.setSystemTime(100 * (step + 1))
    void reporter({ _tag: 'Stepped', epoch, report: { step, loss: 1 / (step + 1) } })
  }
}

describe('on a terminal', () => {
  it('the bar shows share, rate, remaining time and loss, without a pause of the loop', () => {
    const { reporter, screen } = told(true, { width: 10 })
    void reporter({ _tag: 'Begun', epochs: 2, steps: 40 })
    expect(screen()[0]).toMatch(/^░{10} 0 %/)
    steps(reporter, 0, 0, 20)
    expect(screen()).toEqual(['█████░░░░░ 50 %  epoch 1/2  10 steps/s  2s left  loss 0.05'])
    void reporter({ _tag: 'Ended', outcome: 'completed', message: '' })
    expect(screen()).toEqual([''])
  })

  it('lines stay above the bar', () => {
    const { reporter, screen } = told(true, { width: 4, lines: true })
    void reporter({ _tag: 'Begun', epochs: 2, steps: 40 })
    steps(reporter, 0, 0, 20)
    void reporter({ _tag: 'Epoch', epoch: 0, step: 20, metrics: { loss: 0.5 } })
    expect(screen()[0]).toBe('epoch 1/2   loss 0.5')
    expect(screen()[1]).toMatch(/^██░░ 50 %/)
    steps(reporter, 1, 20, 40)
    expect(screen()[1]).toMatch(/^████ 100 %  epoch 2\/2/)
    void reporter({ _tag: 'Ended', outcome: 'completed', message: 'done' })
    expect(screen()).toEqual(['epoch 1/2   loss 0.5', 'completed: done', ''])
  })

  it('totals follow from the first epoch where only their number is known', () => {
    const { reporter, screen } = told(true, { width: 4 })
    void reporter({ _tag: 'Begun', epochs: 4 })
    steps(reporter, 0, 0, 10)
    void reporter({ _tag: 'Epoch', epoch: 0, step: 10, metrics: {} })
    steps(reporter, 1, 10, 20)
    expect(screen()[0]).toMatch(/^██░░ 50 %  epoch 2\/4/)
    void reporter({ _tag: 'Ended', outcome: 'aborted', message: '' })
  })

  it('there is no bar where nothing is known', () => {
    const { reporter, screen } = told(true)
    void reporter({ _tag: 'Begun' })
    steps(reporter, 0, 0, 3)
    expect(screen()).toEqual(['step 3  10 steps/s  loss 0.3333'])
    void reporter({ _tag: 'Ended', outcome: 'stopped', message: '' })
  })
})

describe('elsewhere', () => {
  const run = (reporter: Train.Reporter): void => {
    void reporter({ _tag: 'Begun', epochs: 1, steps: 2 })
    steps(reporter, 0, 0, 2)
    void reporter({ _tag: 'Epoch', epoch: 0, step: 2, metrics: { loss: 0.5 } })
    void reporter({ _tag: 'Ended', outcome: 'completed', message: '2 steps' })
  }

  it('nothing is written', () => {
    const { reporter, screen } = told(false)
    run(reporter)
    expect(screen()).toEqual([''])
  })

  it('but lines, if they are asked for', () => {
    const { reporter, screen } = told(false, { lines: true })
    run(reporter)
    expect(screen()).toEqual(['epoch 1/1   loss 0.5', 'completed: 2 steps', ''])
  })

  it('another value than a stream is refused', () => {
    expect(() => (ProgressBar.reporter as unknown as (output: unknown) => unknown)('stdout')).toThrow(
      "reporter: the output is 'stdout'; expected a stream such as process.stdout"
    )
  })
})
