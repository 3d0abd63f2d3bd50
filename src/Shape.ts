/**
 * Shapes: the sizes of a tensor along its axes, as values and in the types.
 */
export { IndexError } from './shape/indices.js'
export {
  type Shape,
  ShapeError,
  broadcast,
  equals,
  normalizeAxes,
  normalizeAxis,
  show,
  size,
  strides,
  validate
} from './shape/model.js'
export type {
  Axes,
  Broadcast,
  Broadcasts,
  Dim,
  InsertAxis,
  MatMul,
  Multiplies,
  Mutable,
  Nested,
  Permute,
  Reduce,
  ReplaceAxis,
  ShapeOf,
  Show,
  Transpose
} from './shape/static.js'
