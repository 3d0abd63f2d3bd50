/** Softmax and related functions: shifted by the largest element, so that nothing overflows. */
import { coded } from '../primitive/code.js'
import { options, checkedLater } from '../internal/options.js'
import { dataFirst } from '../internal/dual.js'
import { allocate, toFloat } from '../DType.js'
import { logSoftmaxInto, logSumExpInto, softmaxDerivativeInto, softmaxInto } from '../kernel/softmax.js'
import { align } from '../primitive/batch.js'
import { type Draw, interval, real } from '../primitive/domain.js'
import { guardedMul } from '../primitive/elementwise.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { bottom } from '../primitive/traced.js'
import { op } from '../primitive/op.js'
import { normalizeAxes, size } from '../shape/model.js'
import type { Axes } from '../shape/static.js'
import { sub } from './arithmetic.js'
import {
  type OverAxes,
  type ReduceInto,
  arrange,
  countOver,
  dropAxes,
  keepAxes,
  reduceOver,
  restore
} from './alongBlock.js'
import { greater } from './comparison.js'
import type { Preserving } from './dataFirst.js'
import { exp } from './exponential.js'
import { maxPrimitive } from './minMaxOverAxes.js'
import { type Concrete, type Tensor, contiguous } from './model.js'
import { type Reduction, axesBehind, drawAxes, reduction } from './reduction.js'
import { where } from './select.js'
import { cast, expandOver, sumOver } from './structural.js'
import { viewOf } from './stridedWindow.js'

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

/** Lanes of any length, empty ones and single elements among them. */
const sample = (draw: Draw): { readonly operands: readonly Tensor[]; readonly params: OverAxes } => {
  const shape = draw.shape()
  return { operands: [draw.tensor(shape, real)], params: { axes: drawAxes(draw, shape) } }
}

const evaluateWith =
  (into: ReduceInto) =>
  (x: Concrete, { axes }: OverAxes): Concrete => {
    const { data, offset, outer, along, inner } = arrange(x, axes)
    const result = allocate(x.dtype, size(x.shape))
    into(data, offset, outer, along, inner, result)
    return restore(x.shape, axes, x.dtype, result)
  }

const spread = (x: Tensor, axes: readonly number[]): Tensor => expandOver(sumOver(x, axes), x.shape, axes)

/** A tangent without its mean under the weights `y`. */
const centred = (t: Tensor, y: Tensor, axes: readonly number[]): Tensor => sub(t, spread(guardedMul(t, y), axes))

/** `y (t - sum y t)` over axes: the derivative of softmax along `t`, where its value is `y`. Its matrix is symmetric. */
export const softmaxDerivativePrimitive: Primitive<OverAxes> = coded(
  op<2, OverAxes>({
    name: 'softmaxDerivative',
    kind: 'lane',
    arity: 2,
    infer: (t) => t,
    evaluate: (t, y, { axes }) => {
      const { data, offset, outer, along, inner } = arrange(t, axes)
      const weights = arrange(y, axes)
      const result = allocate(t.dtype, size(t.shape))
      softmaxDerivativeInto(data, offset, weights.data, weights.offset, outer, along, inner, result)
      return restore(t.shape, axes, t.dtype, result)
    },
    jvp: [
      (tangent, _t, y, _out, { axes }) => weigh(tangent, y, axes),
      (tangent, t, y, _out, { axes }) =>
        sub(guardedMul(tangent, centred(t, y, axes)), guardedMul(spread(guardedMul(tangent, t), axes), y))
    ],
    vjp: [
      (_t, y, _out, { axes }) =>
        (ct) =>
          weigh(ct, y, axes),
      (t, y, _out, { axes }) =>
        (ct) =>
          sub(guardedMul(ct, centred(t, y, axes)), guardedMul(spread(guardedMul(ct, y), axes), t))
    ],
    batch: (operands, mapped, params, size) =>
      bindOne(softmaxDerivativePrimitive, align(operands, mapped, size), axesBehind(params)),
    sample: (draw) => {
      const { operands, params } = sample(draw)
      const shape = operands[0]!.shape
      // Away from 1, where the only element of a lane would leave nothing but rounding of `t - y t`.
      return { operands: [...operands, draw.tensor(shape, interval(0, 0.5))], params }
    }
  })
)

const weigh = (t: Tensor, y: Tensor, axes: readonly number[]): Tensor =>
  bindOne(softmaxDerivativePrimitive, [t, y], { axes })

/** `exp x / sum exp x` over axes. */
export const softmaxPrimitive: Primitive<OverAxes> = coded(
  op<1, OverAxes>({
    name: 'softmax',
    kind: 'lane',
    arity: 1,
    infer: (x) => x,
    evaluate: evaluateWith(softmaxInto),
    jvp: [(tangent, _x, out, { axes }) => weigh(tangent, out, axes)],
    vjp: [
      (_x, out, { axes }) =>
        (ct) =>
          weigh(ct, out, axes)
    ],
    batch: (operands, _mapped, params) => bindOne(softmaxPrimitive, operands, axesBehind(params)),
    sample
  })
)

const softmaxOver = (x: Tensor, axes: readonly number[]): Tensor => bindOne(softmaxPrimitive, [x], { axes })

/** `log sum exp x` over axes, which disappear. */
export const logSumExpPrimitive: Primitive<OverAxes> = coded(
  op<1, OverAxes>({
    name: 'logSumExp',
    kind: 'reduce',
    arity: 1,
    infer: (x, { axes }) => ({ shape: dropAxes(x.shape, axes), dtype: x.dtype }),
    evaluate: (x, { axes }, out) => reduceOver(x, axes, out, logSumExpInto),
    jvp: [(tangent, x, _out, { axes }) => sumOver(guardedMul(tangent, softmaxOver(x, axes)), axes)],
    vjp: [
      (x, _out, { axes }) =>
        (ct) =>
          guardedMul(expandOver(ct, x.shape, axes), softmaxOver(x, axes))
    ],
    batch: (operands, _mapped, params) => bindOne(logSumExpPrimitive, operands, axesBehind(params)),
    sample
  })
)

/** Whether no lane, of any example, can be -infinity everywhere, as none begins so: where there are values, that is soon seen. */
const allAlive = (out: Tensor, axes: readonly number[]): boolean => {
  const values = bottom(out)
  if (values === undefined) return false
  const { shape } = values
  const mapped = shape.length - out.shape.length
  const sizes = keepAxes(
    shape,
    axes.map((axis) => mapped + axis)
  )
  const first = viewOf(values, { starts: shape.map(() => 0), steps: shape.map(() => 1), sizes })
  const { data, offset } = contiguous(first)
  const end = offset + size(first.shape)
  for (let i = offset; i < end; i++) if (data[i] === -Infinity) return false
  return true
}

/** Zero in the lanes that are -infinity everywhere, which do not move. */
const alive = (t: Tensor, out: Tensor, axes: readonly number[]): Tensor => {
  const { shape } = out
  if (countOver(shape, axes) === 0 || allAlive(out, axes)) return t
  return where(expandOver(greater(bindOne(maxPrimitive, [out], { axes }), -Infinity), shape, axes), t, 0)
}

/** `x - log sum exp x` over axes. */
export const logSoftmaxPrimitive: Primitive<OverAxes> = coded(
  op<1, OverAxes>({
    name: 'logSoftmax',
    kind: 'lane',
    arity: 1,
    infer: (x) => x,
    evaluate: evaluateWith(logSoftmaxInto),
    jvp: [(tangent, _x, out, { axes }) => sub(alive(tangent, out, axes), spread(guardedMul(tangent, exp(out)), axes))],
    vjp: [
      (_x, out, { axes }) =>
        (ct) =>
          sub(alive(ct, out, axes), guardedMul(spread(ct, axes), exp(out)))
    ],
    batch: (operands, _mapped, params) => bindOne(logSoftmaxPrimitive, operands, axesBehind(params)),
    sample
  })
)

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/**
 * The axes that `softmax` and `logSoftmax` work along.
 *
 * @example
 * import type { SoftmaxOptions } from 'pullback/Tensor'
 *
 * const overClasses: SoftmaxOptions = { axis: 1 }
 * overClasses.axis // => 1
 */
export interface SoftmaxOptions {
  /** The axis or axes; the last one by default. */
  readonly axis?: Axes
}

/* @__NO_SIDE_EFFECTS__ */
const softmaxLike = (name: string, primitive: Primitive<OverAxes>): Preserving<SoftmaxOptions> =>
  dataFirst(options<SoftmaxOptions>(name, { axis: checkedLater }), (x: Tensor, { axis = -1 }: SoftmaxOptions = {}) => {
    return bindOne(primitive, [cast(x, toFloat(x.dtype))], { axes: normalizeAxes(name, axis, x.shape) })
  })

/**
 * The logarithm of the sum of exponentials over axes, or of all elements: `log sum exp x`, without overflow. Integers become
 * float32; of no elements, and where all are -infinity, it is -infinity.
 *
 * It is `m + log sum exp (x - m)` with the largest element m, in double with the sum of `sum`, rounded once. In float32 it lies
 * within 0.501 units in the last place, or 10^-12 max(1, |m|) where that is more, for lanes of up to a million.
 *
 * Its derivative is the softmax; where all elements are -infinity, 0.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.logSumExp(T.of([1000, 1000])) // => T.scalar(1000.6932)
 * pipe(T.of([[0, 0], [0, -Infinity]]), T.logSumExp({ axis: 1 })) // => T.of([0.6931472, 0])
 */
export const logSumExp: Reduction = reduction('logSumExp', (x, axes) =>
  bindOne(logSumExpPrimitive, [cast(x, toFloat(x.dtype))], { axes })
)

/**
 * The exponentials divided by their sum along an axis, by default the last: `exp x / sum exp x`, without overflow.
 * Integers become float32.
 *
 * It is computed in double with the sum of `sum`, and rounded once: in float32 to 0.501 units in the last place, for lanes of up
 * to a million.
 *
 * Elements of +infinity share the weight evenly; where all are -infinity, all weights and derivatives are 0.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.softmax(T.of([0, 0, 1000])) // => T.of([0, 0, 1])
 * pipe(T.of([[1, 2], [1, 2]]), T.softmax({ axis: 0 })) // => T.of([[0.5, 0.5], [0.5, 0.5]])
 */
export const softmax: Preserving<SoftmaxOptions> = softmaxLike('softmax', softmaxPrimitive)

/**
 * The logarithm of the softmax along an axis, by default the last: `x - log sum exp x`, without overflow and exact where
 * the softmax itself would round to 0. Integers become float32.
 *
 * It is computed in double with the sum of `sum`, and rounded once: in float32 it lies within 0.501 units in the last place, or
 * 10^-12 where that is more, for lanes of up to a million.
 *
 * Where all elements are -infinity it is -infinity, with derivatives 0.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.logSoftmax(T.of([0, 1000])) // => T.of([-1000, 0])
 * pipe(T.of([[1, 2], [1, 2]]), T.logSoftmax({ axis: 0 })) // => T.of([[-0.6931472, -0.6931472], [-0.6931472, -0.6931472]])
 */
export const logSoftmax: Preserving<SoftmaxOptions> = softmaxLike('logSoftmax', logSoftmaxPrimitive)
