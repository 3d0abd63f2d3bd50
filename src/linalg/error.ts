/** The error of matrices for which an operation has no result. */
import { show } from '../shape/model.js'

/**
 * An operation was called on a matrix for which it has no result: singular, not symmetric, not positive definite. The
 * sentence reads *operation: what the matrix is; what was expected*.
 *
 * @example
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * const attempt = () => {
 *   try {
 *     return Linalg.inverse(T.of([[[1, 0], [0, 1]], [[1, 2], [2, 4]]]))
 *   } catch (error) {
 *     return error instanceof Linalg.LinalgError ? [error.operation, error.matrix] : error
 *   }
 * }
 * attempt() // => ['inverse', [1]]
 */
export class LinalgError extends Error {
  override readonly name: string = 'LinalgError'
  /** The operation as the user wrote it. */
  readonly operation: string
  /** Where the matrix stands in its stack; empty for one matrix alone. */
  readonly matrix: readonly number[]

  constructor(operation: string, rule: string, matrix: readonly number[] = []) {
    super(`${operation}: ${rule}`)
    this.operation = operation
    this.matrix = matrix
  }
}

/** Words that say which matrix of a stack is meant; none for one matrix alone. */
export const ofMatrix = (indices: readonly number[]): string =>
  indices.length === 0 ? '' : ` of matrix ${show(indices)} in the stack`
