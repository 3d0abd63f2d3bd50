/** Scores row by row beside their labels, as the metrics of classes read them. */
import type { Data } from '../DType.js'
import { requireTensor } from '../internal/require.js'
import { requireClasses } from '../loss/check.js'
import { ShapeError, equals, show } from '../shape/model.js'
import { toArray } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'

/** Scores row by row, and the labels, which are classes. */
export interface Rows {
  readonly classes: number
  readonly scores: Data
  readonly labels: Data
}

/** Reads scores of shape [..., classes] and labels of shape [...]; a label equal to `ignored` needs to be no class. */
export const requireRows = (operation: string, scores: Tensor, labels: Tensor, ignored?: number): Rows => {
  requireTensor(operation, scores, 'the argument scores')
  requireTensor(operation, labels, 'the argument labels')
  const classes = scores.shape[scores.shape.length - 1]
  if (classes === undefined || !equals(scores.shape.slice(0, -1), labels.shape)) {
    throw new ShapeError(
      operation,
      [scores.shape, labels.shape],
      `the shapes of scores and labels are ${show(scores.shape)} and ${show(labels.shape)}; expected one label for each row of scores`
    )
  }
  const given = toArray(labels)
  const counted = ignored === undefined ? given : given.map((label) => (label === ignored ? 0 : label))
  requireClasses(operation, counted, labels.shape, classes)
  return { classes, scores: toArray(scores), labels: given }
}

/** The place of a row's label among its scores, counted from 0, the highest first and the first of equals; NaN beside NaN. */
export const placeOf = ({ classes, scores, labels }: Rows, row: number): number => {
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

/** The class of a row's highest score, the first of equals; `undefined` beside NaN. */
export const predictedOf = ({ classes, scores }: Rows, row: number): number | undefined => {
  let best = 0
  for (let j = 0; j < classes; j++) {
    const score = scores[row * classes + j]!
    if (score !== score) return undefined
    if (score > scores[row * classes + best]!) best = j
  }
  return best
}
