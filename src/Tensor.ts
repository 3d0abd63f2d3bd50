/**
 * Tensors and every operation on them, under their NumPy and JAX names.
 *
 * Unary functions are plain: `pipe(x, T.tanh)`. Binary ones are dual, by arity: `T.sub(a, b)` and `pipe(a, T.sub(b))` both
 * mean a - b. Operations with options are dual by what comes first: `T.sum(x, { axis: 0 })`, `pipe(x, T.sum({ axis: 0 }))`.
 */
export { Tensor } from './tensor/model.js'
export { add, div, mul, neg, reciprocal, square, sub } from './tensor/arithmetic.js'
