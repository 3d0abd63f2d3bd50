// Rule 5: convolutions and their gradients, in blocks of whole rows.
import type { FloatDType } from 'pullback/DType'
import * as T from 'pullback/Tensor'
import { type Case, floats, withPullback } from '../case.js'
import { cotangent, spoilt } from '../inputs.js'

const ofFloats = (dtype: FloatDType): readonly Case[] => [
  {
    name: `conv2d ${dtype}`,
    operands: [cotangent(dtype, [2, 24, 9, 8], 80), cotangent(dtype, [12, 24, 5, 3], 81)],
    f: withPullback(dtype, (x: T.Tensor, w: T.Tensor) => T.conv2d(x, w, { padding: [[1, 2], 1], stride: [1, 2] }))
  },
  {
    name: `conv2d ${dtype} in groups, dilated, with strong zeros`,
    operands: [spoilt(dtype, [2, 6, 9, 8], 82), spoilt(dtype, [4, 3, 3, 2], 84)],
    f: withPullback(dtype, (x: T.Tensor, w: T.Tensor) => T.conv2d(x, w, { padding: 2, dilation: 2, groups: 2 }))
  },
  {
    name: `conv1d ${dtype} of more than a block`,
    operands: [cotangent(dtype, [1, 300, 5], 86), cotangent(dtype, [3, 300, 2], 87), cotangent(dtype, [2, 2, 700], 88)],
    f: (x: T.Tensor, w: T.Tensor, y: T.Tensor) => [
      T.conv1d(x, w),
      T.conv1d(y, T.slice(w, [null, [0, 2]]), { stride: 3 }),
      T.convTranspose1d(T.reshape(x, [1, 300, 5]), T.reshape(w, [300, 3, 2]), { stride: 2 })
    ]
  },
  {
    name: `conv3d ${dtype}`,
    operands: [cotangent(dtype, [2, 10, 4, 5, 6], 90), cotangent(dtype, [4, 10, 2, 3, 3], 91)],
    f: withPullback(dtype, (x: T.Tensor, w: T.Tensor) => T.conv3d(x, w, { padding: 'same' }))
  }
]

export const convolutions: readonly Case[] = floats.flatMap(ofFloats)
