/**
 * Data sets: labelled data from CSV files, validated field by field, as tensors; and shuffling, batching and scaling.
 */
export {
  type Column,
  type Field,
  category,
  column,
  columns,
  integer,
  integerBetween,
  number,
  numberBetween
} from './dataset/columns.js'
export { type CsvError, type CsvRow, parseCsv, showCsvError } from './dataset/csv.js'
export { type CsvColumns, type CsvErrors, fromCsv, fromCsvText, showCsvErrors } from './dataset/load.js'
export { type Dataset, batches, make, map, shuffle, size, split, standardise } from './dataset/model.js'
