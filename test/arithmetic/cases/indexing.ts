// Running extrema, segments, quantiles and pooling: what is taken from where.
import type { FloatDType } from 'pullback/DType'
import { key } from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { type Case, floats, withPullback } from '../case.js'
import { between, integers, special } from '../inputs.js'

const ids = T.mod(integers(192, 111), 7)

const ofFloats = (dtype: FloatDType): readonly Case[] => [
  {
    name: `cummax, cummin ${dtype}`,
    operands: [between(-4, 4, dtype, [9, 30], 112), special(dtype)],
    f: (x: T.Tensor, z: T.Tensor) => [
      ...withPullback(dtype, (y: T.Tensor) => T.cummax(y, { axis: 1 }))(x),
      T.cummin(z, { reverse: true })
    ]
  },
  {
    name: `segmentMax ${dtype}`,
    operands: [T.round(between(-9, 9, dtype, [T.size(ids), 3], 113))],
    f: withPullback(dtype, (x: T.Tensor) => T.segmentMax(x, ids, { numSegments: 9 }))
  },
  {
    name: `quantile, maxPool2d, avgPool2d ${dtype}`,
    operands: [between(-4, 4, dtype, [2, 3, 7, 8], 114)],
    f: (x: T.Tensor) => [
      ...withPullback(dtype, (y: T.Tensor) => T.quantile(y, [0.1, 0.5], { axis: [0, 2] }))(x),
      ...withPullback(dtype, (y: T.Tensor) => T.maxPool2d(y, { window: 3, stride: 2, padding: 1 }))(x),
      ...withPullback(dtype, (y: T.Tensor) => T.avgPool2d(y, { window: 3, stride: 2, padding: 1 }))(x)
    ]
  },
  {
    name: `lpPool2d, fractionalMaxPool2d ${dtype}`,
    operands: [between(-4, 4, dtype, [2, 3, 7, 8], 115)],
    f: (x: T.Tensor) => [
      ...withPullback(dtype, (y: T.Tensor) => T.lpPool2d(y, { window: 3, stride: 2, padding: 1 }))(x),
      ...withPullback(dtype, (y: T.Tensor) => T.fractionalMaxPool2d(y, key(1), { window: 2, outputSize: [4, 5] }))(x)
    ]
  }
]

export const indexing: readonly Case[] = [
  ...floats.flatMap(ofFloats),
  { name: 'bincount', operands: [ids], f: (x: T.Tensor) => [T.bincount(x, { length: 7 })] }
]
