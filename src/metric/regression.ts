/** Metrics of predicted numbers: how far they are from the right ones. */
import type { Data } from '../DType.js'
import { requireSameShape } from '../loss/check.js'
import { toArray } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { type Mean, type Metric, addLists, averaged, map, named } from './model.js'

type OfNumbers<Stats> = Metric<readonly [predictions: Tensor, targets: Tensor], Stats>

const errorsOf = (operation: string, predictions: Tensor, targets: Tensor, f: (difference: number) => number): Mean => {
  requireSameShape(operation, predictions, targets)
  const right = toArray(targets)
  let sum = 0
  toArray(predictions).forEach((x: number, i: number) => void (sum += f(x - right[i]!)))
  return { sum, count: right.length }
}

/**
 * The mean absolute error over all elements. A metric. Predictions and targets have one shape; NaN anywhere makes it NaN.
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.mae(T.of([1, 2]), T.of([1, 4])) // => 1
 */
export const mae: OfNumbers<Mean> = /* @__PURE__ */ averaged('mae', (predictions: Tensor, targets: Tensor) =>
  errorsOf('mae', predictions, targets, Math.abs)
)

/**
 * The mean squared error over all elements. A metric. Predictions and targets have one shape; NaN anywhere makes it NaN.
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.mse(T.of([1, 2]), T.of([1, 4])) // => 2
 */
export const mse: OfNumbers<Mean> = /* @__PURE__ */ averaged('mse', (predictions: Tensor, targets: Tensor) =>
  errorsOf('mse', predictions, targets, (x) => x * x)
)

/**
 * The root of the mean squared error over all elements. A metric, whose parts are merged before the root is taken.
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.rmse(T.of([1, 2]), T.of([3, 4])) // => 2
 */
export const rmse: OfNumbers<Mean> = /* @__PURE__ */ map(Math.sqrt)(
  /* @__PURE__ */ averaged('rmse', (predictions: Tensor, targets: Tensor) =>
    errorsOf('rmse', predictions, targets, (x) => x * x)
  )
)

/**
 * What R^2 keeps of its data, for each output: the mean of the targets, the sum of their squared distances from it (`spread`), and the sum of
 * squared errors (`residual`).
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * const explained: Metric.Explained = Metric.r2.of(T.of([1, 3]), T.of([1, 5]))
 * explained // => { count: 2, mean: [3], spread: [8], residual: [4] }
 */
export interface Explained {
  readonly count: number
  readonly mean: readonly number[]
  readonly spread: readonly number[]
  readonly residual: readonly number[]
}

const column = (data: Data, output: number, outputs: number): readonly number[] =>
  Array.from({ length: data.length / outputs }, (_, row) => data[row * outputs + output]!)

const total = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0)

const explainedOf = (predictions: Tensor, targets: Tensor): Explained => {
  requireSameShape('r2', predictions, targets)
  const [rows = 1, ...rest] = targets.shape
  const outputs = rest.reduce((product, n) => product * n, 1)
  if (rows === 0 || outputs === 0) return { count: 0, mean: [], spread: [], residual: [] }
  const right = Array.from({ length: outputs }, (_, i) => column(toArray(targets), i, outputs))
  const mean = right.map((y) => total(y) / rows)
  const residual = right.map((y, i) => {
    const predicted = column(toArray(predictions), i, outputs)
    return total(y.map((each, row) => (each - predicted[row]!) ** 2))
  })
  return { count: rows, mean, spread: right.map((y, i) => total(y.map((each) => (each - mean[i]!) ** 2))), residual }
}

/** T. F. Chan, G. H. Golub and R. J. LeVeque, Updating formulae and a pairwise algorithm for computing sample variances, 1979. */
const merge = (a: Explained, b: Explained): Explained => {
  if (a.count === 0) return b
  if (b.count === 0) return a
  const count = a.count + b.count
  const residual = addLists('outputs', a.residual, b.residual)
  const between = a.mean.map((m, i) => (b.mean[i]! - m) ** 2 * ((a.count * b.count) / count))
  return {
    count,
    mean: a.mean.map((m, i) => m + (b.mean[i]! - m) * (b.count / count)),
    spread: addLists('outputs', addLists('outputs', a.spread, b.spread), between),
    residual
  }
}

/**
 * R^2, the share of the targets' variance that is explained: 1 - sum (y - p)^2 / sum (y - mean y)^2. A metric, whose parts are merged without
 * loss of digits (Chan, Golub and LeVeque 1979).
 *
 * Predictions and targets have shape [n], or [n, ...] for the mean of R^2 over outputs. As in scikit-learn, an output whose targets are all
 * equal has 1 if all predictions are right and 0 otherwise, and fewer than two rows give NaN. NaN anywhere makes it NaN.
 *
 * @throws ShapeError when the shapes differ
 *
 * @example
 * import * as Metric from 'pullback/Metric'
 * import * as T from 'pullback/Tensor'
 *
 * Metric.r2(T.of([2.5, 0, 2, 8], 'float64'), T.of([3, -0.5, 2, 7], 'float64')) // ≈ 0.9486
 */
export const r2: OfNumbers<Explained> = /* @__PURE__ */ named('r2', {
  empty: { count: 0, mean: [], spread: [], residual: [] },
  concat: merge,
  of: explainedOf,
  value: ({ count, spread, residual }: Explained) => {
    if (count < 2) return NaN
    const each = residual.map((rest, i) =>
      spread[i] !== 0 ? 1 - rest / spread[i]! : rest === 0 ? 1 : rest > 0 ? 0 : NaN
    )
    return total(each) / each.length
  }
})
