// Rules 1 to 3: operations on one element of each operand.
import * as Activation from 'pullback/Activation'
import type { FloatDType } from 'pullback/DType'
import { grad } from 'pullback/Grad'
import { float32, guardedMul } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import * as coefficients from '../../../src/kernel/functions/coefficients.js'
import { type Case, type One, type Two, floats, withPullback } from '../case.js'
import { hard } from '../hard.js'
import { integers, one, two, twoIntegers } from '../inputs.js'

// -----------------------------------------------------------------------------
// one operation of IEEE 754 an element
// -----------------------------------------------------------------------------

const exactOfOne: Readonly<Record<string, One>> = {
  abs: T.abs,
  clamp: (x) => T.clamp(x, { min: -2, max: 3 }),
  leakyRelu: (x) => Activation.leakyRelu(x, { slope: 0.1 }),
  neg: T.neg,
  reciprocal: T.reciprocal,
  relu: T.relu,
  sign: T.sign,
  sqrt: T.sqrt,
  square: T.square
}

const exactOfTwo: Readonly<Record<string, Two>> = {
  add: T.add,
  div: T.div,
  guardedMul,
  maximum: T.maximum,
  minimum: T.minimum,
  mul: T.mul,
  sub: T.sub
}

/** Operations without a derivative, some of which give truth values. */
const stepsOfOne: Readonly<Record<string, One>> = {
  ceil: T.ceil,
  floor: T.floor,
  isFinite: T.isFinite,
  isNaN: T.isNaN,
  round: T.round
}

const stepsOfTwo: Readonly<Record<string, Two>> = {
  equal: T.equal,
  greater: T.greater,
  greaterEqual: T.greaterEqual,
  less: T.less,
  lessEqual: T.lessEqual,
  mod: T.mod,
  notEqual: T.notEqual,
  where: (x, y) => T.where(T.less(x, y), x, y)
}

// -----------------------------------------------------------------------------
// functions and compounds
// -----------------------------------------------------------------------------

export const functionsOfOne: Readonly<Record<string, One>> = {
  cos: T.cos,
  elu: (x) => Activation.elu(x, { alpha: 1.7 }),
  erf: T.erf,
  exp: T.exp,
  expm1: T.expm1,
  geluTanh: Activation.geluTanh,
  log: T.log,
  log1p: T.log1p,
  log2: T.log2,
  logSigmoid: T.logSigmoid,
  mish: Activation.mish,
  selu: Activation.selu,
  sigmoid: T.sigmoid,
  silu: Activation.silu,
  sin: T.sin,
  softplus: T.softplus,
  tanh: T.tanh
}

export const functionsOfTwo: Readonly<Record<string, Two>> = {
  logAddExp: T.logAddExp,
  pow: T.pow,
  xlogy: T.xlogy
}

/** Compounds that call no function, and so are the same in both types. */
const derivativeOf =
  (f: One): One =>
  (x) =>
    grad((y: T.Tensor) => T.sum(f(y)))(x)

const rootsOfOne: Readonly<Record<string, One>> = {
  'derivative of atan': derivativeOf(T.atan),
  'derivative of atanh': derivativeOf(T.atanh),
  rsqrt: T.rsqrt
}
const rootsOfTwo: Readonly<Record<string, Two>> = { hypot: T.hypot }

// -----------------------------------------------------------------------------
// integers and truth values
// -----------------------------------------------------------------------------

const onIntegersOfOne: Readonly<Record<string, One>> = {
  abs: T.abs,
  clamp: (x) => T.clamp(x, { min: -2, max: 3 }),
  neg: T.neg,
  relu: T.relu,
  sign: T.sign,
  square: T.square
}

const onIntegersOfTwo: Readonly<Record<string, Two>> = {
  add: T.add,
  div: T.div,
  equal: T.equal,
  less: T.less,
  maximum: T.maximum,
  minimum: T.minimum,
  mod: T.mod,
  mul: T.mul,
  pow: (x, y) => T.pow(x, T.mod(y, 40)),
  sub: T.sub
}

const logical: Case = {
  name: 'logical bool',
  operands: [T.of([true, true, false, false]), T.of([true, false, true, false])],
  f: (x: T.Tensor, y: T.Tensor) => [T.logicalAnd(x, y), T.logicalOr(x, y), T.logicalXor(x, y), T.logicalNot(x)]
}

/** Between all types: a float becomes an integer modulo 2^32, everything but 0 is true. */
const casts: readonly Case[] = [one('float32'), one('float64'), integers(256, 9), T.of([true, false])].map((x) => ({
  name: `cast ${x.dtype}`,
  operands: [x],
  f: (x: T.Tensor) => [T.cast(x, 'float32'), T.cast(x, 'float64'), T.cast(x, 'int32'), T.cast(x, 'bool')]
}))

// -----------------------------------------------------------------------------
// all
// -----------------------------------------------------------------------------

const differentiable = (dtype: FloatDType, ofOne: typeof exactOfOne, ofTwo: typeof exactOfTwo): readonly Case[] => [
  ...Object.entries(ofOne).map(([name, f]) => ({
    name: `${name} ${dtype}`,
    operands: [one(dtype)],
    f: withPullback(dtype, (x: T.Tensor) => f(x))
  })),
  ...Object.entries(ofTwo).map(([name, f]) => ({
    name: `${name} ${dtype}`,
    operands: two(dtype),
    f: withPullback(dtype, (x: T.Tensor, y: T.Tensor) => f(x, y))
  }))
]

const plain = (
  dtype: string,
  x: T.Tensor,
  pair: readonly [T.Tensor, T.Tensor],
  ofOne: typeof exactOfOne,
  ofTwo: typeof exactOfTwo
): readonly Case[] => [
  ...Object.entries(ofOne).map(([name, f]) => ({
    name: `${name} ${dtype}`,
    operands: [x],
    f: (x: T.Tensor) => [f(x)]
  })),
  ...Object.entries(ofTwo).map(([name, f]) => ({
    name: `${name} ${dtype}`,
    operands: pair,
    f: (x: T.Tensor, y: T.Tensor) => [f(x, y)]
  }))
]

/** Values alone, where they show the last bits of the float64 that is rounded. */
const nearTies: readonly Case[] = Object.entries(hard).map(([name, operands]) => ({
  name: `${name} float32 near ties`,
  operands: operands.map((numbers) => T.of(numbers)),
  f: (x: T.Tensor, y: T.Tensor = x) => [functionsOfOne[name]?.(x) ?? functionsOfTwo[name]?.(x, y) ?? x]
}))

/** A huge angle very close to a multiple of pi / 2: the quotient is nearly all of it, and what is left shows the reduction. */
const hugeAngle = T.of([16367173 * 2 ** 72])

/** The last bits of higher coefficients are lost even before a result is rounded, and so are hashed themselves. */
const ofCoefficients: Case = {
  name: 'coefficients of the functions of float32',
  operands: [],
  f: () =>
    Object.entries(coefficients)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, each]) =>
        T.of(typeof each === 'string' ? Array.from(each, (digit) => parseInt(digit, 16)) : each, 'float64')
      )
}

/** The float64 that functions of float32 give before it is rounded, which shows the order of their operations too. */
const unrounded: readonly Case[] = Object.entries(float32).map(([name, f]) => ({
  name: `${name} of float32, not rounded`,
  operands: [],
  f: () => {
    const [xs = [], ys = []] = (name === 'pow' ? two('float32') : [T.concat([one('float32'), hugeAngle])]).map((x, i) =>
      T.toArray(T.concat([x, T.of(hard[name]?.[i] ?? [])]))
    )
    return [
      T.of(
        Array.from(xs, (x, i) => f(x, ys[i] ?? 0)),
        'float64'
      )
    ]
  }
}))

export const elementwise: readonly Case[] = [
  ...floats.flatMap((dtype) => [
    ...differentiable(dtype, exactOfOne, exactOfTwo),
    ...differentiable(dtype, rootsOfOne, rootsOfTwo),
    ...plain(dtype, one(dtype), two(dtype), stepsOfOne, stepsOfTwo)
  ]),
  ...differentiable('float32', functionsOfOne, functionsOfTwo),
  ...nearTies,
  ...unrounded,
  ofCoefficients,
  ...plain('int32', integers(256, 9), twoIntegers(), onIntegersOfOne, onIntegersOfTwo),
  logical,
  ...casts
]
