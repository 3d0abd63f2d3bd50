/** Labelled data as a pair of tensors; and what all data have that share their first axis. */
import { refusal } from '../internal/describe.js'
import { requireFunction } from '../internal/check.js'
import { requireTensor } from '../internal/require.js'
import { ShapeError, equals, show, type Shape } from '../shape/model.js'
import { gather, slice } from '../Tensor.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { type Flat, flattenAs } from '../tree/model.js'

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

/**
 * The type of some of the examples of data: any tree of tensors that share their first axis.
 *
 * @example
 * import type { Rows } from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const some: Rows<{ readonly image: T.Tensor<[9, 2, 2]>; readonly weight: T.Tensor<[9]> }> = {
 *   image: T.zeros([3, 2, 2]),
 *   weight: T.ones([3])
 * }
 * some.weight.shape // => [3]
 */
export type Rows<D> = D extends Tensor<infer S> ? Tensor<Some<S>> : { readonly [Key in keyof D]: Rows<D[Key]> }

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

/** Data taken apart, and the number of its examples. */
interface Examples<D> extends Flat<D> {
  readonly count: number
}

const isNode = (x: unknown): x is object => typeof x === 'object' && x !== null

/** Refuses what has no tensor of features, or of labels. */
export const requireField = (operation: string, data: unknown, field: 'features' | 'labels'): void => {
  if (isNode(data) && isTensor(Reflect.get(data, field))) return
  throw new TypeError(`${refusal(operation, 'the dataset', data, 'features and labels')}; make one with Dataset.make`)
}

/** Refuses features that are not like those that were fitted. */
export const requireLike = (operation: string, fit: Dataset<Shape>, data: Dataset<Shape>): void => {
  requireField(operation, data, 'features')
  const [own, other] = [fit.features.shape, data.features.shape]
  if (other.length > 0 && equals(own.slice(1), other.slice(1))) return
  const found = `the features have shape ${show(other)}`
  throw new ShapeError(
    operation,
    [own, other],
    `${found}; expected rows of shape ${show(own.slice(1))}, as were fitted`
  )
}

/** Takes data apart, and refuses tensors whose first axes differ. */
export const examplesOf = <D>(operation: string, data: D): Examples<D> => {
  const flat = isNode(data) ? flattenAs(operation, data) : undefined
  const first = flat?.leaves[0]
  if (flat === undefined || first === undefined) {
    throw new TypeError(`${refusal(operation, 'the dataset', data, 'features and labels')}; make one with Dataset.make`)
  }
  flat.leaves.forEach(({ shape }, i) => {
    if (shape.length > 0 && shape[0] === first.shape[0]) return
    const nameOf = (path: string): string => (path === '' ? 'the data' : path)
    const [one, other] = [nameOf(flat.paths[0]!), nameOf(flat.paths[i]!)]
    const found = i === 0 ? `${one} has shape []` : `${one} has shape ${show(first.shape)} and ${other} ${show(shape)}`
    throw new ShapeError(
      operation,
      [first.shape, shape],
      `${found}; expected ${i === 0 ? 'an axis of examples' : 'as many examples in each'}`
    )
  })
  return { ...flat, count: first.shape[0]! }
}

/** Refuses data with fewer examples than are needed. */
export const requireExamples = (operation: string, count: number, least: number = 1, why?: string): void => {
  if (count >= least) return
  const found = `the data set has ${count} ${count === 1 ? 'example' : 'examples'}`
  throw new RangeError(
    `${operation}: ${found}; expected at least ${least === 1 ? 'one' : least}${why === undefined ? '' : `, ${why}`}`
  )
}

/** Data of which each tensor has been changed along its first axis; casts to the type that says so. */
export const changed = <D, Result = Rows<D>>({ leaves, unflatten }: Flat<D>, f: (leaf: Tensor) => Tensor): Result =>
  unflatten(leaves.map(f)) as unknown as Result

/** The examples from one position to another, as views. */
export const between = <D>(examples: Flat<D>, from: number, to: number): Rows<D> =>
  changed(examples, (leaf) => slice(leaf, [[from, to]]))

/** The examples at some positions. */
export const taken = <D>(examples: Flat<D>, at: readonly number[] | Tensor): Rows<D> =>
  changed(examples, (leaf) => gather(leaf, at))

/**
 * The number of examples: of a data set, or of any tree of tensors with a common first axis.
 *
 * @throws ShapeError when the tensors have first axes that differ
 *
 * @example
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * Dataset.size(Dataset.make(T.zeros([3, 2]), T.zeros([3]))) // => 3
 * Dataset.size([T.zeros([5]), { more: T.zeros([5, 2]) }]) // => 5
 */
export const size = (data: unknown): number => examplesOf('Dataset.size', data).count

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

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
  (dataset) => {
    requireFunction('Dataset.map', f)
    requireField('Dataset.map', dataset, 'features')
    return paired('Dataset.map', f(dataset.features), dataset.labels)
  }
