/**
 * Metrics: numbers that measure predictions. Counts over batches are merged by a monoid.
 */
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import type { Data } from './DType.js'
import { requireNumber } from './internal/check.js'
import { requireTensor } from './internal/require.js'
import { requireClasses } from './loss/check.js'
import { ShapeError, equals, show } from './shape/model.js'
import { argmax, toArray } from './Tensor.js'
import { type Tensor, fromData } from './tensor/model.js'
import { typed } from './tensor/typed.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A mean that can be continued: a sum, and the count of its numbers.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 *
 * const hits: Metric.Mean = { sum: 3, count: 4 }
 * Metric.value(hits) // => 0.75
 */
export interface Mean {
  readonly sum: number
  readonly count: number
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * The mean of one number, or of a batch of `count` whose mean is `value`.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 *
 * Metric.mean(0.5, 32) // => { sum: 16, count: 32 }
 */
export const mean = (value: number, count: number = 1): Mean => ({ sum: value * count, count })

// -----------------------------------------------------------------------------
// destructors
// -----------------------------------------------------------------------------

/**
 * The mean itself; NaN if the count is 0.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 *
 * Metric.value({ sum: 3, count: 4 }) // => 0.75
 */
export const value = ({ sum, count }: Mean): number => sum / count

// -----------------------------------------------------------------------------
// instances
// -----------------------------------------------------------------------------

/**
 * Merges means of parts into the mean of the whole. Associative up to the rounding of sums; exactly so for counts of hits.
 *
 * @example
 * import { concatAll } from 'fp-ts/lib/Monoid.js'
 * import * as Metric from 'pullback/Metric'
 *
 * const total = concatAll(Metric.MonoidMean)([Metric.mean(1, 30), Metric.mean(0, 10)])
 * Metric.value(total) // => 0.75
 */
export const MonoidMean: Monoid<Mean> = {
  concat: (a, b) => ({ sum: a.sum + b.sum, count: a.count + b.count }),
  empty: { sum: 0, count: 0 }
}

// -----------------------------------------------------------------------------
// metrics
// -----------------------------------------------------------------------------

/** Scores row by row, and the labels, which are classes. */
interface Rows {
  readonly classes: number
  readonly scores: Data
  readonly labels: Data
}

const onePerRow = 'expected one label for each row of scores'

const requireRows = (operation: string, scores: Tensor, labels: Tensor): Rows => {
  requireTensor(operation, scores, 'the argument scores')
  requireTensor(operation, labels, 'the argument labels')
  const classes = scores.shape[scores.shape.length - 1]
  if (classes === undefined || !equals(scores.shape.slice(0, -1), labels.shape)) {
    throw new ShapeError(
      operation,
      [scores.shape, labels.shape],
      `the shapes of scores and labels are ${show(scores.shape)} and ${show(labels.shape)}; ${onePerRow}`
    )
  }
  const rows = { classes, scores: toArray(scores), labels: toArray(labels) }
  requireClasses(operation, rows.labels, labels.shape, classes)
  return rows
}

/** The place of a row's label among its scores, counted from 0, the highest first and the first of equals; NaN beside NaN. */
const placeOf = ({ classes, scores, labels }: Rows, row: number): number => {
  const label = labels[row]!
  const own = scores[row * classes + label]!
  let before = 0
  for (let j = 0; j < classes; j++) {
    const other = scores[row * classes + j]!
    if (other !== other) return NaN
    if (other > own || (other === own && j < label)) before++
  }
  return before
}

const hitsOf = (rows: Rows, k: number): Mean => {
  let hits = 0
  for (let row = 0; row < rows.labels.length; row++) if (placeOf(rows, row) < k) hits++
  return { sum: hits, count: rows.labels.length }
}

/**
 * How many rows of scores have their highest score, the first one at a tie, at the label. Mergeable.
 *
 * Scores have shape [..., classes], labels shape [...]. A row with NaN in it is not a hit.
 *
 * @throws ShapeError when there is not one label for each row
 * @throws RangeError when a label is not the index of a class
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.correct(T.of([[0.9, 0.1], [0.2, 0.8]]), T.of([0, 0], 'int32')) // => { sum: 1, count: 2 }
 */
export const correct = (scores: Tensor, labels: Tensor): Mean => hitsOf(requireRows('correct', scores, labels), 1)

/**
 * The share of rows whose highest score, the first one at a tie, is at the label: `value(correct(scores, labels))`.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.accuracy(T.of([[0.9, 0.1], [0.2, 0.8]]), T.of([0, 0], 'int32')) // => 0.5
 */
export const accuracy = (scores: Tensor, labels: Tensor): number =>
  value(hitsOf(requireRows('accuracy', scores, labels), 1))

/**
 * How many rows of scores have the label among their `k` highest scores; of equal scores the first counts as higher.
 * Mergeable. A row with NaN in it is not a hit.
 *
 * @throws RangeError when `k` is not an integer of at least 1, or a label is not the index of a class
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.topK(2)(T.of([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]]), T.of([1, 2], 'int32')) // => { sum: 1, count: 2 }
 */
export const topK = (k: number): ((scores: Tensor, labels: Tensor) => Mean) => {
  requireNumber('topK', 'k', k, 'an integer of at least 1', (given) => Number.isInteger(given) && given >= 1)
  return (scores, labels) => hitsOf(requireRows('topK', scores, labels), k)
}

/**
 * The counts of predictions: entry (i, j) counts the rows of label i whose highest score, the first one at
 * a tie, is at j. An int32 tensor of shape [classes, classes]; matrices of parts add up to that of the whole. NaN among the
 * scores is refused: no class could be counted.
 *
 * @throws RangeError when a label is not the index of a class, or a score is NaN
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.confusionMatrix(T.of([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]), T.of([0, 1, 1], 'int32'))
 * // => T.of([[1, 0], [1, 1]], 'int32')
 */
export const confusionMatrix = (scores: Tensor, labels: Tensor): Tensor<[number, number]> => {
  const { classes, labels: wanted, scores: given } = requireRows('confusionMatrix', scores, labels)
  const wrong = given.findIndex((score) => score !== score)
  if (wrong >= 0) {
    throw new RangeError(`confusionMatrix: row ${Math.floor(wrong / classes)} of the scores has NaN; expected numbers`)
  }
  const predicted = toArray(argmax(scores, { axis: -1 }))
  const counts = new Int32Array(classes * classes)
  for (let row = 0; row < wanted.length; row++) counts[wanted[row]! * classes + predicted[row]!]! += 1
  return typed(fromData([classes, classes], 'int32', counts))
}
