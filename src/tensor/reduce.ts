/** Sums, means and logical reductions over axes. */
import { coded } from '../primitive/code.js'
import { isFloat, toFloat } from '../DType.js'
import { allInto, anyInto } from '../kernel/reduceLogical.js'
import { sumInto } from '../kernel/reduceSum.js'
import { real } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { div } from './arithmetic.js'
import { type OverAxes, type ReduceInto, countOver, dropAxes, reduceOver } from './alongBlock.js'
import type { Tensor } from './model.js'
import { type Reduction, axesBehind, drawAxes, reduction } from './reduction.js'
import { cast, expandOver, sumOver } from './structural.js'

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

const meanInto: ReduceInto = (data, offset, outer, n, inner, out) => {
  const sums = new Float64Array(outer * inner)
  sumInto(data, offset, outer, n, inner, sums)
  for (let i = 0; i < sums.length; i++) out[i] = sums[i]! / n
}

/** The mean over axes, which disappear: divided in double, so that a sum beyond the type's range does no harm. */
export const meanPrimitive: Primitive<OverAxes> = coded(
  op<1, OverAxes>({
    name: 'mean',
    kind: 'reduce',
    arity: 1,
    infer: (x, { axes }) => ({ shape: dropAxes(x.shape, axes), dtype: x.dtype }),
    evaluate: (x, { axes }, out) => reduceOver(x, axes, out, meanInto),
    jvp: 'linear',
    vjp: [
      (x, _out, { axes }) => {
        const { shape } = x
        return (ct) => expandOver(div(ct, countOver(shape, axes)), shape, axes)
      }
    ],
    batch: (operands, _mapped, params) => bindOne(meanPrimitive, operands, axesBehind(params)),
    sample: (draw) => {
      const shape = draw.shape()
      const axes = drawAxes(draw, shape)
      return { operands: [draw.tensor(shape, real)], params: { axes: countOver(shape, axes) === 0 ? [] : axes } }
    }
  })
)

/* @__NO_SIDE_EFFECTS__ */
const logical = (name: string, into: ReduceInto): Primitive<OverAxes> => {
  const primitive: Primitive<OverAxes> = op<1, OverAxes>({
    name,
    kind: 'reduce',
    arity: 1,
    infer: (x, { axes }) => ({ shape: dropAxes(x.shape, axes), dtype: 'bool' }),
    evaluate: (x, { axes }, out) => reduceOver(x, axes, out, into, true),
    jvp: undefined,
    vjp: undefined,
    batch: (operands, _mapped, params) => bindOne(primitive, operands, axesBehind(params)),
    sample: (draw) => {
      const shape = draw.shape()
      return { operands: [draw.mask(shape)], params: { axes: drawAxes(draw, shape) } }
    }
  })
  return primitive
}

/** Whether any element over axes is true. */
export const anyPrimitive: Primitive<OverAxes> = coded(logical('any', anyInto))

/** Whether all elements over axes are true. */
export const allPrimitive: Primitive<OverAxes> = coded(logical('all', allInto))

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/** The mean over axes that have been checked, of a float tensor. */
export const meanOver = (x: Tensor, axes: readonly number[]): Tensor =>
  axes.length === 0 ? x : bindOne(meanPrimitive, [x], { axes })

/**
 * The sum over axes, or of all elements. Booleans are counted, as int32; of no elements it is 0.
 *
 * Floats are added in double along the row-major order of the axes, whatever the layout, in groups of eight, and rounded once.
 * Before that the error is at most (n / 8 + 10) 2^-53 sum |x| for n elements of float32; those of float64 are added in blocks of
 * 128 whose sums are halved, with (20 + log2 n) 2^-53 sum |x|.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.sum(T.of([[1, 2], [3, 4]])) // => T.scalar(10)
 * T.sum(T.of([[1, 2], [3, 4]]), { axis: 0 }) // => T.of([4, 6])
 * pipe(T.of([[1, 2], [3, 4]]), T.sum({ axis: -1, keepDims: true })) // => T.of([[3], [7]])
 */
export const sum: Reduction = reduction('sum', sumOver)

/**
 * The mean over axes, or of all elements; integers and booleans give float32, no elements give NaN.
 *
 * It is the sum of `sum` before it is rounded, divided by the number of elements, and rounded once: a sum beyond the range of
 * float32 does no harm.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.mean(T.of([1, 2, 6])) // => T.scalar(3)
 * pipe(T.of([[1, 2], [3, 4]]), T.mean({ axis: 0 })) // => T.of([2, 3])
 */
export const mean: Reduction = reduction('mean', (x, axes) => meanOver(real32(x), axes))

/** Integers and booleans as float32; floats as they are. */
const real32 = (x: Tensor): Tensor => (isFloat(x.dtype) ? x : cast(x, toFloat(x.dtype)))

/**
 * Whether any element over axes, or any at all, is true: not 0. Of no elements it is false. The result is bool.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.any(T.of([false, true])) // => T.scalar(true)
 * pipe(T.of([[0, 1], [0, 0]]), T.any({ axis: 1 })) // => T.of([true, false])
 */
export const any: Reduction = reduction('any', (x, axes) => bindOne(anyPrimitive, [x], { axes }))

/**
 * Whether all elements over axes, or all there are, are true: not 0. Of no elements it is true. The result is bool.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.all(T.of([true, false])) // => T.scalar(false)
 * pipe(T.of([[1, 1], [0, 1]]), T.all({ axis: 1 })) // => T.of([true, false])
 */
export const all: Reduction = reduction('all', (x, axes) => bindOne(allPrimitive, [x], { axes }))
