/** The largest and smallest elements over axes, and where they are. */
import { coded } from '../primitive/code.js'
import { options, checkedLater, flag } from '../internal/options.js'
import { dataFirst } from '../internal/dual.js'
import { type Data, allocate } from '../DType.js'
import { argmaxInto, argminInto, maxInto, minInto } from '../kernel/reduceExtrema.js'
import { sharesInto } from '../kernel/tieShares.js'
import { behind } from '../primitive/batch.js'
import { type Draw, real } from '../primitive/domain.js'
import { guardedMul } from '../primitive/elementwise.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive, TensorType } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, ShapeError, normalizeAxis, show, size } from '../shape/model.js'
import type { Only, Reduced } from '../shape/options.js'
import {
  type OneAxis,
  type OverAxes,
  type ReduceInto,
  arrange,
  countOver,
  dropAxes,
  keepAxes,
  reduceOver,
  restore
} from './alongBlock.js'
import { type Tensor, fromData } from './model.js'
import { type Reduction, axesBehind, drawAxes, reduction } from './reduction.js'
import { expandOver, reshapeTo, sumOver } from './structural.js'

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

/** The shape without the axes; along empty ones there is no largest element. */
const inferShape = (name: string, { shape }: TensorType, axes: readonly number[]): Shape => {
  const result = dropAxes(shape, axes)
  if (countOver(shape, axes) > 0 || size(result) === 0) return result
  const rule = `shape ${show(shape)} is empty along axes ${show(axes)}; expected at least one element`
  throw new ShapeError(name, [shape], rule)
}

const drawDistinct = (draw: Draw): { readonly operands: readonly Tensor[]; readonly params: OverAxes } => {
  const shape = draw.shape()
  const axes = drawAxes(draw, shape)
  return { operands: [draw.distinct(shape, real)], params: { axes: countOver(shape, axes) === 0 ? [] : axes } }
}

/* @__NO_SIDE_EFFECTS__ */
const sharesOf = (name: string, into: ReduceInto): Primitive<OverAxes> => {
  const primitive: Primitive<OverAxes> = op<1, OverAxes>({
    name,
    kind: 'lane',
    arity: 1,
    infer: (x) => x,
    evaluate: (x, { axes }) => {
      const { data, offset, outer, along, inner } = arrange(x, axes)
      const extremes = allocate(x.dtype, outer * inner)
      into(data, offset, outer, along, inner, extremes)
      const result = allocate(x.dtype, size(x.shape))
      sharesInto(data, offset, extremes, outer, along, inner, result)
      return restore(x.shape, axes, x.dtype, result)
    },
    jvp: undefined,
    vjp: undefined,
    batch: (operands, _mapped, params) => bindOne(primitive, operands, axesBehind(params)),
    sample: drawDistinct
  })
  return primitive
}

/** Each element's share in the largest over axes: evenly divided among the elements that equal it, 0 for the others. */
export const maxSharesPrimitive: Primitive<OverAxes> = coded(sharesOf('maxShares', maxInto))

/** Each element's share in the smallest over axes. */
export const minSharesPrimitive: Primitive<OverAxes> = coded(sharesOf('minShares', minInto))

/* @__NO_SIDE_EFFECTS__ */
const extremum = (name: string, into: ReduceInto, shares: Primitive<OverAxes>): Primitive<OverAxes> => {
  const primitive: Primitive<OverAxes> = op<1, OverAxes>({
    name,
    kind: 'reduce',
    arity: 1,
    infer: (x, { axes }) => ({ shape: inferShape(name, x, axes), dtype: x.dtype }),
    evaluate: (x, { axes }, out) => reduceOver(x, axes, out, into, true),
    jvp: [(tangent, x, _out, { axes }) => sumOver(guardedMul(tangent, bindOne(shares, [x], { axes })), axes)],
    vjp: [
      (x, _out, { axes }) =>
        (ct) =>
          guardedMul(expandOver(ct, x.shape, axes), bindOne(shares, [x], { axes }))
    ],
    batch: (operands, _mapped, params) => bindOne(primitive, operands, axesBehind(params)),
    sample: drawDistinct
  })
  return primitive
}

/** The largest element over axes, which disappear; its derivative is shared out. */
export const maxPrimitive: Primitive<OverAxes> = coded(extremum('max', maxInto, maxSharesPrimitive))

/** The smallest element over axes, which disappear; its derivative is shared out. */
export const minPrimitive: Primitive<OverAxes> = coded(extremum('min', minInto, minSharesPrimitive))

type PositionInto = (data: Data, offset: number, outer: number, n: number, inner: number, out: Int32Array) => void

/* @__NO_SIDE_EFFECTS__ */
const position = (name: string, into: PositionInto): Primitive<OneAxis> => {
  const primitive: Primitive<OneAxis> = op<1, OneAxis>({
    name,
    kind: 'reduce',
    arity: 1,
    infer: (x, { axis }) => ({ shape: inferShape(name, x, [axis]), dtype: 'int32' }),
    evaluate: (x, { axis }, out) => {
      const { data, offset, outer, along, inner } = arrange(x, [axis])
      const result = new Int32Array(outer * inner)
      into(data, offset, outer, along, inner, result)
      return fromData(out.shape, out.dtype, result)
    },
    jvp: undefined,
    vjp: undefined,
    batch: (operands, _mapped, { axis }) => bindOne(primitive, operands, { axis: behind(axis) }),
    sample: (draw) => {
      const shape = draw.shape({ minRank: 1, minSize: 1 })
      return { operands: [draw.distinct(shape, real)], params: { axis: draw.integer(0, shape.length - 1) } }
    }
  })
  return primitive
}

/** Where the largest element is along an axis, which disappears. */
export const argmaxPrimitive: Primitive<OneAxis> = coded(position('argmax', argmaxInto))

/** Where the smallest element is along an axis, which disappears. */
export const argminPrimitive: Primitive<OneAxis> = coded(position('argmin', argminInto))

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/**
 * The largest element over axes, or of all; NaN where there is one. Along an empty axis it throws a `ShapeError`.
 *
 * The derivative is divided evenly among equal largest elements.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.max(T.of([[1, 5], [3, 2]])) // => T.scalar(5)
 * pipe(T.of([[1, 5], [3, 2]]), T.max({ axis: 0 })) // => T.of([3, 5])
 * grad((x: T.Tensor<[3]>) => T.max(x))(T.of([4, 1, 4])) // => T.of([0.5, 0, 0.5])
 */
export const max: Reduction = reduction('max', (x, axes) => bindOne(maxPrimitive, [x], { axes }))

/**
 * The smallest element over axes, or of all; NaN where there is one. Along an empty axis it throws a `ShapeError`.
 *
 * The derivative is divided evenly among equal smallest elements.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.min(T.of([[1, 5], [3, 2]])) // => T.scalar(1)
 * pipe(T.of([[1, 5], [3, 2]]), T.min({ axis: 1, keepDims: true })) // => T.of([[1], [2]])
 */
export const min: Reduction = reduction('min', (x, axes) => bindOne(minPrimitive, [x], { axes }))

/**
 * The options of `argmax` and `argmin`.
 *
 * @example
 * import type { ArgOptions } from 'pullback/Tensor'
 *
 * const inEachRow: ArgOptions = { axis: -1 }
 * inEachRow.axis // => -1
 */
export interface ArgOptions {
  /** The axis to search along; by default, all elements are searched in row-major order. */
  readonly axis?: number
  /** Whether the axis stays, with size 1; `false` by default. */
  readonly keepDims?: boolean
}

interface ArgReduction {
  <S extends Shape, const O extends ArgOptions>(x: Tensor<S>, options: O & Only<O, ArgOptions>): Tensor<Reduced<S, O>>
  <const O extends ArgOptions>(
    options: O & Only<O, ArgOptions>
  ): <S extends Shape>(x: Tensor<S>) => Tensor<Reduced<S, O>>
  <S extends Shape>(x: Tensor<S>): Tensor<[]>
}

/* @__NO_SIDE_EFFECTS__ */
const argReduction = (name: string, primitive: Primitive<OneAxis>): ArgReduction =>
  dataFirst(options<ArgOptions>(name, { axis: checkedLater, keepDims: flag }), (x: Tensor, given: ArgOptions = {}) => {
    const { axis, keepDims = false } = given
    const searched = axis === undefined ? reshapeTo(x, [size(x.shape)]) : x
    const along = axis === undefined ? 0 : normalizeAxis(name, axis, x.shape)
    const result = bindOne(primitive, [searched], { axis: along })
    if (!keepDims) return result
    return reshapeTo(result, keepAxes(x.shape, axis === undefined ? x.shape.map((_, each) => each) : [along]))
  })

/**
 * Where the largest element is along an axis, or among all in row-major order: int32. Of equal ones the first; NaN counts
 * as the largest. Along an empty axis it throws a `ShapeError`. Its derivative is 0.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.argmax(T.of([[1, 5], [7, 2]])) // => T.scalar(2, 'int32')
 * pipe(T.of([[1, 5], [7, 2]]), T.argmax({ axis: 1 })) // => T.of([1, 0], 'int32')
 */
export const argmax: ArgReduction = argReduction('argmax', argmaxPrimitive)

/**
 * Where the smallest element is along an axis, or among all in row-major order: int32. Of equal ones the first; NaN comes
 * before all others. Along an empty axis it throws a `ShapeError`. Its derivative is 0.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.argmin(T.of([[1, 5], [7, 0]])) // => T.scalar(3, 'int32')
 * pipe(T.of([[1, 5], [7, 2]]), T.argmin({ axis: 1 })) // => T.of([0, 1], 'int32')
 */
export const argmin: ArgReduction = argReduction('argmin', argminPrimitive)
