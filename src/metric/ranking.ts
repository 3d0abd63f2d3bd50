/** Metrics of an order: how well the scores of positives stand above those of negatives. */
import { refusal } from '../internal/describe.js'
import { requireClasses, requireSameShape } from '../loss/check.js'
import { toArray } from '../Tensor.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { type Metric, named } from './model.js'

/**
 * What is kept of scores for a metric of their order: all of them, batch by batch, beside their labels. The memory grows with the data,
 * nothing is copied when batches are merged.
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * const scored: Metric.Scored = Metric.rocAuc.of(T.of([0.1, 0.9]), T.of([0, 1], 'int32'))
 * scored.length // => 1
 */
export type Scored = readonly { readonly scores: Tensor; readonly labels: Tensor }[]

type OfOrder = Metric<readonly [scores: Tensor, labels: Tensor], Scored>

/** The scores of each class in ascending order, without NaN, and the numbers of both with them. */
interface Sorted {
  readonly positives: Float64Array
  readonly negatives: Float64Array
  readonly ofPositives: number
  readonly ofNegatives: number
}

const sortedOf = (operation: string, scored: Scored): Sorted => {
  const sides: readonly [number[], number[]] = [[], []]
  for (const part of scored) {
    if (!isTensor(part?.scores) || !isTensor(part.labels)) {
      throw new TypeError(refusal(operation, 'a part of the statistics', part, 'scores with labels'))
    }
    const { scores, labels } = part
    const isPositive = toArray(labels)
    toArray(scores).forEach((score: number, i: number) => void sides[isPositive[i] === 1 ? 1 : 0].push(score))
  }
  const [negatives, positives] = sides.map((side) =>
    Float64Array.from(side.filter((score) => !Number.isNaN(score))).sort()
  )
  return { positives: positives!, negatives: negatives!, ofPositives: sides[1].length, ofNegatives: sides[0].length }
}

/** How many of ascending numbers are equal to the one at a place, from there on. */
const run = (numbers: Float64Array, from: number): number => {
  let to = from
  while (to < numbers.length && numbers[to] === numbers[from]) to++
  return to - from
}

const areaOf = (scored: Scored): number => {
  const { positives, negatives, ofPositives, ofNegatives } = sortedOf('rocAuc', scored)
  let wins = 0
  let below = 0
  for (let i = 0; i < positives.length;) {
    const equals = run(positives, i)
    const score = positives[i]!
    while (below < negatives.length && negatives[below]! < score) below++
    const ties = negatives[below] === score ? run(negatives, below) : 0
    wins += equals * (below + ties / 2)
    i += equals
  }
  return wins / (ofPositives * ofNegatives)
}

const precisionOf = (scored: Scored): number => {
  const { positives, negatives, ofPositives, ofNegatives } = sortedOf('averagePrecision', scored)
  let above = ofNegatives - negatives.length
  let next = negatives.length - 1
  let found = 0
  let sum = 0
  for (let i = positives.length - 1; i >= 0;) {
    const score = positives[i]!
    const before = found
    for (; i >= 0 && positives[i] === score; i--) found++
    for (; next >= 0 && negatives[next]! >= score; next--) above++
    sum += (found - before) * (found / (found + above))
  }
  return sum / ofPositives
}

/* @__NO_SIDE_EFFECTS__ */
const ofOrder = (operation: string, value: (scored: Scored) => number): OfOrder =>
  named<readonly [scores: Tensor, labels: Tensor], Scored, number>(operation, {
    empty: [],
    concat: (a: Scored, b: Scored) => [...a, ...b],
    of: (scores: Tensor, labels: Tensor) => {
      requireSameShape(operation, scores, labels, ['scores', 'labels'])
      requireClasses(operation, toArray(labels), labels.shape, 2)
      return [{ scores, labels }]
    },
    value
  })

/**
 * The area under the ROC curve: the share of pairs of a positive and a negative in which the positive has the higher score; a tie
 * counts a half (H. B. Mann and D. R. Whitney, 1947). A metric, which keeps the scores.
 *
 * Scores and labels have one shape; labels are 1 for positives and 0 for negatives. A pair with a NaN score is lost. NaN unless there is a
 * positive and a negative.
 *
 * @throws ShapeError when the shapes differ
 * @throws RangeError when a label is not 0 or 1
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.rocAuc(T.of([0.1, 0.4, 0.35, 0.8]), T.of([0, 0, 1, 1], 'int32')) // => 0.75
 * Metric.rocAuc(T.of([0.5, 0.5]), T.of([0, 1], 'int32')) // => 0.5
 */
export const rocAuc: OfOrder = /* @__PURE__ */ ofOrder('rocAuc', areaOf)

/**
 * The average precision, the area under the curve of precision over recall as a sum of steps: sum of (R_n - R_(n-1)) P_n over the distinct
 * scores, descending. It is scikit-learn's `average_precision_score`. A metric, which keeps the scores.
 *
 * Scores and labels have one shape; labels are 1 for positives and 0 for negatives. A positive whose score is NaN is never found, a negative
 * whose score is NaN stands above all positives. NaN without positives.
 *
 * @throws ShapeError when the shapes differ
 * @throws RangeError when a label is not 0 or 1
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.averagePrecision(T.of([0.1, 0.4, 0.35, 0.8]), T.of([0, 0, 1, 1], 'int32')) // ≈ 0.8333
 */
export const averagePrecision: OfOrder = /* @__PURE__ */ ofOrder('averagePrecision', precisionOf)
