// Convolutions in compiled programs against eager ones, bit for bit.
import * as Debug from 'pullback/Debug'
import type { DType } from 'pullback/DType'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { lowerProgram } from '../../src/compile/run.js'
import { bindOne } from '../../src/primitive/bind.js'
import {
  type ConvolutionParams,
  convolutionInputPrimitive,
  convolutionKernelPrimitive,
  convolutionPrimitive
} from '../../src/tensor/convolution.js'
import type { Tensor } from '../../src/tensor/model.js'
import { allLowered, expectSame } from './expectSame.js'
import { random } from './tensors.js'

/** A convolution of one to three spatial axes. */
interface Case {
  readonly examples: number
  readonly groups?: number
  readonly inputs: number
  readonly outputs: number
  readonly input: readonly number[]
  readonly window: readonly number[]
  readonly stride?: readonly number[]
  readonly dilation?: readonly number[]
  readonly before?: readonly number[]
  /** The padding behind, if it is not that in front. */
  readonly after?: readonly number[]
}

const shapesOf = ({ examples, groups = 1, inputs, outputs, input, window, ...other }: Case) => {
  const one = input.map(() => 1)
  const { stride = one, dilation = one, before = input.map(() => 0) } = other
  const { after = before } = other
  const output = input.map((n, i) =>
    Math.floor((n + before[i]! + after[i]! - (window[i]! - 1) * dilation[i]! - 1) / stride[i]! + 1)
  )
  return {
    x: [examples, groups * inputs, ...input],
    w: [groups * outputs, inputs, ...window],
    y: [examples, groups * outputs, ...output],
    params: { stride, dilation, before, groups }
  }
}

const cases: readonly Case[] = [
  { examples: 1, inputs: 1, outputs: 1, input: [1, 1], window: [1, 1] },
  { examples: 2, inputs: 1, outputs: 6, input: [9, 8], window: [5, 5], before: [2, 2] },
  { examples: 3, inputs: 6, outputs: 16, input: [14, 14], window: [5, 5] },
  { examples: 2, inputs: 3, outputs: 5, input: [7, 9], window: [3, 2], before: [1, 2], after: [0, 1] },
  { examples: 2, inputs: 2, outputs: 3, input: [12], window: [4], before: [1] },
  { examples: 1, inputs: 4, outputs: 9, input: [8, 8], window: [1, 1] },
  { examples: 2, groups: 3, inputs: 2, outputs: 4, input: [6, 5], window: [3, 3], before: [1, 1] },
  { examples: 1, groups: 5, inputs: 1, outputs: 1, input: [6, 7], window: [2, 3] },
  { examples: 2, inputs: 3, outputs: 4, input: [9, 10], window: [3, 3], dilation: [2, 2], before: [2, 1] },
  { examples: 1, inputs: 90, outputs: 3, input: [5, 5], window: [3, 3], before: [1, 1] },
  { examples: 1, inputs: 300, outputs: 2, input: [4, 3], window: [1, 2] },
  { examples: 2, inputs: 2, outputs: 10, input: [20, 33], window: [3, 3], before: [1, 1] },
  { examples: 2, inputs: 2, outputs: 5, input: [4, 5, 6], window: [2, 3, 3], before: [1, 0, 2], after: [0, 1, 1] },
  { examples: 1, inputs: 3, outputs: 4, input: [13, 11, 9], window: [3, 3, 3], before: [1, 1, 1] },
  {
    examples: 1,
    groups: 2,
    inputs: 2,
    outputs: 3,
    input: [5, 4, 5],
    window: [2, 1, 2],
    dilation: [2, 1, 3],
    before: [2, 1, 0]
  },
  { examples: 1, inputs: 2, outputs: 300, input: [3, 5], window: [2, 2], before: [1, 0] },
  { examples: 1, inputs: 5, outputs: 300, input: [9], window: [1] },
  { examples: 1, inputs: 1, outputs: 1, input: [130], window: [9], before: [4] },
  // images that are smaller than the padding
  { examples: 1, inputs: 2, outputs: 2, input: [2, 2], window: [2, 2], before: [4, 3] }
]

const strided: readonly Case[] = [
  { examples: 2, inputs: 3, outputs: 4, input: [9, 11], window: [3, 3], stride: [2, 2], before: [1, 1] },
  { examples: 1, inputs: 2, outputs: 3, input: [12, 9], window: [2, 5], stride: [1, 3] },
  { examples: 1, inputs: 2, outputs: 3, input: [12, 9], window: [5, 2], stride: [3, 1], before: [2, 0] },
  { examples: 1, groups: 2, inputs: 2, outputs: 3, input: [17], window: [3], stride: [2], dilation: [3] },
  { examples: 2, inputs: 2, outputs: 3, input: [7, 6, 9], window: [3, 2, 4], stride: [2, 3, 2], before: [1, 1, 2] },
  { examples: 1, inputs: 2, outputs: 2, input: [9, 9], window: [1, 1], stride: [3, 2] },
  {
    examples: 1,
    inputs: 1,
    outputs: 2,
    input: [3, 70],
    window: [2, 5],
    stride: [1, 2],
    before: [1, 3],
    dilation: [1, 2]
  }
]

/** Their planes do not fit into a cache. */
const large: readonly Case[] = [
  { examples: 2, inputs: 1, outputs: 2, input: [27001], window: [5], before: [2] },
  { examples: 1, inputs: 2, outputs: 2, input: [3, 6000], window: [2, 3], before: [1, 1] },
  { examples: 1, inputs: 4, outputs: 2, input: [91, 133], window: [3, 3], before: [1, 1] },
  { examples: 1, inputs: 4, outputs: 2, input: [121, 61], window: [3, 3], stride: [2, 1], before: [1, 1] },
  { examples: 1, inputs: 1, outputs: 2, input: [22, 13, 18], window: [3, 3, 3], before: [1, 1, 1] }
]

const primitives = { y: convolutionPrimitive, x: convolutionInputPrimitive, w: convolutionKernelPrimitive }
const operands = { y: ['x', 'w'], x: ['y', 'w'], w: ['x', 'y'] } as const

const expectConvolution = (
  each: Case,
  which: 'x' | 'w' | 'y',
  index: number,
  dtypes: readonly DType[] = ['float32', 'float64'],
  zeros: readonly boolean[] = [false, true]
): void => {
  const { params, ...shapes } = shapesOf(each)
  for (const dtype of dtypes) {
    for (const strongZero of zeros) {
      const given: ConvolutionParams = { ...params, size: shapes[which].slice(2), strongZero }
      const f = (a: Tensor, b: Tensor): Tensor => bindOne(primitives[which], [a, b], given)
      const [a, b] = operands[which]
      const seed = 10 * index + (strongZero ? 2 : 0)
      const inputs: [Tensor, Tensor] = [random(shapes[a], dtype, seed), random(shapes[b], dtype, seed + 1)]
      expectSame(f, inputs, `${which} ${dtype} ${strongZero} ${JSON.stringify(each)}`)
    }
  }
}

describe('convolutions have the bits of eager ones', () => {
  test('outputs', () => [...cases, ...strided].forEach((each, i) => expectConvolution(each, 'y', i)))

  test('gradients to the kernel', () => [...cases, ...strided].forEach((each, i) => expectConvolution(each, 'w', i)))

  test('gradients to the input', () => {
    ;[...cases, ...strided].forEach((each, i) => expectConvolution(each, 'x', i))
  })

  test('images in parts', () => {
    large.forEach((each, i) => {
      for (const which of ['x', 'w', 'y'] as const) expectConvolution(each, which, 200 + i, ['float32'], [i % 2 === 0])
    })
  })

  test('operands that do not lie in row-major order', () => {
    const given: Case = { examples: 2, groups: 2, inputs: 3, outputs: 4, input: [6, 5], window: [3, 2], before: [1, 0] }
    const { params, ...shapes } = shapesOf(given)
    for (const which of ['x', 'w', 'y'] as const) {
      const [a, b] = operands[which]
      const all: ConvolutionParams = { ...params, size: shapes[which].slice(2), strongZero: true }
      const turned = (x: Tensor): Tensor => T.flip(T.transpose(x), { axis: 1 })
      const f = (p: Tensor, q: Tensor): Tensor => bindOne(primitives[which], [turned(p), turned(q)], all)
      const back = (shape: readonly number[], seed: number): Tensor => random([...shape].reverse(), 'float32', seed)
      expectSame(f, [back(shapes[a], 70), back(shapes[b], 71)], `${which} turned`)
      const repeated = (p: Tensor): Tensor =>
        bindOne(primitives[which], [p, T.broadcastTo(T.scalar(0.3), shapes[b])], all)
      expectSame(repeated, [random(shapes[a], 'float32', 72)], `${which} with one number`)
    }
  })

  test('windows of very many positions have a kernel of their own', () => {
    const params = { stride: [1], dilation: [1], before: [0], groups: 1, size: [4], strongZero: false }
    const f = (a: Tensor, b: Tensor): Tensor => bindOne(convolutionPrimitive, [a, b], params)
    const [x, w] = [random([1, 1, 303], 'float32', 1), random([1, 1, 300], 'float32', 2)]
    expect(allLowered(lowerProgram(Debug.trace(f)(x, w)))).toBe(false)
    expectSame(f, [x, w], 'a long window', false)
  })
})
