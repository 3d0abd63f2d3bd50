/** The common part of losses: the reduction of a batch to one number, and the two ways to call a loss. */
import { type Kinds, options, oneOf } from '../internal/options.js'
import { dualBy, dataAt } from '../internal/dual.js'
import type { Data } from '../DType.js'
import { within } from '../transform/scope.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import { type Shape, ShapeError, equals, show, size } from '../shape/model.js'
import { expandDims, mean, sum, toArray } from '../Tensor.js'
import { type Tensor, isConcrete } from '../tensor/model.js'
import type { Fits, Labels } from './static.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The reduction of the losses of a batch: their mean, their sum, or none.
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

/** Tensors are not options: without this type, labels of a wrong shape would pass as options. */
type NoTensor = { readonly shape?: never }

/** Options with reduction 'none', with 'mean' or 'sum', and with any of them. */
type Apart<O> = Omit<O, 'reduction'> & { readonly reduction: 'none' } & NoTensor
type Together<O> = Omit<O, 'reduction'> & { readonly reduction?: 'mean' | 'sum' } & NoTensor
type Some<O> = O & NoTensor

/**
 * A loss of predictions, targets and options. Dual by the second argument: `loss(predicted, right, options)`
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
  (right: Tensor, options: Some<O>): (predicted: Tensor) => Tensor
  (right: Tensor): (predicted: Tensor) => Tensor<[]>
  (predicted: Tensor, right: Tensor, options: Apart<O>): Tensor
  (predicted: Tensor, right: Tensor, options: Together<O>): Tensor<[]>
  (predicted: Tensor, right: Tensor, options: Some<O>): Tensor
  (predicted: Tensor, right: Tensor): Tensor<[]>
}

/**
 * A loss whose predictions and targets have one shape, which the compiler checks as far as it knows the shapes.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const loss: Loss.ElementwiseLoss<'l2'> = Loss.l2
 * loss(T.of([1, 2]), T.of([0, 0])) // => T.scalar(1.25)
 */
export interface ElementwiseLoss<Name extends string, O extends Options = Options> {
  <R extends Shape>(
    right: Tensor<R>,
    options: Apart<O>
  ): <P extends Shape>(predicted: Tensor<P> & Fits<Name, P, R>) => Tensor<P>
  <R extends Shape>(
    right: Tensor<R>,
    options: Together<O>
  ): <P extends Shape>(predicted: Tensor<P> & Fits<Name, P, R>) => Tensor<[]>
  <R extends Shape>(
    right: Tensor<R>,
    options: Some<O>
  ): <P extends Shape>(predicted: Tensor<P> & Fits<Name, P, R>) => Tensor
  <R extends Shape>(right: Tensor<R>): <P extends Shape>(predicted: Tensor<P> & Fits<Name, P, R>) => Tensor<[]>
  <P extends Shape, R extends Shape>(
    predicted: Tensor<P>,
    right: Tensor<R> & Fits<Name, P, R>,
    options: Apart<O>
  ): Tensor<P>
  <P extends Shape, R extends Shape>(
    predicted: Tensor<P>,
    right: Tensor<R> & Fits<Name, P, R>,
    options: Together<O>
  ): Tensor<[]>
  <P extends Shape, R extends Shape>(
    predicted: Tensor<P>,
    right: Tensor<R> & Fits<Name, P, R>,
    options: Some<O>
  ): Tensor
  <P extends Shape, R extends Shape>(predicted: Tensor<P>, right: Tensor<R> & Fits<Name, P, R>): Tensor<[]>
}

/**
 * A loss on rows of scores, with one label for each row or, where `OrEqual` is true, probabilities of the scores' shape;
 * the compiler checks it as far as it knows the shapes.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const loss: Loss.ClassLoss<'crossEntropy', true> = Loss.crossEntropy
 * loss(T.zeros([4, 2]), T.of([0, 1, 1, 0], 'int32')) // => T.scalar(0.6931472)
 */
export interface ClassLoss<Name extends string, OrEqual extends boolean, O extends Options = Options> {
  <R extends Shape>(
    right: Tensor<R>,
    options: Apart<O>
  ): <P extends Shape>(predicted: Tensor<P> & Labels<Name, OrEqual, P, R>) => Tensor
  <R extends Shape>(
    right: Tensor<R>,
    options: Together<O>
  ): <P extends Shape>(predicted: Tensor<P> & Labels<Name, OrEqual, P, R>) => Tensor<[]>
  <R extends Shape>(
    right: Tensor<R>,
    options: Some<O>
  ): <P extends Shape>(predicted: Tensor<P> & Labels<Name, OrEqual, P, R>) => Tensor
  <R extends Shape>(
    right: Tensor<R>
  ): <P extends Shape>(predicted: Tensor<P> & Labels<Name, OrEqual, P, R>) => Tensor<[]>
  <P extends Shape, R extends Shape>(
    predicted: Tensor<P>,
    right: Tensor<R> & Labels<Name, OrEqual, P, R>,
    options: Apart<O>
  ): Tensor
  <P extends Shape, R extends Shape>(
    predicted: Tensor<P>,
    right: Tensor<R> & Labels<Name, OrEqual, P, R>,
    options: Together<O>
  ): Tensor<[]>
  <P extends Shape, R extends Shape>(
    predicted: Tensor<P>,
    right: Tensor<R> & Labels<Name, OrEqual, P, R>,
    options: Some<O>
  ): Tensor
  <P extends Shape, R extends Shape>(predicted: Tensor<P>, right: Tensor<R> & Labels<Name, OrEqual, P, R>): Tensor<[]>
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

/**
 * A loss from its name, which is the scope of its operations, and the function that computes the losses of a batch one by
 * one; `Signature` is its type.
 */
/* @__NO_SIDE_EFFECTS__ */
export const makeLoss = <Signature, O extends Options = Options>(
  name: string,
  each: (predicted: Tensor, right: Tensor, options: O | undefined) => Tensor,
  further: Kinds<Omit<O, 'reduction'>> = {} as never
): Signature =>
  dualBy<Signature>(
    dataAt(1, options<Options>(name, { reduction: oneOf('mean', 'sum', 'none'), ...further })),
    (predicted: Tensor, right: Tensor, given?: O) =>
      within(name, () => reduced(each(predicted, right, given), given?.reduction ?? 'mean'))
  )

// -----------------------------------------------------------------------------
// checks
// -----------------------------------------------------------------------------

/** Refuses to broadcast predictions against targets: [4, 1] beside [4] is a mistake. */
export const requireSameShape = (operation: string, predicted: Tensor, right: Tensor): void => {
  requireTensor(operation, predicted, 'the argument predictions')
  requireTensor(operation, right, 'the argument targets')
  if (equals(predicted.shape, right.shape)) return
  throw new ShapeError(
    operation,
    [predicted.shape, right.shape],
    `the shapes of predictions and targets are ${show(predicted.shape)} and ${show(right.shape)}; expected equal shapes`
  )
}

/** The class indices of a batch, which are int32 and below the number of classes, as a column beside the scores. */
export const labelColumn = (operation: string, scores: Tensor, labels: Tensor): Tensor => {
  if (labels.dtype !== 'int32') {
    throw new DTypeError(
      operation,
      `the labels are ${labels.dtype}; expected int32 class indices, cast them with T.cast`
    )
  }
  if (isConcrete(labels)) requireClasses(operation, toArray(labels), labels.shape, scores.shape.at(-1) ?? 0)
  return expandDims(labels, -1)
}

/** Refuses labels, given in row-major order, that are not the index of a class: names the first and its position. */
export const requireClasses = (operation: string, labels: Data, shape: Shape, classes: number): void => {
  const at = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classes))
  if (at < 0) return
  const step = (axis: number): number => size(shape.slice(axis + 1))
  const position = shape.map((n, axis) => Math.floor(at / step(axis)) % n)
  const where = position.length === 0 ? '' : ` at [${position.join(', ')}]`
  throw new RangeError(
    `${operation}: label ${labels[at]}${where} is not a class; expected an integer from 0 to ${classes - 1}`
  )
}

/** Whether labels are class indices, one for each row of scores; throws when they are neither class indices nor of equal shape. */
export const areIndices = (operation: string, scores: Tensor, labels: Tensor, orEqual: boolean): boolean => {
  requireTensor(operation, scores, 'the argument scores')
  requireTensor(operation, labels, 'the argument labels')
  const batch = scores.shape.slice(0, -1)
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
