/** Cofactors, and the exponential of matrices. */
import { upTo } from '../../../kernel/library/kinds.js'
import { whileLoop } from '../../../control/while.js'
import { cofactorPrimitive } from '../../../linalg/cofactor.js'
import { detPrimitive } from '../../../linalg/determinant.js'
import { matrixExpPrimitive } from '../../../linalg/exponential.js'
import { identity, rowsOf, stackOf } from '../../../linalg/matrix.js'
import { solvePrimitive } from '../../../linalg/solve.js'
import { bindOne } from '../../../primitive/bind.js'
import { none } from '../../../primitive/model.js'
import { size } from '../../../shape/model.js'
import { abs, add, div, mul, neg, sub } from '../../../tensor/arithmetic.js'
import { equal, less } from '../../../tensor/comparison.js'
import { log } from '../../../tensor/exponential.js'
import { gather } from '../../../tensor/indexing.js'
import { concatPrimitive } from '../../../tensor/join.js'
import { matmul, weak } from '../../../tensor/matmul.js'
import { maximum } from '../../../tensor/minMaxOfTwo.js'
import { scalar } from '../../../tensor/literal.js'
import { max } from '../../../tensor/minMaxOverAxes.js'
import { type Tensor, fill, fromData } from '../../../tensor/model.js'
import { pow } from '../../../tensor/power.js'
import { ceil } from '../../../tensor/rounding.js'
import { where } from '../../../tensor/select.js'
import { take } from '../../../tensor/stridedWindow.js'
import { cast, permuteTo, reshapeTo, sumOver } from '../../../tensor/structural.js'
import { type Entry, flatStack, on } from './model.js'

// -----------------------------------------------------------------------------
// cofactors
// -----------------------------------------------------------------------------

/** For each row or column left out, the numbers of the others. */
const others = (n: number): Tensor =>
  fromData([n, n - 1], 'int32', Int32Array.from(upTo(n).flatMap((out) => upTo(n).filter((i) => i !== out))))

/** All matrices without one row and one column: `[count, n, n, n - 1, n - 1]`. */
const minors = (x: Tensor): Tensor => {
  const n = x.shape[1]!
  // [count, i, r, n], then [count, i, r, j, c].
  const picked = gather(gather(x, others(n), { axis: 1 }), others(n), { axis: 3 })
  const order = [0, 1, 3, 2, 4]
  return permuteTo(picked, order)
}

/** The ways to give each of some directions a row of its own, of `rows`. */
const assignments = (rows: number, directions: number): readonly (readonly number[])[] =>
  directions === 0
    ? [[]]
    : assignments(rows, directions - 1).flatMap((before) =>
        upTo(rows).flatMap((row) => (before.includes(row) ? [] : [[...before, row]]))
      )

/** 1 in one row. */
const rowMask = (rows: number, row: number, like: Tensor): Tensor =>
  cast(fromData([rows, 1], 'int32', Int32Array.from(upTo(rows).map((i) => (i === row ? 1 : 0)))), like.dtype)

/**
 * Each cofactor is a determinant, and its derivative along some directions a sum of determinants in which rows are those of the directions: right
 * at singular matrices too. There are n^2 of them for each way to choose the rows.
 */
const cofactor = ([a, ...directions]: readonly Tensor[]): Tensor => {
  const n = rowsOf(a!.shape)
  if (size(a!.shape) === 0) return a!
  const [base, ...moved] = [a!, ...directions].map((each) => minors(flatStack(each)))
  const parts = assignments(n - 1, directions.length).map((rows) =>
    rows.reduce((matrix, row, i) => {
      const mask = rowMask(n - 1, row, matrix)
      return where(equal(mask, 1), moved[i]!, matrix)
    }, base!)
  )
  if (parts.length === 0) return fill(a!.shape, a!.dtype, 0)
  const signs = fromData(
    [n, n],
    'int32',
    Int32Array.from(upTo(n * n).map((i) => ((Math.floor(i / n) + (i % n)) % 2 === 0 ? 1 : -1)))
  )
  const sum = parts.map((each) => bindOne(detPrimitive, [each], none)).reduce((total, each) => add(total, each))
  return reshapeTo(mul(sum, cast(signs, a!.dtype)), a!.shape)
}

// -----------------------------------------------------------------------------
// the exponential
// -----------------------------------------------------------------------------

/** The coefficients of the diagonal Pade approximant of degree 13, from the constant one, which is 1, on. */
const pade: readonly number[] = upTo(14).reduce<readonly number[]>(
  (all, j) => (j === 0 ? [1] : [...all, (all[j - 1]! * (14 - j)) / ((27 - j) * j)]),
  []
)

/** Up to which 1-norm the approximant is exact in double precision. */
const reach = 5.371920351148152

/** A sum of factors times matrices, and a constant on the diagonal. */
const combined = (constant: number, factors: readonly number[], powers: readonly Tensor[], one: Tensor): Tensor =>
  powers.reduce((sum, power, k) => add(sum, mul(power, factors[k]!)), mul(one, constant))

/** The approximant: (even + odd) / (even - odd), with the products of N. J. Higham (2005). */
const approximated = (x: Tensor): Tensor => {
  const one = identity(stackOf(x.shape), rowsOf(x.shape), x.dtype)
  const second = matmul(x, x)
  const fourth = matmul(second, second)
  const sixth = matmul(second, fourth)
  const powers = [second, fourth, sixth]
  const of = (first: number): Tensor => {
    const [b0, b2, b4, b6, b8, b10, b12] = upTo(7).map((k) => pade[first + 2 * k]!)
    const high = matmul(sixth, combined(0, [b8!, b10!, b12!], powers, one))
    return add(combined(b0!, [b2!, b4!, b6!], powers, one), high)
  }
  const [even, odd] = [of(0), matmul(x, of(1))]
  return bindOne(solvePrimitive, [sub(even, odd), add(even, odd)], { transpose: false, ...weak })
}

/** How often a matrix has been squared, and what it is now. */
interface Squaring {
  readonly done: Tensor<[]>
  readonly value: Tensor
}

/** By scaling and squaring: N. J. Higham, SIAM J. Matrix Anal. Appl. 26 (2005); of matrices `[count, n, n]`. */
const exponential = (x: Tensor): Tensor => {
  const norm = max(sumOver(abs(x), [1]), { axis: 1 })
  const wanted = maximum(ceil(mul(log(div(norm, reach)), Math.LOG2E)), 0)
  const halvings = reshapeTo(where(less(norm, Infinity), wanted, 0), [x.shape[0]!, 1, 1])
  const start: Squaring = { done: scalar(0, x.dtype), value: approximated(mul(x, pow(2, neg(halvings)))) }
  const { value } = whileLoop(
    ({ done }: Squaring) => less(done, max(halvings)),
    ({ done, value: now }) => ({ done: add(done, 1), value: where(less(done, halvings), matmul(now, now), now) })
  )(start)
  return where(less(reshapeTo(norm, halvings.shape), Infinity), value, NaN)
}

/** The blocks of matrices side by side, and one row of blocks below another. */
const inBlocks = (rows: readonly (readonly Tensor[])[]): Tensor =>
  bindOne(
    concatPrimitive,
    rows.map((row) => bindOne(concatPrimitive, row, { axis: 2 })),
    { axis: 1 }
  )

/**
 * The derivative along some directions is a block of the exponential of a larger matrix, which has a block for each subset of
 * them: directions are brought to size 1 first, as in linalg/exponential.ts.
 */
const matrixExp = (operands: readonly Tensor[]): Tensor => {
  const { shape } = operands[0]!
  if (size(shape) === 0) return operands[0]!
  const [a, ...directions] = operands.map(flatStack)
  const sizes = directions.map((each) => max(abs(each), { axis: [1, 2], keepDims: true }))
  const scales = sizes.map((each) => where(equal(each, 0), 1, each))
  const unit = directions.map((each, j) => div(each, scales[j]!))
  const subsets = upTo(2 ** directions.length)
  const zero = fill(a!.shape, a!.dtype, 0)
  const block = (row: number, column: number): Tensor => {
    if (row === column) return a!
    const j = unit.findIndex((_, each) => column === row + 2 ** each && (row & (1 << each)) === 0)
    return j < 0 ? zero : unit[j]!
  }
  const whole =
    directions.length === 0 ? a! : inBlocks(subsets.map((row) => subsets.map((column) => block(row, column))))
  const n = a!.shape[1]!
  const result = exponential(whole)
  const [, order] = whole.shape
  const corner = take(result, { starts: [0, 0, order! - n], steps: [1, 1, 1], sizes: a!.shape })
  return reshapeTo(
    scales.reduce((made, scale, j) => where(equal(sizes[j]!, 0), 0, mul(made, scale)), corner),
    shape
  )
}

/** The decompositions of cofactors and of the exponential of matrices. */
export const ofMatrices: readonly Entry[] = [
  on(cofactorPrimitive, (operands) => [cofactor(operands)]),
  on(matrixExpPrimitive, (operands) => [matrixExp(operands)])
]
