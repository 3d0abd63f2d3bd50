import { describe, expect, it } from 'vitest'
import * as Reporter from 'pullback/Reporter'
import * as T from 'pullback/Tensor'
import * as Train from 'pullback/Train'

const loose = (f: unknown): ((...args: readonly unknown[]) => unknown) => f as never

/** Two epochs, the second of which diverges. */
const events: readonly Train.Event<Train.Measured<{ readonly hits: T.Tensor; readonly each: T.Tensor }>>[] = [
  { _tag: 'Begun', epochs: 12, steps: 200 },
  ...[0, 1].map((step) => ({
    _tag: 'Stepped' as const,
    epoch: 0,
    report: { step, loss: 1 / (step + 3), metrics: { hits: T.scalar(0.5), each: T.of([NaN, 1]) } }
  })),
  { _tag: 'Epoch', epoch: 0, step: 2, metrics: { loss: 1 / 3, 'held, "out"': 0.25 } },
  { _tag: 'Epoch', epoch: 1, step: 4, metrics: { loss: -Infinity, later: 1 } },
  { _tag: 'Ended', outcome: 'diverged', message: 'the loss is -Infinity at step 3' }
]

/** All that a reporter writes. */
const written = (make: (write: Reporter.Write) => Train.Reporter): string => {
  const texts: string[] = []
  const reporter = make((text) => void texts.push(text))
  for (const event of events) expect(reporter(event)).toBeUndefined()
  return texts.join('')
}

describe('lines', () => {
  it('are written after epochs, and at the end', () => {
    expect(written(Reporter.lines)).toBe(
      'epoch  1/12   loss 0.3333   held, "out" 0.25\n' +
        'epoch  2/12   loss -Infinity   later 1\n' +
        'diverged: the loss is -Infinity at step 3\n'
    )
  })

  it('are written after every so many steps, with numbers of a step', () => {
    expect(written((write) => Reporter.lines(write, { every: 2, digits: 2 })).split('\n')[0]).toBe(
      'step   2/200   loss 0.25     hits 0.5'
    )
  })

  it('count without totals too', () => {
    const texts: string[] = []
    const reporter = Reporter.lines((text) => void texts.push(text))
    void reporter({ _tag: 'Begun' })
    void reporter({ _tag: 'Epoch', epoch: 4, step: 5, metrics: { loss: 2 } })
    void reporter({ _tag: 'Ended', outcome: 'completed', message: '' })
    expect(texts).toEqual(['epoch 5   loss 2\n', 'completed\n'])
  })
})

describe('JSON lines', () => {
  it('give every event back, with NaN and infinities', () => {
    const parsed = written(Reporter.jsonLines)
      .trimEnd()
      .split('\n')
      .map((line): unknown =>
        JSON.parse(line, (_, value: unknown) =>
          value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : value
        )
      )
    const plain = events.map((event) =>
      event._tag === 'Stepped'
        ? { ...event, report: { ...event.report, metrics: { hits: 0.5, each: [NaN, 1] } } }
        : event
    )
    expect(parsed).toEqual(plain)
  })
})

describe('comma-separated values', () => {
  it('have a row for each epoch, below the names of the first', () => {
    expect(written(Reporter.csv)).toBe(`epoch,step,loss,"held, ""out"""\n0,2,${1 / 3},0.25\n1,4,-Infinity,\n`)
  })

  it('or a row for each step', () => {
    expect(written((write) => Reporter.csv(write, { rows: 'steps' }))).toBe(
      `epoch,step,loss,hits\n0,0,${1 / 3},0.5\n0,1,0.25,0.5\n`
    )
  })
})

describe('reporters', () => {
  it('compose, in their order, and wait for what is written', async () => {
    const texts: string[] = []
    const slow = Reporter.jsonLines(async (text) => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      texts.push(text.slice(0, 15))
    })
    const both = Train.MonoidReporter.concat(
      slow,
      Reporter.lines((text) => void texts.push(text))
    )
    await both({ _tag: 'Ended', outcome: 'stopped', message: '' })
    expect(texts).toEqual(['{"_tag":"Ended"', 'stopped\n'])
  })

  it('refuse what is not a function to write with', () => {
    expect(() => loose(Reporter.lines)('log.txt')).toThrow("lines: write is 'log.txt'; expected a function")
    expect(() => loose(Reporter.jsonLines)()).toThrow('jsonLines: write is undefined; expected a function')
    expect(() => loose(Reporter.csv)(() => undefined, { rows: 'all' })).toThrow(
      "csv: rows is 'all'; expected 'epochs' or 'steps'"
    )
  })
})
