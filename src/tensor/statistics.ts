/** Variances, standard deviations and norms over axes. */
import { coded } from '../primitive/code.js'
import { oneOf, finite } from '../internal/options.js'
import { toFloat } from '../DType.js'
import { normInto, varianceInto } from '../kernel/moments.js'
import { type Draw, real } from '../primitive/domain.js'
import { guardedMul } from '../primitive/elementwise.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive, TensorType } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import { abs, div, mul, sub } from './arithmetic.js'
import { type OverAxes, countOver, dropAxes, reduceOver } from './alongBlock.js'
import { divNoNan } from './divNoNan.js'
import { maxPrimitive, minPrimitive } from './minMaxOverAxes.js'
import type { Concrete, Tensor } from './model.js'
import { meanOver } from './reduce.js'
import { type ReduceOptions, type Reduction, axesBehind, drawAxes, reduction } from './reduction.js'
import { cast, expandOver, sumOver } from './structural.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of `variance` and `std`.
 *
 * @example
 * import type { VarianceOptions } from 'pullback/Tensor'
 *
 * const unbiased: VarianceOptions = { axis: 0, correction: 1 }
 * unbiased.correction // => 1
 */
export interface VarianceOptions extends ReduceOptions {
  /** The number that is subtracted from the count in the divisor: 0 by default, 1 for the unbiased estimate. */
  readonly correction?: number
}

/**
 * The options of `norm`.
 *
 * @example
 * import type { NormOptions } from 'pullback/Tensor'
 *
 * const largest: NormOptions = { ord: Infinity }
 * largest.ord // => Infinity
 */
export interface NormOptions extends ReduceOptions {
  /**
   * 1, the sum of absolute values; 2, the Euclidean length, by default; Infinity, the largest absolute value; -Infinity, the
   * smallest.
   */
  readonly ord?: number
}

/** The axes of a variance, and its correction. */
export interface Spread extends OverAxes {
  readonly correction: number
}

const inferType = (x: TensorType, { axes }: Spread): TensorType => ({ shape: dropAxes(x.shape, axes), dtype: x.dtype })

/** The divisor of a variance; as in NumPy never negative. */
export const freedom = (shape: Shape, { axes, correction }: Spread): number =>
  Math.max(0, countOver(shape, axes) - correction)

const evaluateWith =
  (root: boolean) =>
  (x: Concrete, spread: Spread, out: TensorType): Concrete => {
    return reduceOver(x, spread.axes, out, varianceInto(freedom(x.shape, spread), root))
  }

const lessMean = (x: Tensor, axes: readonly number[]): Tensor => sub(x, expandOver(meanOver(x, axes), x.shape, axes))

/** Deviations from the mean, in two steps: the error of the rounded mean is the mean of the deviations. */
const centred = (x: Tensor, axes: readonly number[]): Tensor => lessMean(lessMean(x, axes), axes)

const spreadBehind = (spread: Spread): Spread => ({ ...axesBehind(spread), correction: spread.correction })

/** At least three elements in each lane: of two, the standard deviation is a distance, which has no curvature. */
const drawSpread = (draw: Draw): { readonly operands: readonly Tensor[]; readonly params: Spread } => {
  const shape = draw.shape({ minRank: 1, minSize: 3 })
  const axes = drawAxes(draw, shape)
  return {
    operands: [draw.distinct(shape, real)],
    params: axes.length === 0 ? { axes: [0], correction: 1 } : { axes, correction: draw.pick([0, 1]) }
  }
}

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

/** The mean of squared deviations from the mean, over axes, which disappear. */
export const variancePrimitive: Primitive<Spread> = coded(
  op<1, Spread>({
    name: 'variance',
    kind: 'reduce',
    arity: 1,
    infer: inferType,
    evaluate: evaluateWith(false),
    jvp: [(tangent, x, _out, spread) => sumOver(guardedMul(tangent, slope(x, spread)), spread.axes)],
    vjp: [(x, _out, spread) => (ct) => guardedMul(expandOver(ct, x.shape, spread.axes), slope(x, spread))],
    batch: (operands, _mapped, spread) => bindOne(variancePrimitive, operands, spreadBehind(spread)),
    sample: drawSpread
  })
)

/** The derivative of a variance in each element: `2 (x - mean) / (n - correction)`. */
const slope = (x: Tensor, spread: Spread): Tensor => mul(centred(x, spread.axes), 2 / freedom(x.shape, spread))

/** The square root of the variance; its derivative is 0 where all elements are equal. */
export const stdPrimitive: Primitive<Spread> = coded(
  op<1, Spread>({
    name: 'std',
    kind: 'reduce',
    arity: 1,
    infer: inferType,
    evaluate: evaluateWith(true),
    jvp: [(tangent, x, out, spread) => sumOver(guardedMul(tangent, stdSlope(x, out, spread)), spread.axes)],
    vjp: [(x, out, spread) => (ct) => guardedMul(expandOver(ct, x.shape, spread.axes), stdSlope(x, out, spread))],
    batch: (operands, _mapped, spread) => bindOne(stdPrimitive, operands, spreadBehind(spread)),
    sample: drawSpread
  })
)

/** The derivative of a standard deviation in each element: `(x - mean) / (n - correction) / std`. */
const stdSlope = (x: Tensor, out: Tensor, spread: Spread): Tensor =>
  divNoNan(div(centred(x, spread.axes), freedom(x.shape, spread)), expandOver(out, x.shape, spread.axes))

/** The Euclidean length over axes, which disappear; its derivative is 0 at length 0. */
export const normPrimitive: Primitive<OverAxes> = coded(
  op<1, OverAxes>({
    name: 'norm',
    kind: 'reduce',
    arity: 1,
    infer: (x, { axes }) => ({ shape: dropAxes(x.shape, axes), dtype: x.dtype }),
    evaluate: (x, { axes }, out) => reduceOver(x, axes, out, normInto),
    jvp: [(tangent, x, out, { axes }) => sumOver(guardedMul(tangent, direction(x, out, axes)), axes)],
    vjp: [
      (x, out, { axes }) =>
        (ct) =>
          guardedMul(expandOver(ct, x.shape, axes), direction(x, out, axes))
    ],
    batch: (operands, _mapped, params) => bindOne(normPrimitive, operands, axesBehind(params)),
    sample: (draw) => {
      const shape = draw.shape({ minRank: 1, minSize: 2 })
      const axes = drawAxes(draw, shape)
      return { operands: [draw.tensor(shape, real)], params: { axes: axes.length === 0 ? [shape.length - 1] : axes } }
    }
  })
)

/** The vector of length 1 in the direction of each lane; of a zero lane, zero. */
const direction = (x: Tensor, out: Tensor, axes: readonly number[]): Tensor =>
  divNoNan(x, expandOver(out, x.shape, axes))

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

const spreadReduction = (name: string, primitive: Primitive<Spread>): Reduction<VarianceOptions> =>
  reduction<VarianceOptions>(
    name,
    (x, axes, { correction = 0 }) => bindOne(primitive, [cast(x, toFloat(x.dtype))], { axes, correction }),
    { correction: finite }
  )

/**
 * The variance over axes, or of all elements: `sum (x - mean)^2 / (n - correction)`. Integers become float32; where nothing
 * is left to divide by it is infinite, and NaN where all elements are equal, as in NumPy.
 *
 * Computed in double, about the mean, so that a large mean costs no digits, with the sums of `sum`, and rounded once: in float32
 * to 0.501 units in the last place, for lanes of up to a million.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.variance(T.of([1, 2, 3, 4])) // => T.scalar(1.25)
 * pipe(T.of([[1, 3], [5, 5]]), T.variance({ axis: 1, correction: 1 })) // => T.of([2, 0])
 */
export const variance: Reduction<VarianceOptions> = spreadReduction('variance', variancePrimitive)

/**
 * The standard deviation over axes, or of all elements: the square root of `variance` before that is rounded, so that it is
 * itself rounded once. Its derivative is 0 where all elements are equal, to any order.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.std(T.of([1, 3])) // => T.scalar(1)
 * pipe(T.of([[1, 3], [5, 5]]), T.std({ axis: 1 })) // => T.of([1, 0])
 * grad((x: T.Tensor<[2]>) => T.std(x))(T.of([5, 5])) // => T.of([0, 0])
 */
export const std: Reduction<VarianceOptions> = spreadReduction('std', stdPrimitive)

/**
 * The norm of the elements over axes, or of all of them: the Euclidean length `sqrt(sum x^2)`, with `ord: 1` the sum of
 * absolute values, with `ord: Infinity` the largest of them, with `ord: -Infinity` the smallest, which without elements throws a
 * `ShapeError`. Of a matrix it is the Frobenius norm. Integers become float32.
 *
 * The squares neither overflow nor underflow. They are added in double as by `sum`, and the root is rounded once: in float32 to
 * 0.501 units in the last place, for lanes of up to a million. The derivative is 0 at a zero vector, to any order, so that of the square of a
 * norm is not right there: write `T.sum(T.square(x))` for the square. Another `ord` throws a `TypeError`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.norm(T.of([3, 4])) // => T.scalar(5)
 * T.norm(T.of([3, -4]), { ord: -Infinity }) // => T.scalar(3)
 * pipe(T.of([[3, -4], [0, 0]]), T.norm({ axis: 1, ord: 1 })) // => T.of([7, 0])
 * grad((x: T.Tensor<[2]>) => T.norm(x))(T.of([0, 0])) // => T.of([0, 0])
 */
export const norm: Reduction<NormOptions> = reduction<NormOptions>(
  'norm',
  (x, axes, { ord = 2 }) => {
    const real32 = cast(x, toFloat(x.dtype))
    if (ord === 2 && countOver(x.shape, axes) !== 1) return bindOne(normPrimitive, [real32], { axes })
    if (ord === 2 || ord === 1) return sumOver(abs(real32), axes)
    return ord === Infinity ? largest(real32, axes) : smallest(real32, axes)
  },
  { ord: oneOf(1, 2, Infinity, -Infinity) }
)

/** The largest absolute value; of nothing, 0. */
const largest = (x: Tensor, axes: readonly number[]): Tensor =>
  countOver(x.shape, axes) === 0 ? sumOver(x, axes) : bindOne(maxPrimitive, [abs(x)], { axes })

/** The smallest absolute value. */
const smallest = (x: Tensor, axes: readonly number[]): Tensor => {
  if (countOver(x.shape, axes) > 0) return bindOne(minPrimitive, [abs(x)], { axes })
  const rule = `shape ${show(x.shape)} is empty along axes ${show(axes)}; for ord -Infinity, expected at least one element`
  throw new ShapeError('norm', [x.shape], rule)
}
