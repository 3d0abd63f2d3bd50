/** Tensors made from a description: constants, the identity, ranges. */
import { describe, refusal } from '../internal/describe.js'
import { type DType, allocate, round } from '../DType.js'
import { type Shape, ShapeError, validate } from '../shape/model.js'
import type { Mutable } from '../shape/static.js'
import { requireElement, requireHeld } from './literal.js'
import { type Tensor, fill, fromData } from './model.js'
import { requireDType, requireTensor } from '../internal/require.js'
import { typed } from './typed.js'

// -----------------------------------------------------------------------------
// constants
// -----------------------------------------------------------------------------

const constant = <S extends Shape>(operation: string, shape: S, value: number, dtype: DType): Tensor<Mutable<S>> => {
  requireHeld(operation, dtype, value)
  return typed(fill(validate(operation, shape), dtype, value))
}

/**
 * A tensor of zeros, float32 by default.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const x: T.Tensor<[2, 3]> = T.zeros([2, 3])
 * x // => T.of([[0, 0, 0], [0, 0, 0]])
 */
export const zeros = <const S extends Shape>(shape: S, dtype: DType = 'float32'): Tensor<Mutable<S>> =>
  constant('zeros', shape, 0, dtype)

/**
 * A tensor of ones, float32 by default.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.ones([2], 'int32') // => T.of([1, 1], 'int32')
 */
export const ones = <const S extends Shape>(shape: S, dtype: DType = 'float32'): Tensor<Mutable<S>> =>
  constant('ones', shape, 1, dtype)

/**
 * A tensor with one value everywhere: a number gives float32 and a boolean bool by default. The value is
 * stored once.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.full([2, 2], 7) // => T.of([[7, 7], [7, 7]])
 * T.full([2], true) // => T.of([true, true])
 */
export const full = <const S extends Shape>(shape: S, value: number | boolean, dtype?: DType): Tensor<Mutable<S>> => {
  requireElement('full', value)
  return constant('full', shape, Number(value), dtype ?? (typeof value === 'boolean' ? 'bool' : 'float32'))
}

/**
 * Zeros of the shape and the element type of another tensor.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.zerosLike(T.of([1, 2], 'int32')) // => T.of([0, 0], 'int32')
 */
export const zerosLike = <S extends Shape>(x: Tensor<S>): Tensor<S> => {
  requireTensor('zerosLike', x)
  return typed(fill(x.shape, x.dtype, 0))
}

/**
 * Ones of the shape and the element type of another tensor.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.onesLike(T.of([1, 2], 'float64')) // => T.of([1, 1], 'float64')
 */
export const onesLike = <S extends Shape>(x: Tensor<S>): Tensor<S> => {
  requireTensor('onesLike', x)
  return typed(fill(x.shape, x.dtype, 1))
}

/** Whether an argument is the element type, which comes last: of `(n, m, dtype)`, `m` may be left out. */
const isDType = (x: number | DType | undefined): x is DType => typeof x === 'string'

/**
 * The identity matrix: ones on the main diagonal, `n` rows and as many columns, or `m`, float32 by default.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.eye(2) // => T.of([[1, 0], [0, 1]])
 * T.eye(2, 3, 'int32') // => T.of([[1, 0, 0], [0, 1, 0]], 'int32')
 * T.eye(2, 'float64').dtype // => 'float64'
 */
export const eye: {
  <const N extends number>(n: N, dtype?: DType): Tensor<[N, N]>
  <const N extends number, const M extends number>(n: N, m: M, dtype?: DType): Tensor<[N, M]>
} = (n: number, second?: number | DType, third?: DType): Tensor<never> => {
  const columns = isDType(second) ? n : (second ?? n)
  const dtype = (isDType(second) ? second : third) ?? 'float32'
  requireDType('eye', dtype)
  const shape = validate('eye', [n, columns])
  const data = allocate(dtype, n * columns)
  for (let i = 0; i < Math.min(n, columns); i++) data[i * columns + i] = 1
  return typed(fromData(shape, dtype, data))
}

// -----------------------------------------------------------------------------
// ranges
// -----------------------------------------------------------------------------

/** The length of `arange(stop)`: `stop` itself when it is a literal whole number of 0 or more. */
type Count<N extends number> = number extends N
  ? number
  : `${N}` extends `-${string}` | `${string}.${string}` | `${string}e${string}` | 'Infinity' | 'NaN'
    ? number
    : N

const requireFinite = (operation: string, name: string, value: number): void => {
  if (!Number.isFinite(value))
    throw new ShapeError(operation, [], `${name} is ${describe(value)}; expected a finite number`)
}

const range = (start: number, stop: number, step: number, dtype: DType): Tensor => {
  requireDType('arange', dtype)
  requireFinite('arange', 'start', start)
  requireFinite('arange', 'stop', stop)
  if (!Number.isFinite(step) || step === 0) {
    throw new ShapeError('arange', [], `step is ${describe(step)}; expected a finite number other than 0`)
  }
  const count = Math.max(0, Math.ceil((stop - start) / step))
  const data = allocate(dtype, count)
  for (let i = 0; i < count; i++) {
    const value = start + i * step
    requireHeld('arange', dtype, value)
    data[i] = value
  }
  return fromData(validate('arange', [count]), dtype, data)
}

/**
 * Evenly spaced numbers from `start` (0) up to but not including `stop`, `step` (1) apart: `start + i step` for `i`
 * below `ceil((stop - start) / step)`, float32 by default. For a fractional step use `linspace`,
 * whose length does not depend on rounding.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.arange(4) // => T.of([0, 1, 2, 3])
 * T.arange(4, 'int32') // => T.of([0, 1, 2, 3], 'int32')
 * T.arange(5, 0, -2) // => T.of([5, 3, 1])
 */
export const arange: {
  <const N extends number>(stop: N, dtype?: DType): Tensor<[Count<N>]>
  (start: number, stop: number, step?: number, dtype?: DType): Tensor<[number]>
} = (first: number, second?: number | DType, step = 1, dtype: DType = 'float32'): Tensor<never> =>
  typed(typeof second === 'number' ? range(first, second, step, dtype) : range(0, first, 1, second ?? dtype))

/**
 * `count` evenly spaced numbers from `start` to `stop`, both included and exact, float32 by default.
 *
 * @throws RangeError when `dtype` cannot hold an end, such as 1e39 in float32
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const x: T.Tensor<[5]> = T.linspace(0, 1, 5)
 * x // => T.of([0, 0.25, 0.5, 0.75, 1])
 */
export const linspace = <const N extends number>(
  start: number,
  stop: number,
  count: N,
  dtype: DType = 'float32'
): Tensor<[N]> => {
  requireDType('linspace', dtype)
  requireFinite('linspace', 'start', start)
  requireFinite('linspace', 'stop', stop)
  for (const [name, end] of Object.entries({ start, stop })) {
    if (Number.isFinite(round(dtype, end))) continue
    throw new RangeError(refusal('linspace', name, end, `a number that ${dtype} holds`))
  }
  const shape = validate('linspace', [count])
  const data = allocate(dtype, count)
  const last = count - 1
  // Half of the ends, where their difference would overflow.
  const unit = Number.isFinite(stop - start) ? 1 : 2
  const [from, to] = [start / unit, stop / unit]
  const between = (i: number): number =>
    2 * i < last ? from + (to - from) * (i / last) : to - (to - from) * ((last - i) / last)
  for (let i = 0; i < count; i++) {
    // From the nearer end, so that both ends are exact and the points lie symmetrically.
    const value = i === 0 ? start : i === last ? stop : unit * between(i)
    requireHeld('linspace', dtype, value)
    data[i] = value
  }
  return typed(fromData(shape, dtype, data))
}
