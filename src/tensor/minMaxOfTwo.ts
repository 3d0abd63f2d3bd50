/** The larger and the smaller of two, elementwise; and the rectifier and `clamp`, which are made of them. */
import * as E from '../primitive/expression.js'
import { options, number } from '../internal/options.js'
import { dataFirst } from '../internal/dual.js'
import { gateLoops, reluLoops } from '../kernel/arithmetic.js'
import { passed, rectified } from '../kernel/scalars.js'
import type { UnaryLoop } from '../kernel/elementwise.js'
import { awayFrom, real } from '../primitive/domain.js'
import { type Binary, type Unary, besideNumber, binary, unary, unaryPrimitive } from '../primitive/elementwise.js'
import { round } from '../DType.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { requireTensor } from '../internal/require.js'
import type { Shape } from '../shape/model.js'
import { greaterEqual, lessEqual } from './comparison.js'
import { stopGradient } from './cast.js'
import { logicalOr } from './logical.js'
import { type Tensor, fill } from './model.js'
import { where } from './select.js'
import { cast } from './structural.js'

const awayFromZero = awayFrom([0])(real)
const awayFromBounds = awayFrom([-1, 1])(real)

const zeroLike = (x: Tensor): Tensor => fill(x.shape, x.dtype, 0)

// -----------------------------------------------------------------------------
// two operands
// -----------------------------------------------------------------------------

/**
 * The larger of two; NaN when either is. The derivative goes to the larger one; at a tie half of it goes to each.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.maximum(T.of([1, 5]), T.of([3, 4])) // => T.of([3, 5])
 * grad((x: T.Tensor<[]>) => T.maximum(x, 0))(T.scalar(0)) // => T.scalar(0.5)
 */
export const maximum: Binary<'maximum'> = binary({
  name: 'maximum',
  domains: [real, real],
  distinct: true,
  scalar: E.call('max', E.x, E.y),
  loop: (n, x, p, pStep, y, q, qStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep, q += qStep) out[to] = Math.max(x[p]!, y[q]!)
  },
  df: [(x, y) => preference(x, y), (x, y) => preference(y, x)]
})

/**
 * The smaller of two; NaN when either is. The derivative goes to the smaller one; at a tie half of it goes to each.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.minimum(T.of([1, 5]), T.of([3, 4])) // => T.of([1, 4])
 */
export const minimum: Binary<'minimum'> = binary({
  name: 'minimum',
  domains: [real, real],
  distinct: true,
  scalar: E.call('min', E.x, E.y),
  loop: (n, x, p, pStep, y, q, qStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep, q += qStep) out[to] = Math.min(x[p]!, y[q]!)
  },
  df: [(x, y) => preference(y, x), (x, y) => preference(x, y)]
})

/** 1 where x > y, 1/2 at a tie, 0 where x < y, and NaN beside NaN; its derivative is 0. */
export const preference: Binary<'preference'> = binary({
  name: 'preference',
  domains: [real, real],
  distinct: true,
  f: (x, y) => (x > y ? 1 : x < y ? 0 : x === y ? 0.5 : NaN),
  scalar: E.select(E.greater(E.x, E.y), 1, E.select(E.less(E.x, E.y), 0, E.select(E.equal(E.x, E.y), 0.5, NaN))),
  loop: (n, x, p, pStep, y, q, qStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep, q += qStep) {
      const a = x[p]!
      const b = y[q]!
      out[to] = a > b ? 1 : a < b ? 0 : a === b ? 0.5 : NaN
    }
  }
})

// -----------------------------------------------------------------------------
// the rectifier
// -----------------------------------------------------------------------------

/**
 * The rectifier, max(x, 0); its derivative is 0 at 0.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.relu(T.of([1, -2, 3])) // => T.of([1, 0, 3])
 * grad(T.relu)(T.scalar(0)) // => T.scalar(0)
 */
export const relu: Unary = unary({
  name: 'relu',
  domain: awayFromZero,
  f: rectified,
  scalar: E.select(E.lessEqual(E.x, 0), 0, E.x),
  loops: reluLoops,
  diagonal: (x) => (t) => gate(t, stopGradient(x)),
  accepts: 'number'
})

/** t where x > 0, else 0: the cotangent of the rectifier in one pass. Linear in t, and constant in x. */
export const gate: Binary<'gate'> = binary({
  name: 'gate',
  domains: [real, awayFromZero],
  f: passed,
  scalar: E.select(E.lessEqual(E.y, 0), 0, E.x),
  loops: gateLoops,
  diagonal: [(_t, x) => (u) => gate(u, x), () => zeroLike]
})

// -----------------------------------------------------------------------------
// bounds
// -----------------------------------------------------------------------------

/**
 * Bounds for `clamp`; one that is left out does not bind.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const atLeastZero: T.Bounds = { min: 0 }
 * T.clamp(T.of([-1, 1]), atLeastZero) // => T.of([0, 1])
 */
export interface Bounds {
  readonly min?: number
  readonly max?: number
}

interface Clamp {
  <S extends Shape>(x: Tensor<S>, bounds: Bounds): Tensor<S>
  <S extends Shape>(x: Tensor<S>, min: number, max: number): Tensor<S>
  (bounds: Bounds): <S extends Shape>(x: Tensor<S>) => Tensor<S>
  (min: number, max: number): <S extends Shape>(x: Tensor<S>) => Tensor<S>
}

type Limits = Required<Bounds>

const heldBy =
  ({ min, max }: Limits) =>
  (x: number): number =>
    x < min ? min : x > max ? max : x

const clampLoop =
  ({ min, max }: Limits): UnaryLoop =>
  (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) {
      const value = x[p]!
      out[to] = value < min ? min : value > max ? max : value
    }
  }

/** The cotangent where neither bound binds. */
const within = (t: Tensor, x: Tensor, { min, max }: Limits): Tensor => {
  if (min === -Infinity) return max === Infinity ? t : where(greaterEqual(x, max), 0, t)
  return where(max === Infinity ? lessEqual(x, min) : logicalOr(lessEqual(x, min), greaterEqual(x, max)), 0, t)
}

/** x held within bounds; a missing bound is infinite. */
export const clampPrimitive: Primitive<Limits> = unaryPrimitive<Limits>({
  name: 'clamp',
  kernel: (_dtype, limits) => ({ f: heldBy(limits), loop: clampLoop(limits) }),
  scalar: E.select(
    E.less(E.x, E.parameter('min')),
    E.parameter('min'),
    E.select(E.greater(E.x, E.parameter('max')), E.parameter('max'), E.x)
  ),
  diagonal: (x, _y, limits) => (t) => within(t, x, limits),
  sample: (draw) => ({
    operands: [draw.tensor(draw.shape(), awayFromBounds)],
    params: draw.pick([
      { min: -1, max: 1 },
      { min: -1, max: Infinity },
      { min: -Infinity, max: 1 }
    ])
  })
})

const holdWithin = (x: Tensor, { min, max }: Limits): Tensor => {
  requireTensor('clamp', x)
  if (!(min <= max)) throw new RangeError(`clamp: min is ${min} and max is ${max}; expected min <= max`)
  const dtype = x.dtype === 'bool' ? 'int32' : x.dtype
  const limit = (bound: number): number => {
    if (Math.abs(bound) === Infinity) return bound
    besideNumber('clamp', 'number', bound, dtype)
    return round(dtype, bound)
  }
  return bindOne(clampPrimitive, [cast(x, dtype)], { min: limit(min), max: limit(max) })
}

const isNumber = (bound: number): boolean => !Number.isNaN(bound)

const checkBounds = options<Bounds>('clamp', {
  min: number('a number', isNumber),
  max: number('a number', isNumber)
})

/**
 * x held within bounds: `min` where it is less, `max` where it is more. The derivative is 1 between the bounds, and 0 on them and
 * beyond.
 *
 * The bounds are numbers, as two arguments or by name. A `min` above `max` throws.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.clamp(T.of([-2, 0.5, 3]), -1, 1) // => T.of([-1, 0.5, 1])
 * pipe(T.of([-2, 0.5, 3]), T.clamp({ min: 0 })) // => T.of([0, 0.5, 3])
 */
export const clamp: Clamp = dataFirst<Clamp>('clamp', (x: Tensor, first: Bounds | number, second?: number): Tensor => {
  if (typeof first === 'number') return holdWithin(x, { min: first, max: second ?? Infinity })
  checkBounds(first)
  return holdWithin(x, { min: first.min ?? -Infinity, max: first.max ?? Infinity })
})
