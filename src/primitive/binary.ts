/** The maker of elementwise primitives of two operands, and the product in the rules of all of them. */
import { type DType, isFloat, promote, round } from '../DType.js'
import { guardedMulLoops } from '../kernel/arithmetic.js'
import { guarded } from '../kernel/scalars.js'
import { type BinaryLoop, type LoopsByType, type Scalar2, binaryLoop } from '../kernel/elementwise.js'
import { type Shape, equals } from '../shape/model.js'
import type { Broadcast, Broadcasts } from '../shape/static.js'
import { evaluateBinary, isEverywhere } from '../tensor/evaluate.js'
import { type Concrete, type Tensor, fill, fromNumber, isScalar } from '../tensor/model.js'
import { broadcastToShape, cast } from '../tensor/structural.js'
import { align } from './batch.js'
import { bindPair } from './bind.js'
import { type Domain, type Sample, real } from './domain.js'
import * as E from './expression.js'
import { type Expression, type Scalars, scalarsOf } from './expression.js'
import { type Accepts, accepted, besideNumber, carrying, isGiven, meetingShape, typeOf } from './front.js'
import { functionOfTwo, requireSingle } from './function.js'
import { type None, type Pair, type PairMap, type Primitive, none } from './model.js'
import type { HasPrimitive } from './op.js'
import { requireTensor } from '../internal/require.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

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

type BinaryRule = (x: Tensor, y: Tensor, out: Tensor) => Tensor

/**
 * The record that `binary` takes.
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
  /** The function of two numbers; may be left out where `scalar` is one operation or intrinsic of them. */
  readonly f?: Scalar2
  /**
   * The same function as data, for compilers and printers: one expression, or others for some element types. Its float32
   * value is that of float64 arithmetic, rounded once; where it calls `exp`, `log` or another function of `float32`, `single`
   * calls that too.
   */
  readonly scalar?: Expression | Scalars
  /** The partial derivatives, in dispatching operations. */
  readonly df?: readonly [BinaryRule, BinaryRule]
  /** Instead of `df`: the linear maps that multiply with them. A closure keeps only what it needs alive. */
  readonly diagonal?: readonly [PairMap, PairMap]
  readonly accepts?: Accepts
  readonly result?: 'bool'
  /** The number that leaves the other operand as it is, on either side: then nothing is computed. */
  readonly neutral?: number
  /**
   * The function of two float32, where it is another one than that of float64; its result is rounded. Required
   * beside `scalar.single`.
   */
  readonly single?: Scalar2
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
// constructors
// -----------------------------------------------------------------------------

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
  const { name, result, neutral, domains, scalar } = record
  const accepts = record.accepts ?? 'number'
  const f = record.f ?? functionOfTwo(name, scalar)
  const { single = f, int32 = f, loop = binaryLoop(f) } = record
  requireSingle('binary', name, scalar, record.single)
  const loops: LoopsByType<BinaryLoop> = {
    ...(single !== f && { float32: binaryLoop(single) }),
    ...(int32 !== f && { int32: binaryLoop(int32) }),
    ...record.loops
  }
  const maps = mapsOf(record)
  const functionFor = (dtype: DType): Scalar2 => (dtype === 'float32' ? single : dtype === 'int32' ? int32 : f)
  // two calls, as V8 records for each call site what it calls
  const ofFloats = (dtype: DType, x: number, y: number): number => (dtype === 'float32' ? single(x, y) : f(x, y))
  const evaluate = (x: Concrete, y: Concrete): Concrete => {
    const g = functionFor(x.dtype)
    if (isScalar(x) && isScalar(y)) return fromNumber(result ?? x.dtype, g(x.value, y.value))
    if (neutral !== undefined) {
      if (isEverywhere(x, neutral)) return y
      if (isEverywhere(y, neutral)) return x
    }
    return evaluateBinary(g, loops[x.dtype] ?? loop, x, y, typeOf(x, result))
  }
  const primitive: Primitive<None> = {
    name,
    kind: 'elementwise',
    arity: 2,
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
      }),
    ...(scalar && { scalar: scalarsOf(scalar) })
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
      if (isScalar(b) && isFloat(b.dtype)) {
        return fromNumber(result ?? b.dtype, ofFloats(b.dtype, round(b.dtype, a), b.value))
      }
      return apply(withNumber(a, b), b)
    }
    if (isScalar(a) && isFloat(a.dtype)) {
      const dtype = a.dtype
      if (typeof b === 'number') return fromNumber(result ?? dtype, ofFloats(dtype, a.value, round(dtype, b)))
      if (isScalar(b) && b.dtype === dtype) return fromNumber(result ?? dtype, ofFloats(dtype, a.value, b.value))
    }
    return apply(a, typeof b === 'number' ? withNumber(b, a) : b)
  }
  // By arity; not by rest parameters, whose array every call would pay for.
  const call = function (a: Tensor | number, b: Tensor | number): unknown {
    return arguments.length >= 2 ? both(a, b) : (self: Tensor | number): Tensor => both(self, a)
  }
  return carrying<Binary<Name>>(call, primitive)
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

const mapsOf = <Name extends string>({ df, diagonal }: BinaryRecord<Name>): Pair['maps'] =>
  diagonal ??
  (df && [(x, y, out) => (t) => guardedMul(t, df[0](x, y, out)), (x, y, out) => (t) => guardedMul(t, df[1](x, y, out))])

// -----------------------------------------------------------------------------
// the product in every elementwise rule
// -----------------------------------------------------------------------------

const product = E.mul(E.x, E.y)
const guardedProduct: Expression = E.select(
  E.equal(product, product),
  product,
  E.select(E.select(E.notEqual(E.x, 0), E.notEqual(E.y, 0), 0), product, 0)
)

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
  scalar: guardedProduct,
  neutral: 1,
  loops: guardedMulLoops,
  diagonal: [(_x, y) => (t) => guardedMul(t, y), (x) => (t) => guardedMul(x, t)]
})
