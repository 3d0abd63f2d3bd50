/** Normal numbers, whole and truncated; Gumbel numbers. */
import { coded } from '../primitive/code.js'
import type { FloatDType } from '../DType.js'
import type { Options } from '../internal/options.js'
import type { Scalar1 } from '../kernel/elementwise.js'
import { log } from '../kernel/functions/log.js'
import { erfInvBy } from '../kernel/special/erfInverse.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { type Shape, ShapeError, requireSizes, validate } from '../shape/model.js'
import type { Mutable } from '../shape/static.js'
import { add, mul, neg, sub } from '../tensor/arithmetic.js'
import { lessEqual } from '../tensor/comparison.js'
import { maximum, minimum } from '../tensor/minMaxOfTwo.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { where } from '../tensor/select.js'
import { erfc, erfcInv } from '../tensor/special.js'
import { cast } from '../tensor/structural.js'
import { draw, drawByShape } from './dataLast.js'
import type { Key } from './model.js'
import { asTensor, floatOf, requireFits, requireFloatType } from './uniform.js'
import { type DrawParams, drawing } from './unit.js'

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

/** The logarithm of draws: in float32 the library's, so that they are the same on every engine. */
const logOf = (dtype: FloatDType): Scalar1 => (dtype === 'float32' ? log : Math.log)

/** sqrt(2) erfInv(v), where v is u moved to the middle of its step and stretched to (-1, 1), exactly. */
export const normalPrimitive: Primitive<DrawParams> = coded(
  drawing('normal', (bits, dtype) => {
    const step = 2 ** -bits
    const inverse = erfInvBy(logOf(dtype))
    return (u) => Math.SQRT2 * inverse(2 * u - 1 + step)
  })
)

/** Uniform numbers in (0, 1): 0 is moved half a step up. */
const open =
  (bits: number): ((u: number) => number) =>
  (u) =>
    u === 0 ? 2 ** (-bits - 1) : u

/** -log(-log(u)). */
export const gumbelPrimitive: Primitive<DrawParams> = coded(
  drawing('gumbel', (bits, dtype) => {
    const inside = open(bits)
    const ln = logOf(dtype)
    return (u) => -ln(-ln(inside(u)))
  })
)

/** Uniform numbers in (0, 1). */
export const unitOpenPrimitive: Primitive<DrawParams> = coded(drawing('truncatedNormal', open), 'unitOpen')

// -----------------------------------------------------------------------------
// draws
// -----------------------------------------------------------------------------

/** The check of a dtype, for draws that take one in place of options. */
/* @__NO_SIDE_EFFECTS__ */
const checkType = (operation: string): Options =>
  Object.assign(
    (dtype: unknown): void => {
      if (dtype !== undefined) requireFloatType(operation, dtype)
    },
    { operation }
  )

const plain =
  (operation: string, primitive: Primitive<DrawParams>) =>
  (key: Key, shape: Shape, dtype: FloatDType = 'float32'): Tensor =>
    bindOne(primitive, [key], { shape: validate(operation, shape), dtype })

/** A draw of a standard distribution. */
interface Standard {
  <const S extends Shape>(key: Key, shape: S, dtype?: FloatDType): Tensor<Mutable<S>>
  <const S extends Shape>(shape: S, dtype?: FloatDType): (key: Key) => Tensor<Mutable<S>>
}

/**
 * Standard normal numbers, of mean 0 and variance 1: sqrt(2) erfInv(v), where v is uniform on the odd multiples of
 * 2^-24 (float32) or 2^-53 (float64) in (-1, 1). Always finite: at most 5.42 in size in float32, and 8.30 in float64.
 *
 * Other means and deviations are ordinary arithmetic, and so differentiable in both: `T.add(mean, T.mul(std, z))`.
 * Data-last: `normal(shape)(key)`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { grad } from 'pullback/Grad'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const z: T.Tensor<[3]> = pipe(Random.key(0), Random.normal([3]))
 * const draw = (std: T.Tensor<[]>) => T.sum(T.add(T.mul(z, std), 10))
 * T.isClose(grad(draw)(T.scalar(2)), T.sum(z)) // => true
 */
export const normal: Standard = drawByShape<Standard>(checkType('normal'), plain('normal', normalPrimitive))

/**
 * Standard Gumbel numbers: -log(-log(u)). The index of the largest of `logits + gumbel` is a draw from the softmax of
 * the logits, which is how `categorical` draws. Data-last: `gumbel(shape)(key)`.
 *
 * @example
 * import * as Random from 'pullback/Random'
 *
 * Random.gumbel(Random.key(0), [2, 3]).shape // => [2, 3]
 */
export const gumbel: Standard = drawByShape<Standard>(checkType('gumbel'), plain('gumbel', gumbelPrimitive))

// -----------------------------------------------------------------------------
// truncation
// -----------------------------------------------------------------------------

/** How far from 0 an interval may begin: beyond, float64 cannot hold the probabilities. */
const reach = 37

const requireInterval = (lower: number | Tensor, upper: number | Tensor): void => {
  const refuse = (given: string, expected: string): ShapeError =>
    new ShapeError('truncatedNormal', [], `${given}; expected ${expected}`)
  if (!isTensor(lower) && !(lower <= reach)) throw refuse(`lower is ${lower}`, `a number of at most ${reach}`)
  if (!isTensor(upper) && !(upper >= -reach)) throw refuse(`upper is ${upper}`, `a number of at least ${-reach}`)
  if (!isTensor(lower) && !isTensor(upper) && !(lower < upper)) {
    throw refuse(`lower is ${lower} and upper is ${upper}`, 'lower < upper')
  }
}

/**
 * The positive number that a draw between two bounds exceeds with probability `1 - u`.
 *
 * `share` is the probability of the tail, erfc(x / sqrt(2)), which does not cancel even for bounds far from 0.
 */
const above = (from: Tensor, to: Tensor, u: Tensor): readonly [share: Tensor, z: Tensor] => {
  const least = erfc(mul(to, Math.SQRT1_2))
  const share = add(least, mul(sub(erfc(mul(from, Math.SQRT1_2)), least), sub(1, u)))
  return [share, mul(erfcInv(minimum(share, 1)), Math.SQRT2)]
}

/**
 * Standard normal numbers, given that they lie between two bounds. They are sqrt(2) erfcInv(q), with q uniform between
 * erfc(lower / sqrt(2)) and erfc(upper / sqrt(2)), on the side where these are small; computed in float64 and rounded to
 * `dtype`. Always within the bounds, as `dtype` holds them.
 *
 * A bound is a number, possibly infinite, or a tensor that broadcasts to the shape. Differentiable in both bounds. The
 * interval must reach within 37 of 0. The variance is below 1: 0.774 between -2 and 2. Data-last:
 * `truncatedNormal(lower, upper, shape)(key)`.
 *
 * @throws ShapeError for bounds that are not an interval, or do not broadcast to the shape
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const z: T.Tensor<[100]> = pipe(Random.key(0), Random.truncatedNormal(-2, 2, [100]))
 * T.item(T.all(T.lessEqual(T.abs(z), 2))) // => 1
 */
export const truncatedNormal: {
  <const S extends Shape>(
    key: Key,
    lower: number | Tensor,
    upper: number | Tensor,
    shape: S,
    dtype?: FloatDType
  ): Tensor<Mutable<S>>
  <const S extends Shape>(
    lower: number | Tensor,
    upper: number | Tensor,
    shape: S,
    dtype?: FloatDType
  ): (key: Key) => Tensor<Mutable<S>>
} = draw(
  'truncatedNormal',
  (args) => {
    const isFirst = Array.isArray(args[3])
    if (!isFirst) requireSizes('truncatedNormal', args[2])
    checkType('truncatedNormal')(args[isFirst ? 4 : 3])
    return isFirst
  },
  (
    key: Key,
    lower: number | Tensor,
    upper: number | Tensor,
    shape: Shape,
    dtype: FloatDType = floatOf(lower, upper)
  ) => {
    const sizes = validate('truncatedNormal', shape)
    requireFits('truncatedNormal', 'lower', lower, sizes)
    requireFits('truncatedNormal', 'upper', upper, sizes)
    requireInterval(lower, upper)
    const from = cast(asTensor(lower, 'float64'), 'float64')
    const to = cast(asTensor(upper, 'float64'), 'float64')
    const u = bindOne<DrawParams>(unitOpenPrimitive, [key], { shape: sizes, dtype: 'float64' })
    const [share, right] = above(from, to, u)
    const [, left] = above(neg(to), neg(from), sub(1, u))
    const z = where(lessEqual(share, 1), right, neg(left))
    return cast(minimum(maximum(z, from), to), dtype)
  }
)
