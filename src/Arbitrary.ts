/**
 * Generators of test data for fast-check: tensors, shapes, and the operands of operations.
 *
 * Trees of tensors come from fast-check's own combinators: `fc.record({ w: A.tensor({ shape: [2, 3] }), b: A.tensor({ shape: [3] }) })`.
 */
export { type ShapeBounds, broadcastShapes, shape } from './arbitrary/shape.js'
export {
  type TensorOptions,
  awayFrom,
  broadcastPair,
  distinct,
  indices,
  mask,
  positive,
  positiveDefinite,
  tensor,
  unitOpen,
  withTies
} from './arbitrary/tensor.js'
export { type Drawing, type DrawOptions, draw } from './arbitrary/draw.js'
