/**
 * Metrics: numbers that say how good predictions are. What is counted over batches is mergeable, by a monoid.
 */
import type { Monoid } from 'fp-ts/lib/Monoid.js'
import { read } from './primitive/traced.js'
import { ShapeError, equals, show, size } from './shape/model.js'
import { argmax, toArray } from './Tensor.js'
import { type Tensor, contiguous, fromData } from './tensor/model.js'
import { typed } from './tensor/typed.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A mean that can be continued: a sum, and how many numbers it is of.
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
 * The mean itself; NaN of nothing.
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
 * Means of parts to the mean of the whole. Associative up to the rounding of sums; exactly so for counts of hits.
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

const requireRows = (operation: string, scores: Tensor, labels: Tensor): number => {
  const classes = scores.shape[scores.shape.length - 1]
  if (classes !== undefined && equals(scores.shape.slice(0, -1), labels.shape)) return classes
  throw new ShapeError(
    operation,
    [scores.shape, labels.shape],
    `scores ${show(scores.shape)} and labels ${show(labels.shape)}; one label for each row of scores is required`
  )
}

/**
 * How many rows of scores have their highest score, the first one at a tie, at the label. Mergeable.
 *
 * Scores have shape [..., classes], labels shape [...].
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.correct(T.of([[0.9, 0.1], [0.2, 0.8]]), T.of([0, 0], 'int32')) // => { sum: 1, count: 2 }
 */
export const correct = (scores: Tensor, labels: Tensor): Mean => hitsOf('correct', scores, labels)

const hitsOf = (operation: string, scores: Tensor, labels: Tensor): Mean => {
  requireRows(operation, scores, labels)
  const predicted = toArray(argmax(scores, { axis: -1 }))
  const wanted = toArray(labels)
  let hits = 0
  for (let row = 0; row < predicted.length; row++) if (predicted[row] === wanted[row]) hits++
  return { sum: hits, count: predicted.length }
}

/**
 * The share of rows whose highest score, the first one at a tie, is at the label: `value(correct(scores, labels))`.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.accuracy(T.of([[0.9, 0.1], [0.2, 0.8]]), T.of([0, 0], 'int32')) // => 0.5
 */
export const accuracy = (scores: Tensor, labels: Tensor): number => value(hitsOf('accuracy', scores, labels))

/**
 * How many rows of scores have the label among their `k` highest scores; of equal scores the first counts as higher.
 * Mergeable.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.topK(2)(T.of([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]]), T.of([1, 2], 'int32')) // => { sum: 1, count: 2 }
 */
export const topK =
  (k: number) =>
  (scores: Tensor, labels: Tensor): Mean => {
    const classes = requireRows('topK', scores, labels)
    const values = contiguous(read('topK', scores))
    const wanted = toArray(labels)
    let hits = 0
    for (let row = 0; row < wanted.length; row++) {
      const start = values.offset + row * classes
      const label = wanted[row]!
      const own = values.data[start + label]!
      let before = 0
      for (let j = 0; j < classes; j++) {
        const other = values.data[start + j]!
        if (other > own || (other === own && j < label)) before++
      }
      if (before < k) hits++
    }
    return { sum: hits, count: wanted.length }
  }

/**
 * How often each class was taken for each: entry (i, j) counts the rows of label i whose highest score, the first one at
 * a tie, is at j. An int32 tensor of shape [classes, classes]; matrices of parts add up to that of the whole.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.confusionMatrix(T.of([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]), T.of([0, 1, 1], 'int32'))
 * // => T.of([[1, 0], [1, 1]], 'int32')
 */
export const confusionMatrix = (scores: Tensor, labels: Tensor): Tensor<[number, number]> => {
  const classes = requireRows('confusionMatrix', scores, labels)
  const predicted = toArray(argmax(scores, { axis: -1 }))
  const wanted = toArray(labels)
  const counts = new Int32Array(classes * classes)
  for (let row = 0; row < size(labels.shape); row++) {
    const label = wanted[row]!
    if (!(label >= 0 && label < classes)) {
      throw new RangeError(`confusionMatrix: label ${label} of ${classes} classes; 0 to ${classes - 1} is required`)
    }
    counts[label * classes + predicted[row]!]! += 1
  }
  return typed(fromData([classes, classes], 'int32', counts))
}
