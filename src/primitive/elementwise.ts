/**
 * The makers of elementwise primitives. Their Jacobians are diagonal, so one rule serves both modes: the map that takes
 * a tangent of the operand to a tangent of the result takes cotangents back as well.
 */
import { type DType, isFloat, promote, toFloat } from '../DType.js'
import {
  type BinaryLoop,
  type Scalar1,
  type Scalar2,
  type UnaryLoop,
  binaryLoop,
  unaryLoop
} from '../kernel/elementwise.js'
import { type Shape, ShapeError, broadcast, equals, show } from '../shape/model.js'
import type { Broadcast, Broadcasts } from '../shape/static.js'
import { evaluateBinary, evaluateUnary } from '../tensor/evaluate.js'
import { type Tensor, fill, fromNumber, isScalar } from '../tensor/model.js'
import { broadcastToShape, cast } from '../tensor/structural.js'
import { type Domain, real } from './domain.js'
import { DTypeError, type Derivative, type Primitive, type Pullback, type TensorType, bind } from './model.js'
import type { HasPrimitive } from './op.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Which element types an elementwise operation computes in: `'float'` promotes integers and booleans to float32,
 * `'number'` promotes booleans to int32, `'any'` takes all as they are.
 */
export type Accepts = 'float' | 'number' | 'any'

/** An elementwise function of one operand; the shape stays. */
export interface Unary extends HasPrimitive {
  <S extends Shape>(x: Tensor<S>): Tensor<S>
}

/**
 * An elementwise function of two operands, which broadcast and promote; a number takes the other's element type.
 * Dual: `f(a, b)` is `pipe(a, f(b))`.
 */
export interface Binary<Name extends string> extends HasPrimitive {
  <A extends Shape, B extends Shape>(a: Tensor<A>, b: Tensor<B> & Broadcasts<Name, A, B>): Tensor<Broadcast<A, B>>
  <A extends Shape>(a: Tensor<A>, b: number): Tensor<A>
  <B extends Shape>(a: number, b: Tensor<B>): Tensor<B>
  (b: number): <A extends Shape>(a: Tensor<A>) => Tensor<A>
  <B extends Shape>(b: Tensor<B>): <A extends Shape>(a: Tensor<A> & Broadcasts<Name, A, B>) => Tensor<Broadcast<A, B>>
}

/** What `unary` takes. */
export interface UnaryRecord {
  readonly name: string
  /** Where it is defined and smooth. */
  readonly domain: Domain
  /** The function of one number. */
  readonly f: Scalar1
  /** The derivative at `x`, where the value is `y`, in dispatching operations. */
  readonly df?: (x: Tensor, y: Tensor) => Tensor
  /** Instead of `df`: the linear map that multiplies with the derivative. Its closure keeps only what it needs alive. */
  readonly diagonal?: (x: Tensor, y: Tensor) => Pullback
  readonly accepts?: Accepts
  readonly result?: 'bool'
  /** A faster loop for `f`. */
  readonly loop?: UnaryLoop
}

type BinaryRule = (x: Tensor, y: Tensor, out: Tensor) => Tensor
type BinaryDiagonal = (x: Tensor, y: Tensor, out: Tensor) => Pullback

/** What `binary` takes. */
export interface BinaryRecord<Name extends string> {
  readonly name: Name
  /** Where it is defined and smooth, in each operand. */
  readonly domains: readonly [Domain, Domain]
  /** Whether it has kinks where operands are equal: then the laws draw all values different. */
  readonly distinct?: boolean
  /** The function of two numbers. */
  readonly f: Scalar2
  /** The partial derivatives, in dispatching operations. */
  readonly df?: readonly [BinaryRule, BinaryRule]
  /** Instead of `df`: the linear maps that multiply with them. A closure keeps only what it needs alive. */
  readonly diagonal?: readonly [BinaryDiagonal, BinaryDiagonal]
  readonly accepts?: Accepts
  readonly result?: 'bool'
  /** A faster loop for `f`. */
  readonly loop?: BinaryLoop
}

// -----------------------------------------------------------------------------
// operands
// -----------------------------------------------------------------------------

const accepted = (accepts: Accepts, dtype: DType): DType =>
  accepts === 'float' ? toFloat(dtype) : accepts === 'number' && dtype === 'bool' ? 'int32' : dtype

/** The type of the computation when a number meets a tensor: the tensor's; integers refuse fractions. */
const besideNumber = (name: string, accepts: Accepts, value: number, dtype: DType): DType => {
  const own = accepted(accepts, dtype)
  if (isFloat(own)) return own
  if (own === 'bool' && (value === 0 || value === 1)) return own
  if (Number.isInteger(value)) return 'int32'
  throw new DTypeError(
    name,
    `the number ${value} beside a tensor of ${own}; a whole number is required, or cast the tensor with T.cast(x, 'float32')`
  )
}

const typeOf = (x: TensorType, result: 'bool' | undefined): TensorType =>
  result === undefined ? x : { shape: x.shape, dtype: result }

const promoted = (x: Tensor, dtype: DType): Tensor => (x.dtype === dtype ? x : cast(x, dtype))

/** Casts and broadcasts both operands to one type and shape, then applies. */
const meet = (primitive: Primitive, accepts: Accepts, a: Tensor, b: Tensor): Tensor => {
  const dtype = accepted(accepts, promote(a.dtype, b.dtype))
  const shape = broadcast(a.shape, b.shape)
  if (shape === undefined) {
    throw new ShapeError(primitive.name, [a.shape, b.shape], `${show(a.shape)} and ${show(b.shape)} do not broadcast`)
  }
  const x = broadcastToShape(promoted(a, dtype), shape)
  const y = broadcastToShape(promoted(b, dtype), shape)
  return bind(primitive, [x, y], undefined)
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * Makes an elementwise function of one operand, with its primitive.
 *
 * @example
 * import { real, unary } from 'pullback/Primitive'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const swishOne = unary({
 *   name: 'swishOne',
 *   domain: real,
 *   f: (x) => x / (1 + Math.exp(-x)),
 *   df: (x, y) => T.add(y, T.mul(T.sigmoid(x), T.sub(1, y)))
 * })
 * grad(swishOne)(T.scalar(0)) // => T.scalar(0.5)
 */
/* @__NO_SIDE_EFFECTS__ */
export const unary = (record: UnaryRecord): Unary => {
  const { name, f, df, result } = record
  const accepts = record.accepts ?? 'float'
  const loop = record.loop ?? unaryLoop(f)
  const diagonal =
    record.diagonal ??
    (df &&
      ((x: Tensor, y: Tensor): Pullback =>
        (t) =>
          guardedMul(t, df(x, y))))
  const derivative: Derivative<undefined> | undefined = diagonal && {
    jvp: (_index, tangent, operands, out) => diagonal(operands[0]!, out)(tangent),
    vjp: (_index, operands, out) => diagonal(operands[0]!, out)
  }
  const primitive: Primitive = {
    name,
    infer: (operands) => typeOf(operands[0]!, result),
    evaluate: (operands, _params, out) => evaluateUnary(f, loop, operands[0]!, out),
    derivative,
    sample: (draw) => ({ operands: [draw.tensor(draw.shape(), record.domain)], params: undefined })
  }
  const call = <S extends Shape>(x: Tensor<S>): Tensor => {
    const dtype = accepted(accepts, x.dtype)
    if (isScalar(x) && x.dtype === dtype) return fromNumber(result ?? dtype, f(x.value))
    return bind(primitive, [promoted(x, dtype)], undefined)
  }
  return expose<Unary>(call, primitive)
}

/**
 * Makes an elementwise function of two operands, with its primitive; operands broadcast and promote before it.
 *
 * @example
 * import { binary, real } from 'pullback/Primitive'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const squaredDifference = binary({
 *   name: 'squaredDifference',
 *   domains: [real, real],
 *   f: (x, y) => (x - y) ** 2,
 *   df: [(x, y) => T.mul(T.sub(x, y), 2), (x, y) => T.mul(T.sub(y, x), 2)]
 * })
 * grad((x: T.Tensor<[]>) => squaredDifference(x, 1))(T.scalar(3)) // => T.scalar(4)
 */
/* @__NO_SIDE_EFFECTS__ */
export const binary = <const Name extends string>(record: BinaryRecord<Name>): Binary<Name> => {
  const { name, f, result, domains } = record
  const accepts = record.accepts ?? 'number'
  const loop = record.loop ?? binaryLoop(f)
  const primitive: Primitive = {
    name,
    infer: (operands) => typeOf(operands[0]!, result),
    evaluate: (operands, _params, out) => evaluateBinary(f, loop, operands[0]!, operands[1]!, out),
    derivative: diagonals(record),
    sample: (draw) => {
      const shape = draw.shape()
      if (record.distinct !== true) {
        return { operands: [draw.tensor(shape, domains[0]), draw.tensor(shape, domains[1])], params: undefined }
      }
      const both = draw.distinctPair(shape, domains[0])
      return { operands: both, params: undefined }
    }
  }
  const withNumber = (value: number, x: Tensor): Tensor => {
    const dtype = besideNumber(name, accepts, value, x.dtype)
    return fill(x.shape, dtype, value)
  }
  const both = (a: Tensor | number, b: Tensor | number): Tensor => {
    if (typeof a === 'number') {
      return typeof b === 'number'
        ? apply(fromNumber('float32', a), fromNumber('float32', b))
        : apply(withNumber(a, b), b)
    }
    return apply(a, typeof b === 'number' ? withNumber(b, a) : b)
  }
  const apply = (a: Tensor, b: Tensor): Tensor => {
    const dtype = a.dtype
    if (dtype === b.dtype && accepted(accepts, dtype) === dtype) {
      if (isScalar(a) && isScalar(b)) return fromNumber(result ?? dtype, f(a.value, b.value))
      if (a.shape === b.shape || equals(a.shape, b.shape)) return bind(primitive, [a, b], undefined)
    }
    return meet(primitive, accepts, a, b)
  }
  // By arity; not by rest parameters, whose array every call would pay for.
  const call = function (a: Tensor | number, b: Tensor | number): unknown {
    return arguments.length >= 2 ? both(a, b) : (self: Tensor | number): Tensor => both(self, a)
  }
  return expose<Binary<Name>>(call, primitive)
}

const diagonals = <Name extends string>(record: BinaryRecord<Name>): Derivative<undefined> | undefined => {
  const { df } = record
  const rules: readonly [BinaryDiagonal, BinaryDiagonal] | undefined =
    record.diagonal ??
    (df && [
      (x, y, out) => (t) => guardedMul(t, df[0](x, y, out)),
      (x, y, out) => (t) => guardedMul(t, df[1](x, y, out))
    ])
  if (rules === undefined) return undefined
  const [first, second] = rules
  return {
    jvp: (index, tangent, operands, out) => (index === 0 ? first : second)(operands[0]!, operands[1]!, out)(tangent),
    vjp: (index, operands, out) => (index === 0 ? first : second)(operands[0]!, operands[1]!, out)
  }
}

/** Attaches the primitive to the function; the maker's checks stand for the signature. */
const expose = <F extends HasPrimitive>(call: (...args: never[]) => unknown, primitive: Primitive): F =>
  Object.assign(call, { primitive }) as unknown as F

// -----------------------------------------------------------------------------
// the product in every elementwise rule
// -----------------------------------------------------------------------------

const guarded = (x: number, y: number): number => {
  const product = x * y
  return product === product || (x !== 0 && y !== 0) ? product : 0
}

/**
 * The product of a cotangent with a local derivative, in which zero is strong: 0 times infinity or NaN is 0, so that a
 * branch not taken contributes nothing, at every order. Else it is `mul`.
 */
export const guardedMul: Binary<'guardedMul'> = binary({
  name: 'guardedMul',
  domains: [real, real],
  f: guarded,
  diagonal: [(_x, y) => (t) => guardedMul(t, y), (x) => (t) => guardedMul(x, t)]
})
