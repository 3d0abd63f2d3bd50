// Random well-typed programs: lists of codes, each of which applies an operation to values that are there.
import * as fc from 'fast-check'
import { cond, scan } from 'pullback/Control'
import { isFloat } from 'pullback/DType'
import { checkpoint, grad } from 'pullback/Grad'
import { jit } from 'pullback/Jit'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

type Tensors = readonly T.Tensor[]
type Unary = (x: T.Tensor) => T.Tensor

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

const asFloat = (x: T.Tensor): T.Tensor => (isFloat(x.dtype) ? x : T.cast(x, 'float32'))

/** Elementwise, of one operand of any type. */
const unaries: readonly Unary[] = [
  T.neg,
  T.abs,
  T.square,
  T.sign,
  T.exp,
  T.log,
  T.log1p,
  T.expm1,
  T.tanh,
  T.sigmoid,
  T.softplus,
  T.relu,
  T.sqrt,
  T.rsqrt,
  T.sin,
  T.cos,
  T.erf,
  T.floor,
  T.round,
  T.reciprocal,
  T.isNaN,
  T.isFinite,
  T.logSigmoid,
  T.atan,
  T.erfc,
  (x) => T.clamp(asFloat(x), { min: -0.3, max: 0.7 }),
  (x) => T.cast(x, 'float32'),
  (x) => T.cast(x, 'float64'),
  (x) => T.cast(x, 'int32'),
  (x) => T.cast(x, 'bool'),
  (x) => T.mul(x, 3),
  (x) => T.add(x, -1),
  (x) => T.stopGradient(x)
]

/** Elementwise, of two. */
const binaries: readonly ((x: T.Tensor, y: T.Tensor) => T.Tensor)[] = [
  T.add,
  T.sub,
  T.mul,
  T.div,
  T.maximum,
  T.minimum,
  T.pow,
  T.greater,
  T.lessEqual,
  T.equal,
  T.notEqual,
  T.logAddExp,
  T.hypot,
  T.atan2,
  T.mod,
  T.xlogy,
  T.logicalAnd,
  T.logicalXor
]

const axisOf = (x: T.Tensor, code: number): number => code % x.shape.length

/** Indices along an axis of a tensor, by its values: as many in each lane as it has elements. */
const placesIn = (x: T.Tensor, axis: number): T.Tensor => {
  const n = x.shape[axis]!
  return T.sub(T.mod(T.cast(x, 'int32'), Math.min(n, 5)), Math.floor(n / 7))
}

/** A key by the values of a tensor. */
const keyOf = (x: T.Tensor): Random.Key => {
  const first = T.slice(T.reshape(T.cast(x, 'int32'), [-1]), [[0, 1]])
  return Random.foldIn(Random.key(1), first)
}

/** Of one operand of rank 1 or more and a number. */
const shaping: readonly ((x: T.Tensor, code: number) => T.Tensor)[] = [
  (x) => T.transpose(x),
  (x) => T.reshape(x, [-1]),
  (x, code) => T.expandDims(x, code % (x.shape.length + 1)),
  (x, code) => T.flip(x, { axis: axisOf(x, code) }),
  (x, code) => T.slice(x, x.shape.map((n, i) => (i === axisOf(x, code) && n > 2 ? [1, n] : [0, n])) as never),
  (x, code) => T.broadcastTo(x, [1 + (code % 3), ...x.shape]),
  (x, code) => T.concat([x, x], { axis: axisOf(x, code) }),
  (x, code) => T.roll(x, code % 5, { axis: axisOf(x, code) }),
  (x, code) => T.pad(x, code % 3, { value: code % 2 }),
  (x, code) => T.takeAlongAxis(x, placesIn(x, axisOf(x, code)), { axis: axisOf(x, code) }),
  (x, code) => {
    const axis = axisOf(x, code)
    return x.dtype === 'bool' ? x : T.addAlongAxis(x, placesIn(x, axis), T.flip(x, { axis }), { axis })
  },
  (x, code) => T.oneHot(T.abs(placesIn(x, axisOf(x, code))), 5),
  (x, code) => (x.shape.length < 2 ? x : T.triu(x, { offset: (code % 3) - 1 })),
  (x, code) => (x.shape.length < 2 ? x : T.diagonal(x, { offset: code % 2 })),
  (x) => T.mul(T.cast(Random.bernoulli(keyOf(x), 0.7, x.shape), 'float32'), asFloat(x)),
  (x) => T.add(asFloat(x), Random.uniform(keyOf(x), x.shape)),
  (x) => T.add(asFloat(x), Random.normal(keyOf(x), x.shape))
]

/** Convolutions and pooling, of images of one channel. */
const pools: readonly Unary[] = [
  (x) => T.maxPool2d(x as never, { window: 2, stride: 1 }),
  (x) => T.avgPool2d(x as never, { window: 2, stride: 1, padding: 1 }),
  (x) => T.maxPool2d(x as never, { window: 2 }),
  (x) =>
    T.conv2d(
      x as never,
      T.slice(x, [
        [0, 1],
        [0, 1],
        [0, 2],
        [0, 2]
      ] as never),
      { padding: 1 } as never
    ),
  (x) => T.conv2d(x as never, T.ones([2, 1, 2, 2], x.dtype) as never, { stride: 1 } as never),
  (x) => T.avgPool2d(x as never, { window: 2 }),
  (x) => T.conv2d(x as never, T.ones([2, 1, 2, 1], x.dtype) as never, { stride: 2, padding: 1 } as never),
  (x) =>
    T.conv3d(
      T.reshape(x, [1, 1, ...x.shape.filter((_, axis) => axis !== 1)] as never),
      T.ones([2, 1, 1, 2, 2], x.dtype) as never,
      { stride: [1, 2, 1], padding: 1, dilation: [1, 1, 2] } as never
    )
]

/** Whether the last axes have room for a window. */
const isPooled = (x: T.Tensor): boolean => x.shape.slice(-2).every((n) => n > 1)

/** The same, for operands of floats. */
const reducing: readonly ((x: T.Tensor, code: number) => T.Tensor)[] = [
  (x, code) => T.sum(x, { axis: axisOf(x, code) }),
  (x) => T.sum(x),
  (x, code) => T.mean(x, { axis: axisOf(x, code) }),
  (x, code) => T.max(x, { axis: axisOf(x, code) }),
  (x, code) => T.softmax(x, { axis: axisOf(x, code) }),
  (x, code) => T.logSoftmax(x, { axis: axisOf(x, code) }),
  (x, code) => T.logSumExp(x, { axis: axisOf(x, code) }),
  (x, code) => T.cumsum(x, { axis: axisOf(x, code) }),
  (x, code) => T.variance(x, { axis: axisOf(x, code) }),
  (x, code) => T.std(x, { axis: axisOf(x, code), correction: 1 }),
  (x, code) => T.norm(x, { axis: axisOf(x, code) }),
  (x, code) => T.cummax(x, { axis: axisOf(x, code), reverse: code % 2 === 0 }),
  (x, code) => T.min(x, { axis: axisOf(x, code) }),
  (x, code) => T.prod(x, { axis: axisOf(x, code) }),
  (x, code) => T.cumprod(x, { axis: axisOf(x, code), reverse: code % 2 === 0, exclusive: code % 3 === 0 }),
  (x, code) => T.argmax(x, { axis: axisOf(x, code) }),
  (x, code) => T.argmin(x, { axis: axisOf(x, code) }),
  (x, code) => T.any(T.greater(x, 0.5), { axis: axisOf(x, code) }),
  (x, code) => T.sum(T.cast(x, 'int32'), { axis: axisOf(x, code) }),
  (x) => T.mean(x, { axis: x.shape.length > 2 ? [0, 2] : [0] }),
  (x) => (x.shape.length === 2 ? T.matmul(x, T.transpose(x)) : T.sum(T.mul(x, x))),
  (x, code) =>
    x.shape.length === 1 ? T.dot(x, T.flip(x)) : T.matmul(T.swapAxes(x, -1, -2), code % 2 === 0 ? x : T.flip(x)),
  (x, code) =>
    x.shape.length < 2 || !isPooled(x)
      ? T.neg(x)
      : pools[code % pools.length]!(T.reshape(x, [-1, 1, ...x.shape.slice(-2)] as never)),
  (x, code) => T.gather(x, T.of([0, x.shape[axisOf(x, code)]! - 1], 'int32'), { axis: axisOf(x, code) })
]

/** Of one operand of any type: what integers and booleans do otherwise than floats. */
const counting: readonly ((x: T.Tensor, code: number) => T.Tensor)[] = [
  (x, code) => T.sum(x, { axis: axisOf(x, code) }),
  (x, code) => T.max(x, { axis: axisOf(x, code) }),
  (x) => T.min(x),
  (x, code) => T.prod(x, { axis: axisOf(x, code) }),
  (x, code) => T.cumsum(x, { axis: axisOf(x, code), exclusive: code % 2 === 0, reverse: code % 3 === 0 }),
  (x, code) => T.cumprod(x, { axis: axisOf(x, code) }),
  (x, code) => T.argmax(x, { axis: axisOf(x, code) }),
  (x, code) => T.any(T.cast(x, 'bool'), { axis: axisOf(x, code) }),
  (x, code) => T.all(T.cast(x, 'bool'), { axis: axisOf(x, code) }),
  (x, code) => T.mean(x, { axis: axisOf(x, code) }),
  (x) => T.mul(T.cast(x, 'int32'), 65537),
  (x) => T.sub(T.mul(T.cast(x, 'int32'), 2 ** 30), 2 ** 31 - 1),
  (x) => T.cast(T.mul(asFloat(x), 3e9), 'int32'),
  (x) => (x.shape.length === 2 ? T.matmul(x, T.transpose(x)) : T.neg(x)),
  (x, code) => T.sort(x, { axis: axisOf(x, code) }),
  (x, code) => T.gather(x, T.of([0, -1, 0, code % 8 === 0 ? 2 : 0], 'int32'), { axis: axisOf(x, code) }),
  (x, code) => {
    const axis = axisOf(x, code)
    const rows = T.gather(x, T.of([0, 0, -1], 'int32'), { axis })
    return x.dtype === 'bool' ? x : T.scatterAdd(x, T.of([-1, 0, 0], 'int32'), rows, { axis })
  }
]

/** With programs inside. Second derivatives of a choice have other zeros when it is staged. */
const nesting: readonly ((x: T.Tensor, code: number) => T.Tensor)[] = [
  (x) => cond(T.greater(T.sum(x), 0), T.square, T.exp)(T.stopGradient(x)),
  (x) => scan((total: T.Tensor, row: T.Tensor) => [T.add(T.mul(total, 0.5), row), total])(T.sum(x, { axis: 0 }), x)[1],
  (x) => checkpoint((y: T.Tensor) => T.tanh(T.mul(y, y)))(x),
  (x, code) => jit((y: T.Tensor) => T.mul(T.sum(y, { axis: axisOf(y, code), keepDims: true }), y))(x)
]

// -----------------------------------------------------------------------------
// programs
// -----------------------------------------------------------------------------

const broadcasts = (a: T.Tensor, b: T.Tensor): boolean => {
  const rank = Math.max(a.shape.length, b.shape.length)
  for (let i = 1; i <= rank; i++) {
    const [m = 1, n = 1] = [a.shape.at(-i), b.shape.at(-i)]
    if (i <= a.shape.length && i <= b.shape.length && m !== n && m !== 1 && n !== 1) return false
  }
  return true
}

/** The most elements of a value. */
const most = 600

const size = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1)

export interface Code {
  readonly kind: number
  readonly which: number
  readonly first: number
  readonly second: number
}

/** One more value. */
const applied = ({ kind, which, first, second }: Code, values: Tensors): T.Tensor => {
  const at = (n: number): T.Tensor => values[values.length - 1 - (n % values.length)]!
  const [x, y] = [at(first), at(second)]
  const pick = <A>(list: readonly A[]): A => list[which % list.length]!
  if (kind < 3) return pick(unaries)(x)
  if (kind < 6) return pick(binaries)(x, broadcasts(x, y) ? y : T.sum(asFloat(y)))
  if (kind < 7) {
    const condition = T.cast(broadcasts(x, y) ? y : T.sum(asFloat(y)), 'bool')
    return T.where(condition, x, T.neg(x))
  }
  if (x.shape.length === 0) return T.neg(x)
  if (size(x.shape) > most / 3) return T.sum(asFloat(x), { axis: axisOf(x, which) })
  if (x.shape.includes(0)) return T.neg(x)
  if (kind < 8) return pick(shaping)(x, second)
  if (kind < 9) return pick(reducing)(asFloat(x), second)
  return kind < 10 ? pick(counting)(x, second) : pick(nesting)(asFloat(x), second)
}

const dtypes = ['float32', 'float64', 'int32', 'bool'] as const

export interface Generated {
  readonly codes: readonly Code[]
  readonly order: number
  readonly f: (...inputs: Tensors) => Tensors
  readonly inputs: Tensors
}

const special = [0, -0, NaN, Infinity, -Infinity, 1, -1, 0.5, 1e-40, 3e38, 2 ** 31, 100.5]

const number: fc.Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -3000, max: 3000 }).map((n) => (n + 0.5) / 1000) },
  { weight: 1, arbitrary: fc.constantFrom(...special) }
)

const input: fc.Arbitrary<T.Tensor> = fc
  .record({
    dtype: fc.constantFrom(...dtypes, 'float32' as const),
    shape: fc.constantFrom(
      [],
      [1],
      [3],
      [4],
      [7],
      [33],
      [2, 3],
      [4, 4],
      [5, 1],
      [1, 6],
      [3, 9],
      [2, 3, 4],
      [1, 5, 6],
      [0, 3]
    )
  })
  .chain(({ dtype, shape }) =>
    fc
      .array(number, { minLength: size(shape), maxLength: size(shape) })
      .map((values) => T.cast(T.fromTypedArray(Float64Array.from(values), shape), dtype))
  )

const code: fc.Arbitrary<Code> = fc.record({
  kind: fc.nat(10),
  which: fc.nat(40),
  first: fc.nat(20),
  second: fc.nat(20)
})

/** The sum of all that is a float: what gradients are taken of. */
const total = (outputs: Tensors): T.Tensor<[]> =>
  outputs.reduce<T.Tensor<[]>>(
    (sum, x) => T.add(sum, T.sum(T.cast(isFloat(x.dtype) ? x : T.zeros([]), 'float64'))),
    T.scalar(0, 'float64')
  )

/** Programs of some operations: their values, gradients, and second derivatives. */
export const generated: fc.Arbitrary<Generated> = fc
  .record({
    inputs: fc.array(input, { minLength: 1, maxLength: 3 }),
    codes: fc.array(code, { minLength: 1, maxLength: 14 }),
    order: fc.constantFrom(0, 0, 1, 2)
  })
  .map(({ inputs, codes, order }) => {
    const plain = (...given: Tensors): Tensors => {
      const values = [...given]
      for (const each of codes) values.push(applied(each, values))
      return values.slice(given.length)
    }
    const floats = inputs.flatMap((x, i) => (isFloat(x.dtype) ? [i] : []))
    if (order === 0 || floats.length === 0) return { f: plain, inputs, codes, order: 0 }
    const along = (f: (...given: Tensors) => Tensors) => {
      const loss = (own: Tensors, given: Tensors): T.Tensor<[]> =>
        total(f(...given.map((x, i) => (floats.includes(i) ? own[floats.indexOf(i)]! : x))))
      return (...given: Tensors): Tensors =>
        grad(loss)(
          floats.map((i) => given[i]!),
          given
        )
    }
    return { f: order === 1 ? along(plain) : along(along(plain)), inputs, codes, order }
  })
