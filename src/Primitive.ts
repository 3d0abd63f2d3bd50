/**
 * Primitives: the model of differentiable operations, and makers of your own.
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
  type UnaryWith,
  type UnaryWithRecord,
  binary,
  guardedMul,
  unary,
  unaryWith
} from './primitive/elementwise.js'
export { bind, bindOne } from './primitive/bind.js'
export type { Cost, Traffic } from './primitive/traffic.js'
export {
  type Expression,
  type Scalars,
  add,
  call,
  constant,
  div,
  equal,
  expressionFor,
  greater,
  greaterEqual,
  less,
  lessEqual,
  mul,
  notEqual,
  operand,
  parameter,
  select,
  sub,
  x,
  y
} from './primitive/expression.js'
export { type Intrinsic, type Operation, float32 } from './primitive/intrinsics.js'
export {
  type Bound,
  type Derivative,
  type JointPullback,
  type Kind,
  type None,
  type Params,
  type Primitive,
  type Pullback,
  type Rules,
  type Slots,
  type TensorType,
  none
} from './primitive/model.js'
export {
  type BatchRule,
  type HasPrimitive,
  type JvpRule,
  type OpRecord,
  type VjpRule,
  expose,
  op
} from './primitive/op.js'
export { DTypeError } from './internal/require.js'
export { showExpression } from './primitive/showExpression.js'
export { LeakedTracerError } from './primitive/traced.js'
export { type Concrete, type Contiguous, contiguous, fromData } from './tensor/model.js'
