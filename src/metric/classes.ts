/** Precision, recall and F-scores: how well each class is found, and averages over classes. */
import { requireNumber } from '../internal/check.js'
import { type Options, number, oneOf, options } from '../internal/options.js'
import type { Tensor } from '../tensor/model.js'
import { type Metric, addLists, named } from './model.js'
import { predictedOf, requireRows } from './rows.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * What is counted of each class: the rows that have it as their label and as their prediction (`hits`), as their prediction, and as
 * their label. A row with NaN among its scores has no prediction, so it is never a hit.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * const counts: Metric.ClassCounts = Metric.f1().of(T.of([[0.9, 0.1], [NaN, 0.8]]), T.of([0, 1], 'int32'))
 * counts // => { hits: [1, 0], predicted: [1, 0], labelled: [1, 1] }
 */
export interface ClassCounts {
  readonly hits: readonly number[]
  readonly predicted: readonly number[]
  readonly labelled: readonly number[]
}

/**
 * How well one class is found; `support` is the number of rows that have it as their label.
 *
 * @example
 * import type * as Metric from 'pullback/Metric'
 *
 * const scores: Metric.ClassScores = { precision: 0.5, recall: 1, f1: 2 / 3, support: 4 }
 * scores.support // => 4
 */
export interface ClassScores {
  readonly precision: number
  readonly recall: number
  readonly f1: number
  readonly support: number
}

/**
 * The options of `classReport`.
 *
 * @example
 * import type { ReportOptions } from 'pullback/Metric'
 *
 * const options: ReportOptions = { zeroDivision: NaN }
 * options.zeroDivision // => NaN
 */
export interface ReportOptions {
  /**
   * The value of a quotient by 0: 0 by default. The precision of a class that is never predicted is one, the recall of a class
   * without examples, and the F-score of a class with neither. NaN leaves such a class out of averages.
   */
  readonly zeroDivision?: number
}

/**
 * The options of `precision`, `recall`, `f1` and `fBeta`.
 *
 * @example
 * import type { AverageOptions } from 'pullback/Metric'
 *
 * const options: AverageOptions = { average: 'weighted', zeroDivision: 1 }
 * options.average // => 'weighted'
 */
export interface AverageOptions extends ReportOptions {
  /**
   * `'macro'` (the default) is the mean over all classes of the scores, `'weighted'` counts each class by its examples, and `'micro'`
   * divides the hits of all classes together.
   */
  readonly average?: 'macro' | 'micro' | 'weighted'
}

// -----------------------------------------------------------------------------
// counts
// -----------------------------------------------------------------------------

type OfClasses<Value> = Metric<readonly [scores: Tensor, labels: Tensor], ClassCounts, Value>

const countsOf = (operation: string, scores: Tensor, labels: Tensor): ClassCounts => {
  const rows = requireRows(operation, scores, labels)
  const none = (): number[] => new Array<number>(rows.classes).fill(0)
  const [hits, predicted, labelled] = [none(), none(), none()]
  rows.labels.forEach((label: number, row: number) => {
    const found = predictedOf(rows, row)
    labelled[label]! += 1
    if (found !== undefined) predicted[found]! += 1
    if (found === label) hits[label]! += 1
  })
  return { hits, predicted, labelled }
}

const merge = (a: ClassCounts, b: ClassCounts): ClassCounts => ({
  hits: addLists('classes', a.hits, b.hits),
  predicted: addLists('classes', a.predicted, b.predicted),
  labelled: addLists('classes', a.labelled, b.labelled)
})

/* @__NO_SIDE_EFFECTS__ */
const ofClasses = <Value>(operation: string, value: (counts: ClassCounts) => Value): OfClasses<Value> =>
  named(operation, {
    empty: { hits: [], predicted: [], labelled: [] },
    concat: merge,
    of: (scores: Tensor, labels: Tensor) => countsOf(operation, scores, labels),
    value
  })

// -----------------------------------------------------------------------------
// averages
// -----------------------------------------------------------------------------

/** A score of one class, or of all together: from hits, predictions and labels. */
type Score = (hits: number, predicted: number, labelled: number, zero: number) => number

const ratio = (a: number, b: number, zero: number): number => (b === 0 ? zero : a / b)
const precisionOf: Score = (hits, predicted, _, zero) => ratio(hits, predicted, zero)
const recallOf: Score = (hits, _, labelled, zero) => ratio(hits, labelled, zero)
const fOf =
  (beta: number): Score =>
  (hits, predicted, labelled, zero) =>
    ratio((1 + beta * beta) * hits, beta * beta * labelled + predicted, zero)

const total = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0)

const averageOf =
  (score: Score, { average = 'macro', zeroDivision = 0 }: AverageOptions) =>
  ({ hits, predicted, labelled }: ClassCounts): number => {
    const rows = total(labelled)
    if (rows === 0) return NaN
    if (average === 'micro') return score(total(hits), total(predicted), rows, zeroDivision)
    const scores = hits.map((n, i) => score(n, predicted[i]!, labelled[i]!, zeroDivision))
    const weights = scores.map((x, i) => (Number.isNaN(x) ? 0 : average === 'macro' ? 1 : labelled[i]!))
    return total(scores.map((x, i) => (weights[i] === 0 ? 0 : x * weights[i]!))) / total(weights)
  }

const zeroKind = number('0, 1 or NaN', (n) => n === 0 || n === 1 || Number.isNaN(n))
const averages = oneOf('macro', 'micro', 'weighted')

/* @__NO_SIDE_EFFECTS__ */
const declare = (operation: string): Options =>
  options<AverageOptions>(operation, { average: averages, zeroDivision: zeroKind })

const checkPrecision = declare('precision')
const checkRecall = declare('recall')
const checkF1 = declare('f1')
const checkFBeta = declare('fBeta')
const checkReport = options<ReportOptions>('classReport', { zeroDivision: zeroKind })

/**
 * Precision, hits / predictions: of the rows that are taken for a class, the share that have it as their label; averaged over
 * classes. NaN without a row. As scikit-learn's `precision_score` with `labels=range(classes)`.
 *
 * Scores have shape [..., classes], labels shape [...]; a row is taken for the class of its highest score, the first at a tie, and
 * for none if NaN is in it.
 *
 * @throws ShapeError when there is not one label for each row
 * @throws RangeError when a label is not the index of a class
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * const scores = T.of([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
 * Metric.precision()(scores, T.of([0, 1, 1], 'int32')) // => 0.75
 */
export const precision = (options: AverageOptions = {}): OfClasses<number> => {
  checkPrecision(options)
  return ofClasses('precision', averageOf(precisionOf, options))
}

/**
 * Recall, hits / labels: of the rows that have a class as their label, the share that are taken for it; averaged over classes. The
 * rest is as for `precision`. With `average: 'macro'` it is the balanced accuracy, with `'micro'` the accuracy.
 *
 * @throws ShapeError when there is not one label for each row
 * @throws RangeError when a label is not the index of a class
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * const scores = T.of([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
 * Metric.recall()(scores, T.of([0, 1, 1], 'int32')) // => 0.75
 */
export const recall = (options: AverageOptions = {}): OfClasses<number> => {
  checkRecall(options)
  return ofClasses('recall', averageOf(recallOf, options))
}

/**
 * The F1 score 2 hits / (labels + predictions), the harmonic mean of precision and recall; averaged over classes. The rest is as for
 * `precision`.
 *
 * @throws ShapeError when there is not one label for each row
 * @throws RangeError when a label is not the index of a class
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * const scores = T.of([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
 * Metric.f1()(scores, T.of([0, 1, 1], 'int32')) // ≈ 0.6667
 */
export const f1 = (options: AverageOptions = {}): OfClasses<number> => {
  checkF1(options)
  return ofClasses('f1', averageOf(fOf(1), options))
}

/**
 * The F score (1 + b^2) hits / (b^2 labels + predictions), in which recall counts `beta` times as much as precision; averaged over
 * classes. The rest is as for `precision`.
 *
 * @throws RangeError when `beta` is negative or not finite, or a label is not the index of a class
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * const scores = T.of([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
 * Metric.fBeta(2)(scores, T.of([0, 1, 1], 'int32')) // ≈ 0.6944
 */
export const fBeta = (beta: number, options: AverageOptions = {}): OfClasses<number> => {
  requireNumber('fBeta', 'beta', beta, 'a finite number of 0 or more', (n) => n >= 0 && n < Infinity)
  checkFBeta(options)
  return ofClasses('fBeta', averageOf(fOf(beta), options))
}

/**
 * Precision, recall, F1 and support of each class by itself, in the order of the classes.
 *
 * @throws ShapeError when there is not one label for each row
 * @throws RangeError when a label is not the index of a class
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * const scores = T.of([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
 * Metric.classReport()(scores, T.of([0, 1, 1], 'int32'))[1]?.recall // => 0.5
 */
export const classReport = (options: ReportOptions = {}): OfClasses<readonly ClassScores[]> => {
  checkReport(options)
  const { zeroDivision = 0 } = options
  const scoreOf = fOf(1)
  return ofClasses('classReport', ({ hits, predicted, labelled }) =>
    hits.map((n, i) => {
      const [found, support] = [predicted[i]!, labelled[i]!]
      return {
        precision: precisionOf(n, found, support, zeroDivision),
        recall: recallOf(n, found, support, zeroDivision),
        f1: scoreOf(n, found, support, zeroDivision),
        support
      }
    })
  )
}
