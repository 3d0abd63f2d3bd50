/** From CSV text to tensors. A file with an error in any field gives errors only. */
import * as E from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import { type ReadonlyNonEmptyArray, concat } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { isNonEmpty } from 'fp-ts/lib/ReadonlyArray.js'
import { type DType, type FloatDType, allocate, holds, round } from '../DType.js'
import { reasonOf, refusal } from '../internal/describe.js'
import { count, oneOf, options, requireKind } from '../internal/options.js'
import { fromData } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import type { Column } from './columns.js'
import { type CsvError, type CsvRow, readCsv, showCsvError } from './csv.js'
import type { Dataset } from './model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * All errors in a CSV file, in the order of the file.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Dataset from 'pullback/Dataset'
 *
 * const columns = { features: [Dataset.column('x', Dataset.number)], label: Dataset.column('y', Dataset.integer) }
 * const lines = (errors: Dataset.CsvErrors): readonly string[] => errors.map(Dataset.showCsvError)
 * E.swap(E.mapLeft(lines)(Dataset.fromCsvText('x,y\na,1\n2,b', columns, 'xy.csv')))
 * // => E.right(['xy.csv:2:1: expected a number, got "a"', 'xy.csv:3:2: expected an integer, got "b"'])
 */
export type CsvErrors = ReadonlyNonEmptyArray<CsvError>

/**
 * Which columns of a CSV file become features, and which one the label. Columns are found by their names in the header;
 * others are ignored. Labels are int32 by default, features float32.
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 *
 * const columns: Dataset.CsvColumns = {
 *   features: [Dataset.column('area', Dataset.number)],
 *   label: Dataset.column('price', Dataset.number),
 *   labelType: 'float32'
 * }
 * columns.features.length // => 1
 */
export interface CsvColumns<F extends readonly Column[] = readonly Column[]> {
  readonly features: F
  readonly label: Column
  readonly labelType?: 'int32' | 'float32' | 'float64'
  readonly featureType?: FloatDType
}

// -----------------------------------------------------------------------------
// destructors
// -----------------------------------------------------------------------------

/**
 * Errors as text, one per line: the first `most` (20 by default), then the number of the others.
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 *
 * const at = (line: number) => ({ file: 'a.csv', line, column: 1, rule: 'expected a number, got "?"' })
 * Dataset.showCsvErrors([at(2), at(3), at(4)], 1)
 * // => 'a.csv:2:1: expected a number, got "?"\nand 2 more errors'
 */
export const showCsvErrors = (errors: CsvErrors, most: number = 20): string => {
  const given: unknown = errors
  if (!Array.isArray(given)) throw new TypeError(refusal('showCsvErrors', 'the operand', given, 'an array of errors'))
  requireKind('showCsvErrors', 'the number of lines', most, count)
  const shown = errors.slice(0, most).map(showCsvError)
  const rest = errors.length - shown.length
  return [...shown, ...(rest > 0 ? [`and ${rest} more error${rest === 1 ? '' : 's'}`] : [])].join('\n')
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const isColumn = (x: unknown): boolean => typeof x === 'object' && x !== null && 'name' in x && 'field' in x

const checkColumns = (columns: CsvColumns): void => {
  // An option may be left out, these two may not.
  checkGiven({ ...columns, features: columns?.features ?? null, label: columns?.label ?? null })
}

const checkGiven = options<CsvColumns>('fromCsv', {
  features: {
    expected: 'an array of columns, such as Dataset.columns makes',
    holds: (given) => Array.isArray(given) && given.every(isColumn)
  },
  label: { expected: 'a column, such as Dataset.column makes', holds: isColumn },
  labelType: oneOf('int32', 'float32', 'float64'),
  featureType: oneOf('float32', 'float64')
})

const quote = (text: string): string => JSON.stringify(text)

/** The likely cause, for a header with one long field. */
const hint = (fields: readonly string[]): string => {
  const [only = ''] = fields
  if (fields.some((field) => field.includes('\r'))) return '; lines must end in LF or CRLF, and this file has lone CRs'
  const separator = fields.length > 1 ? undefined : [';', '\t', '|'].find((each) => only.includes(each))
  return separator === undefined ? '' : `; fields are separated by commas, and this file has ${quote(separator)}`
}

/** The position of each wanted column in a row. */
const positions = (file: string, header: CsvRow, wanted: readonly Column[]): Either<CsvErrors, readonly number[]> => {
  const at = (column: number, rule: string): CsvError => ({
    file,
    line: header.lines[column] ?? 1,
    column: column + 1,
    rule
  })
  const errors = [
    ...header.fields.flatMap((name, column) =>
      header.fields.indexOf(name) < column
        ? [at(column, `expected distinct column names, got ${quote(name)} twice`)]
        : []
    ),
    ...wanted.flatMap(({ name }) =>
      header.fields.includes(name)
        ? []
        : [at(0, `expected a column ${quote(name)}, got no such name in the header${hint(header.fields)}`)]
    )
  ]
  return isNonEmpty(errors) ? E.left(errors) : E.right(wanted.map(({ name }) => header.fields.indexOf(name)))
}

/** What was expected of a number that a dtype cannot hold: integers are never rounded, and no number becomes infinite. */
const misfit = (value: number, content: string, dtype: DType): string | undefined => {
  if (dtype === 'int32') return holds(dtype, value) ? undefined : 'an integer'
  if (Number.isNaN(value)) return undefined
  const held = round(dtype, value)
  if (held === value || (Number.isFinite(held) && !/^\s*[+-]?\d+\s*$/.test(content))) return undefined
  return `a number that ${dtype} holds (float64 holds more)`
}

const fieldsOf = (count: number): string => (count === 1 ? '1 field' : `${count} fields`)

/**
 * A data set from CSV text whose first line is a header: features of shape [n, d], labels of shape [n].
 *
 * The result is the data set, or all errors in order; `file` is the name of the text in them. An error in the quotes is the
 * last one, since the ends of later rows are unknown. Every row must have as many fields as the header, and there must be
 * at least one row. A number beyond the range of the type is an error, and so is a whole number that the type would round
 * (in float32 from 2^24 on): `featureType: 'float64'` holds more.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const columns = {
 *   features: [Dataset.column('length', Dataset.number), Dataset.column('width', Dataset.number)],
 *   label: Dataset.column('species', Dataset.category(['setosa', 'virginica']))
 * }
 * Dataset.fromCsvText('species,length,width\nsetosa,1.5,0.25\nvirginica,6,2.5\n', columns)
 * // => E.right({ features: T.of([[1.5, 0.25], [6, 2.5]]), labels: T.of([0, 1], 'int32') })
 */
export const fromCsvText = <const F extends readonly Column[]>(
  text: string,
  columns: CsvColumns<F>,
  file: string = 'csv'
): Either<CsvErrors, Dataset<[number, F['length']]>> => {
  checkColumns(columns)
  const { rows: records, error: unreadable } = readCsv(text, file)
  const last = unreadable === undefined ? [] : [unreadable]
  const [header, ...rows] = records
  if (header === undefined) {
    return E.left([unreadable ?? { file, line: 1, column: 1, rule: 'expected a header, got an empty file' }])
  }
  const wanted = [...columns.features, columns.label]
  const found = positions(file, header, wanted)
  if (E.isLeft(found)) return E.left(concat(last)(found.left))
  if (rows.length === 0 && unreadable === undefined) {
    const line = (header.lines[header.lines.length - 1] ?? 1) + 1
    return E.left([{ file, line, column: 1, rule: 'expected at least one row, got none' }])
  }

  const width = columns.features.length
  const { labelType = 'int32', featureType = 'float32' } = columns
  const features = allocate(featureType, rows.length * width)
  const labels = allocate(labelType, rows.length)
  const errors: CsvError[] = []
  rows.forEach(({ fields, lines }, row) => {
    const fail = (column: number, rule: string): void => {
      errors.push({ file, line: lines[column] ?? lines[0] ?? 0, column: column + 1, rule })
    }
    if (fields.length !== header.fields.length) {
      const column = Math.min(fields.length, header.fields.length + 1) - 1
      fail(column, `expected ${fieldsOf(header.fields.length)}, got ${fields.length}`)
      return
    }
    found.right.forEach((position, index) => {
      const content = fields[position] ?? ''
      const field = wanted[index]?.field
      const decoded = field?.decode(content)
      if (decoded === undefined || E.isLeft(decoded)) {
        fail(position, `expected ${field?.name ?? 'a field'}, got ${quote(content)}`)
        return
      }
      const wrong = misfit(decoded.right, content, index < width ? featureType : labelType)
      if (wrong !== undefined) fail(position, `expected ${wrong}, got ${quote(content)}`)
      else if (index < width) features[row * width + index] = decoded.right
      else labels[row] = decoded.right
    })
  })
  errors.push(...last)
  if (isNonEmpty(errors)) return E.left(errors)
  return E.right({
    features: typed(fromData([rows.length, width], featureType, features)),
    labels: typed(fromData([rows.length], labelType, labels))
  })
}

/**
 * A data set from a CSV file. `read` reads a path as text: `(path) => readFile(path, 'utf8')` in Node,
 * `(url) => fetch(url).then((response) => response.text())` in a browser. See `fromCsvText`.
 *
 * If the file cannot be read, that is an error in the `Left`; the task never rejects.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Dataset from 'pullback/Dataset'
 *
 * const load = Dataset.fromCsv(() => Promise.reject(new Error('ENOENT: no such file or directory')))
 * const columns = { features: [Dataset.column('x', Dataset.number)], label: Dataset.column('y', Dataset.integer) }
 * const shown = E.mapLeft(Dataset.showCsvErrors)(await load('missing.csv', columns)())
 * shown // => E.left('missing.csv: expected a readable file, got ENOENT: no such file or directory')
 */
export const fromCsv =
  (read: (path: string) => Promise<string>) =>
  <const F extends readonly Column[]>(
    path: string,
    columns: CsvColumns<F>
  ): TaskEither<CsvErrors, Dataset<[number, F['length']]>> => {
    checkColumns(columns)
    return async () => {
      const text = await readText(read, path)
      return E.isLeft(text) ? text : fromCsvText(text.right, columns, path)
    }
  }

const readText = async (read: (path: string) => Promise<string>, path: string): Promise<Either<CsvErrors, string>> => {
  try {
    return E.right(await read(path))
  } catch (error) {
    return E.left([{ file: path, line: 0, column: 0, rule: `expected a readable file, got ${reasonOf(error)}` }])
  }
}
