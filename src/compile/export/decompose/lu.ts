/** Gaussian elimination with partial pivoting as a loop over columns, and what follows from it: determinants and solutions. */
import { scan } from '../../../control/scan.js'
import { detPrimitive, detSignPrimitive, logAbsDetPrimitive } from '../../../linalg/determinant.js'
import { extendedInversePrimitive, inversePrimitive } from '../../../linalg/inverse.js'
import { eliminatePrimitive, pivotsPrimitive } from '../../../linalg/lu.js'
import { columnsOf, diagonalOf, identity, lower, rowsOf, stackOf, upper } from '../../../linalg/matrix.js'
import { solvePrimitive } from '../../../linalg/solve.js'
import { type Triangular, solveTriangle } from '../../../linalg/triangularSolve.js'
import { size } from '../../../shape/model.js'
import { takeAlongAxis } from '../../../tensor/alongAxis.js'
import { abs, add, div, mul, neg, sign, sub } from '../../../tensor/arithmetic.js'
import { equal, greater, isNaN, less, notEqual } from '../../../tensor/comparison.js'
import { log } from '../../../tensor/exponential.js'
import { gather } from '../../../tensor/indexing.js'
import { logicalAnd } from '../../../tensor/logical.js'
import { weak } from '../../../tensor/matmul.js'
import { argmax } from '../../../tensor/minMaxOverAxes.js'
import { type Tensor, fill } from '../../../tensor/model.js'
import { prod } from '../../../tensor/product.js'
import { any } from '../../../tensor/reduce.js'
import { where } from '../../../tensor/select.js'
import { argsort } from '../../../tensor/sorting.js'
import { broadcastToShape, reshapeTo, sumOver } from '../../../tensor/structural.js'
import { type Entry, flatStack, iota, on, onOne, onTwo, windowOf, withStrongZeros } from './model.js'

// -----------------------------------------------------------------------------
// elimination
// -----------------------------------------------------------------------------

/** The factors of a stack of matrices along one axis, as elimination leaves them. */
interface Factors {
  /** The multipliers of L below the diagonals, U on them and above. */
  readonly lu: Tensor
  /** The numbers of the rows in their new order. */
  readonly rows: Tensor
  /** The sign of that permutation. */
  readonly sign: Tensor
}

/** The rows `k` and `p` exchanged, in the numbers of rows of each matrix. */
const exchanged = (m: number, k: Tensor, p: Tensor): Tensor => {
  const row = iota(m, 2, 1)
  const other = reshapeTo(p, [...p.shape, 1])
  return where(equal(row, k), other, where(equal(row, other), k, row))
}

/** One step of elimination in column `k`, of matrices whose pivot is in its row. */
const eliminated = (lu: Tensor, k: Tensor): Tensor => {
  const [, m, n] = lu.shape
  const top = reshapeTo(gather(lu, k, { axis: 1 }), [lu.shape[0]!, 1, n!])
  const column = reshapeTo(gather(lu, k, { axis: 2 }), [lu.shape[0]!, m!, 1])
  const pivot = gather(top, reshapeTo(k, [1]), { axis: 2 })
  const isBelow = logicalAnd(greater(iota(m!, 3, 1), k), notEqual(pivot, 0))
  const factor = where(isBelow, div(column, pivot), 0)
  const rest = where(greater(iota(n!, 3, 2), k), sub(lu, mul(factor, top)), where(equal(iota(n!, 3, 2), k), factor, lu))
  return where(isBelow, rest, lu)
}

/** The largest element of column `k` from the diagonal on, where NaN is larger than any number. */
const pivotRow = (lu: Tensor, k: Tensor): Tensor => {
  const column = abs(gather(lu, k, { axis: 2 }))
  return argmax(where(less(iota(lu.shape[1]!, 2, 1), k), -1, column), { axis: 1 })
}

/** Factors matrices `[count, m, n]`, with exchanges of rows or without. */
const factor = (x: Tensor, isPivoting: boolean): Factors => {
  const [count, m, n] = [x.shape[0]!, x.shape[1]!, x.shape[2]!]
  const start: Factors = {
    lu: x,
    rows: broadcastToShape(iota(m, 2, 1), [count, m]),
    sign: fill([count], x.dtype, 1)
  }
  if (size(x.shape) === 0) return start
  const step = ({ lu, rows, sign: before }: Factors, k: Tensor): readonly [Factors, readonly []] => {
    if (!isPivoting) return [{ lu: eliminated(lu, k), rows, sign: before }, []]
    const p = pivotRow(lu, k)
    const order = exchanged(m, k, p)
    const taken = takeAlongAxis(lu, reshapeTo(order, [...order.shape, 1]), { axis: 1 })
    const turned = where(equal(p, k), before, neg(before))
    return [{ lu: eliminated(taken, k), rows: takeAlongAxis(rows, order), sign: turned }, []]
  }
  return scan(step)(start, iota(Math.min(m, n), 1, 0))[0]
}

/** The factors of elimination without exchanges; all NaN where one element is. */
const eliminate = (x: Tensor): readonly Tensor[] => {
  const [m, n] = [rowsOf(x.shape), columnsOf(x.shape)]
  const k = Math.min(m, n)
  const stack = stackOf(x.shape)
  const made = reshapeTo(factor(flatStack(x), false).lu, x.shape)
  const rank = x.shape.length
  const axis = [rank - 2, rank - 1]
  const lu = where(any(isNaN(made), { axis, keepDims: true }), NaN, made)
  const left = add(lower(windowOf(lu, [...stack, m, k]), -1), windowOf(identity(stack, m, x.dtype), [...stack, m, k]))
  return [left, upper(windowOf(lu, [...stack, k, n]))]
}

// -----------------------------------------------------------------------------
// determinants
// -----------------------------------------------------------------------------

/** A number of each matrix, from the diagonal of U and the sign of the permutation. */
const ofPivots = (x: Tensor, f: (pivots: Tensor, sign: Tensor) => Tensor): Tensor => {
  const { lu, sign: ofRows } = factor(flatStack(x), true)
  return reshapeTo(f(diagonalOf(lu), ofRows), stackOf(x.shape))
}

// -----------------------------------------------------------------------------
// solutions
// -----------------------------------------------------------------------------

const triangle = (isLower: boolean, transpose: boolean): Triangular => ({
  operation: 'solve',
  lower: isLower,
  transpose,
  unit: isLower,
  ...weak
})

/** The rows of right sides in another order. */
const ordered = (x: Tensor, rows: Tensor): Tensor => takeAlongAxis(x, reshapeTo(rows, [...rows.shape, 1]), { axis: 1 })

/** The solution with matrices `[count, n, n]`. Where a matrix has an element that is not finite, it is NaN. */
const solved = (a: Tensor, b: Tensor, transpose: boolean): Tensor => {
  const { lu, rows } = factor(a, true)
  const poison = sumOver(mul(lu, 0), [1, 2])
  const x = transpose
    ? ordered(solveTriangle(lu, solveTriangle(lu, b, triangle(false, true)), triangle(true, true)), argsort(rows))
    : solveTriangle(lu, solveTriangle(lu, ordered(b, rows), triangle(true, false)), triangle(false, false))
  return where(isNaN(reshapeTo(poison, [...poison.shape, 1, 1])), NaN, x)
}

const solve = (a: Tensor, b: Tensor, transpose: boolean, strongZero: boolean): Tensor => {
  if (size(b.shape) === 0) return b
  const right = flatStack(b)
  return reshapeTo(withStrongZeros(solved(flatStack(a), right, transpose), right, strongZero), b.shape)
}

const inverse = (a: Tensor): Tensor => solve(a, identity(stackOf(a.shape), rowsOf(a.shape), a.dtype), false, false)

/**
 * The decompositions of elimination, determinants and solutions. A singular matrix is not refused: its solution has infinite or NaN
 * elements, and so has the extended inverse, whose infinities have the signs of cofactors in the kernel.
 */
export const ofElimination: readonly Entry[] = [
  onOne(pivotsPrimitive, (x) => reshapeTo(factor(flatStack(x), true).rows, x.shape.slice(0, -1))),
  on(eliminatePrimitive, ([x]) => eliminate(x!)),
  onOne(detPrimitive, (x) => ofPivots(x, (pivots, ofRows) => mul(prod(pivots, { axis: 1 }), ofRows))),
  onOne(detSignPrimitive, (x) => ofPivots(x, (pivots, ofRows) => mul(prod(sign(pivots), { axis: 1 }), ofRows))),
  onOne(logAbsDetPrimitive, (x) => ofPivots(x, (pivots) => sumOver(log(abs(pivots)), [1]))),
  onTwo(solvePrimitive, (a, b, { transpose, strongZero }) => solve(a, b, transpose, strongZero)),
  onOne(inversePrimitive, inverse),
  onOne(extendedInversePrimitive, inverse)
]
