/**
 * Derivatives as combinators: they take a function and return a function.
 */
export { type Cotangents, customVjp } from './calculus/custom.js'
export { jvp } from './calculus/forward.js'
export { type ScalarFunction, grad, gradWithAux, valueAndGrad, valueAndGradWithAux, vjp } from './calculus/reverse.js'
export { stopGradient } from './tensor/cast.js'
