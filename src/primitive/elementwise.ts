/**
 * The makers of elementwise primitives. Their Jacobians are diagonal, so one rule serves both modes: the map that takes
 * a tangent of the operand to a tangent of the result takes cotangents back as well.
 */
import { type DType, holds, isFloat, promote, round, toFloat } from '../DType.js'
import { guarded, guardedMulLoops } from '../kernel/arithmetic.js'
import {
  type BinaryLoop,
  type LoopsByType,
  type Scalar1,
  type Scalar2,
  type UnaryLoop,
  binaryLoop,
  unaryLoop
} from '../kernel/elementwise.js'
import { type Shape, ShapeError, broadcast, equals, show } from '../shape/model.js'
import type { Broadcast, Broadcasts } from '../shape/static.js'
import { evaluateBinary, evaluateUnary, isEverywhere } from '../tensor/evaluate.js'
import { type Concrete, type Tensor, fill, fromNumber, isScalar } from '../tensor/model.js'
import { bindOne, bindPair } from './bind.js'
import {
  type Derivative,
  type None,
  type Pair,
  type PairMap,
  type Primitive,
  type Pullback,
  type TensorType,
  none
} from './model.js'
import { DTypeError, requireTensor } from './require.js'
import { broadcastToShape, cast } from '../tensor/structural.js'
import { align } from './batch.js'
import { type Domain, type Sample, real } from './domain.js'
import type { HasPrimitive } from './op.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Which element types an elementwise operation computes in: `'float'` promotes integers and booleans to float32,
 * `'number'` promotes booleans to int32, `'any'` takes all as they are.
 *
 * @example
 * import { type Accepts, real, unary } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const accepts: Accepts = 'number'
 * const double = unary({ name: 'double', domain: real, f: (x) => 2 * x, diagonal: () => double, accepts })
 * double(T.of([1, 2], 'int32')) // => T.of([2, 4], 'int32')
 */
export type Accepts = 'float' | 'number' | 'any'

/**
 * An elementwise function of one operand; the shape stays.
 *
 * @example
 * import type { Unary } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const activation: Unary = T.tanh
 * activation(T.zeros([2])) // => T.zeros([2])
 */
export interface Unary extends HasPrimitive {
  <S extends Shape>(x: Tensor<S>): Tensor<S>
}

/**
 * An elementwise function of two operands, which broadcast and promote; a number takes the other's element type.
 * Dual: `f(a, b)` is `pipe(a, f(b))`.
 *
 * @example
 * import type { Binary } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const combine: Binary<'add'> = T.add
 * combine(T.of([1, 2]), 1) // => T.of([2, 3])
 * combine.primitive.name // => 'add'
 */
export interface Binary<Name extends string> extends HasPrimitive {
  <A extends Shape, B extends Shape>(a: Tensor<A>, b: Tensor<B> & Broadcasts<Name, A, B>): Tensor<Broadcast<A, B>>
  <A extends Shape>(a: Tensor<A>, b: number): Tensor<A>
  <B extends Shape>(a: number, b: Tensor<B>): Tensor<B>
  // One shape that is a type parameter itself: what it broadcasts to cannot be computed, but is known.
  <S extends Shape>(a: Tensor<S>, b: Tensor<S>): Tensor<S>
  // The first again: compilers explain a mismatch by the last signature of that many arguments.
  <A extends Shape, B extends Shape>(a: Tensor<A>, b: Tensor<B> & Broadcasts<Name, A, B>): Tensor<Broadcast<A, B>>
  (b: number): <A extends Shape>(a: Tensor<A>) => Tensor<A>
  <B extends Shape>(b: Tensor<B>): <A extends Shape>(a: Tensor<A> & Broadcasts<Name, A, B>) => Tensor<Broadcast<A, B>>
}

/**
 * What `unary` takes.
 *
 * @example
 * import { type UnaryRecord, real, unary } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const record: UnaryRecord = { name: 'half', domain: real, f: (x) => x / 2, df: () => T.scalar(0.5) }
 * unary(record)(T.of([1, 2])) // => T.of([0.5, 1])
 */
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
  /** The function of an int32, where it is another one: its result is taken modulo 2^32. */
  readonly int32?: Scalar1
  /** A faster loop for `f`. */
  readonly loop?: UnaryLoop
  /** Faster loops yet, each for one type of operand. */
  readonly loops?: LoopsByType<UnaryLoop>
  /** Test operands, where values from `domain` would not do. */
  readonly sample?: Sample<None>
}

type BinaryRule = (x: Tensor, y: Tensor, out: Tensor) => Tensor

/**
 * What `binary` takes.
 *
 * @example
 * import { type BinaryRecord, binary, real } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const record: BinaryRecord<'average'> = {
 *   name: 'average',
 *   domains: [real, real],
 *   f: (x, y) => (x + y) / 2,
 *   diagonal: [() => T.mul(0.5), () => T.mul(0.5)]
 * }
 * binary(record)(T.of([1, 2]), 4) // => T.of([2.5, 3])
 */
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
  readonly diagonal?: readonly [PairMap, PairMap]
  readonly accepts?: Accepts
  readonly result?: 'bool'
  /** The number that leaves the other operand as it is, on either side: then nothing is computed. */
  readonly neutral?: number
  /** The function of two int32, where it is another one: its result is taken modulo 2^32. */
  readonly int32?: Scalar2
  /** A faster loop for `f`. */
  readonly loop?: BinaryLoop
  /** Faster loops yet, each for one type of operands. */
  readonly loops?: LoopsByType<BinaryLoop>
  /** Test operands, where values from `domains` would not do. */
  readonly sample?: Sample<None>
}

// -----------------------------------------------------------------------------
// operands
// -----------------------------------------------------------------------------

const accepted = (accepts: Accepts, dtype: DType): DType =>
  accepts === 'float' ? toFloat(dtype) : accepts === 'number' && dtype === 'bool' ? 'int32' : dtype

/** Whether there is anything whose fields can be read: the types say so, plain JavaScript does not. */
const isGiven = (x: unknown): boolean => x !== undefined && x !== null

/** The type of the computation when a number meets a tensor: the tensor's; integers refuse what they cannot hold. */
export const besideNumber = (name: string, accepts: Accepts, value: number, dtype: DType): DType => {
  const own = accepted(accepts, dtype)
  if (holds(own, value)) return own
  if (holds('int32', value)) return 'int32'
  const required = Number.isInteger(value) ? 'a number from -2^31 to 2^31 - 1' : 'a whole number'
  throw new DTypeError(
    name,
    `the number ${value} beside a tensor of ${dtype}; ${required} is required, or cast the tensor with T.cast(x, 'float32')`
  )
}

const typeOf = (x: TensorType, result: 'bool' | undefined): TensorType =>
  result === undefined ? x : { shape: x.shape, dtype: result }

/** The shape that two operands broadcast to; throws in the user's terms. */
export const meetingShape = (name: string, a: Shape, b: Shape): Shape => {
  const shape = broadcast(a, b)
  if (shape !== undefined) return shape
  throw new ShapeError(name, [a, b], `${show(a)} and ${show(b)} do not broadcast`)
}

/** Casts and broadcasts both operands to one type and shape, then applies. */
const meet = (pair: Pair, accepts: Accepts, a: Tensor, b: Tensor): Tensor => {
  const { name } = pair.primitive
  requireTensor(name, a)
  requireTensor(name, b)
  const dtype = accepted(accepts, promote(a.dtype, b.dtype))
  const shape = meetingShape(name, a.shape, b.shape)
  return bindPair(pair, broadcastToShape(cast(a, dtype), shape), broadcastToShape(cast(b, dtype), shape))
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
  const { name, f, df, result, int32 = f } = record
  const accepts = record.accepts ?? 'float'
  const loop = record.loop ?? unaryLoop(f)
  const loops: LoopsByType<UnaryLoop> = int32 === f ? { ...record.loops } : { int32: unaryLoop(int32), ...record.loops }
  const diagonal =
    record.diagonal ??
    (df &&
      ((x: Tensor, y: Tensor): Pullback =>
        (t) =>
          guardedMul(t, df(x, y))))
  const derivative: Derivative<None> | undefined = diagonal && {
    jvp: [(tangent, operands, out) => diagonal(operands[0]!, out)(tangent)],
    vjp: [(operands, out) => diagonal(operands[0]!, out)]
  }
  const primitive: Primitive<None> = {
    name,
    kind: 'elementwise',
    infer: (operands) => [typeOf(operands[0]!, result)],
    evaluate: (operands) => {
      const x = operands[0]!
      return [evaluateUnary(x.dtype === 'int32' ? int32 : f, loops[x.dtype] ?? loop, x, typeOf(x, result))]
    },
    derivative,
    batch: (operands) => [bindOne(primitive, operands, none)],
    sample: record.sample ?? ((draw) => ({ operands: [draw.tensor(draw.shape(), record.domain)], params: none }))
  }
  const call = <S extends Shape>(x: Tensor<S>): Tensor => {
    if (isGiven(x) && isScalar(x) && isFloat(x.dtype)) return fromNumber(result ?? x.dtype, f(x.value))
    requireTensor(name, x)
    return bindOne(primitive, [cast(x, accepted(accepts, x.dtype))], none)
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
  const { name, f, result, neutral, domains, int32 = f } = record
  const accepts = record.accepts ?? 'number'
  const loop = record.loop ?? binaryLoop(f)
  const loops: LoopsByType<BinaryLoop> =
    int32 === f ? { ...record.loops } : { int32: binaryLoop(int32), ...record.loops }
  const maps = mapsOf(record)
  const evaluate = (x: Concrete, y: Concrete): Concrete => {
    if (isScalar(x) && isScalar(y))
      return fromNumber(result ?? x.dtype, (x.dtype === 'int32' ? int32 : f)(x.value, y.value))
    if (neutral !== undefined) {
      if (isEverywhere(x, neutral)) return y
      if (isEverywhere(y, neutral)) return x
    }
    return evaluateBinary(x.dtype === 'int32' ? int32 : f, loops[x.dtype] ?? loop, x, y, typeOf(x, result))
  }
  const primitive: Primitive<None> = {
    name,
    kind: 'elementwise',
    infer: (operands) => [typeOf(operands[0]!, result)],
    evaluate: (operands) => [evaluate(operands[0]!, operands[1]!)],
    derivative: maps && {
      jvp: maps.map((map) => (tangent, operands, out) => map(operands[0]!, operands[1]!, out)(tangent)),
      vjp: maps.map((map) => (operands, out) => map(operands[0]!, operands[1]!, out))
    },
    batch: (operands, mapped, _params, size) => {
      const [x, y] = align(operands, mapped, size)
      return [bindPair(pair, x!, y!)]
    },
    get pair() {
      return pair
    },
    sample:
      record.sample ??
      ((draw) => {
        const shape = draw.shape()
        const operands =
          record.distinct === true
            ? draw.distinctPair(shape, domains[0])
            : [draw.tensor(shape, domains[0]), draw.tensor(shape, domains[1])]
        return { operands, params: none }
      })
  }
  const pair: Pair = { primitive, evaluate, maps }
  const withNumber = (value: number, x: Tensor): Tensor => {
    requireTensor(name, x)
    return fill(x.shape, besideNumber(name, accepts, value, x.dtype), value)
  }
  const apply = (a: Tensor, b: Tensor): Tensor => {
    const dtype = a.dtype
    if (isGiven(dtype) && dtype === b.dtype && accepted(accepts, dtype) === dtype && equals(a.shape, b.shape)) {
      return bindPair(pair, a, b)
    }
    return meet(pair, accepts, a, b)
  }
  // Scalars first: they are answered here, without a call of the kernel.
  const both = (a: Tensor | number, b: Tensor | number): Tensor => {
    if (!isGiven(a)) requireTensor(name, a)
    if (!isGiven(b)) requireTensor(name, b)
    if (typeof a === 'number') {
      if (typeof b === 'number') return apply(fromNumber('float32', a), fromNumber('float32', b))
      if (isScalar(b) && isFloat(b.dtype)) return fromNumber(result ?? b.dtype, f(round(b.dtype, a), b.value))
      return apply(withNumber(a, b), b)
    }
    if (isScalar(a) && isFloat(a.dtype)) {
      const dtype = a.dtype
      if (typeof b === 'number') return fromNumber(result ?? dtype, f(a.value, round(dtype, b)))
      if (isScalar(b) && b.dtype === dtype) return fromNumber(result ?? dtype, f(a.value, b.value))
    }
    return apply(a, typeof b === 'number' ? withNumber(b, a) : b)
  }
  // By arity; not by rest parameters, whose array every call would pay for.
  const call = function (a: Tensor | number, b: Tensor | number): unknown {
    return arguments.length >= 2 ? both(a, b) : (self: Tensor | number): Tensor => both(self, a)
  }
  return expose<Binary<Name>>(call, primitive)
}

const mapsOf = <Name extends string>({ df, diagonal }: BinaryRecord<Name>): Pair['maps'] =>
  diagonal ??
  (df && [(x, y, out) => (t) => guardedMul(t, df[0](x, y, out)), (x, y, out) => (t) => guardedMul(t, df[1](x, y, out))])

/** Attaches the primitive to the function; the maker's checks stand for the signature. */
const expose = <F extends HasPrimitive>(call: (...args: never[]) => unknown, primitive: Primitive): F =>
  Object.assign(call, { primitive }) as unknown as F

// -----------------------------------------------------------------------------
// the product in every elementwise rule
// -----------------------------------------------------------------------------

/**
 * The product of a cotangent with a local derivative, in which zero is strong: 0 times infinity or NaN is 0, so that a
 * branch not taken contributes nothing, at every order. Else it is `mul`.
 *
 * @example
 * import { guardedMul } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * guardedMul(T.of([0, 2]), T.of([Infinity, 3])) // => T.of([0, 6])
 * T.mul(T.of([0, 2]), T.of([Infinity, 3])) // => T.of([NaN, 6])
 */
export const guardedMul: Binary<'guardedMul'> = binary({
  name: 'guardedMul',
  domains: [real, real],
  f: guarded,
  neutral: 1,
  loops: guardedMulLoops,
  diagonal: [(_x, y) => (t) => guardedMul(t, y), (x) => (t) => guardedMul(x, t)]
})
