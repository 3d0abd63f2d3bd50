/** Metrics of predicted probabilities: what they cost, and whether they mean what they say. */
import { oneOf, options, positiveCount } from '../internal/options.js'
import type { Tensor } from '../tensor/model.js'
import { type Mean, type Metric, addLists, averaged, named } from './model.js'
import { type Rows, predictedOf, requireRows } from './rows.js'

// -----------------------------------------------------------------------------
// log loss
// -----------------------------------------------------------------------------

/** Refuses scores that are not probabilities, such as logits; rows with NaN pass. */
const requireProbabilities = (operation: string, { classes, scores, labels }: Rows): void => {
  for (let row = 0; row < labels.length; row++) {
    const probabilities = scores.subarray(row * classes, (row + 1) * classes)
    let sum = 0
    probabilities.forEach((p: number) => void (sum += p))
    if (Math.abs(sum - 1) > 1e-3 || probabilities.some((p: number) => p < 0)) {
      const found = probabilities.some((p: number) => p < 0) ? 'has a negative number' : `sums to ${sum}`
      throw new RangeError(`${operation}: row ${row} ${found}; expected probabilities, take T.softmax of the scores`)
    }
  }
}

/**
 * The mean of -log p, where p is the probability of the row's label: the log loss or cross-entropy. A metric.
 *
 * Probabilities have shape [..., classes], labels shape [...]. As in scikit-learn, a probability below the spacing of the type at 1 (2^-23 in
 * float32, 2^-52 in float64) counts as that. NaN in a row makes it NaN.
 *
 * @throws ShapeError when there is not one label for each row
 * @throws RangeError when a row does not sum to 1 within 1e-3, or a label is not the index of a class
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.logLoss(T.of([[0.5, 0.5], [0.25, 0.75]]), T.of([0, 1], 'int32')) // ≈ 0.4904
 */
export const logLoss: Metric<readonly [probabilities: Tensor, labels: Tensor], Mean> = /* @__PURE__ */ averaged(
  'logLoss',
  (probabilities: Tensor, labels: Tensor) => {
    const rows = requireRows('logLoss', probabilities, labels)
    requireProbabilities('logLoss', rows)
    const least = probabilities.dtype === 'float64' ? 2 ** -52 : 2 ** -23
    let sum = 0
    rows.labels.forEach((label: number, row: number) => {
      const hasNaN = predictedOf(rows, row) === undefined
      sum -= hasNaN ? NaN : Math.log(Math.max(rows.scores[row * rows.classes + label]!, least))
    })
    return { sum, count: rows.labels.length }
  }
)

// -----------------------------------------------------------------------------
// calibration
// -----------------------------------------------------------------------------

/**
 * The options of `calibrationError`.
 *
 * @example
 * import type { CalibrationOptions } from 'pullback/Metric'
 *
 * const options: CalibrationOptions = { bins: 10 }
 * options.bins // => 10
 */
export interface CalibrationOptions {
  /** The number of bins of equal width; 15 by default. */
  readonly bins?: number
  /** The expected error (`'l1'`, the default), the root of the expected square (`'l2'`), or the largest of all bins (`'max'`). */
  readonly norm?: 'l1' | 'l2' | 'max'
}

/**
 * What is counted in each bin of confidence: rows, hits, and the sum of confidences. `hits / counts` over `confidence / counts` is the
 * reliability diagram.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * const { of } = Metric.calibrationError({ bins: 2 })
 * const bins: Metric.Bins = of(T.of([[0.75, 0.25], [0.5, 0.5]]), T.of([0, 1], 'int32'))
 * bins // => { counts: [1, 1], hits: [0, 1], confidence: [0.5, 0.75] }
 */
export interface Bins {
  readonly counts: readonly number[]
  readonly hits: readonly number[]
  readonly confidence: readonly number[]
}

const checkCalibration = options<CalibrationOptions>('calibrationError', {
  bins: positiveCount,
  norm: oneOf('l1', 'l2', 'max')
})

const binsOf = (n: number, probabilities: Tensor, labels: Tensor): Bins => {
  const rows = requireRows('calibrationError', probabilities, labels)
  requireProbabilities('calibrationError', rows)
  const none = (): number[] => new Array<number>(n).fill(0)
  const [counts, hits, confidence] = [none(), none(), none()]
  rows.labels.forEach((label: number, row: number) => {
    const predicted = predictedOf(rows, row)
    const sure = predicted === undefined ? 1 : rows.scores[row * rows.classes + predicted]!
    const bin = Math.min(Math.max(Math.ceil(sure * n) - 1, 0), n - 1)
    counts[bin]! += 1
    confidence[bin]! += sure
    if (predicted === label) hits[bin]! += 1
  })
  return { counts, hits, confidence }
}

/**
 * The calibration error: how far the confidence of predictions, their highest probability, is from the share of them that are right. Rows are
 * put into bins of equal width by confidence, each bin with its upper end; with n_b rows of N in bin b, it is the sum of
 * n_b / N |accuracy_b - confidence_b|. A metric, which keeps the bins.
 *
 * Probabilities have shape [..., classes], labels shape [...]. A row with NaN in it counts as wrong with confidence 1. NaN without rows.
 *
 * C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, On Calibration of Modern Neural Networks, ICML 2017.
 *
 * @throws ShapeError when there is not one label for each row
 * @throws RangeError when a row does not sum to 1 within 1e-3, or a label is not the index of a class
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * const probabilities = T.of([[0.75, 0.25], [0.75, 0.25]])
 * Metric.calibrationError()(probabilities, T.of([0, 1], 'int32')) // => 0.25
 */
export const calibrationError = (
  options: CalibrationOptions = {}
): Metric<readonly [probabilities: Tensor, labels: Tensor], Bins> => {
  checkCalibration(options)
  const { bins = 15, norm = 'l1' } = options
  return named('calibrationError', {
    empty: { counts: [], hits: [], confidence: [] },
    concat: (a: Bins, b: Bins) => ({
      counts: addLists('bins', a.counts, b.counts),
      hits: addLists('bins', a.hits, b.hits),
      confidence: addLists('bins', a.confidence, b.confidence)
    }),
    of: (probabilities: Tensor, labels: Tensor) => binsOf(bins, probabilities, labels),
    value: ({ counts, hits, confidence }: Bins) => {
      const all = counts.reduce((sum, n) => sum + n, 0)
      if (all === 0) return NaN
      const gaps = counts.map((n, i) => (n === 0 ? 0 : Math.abs(hits[i]! - confidence[i]!) / n))
      if (norm === 'max') return Math.max(...gaps)
      const expected = gaps.reduce((sum, gap, i) => sum + (counts[i]! / all) * (norm === 'l1' ? gap : gap * gap), 0)
      return norm === 'l1' ? expected : Math.sqrt(expected)
    }
  })
}
