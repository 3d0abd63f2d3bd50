/**
 * Operations that are dual by their first argument, and their options.
 *
 * Signatures that a user may hand on without options, as in `pipe(x, T.softmax)`, are single and generic in the argument that comes
 * first: of an overloaded function the compiler would forget the shape.
 */
import type { Shape } from '../shape/model.js'
import type { Only } from '../shape/options.js'
import type { Tensor } from './model.js'

/** The first argument: a tensor, or known options. */
export type TensorOr<A, Options> = A & (A extends Tensor<infer _S> ? unknown : Only<A, Options>)

/** The further arguments: options behind a tensor, nothing behind options. */
export type Following<A, Options> = A extends Tensor<infer _S> ? [options?: Options] : []

/** An operation with options that keeps the shape. */
export interface Preserving<Options> {
  <const A extends Tensor | Options>(
    first: TensorOr<A, Options>,
    ...rest: Following<A, Options>
  ): A extends Tensor<infer S> ? Tensor<S> : <S extends Shape>(x: Tensor<S>) => Tensor<S>
}

/** An operation with options whose result has a shape that the types do not follow. */
export interface Reshaping<Options> {
  <const A extends Tensor | Options>(
    first: TensorOr<A, Options>,
    ...rest: Following<A, Options>
  ): A extends Tensor ? Tensor : (x: Tensor) => Tensor
}
