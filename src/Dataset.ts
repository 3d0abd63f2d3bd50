/**
 * Data sets: labelled data from CSV files, validated field by field, as tensors; and shuffling, batching and scaling. What only
 * moves examples takes any tree of tensors with a common first axis.
 */
export {
  type CategoryOptions,
  type Column,
  type Field,
  category,
  column,
  columns,
  integer,
  integerBetween,
  number,
  numberBetween,
  optional
} from './dataset/columns.js'
export { type UnknownCategory, oneHot } from './dataset/categories.js'
export { type CsvError, type CsvRow, parseCsv, showCsvError } from './dataset/csv.js'
export { type CsvColumns, type CsvErrors, fromCsv, fromCsvText, showCsvErrors } from './dataset/load.js'
export { type Fold, kFold, stratifiedKFold, stratifiedSplit } from './dataset/folds.js'
export { type WhitenOptions, impute, standardise, whiten } from './dataset/features.js'
export { type Dataset, type Rows, make, map, size } from './dataset/model.js'
export {
  type Padded,
  type Windows,
  batches,
  concat,
  filter,
  paddedBatches,
  randomSplit,
  repeat,
  shuffle,
  split,
  windows,
  zip
} from './dataset/rows.js'
export {
  type BlobsOptions,
  type CirclesOptions,
  type NoiseOptions,
  type SpiralsOptions,
  blobs,
  circles,
  moons,
  noisySine,
  spirals,
  xor
} from './dataset/made.js'
export { augment, prefetch } from './dataset/stream.js'
