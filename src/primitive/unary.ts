/** The makers of elementwise primitives of one operand. */
import { options, finite } from '../internal/options.js'
import { dataFirst } from '../internal/dual.js'
import { type DType, isFloat } from '../DType.js'
import { requireNumber } from '../internal/check.js'
import { type LoopsByType, type Scalar1, type UnaryLoop, unaryLoop } from '../kernel/elementwise.js'
import type { Shape } from '../shape/model.js'
import type { Preserving } from '../tensor/dataFirst.js'
import { evaluateUnary } from '../tensor/evaluate.js'
import { type Tensor, fromNumber, isScalar } from '../tensor/model.js'
import { cast } from '../tensor/structural.js'
import { guardedMul } from './binary.js'
import { bindOne, bindSingle } from './bind.js'
import type { Domain, Sample } from './domain.js'
import { type Expression, type Scalars, scalarsOf } from './expression.js'
import { type Accepts, accepted, carrying, isGiven, typeOf } from './front.js'
import { functionOfOne, requireSingle } from './function.js'
import { type None, type Params, type Primitive, type Pullback, none, type Single } from './model.js'
import type { HasPrimitive } from './op.js'
import { requireTensor } from '../internal/require.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

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
 * The record that `unary` takes.
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
  /** The function of one number; may be left out where `scalar` is one intrinsic of it. */
  readonly f?: Scalar1
  /**
   * The same function as data, for compilers and printers: one expression, or others for some element types. Its float32
   * value is that of float64 arithmetic, rounded once; where it calls `exp`, `log` or another function of `float32`, `single`
   * calls that too.
   */
  readonly scalar?: Expression | Scalars
  /** The derivative at `x`, where the value is `y`, in dispatching operations. */
  readonly df?: (x: Tensor, y: Tensor) => Tensor
  /** Instead of `df`: the linear map that multiplies with the derivative. Its closure keeps only what it needs alive. */
  readonly diagonal?: (x: Tensor, y: Tensor) => Pullback
  readonly accepts?: Accepts
  readonly result?: 'bool'
  /**
   * The function of a float32, where it is another one than that of a float64; its result is rounded. Required
   * beside `scalar.single`.
   */
  readonly single?: Scalar1
  /** The function of an int32, where it is another one: its result is taken modulo 2^32. */
  readonly int32?: Scalar1
  /** A faster loop for `f`. */
  readonly loop?: UnaryLoop
  /** Faster loops yet, each for one type of operand. */
  readonly loops?: LoopsByType<UnaryLoop>
  /** Test operands, where values from `domain` would not do. */
  readonly sample?: Sample<None>
}

/**
 * An elementwise function of one operand with options, numbers that have defaults. Dual by what comes first: `f(x)`,
 * `f(x, { slope: 0.1 })`, `pipe(x, f)` and `pipe(x, f({ slope: 0.1 }))`.
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import type { UnaryWith } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const activation: UnaryWith<{ readonly slope: number }> = Activation.leakyRelu
 * activation(T.of([1, -2]), { slope: 0.5 }) // => T.of([1, -1])
 */
export interface UnaryWith<P extends Numbers<P>> extends HasPrimitive<P>, Preserving<Partial<P>> {}

/** A record of numbers. */
type Numbers<P> = { readonly [Name in keyof P]: number }

/**
 * The record that `unaryWith` takes: that of `unary`, with parameters for `f` and the rule.
 *
 * @example
 * import { type UnaryWithRecord, mul, parameter, real, unaryWith, x } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const record: UnaryWithRecord<{ readonly factor: number }> = {
 *   name: 'scaled',
 *   domain: real,
 *   params: { factor: 2 },
 *   f: (a, { factor }) => factor * a,
 *   scalar: mul(parameter('factor'), x),
 *   df: (a, _value, { factor }) => T.mul(T.onesLike(a), factor)
 * }
 * unaryWith(record)(T.of([1, 2]), { factor: 3 }) // => T.of([3, 6])
 */
export interface UnaryWithRecord<P extends Numbers<P>> extends Pick<
  UnaryRecord,
  'name' | 'domain' | 'accepts' | 'result' | 'scalar'
> {
  /** The parameters with their defaults. */
  readonly params: P
  /** The function of one number; in float32 the parameters are rounded to it first. */
  readonly f: (x: number, params: P) => number
  /**
   * The function of a float32, where it is another one than that of a float64; its result is rounded. Required
   * beside `scalar.single`.
   */
  readonly single?: (x: number, params: P) => number
  /** The derivative at `x`, where the value is `y`, in dispatching operations. */
  readonly df?: (x: Tensor, y: Tensor, params: P) => Tensor
  /** Instead of `df`: the linear map that multiplies with the derivative. */
  readonly diagonal?: (x: Tensor, y: Tensor, params: P) => Pullback
  /** Test operands and parameters; by default, the defaults of the parameters are tested. */
  readonly sample?: Sample<P>
}

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

interface Kernel {
  readonly f: Scalar1
  readonly loop: UnaryLoop
}

interface UnaryPrimitive<P extends Params> {
  readonly name: string
  readonly result?: 'bool' | undefined
  /** The function of one number, and its loop, for operands of a type. */
  readonly kernel: (dtype: DType, params: P) => Kernel
  readonly scalar: Expression | Scalars | undefined
  readonly diagonal: ((x: Tensor, y: Tensor, params: P) => Pullback) | undefined
  readonly sample: Sample<P>
}

/** Makes the primitive alone. */
/* @__NO_SIDE_EFFECTS__ */
export const unaryPrimitive = <P extends Params>(record: UnaryPrimitive<P>): Primitive<P> => {
  const { name, result, kernel, scalar, diagonal, sample } = record
  const primitive: Primitive<P> = {
    name,
    kind: 'elementwise',
    arity: 1,
    infer: (operands) => [typeOf(operands[0]!, result)],
    evaluate: (operands, params) => {
      const x = operands[0]!
      const { f, loop } = kernel(x.dtype, params)
      return [evaluateUnary(f, loop, x, typeOf(x, result))]
    },
    derivative: diagonal && {
      jvp: [(tangent, operands, out, params) => diagonal(operands[0]!, out, params)(tangent)],
      vjp: [(operands, out, params) => diagonal(operands[0]!, out, params)]
    },
    batch: (operands, _mapped, params) => [bindOne(primitive, operands, params)],
    sample,
    ...(scalar && { scalar: scalarsOf(scalar) })
  }
  return primitive
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
  const { name, df, result, scalar, loops } = record
  const accepts = record.accepts ?? 'float'
  const f = record.f ?? functionOfOne(name, scalar)
  const { single = f, int32 = f, loop = unaryLoop(f) } = record
  requireSingle('unary', name, scalar, record.single)
  const kernelOf = (dtype: DType, g: Scalar1): Kernel => ({
    f: g,
    loop: loops?.[dtype] ?? (g === f ? loop : unaryLoop(g))
  })
  const kernels: Readonly<Record<DType, Kernel>> = {
    float32: kernelOf('float32', single),
    float64: kernelOf('float64', f),
    int32: kernelOf('int32', int32),
    bool: kernelOf('bool', f)
  }
  const diagonal: Single['map'] = record.diagonal ?? (df && ((x, y) => (t) => guardedMul(t, df(x, y))))
  const primitive: Primitive<None> = {
    ...unaryPrimitive<None>({
      name,
      result,
      kernel: (dtype) => kernels[dtype],
      scalar,
      diagonal,
      sample: record.sample ?? ((draw) => ({ operands: [draw.tensor(draw.shape(), record.domain)], params: none }))
    }),
    batch: (operands) => [bindSingle(alone, operands[0]!)],
    get single() {
      return alone
    }
  }
  const alone: Single = {
    primitive,
    evaluate: (x) => {
      const { f, loop } = kernels[x.dtype]
      return isScalar(x) ? fromNumber(result ?? x.dtype, f(x.value)) : evaluateUnary(f, loop, x, typeOf(x, result))
    },
    map: diagonal
  }
  const call = <S extends Shape>(x: Tensor<S>): Tensor => {
    if (isGiven(x) && isScalar(x) && isFloat(x.dtype)) {
      // two calls, as V8 records for each call site what it calls
      const value = x.dtype === 'float32' ? single(x.value) : f(x.value)
      return fromNumber(result ?? x.dtype, value)
    }
    requireTensor(name, x)
    return bindSingle(alone, cast(x, accepted(accepts, x.dtype)))
  }
  return carrying<Unary>(call, primitive)
}

/** Parameters as float32 has them. */
const rounded = <P extends Numbers<P>>(params: P): P => {
  const result = { ...params }
  for (const name in result) Object.assign(result, { [name]: Math.fround(result[name]) })
  return result
}

/**
 * Makes an elementwise function of one operand with options, which are the parameters of its primitive: equations and
 * printers show them. Unknown options, and values that are not finite numbers, throw.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { real, unaryWith } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const softSign = unaryWith({
 *   name: 'softSign',
 *   domain: real,
 *   params: { width: 1 },
 *   f: (a, { width }) => a / Math.hypot(a, width),
 *   df: (a, _value, { width }) => T.div(width * width, T.pow(T.hypot(a, width), 3))
 * })
 * softSign(T.of([3, -3]), { width: 4 }) // => T.of([0.6, -0.6])
 * pipe(T.of([3, -3]), softSign({ width: 4 })) // => T.of([0.6, -0.6])
 */
/* @__NO_SIDE_EFFECTS__ */
export const unaryWith = <P extends Numbers<P>>(record: UnaryWithRecord<P>): UnaryWith<P> => {
  const { name, params: defaults, f, df, domain, accepts = 'float' } = record
  const { single = f } = record
  requireSingle('unaryWith', name, record.scalar, record.single)
  const check = options<Record<string, number>>(
    name,
    Object.fromEntries(Object.keys(defaults).map((option) => [option, finite]))
  )
  const primitive = unaryPrimitive<P>({
    name,
    result: record.result,
    kernel: (dtype, params) => {
      const isSingle = dtype === 'float32'
      const own = isSingle ? rounded(params) : params
      const g = isSingle ? single : f
      const at: Scalar1 = (x) => g(x, own)
      return { f: at, loop: unaryLoop(at) }
    },
    scalar: record.scalar,
    diagonal: record.diagonal ?? (df && ((x, y, params) => (t) => guardedMul(t, df(x, y, params)))),
    sample: record.sample ?? ((draw) => ({ operands: [draw.tensor(draw.shape(), domain)], params: defaults }))
  })
  const body = (x: Tensor, options: Partial<P> = {}): Tensor => {
    const params: P = { ...defaults, ...options }
    for (const [option, value] of Object.entries(params)) {
      requireNumber(name, option, value, 'a finite number', Number.isFinite)
    }
    return bindOne(primitive, [cast(x, accepted(accepts, x.dtype))], params)
  }
  return Object.assign(dataFirst<Preserving<Partial<P>>>(check, body), { primitive })
}
