/** Parts for validation: folds, and parts that keep the shares of classes. */
import { requireNumber } from '../internal/check.js'
import { number, requireKind } from '../internal/options.js'
import { ShapeError, show } from '../shape/model.js'
import * as R from '../Random.js'
import type { Key } from '../Random.js'
import { requireKey } from '../random/model.js'
import { toArray } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { type Rows, examplesOf, requireExamples, requireField, taken } from './model.js'

/**
 * The parts of one fold: what is trained on, and what is held out.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const fold: Dataset.Fold<T.Tensor<[4]>> | undefined = pipe(T.of([1, 2, 3, 4]), Dataset.kFold(2))[0]
 * fold // => [T.of([3, 4]), T.of([1, 2])]
 */
export type Fold<D> = readonly [train: Rows<D>, held: Rows<D>]

const requireFolds = (operation: string, k: number): void =>
  requireNumber(operation, 'k', k, 'an integer of at least 2', (n) => Number.isInteger(n) && n >= 2)

const requireEnough = (operation: string, k: number, count: number): void => {
  requireExamples(operation, count, k, 'one for each fold')
}

/** The two parts of data: where a predicate of the position is false, and where it is true. */
const partsOf = <D>(operation: string, data: D, isHeld: (position: number) => boolean): Fold<D> => {
  const examples = examplesOf(operation, data)
  const all = Array.from({ length: examples.count }, (_, i) => i)
  return [
    taken(
      examples,
      all.filter((i) => !isHeld(i))
    ),
    taken(examples, all.filter(isHeld))
  ]
}

/**
 * The k folds of cross-validation: every example is held out in exactly one of them. Held-out parts are successive examples, the first n % k
 * of them with one more, as scikit-learn's `KFold`; `Dataset.shuffle` comes before where the order means nothing. Takes any tree of tensors
 * with a common first axis.
 *
 * @throws RangeError when `k` is not an integer from 2 to the number of examples
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const folds = pipe(T.of([1, 2, 3, 4, 5]), Dataset.kFold(2))
 * folds.map(([, held]) => T.toNested(held)) // => [[1, 2, 3], [4, 5]]
 * folds.map(([train]) => T.toNested(train)) // => [[4, 5], [1, 2, 3]]
 */
export const kFold = (k: number): (<D>(data: D) => readonly Fold<D>[]) => {
  requireFolds('kFold', k)
  return (data) => {
    const { count } = examplesOf('kFold', data)
    requireEnough('kFold', k, count)
    const [length, more] = [Math.floor(count / k), count % k]
    const start = (fold: number): number => fold * length + Math.min(fold, more)
    return Array.from({ length: k }, (_, fold) =>
      partsOf('kFold', data, (i) => i >= start(fold) && i < start(fold + 1))
    )
  }
}

/** Data with a class for each example. */
interface Labelled {
  readonly labels: Tensor<[number]>
}

/** The positions of each class in a random order, by class in ascending order. */
const shuffledClasses = (
  operation: string,
  data: Labelled,
  key: Key,
  least: number,
  each: string
): readonly (readonly number[])[] => {
  requireKey(operation, key)
  requireField(operation, data, 'labels')
  const { labels } = data
  if (labels.shape.length !== 1) {
    throw new ShapeError(operation, [labels.shape], `the labels have shape ${show(labels.shape)}; expected [examples]`)
  }
  const classes = new Map<number, number[]>()
  toArray(labels).forEach((label: number, i: number) => {
    const own = classes.get(label)
    if (own === undefined) classes.set(label, [i])
    else own.push(i)
  })
  return [...classes]
    .sort(([a], [b]) => a - b)
    .map(([label, positions], i) => {
      if (positions.length < least) {
        const found = `${positions.length} ${positions.length === 1 ? 'example' : 'examples'}`
        throw new RangeError(
          `${operation}: class ${label} has ${found}; expected at least ${least}, one for each ${each}`
        )
      }
      return Array.from(toArray(R.permutation(R.foldIn(key, i), positions.length)), (at) => positions[at]!)
    })
}

/**
 * The k folds of cross-validation with the shares of classes kept: the numbers of examples of a class in two held-out parts differ by at most 1,
 * and so do the sizes of the parts. Which examples go together is drawn by the key; within a part they keep their order.
 *
 * @throws RangeError when `k` is not an integer of at least 2, or a class has fewer examples than folds
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const data = Dataset.make(T.zeros([6, 2]), T.of([0, 0, 0, 0, 1, 1], 'int32'))
 * const folds = pipe(data, Dataset.stratifiedKFold(2, Random.key(0)))
 * folds.map(([, held]) => T.toNested(held.labels)) // => [[0, 0, 1], [0, 0, 1]]
 */
export const stratifiedKFold = (k: number, key: Key): (<D extends Labelled>(data: D) => readonly Fold<D>[]) => {
  requireFolds('stratifiedKFold', k)
  return (data) => {
    const { count } = examplesOf('stratifiedKFold', data)
    requireEnough('stratifiedKFold', k, count)
    const dealt = new Int32Array(count)
    shuffledClasses('stratifiedKFold', data, key, k, 'fold')
      .flat()
      .forEach((position, i) => void (dealt[position] = i % k))
    return Array.from({ length: k }, (_, fold) => partsOf('stratifiedKFold', data, (i) => dealt[i] === fold))
  }
}

/**
 * Two parts with the shares of classes kept: of the n examples of a class, round(part * n) go to the first, at least one of them to either part.
 * Which ones is drawn by the key; within a part they keep their order.
 *
 * @throws RangeError when the part is not between 0 and 1, or a class has a single example
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const data = Dataset.make(T.zeros([6, 2]), T.of([0, 0, 0, 0, 1, 1], 'int32'))
 * const [train, test] = pipe(data, Dataset.stratifiedSplit(0.5, Random.key(0)))
 * train.labels // => T.of([0, 0, 1], 'int32')
 * test.labels // => T.of([0, 0, 1], 'int32')
 */
export const stratifiedSplit = (
  part: number,
  key: Key
): (<D extends Labelled>(data: D) => readonly [first: Rows<D>, second: Rows<D>]) => {
  requireKind(
    'stratifiedSplit',
    'the part',
    part,
    number('a number between 0 and 1', (x) => x > 0 && x < 1)
  )
  return (data) => {
    requireExamples('stratifiedSplit', examplesOf('stratifiedSplit', data).count)
    const second = new Set(
      shuffledClasses('stratifiedSplit', data, key, 2, 'part').flatMap((own) =>
        own.slice(Math.min(Math.max(Math.round(part * own.length), 1), own.length - 1))
      )
    )
    return partsOf('stratifiedSplit', data, (i) => second.has(i))
  }
}
