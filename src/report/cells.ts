/** Values as cells of text: numbers in few digits, tensors and lists as they are written. */
import { describe } from '../internal/describe.js'
import { firstElement, isConcrete, isTensor } from '../tensor/model.js'
import { size } from '../shape/model.js'

/** The digits of numbers in reports, where nothing else is asked for. */
export const fewDigits = 4

/** Numbers from here on are written as powers of ten, as JavaScript writes them. */
const long = 1e15

/** A number in as many significant digits, or all of its integer part: `0.1234`, `12346`, `1.5e-7`, `NaN`. */
export const showNumber = (x: number, digits: number = fewDigits): string => {
  if (!Number.isFinite(x) || Number.isInteger(x)) return String(x)
  const size = Math.abs(x)
  return size >= 10 ** digits && size < long ? String(Math.round(x)) : String(Number(x.toPrecision(digits)))
}

/** The number that a value is, or that a tensor has as its one element. */
export const numberIn = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value
  return isTensor(value) && isConcrete(value) && size(value.shape) === 1 ? firstElement(value) : undefined
}

/** Any value as one line of text; lists of lists, such as shapes, beside each other. */
export const showCell = (value: unknown, digits: number = fewDigits): string => {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  const x = numberIn(value)
  if (x !== undefined) return showNumber(x, digits)
  if (isTensor(value)) return describe(value)
  if (!Array.isArray(value)) return typeof value === 'boolean' ? String(value) : describe(value)
  const parts = value.map((part: unknown) => showCell(part, digits))
  return value.length > 0 && value.every(Array.isArray) ? parts.join(' ') : `[${parts.join(', ')}]`
}

/** The characters of the longest cell of each column. */
export const widthsOf = (rows: readonly (readonly string[])[]): readonly number[] =>
  (rows[0] ?? []).map((_, column) => rows.reduce((most, row) => Math.max(most, (row[column] ?? '').length), 0))

/** Rows of cells beneath each other, two spaces between columns; those of numbers end at the same place. */
export const aligned = (rows: readonly (readonly string[])[], isNumeric: (column: number) => boolean): string => {
  const widths = widthsOf(rows)
  const line = (row: readonly string[]): string =>
    widths
      .map((width, column) => {
        // a cell of several lines stands on one
        const cell = (row[column] ?? '').replace(/[\n\r\t\v\f\u2028\u2029]/g, ' ')
        return isNumeric(column) ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  return rows.map(line).join('\n')
}
