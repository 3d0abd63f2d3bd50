/** Metrics of predicted classes: how many are right, and which are taken for which. */
import { requireNumber } from '../internal/check.js'
import { ShapeError, equals, show } from '../shape/model.js'
import { add, zeros } from '../Tensor.js'
import { type Tensor, fromData } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { type Mean, type Metric, averaged, named } from './model.js'
import { type Rows, placeOf, predictedOf, requireRows } from './rows.js'

// -----------------------------------------------------------------------------
// hits
// -----------------------------------------------------------------------------

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
 * The share of rows whose highest score, the first one at a tie, is at the label: `value(correct(scores, labels))`. A metric.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.accuracy(T.of([[0.9, 0.1], [0.2, 0.8]]), T.of([0, 0], 'int32')) // => 0.5
 */
export const accuracy: Metric<readonly [scores: Tensor, labels: Tensor], Mean> = /* @__PURE__ */ averaged(
  'accuracy',
  (scores: Tensor, labels: Tensor) => hitsOf(requireRows('accuracy', scores, labels), 1)
)

const requireK = (operation: string, k: number): void =>
  requireNumber(operation, 'k', k, 'an integer of at least 1', (given) => Number.isInteger(given) && given >= 1)

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
  requireK('topK', k)
  return (scores, labels) => hitsOf(requireRows('topK', scores, labels), k)
}

/**
 * The share of rows with the label among their `k` highest scores, as `topK` counts them. A metric.
 *
 * @throws RangeError when `k` is not an integer of at least 1, or a label is not the index of a class
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.topKAccuracy(2)(T.of([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]]), T.of([1, 2], 'int32')) // => 0.5
 */
export const topKAccuracy = (k: number): Metric<readonly [scores: Tensor, labels: Tensor], Mean> => {
  requireK('topKAccuracy', k)
  return averaged('topKAccuracy', (scores: Tensor, labels: Tensor) =>
    hitsOf(requireRows('topKAccuracy', scores, labels), k)
  )
}

// -----------------------------------------------------------------------------
// confusion
// -----------------------------------------------------------------------------

const confusionOf = (scores: Tensor, labels: Tensor): Tensor<[number, number]> => {
  const rows = requireRows('confusionMatrix', scores, labels)
  const { classes } = rows
  const counts = new Int32Array(classes * classes)
  rows.labels.forEach((label: number, row: number) => {
    const predicted = predictedOf(rows, row)
    if (predicted === undefined)
      throw new RangeError(`confusionMatrix: row ${row} of the scores has NaN; expected numbers`)
    counts[label * classes + predicted]! += 1
  })
  return typed(fromData([classes, classes], 'int32', counts))
}

const addMatrices = (a: Tensor<[number, number]>, b: Tensor<[number, number]>): Tensor<[number, number]> => {
  if (a.shape[0] === 0) return b
  if (b.shape[0] === 0) return a
  if (equals(a.shape, b.shape)) return add(a, b)
  const shapes = `${show(a.shape)} and ${show(b.shape)}`
  throw new ShapeError('confusionMatrix', [a.shape, b.shape], `the matrices are ${shapes}; expected equal shapes`)
}

/**
 * The counts of predictions: entry (i, j) counts the rows of label i whose highest score, the first one at
 * a tie, is at j. An int32 tensor of shape [classes, classes]; matrices of parts add up to that of the whole. NaN among the
 * scores is refused: no class could be counted. A metric, whose statistics are the matrix; `empty` has no class.
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
export const confusionMatrix: Metric<
  readonly [scores: Tensor, labels: Tensor],
  Tensor<[number, number]>,
  Tensor<[number, number]>
> = /* @__PURE__ */ named('confusionMatrix', {
  empty: /* @__PURE__ */ zeros([0, 0], 'int32'),
  concat: addMatrices,
  of: confusionOf,
  value: (matrix) => matrix
})
