/** The types of losses: their options, and the two ways to call each. */
import type { Shape } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'
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
 * The options of every loss: how much each loss counts, which count at all, and the reduction.
 *
 * A weight or mask has the shape of the losses, which `reduction: 'none'` shows, or size 1 on some axes. The mean is the sum of the
 * weighted losses by the sum of the weights: a weight of 2 counts as two examples, and a mask as weights of 0 and 1. Where all
 * weights are 0 it is 0. A loss whose weight is 0 or whose mask is false adds exactly 0, to the value and to gradients, even where
 * it is NaN.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const each: Loss.Options = { reduction: 'none' }
 * Loss.meanAbsoluteError(T.of([1, 4]), T.of([0, 2]), each) // => T.of([1, 2])
 * Loss.meanAbsoluteError(T.of([1, 4]), T.of([0, 2]), { weights: T.of([3, 1]) }) // => T.scalar(1.25)
 * Loss.meanAbsoluteError(T.of([1, NaN]), T.of([0, 2]), { mask: T.of([true, false]) }) // => T.scalar(1)
 */
export interface Options {
  /** The mean, `'mean'`, by default. */
  readonly reduction?: Reduction
  /** Factors of the losses. */
  readonly weights?: Tensor
  /** Of type bool: true for the losses that count. */
  readonly mask?: Tensor
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

/**
 * A loss of three tensors, dual by the third: `loss(a, b, c, options)` and `pipe(a, loss(b, c, options))`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const loss: Loss.TripleLoss = Loss.marginRanking
 * pipe(T.of([3, 1]), loss(T.of([1, 2]), T.of([1, 1]))) // => T.scalar(0.5)
 */
export interface TripleLoss<O extends Options = Options> {
  (second: Tensor, third: Tensor, options: Apart<O>): (first: Tensor) => Tensor
  (second: Tensor, third: Tensor, options: Together<O>): (first: Tensor) => Tensor<[]>
  (second: Tensor, third: Tensor, options: Some<O>): (first: Tensor) => Tensor
  (second: Tensor, third: Tensor): (first: Tensor) => Tensor<[]>
  (first: Tensor, second: Tensor, third: Tensor, options: Apart<O>): Tensor
  (first: Tensor, second: Tensor, third: Tensor, options: Together<O>): Tensor<[]>
  (first: Tensor, second: Tensor, third: Tensor, options: Some<O>): Tensor
  (first: Tensor, second: Tensor, third: Tensor): Tensor<[]>
}

/** Options that name the axis of classes. */
type Along = { readonly axis: number }

/**
 * A loss on scores whose classes lie along any axis: where the options name it, shapes are checked when it runs.
 *
 * @example
 * import * as Loss from 'pullback/Loss'
 * import * as T from 'pullback/Tensor'
 *
 * const loss: Loss.AxisLoss<'nll', false, Loss.NllOptions> = Loss.nll
 * loss(T.zeros([2, 3, 5, 5]), T.zeros([2, 5, 5], 'int32'), { axis: 1 }) // => T.scalar(0)
 */
export interface AxisLoss<Name extends string, OrEqual extends boolean, O extends Options> extends ClassLoss<
  Name,
  OrEqual,
  O
> {
  (right: Tensor, options: Apart<O> & Along): (predicted: Tensor) => Tensor
  (right: Tensor, options: Together<O> & Along): (predicted: Tensor) => Tensor<[]>
  (predicted: Tensor, right: Tensor, options: Apart<O> & Along): Tensor
  (predicted: Tensor, right: Tensor, options: Together<O> & Along): Tensor<[]>
}
