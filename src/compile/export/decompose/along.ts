/** Running products, extremes and recurrences, and picking along an axis. */
import { scan } from '../../../control/scan.js'
import { isFloat } from '../../../DType.js'
import { bindOne } from '../../../primitive/bind.js'
import { guardedMul } from '../../../primitive/elementwise.js'
import type { Primitive } from '../../../primitive/model.js'
import { size } from '../../../shape/model.js'
import { keepAxes } from '../../../tensor/alongBlock.js'
import { add, mul } from '../../../tensor/arithmetic.js'
import { equal, greater, isNaN, less } from '../../../tensor/comparison.js'
import { addAlongAxis, takeAlongAxis } from '../../../tensor/alongAxis.js'
import { gather, scatterAdd } from '../../../tensor/indexing.js'
import { cumprodPrimitive, cumsumPrimitive } from '../../../tensor/cumulative.js'
import { cumargmaxPrimitive, cumargminPrimitive } from '../../../tensor/cumulativeExtrema.js'
import { beginnings, concatPrimitive, splitPrimitive } from '../../../tensor/join.js'
import { logicalAnd, logicalNot, logicalOr } from '../../../tensor/logical.js'
import { argmaxPrimitive, argminPrimitive, maxPrimitive, minPrimitive } from '../../../tensor/minMaxOverAxes.js'
import { type Tensor, fill } from '../../../tensor/model.js'
import { type Course, recurrencePrimitive, shifted } from '../../../tensor/recurrence.js'
import { where } from '../../../tensor/select.js'
import { along, take } from '../../../tensor/stridedWindow.js'
import { broadcastToShape, cast, inverse, permuteTo, reshapeTo } from '../../../tensor/structural.js'
import { type Entry, alongLast, fromFront, iota, on, onOne, onTwo, permutedLast } from './model.js'

// -----------------------------------------------------------------------------
// everything so far
// -----------------------------------------------------------------------------

type Lanes = readonly Tensor[]

/**
 * An associative operation of all elements so far, by doubling: after each step an element holds those of twice as many places.
 * W. D. Hillis and G. L. Steele, Data parallel algorithms, Comm. ACM 29 (1986).
 */
const running = (lanes: Lanes, { axis, reverse }: Course, combine: (before: Lanes, after: Lanes) => Lanes): Lanes => {
  const { shape } = lanes[0]!
  const n = shape[axis]!
  const from = (all: Lanes, start: number, count: number): Lanes =>
    all.map((x) => take(x, along(shape, axis, start, count)))
  const join = (x: Tensor, y: Tensor): Tensor => bindOne(concatPrimitive, reverse ? [y, x] : [x, y], { axis })
  const steps = Array.from({ length: n < 2 ? 0 : Math.ceil(Math.log2(n)) }, (_, step) => 2 ** step)
  return steps.reduce((all, by) => {
    const [first, second] = [from(all, 0, n - by), from(all, by, n - by)]
    const combined = reverse ? combine(second, first) : combine(first, second)
    return from(all, reverse ? n - by : 0, by).map((kept, i) => join(kept, combined[i]!))
  }, lanes)
}

type Cumulative = Course & { readonly exclusive: boolean }

/** A running sum or product; booleans are counted. */
const cumulative = (x: Tensor, params: Cumulative, operation: typeof add | typeof mul, neutral: number): Tensor => {
  const counted = x.dtype === 'bool' ? cast(x, 'int32') : x
  const start = params.exclusive ? shifted(counted, params, neutral) : counted
  return running([start], params, ([before], [after]) => [operation(before!, after!)])[0]!
}

/** Whether an element comes before another one as an extreme: NaN before all numbers. */
const exceeds = (x: Tensor, y: Tensor, compare: typeof less): Tensor =>
  isFloat(x.dtype) ? logicalOr(compare(x, y), logicalAnd(isNaN(x), logicalNot(isNaN(y)))) : compare(x, y)

/** Where the extreme so far is: later elements take its place only if they exceed it. */
/* @__NO_SIDE_EFFECTS__ */
const extremeSoFar =
  (compare: typeof less) =>
  (x: Tensor, course: Course): Tensor => {
    const places = broadcastToShape(iota(x.shape[course.axis]!, x.shape.length, course.axis), x.shape)
    return running([x, places], course, ([before, from], [after, to]) => {
      const later = exceeds(after!, before!, compare)
      return [where(later, after!, before!), where(later, to!, from!)]
    })[1]!
  }

/** Where the extreme is: the first element that equals it, or the first NaN. */
/* @__NO_SIDE_EFFECTS__ */
const position =
  (extreme: Primitive<{ readonly axes: readonly number[] }>) =>
  (x: Tensor, { axis }: { readonly axis: number }): Tensor => {
    const { shape } = x
    const value = reshapeTo(bindOne(extreme, [x], { axes: [axis] }), keepAxes(shape, [axis]))
    const hits = isFloat(x.dtype) ? where(isNaN(value), isNaN(x), equal(x, value)) : equal(x, value)
    const places = where(hits, iota(shape[axis]!, shape.length, axis), fill([], 'int32', shape[axis]!))
    return bindOne(minPrimitive, [places], { axes: [axis] })
  }

/** A loop along the axis; zero is strong in the product. */
const recurrence = (a: Tensor, b: Tensor, { axis, reverse }: Course): Tensor => {
  const order = [axis, ...b.shape.map((_, each) => each).filter((each) => each !== axis)]
  const rows = { a: permuteTo(a, order), b: permuteTo(b, order) }
  const step = (state: Tensor, row: { readonly a: Tensor; readonly b: Tensor }): readonly [Tensor, Tensor] => {
    const next = add(row.b, guardedMul(row.a, state))
    return [next, next]
  }
  const start = fill(rows.b.shape.slice(1), b.dtype, 0)
  return permuteTo(scan(step, { reverse })(start, rows)[1], inverse(order))
}

// -----------------------------------------------------------------------------
// picking
// -----------------------------------------------------------------------------

/** Indices along an axis as indices of the lanes one after another. */
const flatPlaces = (indices: Tensor, axis: number, n: number): Tensor => {
  const lanes = permutedLast(indices, axis)
  const [rest, count] = [lanes.shape.slice(0, -1), lanes.shape[lanes.shape.length - 1]!]
  const rows = reshapeTo(fromFront(lanes, n), [size(rest), count])
  return reshapeTo(add(rows, mul(iota(size(rest), 2, 0), n)), [size(rest) * count])
}

const flat = (x: Tensor): Tensor => reshapeTo(x, [size(x.shape)])

const takeAlong = (x: Tensor, indices: Tensor, axis: number): Tensor =>
  alongLast(indices, axis, (lanes) =>
    reshapeTo(gather(flat(permutedLast(x, axis)), flatPlaces(indices, axis, x.shape[axis]!)), lanes.shape)
  )

const addAlong = (x: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor =>
  alongLast(x, axis, (lanes) =>
    reshapeTo(
      scatterAdd(flat(lanes), flatPlaces(indices, axis, x.shape[axis]!), flat(permutedLast(updates, axis))),
      lanes.shape
    )
  )

/** The decompositions of operations along an axis. */
export const ofAxes: readonly Entry[] = [
  onOne(cumsumPrimitive, (x, params) => cumulative(x, params, add, 0)),
  onOne(cumprodPrimitive, (x, params) => cumulative(x, params, mul, 1)),
  onOne(cumargmaxPrimitive, extremeSoFar(greater)),
  onOne(cumargminPrimitive, extremeSoFar(less)),
  onOne(argmaxPrimitive, position(maxPrimitive)),
  onOne(argminPrimitive, position(minPrimitive)),
  onTwo(recurrencePrimitive, (a, b, course) => (size(b.shape) === 0 ? b : recurrence(a, b, course))),
  onTwo(takeAlongAxis.primitive, (x, indices, { axis }) => takeAlong(x, indices, axis)),
  on(addAlongAxis.primitive, ([x, indices, updates], { axis }) => [addAlong(x!, indices!, updates!, axis)]),
  on(splitPrimitive, ([x], { axis, sizes }) => {
    const starts = beginnings(sizes)
    return sizes.map((n, part) => take(x!, along(x!.shape, axis, starts[part]!, n)))
  })
]
