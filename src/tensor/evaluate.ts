/** Elementwise kernels on concrete tensors: scalars as numbers, repeated values once, views by strides. */
import { allocate } from '../DType.js'
import { type BinaryLoop, type Scalar1, type Scalar2, type UnaryLoop, selectLoop } from '../kernel/elementwise.js'
import { forEachRow, isContiguous, plan } from '../kernel/strided.js'
import type { TensorType } from '../primitive/model.js'
import { size } from '../shape/model.js'
import { type Concrete, type Dense, Scalar, fill, firstElement, fromData, fromNumber } from './model.js'

/** Whether every element is the same stored one. */
const isUniform = (x: Dense): boolean => {
  for (let axis = 0; axis < x.strides.length; axis++) if (x.strides[axis] !== 0) return false
  return true
}

/** Whether a tensor is known to be one number everywhere, which it stores once. */
export const isEverywhere = (x: Concrete, value: number): boolean =>
  !(x instanceof Scalar) && x.strides[0] === 0 && x.data[x.offset] === value && isUniform(x) && size(x.shape) > 0

const isPacked = (x: Dense): boolean => isContiguous(x.shape, x.strides)

/** Applies a function to each element. */
export const evaluateUnary = (f: Scalar1, loop: UnaryLoop, x: Concrete, out: TensorType): Concrete => {
  if (x instanceof Scalar) return fromNumber(out.dtype, f(x.value))
  const total = size(out.shape)
  if (total > 0 && isUniform(x)) return fill(out.shape, out.dtype, f(x.data[x.offset]!))
  const data = allocate(out.dtype, total)
  if (isPacked(x)) {
    loop(total, x.data, x.offset, 1, data, 0)
  } else {
    const steps = plan(out.shape, [x.strides])
    const n = steps.inner
    const step = steps.innerStrides[0]!
    let to = 0
    forEachRow(steps, [x.offset], (at) => {
      loop(n, x.data, at, step, data, to)
      to += n
    })
  }
  return fromData(out.shape, out.dtype, data)
}

/** Applies a function to each pair of elements of two tensors of one shape. */
export const evaluateBinary = (f: Scalar2, loop: BinaryLoop, x: Concrete, y: Concrete, out: TensorType): Concrete => {
  if (x instanceof Scalar || y instanceof Scalar) {
    return fromNumber(out.dtype, f(firstElement(x), firstElement(y)))
  }
  const total = size(out.shape)
  const xUniform = isUniform(x)
  const yUniform = isUniform(y)
  if (total > 0 && xUniform && yUniform) {
    return fill(out.shape, out.dtype, f(x.data[x.offset]!, y.data[y.offset]!))
  }
  const data = allocate(out.dtype, total)
  if ((xUniform || isPacked(x)) && (yUniform || isPacked(y))) {
    loop(total, x.data, x.offset, xUniform ? 0 : 1, y.data, y.offset, yUniform ? 0 : 1, data, 0)
  } else {
    binaryRows(loop, x, y, data)
  }
  return fromData(out.shape, out.dtype, data)
}

/** The same row by row; the commonest case, one axis of rows, without a call in between. */
const binaryRows = (loop: BinaryLoop, x: Dense, y: Dense, data: Dense['data']): void => {
  const steps = plan(x.shape, [x.strides, y.strides])
  const n = steps.inner
  const xStep = steps.innerStrides[0]!
  const yStep = steps.innerStrides[1]!
  let to = 0
  if (steps.outer.length === 1) {
    const xRow = steps.outerStrides[0]![0]!
    const yRow = steps.outerStrides[1]![0]!
    let xAt = x.offset
    let yAt = y.offset
    for (let rows = steps.outer[0]!; rows > 0; rows--, xAt += xRow, yAt += yRow, to += n) {
      loop(n, x.data, xAt, xStep, y.data, yAt, yStep, data, to)
    }
    return
  }
  forEachRow(steps, [x.offset, y.offset], (xAt, yAt) => {
    loop(n, x.data, xAt, xStep, y.data, yAt, yStep, data, to)
    to += n
  })
}

/** Chooses between two tensors by a mask, all of one shape. */
export const evaluateSelect = (mask: Concrete, x: Concrete, y: Concrete, out: TensorType): Concrete => {
  if (mask instanceof Scalar || x instanceof Scalar || y instanceof Scalar) {
    return fromNumber(out.dtype, firstElement(firstElement(mask) === 0 ? y : x))
  }
  const total = size(out.shape)
  if (total > 0 && isUniform(mask)) return mask.data[mask.offset] === 0 ? y : x
  const data = allocate(out.dtype, total)
  const steps = plan(out.shape, [mask.strides, x.strides, y.strides])
  const n = steps.inner
  const mStep = steps.innerStrides[0]!
  const xStep = steps.innerStrides[1]!
  const yStep = steps.innerStrides[2]!
  let to = 0
  if (total > 0) {
    forEachRow(steps, [mask.offset, x.offset, y.offset], (m, xAt, yAt) => {
      selectLoop(n, mask.data, m, mStep, x.data, xAt, xStep, y.data, yAt, yStep, data, to)
      to += n
    })
  }
  return fromData(out.shape, out.dtype, data)
}
