/** Products over axes. */
import { coded } from '../primitive/code.js'
import { prodInto } from '../kernel/reduceProduct.js'
import { behind } from '../primitive/batch.js'
import { real } from '../primitive/domain.js'
import { guardedMul } from '../primitive/elementwise.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type OneAxis, countOver, dropAxes, reduceOver } from './alongBlock.js'
import { cumprodPrimitive } from './cumulative.js'
import type { Tensor } from './model.js'
import { type Reduction, reduction } from './reduction.js'
import { expandOver, permuteTo, reshapeTo, sumOver } from './structural.js'

/** Of each element, the product of all others along the axis: those in front times those behind, never a quotient. */
const others = (x: Tensor, axis: number): Tensor =>
  guardedMul(
    bindOne(cumprodPrimitive, [x], { axis, exclusive: true, reverse: false }),
    bindOne(cumprodPrimitive, [x], { axis, exclusive: true, reverse: true })
  )

/** The product along one axis, which disappears; booleans count as int32. */
export const prodPrimitive: Primitive<OneAxis> = coded(
  op<1, OneAxis>({
    name: 'prod',
    kind: 'reduce',
    arity: 1,
    infer: (x, { axis }) => ({ shape: dropAxes(x.shape, [axis]), dtype: x.dtype === 'bool' ? 'int32' : x.dtype }),
    evaluate: (x, { axis }, out) => reduceOver(x, [axis], out, prodInto),
    jvp: [(tangent, x, _out, { axis }) => sumOver(guardedMul(tangent, others(x, axis)), [axis])],
    vjp: [
      (x, _out, { axis }) =>
        (ct) =>
          guardedMul(expandOver(ct, x.shape, [axis]), others(x, axis))
    ],
    batch: (operands, _mapped, { axis }) => bindOne(prodPrimitive, operands, { axis: behind(axis) }),
    sample: (draw) => {
      const shape = draw.shape({ minRank: 1 })
      return { operands: [draw.tensor(shape, real)], params: { axis: draw.integer(0, shape.length - 1) } }
    }
  })
)

/** Brings axes together into one, which stands where the first of them stood, or last where they were apart. */
const merge = (x: Tensor, axes: readonly number[]): { readonly merged: Tensor; readonly axis: number } => {
  const first = axes[0] ?? x.shape.length
  const count = countOver(x.shape, axes)
  if (axes.every((axis, i) => axis === first + i)) {
    const shape = [...x.shape.slice(0, first), count, ...x.shape.slice(first + axes.length)]
    return { merged: reshapeTo(x, shape), axis: first }
  }
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const last = permuteTo(x, [...kept, ...axes])
  return { merged: reshapeTo(last, [...dropAxes(x.shape, axes), count]), axis: kept.length }
}

/**
 * The product over axes, or of all elements; of no elements it is 1. Booleans count as int32.
 *
 * The derivative multiplies the other elements, without a division: it is exact where elements are zero, to any order.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.prod(T.of([2, 3, 4])) // => T.scalar(24)
 * pipe(T.of([[1, 2], [3, 4]]), T.prod({ axis: 0 })) // => T.of([3, 8])
 * grad((x: T.Tensor<[3]>) => T.prod(x))(T.of([0, 3, 4])) // => T.of([12, 0, 0])
 */
export const prod: Reduction = reduction('prod', (x, axes) => {
  const { merged, axis } = merge(x, axes)
  return bindOne(prodPrimitive, [merged], { axis })
})
