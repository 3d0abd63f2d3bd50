/**
 * The door: every public module, as a namespace. The modules for tests, `pullback/Arbitrary` and `pullback/Law`, stand
 * apart, since they need fast-check.
 */
export * as Activation from './Activation.js'
export * as DType from './DType.js'
export * as Dataset from './Dataset.js'
export * as Grad from './Grad.js'
export * as Init from './Init.js'
export * as Layer from './Layer.js'
export * as Loss from './Loss.js'
export * as Metric from './Metric.js'
export * as Optimizer from './Optimizer.js'
export * as Primitive from './Primitive.js'
export * as Random from './Random.js'
export * as Schedule from './Schedule.js'
export * as Shape from './Shape.js'
export * as Tensor from './Tensor.js'
export * as Train from './Train.js'
export * as Tree from './Tree.js'
export * as Vmap from './Vmap.js'
