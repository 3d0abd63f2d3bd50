/** Bits, and uniform numbers. */
import { coded } from '../primitive/code.js'
import { options, checkedLater } from '../internal/options.js'
import { type DType, type FloatDType, allocate, promote, round, toFloat } from '../DType.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { describe, isOptions } from '../internal/describe.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import { op } from '../primitive/op.js'
import { bottom } from '../primitive/traced.js'
import { type Shape, ShapeError, broadcast, equals, positionAt, show, size, validate } from '../shape/model.js'
import type { Mutable } from '../shape/static.js'
import { add, mul, sub } from '../tensor/arithmetic.js'
import { greater } from '../tensor/comparison.js'
import { type Tensor, contiguous, fromData, fromNumber, isTensor } from '../tensor/model.js'
import { type ToShape, cast } from '../tensor/structural.js'
import { drawByShape } from './dataLast.js'
import { type Key, drawnWith, forEachKey } from './model.js'
import { type DrawParams, drawing, sampleKey, wordsFrom } from './unit.js'

// -----------------------------------------------------------------------------
// bits
// -----------------------------------------------------------------------------

/** The words of the stream of a key. */
export const bitsPrimitive: Primitive<ToShape> = coded(
  op<1, ToShape>({
    name: 'bits',
    kind: 'random',
    arity: 1,
    infer: (keys, { shape }) => ({ shape: drawnWith(keys, shape), dtype: 'int32' }),
    evaluate: (keys, { shape }, out) => {
      const n = size(shape)
      const data = allocate('int32', size(out.shape))
      forEachKey(keys, (key, i) => data.set(wordsFrom(key, n), i * n))
      return fromData(out.shape, 'int32', data)
    },
    jvp: undefined,
    vjp: undefined,
    batch: (operands, _mapped, params) => bindOne(bitsPrimitive, operands, params),
    sample: (draw) => ({ operands: [sampleKey(draw)], params: { shape: draw.shape() } })
  })
)

/**
 * Random bits: int32 numbers, uniform on all 2^32. Data-last: `bits(shape)(key)`.
 *
 * Elements 2 i and 2 i + 1 are the Threefry-2x32 block (20 rounds) of the counter i under the key, so the first
 * elements do not depend on how many are drawn. Source: J. K. Salmon et al., Parallel random numbers: as easy as 1, 2,
 * 3, SC'11 (2011).
 *
 * @example
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * Random.bits(Random.key(0), [2]) // => T.of([0x6b200159 | 0, 0x99ba4efe | 0], 'int32')
 */
export const bits: {
  <const S extends Shape>(key: Key, shape: S): Tensor<Mutable<S>>
  <const S extends Shape>(shape: S): (key: Key) => Tensor<Mutable<S>>
} = drawByShape('bits', (key: Key, shape: Shape) => bindOne(bitsPrimitive, [key], { shape: validate('bits', shape) }))

// -----------------------------------------------------------------------------
// uniform numbers
// -----------------------------------------------------------------------------

/** Uniform numbers in [0, 1). */
export const uniformPrimitive: Primitive<DrawParams> = coded(drawing('uniform', () => (u) => u))

/**
 * The bounds of the draws, and their dtype.
 *
 * @example
 * import * as Random from 'pullback/Random'
 *
 * const options: Random.UniformOptions = { low: -1, high: 1, dtype: 'float64' }
 * Random.uniform(Random.key(0), [2], options).dtype // => 'float64'
 */
export interface UniformOptions {
  /** The lower bound, included; 0 by default. A tensor must broadcast to the shape. */
  readonly low?: number | Tensor
  /** The upper bound, excluded up to rounding; 1 by default. A tensor must broadcast to the shape. */
  readonly high?: number | Tensor
  /** By default the dtype of the bounds that are tensors, else float32. */
  readonly dtype?: FloatDType
}

/** The float type of draws by their parameters: the widest type of those that are tensors, else float32. */
export const floatOf = (...parameters: readonly (number | Tensor | undefined)[]): FloatDType =>
  toFloat(parameters.reduce<DType>((dtype, each) => (isTensor(each) ? promote(dtype, each.dtype) : dtype), 'bool'))

/** A parameter as a tensor. */
export const asTensor = (parameter: number | Tensor, dtype: FloatDType): Tensor =>
  isTensor(parameter) ? parameter : fromNumber(dtype, parameter)

/** Refuses a dtype that draws cannot have. */
export const requireFloatType = (operation: string, dtype: unknown): void => {
  if (dtype === 'float32' || dtype === 'float64') return
  const remedy = isOptions(dtype) ? ` itself, as in ${operation}(key, ..., 'float64')` : ''
  throw new DTypeError(operation, `dtype is ${describe(dtype)}; expected 'float32' or 'float64'${remedy}`)
}

/** Refuses a parameter that is neither a number nor a tensor that broadcasts to the shape of the draw. */
export const requireFits = (operation: string, name: string, parameter: number | Tensor, shape: Shape): void => {
  if (typeof parameter === 'number') return
  requireTensor(operation, parameter, name)
  const both = broadcast(parameter.shape, shape)
  if (both !== undefined && equals(both, shape)) return
  const expected = `for draws of shape ${show(shape)}, expected a shape that broadcasts to it`
  throw new ShapeError(operation, [parameter.shape, shape], `${name} has shape ${show(parameter.shape)}; ${expected}`)
}

/** Refuses bounds of an interval unless the lower one comes first, and a type holds their difference. */
export const requireBounds = (operation: string, low: number, high: number, dtype: FloatDType): void => {
  if (low <= high && round(dtype, high - low) < Infinity) return
  throw new RangeError(
    `${operation}: low is ${low} and high is ${high}; expected low <= high and a difference that ${dtype} holds`
  )
}

/** Refuses bounds of which one is a tensor unless the lower one comes first, where they can be read. */
const requireOrder = (low: number | Tensor, high: number | Tensor, dtype: FloatDType): void => {
  const wrong = bottom(greater(asTensor(low, dtype), asTensor(high, dtype)))
  if (wrong === undefined) return
  const { data, offset } = contiguous(wrong)
  for (let i = 0; i < size(wrong.shape); i++) {
    if (data[offset + i] === 0) continue
    const place = wrong.shape.length === 0 ? '' : ` at ${show(positionAt(i, wrong.shape))}`
    throw new RangeError(`uniform: low is above high${place}; expected low <= high`)
  }
}

const between = (u: Tensor, low: number | Tensor, high: number | Tensor, dtype: FloatDType): Tensor => {
  if (low === 0 && high === 1) return u
  if (!isTensor(low) && !isTensor(high)) return add(mul(u, high - low), low)
  const from = asTensor(low, dtype)
  return cast(add(mul(u, sub(asTensor(high, dtype), from)), from), dtype)
}

/**
 * Uniform numbers in [low, high): `low + (high - low) u`, where u is uniform on the multiples of 2^-24 (float32) or
 * 2^-53 (float64) in [0, 1). Rounding may make a number meet `high` itself where the bounds are not 0 and 1.
 *
 * Differentiable in `low` and `high`. Data-last: `uniform(shape, options)(key)`.
 *
 * @throws DTypeError when `dtype` is not a float type
 * @throws ShapeError when a bound does not broadcast to the shape
 * @throws TypeError for an unknown option
 * @throws RangeError when the bounds are numbers and `low` is above `high`, or their difference is not finite
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const x: T.Tensor<[2, 3]> = Random.uniform(Random.key(0), [2, 3], { low: -1, high: 1 })
 * T.item(T.all(T.less(T.abs(x), 1))) // => 1
 * pipe(Random.key(0), Random.uniform([2])) // => T.of([0.4184571, 0.60049903])
 */
export const uniform: {
  <const S extends Shape>(key: Key, shape: S, options?: UniformOptions): Tensor<Mutable<S>>
  <const S extends Shape>(shape: S, options?: UniformOptions): (key: Key) => Tensor<Mutable<S>>
} = drawByShape(
  options<UniformOptions>('uniform', { low: checkedLater, high: checkedLater, dtype: checkedLater }),
  (key: Key, shape: Shape, given: UniformOptions = {}) => {
    const { low = 0, high = 1, dtype = floatOf(low, high) } = given
    requireFloatType('uniform', dtype)
    const sizes = validate('uniform', shape)
    requireFits('uniform', 'low', low, sizes)
    requireFits('uniform', 'high', high, sizes)
    if (isTensor(low) || isTensor(high)) requireOrder(low, high, dtype)
    else requireBounds('uniform', low, high, dtype)
    return between(bindOne(uniformPrimitive, [key], { shape: sizes, dtype }), low, high, dtype)
  }
)
