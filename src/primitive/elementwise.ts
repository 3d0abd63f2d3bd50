/**
 * The makers of elementwise primitives. Their Jacobians are diagonal, so one rule serves both modes: the map that takes
 * a tangent of the operand to a tangent of the result takes cotangents back as well.
 */
export { type Binary, type BinaryRecord, binary, guardedMul } from './binary.js'
export { type Accepts, besideNumber, meetingShape } from './front.js'
export {
  type Unary,
  type UnaryRecord,
  type UnaryWith,
  type UnaryWithRecord,
  unary,
  unaryPrimitive,
  unaryWith
} from './unary.js'
