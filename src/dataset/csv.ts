/**
 * Comma-separated values: a pure parser for RFC 4180 that keeps the line of each field.
 *
 * Y. Shafranovich, Common Format and MIME Type for Comma-Separated Values (CSV) Files, RFC 4180, 2005.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { refusal } from '../internal/describe.js'
import { requireKind, text as aText } from '../internal/options.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * One record of a CSV file: its fields, without their quotes, and the line that each began on, counted from 1.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { type CsvRow, parseCsv } from 'pullback/Dataset'
 *
 * const row: CsvRow = { fields: ['a', 'b'], lines: [1, 1] }
 * parseCsv('a,b') // => E.right([row])
 */
export interface CsvRow {
  readonly fields: readonly string[]
  readonly lines: readonly number[]
}

/**
 * An error in a CSV file, and its place: `line` and `column` count from 1, and a column is a field, not a character.
 * Both are 0 for an error of the whole file.
 *
 * @example
 * import { type CsvError, showCsvError } from 'pullback/Dataset'
 *
 * const error: CsvError = { file: 'digits.csv', line: 17, column: 3, rule: 'expected a number, got "abc"' }
 * showCsvError(error) // => 'digits.csv:17:3: expected a number, got "abc"'
 */
export interface CsvError {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly rule: string
}

// -----------------------------------------------------------------------------
// destructors
// -----------------------------------------------------------------------------

/**
 * An error as one line, which terminals and editors can follow: `file:line:column: what is wrong`.
 *
 * @example
 * import { showCsvError } from 'pullback/Dataset'
 *
 * showCsvError({ file: 'a.csv', line: 2, column: 1, rule: 'expected 3 fields, got 2' })
 * // => 'a.csv:2:1: expected 3 fields, got 2'
 */
export const showCsvError = (error: CsvError): string => {
  const given: unknown = error
  if (typeof given !== 'object' || given === null || !('rule' in given)) {
    throw new TypeError(refusal('showCsvError', 'the operand', given, 'an error in a CSV file'))
  }
  const { file, line, column, rule } = error
  return line === 0 ? `${file}: ${rule}` : `${file}:${line}:${column}: ${rule}`
}

// -----------------------------------------------------------------------------
// parser
// -----------------------------------------------------------------------------

const QUOTE = 34
const COMMA = 44
const LF = 10
const CR = 13

/** Whether a line ends here; a lone carriage return is text. */
const endsLine = (text: string, at: number): boolean =>
  text.charCodeAt(at) === LF || (text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF)

const newlines = (text: string): number => {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

/** The position of the closing quote of the quoted field that begins at `start`; -1 without one. */
const closingQuote = (text: string, start: number): number => {
  let at = text.indexOf('"', start + 1)
  while (at >= 0 && text.charCodeAt(at + 1) === QUOTE) at = text.indexOf('"', at + 2)
  return at
}

/** The end of the unquoted field that begins at `start`. */
const endOfField = (text: string, start: number): number => {
  let at = start
  while (at < text.length && text.charCodeAt(at) !== COMMA && !endsLine(text, at)) at++
  return at
}

/**
 * Parses CSV text into records, as RFC 4180 defines them: fields between commas, optionally in double quotes, inside of
 * which commas, line breaks and doubled quotes are text. Lines end in LF or CRLF, the last one optionally; a byte order
 * mark at the start is skipped. Blanks belong to the field. Text without a character has no records.
 *
 * A quote inside an unquoted field, one that is not closed, and text after a closing quote are errors; `file` names the
 * text in them.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import { parseCsv } from 'pullback/Dataset'
 *
 * parseCsv('x,"say ""a, b"""\r\n1,2\n')
 * // => E.right([{ fields: ['x', 'say "a, b"'], lines: [1, 1] }, { fields: ['1', '2'], lines: [2, 2] }])
 * parseCsv('a,b\n1,"2', 'data.csv')
 * // => E.left({ file: 'data.csv', line: 2, column: 2, rule: 'expected a closing quote, got the end of the file' })
 */
export const parseCsv = (text: string, file: string = 'csv'): Either<CsvError, readonly CsvRow[]> => {
  const { rows, error } = readCsv(text, file)
  return error === undefined ? E.right(rows) : E.left(error)
}

/** The records before the first error in the quotes, and that error. */
export interface CsvReading {
  readonly rows: readonly CsvRow[]
  readonly error: CsvError | undefined
}

/** The records of a text, up to its first error in the quotes, after which the ends of records are unknown. */
export const readCsv = (text: string, file: string): CsvReading => {
  requireKind('parseCsv', 'the content', text, aText)
  const rows: CsvRow[] = []
  let fields: string[] = []
  let lines: number[] = []
  let line = 1
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  const fail = (rule: string): CsvReading => ({ rows, error: { file, line, column: fields.length + 1, rule } })

  while (at < text.length || fields.length > 0) {
    const quoted = text.charCodeAt(at) === QUOTE
    const close = quoted ? closingQuote(text, at) : -1
    if (quoted && close < 0) return fail('expected a closing quote, got the end of the file')
    const end = quoted ? close + 1 : endOfField(text, at)
    const field = quoted ? text.slice(at + 1, close).replaceAll('""', '"') : text.slice(at, end)
    if (!quoted && field.includes('"'))
      return fail(`expected quotes around the whole field, got ${JSON.stringify(field)}`)
    const last = end >= text.length || endsLine(text, end)
    if (!last && text.charCodeAt(end) !== COMMA) {
      return fail(`expected a comma or the end of the line after a closing quote, got ${JSON.stringify(text[end])}`)
    }
    fields.push(field)
    lines.push(line)
    if (quoted) line += newlines(field)
    at = end + 1
    if (!last) continue
    rows.push({ fields, lines })
    fields = []
    lines = []
    line++
    if (text.charCodeAt(end) === CR) at++
  }
  return { rows, error: undefined }
}
