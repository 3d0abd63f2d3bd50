/** Stacks of matrices: rows and columns are the last two axes, and all axes before them the stack. Checks, and views. */
import { type DType, allocate, toFloat } from '../DType.js'
import { type Draw, interval } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import { requireTensor } from '../internal/require.js'
import { type Shape, ShapeError, show, size } from '../shape/model.js'
import { add, mul } from '../tensor/arithmetic.js'
import { eye } from '../tensor/construct.js'
import { strongProduct } from '../tensor/matmul.js'
import { type Concrete, type Tensor, contiguous, fromData } from '../tensor/model.js'
import { flip } from '../tensor/slice.js'
import { broadcastToShape, cast, permuteTo, reshapeTo } from '../tensor/structural.js'
import { bandPrimitive, diagonalMatrixPrimitive, diagonalPrimitive } from '../tensor/triangular.js'

// -----------------------------------------------------------------------------
// shapes
// -----------------------------------------------------------------------------

/** The axes before the last two. */
export const stackOf = (shape: Shape): Shape => shape.slice(0, -2)

export const rowsOf = (shape: Shape): number => shape[shape.length - 2]!

export const columnsOf = (shape: Shape): number => shape[shape.length - 1]!

/** Refuses a value that is not a matrix or a stack of matrices. */
export const requireMatrix = (operation: string, x: Tensor): void => {
  requireTensor(operation, x)
  if (x.shape.length >= 2) return
  throw new ShapeError(
    operation,
    [x.shape],
    `the operand has shape ${show(x.shape)}; expected a matrix or a stack of matrices`
  )
}

/** Refuses a value that is not a square matrix or a stack of them. */
export const requireSquare = (operation: string, x: Tensor): void => {
  requireTensor(operation, x)
  const { shape } = x
  if (shape.length >= 2 && rowsOf(shape) === columnsOf(shape)) return
  throw new ShapeError(
    operation,
    [shape],
    `the operand has shape ${show(shape)}; expected a square matrix or a stack of them`
  )
}

/** The operand of a real-valued function of matrices: integers and booleans become float32. */
export const floating = (x: Tensor): Tensor => cast(x, toFloat(x.dtype))

/** A checked stack of matrices, as floats. */
export const requireFloatMatrix = (operation: string, x: Tensor): Tensor => {
  requireMatrix(operation, x)
  return floating(x)
}

/** A checked stack of square matrices, as floats. */
export const requireFloatSquare = (operation: string, x: Tensor): Tensor => {
  requireSquare(operation, x)
  return floating(x)
}

// -----------------------------------------------------------------------------
// dispatching operations
// -----------------------------------------------------------------------------

/** The transposed matrices: a view. */
export const mT = (x: Tensor): Tensor => {
  const rank = x.shape.length
  return permuteTo(
    x,
    x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis))
  )
}

/** The product of stacks of matrices in rules, where zero is strong. What the user calls takes `matmul`. */
export const product = (a: Tensor, b: Tensor): Tensor => strongProduct(a, b)

/** The elements on the diagonal `offset` and below it. */
export const lower = (x: Tensor, offset = 0): Tensor => bindOne(bandPrimitive, [x], { from: -Infinity, to: offset })

/** The elements on the diagonal `offset` and above it. */
export const upper = (x: Tensor, offset = 0): Tensor => bindOne(bandPrimitive, [x], { from: offset, to: Infinity })

/** The main diagonals, along a new last axis. */
export const diagonalOf = (x: Tensor): Tensor =>
  bindOne(diagonalPrimitive, [x], { rows: rowsOf(x.shape), columns: columnsOf(x.shape), offset: 0 })

/** The square matrices with the last axis as diagonal. */
export const diagonalMatrix = (x: Tensor): Tensor => {
  const n = columnsOf(x.shape)
  return bindOne(diagonalMatrixPrimitive, [x], { rows: n, columns: n, offset: 0 })
}

/** The lower triangle with the diagonal halved: of a symmetric matrix M, the part whose sum with its transpose is M. */
export const lowerHalf = (x: Tensor): Tensor => mul(add(lower(x), lower(x, -1)), 0.5)

/** (x + x^T) / 2. */
export const symmetricPart = (x: Tensor): Tensor => mul(add(x, mT(x)), 0.5)

/** (x - x^T) / 2. */
export const antisymmetricPart = (x: Tensor): Tensor => mul(add(x, mul(mT(x), -1)), 0.5)

/** The identity, for each matrix of a stack. */
export const identity = (stack: Shape, n: number, dtype: DType): Tensor =>
  broadcastToShape(eye(n, dtype), [...stack, n, n])

/** A vector, or each of a stack of them, as a matrix of one column. */
export const asColumn = (x: Tensor): Tensor => reshapeTo(x, [...x.shape, 1])

/** The axis in front laid into the columns: [size, ..., m, k] as [..., m, size k]. */
export const intoColumns = (x: Tensor): Tensor => {
  const rank = x.shape.length
  const order = x.shape.map((_, axis) => (axis === rank - 1 ? axis : axis === rank - 2 ? 0 : axis + 1))
  const [front] = x.shape
  return reshapeTo(permuteTo(x, order), [...x.shape.slice(1, -1), front! * columnsOf(x.shape)])
}

/** The inverse of `intoColumns`: [..., m, size k] as [size, ..., m, k]. */
export const outOfColumns = (x: Tensor, front: number, columns: number): Tensor => {
  const rank = x.shape.length + 1
  const parted = reshapeTo(x, [...x.shape.slice(0, -1), front, columns])
  const order = parted.shape.map((_, axis) => (axis === 0 ? rank - 2 : axis === rank - 1 ? axis : axis - 1))
  return permuteTo(parted, order)
}

// -----------------------------------------------------------------------------
// kernels
// -----------------------------------------------------------------------------

/** The values in double precision, in row-major order: a fresh array, to work in. */
export const doublesOf = (x: Concrete): Float64Array => {
  const { data, offset } = contiguous(x)
  const n = size(x.shape)
  return new Float64Array(offset === 0 && data.length === n ? data : data.subarray(offset, offset + n))
}

/** A result computed in double precision, rounded to its type; the array is given away. */
export const fromDoubles = (shape: Shape, dtype: DType, values: Float64Array): Concrete => {
  if (dtype === 'float64') return fromData(shape, dtype, values)
  const data = allocate(dtype, values.length)
  data.set(values)
  return fromData(shape, dtype, data)
}

/** Whether there is a NaN among `count` elements from `at` on. */
export const hasNaN = (values: Float64Array, at: number, count: number): boolean => {
  for (let i = at; i < at + count; i++) if (Number.isNaN(values[i])) return true
  return false
}

// -----------------------------------------------------------------------------
// test operands
// -----------------------------------------------------------------------------

const unit = interval(-1, 1)

/** The stack of a test operand. */
export const drawStack = (draw: Draw): Shape => draw.shape({ maxRank: 2, maxSize: 2 })

/** Well-conditioned square matrices, of 0 to 3 rows: diagonally dominant, or that with the rows in reverse. */
export const drawSquare = (draw: Draw, stack: Shape = drawStack(draw), n: number = draw.integer(0, 3)): Tensor => {
  const x = add(draw.tensor([...stack, n, n], unit), mul(eye(n, 'float64'), n + 1))
  return draw.pick([false, true]) ? flip(x, { axis: -2 }) : x
}

/** Matrices with the given rows and columns, and values between -1 and 1. */
export const drawMatrix = (draw: Draw, stack: Shape, rows: number, columns: number): Tensor =>
  draw.tensor([...stack, rows, columns], unit)

/** The operands with another one in place of one of them. */
export const replaced = (operands: readonly Tensor[], index: number, x: Tensor): readonly Tensor[] =>
  operands.map((each, i) => (i === index ? x : each))
