/** Running sums and products along an axis. */
import { coded } from '../primitive/code.js'
import { options, checkedLater, flag } from '../internal/options.js'
import { dataFirst } from '../internal/dual.js'
import { type Data, allocate } from '../DType.js'
import { type Cumulative, cumprodInto, cumsumInto } from '../kernel/cumulative.js'
import { behind } from '../primitive/batch.js'
import { type Draw, real } from '../primitive/domain.js'
import { guardedMul } from '../primitive/elementwise.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive, TensorType } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, ShapeError, normalizeAxis, show, size } from '../shape/model.js'
import { arrange } from './alongBlock.js'
import type { Preserving } from './dataFirst.js'
import { type Concrete, type Tensor, fromData } from './model.js'
import { type Course, recurrence, shifted } from './recurrence.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Along which axis `cumsum` and `cumprod` run, and how.
 *
 * @example
 * import type { CumulativeOptions } from 'pullback/Tensor'
 *
 * const fromTheEnd: CumulativeOptions = { axis: -1, reverse: true }
 * fromTheEnd.reverse // => true
 */
export interface CumulativeOptions {
  /** The axis; required unless the tensor is a vector. */
  readonly axis?: number
  /** Whether each element leaves itself out, so that the first is the sum or product of nothing; `false` by default. */
  readonly exclusive?: boolean
  /** Whether to run from the last element to the first; `false` by default. */
  readonly reverse?: boolean
}

type Params = Course & Cumulative

type CumulateInto = (
  data: Data,
  offset: number,
  outer: number,
  n: number,
  inner: number,
  out: Data,
  options: Cumulative
) => void

const evaluateWith =
  (into: CumulateInto) =>
  (x: Concrete, params: Params, out: TensorType): Concrete => {
    const { data, offset, outer, along, inner } = arrange(x, [params.axis])
    const result = allocate(out.dtype, size(out.shape))
    into(data, offset, outer, along, inner, result, params)
    return fromData(out.shape, out.dtype, result)
  }

/** Booleans are counted. */
const inferType = (x: TensorType): TensorType => ({ shape: x.shape, dtype: x.dtype === 'bool' ? 'int32' : x.dtype })

const sample = (draw: Draw): { readonly operands: readonly Tensor[]; readonly params: Params } => {
  const shape = draw.shape({ minRank: 1 })
  const axis = draw.integer(0, shape.length - 1)
  const params = { axis, exclusive: draw.pick([false, true]), reverse: draw.pick([false, true]) }
  return { operands: [draw.tensor(shape, real)], params }
}

const turned = (params: Params): Params => ({ ...params, reverse: !params.reverse })

const paramsBehind = (params: Params): Params => ({ ...params, axis: behind(params.axis) })

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

/** Running sums; the transpose runs the other way. */
export const cumsumPrimitive: Primitive<Params> = coded(
  op<1, Params>({
    name: 'cumsum',
    kind: 'lane',
    arity: 1,
    infer: inferType,
    evaluate: evaluateWith(cumsumInto),
    jvp: 'linear',
    vjp: [(_x, _out, params) => (ct) => bindOne(cumsumPrimitive, [ct], turned(params))],
    batch: (operands, _mapped, params) => bindOne(cumsumPrimitive, operands, paramsBehind(params)),
    sample
  })
)

/**
 * Running products. With `p` the products in front of each element, the derivative along `t` is the recurrence
 * `d[j] = t[j] p[j] + x[j] d[j - 1]`, without any division: exact where elements are zero, to any order.
 */
export const cumprodPrimitive: Primitive<Params> = coded(
  op<1, Params>({
    name: 'cumprod',
    kind: 'lane',
    arity: 1,
    infer: inferType,
    evaluate: evaluateWith(cumprodInto),
    jvp: [
      (tangent, x, _out, params) => {
        const moving = recurrence(x, guardedMul(tangent, before(x, params)), params)
        return params.exclusive ? shifted(moving, params) : moving
      }
    ],
    vjp: [
      (x, _out, params) => (ct) => {
        const back = turned(params)
        const from = params.exclusive ? shifted(ct, back) : ct
        return guardedMul(recurrence(shifted(x, back), from, back), before(x, params))
      }
    ],
    batch: (operands, _mapped, params) => bindOne(cumprodPrimitive, operands, paramsBehind(params)),
    sample
  })
)

/** The products in front of each element. */
const before = (x: Tensor, params: Params): Tensor => bindOne(cumprodPrimitive, [x], { ...params, exclusive: true })

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/** The axis counted from the front; only vectors need not name it. */
export const axisOf = (operation: string, axis: number | undefined, shape: Shape): number => {
  if (axis !== undefined || shape.length <= 1) return normalizeAxis(operation, axis ?? 0, shape)
  throw new ShapeError(
    operation,
    [shape],
    `axis is missing; for shape ${show(shape)}, expected one such as { axis: 0 }`
  )
}

/* @__NO_SIDE_EFFECTS__ */
const cumulative = (name: string, primitive: Primitive<Params>): Preserving<CumulativeOptions> =>
  dataFirst(
    options<CumulativeOptions>(name, { axis: checkedLater, exclusive: flag, reverse: flag }),
    (x: Tensor, given: CumulativeOptions = {}) => {
      const { axis, exclusive = false, reverse = false } = given
      return bindOne(primitive, [x], { axis: axisOf(name, axis, x.shape), exclusive, reverse })
    }
  )

/**
 * Running sums along an axis: element `j` of the result is the sum of the elements `0` to `j`. With `exclusive` it leaves
 * out element `j` itself; with `reverse` it runs from the end. Booleans are counted, as int32.
 *
 * Floats are added in double. A vector needs no axis; other ranks without one throw a `ShapeError`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.cumsum(T.of([1, 2, 3])) // => T.of([1, 3, 6])
 * T.cumsum(T.of([1, 2, 3]), { exclusive: true }) // => T.of([0, 1, 3])
 * pipe(T.of([[1, 2], [3, 4]]), T.cumsum({ axis: 1, reverse: true })) // => T.of([[3, 2], [7, 4]])
 */
export const cumsum: Preserving<CumulativeOptions> = cumulative('cumsum', cumsumPrimitive)

/**
 * Running products along an axis: element `j` of the result is the product of the elements `0` to `j`. With `exclusive`
 * it leaves out element `j` itself; with `reverse` it runs from the end. Booleans count as int32.
 *
 * The derivative is exact where elements are zero. A vector needs no axis; other ranks without one throw a `ShapeError`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.cumprod(T.of([1, 2, 3])) // => T.of([1, 2, 6])
 * pipe(T.of([1, 2, 3]), T.cumprod({ exclusive: true })) // => T.of([1, 1, 2])
 * grad((x: T.Tensor<[3]>) => T.sum(T.cumprod(x)))(T.of([0, 2, 3])) // => T.of([9, 0, 0])
 */
export const cumprod: Preserving<CumulativeOptions> = cumulative('cumprod', cumprodPrimitive)
