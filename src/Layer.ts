/**
 * Layers: values that draw parameters, and compute a pure function of parameters, state, context and input.
 */
export { type DenseOptions, type DenseParams, type Weights, dense } from './layer/dense.js'
export { dropout } from './layer/dropout.js'
export {
  type Context,
  type Layer,
  type Mode,
  type None,
  type ParamsOf,
  type StateOf,
  identity,
  lift,
  predict,
  stateless
} from './layer/model.js'
export { type Named, compose, named, sequential } from './layer/sequential.js'
