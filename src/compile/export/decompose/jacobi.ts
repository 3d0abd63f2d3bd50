/** Eigenvalues and singular values by rotations, as many at once as have no row in common: the method of Jacobi in parallel. */
import { scan } from '../../../control/scan.js'
import { whileLoop } from '../../../control/while.js'
import { diagonalOf, identity, lower, mT } from '../../../linalg/matrix.js'
import { abs, add, div, mul, neg, square, sub } from '../../../tensor/arithmetic.js'
import { equal, greater, greaterEqual, less, notEqual } from '../../../tensor/comparison.js'
import { gather } from '../../../tensor/indexing.js'
import { scalar } from '../../../tensor/literal.js'
import { logicalAnd } from '../../../tensor/logical.js'
import { argmax, max } from '../../../tensor/minMaxOverAxes.js'
import { type Tensor, fill, fromData } from '../../../tensor/model.js'
import { sqrt } from '../../../tensor/root.js'
import { where } from '../../../tensor/select.js'
import { takeAlongAxis } from '../../../tensor/alongAxis.js'
import { cast, reshapeTo, sumOver } from '../../../tensor/structural.js'
import { iota } from './model.js'

// -----------------------------------------------------------------------------
// rotations
// -----------------------------------------------------------------------------

/** After so many sweeps the loop ends in any case; it needs about ten. */
const mostSweeps = 40

/**
 * The partner of each of `n` columns in each round of a sweep, `[rounds, n]`: any two meet once. Where their number is odd, one has no
 * partner but itself.
 */
const tournament = (n: number): Tensor => {
  const even = n + (n % 2)
  const rounds = Math.max(0, even - 1)
  const partner = (round: number, i: number): number => {
    if (i === even - 1) return round
    const other = (2 * round + rounds - i) % rounds
    const met = other === i ? even - 1 : other
    return met < n ? met : i
  }
  const table = Int32Array.from({ length: rounds * n }, (_, at) => partner(Math.floor(at / n), at % n))
  return fromData([rounds, n], 'int32', table)
}

/** By which each column is multiplied, and by which its partner is before it is added; `[count, n]` both. */
interface Rotation {
  readonly own: Tensor
  readonly other: Tensor
}

/** The rotation that makes `between` zero, where `square` are the elements on the diagonal: Golub and Van Loan (2013), 8.5.2. */
const rotationOf = (onDiagonal: Tensor, between: Tensor, partner: Tensor): Rotation => {
  const place = iota(partner.shape[0]!, 2, 1)
  const isFirst = less(place, partner)
  const theirs = gather(onDiagonal, partner, { axis: 1 })
  const gap = where(isFirst, sub(theirs, onDiagonal), sub(onDiagonal, theirs))
  const isTurned = logicalAnd(notEqual(between, 0), notEqual(place, partner))
  const ratio = div(gap, mul(where(isTurned, between, 1), 2))
  const size = div(1, add(abs(ratio), sqrt(add(square(ratio), 1))))
  const tangent = where(isTurned, where(less(ratio, 0), neg(size), size), 0)
  const own = div(1, sqrt(add(square(tangent), 1)))
  const sine = mul(tangent, own)
  return { own, other: where(isFirst, neg(sine), sine) }
}

/** The columns of matrices `[count, m, n]`, rotated in pairs. */
const rotated = (x: Tensor, partner: Tensor, { own, other }: Rotation): Tensor => {
  const wide = (each: Tensor): Tensor => reshapeTo(each, [each.shape[0]!, 1, each.shape[1]!])
  return add(mul(x, wide(own)), mul(gather(x, partner, { axis: 2 }), wide(other)))
}

/** What is turned, and by what in all; how much was left in the last sweep. */
interface State {
  readonly sweep: Tensor<[]>
  readonly rest: Tensor<[]>
  readonly x: Tensor
  readonly v: Tensor
}

type Turned = Pick<State, 'x' | 'v'>

/** Sweeps until what is left is rounding. */
const swept = (x: Tensor, turn: (state: Turned, partner: Tensor) => readonly [state: Turned, left: Tensor]): Turned => {
  const n = x.shape[2]!
  const v = identity([x.shape[0]!], n, x.dtype)
  if (n < 2) return { x, v }
  const least = n * (x.dtype === 'float32' ? 2 ** -24 : 2 ** -53)
  const start: State = { sweep: scalar(0, 'int32'), rest: scalar(1, x.dtype), x, v }
  const goesOn = ({ sweep, rest }: State): Tensor<[]> =>
    greater(where(less(sweep, mostSweeps), rest, scalar(0, x.dtype)), least)
  return whileLoop(goesOn, ({ sweep, x: now, v: turns }: State): State => {
    const [next, left] = scan(turn)({ x: now, v: turns }, tournament(n))
    return { sweep: add(sweep, 1), rest: max(left), ...next }
  })(start)
}

// -----------------------------------------------------------------------------
// orders and signs
// -----------------------------------------------------------------------------

/** Columns in another order. */
export const columnsIn = (x: Tensor, order: Tensor): Tensor =>
  takeAlongAxis(x, reshapeTo(order, [order.shape[0]!, 1, order.shape[1]!]), { axis: 2 })

/** -1 for columns whose largest component is negative, of several within 1 % of the largest the first; else 1: `[count, 1, n]`. */
export const signsOf = (x: Tensor): Tensor => {
  const size = abs(x)
  const isLargest = greaterEqual(size, mul(max(size, { axis: 1, keepDims: true }), 0.99))
  const first = argmax(cast(isLargest, 'int32'), { axis: 1, keepDims: true })
  return where(less(takeAlongAxis(x, first, { axis: 1 }), 0), fill([], x.dtype, -1), fill([], x.dtype, 1))
}

// -----------------------------------------------------------------------------
// decompositions
// -----------------------------------------------------------------------------

/** The eigenvalues `[count, n]` of symmetric matrices `[count, n, n]`, and their vectors, in any order. */
export const symmetricOf = (a: Tensor): readonly [values: Tensor, vectors: Tensor] => {
  const n = a.shape[2]!
  const whole = add(lower(a), mT(lower(a, -1)))
  const largest = max(abs(whole), { axis: [1, 2], keepDims: true })
  const scale = where(greater(largest, 0), largest, 1)
  const { x, v } = swept(div(whole, scale), (now, partner) => {
    const beside = reshapeTo(partner, [1, n, 1])
    const between = reshapeTo(takeAlongAxis(now.x, beside, { axis: 2 }), [a.shape[0]!, n])
    const rotation = rotationOf(diagonalOf(now.x), between, partner)
    const half = mT(rotated(now.x, partner, rotation))
    const both = mT(rotated(half, partner, rotation))
    const isMet = logicalAnd(equal(iota(n, 3, 2), beside), notEqual(iota(n, 3, 1), beside))
    const next = { x: where(isMet, 0, both), v: rotated(now.v, partner, rotation) }
    return [next, max(where(equal(iota(n, 2, 1), partner), 0, abs(between)))]
  })
  return [mul(diagonalOf(x), reshapeTo(scale, [a.shape[0]!, 1])), v]
}

/** The lengths `[count, n]` of orthogonal columns A V, these columns `[count, m, n]`, and V, in any order. */
export const orthogonalOf = (a: Tensor): readonly [lengths: Tensor, columns: Tensor, turns: Tensor] => {
  const largest = max(abs(a), { axis: [1, 2], keepDims: true })
  const scale = where(greater(largest, 0), largest, 1)
  const { x, v } = swept(div(a, scale), (now, partner) => {
    const between = sumOver(mul(now.x, gather(now.x, partner, { axis: 2 })), [1])
    const squares = sumOver(square(now.x), [1])
    const rotation = rotationOf(squares, between, partner)
    const sizes = sqrt(mul(squares, gather(squares, partner, { axis: 1 })))
    const left = where(
      equal(iota(a.shape[2]!, 2, 1), partner),
      0,
      div(abs(between), where(greater(sizes, 0), sizes, 1))
    )
    return [{ x: rotated(now.x, partner, rotation), v: rotated(now.v, partner, rotation) }, max(left)]
  })
  const lengths = sqrt(sumOver(square(x), [1]))
  return [mul(lengths, reshapeTo(scale, [a.shape[0]!, 1])), mul(x, scale), v]
}
