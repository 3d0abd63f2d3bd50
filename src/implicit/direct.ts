/** Linear systems by the matrix of the operator, which is factored. */
import { factorInto, lostPivot } from '../kernel/lu.js'
import { solveFactored } from '../linalg/solve.js'
import type { Outcome } from './notConverged.js'
import { type Vector, norm } from './vector.js'

/** The solution of A x = b by Gaussian elimination with partial pivoting; the matrix is given away. */
export const direct = (matrix: Vector, b: Vector, tolerance: number): Outcome => {
  const n = b.length
  const x = b.slice()
  const rows = new Int32Array(n)
  const outcome = { x, iterations: 0, tolerance }
  if (!matrix.every(Number.isFinite) || !b.every(Number.isFinite)) {
    return { ...outcome, residual: NaN, ending: 'not finite' }
  }
  factorInto(n, n, matrix, 0, rows, 0)
  if (lostPivot(n, matrix, 0) >= 0) return { ...outcome, residual: norm(b), ending: 'singular' }
  solveFactored(n, 1, { lu: matrix, rows, signs: new Int8Array(1) }, 0, false, x, 0)
  return { ...outcome, residual: 0, ending: x.every(Number.isFinite) ? 'converged' : 'not finite' }
}
