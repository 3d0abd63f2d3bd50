/**
 * Linear algebra on matrices and on stacks of them: the last two axes are rows and columns, all axes before them the stack.
 *
 * All operations take float64 and float32, which is computed in double and rounded once, and have derivatives of any order
 * in both modes. A matrix without a result is a `LinalgError`, which says what is wrong and with which matrix of the stack.
 */
export { LinalgError } from './linalg/error.js'
export { cholesky } from './linalg/cholesky.js'
export { det, slogdet } from './linalg/determinant.js'
export { inverse } from './linalg/inverse.js'
export { lu } from './linalg/lu.js'
export { solve } from './linalg/solve.js'
export { type TriangularOptions, triangularSolve } from './linalg/triangularSolve.js'
export { eigh } from './linalg/eigh.js'
export { matrixExp } from './linalg/exponential.js'
export { matrixFunction } from './linalg/matrixFunction.js'
export { type RankOptions, lstsq, pinv } from './linalg/leastSquares.js'
export { type Norm, type NormOptions, norm } from './linalg/norm.js'
export { polar } from './linalg/polar.js'
export { matrixPower } from './linalg/power.js'
export { cross, kron } from './linalg/products.js'
export { type QrOptions, qr } from './linalg/qr.js'
export { matrixRank } from './linalg/rank.js'
export { svd } from './linalg/svd.js'
export { matrixSqrt } from './linalg/squareRoot.js'
