/** Linear recurrences of first order: the derivatives of running products, exact where elements are zero. */
import { allocate } from '../DType.js'
import { recurrenceInto } from '../kernel/recurrence.js'
import { align, behind } from '../primitive/batch.js'
import { real } from '../primitive/domain.js'
import { guardedMul } from '../primitive/elementwise.js'
import { bindOne } from '../primitive/bind.js'
import { coded } from '../primitive/code.js'
import type { Primitive } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { size } from '../shape/model.js'
import { arrange } from './alongBlock.js'
import { type Tensor, fromData } from './model.js'
import { along, place, take } from './stridedWindow.js'

/** An axis, and the direction in which one goes along it. */
export interface Course {
  readonly axis: number
  readonly reverse: boolean
}

/**
 * The tensor moved one place along an axis, in the direction of the course, with a zero or another value in front: `out[j] = x[j - 1]`.
 */
export const shifted = (x: Tensor, { axis, reverse }: Course, value = 0): Tensor => {
  const { shape } = x
  const n = shape[axis]!
  if (n === 0) return x
  const kept = take(x, along(shape, axis, reverse ? 1 : 0, n - 1))
  return place(kept, { ...along(shape, axis, reverse ? 0 : 1, n - 1), shape, value })
}

const turned = ({ axis, reverse }: Course): Course => ({ axis, reverse: !reverse })

/**
 * `out[j] = b[j] + a[j] out[j - 1]` along an axis, or in reverse. Linear in `b`: its transpose runs the other way, with
 * the coefficients moved by one.
 */
export const recurrencePrimitive: Primitive<Course> = coded(
  op<2, Course>({
    name: 'recurrence',
    kind: 'lane',
    arity: 2,
    infer: (_a, b) => b,
    evaluate: (a, b, { axis, reverse }, out) => {
      const factors = arrange(a, [axis])
      const { data, offset, outer, along: n, inner } = arrange(b, [axis])
      const result = allocate(out.dtype, size(out.shape))
      recurrenceInto(factors.data, factors.offset, data, offset, outer, n, inner, result, reverse)
      return fromData(out.shape, out.dtype, result)
    },
    jvp: [
      (tangent, a, _b, out, course) => recurrence(a, guardedMul(tangent, shifted(out, course)), course),
      (tangent, a, _b, _out, course) => recurrence(a, tangent, course)
    ],
    vjp: [
      (a, _b, out, course) => (ct) => guardedMul(transposed(a, ct, course), shifted(out, course)),
      (a, _b, _out, course) => (ct) => transposed(a, ct, course)
    ],
    batch: (operands, mapped, { axis, reverse }, size) =>
      bindOne(recurrencePrimitive, align(operands, mapped, size), { axis: behind(axis), reverse }),
    sample: (draw) => {
      const shape = draw.shape({ minRank: 1 })
      const params = { axis: draw.integer(0, shape.length - 1), reverse: draw.pick([false, true]) }
      return { operands: [draw.tensor(shape, real), draw.tensor(shape, real)], params }
    }
  })
)

/** Runs a recurrence. */
export const recurrence = (a: Tensor, b: Tensor, course: Course): Tensor => bindOne(recurrencePrimitive, [a, b], course)

/** The transpose in `b`. */
const transposed = (a: Tensor, ct: Tensor, course: Course): Tensor => {
  const back = turned(course)
  return recurrence(shifted(a, back), ct, back)
}
