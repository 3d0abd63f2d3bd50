/**
 * Metrics: numbers that measure predictions. Each is a function of a batch, and carries a monoid of statistics, by which batches are merged.
 */
export { type Bins, type CalibrationOptions, calibrationError, logLoss } from './metric/calibration.js'
export {
  type AverageOptions,
  type ClassCounts,
  type ClassScores,
  type ReportOptions,
  classReport,
  f1,
  fBeta,
  precision,
  recall
} from './metric/classes.js'
export { accuracy, confusionMatrix, correct, topK, topKAccuracy } from './metric/classification.js'
export {
  type Mean,
  type Metric,
  MonoidMean,
  type Statistics,
  contramap,
  make,
  map,
  mean,
  over,
  struct,
  value
} from './metric/model.js'
export { type Scored, averagePrecision, rocAuc } from './metric/ranking.js'
export { type Explained, mae, mse, r2, rmse } from './metric/regression.js'
export { type BleuOptions, type Matches, type PerplexityOptions, type Tokens, bleu, perplexity } from './metric/text.js'
