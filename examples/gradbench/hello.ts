// GradBench's `hello`: the square of a number and its derivative, which show that a tool runs at all.
import { grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'

/** f(x) = x^2. */
export const square = (x: T.Tensor<[]>): T.Tensor<[]> => T.mul(x, x)

/** f'(x) = 2 x, by the reverse mode: both operands of the product are the same x, whose cotangents add up. */
export const double: (x: T.Tensor<[]>) => T.Tensor<[]> = grad(square)
