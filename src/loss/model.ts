/** What losses have in common: how the losses of a batch become one number, and both ways to call one. */
import { DTypeError } from '../primitive/model.js'
import { ShapeError, equals, show } from '../shape/model.js'
import { expandDims, mean, sum, toArray } from '../Tensor.js'
import { dualBySecond } from '../tensor/indices.js'
import { type Tensor, isConcrete } from '../tensor/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * How the losses of a batch are put together: their mean, their sum, or not at all.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const reduction: Loss.Reduction = 'sum'
 * Loss.meanSquaredError(T.of([1, 4]), T.of([0, 2]), { reduction }) // => T.scalar(5)
 */
export type Reduction = 'mean' | 'sum' | 'none'

/**
 * The options of every loss: the reduction, `'mean'` by default.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const each: Loss.Options = { reduction: 'none' }
 * Loss.meanAbsoluteError(T.of([1, 4]), T.of([0, 2]), each) // => T.of([1, 2])
 */
export interface Options {
  readonly reduction?: Reduction
}

/** The options that keep the losses of a batch apart, and those that put them together. */
type Apart<O> = Omit<O, 'reduction'> & { readonly reduction: 'none' }
type Together<O> = Omit<O, 'reduction'> & { readonly reduction?: 'mean' | 'sum' }

/**
 * A loss: what was predicted, what is right, and options. Dual by the second argument: `loss(predicted, right, options)`
 * and `pipe(predicted, loss(right, options))`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const loss: Loss.Loss = Loss.meanSquaredError
 * pipe(T.of([1, 4]), loss(T.of([0, 2]))) // => T.scalar(2.5)
 */
export interface Loss<O extends Options = Options> {
  (right: Tensor, options: Apart<O>): (predicted: Tensor) => Tensor
  (right: Tensor, options: Together<O>): (predicted: Tensor) => Tensor<[]>
  (right: Tensor, options: O): (predicted: Tensor) => Tensor
  (right: Tensor): (predicted: Tensor) => Tensor<[]>
  (predicted: Tensor, right: Tensor, options: Apart<O>): Tensor
  (predicted: Tensor, right: Tensor, options: Together<O>): Tensor<[]>
  (predicted: Tensor, right: Tensor, options: O): Tensor
  (predicted: Tensor, right: Tensor): Tensor<[]>
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const reduced = (losses: Tensor, reduction: Reduction): Tensor => {
  switch (reduction) {
    case 'mean':
      return mean(losses)
    case 'sum':
      return sum(losses)
    case 'none':
      return losses
  }
}

/** A loss from the function that gives the losses of a batch one by one. */
/* @__NO_SIDE_EFFECTS__ */
export const makeLoss = <O extends Options = Options>(
  each: (predicted: Tensor, right: Tensor, options: O | undefined) => Tensor
): Loss<O> =>
  dualBySecond<Loss<O>>((predicted: Tensor, right: Tensor, options?: O) =>
    reduced(each(predicted, right, options), options?.reduction ?? 'mean')
  )

// -----------------------------------------------------------------------------
// checks
// -----------------------------------------------------------------------------

/** Refuses to broadcast what was predicted against what is right: [4, 1] beside [4] is a mistake. */
export const requireSameShape = (operation: string, predicted: Tensor, right: Tensor): void => {
  if (equals(predicted.shape, right.shape)) return
  throw new ShapeError(
    operation,
    [predicted.shape, right.shape],
    `predictions ${show(predicted.shape)} and targets ${show(right.shape)}; equal shapes are required`
  )
}

/** The class indices of a batch, which are int32 and below the number of classes, as a column beside the scores. */
export const labelColumn = (operation: string, scores: Tensor, labels: Tensor): Tensor => {
  if (labels.dtype !== 'int32') {
    throw new DTypeError(
      operation,
      `labels are ${labels.dtype}; int32 class indices are required, cast them with T.cast`
    )
  }
  const classes = scores.shape[scores.shape.length - 1] ?? 0
  if (isConcrete(labels)) {
    const wrong = toArray(labels).find((label) => label < 0 || label >= classes)
    if (wrong !== undefined) {
      throw new RangeError(`${operation}: label ${wrong} of ${classes} classes; 0 to ${classes - 1} is required`)
    }
  }
  return expandDims(labels, -1)
}

/** Whether labels are class indices, one for each row of scores; throws when they are neither that nor of equal shape. */
export const areIndices = (operation: string, scores: Tensor, labels: Tensor, orEqual: boolean): boolean => {
  const batch = scores.shape.slice(0, -1)
  if (scores.shape.length > 0) {
    if (equals(labels.shape, batch)) return true
    if (orEqual && equals(labels.shape, scores.shape)) return false
  }
  const required =
    scores.shape.length === 0
      ? 'scores with an axis of classes are required'
      : `${show(batch)} for class indices${orEqual ? ` or ${show(scores.shape)} for probabilities` : ''} is required`
  throw new ShapeError(
    operation,
    [scores.shape, labels.shape],
    `scores ${show(scores.shape)} and labels ${show(labels.shape)}; ${required}`
  )
}
