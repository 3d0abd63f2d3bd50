/**
 * Primitives: what a differentiable operation is, and how to make one of your own.
 */
export { align } from './primitive/batch.js'
export {
  type Domain,
  type Draw,
  type Sample,
  awayFrom,
  interval,
  positive,
  real,
  unitOpen
} from './primitive/domain.js'
export {
  type Accepts,
  type Binary,
  type BinaryRecord,
  type Unary,
  type UnaryRecord,
  binary,
  guardedMul,
  unary
} from './primitive/elementwise.js'
export {
  type BatchRule,
  DTypeError,
  type Derivative,
  type JointPullback,
  LeakedTracerError,
  type Primitive,
  type Pullback,
  type TensorType,
  type TuplePrimitive,
  bind,
  bindTuple
} from './primitive/model.js'
export { type HasPrimitive, type JvpRule, type OpRecord, type VjpRule, expose, op } from './primitive/op.js'
export { type Concrete, type Contiguous, contiguous, fromData } from './tensor/model.js'
