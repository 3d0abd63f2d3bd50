/** The checks of losses on shapes, class indices and values. */
import type { Data } from '../DType.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import { bottom } from '../primitive/traced.js'
import { type Shape, ShapeError, equals, show, positionAt } from '../shape/model.js'
import { toArray, where } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'

/** Refuses to broadcast predictions against targets: [4, 1] beside [4] is a mistake. */
export const requireSameShape = (
  operation: string,
  predicted: Tensor,
  right: Tensor,
  names: readonly [string, string] = ['predictions', 'targets']
): void => {
  requireTensor(operation, predicted, `the argument ${names[0]}`)
  requireTensor(operation, right, `the argument ${names[1]}`)
  if (equals(predicted.shape, right.shape)) return
  throw new ShapeError(
    operation,
    [predicted.shape, right.shape],
    `the shapes of ${names[0]} and ${names[1]} are ${show(predicted.shape)} and ${show(right.shape)}; expected equal shapes`
  )
}

/** Where an element lies, ` at [1, 2]`, by its place in row-major order. */
const placeOf = (at: number, shape: Shape): string => {
  const position = positionAt(at, shape)
  return position.length === 0 ? '' : ` at [${position.join(', ')}]`
}

/** Refuses labels, given in row-major order, that are not the index of a class: names the first and its position. */
export const requireClasses = (operation: string, labels: Data, shape: Shape, classes: number): void => {
  const at = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classes))
  if (at < 0) return
  const expected = classes === 0 ? 'scores of 1 class or more' : `an integer from 0 to ${classes - 1}`
  throw new RangeError(`${operation}: label ${labels[at]}${placeOf(at, shape)} is not a class; expected ${expected}`)
}

/** The class indices of a batch, with 0 for those that do not count: int32, and below the number of classes. */
export const requireLabels = (operation: string, labels: Tensor, classes: number, mask?: Tensor): Tensor => {
  if (labels.dtype !== 'int32') {
    throw new DTypeError(
      operation,
      `the labels are ${labels.dtype}; expected int32 class indices, cast them with T.cast`
    )
  }
  const counted = mask === undefined ? labels : where(mask, labels, 0)
  const values = bottom(counted)
  if (values !== undefined) requireClasses(operation, toArray(values), values.shape, classes)
  return counted
}

/** Refuses values for which `holds` is false, where they can be read and count: `operation: label 2 at [1] is ...`. */
export const requireValues = (
  operation: string,
  subject: string,
  x: Tensor,
  rule: string,
  holds: (value: number) => boolean,
  mask?: Tensor
): void => {
  // 1 is among the values that every loss accepts
  const values = bottom(mask === undefined ? x : where(mask, x, 1))
  if (values === undefined) return
  const data = toArray(values)
  const at = data.findIndex((value) => !holds(value))
  if (at < 0) return
  throw new RangeError(`${operation}: ${subject} ${data[at]}${placeOf(at, values.shape)} ${rule}`)
}

/** Refuses negative numbers, where they can be read and count; NaN stays NaN. */
export const requireNotNegative = (operation: string, subject: string, x: Tensor, mask: Tensor | undefined): void =>
  requireValues(operation, subject, x, 'is negative; expected 0 or more', (value) => !(value < 0), mask)

/** Whether labels are class indices, one for each row of scores; throws when they are neither class indices nor of equal shape. */
export const areIndices = (
  operation: string,
  scores: Tensor,
  labels: Tensor,
  orEqual: boolean,
  axis?: number
): boolean => {
  requireTensor(operation, scores, 'the argument scores')
  requireTensor(operation, labels, 'the argument labels')
  const batch = scores.shape.filter((_, i) => i !== (axis ?? scores.shape.length - 1))
  if (scores.shape.length > 0) {
    if (equals(labels.shape, batch)) return true
    if (orEqual && equals(labels.shape, scores.shape)) return false
  }
  const expected =
    scores.shape.length === 0
      ? 'scores with an axis of classes'
      : `labels of shape ${show(batch)} for class indices${orEqual ? ` or ${show(scores.shape)} for probabilities` : ''}`
  throw new ShapeError(
    operation,
    [scores.shape, labels.shape],
    `the shapes of scores and labels are ${show(scores.shape)} and ${show(labels.shape)}; expected ${expected}`
  )
}
