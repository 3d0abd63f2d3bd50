/** Labelled data as a pair of tensors, and its preparation for training. */
import { requireNumber } from '../internal/check.js'
import { describe, refusal } from '../internal/describe.js'
import { flag, options } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import { toFloat } from '../DType.js'
import { ShapeError, show, type Shape } from '../shape/model.js'
import * as R from '../Random.js'
import type { Key } from '../Random.js'
import { abs, cast, div, equal, gather, max, mean, min, onesLike, slice, sqrt, square, sub, where } from '../Tensor.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { unitFor } from '../tensor/unit.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Examples along the first axis of both tensors: features of shape `F`, and as many labels. A batch is a data set too.
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const and: Dataset.Dataset<[4, 2]> = Dataset.make(T.of([[0, 0], [0, 1], [1, 0], [1, 1]]), T.of([0, 0, 0, 1], 'int32'))
 * Dataset.size(and) // => 4
 */
export interface Dataset<F extends Shape = [number, number]> {
  readonly features: Tensor<F>
  readonly labels: Tensor<[number]>
}

/** The shape of features whose number of examples is known at run time only. */
export type Some<F extends Shape> = F extends readonly [number, ...infer Rest extends Shape] ? [number, ...Rest] : F

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * A data set from features and as many labels.
 *
 * @throws ShapeError unless there is a label for each row of features
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * Dataset.make(T.zeros([3, 2]), T.of([0, 1, 2], 'int32')).labels.shape // => [3]
 * Dataset.make(T.zeros([3, 2]), T.of([0, 1]))
 * // throws Dataset.make: the shapes of features and labels are [3, 2] and [2]; expected one label per row
 */
export const make = <F extends Shape>(features: Tensor<F>, labels: Tensor<[number]>): Dataset<F> =>
  paired('Dataset.make', features, labels)

const paired = <F extends Shape>(operation: string, features: Tensor<F>, labels: Tensor<[number]>): Dataset<F> => {
  requireTensor(operation, features, 'the argument features')
  requireTensor(operation, labels, 'the argument labels')
  if (features.shape.length === 0 || labels.shape.length !== 1 || features.shape[0] !== labels.shape[0]) {
    throw new ShapeError(
      operation,
      [features.shape, labels.shape],
      `the shapes of features and labels are ${show(features.shape)} and ${show(labels.shape)}; expected one label per row`
    )
  }
  return { features, labels }
}

// -----------------------------------------------------------------------------
// destructors
// -----------------------------------------------------------------------------

/**
 * The number of examples.
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * Dataset.size(Dataset.make(T.zeros([3, 2]), T.zeros([3]))) // => 3
 */
export const size = (dataset: Dataset<Shape>): number => {
  const given: unknown = dataset
  const labels: unknown = typeof given === 'object' && given !== null && 'labels' in given ? given.labels : undefined
  if (isTensor(labels)) return dataset.labels.shape[0]
  throw new TypeError(
    `${refusal('Dataset.size', 'the dataset', given, 'features and labels')}; make one with Dataset.make`
  )
}

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/** The examples from one position to another, as views. */
const rows = <F extends Shape>({ features, labels }: Dataset<F>, from: number, to: number): Dataset<Some<F>> => ({
  features: typed(slice(features, [[from, to]])),
  labels: typed(slice(labels, [[from, to]]))
})

/**
 * A function on the features, which must keep the number of examples.
 *
 * @throws ShapeError when the number of examples changes
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const pixels = Dataset.make(T.of([[0, 8], [16, 4]]), T.of([0, 1], 'int32'))
 * pipe(pixels, Dataset.map(T.div(16))).features // => T.of([[0, 0.5], [1, 0.25]])
 */
export const map =
  <F extends Shape, G extends Shape>(f: (features: Tensor<F>) => Tensor<G>): ((dataset: Dataset<F>) => Dataset<G>) =>
  ({ features, labels }) =>
    paired('Dataset.map', f(features), labels)

/**
 * The examples in a random order, which the key determines.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const data = Dataset.make(T.of([[0], [1], [2], [3]]), T.of([0, 1, 2, 3], 'int32'))
 * const shuffled = pipe(data, Dataset.shuffle(Random.key(0)))
 * T.sort(shuffled.labels) // => T.of([0, 1, 2, 3], 'int32')
 * T.toNested(shuffled.features).flat() // => T.toNested(shuffled.labels)
 */
export const shuffle =
  (key: Key) =>
  <F extends Shape>(dataset: Dataset<F>): Dataset<F> => {
    const order = R.permutation(key, size(dataset))
    return { features: typed(gather(dataset.features, order)), labels: typed(gather(dataset.labels, order)) }
  }

const batchesOptions = options<{ readonly dropLast?: boolean }>('batches', { dropLast: flag })

/**
 * The data in batches of a size, in order; the last one is smaller where the size does not divide, or left out with
 * `dropLast`. Nothing is copied.
 *
 * @throws RangeError when the size is not an integer above 0
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const data = Dataset.make(T.zeros([5, 2]), T.arange(5, 'int32'))
 * pipe(data, Dataset.batches(2)).map(Dataset.size) // => [2, 2, 1]
 * pipe(data, Dataset.batches(2, { dropLast: true })).map(Dataset.size) // => [2, 2]
 */
export const batches = (
  batchSize: number,
  options: { readonly dropLast?: boolean } = {}
): (<F extends Shape>(dataset: Dataset<F>) => readonly Dataset<Some<F>>[]) => {
  batchesOptions(options)
  requireNumber('batches', 'the size', batchSize, 'an integer above 0', (n) => Number.isInteger(n) && n > 0)
  return (dataset) => {
    const total = size(dataset)
    const count = options.dropLast === true ? Math.floor(total / batchSize) : Math.ceil(total / batchSize)
    return Array.from({ length: count }, (_, i) => rows(dataset, i * batchSize, Math.min((i + 1) * batchSize, total)))
  }
}

/**
 * Two parts: the examples before a position, and the others. A negative position counts from the end.
 *
 * @throws RangeError when the position is not an integer, or beyond the data
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const data = Dataset.make(T.zeros([10, 2]), T.arange(10, 'int32'))
 * const [train, test] = pipe(data, Dataset.split(-3))
 * Dataset.size(train) // => 7
 * test.labels // => T.of([7, 8, 9], 'int32')
 */
export const split =
  (at: number) =>
  <F extends Shape>(dataset: Dataset<F>): readonly [before: Dataset<Some<F>>, after: Dataset<Some<F>>] => {
    const total = size(dataset)
    if (!(Number.isInteger(at) && Math.abs(at) <= total)) {
      throw new RangeError(
        `split: the position is ${describe(at)}; for ${total} examples, expected an integer from ${-total} to ${total}`
      )
    }
    const position = at < 0 ? at + total : at
    return [rows(dataset, 0, position), rows(dataset, position, total)]
  }

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
  if (size(fit) === 0) throw new RangeError('standardise: the data set has 0 examples; expected at least one')
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
  return (dataset) => ({ features: typed(scaled(dataset.features)), labels: dataset.labels })
}
