/** Convolution and its two gradients, as convolutions of the engine. */
import type { TensorType } from '../../../../primitive/model.js'
import { spanOf } from '../../../../shape/geometry.js'
import { type Shape, size } from '../../../../shape/model.js'
import {
  type ConvolutionParams,
  convolutionInputPrimitive,
  convolutionKernelPrimitive,
  convolutionPrimitive
} from '../../../../tensor/convolution.js'
import { type Attributes, type Value, type Writer, full, int, intsOf, node, whole } from '../graph.js'
import { filled, reshaped, transposed } from '../values.js'
import { margined, sliced } from './layout.js'
import { type Line, on } from './on.js'

const spatial = (shape: Shape): Shape => shape.slice(2)

const floatsOnly = ([x]: readonly TensorType[]): string | undefined =>
  x?.dtype === 'float32' ? undefined : `the operators of convolution are for float32, not ${x?.dtype}`

/** How a window slides along the spatial axes. */
interface Sliding {
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
  readonly before: readonly number[]
  readonly groups: number
}

/** A tensor with margins of zeros, or without some of its elements where a margin is negative, along spatial axes. */
const bordered = (
  writer: Writer,
  name: string,
  shape: Shape,
  before: readonly number[],
  after: readonly number[]
): { readonly name: string; readonly shape: Shape } => {
  const front = [0, 0, ...before]
  const back = [0, 0, ...after]
  const sizes = shape.map((n, axis) => n + Math.min(0, front[axis]!) + Math.min(0, back[axis]!))
  const outer = shape.map((n, axis) => n + front[axis]! + back[axis]!)
  const zero = filled(writer, { shape: outer, dtype: 'float32' }, 0)
  if (sizes.some((n) => n <= 0)) return { name: full(writer, zero), shape: outer }
  const kept = sliced(writer, name, shape, {
    starts: front.map((n) => Math.max(0, -n)),
    steps: shape.map(() => 1),
    sizes
  })
  const wide = margined(
    writer,
    kept,
    front.map((n) => Math.max(0, n)),
    back.map((n) => Math.max(0, n)),
    zero
  )
  return { name: wide, shape: outer }
}

/** The margin behind that makes windows end where they should: how far the last reaches beyond the input. */
const behind = (
  input: Shape,
  window: Shape,
  output: Shape,
  { stride, dilation, before }: Sliding
): readonly number[] => {
  const span = spanOf(window, dilation)
  return input.map((n, i) => (output[i]! - 1) * stride[i]! + span[i]! - before[i]! - n)
}

const attributesOf = ({ stride, dilation, groups }: Sliding): Attributes => ({
  strides: intsOf(stride),
  dilations: intsOf(dilation),
  group: int(groups)
})

/** A convolution whose output has the given spatial sizes. */
const convolved = (
  writer: Writer,
  x: string,
  shape: Shape,
  w: string,
  window: Shape,
  output: Shape,
  sliding: Sliding
): string => {
  const after = behind(spatial(shape), window, output, sliding)
  const isPlain = [...sliding.before, ...after].every((n) => n >= 0)
  const input = isPlain ? x : bordered(writer, x, shape, sliding.before, after).name
  const pads = isPlain ? [...sliding.before, ...after] : [...sliding.before, ...after].map(() => 0)
  return node(writer, 'Conv', [input, w], {
    ...attributesOf(sliding),
    pads: intsOf(pads),
    kernel_shape: intsOf(window)
  })
}

/** Examples and channels of a tensor exchanged; the channels of a group stay with its examples: [n, g c, ...] as [c, g n, ...]. */
const exchanged = (writer: Writer, name: string, shape: Shape, groups: number): string => {
  const [n = 0, channels = 0, ...rest] = shape
  const axes = rest.map((_, i) => i + 2)
  if (groups === 1) return transposed(writer, name, [1, 0, ...axes])
  const apart = reshaped(writer, name, [n, groups, channels / groups, ...rest])
  const turned = transposed(writer, apart, [2, 1, 0, ...axes.map((axis) => axis + 1)])
  return reshaped(writer, turned, [channels / groups, groups * n, ...rest])
}

/** The gradient to the input: a transposed convolution. */
const toInput = (writer: Writer, y: Value, w: Value, params: ConvolutionParams): string => {
  const after = behind(params.size, spatial(w.shape), spatial(y.shape), params)
  const all = [...params.before, ...after]
  const plain = { ...attributesOf(params), kernel_shape: intsOf(spatial(w.shape)) }
  const operands = [full(writer, y), full(writer, w)]
  if (all.every((n) => n >= 0)) return node(writer, 'ConvTranspose', operands, { ...plain, pads: intsOf(all) })
  const taken = node(writer, 'ConvTranspose', operands, { ...plain, pads: intsOf(all.map(() => 0)) })
  const reach = params.size.map((n, i) => n + params.before[i]! + after[i]!)
  const shape = [y.shape[0]!, w.shape[1]! * params.groups, ...reach]
  const less = (list: readonly number[]): readonly number[] => list.map((n) => -n)
  return bordered(writer, taken, shape, less(params.before), less(after)).name
}

/** The gradient to the kernel: the input slides over the cotangent, examples in place of channels. */
const toKernel = (writer: Writer, x: Value, y: Value, params: ConvolutionParams): string => {
  const { stride, dilation, groups } = params
  const sliding: Sliding = { ...params, stride: dilation, dilation: stride }
  const input = exchanged(writer, full(writer, x), x.shape, groups)
  const kernel = exchanged(writer, full(writer, y), y.shape, 1)
  const shape = [x.shape[1]! / groups, groups * x.shape[0]!, ...spatial(x.shape)]
  const gradient = convolved(writer, input, shape, kernel, spatial(y.shape), params.size, sliding)
  return transposed(writer, gradient, [1, 0, ...params.size.map((_, axis) => axis + 2)])
}

/** A product without terms is zero everywhere, which the engine's kernels need not know. */
const isEmpty = (...operands: readonly TensorType[]): boolean => operands.some(({ shape }) => size(shape) === 0)

export const convolutions: readonly Line[] = /* @__PURE__ */ [
  on(
    convolutionPrimitive,
    (writer, [x, w], params, [type]) => {
      if (isEmpty(x!, w!)) return [filled(writer, type!, 0)]
      const operands = [full(writer, x!), full(writer, w!)] as const
      const name = convolved(writer, operands[0], x!.shape, operands[1], spatial(w!.shape), params.size, params)
      return [whole(name, type!)]
    },
    floatsOnly
  ),
  on(
    convolutionInputPrimitive,
    (writer, [y, w], params, [type]) => [
      isEmpty(y!, w!) ? filled(writer, type!, 0) : whole(toInput(writer, y!, w!, params), type!)
    ],
    floatsOnly
  ),
  on(
    convolutionKernelPrimitive,
    (writer, [x, y], params, [type]) => [
      isEmpty(x!, y!) ? filled(writer, type!, 0) : whole(toKernel(writer, x!, y!, params), type!)
    ],
    floatsOnly
  )
]
