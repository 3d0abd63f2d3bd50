/** Arithmetic of two operands and more, comparisons, logic, and bits. */
import { isFloat } from '../../DType.js'
import * as T from '../../Tensor.js'
import type { Tensor } from '../../tensor/model.js'
import { type Operation, type Operations, always, operation, plain, typeOfInput } from '../operation.js'
import { inDouble } from '../values.js'

type Two = (a: Tensor, b: Tensor) => Tensor

const binary = (f: Two, traits: Pick<Operation, 'types' | 'wraps' | 'unsigned'> = {}): Operation =>
  plain(2, (a, b) => f(a, b), traits)

/** Right modulo 2^n, so for unsigned integers as well. */
const modular = { wraps: true, unsigned: true } as const

/** A quotient of integers is cut towards zero, as in C; one by 0 is 0. */
const quotient: Two = (a, b) =>
  isFloat(a.dtype)
    ? T.div(a, b)
    : T.cast(
        T.where(
          T.equal(b, 0),
          0,
          T.div(T.cast(a, 'float64'), T.where(T.equal(b, 0), T.scalar(1, 'float64'), T.cast(b, 'float64')))
        ),
        a.dtype
      )

/** The remainder that has the sign of the dividend, as `fmod` of C. */
const remainder: Two = (a, b) => {
  const of = T.mod(T.abs(a), T.abs(b))
  return T.where(T.less(a, 0), T.neg(of), of)
}

const power: Two = (a, b) => {
  if (isFloat(a.dtype)) return T.pow(a, T.cast(b, a.dtype))
  return T.cast(T.pow(T.cast(a, 'float64'), T.cast(b, 'float64')), a.dtype)
}

/** One operand or more, from the first on. */
const variadic = (f: Two, after: (all: Tensor, count: number) => Tensor = (all) => all): Operation =>
  operation(
    1,
    Infinity,
    () =>
      (...xs) =>
        after(xs.slice(1).reduce<Tensor>(f, xs[0]!), xs.length)
  )

const compared = (f: Two, unsigned = false): Operation => binary(f, { types: always('bool'), unsigned })

export const arithmetic: Operations = {
  Add: binary(T.add, modular),
  Sub: binary(T.sub, modular),
  Mul: binary(T.mul, modular),
  Div: binary(quotient),
  Pow: binary(power, { wraps: true }),
  Mod: operation(2, 2, (node) => {
    const isC = node.flag('fmod', false)
    return (a, b) => (isC ? remainder(a, b) : T.mod(a, b))
  }),
  Max: variadic(T.maximum),
  Min: variadic(T.minimum),
  Sum: variadic(T.add),
  Mean: variadic(T.add, (all, count) => T.div(all, count)),
  Equal: compared(T.equal, true),
  Greater: compared(T.greater),
  GreaterOrEqual: compared(T.greaterEqual),
  Less: compared(T.less),
  LessOrEqual: compared(T.lessEqual),
  And: compared(T.logicalAnd),
  Or: compared(T.logicalOr),
  Xor: compared(T.logicalXor),
  Not: plain(1, (x) => T.logicalNot(x), { types: always('bool') }),
  Where: plain(3, (mask, a, b) => T.where(mask, a, b), { types: typeOfInput(1), unsigned: true })
}

/** Reductions over axes in the order of ONNX: attributes before version 13 or 18, an input since. */
const reduced = (f: (x: Tensor, axes: readonly number[], keepDims: boolean) => Tensor, inputSince: number): Operation =>
  operation(1, 2, (node) => {
    const keep = node.flag('keepdims', true)
    const isInput = node.version >= inputSince
    const attribute = isInput ? undefined : node.ints('axes')
    const isIdentity = isInput && node.flag('noop_with_empty_axes', false)
    return (x, given) => {
      const axes = given === undefined ? attribute : Array.from(T.toArray(given))
      if (axes !== undefined && axes.length > 0)
        return f(
          x,
          axes.map((axis) => (axis < 0 ? axis + x.shape.length : axis)),
          keep
        )
      if (isIdentity) return f(x, [], keep)
      return f(
        x,
        x.shape.map((_, axis) => axis),
        keep
      )
    }
  })

const over =
  (f: (x: Tensor, options: { readonly axis: readonly number[]; readonly keepDims: boolean }) => Tensor) =>
  (x: Tensor, axis: readonly number[], keepDims: boolean): Tensor =>
    f(x, { axis, keepDims })

/** The largest or smallest element, of no elements the least or greatest number of the type. */
const extreme =
  (f: typeof T.max, ofNone: -1 | 1) =>
  (x: Tensor, axis: readonly number[], keepDims: boolean): Tensor => {
    if (x.dtype === 'bool') return (ofNone < 0 ? T.any : T.all)(x, { axis, keepDims })
    if (!axis.some((each) => x.shape[each] === 0)) return f(x, { axis, keepDims })
    const sizes = x.shape.map((n, i) => (axis.includes(i) ? 1 : n))
    const shape = keepDims ? sizes : sizes.filter((_, i) => !axis.includes(i))
    const value = isFloat(x.dtype) ? ofNone * Infinity : ofNone > 0 ? 2 ** 31 - 1 : -(2 ** 31)
    return T.full(shape, value, x.dtype)
  }

export const reductions: Operations = {
  ReduceSum: reduced(over(T.sum), 13),
  ReduceMean: reduced(
    over((x, options) => inDouble((y) => T.mean(y, options))(x)),
    18
  ),
  ReduceMax: reduced(extreme(T.max, -1), 18),
  ReduceMin: reduced(extreme(T.min, 1), 18),
  ReduceProd: reduced(over(T.prod), 18),
  ReduceL1: reduced(
    over((x, options) => T.sum(T.abs(x), options)),
    18
  ),
  ReduceL2: reduced(
    over((x, options) => inDouble((y) => T.norm(y, options))(x)),
    18
  ),
  ReduceLogSum: reduced(
    over((x, options) => inDouble((y) => T.log(T.sum(y, options)))(x)),
    18
  ),
  ReduceLogSumExp: reduced(
    over((x, options) => inDouble((y) => T.logSumExp(y, options))(x)),
    18
  ),
  ReduceSumSquare: reduced(
    over((x, options) => T.sum(T.square(x), options)),
    18
  )
}
