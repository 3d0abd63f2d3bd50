/** Columns of categories as columns of zeros and ones. */
import * as E from '../internal/either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { requireNumber } from '../internal/check.js'
import { type DType, allocate } from '../DType.js'
import { ShapeError, show } from '../shape/model.js'
import { toArray } from '../Tensor.js'
import { type Tensor, fromData } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { requireList } from '../internal/require.js'
import { type Dataset, requireExamples, requireField, size } from './model.js'

/**
 * A value of a column that the data which were fitted do not have: where it stands, counted from 0.
 *
 * @example
 * import type { UnknownCategory } from 'pullback/Dataset'
 *
 * const unknown: UnknownCategory = { row: 0, column: 1, value: 7, message: 'row 0: 7 is not a category of column 1' }
 * unknown.value // => 7
 */
export interface UnknownCategory {
  readonly row: number
  readonly column: number
  readonly value: number
  readonly message: string
}

/** A table of numbers, row by row. */
interface Table {
  readonly rows: number
  readonly columns: number
  readonly at: (row: number, column: number) => number
}

const tableOf = (dataset: Dataset): Table => {
  requireField('oneHot', dataset, 'features')
  const { features } = dataset
  const { shape }: Tensor = features
  if (shape.length !== 2) {
    throw new ShapeError('oneHot', [shape], `the features have shape ${show(shape)}; expected [examples, features]`)
  }
  const [rows, columns] = features.shape
  const data = toArray(features)
  return { rows, columns, at: (row, column) => data[row * columns + column]! }
}

const table = (
  rows: number,
  dtype: DType,
  lines: readonly (readonly number[])[],
  width: number
): Tensor<[number, number]> => {
  const out = allocate(dtype, rows * width)
  lines.forEach((line, row) => line.forEach((x, i) => void (out[row * width + i] = x)))
  return typed(fromData([rows, width], dtype, out))
}

/**
 * Puts one column of zeros and ones for each category in the place of each given column of the features, [n, d]. Categories are the
 * values that *this* data has in the column, in ascending order: fit on the training data, then apply to any. Positions of categories come
 * from `Dataset.category`.
 *
 * A value that the fitted data do not have, NaN among them, is a value in the `Left`, which lists all of them; no row is lost.
 *
 * @throws RangeError when the data that are fitted are empty, a column is NaN there, or the features are without a column
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const train = Dataset.make(T.of([[0.5, 0], [0.25, 2], [1, 0]]), T.of([0, 1, 1], 'int32'))
 * const encode = Dataset.oneHot([1])(train)
 * E.map((data: Dataset.Dataset) => data.features)(encode(train)) // => E.right(T.of([[0.5, 1, 0], [0.25, 0, 1], [1, 1, 0]]))
 * const other = encode(Dataset.make(T.of([[0.5, 1]]), T.of([0], 'int32')))
 * E.isLeft(other) && other.left[0].message // => 'row 0: 1 is not a category of column 1; expected 0 or 2'
 */
export const oneHot =
  (columns: readonly number[]) =>
  (fit: Dataset): ((dataset: Dataset) => Either<ReadonlyNonEmptyArray<UnknownCategory>, Dataset>) => {
    requireList('oneHot', 'the list of columns', columns, 'an array of integers')
    const known = tableOf(fit)
    requireExamples('oneHot', size(fit))
    const categories = new Map(
      columns.map((column) => {
        const isColumn = (n: number): boolean => Number.isInteger(n) && n >= 0 && n < known.columns
        requireNumber('oneHot', 'a column', column, `an integer from 0 to ${known.columns - 1}`, isColumn)
        const values = new Set(Array.from({ length: known.rows }, (_, row) => known.at(row, column)))
        if (values.has(NaN))
          throw new RangeError(`oneHot: column ${column} has NaN; expected categories, impute it before`)
        return [column, [...values].sort((a, b) => a - b)] as const
      })
    )
    return (dataset) => {
      const given = tableOf(dataset)
      requireNumber(
        'oneHot',
        'the number of features',
        given.columns,
        `${known.columns}, as were fitted`,
        (n) => n === known.columns
      )
      const unknown: UnknownCategory[] = []
      const encoded = (row: number, column: number): readonly number[] => {
        const value = given.at(row, column)
        const values = categories.get(column)
        if (values === undefined) return [value]
        if (!values.includes(value)) {
          const message = `row ${row}: ${value} is not a category of column ${column}; expected ${listed(values)}`
          unknown.push({ row, column, value, message })
        }
        return values.map((each) => (each === value ? 1 : 0))
      }
      const places = Array.from({ length: known.columns }, (_, column) => column)
      const lines = Array.from({ length: given.rows }, (_, row) => places.flatMap((column) => encoded(row, column)))
      const [first, ...others] = unknown
      if (first !== undefined) return E.left([first, ...others])
      const width = places.reduce((sum, column) => sum + (categories.get(column)?.length ?? 1), 0)
      return E.right({
        features: table(given.rows, dataset.features.dtype, lines, width),
        labels: dataset.labels
      })
    }
  }

/** The first of some values in a sentence: `0, 1 or 2`. */
const listed = (values: readonly number[]): string =>
  values.length > 6 ? `one of ${values.length} others` : values.join(', ').replace(/, ([^,]*)$/, ' or $1')
