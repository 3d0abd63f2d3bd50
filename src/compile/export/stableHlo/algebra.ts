/** Elementwise arithmetic in StableHLO, and conversions between element types. */
import { type DType, isFloat } from '../../../DType.js'
import type { Intrinsic } from '../../../primitive/intrinsics.js'
import type { Shape } from '../../../shape/model.js'
import type { Algebra, Arithmetic } from '../model.js'
import { compare, select } from './operations.js'
import { type Value, type Writer, plain, splat, typed } from './writer.js'

// -----------------------------------------------------------------------------
// functions
// -----------------------------------------------------------------------------

/** Functions of floats by the names of their operations; all have been in the core set from the first version on. */
const ofFloats: { readonly [Name in Intrinsic]?: string } = {
  neg: 'negate',
  abs: 'abs',
  sqrt: 'sqrt',
  floor: 'floor',
  ceil: 'ceil',
  round: 'round_nearest_even',
  exp: 'exponential',
  expm1: 'exponential_minus_one',
  log: 'log',
  log1p: 'log_plus_one',
  tanh: 'tanh',
  sin: 'sine',
  cos: 'cosine',
  cbrt: 'cbrt',
  atan2: 'atan2',
  pow: 'power',
  rem: 'remainder',
  min: 'minimum',
  max: 'maximum'
}

/** Functions of integers; those of floats that leave a whole number as it is have no operation. */
const ofIntegers: { readonly [Name in Intrinsic]?: string } = {
  neg: 'negate',
  abs: 'abs',
  min: 'minimum',
  max: 'maximum',
  imul: 'multiply',
  rem: 'remainder',
  floor: '',
  ceil: '',
  round: ''
}

const nameOf = (name: Intrinsic, dtype: DType): string | undefined => (isFloat(dtype) ? ofFloats : ofIntegers)[name]

/** Whether StableHLO has a function for numbers of a type. */
export const has = (name: Intrinsic, dtype: DType): boolean => nameOf(name, dtype) !== undefined

/** The remainder of int32; by 0 it is 0, as NaN is in int32. */
const integerRemainder = (writer: Writer, x: Value, y: Value): Value => {
  const [zero, one] = [splat(writer, 0, 'int32', x.shape), splat(writer, 1, 'int32', x.shape)]
  const divisor = select(writer, compare(writer, 'equal', y, zero), one, y)
  return plain(writer, 'remainder', [x, divisor])
}

// -----------------------------------------------------------------------------
// conversions
// -----------------------------------------------------------------------------

const wrap = 2 ** 32
const half = 2 ** 31

/** Floats to the whole part modulo 2^32, as JavaScript converts them: NaN and infinities are 0. */
const toInteger = (writer: Writer, x: Value): Value => {
  const number = (value: number): Value => splat(writer, value, x.dtype, x.shape)
  const whole = select(
    writer,
    compare(writer, 'less', x, number(0)),
    plain(writer, 'ceil', [x]),
    plain(writer, 'floor', [x])
  )
  const rest = plain(writer, 'remainder', [whole, number(wrap)])
  const below = select(
    writer,
    compare(writer, 'greaterEqual', rest, number(half)),
    plain(writer, 'subtract', [rest, number(wrap)]),
    rest
  )
  const wrapped = select(
    writer,
    compare(writer, 'less', below, number(-half)),
    plain(writer, 'add', [below, number(wrap)]),
    below
  )
  const isFinite = compare(writer, 'less', plain(writer, 'abs', [x]), number(Infinity))
  const finite = select(writer, isFinite, wrapped, number(0))
  return typed(writer, 'convert', [finite], '', { shape: x.shape, dtype: 'int32' })
}

/**
 * The value in another element type, as `T.cast` does it. Floats of booleans are chosen: of the product of a boolean's `convert` and x XLA
 * makes a choice of x or 0, and 0 times NaN or an infinity is then 0.
 */
export const convert = (writer: Writer, x: Value, dtype: DType): Value => {
  if (x.dtype === dtype) return x
  if (x.dtype === 'bool' && isFloat(dtype)) {
    return select(writer, x, splat(writer, 1, dtype, x.shape), splat(writer, 0, dtype, x.shape))
  }
  if (dtype === 'bool') return compare(writer, 'notEqual', x, splat(writer, 0, x.dtype, x.shape))
  if (dtype === 'int32' && isFloat(x.dtype)) return toInteger(writer, x)
  return typed(writer, 'convert', [x], '', { shape: x.shape, dtype })
}

// -----------------------------------------------------------------------------
// the algebra
// -----------------------------------------------------------------------------

const arithmetics: Readonly<Record<Arithmetic, string>> = {
  add: 'add',
  sub: 'subtract',
  mul: 'multiply',
  div: 'divide'
}

/** Arithmetic on numbers of a shape and type. */
export const algebra = (
  writer: Writer,
  { shape, dtype }: { readonly shape: Shape; readonly dtype: DType }
): Algebra<Value> => ({
  constant: (value) => splat(writer, value, dtype, shape),
  mask: (value) => splat(writer, value ? 1 : 0, 'bool', shape),
  arithmetic: (op, left, right) => plain(writer, arithmetics[op], [left, right]),
  compare: (op, left, right) => compare(writer, op, left, right),
  select: (mask, onTrue, onFalse) => select(writer, mask, onTrue, onFalse),
  and: (left, right) => plain(writer, 'and', [left, right]),
  or: (left, right) => plain(writer, 'or', [left, right]),
  xor: (left, right) => plain(writer, 'xor', [left, right]),
  not: (mask) => plain(writer, 'not', [mask]),
  fromMask: (mask) => convert(writer, mask, dtype),
  intrinsic: (name, args) => {
    if (name === 'rem' && dtype === 'int32') return integerRemainder(writer, args[0]!, args[1]!)
    const operation = nameOf(name, dtype) ?? ''
    return operation === '' ? args[0]! : plain(writer, operation, args)
  },
  convert: (value, to) => convert(writer, value, to)
})

/** Booleans are counted as int32. */
export const counted = (writer: Writer, x: Value): Value => (x.dtype === 'bool' ? convert(writer, x, 'int32') : x)
