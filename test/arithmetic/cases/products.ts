// Rule 4: products, in blocks of 256 terms, with zeros mended where they are strong.
import type { FloatDType } from 'pullback/DType'
import * as Linalg from 'pullback/Linalg'
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { type Case, floats, withPullback } from '../case.js'
import { cotangent, integers, spoilt } from '../inputs.js'

/** Small ones and large ones, one term and several blocks, vectors, stacks, nothing. */
const shapes: readonly (readonly [Shape, Shape])[] = [
  [
    [2, 3],
    [3, 2]
  ],
  [
    [1, 1],
    [1, 9]
  ],
  [
    [7, 600],
    [600, 5]
  ],
  [
    [37, 257],
    [257, 50]
  ],
  [
    [3, 8, 256],
    [3, 256, 4]
  ],
  [
    [2, 1, 5, 20],
    [3, 20, 6]
  ],
  [[40, 520], [520]],
  [[520], [520, 40]],
  [[1000], [1000]],
  [
    [4, 0],
    [0, 3]
  ]
]

const pairs = (xs: readonly T.Tensor[]): readonly (readonly [T.Tensor, T.Tensor])[] =>
  xs.flatMap((x, i) => (i % 2 === 0 ? [[x, xs[i + 1] ?? x] as const] : []))

const operandsOf = (dtype: FloatDType): readonly T.Tensor[] =>
  shapes.flatMap(([left, right], i) => [cotangent(dtype, left, 20 + i), cotangent(dtype, right, 40 + i)])

/** The same numbers, as another layout holds them. */
const relaid = (x: T.Tensor): T.Tensor => (x.shape.length < 2 ? x : T.swapAxes(T.swapAxes(T.mul(x, 1), -1, -2), -1, -2))

const ofFloats = (dtype: FloatDType): readonly Case[] => [
  {
    name: `matmul ${dtype}`,
    operands: operandsOf(dtype),
    f: (...xs) => pairs(xs).map(([x, y]) => T.matmul(x, y))
  },
  {
    name: `matmul ${dtype} in other layouts`,
    operands: [cotangent(dtype, [300, 40], 60), cotangent(dtype, [30, 300], 61), cotangent(dtype, [300, 3], 62)],
    f: (x: T.Tensor, y: T.Tensor, z: T.Tensor) => [
      T.matmul(T.transpose(x), T.transpose(y)),
      T.matmul(T.flip(y), x),
      T.matmul(T.slice(y, [[null, null, 3]]), T.slice(x, [null, [5, null, 2]])),
      T.matmul(T.broadcastTo(T.slice(y, [[0, 1]]), [9, 300]), relaid(z)),
      T.matmul(T.transpose(z), x)
    ]
  },
  {
    name: `matmul ${dtype} with strong zeros`,
    operands: [spoilt(dtype, [12, 280], 63), spoilt(dtype, [280, 10], 65)],
    f: withPullback(dtype, (x: T.Tensor, y: T.Tensor) => T.matmul(x, y))
  },
  {
    name: `dot, outer, einsum, cross ${dtype}`,
    operands: [cotangent(dtype, [12, 3], 67), cotangent(dtype, [12, 3], 68), cotangent(dtype, [700], 69)],
    f: (x: T.Tensor, y: T.Tensor, z: T.Tensor) => [
      T.dot(z, T.flip(z)),
      T.outer(z, T.slice(z, [[0, 20]])),
      T.einsum('ij,kj->ik', x, y),
      T.einsum('ij,ij->i', x, y),
      T.einsum('ij,kj,k->i', x, y, T.slice(z, [[0, 12]])),
      Linalg.cross(x, y)
    ]
  },
  {
    name: `cross ${dtype} with strong zeros`,
    operands: [spoilt(dtype, [100, 3], 70), spoilt(dtype, [100, 3], 72)],
    f: withPullback(dtype, (x: T.Tensor, y: T.Tensor) => Linalg.cross(x, y))
  }
]

const ofIntegers: Case = {
  name: 'matmul int32',
  operands: [T.reshape(integers(196, 74), [20, 20]), T.reshape(integers(196, 75), [20, 20])],
  f: (x: T.Tensor, y: T.Tensor) => [T.matmul(x, y), T.matmul(x, T.transpose(y))]
}

export const products: readonly Case[] = [...floats.flatMap(ofFloats), ofIntegers]
