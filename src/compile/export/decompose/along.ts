/** Running products, extremes and recurrences along an axis. */
import { scan } from '../../../control/scan.js'
import { isFloat } from '../../../DType.js'
import { bindOne } from '../../../primitive/bind.js'
import { guardedMul } from '../../../primitive/elementwise.js'
import { size } from '../../../shape/model.js'
import { add, mul } from '../../../tensor/arithmetic.js'
import { greater, isNaN, less } from '../../../tensor/comparison.js'
import { cumprodPrimitive } from '../../../tensor/cumulative.js'
import { cumargmaxPrimitive, cumargminPrimitive } from '../../../tensor/cumulativeExtrema.js'
import { concatPrimitive } from '../../../tensor/join.js'
import { logicalAnd, logicalNot, logicalOr } from '../../../tensor/logical.js'
import { type Tensor, fill } from '../../../tensor/model.js'
import { type Course, recurrencePrimitive, shifted } from '../../../tensor/recurrence.js'
import { where } from '../../../tensor/select.js'
import { along, take } from '../../../tensor/stridedWindow.js'
import { broadcastToShape, cast, inverse, permuteTo } from '../../../tensor/structural.js'
import { type Entry, iota, onOne, onTwo } from './model.js'

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

/** A running product; booleans are counted. */
const runningProduct = (x: Tensor, params: Course & { readonly exclusive: boolean }): Tensor => {
  const counted = x.dtype === 'bool' ? cast(x, 'int32') : x
  const start = params.exclusive ? shifted(counted, params, 1) : counted
  return running([start], params, ([before], [after]) => [mul(before!, after!)])[0]!
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

/** The decompositions of operations along an axis. */
export const ofAxes: readonly Entry[] = [
  onOne(cumprodPrimitive, runningProduct),
  onOne(cumargmaxPrimitive, extremeSoFar(greater)),
  onOne(cumargminPrimitive, extremeSoFar(less)),
  onTwo(recurrencePrimitive, (a, b, course) => (size(b.shape) === 0 ? b : recurrence(a, b, course)))
]
