/** What is fitted on the features of training data, and then applied to any: scaling, missing values, whitening. */
import { describe } from '../internal/describe.js'
import { number, oneOf, options } from '../internal/options.js'
import { toFloat } from '../DType.js'
import { eigh } from '../linalg/eigh.js'
import { ShapeError, show, type Shape } from '../shape/model.js'
import {
  abs,
  add,
  cast,
  div,
  equal,
  flip,
  isNaN as isNaNTensor,
  matmul,
  max,
  maximum,
  mean,
  min,
  mul,
  onesLike,
  permute,
  sqrt,
  square,
  sub,
  toArray,
  where
} from '../Tensor.js'
import { type Tensor, fromData } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { unitFor } from '../tensor/unit.js'
import { type Dataset, requireExamples, requireField, requireLike, size } from './model.js'

/** Refuses an empty data set, on which nothing can be fitted. */
const requireFit = (operation: string, fit: Dataset<Shape>): void => {
  requireField(operation, fit, 'features')
  requireExamples(operation, size(fit))
}

// -----------------------------------------------------------------------------
// scaling
// -----------------------------------------------------------------------------

/**
 * Shifts and scales each feature so that *this* data has mean 0 and standard deviation 1: fit on the training data, then
 * apply to any. Features that do not vary are only shifted. Computed in float64, of any finite numbers.
 *
 * @throws RangeError when the data set is empty
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const train = Dataset.make(T.of([[1, 5], [3, 5]]), T.of([0, 1], 'int32'))
 * const standardise = Dataset.standardise(train)
 * standardise(train).features // => T.of([[-1, 0], [1, 0]])
 * standardise(Dataset.make(T.of([[5, 6]]), T.of([0], 'int32'))).features // => T.of([[3, 1]])
 */
export const standardise = <F extends Shape>(
  fit: Dataset<F>
): (<G extends Shape>(dataset: Dataset<G>) => Dataset<G>) => {
  requireFit('standardise', fit)
  const features: Tensor = cast(fit.features, 'float64')
  const low = min(features, { axis: 0 })
  const constant = equal(low, max(features, { axis: 0 }))
  // In units, powers of two, in which no square overflows or vanishes.
  const unit = unitFor(max(abs(features), { axis: 0 }))
  // Counted from the lowest, as the mean of close numbers may lie between two of their type.
  const aboveLow = (x: Tensor): Tensor => sub(div(cast(x, 'float64'), unit), div(low, unit))
  const above = aboveLow(features)
  const centre = mean(above, { axis: 0 })
  const deviation = sqrt(mean(square(sub(above, centre)), { axis: 0 }))
  const scale = where(constant, div(onesLike(low), unit), deviation)
  const scaled = (x: Tensor): Tensor => cast(div(sub(aboveLow(x), centre), scale), toFloat(x.dtype))
  return (dataset) => {
    requireLike('standardise', fit, dataset)
    return { features: typed(scaled(dataset.features)), labels: dataset.labels }
  }
}

// -----------------------------------------------------------------------------
// missing values
// -----------------------------------------------------------------------------

const middle = (sorted: Float64Array): number => {
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : sorted[half - 1]! / 2 + sorted[half]! / 2
}

const average = (numbers: Float64Array): number => {
  const sum = numbers.reduce((total, x) => total + x, 0)
  // Beyond the largest double, the mean of the parts.
  return Number.isFinite(sum) ? sum / numbers.length : numbers.reduce((total, x) => total + x / numbers.length, 0)
}

/** What stands for missing values in each feature, in row-major order. */
const fills = ({ features }: Dataset<Shape>, by: 'mean' | 'median'): Float64Array => {
  const data = toArray(cast(features, 'float64'))
  const [rows = 1, ...rest] = features.shape
  const columns = rest.reduce((product, n) => product * n, 1)
  return Float64Array.from({ length: columns }, (_, column) => {
    const all = Float64Array.from({ length: rows }, (_row, row) => data[row * columns + column]!)
    const present = all.filter((x) => !Number.isNaN(x)).sort()
    if (present.length > 0) return by === 'mean' ? average(present) : middle(present)
    throw new RangeError(
      `impute: feature ${column} has no value in ${rows} examples; expected at least one, or a number in place of '${by}'`
    )
  })
}

/**
 * Puts a value in the place of each NaN among the features: the mean or the median of *this* data's values of the same feature, or a
 * number. Fit on the training data, then apply to any. `Dataset.optional` reads missing fields of a CSV file as NaN. To keep which
 * values were missing, take `T.isNaN(features)` before.
 *
 * @throws RangeError when the data set is empty, or a feature has no value in any example
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const train = Dataset.make(T.of([[1, NaN], [3, 5], [NaN, 9]]), T.of([0, 1, 1], 'int32'))
 * Dataset.impute('mean')(train)(train).features // => T.of([[1, 7], [3, 5], [2, 9]])
 * Dataset.impute(0)(train)(train).features // => T.of([[1, 0], [3, 5], [0, 9]])
 */
export const impute = (
  by: 'mean' | 'median' | number
): (<F extends Shape>(fit: Dataset<F>) => <G extends Shape>(dataset: Dataset<G>) => Dataset<G>) => {
  if (by !== 'mean' && by !== 'median' && !Number.isFinite(by)) {
    throw new RangeError(`impute: the value is ${describe(by)}; expected 'mean', 'median' or a finite number`)
  }
  return (fit) => {
    requireFit('impute', fit)
    const fill =
      typeof by === 'number'
        ? fromData([], 'float64', Float64Array.of(by))
        : fromData(fit.features.shape.slice(1), 'float64', fills(fit, by))
    const imputed = (x: Tensor): Tensor => where(isNaNTensor(x), cast(fill, x.dtype), x)
    return (dataset) => {
      if (typeof by === 'number') requireField('impute', dataset, 'features')
      else requireLike('impute', fit, dataset)
      return { features: typed(imputed(dataset.features)), labels: dataset.labels }
    }
  }
}

// -----------------------------------------------------------------------------
// whitening
// -----------------------------------------------------------------------------

/**
 * The options of `whiten`.
 *
 * @example
 * import type { WhitenOptions } from 'pullback/Dataset'
 *
 * const options: WhitenOptions = { method: 'zca', epsilon: 0.1 }
 * options.method // => 'zca'
 */
export interface WhitenOptions {
  /** `'pca'` (the default) turns features to the principal axes, largest variance first; `'zca'` turns them back, as near as can be. */
  readonly method?: 'pca' | 'zca'
  /** What is added to each variance before it is divided by, so that directions without variance stay small; 1e-5 by default. */
  readonly epsilon?: number
}

const checkWhiten = options<WhitenOptions>('whiten', {
  method: oneOf('pca', 'zca'),
  epsilon: number('a finite number above 0', (x) => x > 0 && x < Infinity)
})

/**
 * Whitens features: of *this* data, they have mean 0, variance 1 and no correlation after it. With the mean m and the covariance
 * C = V diag(w) V^T (divided by n), it is (x - m) V diag(1 / sqrt(w + epsilon)), and for ZCA that times V^T. Fit on the training data, then
 * apply to any. Features have shape [n, d]. Computed in float64; V is that of `Linalg.eigh`, with the columns from the last to the first.
 *
 * A. J. Bell and T. J. Sejnowski, The "independent components" of natural scenes are edge filters, Vision Research 37, 1997.
 *
 * @throws RangeError when the data set is empty
 * @throws ShapeError when the features are not rows, or have another number of columns than those that were fitted
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const train = Dataset.make(T.of([[2, 2], [-2, -2], [1, -1], [-1, 1]], 'float64'), T.zeros([4], 'int32'))
 * const white = Dataset.whiten({ epsilon: 1e-12 })(train)(train).features
 * T.isClose(T.div(T.matmul(T.transpose(white), white), 4), T.eye(2)) // => true
 */
export const whiten = (options: WhitenOptions = {}): ((fit: Dataset) => (dataset: Dataset) => Dataset) => {
  checkWhiten(options)
  const { method = 'pca', epsilon = 1e-5 } = options
  return (fit) => {
    requireFit('whiten', fit)
    const n = size(fit)
    requireColumns(fit.features)
    const x: Tensor = cast(fit.features, 'float64')
    const centre = mean(x, { axis: 0 })
    const above = sub(x, centre)
    const [variances, axes] = eigh(typed<[number, number]>(div(matmul(permute(above, [1, 0]), above), n)))
    const scales = div(1, sqrt(add(maximum(variances, 0), epsilon)))
    const scaled = mul(axes, scales)
    const turn: Tensor = method === 'pca' ? flip(scaled, { axis: 1 }) : matmul(scaled, permute(axes, [1, 0]))
    return (dataset) => {
      requireField('whiten', dataset, 'features')
      const { features, labels } = dataset
      requireColumns(features, fit.features.shape[1])
      const turned = matmul(sub(cast(features, 'float64'), centre), turn)
      return { features: typed(cast(turned, toFloat(features.dtype))), labels }
    }
  }
}

const requireColumns = ({ shape }: Tensor, columns?: number): void => {
  if (shape.length === 2 && (columns === undefined || shape[1] === columns)) return
  throw new ShapeError(
    'whiten',
    [shape],
    `the features have shape ${show(shape)}; expected ${columns === undefined ? '[examples, features]' : `rows of ${columns}, as were fitted`}`
  )
}
