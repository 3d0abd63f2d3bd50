/** Operations by index and by place: diagonals, bands, counts, orders and searches. */
import { isFloat } from '../../../DType.js'
import { type Shape, size } from '../../../shape/model.js'
import { addAlongAxis, takeAlongAxis } from '../../../tensor/alongAxis.js'
import { add, mul, sub } from '../../../tensor/arithmetic.js'
import { equal, greater, greaterEqual, isNaN, less, lessEqual } from '../../../tensor/comparison.js'
import { foldIndicesPrimitive } from '../../../tensor/foldIndices.js'
import { lastOccurrencePrimitive } from '../../../tensor/indexedUpdate.js'
import { logicalAnd, logicalNot, logicalOr } from '../../../tensor/logical.js'
import { maximum, minimum } from '../../../tensor/minMaxOfTwo.js'
import { type Tensor, fill } from '../../../tensor/model.js'
import { oneHotPrimitive } from '../../../tensor/oneHot.js'
import { searchSorted } from '../../../tensor/search.js'
import { bincountPrimitive, least, segmentMaxPrimitive } from '../../../tensor/segments.js'
import { where } from '../../../tensor/select.js'
import { argsort } from '../../../tensor/sorting.js'
import { type Window, place, take } from '../../../tensor/stridedWindow.js'
import { broadcastToShape, cast, reshapeTo } from '../../../tensor/structural.js'
import {
  type Band,
  type Diagonal,
  bandPrimitive,
  diagonalMatrixPrimitive,
  diagonalPrimitive
} from '../../../tensor/triangular.js'
import { type Entry, alongLast, fromFront, iota, onOne, onTwo, permutedLast } from './model.js'

// -----------------------------------------------------------------------------
// diagonals
// -----------------------------------------------------------------------------

const band = (x: Tensor, { from, to }: Band): Tensor => {
  const [rows, columns] = [x.shape[x.shape.length - 2]!, x.shape[x.shape.length - 1]!]
  const ahead = sub(iota(columns, 2, 1), iota(rows, 2, 0))
  const within = logicalAnd(greaterEqual(ahead, Math.max(from, -rows)), lessEqual(ahead, Math.min(to, columns)))
  return where(within, x, fill([], x.dtype, 0))
}

/** Where a diagonal lies in the rows of its matrices one after another. */
const lie = (stack: Shape, count: number, { columns, offset }: Diagonal): Window => ({
  starts: [...stack.map(() => 0), count === 0 ? 0 : offset >= 0 ? offset : -offset * columns],
  steps: [...stack.map(() => 1), columns + 1],
  sizes: [...stack, count]
})

const diagonal = (x: Tensor, shape: Diagonal): Tensor => {
  const stack = x.shape.slice(0, -2)
  const count = diagonalPrimitive.infer([x], shape)[0]!.shape[stack.length]!
  return take(reshapeTo(x, [...stack, shape.rows * shape.columns]), lie(stack, count, shape))
}

const diagonalMatrix = (x: Tensor, shape: Diagonal): Tensor => {
  const stack = x.shape.slice(0, -1)
  const { rows, columns } = shape
  const placement = { ...lie(stack, x.shape[stack.length]!, shape), shape: [...stack, rows * columns], value: 0 }
  return reshapeTo(place(x, placement), [...stack, rows, columns])
}

// -----------------------------------------------------------------------------
// searches
// -----------------------------------------------------------------------------

/** Whether `x` stands before `y` in sorted order, in which NaN is last. */
const isBefore = (x: Tensor, y: Tensor): Tensor =>
  isFloat(y.dtype) ? logicalOr(less(x, y), logicalAnd(isNaN(y), logicalNot(isNaN(x)))) : less(x, y)

/**
 * Binary search of values `[..., m]` in sorted vectors `[..., n]`: how many elements a value stands behind, a bit at a time from
 * the highest on.
 */
export const search = (sorted: Tensor, values: Tensor, right: boolean): Tensor => {
  const n = sorted.shape[sorted.shape.length - 1]!
  const none = fill(values.shape, 'int32', 0)
  if (n === 0 || size(values.shape) === 0) return none
  const bits = Array.from({ length: Math.floor(Math.log2(n)) + 1 }, (_, bit) => 2 ** bit)
  return bits.reduceRight<Tensor>((count, bit) => {
    const next = add(count, bit)
    const element = takeAlongAxis(sorted, minimum(sub(next, 1), n - 1))
    const behind = right ? logicalNot(isBefore(values, element)) : isBefore(element, values)
    return where(logicalAnd(lessEqual(next, n), behind), next, count)
  }, none)
}

/** Values of any number of axes behind those of the vectors. */
const searchMany = (sorted: Tensor, values: Tensor, right: boolean): Tensor => {
  const stack = sorted.shape.slice(0, -1)
  const flat = reshapeTo(values, [...stack, size(values.shape.slice(stack.length))])
  return reshapeTo(search(sorted, flat, right), values.shape)
}

// -----------------------------------------------------------------------------
// indices
// -----------------------------------------------------------------------------

/** `out[..., k]` is the last j with `indices[..., j] = k`, or -1: the last of those that a stable sort brings together. */
const lastOccurrence = (given: Tensor, length: number): Tensor => {
  const stack = given.shape.slice(0, -1)
  const n = given.shape[stack.length]!
  const shape = [...stack, length]
  if (n === 0) return fill(shape, 'int32', -1)
  const indices = fromFront(given, length)
  const order = argsort(indices)
  const numbers = broadcastToShape(iota(length, shape.length, stack.length), shape)
  const sorted = takeAlongAxis(indices, order)
  const last = maximum(sub(search(sorted, numbers, true), 1), 0)
  return where(equal(takeAlongAxis(sorted, last), numbers), takeAlongAxis(order, last), -1)
}

/** The last of each segment in sorted order, in which NaN is last; along the last axis. */
const segmentMax = (x: Tensor, ids: Tensor, count: number): Tensor => {
  const stack = x.shape.slice(0, -1)
  if (x.shape[stack.length] === 0) return fill([...stack, count], x.dtype, least(x.dtype))
  const order = argsort(x)
  const last = lastOccurrence(takeAlongAxis(ids, order), count)
  const values = takeAlongAxis(takeAlongAxis(x, order), maximum(last, 0))
  return where(greater(last, -1), values, fill([], x.dtype, least(x.dtype)))
}

const bincount = (x: Tensor, length: number): Tensor =>
  addAlongAxis(fill([...x.shape.slice(0, -1), length], 'int32', 0), x, fill(x.shape, 'int32', 1))

/** The decompositions of operations by index and by place. */
export const ofPlaces: readonly Entry[] = [
  onOne(bandPrimitive, band),
  onOne(diagonalPrimitive, diagonal),
  onOne(diagonalMatrixPrimitive, diagonalMatrix),
  onOne(oneHotPrimitive, (x, { depth, dtype }) =>
    cast(equal(reshapeTo(x, [...x.shape, 1]), iota(depth, x.shape.length + 1, x.shape.length)), dtype)
  ),
  onOne(bincountPrimitive, (x, { length }) => bincount(x, length)),
  onOne(foldIndicesPrimitive, (x, { length, axis }) =>
    add(fromFront(x, length), mul(iota(x.shape[axis]!, x.shape.length, axis), length))
  ),
  onOne(lastOccurrencePrimitive, (x, { length }) => lastOccurrence(x, length)),
  onTwo(segmentMaxPrimitive, (x, ids, { axis, count }) =>
    alongLast(x, axis, (lanes) => segmentMax(lanes, permutedLast(ids, axis), count))
  ),
  onTwo(searchSorted.primitive, (sorted, values, { side }) => searchMany(sorted, values, side === 'right'))
]
