/** Examples in another order, fewer, more or together: for any tree of tensors with a common first axis. */
import { requireCount, requireFunction } from '../internal/check.js'
import { describe } from '../internal/describe.js'
import { flag, options, positiveCount, requireKind, share } from '../internal/options.js'
import { ShapeError, type Shape, show } from '../shape/model.js'
import * as R from '../Random.js'
import type { Key } from '../Random.js'
import { concat as join, gather, pad, reshape, toArray } from '../Tensor.js'
import { type Tensor, fromData, isTensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { zipWithAs } from '../tree/model.js'
import { type Rows, between, changed, examplesOf, requireExamples, taken } from './model.js'

// -----------------------------------------------------------------------------
// order
// -----------------------------------------------------------------------------

/**
 * The examples in a random order, which the key determines. Takes any tree of tensors with a common first axis.
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
  <D>(data: D): D => {
    const examples = examplesOf('shuffle', data)
    const order = R.permutation(key, examples.count)
    return changed<D, D>(examples, (leaf) => gather(leaf, order))
  }

// -----------------------------------------------------------------------------
// batches
// -----------------------------------------------------------------------------

const batchesOptions = options<{ readonly dropLast?: boolean }>('batches', { dropLast: flag })

/**
 * The data in batches of a size, in order; the last one is smaller where the size does not divide, or left out with
 * `dropLast`; `paddedBatches` fills it up. Nothing is copied. Takes any tree of tensors with a common first axis.
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
): (<D>(data: D) => readonly Rows<D>[]) => {
  batchesOptions(options)
  requireCount('batches', 'the size', batchSize)
  return (data) => {
    const examples = examplesOf('batches', data)
    const total = examples.count
    const count = options.dropLast === true ? Math.floor(total / batchSize) : Math.ceil(total / batchSize)
    return Array.from({ length: count }, (_, i) =>
      between(examples, i * batchSize, Math.min((i + 1) * batchSize, total))
    )
  }
}

/**
 * A batch that was filled up, and a mask that is true for its examples and false for what fills.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const filled: Dataset.Padded<T.Tensor<[3]>> | undefined = pipe(T.of([1, 2, 3]), Dataset.paddedBatches(2))[1]
 * filled?.mask // => T.of([true, false])
 */
export interface Padded<D> {
  readonly batch: Rows<D>
  readonly mask: Tensor<[number]>
}

/**
 * The data in batches that are all of one size, in order, each with a mask: where the size does not divide, the last one is filled up with
 * zeros. A program that is staged for one batch fits all, and losses take the mask. Takes any tree of tensors with a common first axis.
 *
 * @throws RangeError when the size is not an integer above 0
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const [first, last] = pipe(T.of([5, 6, 7]), Dataset.paddedBatches(2))
 * first // => { batch: T.of([5, 6]), mask: T.of([true, true]) }
 * last // => { batch: T.of([7, 0]), mask: T.of([true, false]) }
 */
export const paddedBatches = (batchSize: number): (<D>(data: D) => readonly Padded<D>[]) => {
  requireCount('paddedBatches', 'the size', batchSize)
  const plain = batches(batchSize)
  return <D>(data: D) =>
    plain(data).map((part): Padded<D> => {
      const examples = examplesOf('paddedBatches', part)
      const missing = batchSize - examples.count
      const mask = Uint8Array.from({ length: batchSize }, (_, i) => (i < examples.count ? 1 : 0))
      const widths = (leaf: Tensor): readonly (readonly [number, number])[] =>
        leaf.shape.map((_, axis) => [0, axis === 0 ? missing : 0])
      const batch = missing === 0 ? part : changed<Rows<D>, Rows<D>>(examples, (leaf) => pad(leaf, widths(leaf)))
      return { batch, mask: typed(fromData([batchSize], 'bool', mask)) }
    })
}

// -----------------------------------------------------------------------------
// parts
// -----------------------------------------------------------------------------

/**
 * Two parts: the examples before a position, and the others. A negative position counts from the end. Takes any tree of tensors with a
 * common first axis.
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
  <D>(data: D): readonly [before: Rows<D>, after: Rows<D>] => {
    const examples = examplesOf('split', data)
    const total = examples.count
    if (!(Number.isInteger(at) && Math.abs(at) <= total)) {
      throw new RangeError(
        `split: the position is ${describe(at)}; for ${total} examples, expected an integer from ${-total} to ${total}`
      )
    }
    const position = at < 0 ? at + total : at
    return [between(examples, 0, position), between(examples, position, total)]
  }

/**
 * Two parts drawn by a key: round(part * n) of the n examples, in a random order, and the others. `Dataset.stratifiedSplit` keeps the
 * shares of classes.
 *
 * @throws RangeError when the part is not a number from 0 to 1, or the data set is empty
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const [train, test] = pipe(T.arange(10), Dataset.randomSplit(0.8, Random.key(0)))
 * Dataset.size(train) // => 8
 * T.sort(T.concat([train, test])) // => T.arange(10)
 */
export const randomSplit = (part: number, key: Key): (<D>(data: D) => readonly [before: Rows<D>, after: Rows<D>]) => {
  requireKind('randomSplit', 'the part', part, share)
  return <D>(data: D) => {
    const { count } = examplesOf('randomSplit', data)
    requireExamples('randomSplit', count)
    return split(Math.round(part * count))(shuffle(key)(data))
  }
}

/**
 * The examples for which a mask is true, in order: `f` gives the mask of all examples, a bool tensor of shape [n].
 *
 * @throws ShapeError when `f` does not give one truth value for each example
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const data = Dataset.make(T.of([[1], [2], [3]]), T.of([0, 1, 0], 'int32'))
 * pipe(data, Dataset.filter(({ labels }) => T.equal(labels, 0))).features // => T.of([[1], [3]])
 */
export const filter =
  <D>(f: (data: D) => Tensor) =>
  (data: D): Rows<D> => {
    requireFunction('filter', f)
    const examples = examplesOf('filter', data)
    const mask = f(data)
    if (!isTensor(mask) || mask.dtype !== 'bool' || mask.shape.length !== 1 || mask.shape[0] !== examples.count) {
      const found = isTensor(mask) ? `${mask.dtype} of shape ${show(mask.shape)}` : describe(mask)
      throw new ShapeError('filter', [], `the mask is ${found}; expected bool of shape [${examples.count}]`)
    }
    const isKept = toArray(mask)
    return taken(
      examples,
      Array.from({ length: examples.count }, (_, i) => i).filter((i) => isKept[i] === 1)
    )
  }

// -----------------------------------------------------------------------------
// together
// -----------------------------------------------------------------------------

/**
 * The examples several times, one whole after the other. `repeat(1)` is the identity.
 *
 * @throws RangeError when the number of times is not an integer above 0
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * pipe(T.of([1, 2]), Dataset.repeat(2)) // => T.of([1, 2, 1, 2])
 */
export const repeat = (times: number): (<D>(data: D) => Rows<D>) => {
  requireCount('repeat', 'the number of times', times)
  return (data) =>
    changed(examplesOf('repeat', data), (leaf) =>
      join(
        Array.from({ length: times }, () => leaf),
        { axis: 0 }
      )
    )
}

/**
 * The examples of two data in pairs: a tree of both, which must have as many examples.
 *
 * @throws ShapeError when they have different numbers of examples
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const pairs = pipe(T.zeros([3, 2]), Dataset.zip({ weight: T.ones([3]) }))
 * pairs[1].weight.shape // => [3]
 */
export const zip =
  <B>(second: B) =>
  <A>(first: A): readonly [first: A, second: B] => {
    examplesOf('zip', [first, second])
    return [first, second]
  }

/**
 * The examples of one data, and then those of another of the same structure: `pipe(first, concat(second))`. Associative.
 *
 * @throws TreeError when the structures differ
 * @throws ShapeError when the shapes of examples differ
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * pipe({ x: T.of([1, 2]) }, Dataset.concat({ x: T.of([3]) })) // => { x: T.of([1, 2, 3]) }
 */
export const concat =
  (second: unknown) =>
  <D>(first: D): Rows<D> => {
    const examples = examplesOf('concat', first)
    examplesOf('concat', second)
    const joined = zipWithAs('concat', first, second, (a, b, path) => {
      if (a.dtype === b.dtype) return join([a, b], { axis: 0 })
      throw new TypeError(
        `concat: ${path === '' ? 'the data' : path} has dtypes ${a.dtype} and ${b.dtype}; expected one`
      )
    })
    const { leaves } = examplesOf('concat', joined)
    let next = 0
    return changed(examples, () => leaves[next++]!)
  }

// -----------------------------------------------------------------------------
// windows
// -----------------------------------------------------------------------------

type Framed<S extends Shape> = S extends readonly [number, ...infer Rest extends Shape]
  ? [number, number, ...Rest]
  : Shape

/**
 * The type of windows of data: each tensor has an axis of windows, and then one of the places in a window.
 *
 * @example
 * import type { Windows } from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const windows: Windows<T.Tensor<[10, 3]>> = T.zeros([7, 4, 3])
 * windows.shape // => [7, 4, 3]
 */
export type Windows<D> = D extends Tensor<infer S> ? Tensor<Framed<S>> : { readonly [Key in keyof D]: Windows<D[Key]> }

const windowsOptions = options<{ readonly stride?: number }>('windows', { stride: positiveCount })

/**
 * All windows of `windowSize` successive examples, one every `stride` (1 by default), for time series: a tensor of shape [n, ...] gives
 * [windows, windowSize, ...]. To forecast, take windows of the past and the future together, and slice them.
 *
 * @throws RangeError when the size is not an integer above 0, or above the number of examples
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Dataset from 'pullback/Dataset'
 * import * as T from 'pullback/Tensor'
 *
 * const windows = pipe(T.of([1, 2, 3, 4, 5]), Dataset.windows(3))
 * windows // => T.of([[1, 2, 3], [2, 3, 4], [3, 4, 5]])
 * const series = Dataset.make(T.slice(windows, [null, [0, 2]]), T.at(windows, 2, { axis: 1 }))
 * series.labels // => T.of([3, 4, 5])
 */
export const windows = (
  windowSize: number,
  options: { readonly stride?: number } = {}
): (<D>(data: D) => Windows<D>) => {
  windowsOptions(options)
  requireCount('windows', 'the size', windowSize)
  const { stride = 1 } = options
  return <D>(data: D) => {
    const examples = examplesOf('windows', data)
    requireExamples('windows', examples.count, windowSize, 'as many as a window')
    const count = Math.floor((examples.count - windowSize) / stride) + 1
    const at = Array.from(
      { length: count * windowSize },
      (_, i) => Math.floor(i / windowSize) * stride + (i % windowSize)
    )
    const flat = examplesOf('windows', taken(examples, at))
    return changed<Rows<D>, Windows<D>>(flat, (leaf) => reshape(leaf, [count, windowSize, ...leaf.shape.slice(1)]))
  }
}
