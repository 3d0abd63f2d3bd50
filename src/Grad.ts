/**
 * Derivatives as combinators: they take a function and return a function.
 */
export { checkpoint } from './calculus/checkpoint.js'
export { type Cotangents, customJvp, customVjp } from './calculus/custom.js'
export { divergence, hessianDiagonal, laplacian } from './calculus/diagonal.js'
export { jvp } from './calculus/forward.js'
export { type Jacobian, type JacobianOptions, hessian, jacobian } from './calculus/jacobian.js'
export { gaussNewtonVectorProduct, hvp, linearize } from './calculus/products.js'
export { type ScalarFunction, grad, gradWithAux, valueAndGrad, valueAndGradWithAux, vjp } from './calculus/reverse.js'
export { stopGradient } from './tensor/cast.js'
