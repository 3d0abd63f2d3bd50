/** Elementwise kernels on concrete tensors: scalars as numbers, repeated values once, views by strides. */
import { allocate } from '../DType.js'
import type { BinaryLoop, Scalar1, Scalar2, UnaryLoop } from '../kernel/elementwise.js'
import { forEachRow, plan } from '../kernel/strided.js'
import type { TensorType } from '../primitive/model.js'
import { size } from '../shape/model.js'
import { type Concrete, type Dense, Scalar, fill, firstElement, fromData, fromNumber } from './model.js'

/** Whether every element is the same stored one. */
const isUniform = (x: Dense): boolean => {
  for (let axis = 0; axis < x.strides.length; axis++) if (x.strides[axis] !== 0) return false
  return true
}

/** Applies a function to each element. */
export const evaluateUnary = (f: Scalar1, loop: UnaryLoop, x: Concrete, out: TensorType): Concrete => {
  if (x instanceof Scalar) return fromNumber(out.dtype, f(x.value))
  const total = size(out.shape)
  if (total > 0 && isUniform(x)) return fill(out.shape, out.dtype, f(x.data[x.offset]!))
  const data = allocate(out.dtype, total)
  const steps = plan(out.shape, [x.strides])
  let to = 0
  if (total > 0) {
    forEachRow(steps, [x.offset], (at) => {
      loop(steps.inner, x.data, at, steps.innerStrides[0]!, data, to)
      to += steps.inner
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
  if (total > 0 && isUniform(x) && isUniform(y)) {
    return fill(out.shape, out.dtype, f(x.data[x.offset]!, y.data[y.offset]!))
  }
  const data = allocate(out.dtype, total)
  const steps = plan(out.shape, [x.strides, y.strides])
  const xStep = steps.innerStrides[0]!
  const yStep = steps.innerStrides[1]!
  let to = 0
  if (total > 0) {
    forEachRow(steps, [x.offset, y.offset], (xAt, yAt) => {
      loop(steps.inner, x.data, xAt, xStep, y.data, yAt, yStep, data, to)
      to += steps.inner
    })
  }
  return fromData(out.shape, out.dtype, data)
}
