/** fp-ts instances of tensors, and closeness. All of them read values, and so refuse those inside a transformation. */
import type { Eq as Equality } from 'fp-ts/lib/Eq.js'
import type { Show as Printing } from 'fp-ts/lib/Show.js'
import type { Data } from '../DType.js'
import { dataAt, dualBy } from '../internal/dual.js'
import { flag, number, options } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import { meeting } from '../primitive/front.js'
import { read } from '../primitive/traced.js'
import { ShapeError, broadcast, equals, show, size } from '../shape/model.js'
import { type Concrete, type Tensor, contiguous, fromNumber } from './model.js'
import { broadcastToPrimitive } from './structural.js'

// -----------------------------------------------------------------------------
// instances
// -----------------------------------------------------------------------------

type Same = (x: number, y: number) => boolean

const allOf = (same: Same, x: Data, xAt: number, y: Data, yAt: number, count: number): boolean => {
  for (let i = 0; i < count; i++) if (!same(x[xAt + i]!, y[yAt + i]!)) return false
  return true
}

const equality = (same: Same): Equality<Tensor> => ({
  equals: (a, b) => {
    const x = read('Eq', a)
    const y = read('Eq', b)
    if (x === y) return true
    if (x.dtype !== y.dtype || !equals(x.shape, y.shape)) return false
    const first = contiguous(x)
    const second = contiguous(y)
    return allOf(same, first.data, first.offset, second.data, second.offset, size(x.shape))
  }
})

/**
 * Equality: the same shape, the same element type and equal elements. NaN equals itself, as reflexivity asks, and 0
 * equals
 * -0. For equality up to rounding see `isClose`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.Eq.equals(T.of([1, NaN]), T.of([1, NaN])) // => true
 * T.Eq.equals(T.of([0]), T.of([-0])) // => true
 * T.Eq.equals(T.of([1]), T.of([1], 'float64')) // => false
 */
export const Eq: Equality<Tensor> = equality((x, y) => x === y || (x !== x && y !== y))

/**
 * Equality of all bits that can be observed: as `Eq`, but 0 and -0 differ.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.eqStrict.equals(T.of([0]), T.of([-0])) // => false
 * T.eqStrict.equals(T.of([NaN]), T.of([NaN])) // => true
 */
export const eqStrict: Equality<Tensor> = equality(Object.is)

/**
 * The printed form: shape, element type and values, in the fewest digits that tell them apart. More than 1000 elements
 * are abridged to the first and last three along each axis.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.Show.show(T.of([[0.1, 2], [3, 4]])) // => 'Tensor<[2, 2], float32> [[0.1, 2], [3, 4]]'
 */
export const Show: Printing<Tensor> = { show: (x) => x.toString() }

// -----------------------------------------------------------------------------
// closeness
// -----------------------------------------------------------------------------

/**
 * How close is close.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const exact: T.Tolerance = { rtol: 0, atol: 0 }
 * T.isClose(T.of([1]), T.of([1]), exact) // => true
 */
export interface Tolerance {
  /** Relative to the size of the second operand; 1e-5 by default. */
  readonly rtol?: number
  /** Absolute; 1e-8 by default. */
  readonly atol?: number
  /** Whether NaN is close to NaN; `false` by default. */
  readonly equalNaN?: boolean
}

const spread = (x: Concrete, shape: readonly number[]): Concrete =>
  equals(x.shape, shape) ? x : broadcastToPrimitive.evaluate([x], { shape })[0]!

const operand = (x: Tensor | number): Concrete =>
  typeof x === 'number' ? fromNumber('float64', x) : read('isClose', x)

const tolerated = number('a number of 0 or more', (value) => value >= 0)

const close = (a: Tensor | number, b: Tensor | number, tolerance: Tolerance = {}): boolean => {
  const { rtol = 1e-5, atol = 1e-8, equalNaN = false } = tolerance
  const x = operand(a)
  const y = operand(b)
  const shape = broadcast(x.shape, y.shape)
  if (shape === undefined) {
    throw new ShapeError(
      'isClose',
      [x.shape, y.shape],
      `${show(x.shape)} and ${show(y.shape)} do not broadcast; ${meeting}`
    )
  }
  const first = contiguous(spread(x, shape))
  const second = contiguous(spread(y, shape))
  const near: Same = (u, v) =>
    u === v || (Number.isFinite(v) && Math.abs(u - v) <= atol + rtol * Math.abs(v)) || (equalNaN && u !== u && v !== v)
  return allOf(near, first.data, first.offset, second.data, second.offset, size(shape))
}

/**
 * Whether all elements of `a` are close to those of `b`: |a - b| <= atol + rtol |b|, after broadcasting, in float64 and
 * whatever the element types. The condition is not symmetric: `b` is the reference. Infinities are close to themselves.
 * `numpy.allclose` has the same defaults. Dual.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.isClose(T.of([1, 2]), T.of([1, 2.00001])) // => true
 * T.isClose(T.of([1, 2]), T.of([1, 2.001])) // => false
 * pipe(T.of([NaN]), T.isClose(NaN, { equalNaN: true })) // => true
 */
export const isClose: {
  (a: Tensor, b: Tensor | number, tolerance?: Tolerance): boolean
  (b: Tensor | number, tolerance?: Tolerance): (a: Tensor) => boolean
} = dualBy(
  dataAt(1, options<Tolerance>('isClose', { rtol: tolerated, atol: tolerated, equalNaN: flag }), (b) => {
    if (typeof b !== 'number') requireTensor('isClose', b)
  }),
  close
)
