/** Tables as text: of records, of the parts of a model, of a confusion matrix. */
import { describe, refusal } from '../internal/describe.js'
import { number, options, positiveCount } from '../internal/options.js'
import { requireList } from '../internal/require.js'
import { type AnyLayer } from '../layer/model.js'
import { type Spec, summary as partsOf } from '../layer/summary.js'
import { isTensor, type Tensor } from '../tensor/model.js'
import { toNested } from '../tensor/destruct.js'
import { ShapeError, show } from '../shape/model.js'
import { aligned, numberIn, showCell, widthsOf } from './cells.js'

// -----------------------------------------------------------------------------
// tables of records
// -----------------------------------------------------------------------------

/**
 * How a table is written: which columns, in which order, and the significant digits of its numbers.
 *
 * @example
 * import * as Report from 'pullback/Report'
 *
 * const options: Report.TableOptions = { columns: ['name'], digits: 3 }
 * Report.table([{ name: 'a', value: 1 }], options) // => 'name\n----\na'
 */
export interface TableOptions {
  /** The names of the columns; by default those of all rows, in the order in which they come. */
  readonly columns?: readonly string[]
  /** The significant digits of numbers that are no integers, 4 by default. */
  readonly digits?: number
  /** The decimals of all numbers of a column that has some that are no integers, in place of digits, so that their points align. */
  readonly decimals?: number
}

const checkTable = /* @__PURE__ */ options<TableOptions>('table', {
  columns: {
    expected: 'an array of strings',
    holds: (value) => Array.isArray(value) && value.every((name) => typeof name === 'string')
  },
  digits: positiveCount,
  decimals: number('an integer from 0 to 100', (n) => Number.isInteger(n) && n >= 0 && n <= 100)
})

const isFraction = (x: number | undefined): boolean => Number.isFinite(x) && !Number.isInteger(x)

/**
 * Records as a table, a row each, under the names of their fields: numbers end at the same place, all else begins there. Fields that are
 * missing are empty; tensors of one element are numbers, and lists are written in brackets.
 *
 * @throws TypeError for a row that is not an object
 *
 * @example
 * import * as Report from 'pullback/Report'
 *
 * Report.table([{ method: 'sgd', loss: 0.123456 }, { method: 'adam', loss: 12 }]).split('\n')
 * // => ['method    loss', '------  ------', 'sgd     0.1235', 'adam        12']
 *
 * Report.table([{ steps: 5, loss: 0.126 }, { steps: 20, loss: 12 }], { decimals: 2 }).split('\n')
 * // => ['steps   loss', '-----  -----', '    5   0.13', '   20  12.00']
 */
export const table = (rows: readonly object[], options: TableOptions = {}): string => {
  checkTable(options)
  requireList('table', 'rows', rows, 'an array of objects')
  Array.from(rows).forEach((row: unknown, i) => {
    if (typeof row === 'object' && row !== null) return
    throw new TypeError(refusal('table', `row ${i}`, row, 'an object'))
  })
  const columns = options.columns ?? [...new Set(rows.flatMap(Object.keys))]
  if (columns.length === 0) return ''
  const cells = rows.map((row) =>
    columns.map((name): unknown => (Object.hasOwn(row, name) ? Reflect.get(row, name) : undefined))
  )
  const isNumeric = columns.map((_, i) => {
    const given = cells.flatMap((row) => (row[i] === undefined || row[i] === null ? [] : [row[i]]))
    return given.length > 0 && given.every((value) => typeof value === 'number' || isTensor(value))
  })
  const { digits, decimals } = options
  const isFixed = columns.map((_, i) => cells.some((row) => isFraction(numberIn(row[i]))))
  const body = cells.map((row) =>
    row.map((value, i) => {
      const x = numberIn(value)
      return decimals !== undefined && isFixed[i] === true && Number.isFinite(x)
        ? x!.toFixed(decimals)
        : showCell(value, digits)
    })
  )
  const rule = widthsOf([columns, ...body]).map((width) => '-'.repeat(width))
  return aligned([columns, rule, ...body], (column) => isNumeric[column] === true)
}

/**
 * The table of the parts of a layer that `Layer.summary` gives: path, output shapes, parameters and operations. The first row is the
 * whole.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Report from 'pullback/Report'
 *
 * Report.summary(Layer.sequential(Layer.dense(4, 8), Layer.dense(8, 3)), [2, 4]).split('\n')
 * // => ['part     shapes  parameters  operations', '-------  ------  ----------  ----------', '(whole)  [2, 3]          67         246', '[0]      [2, 8]          40         144', '[1]      [2, 3]          27         102']
 */
export const summary = (layer: AnyLayer, ...inputs: readonly Spec[]): string =>
  table(partsOf(layer, ...inputs).map(({ path, ...row }) => ({ part: path === '' ? '(whole)' : path, ...row })))

// -----------------------------------------------------------------------------
// confusion matrices
// -----------------------------------------------------------------------------

const rowsOf = (counts: unknown): readonly (readonly unknown[])[] => {
  if (isTensor(counts) && counts.shape.length !== 2) {
    throw new ShapeError('confusion', [counts.shape], `counts have shape ${show(counts.shape)}; expected a matrix`)
  }
  const rows: unknown = isTensor(counts) ? toNested(counts) : counts
  if (!Array.isArray(rows) || !rows.every((row): row is readonly unknown[] => Array.isArray(row))) {
    throw new TypeError(refusal('confusion', 'counts', counts, 'a matrix'))
  }
  rows.forEach((row, i) => {
    if (row.length !== rows.length) {
      const expected = `${rows.length}, one number for each class`
      throw new RangeError(refusal('confusion', `the length of row ${i}`, row.length, expected))
    }
    const wrong = Array.from(row).findIndex((count) => typeof count !== 'number')
    if (wrong >= 0) throw new TypeError(refusal('confusion', `count [${i}][${wrong}]`, row[wrong], 'a number'))
  })
  return rows
}

/**
 * A confusion matrix, such as that of `Metric.confusionMatrix`, with the names of its classes: a row for each true class, a column for
 * each predicted one; zeros are dots. Without names, classes are numbered from 0.
 *
 * @throws TypeError for another number of names than classes, and RangeError for a matrix that is not square
 *
 * @example
 * import * as Report from 'pullback/Report'
 * import * as T from 'pullback/Tensor'
 *
 * Report.confusion(T.of([[9, 1], [0, 12]]), ['cat', 'dog']).split('\n')
 * // => ['     cat  dog  <- predicted', 'cat    9    1', 'dog    .   12']
 */
export const confusion = (counts: Tensor | readonly (readonly number[])[], names?: readonly string[]): string => {
  const rows = rowsOf(counts)
  const given: unknown = names
  if (given !== undefined && !(Array.isArray(given) && given.every((name) => typeof name === 'string'))) {
    throw new TypeError(`confusion: names are ${describe(given)}; expected ${rows.length} strings, one for each class`)
  }
  const classes = names ?? rows.map((_, i) => String(i))
  if (classes.length !== rows.length) {
    throw new TypeError(
      `confusion: the number of names is ${classes.length}; expected ${rows.length}, one for each class`
    )
  }
  const body = rows.map((row, i) => [classes[i]!, ...row.map((count) => (count === 0 ? '.' : showCell(count)))])
  const [head = '', ...others] = aligned([['', ...classes], ...body], (column) => column > 0).split('\n')
  return [`${head}  <- predicted`, ...others].join('\n')
}
