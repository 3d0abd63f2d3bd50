/**
 * Convolution and its gradients as sums of matrix products, one for each place of the window: for engines whose own convolutions are for
 * float32 alone.
 */
import { mT } from '../../../linalg/matrix.js'
import { bindOne } from '../../../primitive/bind.js'
import { type Shape, positionAt, size } from '../../../shape/model.js'
import { add } from '../../../tensor/arithmetic.js'
import {
  type ConvolutionParams,
  convolutionInputPrimitive,
  convolutionKernelPrimitive,
  convolutionPrimitive
} from '../../../tensor/convolution.js'
import { concatPrimitive } from '../../../tensor/join.js'
import { matmul } from '../../../tensor/matmul.js'
import { type Tensor, fill } from '../../../tensor/model.js'
import { permuteTo, reshapeTo, sumOver } from '../../../tensor/structural.js'
import { type Window, padPrimitive, slicePrimitive } from '../../../tensor/stridedWindow.js'
import { type Entry, onTwo } from './model.js'

const spatial = (shape: Shape): Shape => shape.slice(2)

/** All places of a window. */
const placesOf = (window: Shape): readonly (readonly number[])[] =>
  Array.from({ length: size(window) }, (_, i) => positionAt(i, window))

/** Along the spatial axes of the input: which elements meet one place of the window, for the outputs that have one. */
interface Meeting {
  readonly input: Window
  readonly output: Window
}

const meetingOf = (
  input: Shape,
  output: Shape,
  place: readonly number[],
  { stride, dilation, before }: ConvolutionParams
): Meeting | undefined => {
  const n = spatial(input)
  const first = place.map((at, i) => at * dilation[i]! - before[i]!)
  const from = first.map((at, i) => Math.max(0, Math.ceil(-at / stride[i]!)))
  const to = first.map((at, i) => Math.min(spatial(output)[i]!, Math.floor((n[i]! - 1 - at) / stride[i]!) + 1))
  const counts = from.map((start, i) => to[i]! - start)
  if (counts.some((count) => count <= 0)) return undefined
  return {
    input: {
      starts: [0, 0, ...from.map((start, i) => first[i]! + start * stride[i]!)],
      steps: [1, 1, ...stride],
      sizes: [input[0]!, input[1]!, ...counts]
    },
    output: { starts: [0, 0, ...from], steps: output.map(() => 1), sizes: [output[0]!, output[1]!, ...counts] }
  }
}

const taken = (x: Tensor, window: Window): Tensor => bindOne(slicePrimitive, [x], window)

const placed = (x: Tensor, window: Window, shape: Shape): Tensor =>
  bindOne(padPrimitive, [x], { ...window, shape, value: 0 })

/** Channels by groups, and all that lies behind them as one axis: [n, g, c, p]. */
const grouped = (x: Tensor, groups: number): Tensor => {
  const [n = 0, channels = 0, ...rest] = x.shape
  return reshapeTo(x, [n, groups, channels / groups, size(rest)])
}

/** The kernel at one place, by groups: [g, o, c]. */
const kernelAt = (w: Tensor, place: readonly number[], groups: number): Tensor => {
  const [outputs = 0, inputs = 0] = w.shape
  const at = taken(w, {
    starts: [0, 0, ...place],
    steps: w.shape.map(() => 1),
    sizes: [outputs, inputs, ...place.map(() => 1)]
  })
  return reshapeTo(at, [groups, outputs / groups, inputs])
}

const total = (terms: readonly Tensor[], shape: Shape, like: Tensor): Tensor =>
  terms.length === 0 ? fill(shape, like.dtype, 0) : terms.reduce((sum, term) => add(sum, term))

/** The output from the input and the kernel. */
const convolution = (x: Tensor, w: Tensor, params: ConvolutionParams): Tensor => {
  const shape = [x.shape[0]!, w.shape[0]!, ...params.size]
  const terms = placesOf(spatial(w.shape)).flatMap((place) => {
    const meeting = meetingOf(x.shape, shape, place, params)
    if (meeting === undefined) return []
    const product = matmul(kernelAt(w, place, params.groups), grouped(taken(x, meeting.input), params.groups))
    return [placed(reshapeTo(product, meeting.output.sizes), meeting.output, shape)]
  })
  return total(terms, shape, x)
}

/** The gradient to the input from the output's and the kernel. */
const convolutionInput = (y: Tensor, w: Tensor, params: ConvolutionParams): Tensor => {
  const shape = [y.shape[0]!, w.shape[1]! * params.groups, ...params.size]
  const terms = placesOf(spatial(w.shape)).flatMap((place) => {
    const meeting = meetingOf(shape, y.shape, place, params)
    if (meeting === undefined) return []
    const product = matmul(mT(kernelAt(w, place, params.groups)), grouped(taken(y, meeting.output), params.groups))
    return [placed(reshapeTo(product, meeting.input.sizes), meeting.input, shape)]
  })
  return total(terms, shape, y)
}

/** The gradient to the kernel from the input and the output's. */
const convolutionKernel = (x: Tensor, y: Tensor, params: ConvolutionParams): Tensor => {
  const [outputs, inputs] = [y.shape[1]!, x.shape[1]! / params.groups]
  const parts = placesOf(params.size).map((place) => {
    const meeting = meetingOf(x.shape, y.shape, place, params)
    if (meeting === undefined) return fill([1, outputs, inputs], x.dtype, 0)
    const [from, to] = [taken(x, meeting.input), taken(y, meeting.output)]
    const products = matmul(grouped(to, params.groups), mT(grouped(from, params.groups)))
    return reshapeTo(sumOver(products, [0]), [1, outputs, inputs])
  })
  const joined = parts.length === 1 ? parts[0]! : bindOne(concatPrimitive, parts, { axis: 0 })
  return reshapeTo(permuteTo(joined, [1, 2, 0]), [outputs, inputs, ...params.size])
}

/** The decompositions of convolutions. */
export const ofConvolutions: readonly Entry[] = /* @__PURE__ */ [
  onTwo(convolutionPrimitive, convolution),
  onTwo(convolutionInputPrimitive, convolutionInput),
  onTwo(convolutionKernelPrimitive, convolutionKernel)
]
