/**
 * Layers: functions with parameters that are drawn, in which a combinator binds the parts as plain functions and tensors.
 */
export { apply, inMode, predict } from './layer/apply.js'
export { type BilinearOptions, type BilinearParams, type BilinearWeights, bilinear } from './layer/bilinear.js'
export { branch, parallel, residual, when } from './layer/branches.js'
export { type DenseOptions, type DenseParams, type Weights, dense } from './layer/dense.js'
export type { Part } from './layer/links.js'
export { type Parts, make } from './layer/make.js'
export {
  type AnyLayer,
  type Context,
  type FunctionOf,
  type Layer,
  type Mode,
  type None,
  type ParamsOf,
  type StateOf,
  identity,
  lift,
  stateful,
  stateless
} from './layer/model.js'
export {
  type RreluOptions,
  type SpatialDropoutOptions,
  type StochasticDepthOptions,
  alphaDropout,
  dropConnect,
  dropout,
  gaussianNoise,
  rrelu,
  spatialDropout,
  stochasticDepth
} from './layer/noise.js'
export type { Keeping, Rowwise } from './layer/output.js'
export { type MaxoutOptions, type PreluOptions, type PreluParams, maxout, prelu } from './layer/rectifiers.js'
export { freeze, reparametrize, repeat } from './layer/repeat.js'
export { type FlattenOptions, flatten, permute, reshape } from './layer/shapes.js'
export { type Named, compose, named, sequential } from './layer/sequential.js'
export { parameterCount } from './layer/structure.js'
export { type Fault, type Row, type Spec, check, summary } from './layer/summary.js'
