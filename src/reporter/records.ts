/** Events as records for programs: JSON lines, and comma-separated values. */
import { requireFunction } from '../internal/check.js'
import { describe, isPlain } from '../internal/describe.js'
import { oneOf, options } from '../internal/options.js'
import { toNested } from '../tensor/destruct.js'
import { isConcrete, isTensor } from '../tensor/model.js'
import type { Event, Reporter } from '../train/event.js'
import type { Write } from './lines.js'
import { type Numbers, numbersOf } from './numbers.js'

// -----------------------------------------------------------------------------
// JSON
// -----------------------------------------------------------------------------

/** A value as JSON can hold it: numbers that it lacks as strings, tensors as nested arrays. */
const jsonOf = (value: unknown): unknown => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value !== 'object' || value === null) return value
  if (isTensor(value)) return isConcrete(value) ? jsonOf(toNested(value)) : describe(value)
  if (Array.isArray(value)) return value.map(jsonOf)
  return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([name, part]) => [name, jsonOf(part)])) : value
}

/**
 * Every event as a line of JSON. NaN and infinities, which JSON does not have, are the strings `'NaN'`, `'Infinity'` and `'-Infinity'`, of
 * which `Number` makes the numbers again; tensors are nested arrays.
 *
 * @example
 * import * as Reporter from 'pullback/Reporter'
 *
 * const written: string[] = []
 * const reporter = Reporter.jsonLines((text) => void written.push(text))
 * reporter({ _tag: 'Stepped', epoch: 0, report: { step: 7, loss: NaN } })
 * written // => ['{"_tag":"Stepped","epoch":0,"report":{"step":7,"loss":"NaN"}}\n']
 */
export const jsonLines = (write: Write): Reporter => {
  requireFunction('jsonLines', write, 'write')
  return (event) => write(`${JSON.stringify(jsonOf(event))}\n`)
}

// -----------------------------------------------------------------------------
// CSV
// -----------------------------------------------------------------------------

/**
 * What the rows of a file of comma-separated values are.
 *
 * @example
 * import * as Reporter from 'pullback/Reporter'
 *
 * const options: Reporter.CsvOptions = { rows: 'steps' }
 * typeof Reporter.csv(console.log, options) // => 'function'
 */
export interface CsvOptions {
  /** A row for each epoch, which is the default, or for each step. */
  readonly rows?: 'epochs' | 'steps'
}

const check = /* @__PURE__ */ options<CsvOptions>('csv', { rows: oneOf('epochs', 'steps') })

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

const rowOf = (event: Event, rows: 'epochs' | 'steps'): Numbers | undefined => {
  if (rows === 'epochs')
    return event._tag === 'Epoch' ? { epoch: event.epoch, step: event.step, ...event.metrics } : undefined
  return event._tag === 'Stepped'
    ? { epoch: event.epoch, step: event.report.step, ...numbersOf(event.report) }
    : undefined
}

/**
 * A row of comma-separated values for each epoch, or for each step, below a header of the names in the first of them. Numbers have all their digits;
 * what a later event lacks is empty, and what only later events have is left out.
 *
 * @example
 * import * as Reporter from 'pullback/Reporter'
 *
 * const written: string[] = []
 * const reporter = Reporter.csv((text) => void written.push(text))
 * reporter({ _tag: 'Epoch', epoch: 0, step: 10, metrics: { loss: 0.1, 'top 1, held out': 0.5 } })
 * reporter({ _tag: 'Epoch', epoch: 1, step: 20, metrics: { loss: Infinity } })
 * written.join('').split('\n') // => ['epoch,step,loss,"top 1, held out"', '0,10,0.1,0.5', '1,20,Infinity,', '']
 */
export const csv = (write: Write, options: CsvOptions = {}): Reporter => {
  requireFunction('csv', write, 'write')
  check(options)
  const { rows = 'epochs' } = options
  let names: readonly string[] | undefined
  return (event) => {
    const row = rowOf(event, rows)
    if (row === undefined) return undefined
    const header = names === undefined ? `${Object.keys(row).map(quoted).join(',')}\n` : ''
    names ??= Object.keys(row)
    return write(`${header}${names.map((name) => (Object.hasOwn(row, name) ? String(row[name]) : '')).join(',')}\n`)
  }
}
