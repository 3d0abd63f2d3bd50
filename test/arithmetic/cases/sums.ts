// Rules 6 and 7: sums, means, and what goes along axes.
import type { FloatDType } from 'pullback/DType'
import { vjp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { type Case, type One, floats, withPullback } from '../case.js'
import { between, cancelling, cotangent, integers, layouts, special, spoilt } from '../inputs.js'

/** What is hashed of a reduction: over either axis and over both, in every layout, of ordinary and of special numbers. */
const reduced =
  (f: (x: T.Tensor, axis: readonly number[]) => T.Tensor): Case['f'] =>
  (...xs) =>
    xs.flatMap((x) =>
      x.shape.length < 2
        ? [f(x, [0])]
        : Object.values(layouts(x)).flatMap((view) => [f(view, [0]), f(view, [1]), f(view, [0, 1])])
    )

/** Three axes, of which pairs are reduced. */
const deep = (dtype: FloatDType): T.Tensor => cotangent(dtype, [7, 11, 13], 80)

const operandsOf = (dtype: FloatDType): readonly T.Tensor[] => [
  cotangent(dtype, [37, 300], 81),
  spoilt(dtype, [20, 50], 82),
  T.broadcastTo(cotangent(dtype, [1, 60], 84), [40, 60]),
  special(dtype)
]

type Over = (x: T.Tensor, axis: readonly number[]) => T.Tensor

const sums: Readonly<Record<string, Over>> = {
  max: (x, axis) => T.max(x, { axis }),
  mean: (x, axis) => T.mean(x, { axis }),
  min: (x, axis) => T.min(x, { axis }),
  norm: (x, axis) => T.norm(x, { axis }),
  prod: (x, axis) => T.prod(x, { axis }),
  std: (x, axis) => T.std(x, { axis }),
  sum: (x, axis) => T.sum(x, { axis }),
  variance: (x, axis) => T.variance(x, { axis })
}

/** These take the functions of rule 2, and so are the same everywhere in float32 only. */
const exponential: Readonly<Record<string, Over>> = {
  logSoftmax: (x, axis) => T.logSoftmax(x, { axis: axis[0] ?? 0 }),
  logSumExp: (x, axis) => T.logSumExp(x, { axis }),
  softmax: (x, axis) => T.softmax(x, { axis: axis[0] ?? 0 })
}

const over = (dtype: FloatDType, table: typeof sums): readonly Case[] =>
  Object.entries(table).flatMap(([name, f]) => [
    { name: `${name} ${dtype}`, operands: operandsOf(dtype), f: reduced(f) },
    {
      name: `${name} ${dtype} over pairs of axes, with pullback`,
      operands: [deep(dtype)],
      f: (x: T.Tensor) =>
        [[0, 1], [1, 2], [0, 2], [1]].flatMap((axes) => withPullback(dtype, (x: T.Tensor) => f(x, axes))(x))
    }
  ])

/** Long sums with their blocks, and sums of which nothing is left but their rounding. */
const long = (dtype: FloatDType): Case => ({
  name: `sum and mean ${dtype}, of many and of what cancels`,
  operands: [between(-1, 1, dtype, [10_007], 85), ...[101, 102, 103].map((seed) => cancelling(dtype, 1009, seed))],
  f: (x: T.Tensor, ...others: readonly T.Tensor[]) => [
    T.sum(x),
    T.mean(x),
    ...others.flatMap((y) => [
      T.sum(y),
      T.mean(T.slice(y, [[null, null, -3]])),
      ...reduced((x, axis) => T.sum(x, { axis }))(T.reshape(y, [2, 1009]), T.reshape(T.slice(y, [[0, 2010]]), [67, 30]))
    ])
  ]
})

/** What cancels, along the lanes of moments and running sums. */
const cancelled = (dtype: FloatDType): Case => ({
  name: `variance, cumsum and matmul ${dtype} of what cancels`,
  operands: [T.reshape(cancelling(dtype, 900, 104), [30, 60])],
  f: (x: T.Tensor) => [
    ...reduced((x, axis) => T.variance(x, { axis }))(x),
    T.cumsum(x, { axis: 0 }),
    T.cumsum(T.transpose(x), { axis: 0 }),
    T.matmul(x, T.ones([60, 3], dtype))
  ]
})

const running: Readonly<Record<string, One>> = {
  cumprod: (x) => T.cumprod(x, { axis: 0 }),
  cumsum: (x) => T.cumsum(x, { axis: 1, reverse: true })
}

const along = (dtype: FloatDType): readonly Case[] =>
  Object.entries(running).map(([name, f]) => ({
    name: `${name} ${dtype}`,
    operands: [between(0.5, 1.5, dtype, [31, 17], 87), spoilt(dtype, [20, 9], 88)],
    f: (...xs) =>
      xs.flatMap((x) => Object.values(layouts(x)).flatMap((view) => withPullback(dtype, (x: T.Tensor) => f(x))(view)))
  }))

const ordered = (dtype: FloatDType): Case => ({
  name: `sort, argsort, argmax, argmin ${dtype}`,
  operands: [T.mod(T.round(between(-40, 40, dtype, [9, 50], 90)), 16), special(dtype)],
  f: (...xs) => xs.flatMap((x) => [T.sort(x), T.argsort(x, { axis: 0 }), T.argmax(x), T.argmin(x, { axis: 0 })])
})

/** Many to one place, in the order of the indices. */
const scattered = (dtype: FloatDType): Case => {
  const to = T.mod(integers(192, 91), 7)
  const n = to.shape[0] ?? 0
  return {
    name: `scatterAdd, addAlongAxis ${dtype}`,
    operands: [cotangent(dtype, [7, 3], 92), cotangent(dtype, [n, 3], 93)],
    f: (x: T.Tensor, y: T.Tensor) => [
      T.scatterAdd(x, to, y),
      T.addAlongAxis(x, T.broadcastTo(T.expandDims(to, 1), [n, 3]), y, { axis: 0 })
    ]
  }
}

/** Three updates of one place, where another order of the same numbers leaves something else. */
const inOrder = (dtype: FloatDType): Case => ({
  name: `scatterAdd, addAlongAxis ${dtype}, in order`,
  operands: [
    [2 ** 60, 1, -(2 ** 60)],
    [2 ** 60, -(2 ** 60), 1],
    [1, 2 ** 60, -(2 ** 60)]
  ].map((updates) => T.of(updates, dtype)),
  f: (...updates) => {
    const zeros = T.zeros([1], dtype)
    const to = T.zeros([3], 'int32')
    return updates.flatMap((y) => [T.scatterAdd(zeros, to, y), T.addAlongAxis(zeros, to, y, { axis: 0 })])
  }
})

/** What picks and compares, and computes nothing. */
const picked: Case = {
  name: 'gather, takeAlongAxis, oneHot, searchSorted',
  operands: [cotangent('float32', [7, 3], 97), T.mod(integers(192, 91), 7)],
  f: (x: T.Tensor, at: T.Tensor) => [
    ...withPullback('float32', (x: T.Tensor) => T.gather(x, at))(x),
    T.takeAlongAxis(x, T.expandDims(at, 1), { axis: 0 }),
    vmap((x: T.Tensor, at: T.Tensor): T.Tensor => T.gather(x, at))(T.stack([x, T.neg(x)]), T.stack([at, T.flip(at)])),
    T.oneHot(at, 7),
    T.searchSorted(T.of([1, 3, 3, 5]), T.cast(at, 'float32'))
  ]
}

const written: Case = {
  name: 'set, update',
  operands: [cotangent('float32', [7, 3], 97), T.mod(integers(192, 91), 7)],
  f: (x: T.Tensor, at: T.Tensor) => [
    ...withPullback('float32', (x: T.Tensor) => T.update(x, at, T.square))(x),
    T.set(x, [[null, null, -2], 1], 0.1),
    vmap((x: T.Tensor, at: T.Tensor): T.Tensor => T.set(x, at, -0))(T.stack([x, T.neg(x)]), T.stack([at, T.flip(at)]))
  ]
}

/** Derivatives of derivatives: those of a deviation divide by it, and by 0 where nothing deviates. */
const curved = (dtype: FloatDType): Case => ({
  name: `std and norm ${dtype}, second derivatives`,
  operands: [T.concat([cotangent(dtype, [9, 12], 98), T.ones([1, 12], dtype)])],
  f: (x: T.Tensor) =>
    [T.std, T.norm].flatMap((f) =>
      withPullback(dtype, (x: T.Tensor) => {
        const [value, pullback] = vjp((x: T.Tensor) => f(x, { axis: 1 }))(x)
        return pullback(cotangent(dtype, value.shape, 100))[0]
      })(x)
    )
})

const ofIntegers: Case = {
  name: 'sum, prod, cumsum, max int32',
  operands: [T.reshape(integers(196, 94), [20, 20])],
  f: (x: T.Tensor) =>
    Object.values(layouts(x)).flatMap((view) => [
      T.sum(view, { axis: 0 }),
      T.sum(view),
      T.mean(view, { axis: 1 }),
      T.prod(view, { axis: 1 }),
      T.cumsum(view, { axis: 0 }),
      T.max(view, { axis: 0 }),
      T.min(view)
    ])
}

const ofTruths: Case = {
  name: 'sum, any, all bool',
  operands: [T.greater(between(0, 1, 'float32', [30, 4], 95), 0.1)],
  f: (x: T.Tensor) => [T.sum(x, { axis: 0 }), T.any(x, { axis: 1 }), T.all(x, { axis: 1 }), T.mean(x)]
}

export const reductions: readonly Case[] = [
  ...floats.flatMap((dtype) => [
    ...over(dtype, sums),
    long(dtype),
    cancelled(dtype),
    ...along(dtype),
    ordered(dtype),
    scattered(dtype),
    inOrder(dtype),
    curved(dtype)
  ]),
  ...over('float32', exponential),
  picked,
  written,
  ofIntegers,
  ofTruths
]
