/** Rules for products of matrices and for convolutions: their three factors are convolutions of each other. */
import { upTo } from '../../../kernel/library/kinds.js'
import type { Shape } from '../../../shape/model.js'
import {
  type ConvolutionParams,
  convolutionInputPrimitive,
  convolutionKernelPrimitive,
  convolutionPrimitive
} from '../../../tensor/convolution.js'
import { matmul } from '../../../tensor/matmul.js'
import type { Rules, Write } from '../model.js'
import { counted } from './algebra.js'
import { broadcastTo, isEmpty, reshape, reverse, transpose } from './operations.js'
import { listText, signatureText } from './text.js'
import { type Value, type Writer, emit, namesOf, on, splat, typed } from './writer.js'

// -----------------------------------------------------------------------------
// matrices
// -----------------------------------------------------------------------------

/** Products of stacks; one matrix on the right multiplies all rows of a stack on the left at once. */
const product: Write<Writer, Value, object> = (writer, operands, _params, [result]) => {
  const [a, b] = operands.map((operand) => counted(writer, operand))
  const rank = result!.shape.length
  const isOne = b!.shape.length === 2
  const stack = result!.shape.slice(0, -2)
  const stacked = (x: Value): Value => broadcastTo(writer, x, [...stack, ...x.shape.slice(-2)])
  const [left, right] = isOne ? [a!, b!] : [stacked(a!), stacked(b!)]
  const batch = isOne ? [] : upTo(rank - 2)
  const batching = batch.length === 0 ? '' : `batching_dims = ${listText(batch)} x ${listText(batch)}, `
  const contracting = `contracting_dims = ${listText([left.shape.length - 1])} x ${listText([right.shape.length - 2])}`
  const words = `${batching}${contracting}, precision = [HIGHEST, HIGHEST]`
  return [typed(writer, 'dot_general', [left, right], words, { shape: result!.shape, dtype: left.dtype })]
}

// -----------------------------------------------------------------------------
// convolutions
// -----------------------------------------------------------------------------

/** What a convolution of the format is called with; lists have an entry per spatial axis. */
interface Call {
  /** Where the axes of the operands and of the result stand: `b`, `f`, `i`, `o` and the spatial axes. */
  readonly axes: readonly [input: readonly string[], kernel: readonly string[], result: readonly string[]]
  readonly stride: readonly number[]
  readonly low: readonly number[]
  readonly high: readonly number[]
  /** The distance of elements of the input, and of the kernel. */
  readonly spread: readonly number[]
  readonly dilation: readonly number[]
  readonly groups: number
  readonly batchGroups: number
}

const convolve = (writer: Writer, x: Value, w: Value, shape: Shape, call: Call): Value => {
  const type = { shape, dtype: x.dtype }
  const { axes, stride, low, high, spread, dilation, groups, batchGroups } = call
  const spatial = upTo(stride.length).map(String)
  const place = (names: readonly string[]): string => listText([...names, ...spatial])
  const pads = low.map((n, axis) => listText([n, high[axis]!]))
  const window = [
    `stride = ${listText(stride)}`,
    `pad = ${listText(pads)}`,
    `lhs_dilate = ${listText(spread)}`,
    `rhs_dilate = ${listText(dilation)}`
  ].join(', ')
  const precision = '#stablehlo<precision HIGHEST>'
  const counts = `batch_group_count = ${batchGroups} : i64, feature_group_count = ${groups} : i64`
  return emit(
    writer,
    `stablehlo.convolution(${namesOf([x, w])}) dim_numbers = ${place(axes[0])}x${place(axes[1])}->${place(axes[2])}, window = {${window}} {${counts}, precision_config = [${precision}, ${precision}]} : ${signatureText([x, w], type)}`,
    type
  )
}

const sizes = (shape: Shape): Shape => shape.slice(2)

/** How far a kernel reaches beyond its first element. */
const reach = (window: Shape, dilation: readonly number[]): readonly number[] =>
  window.map((n, axis) => (n - 1) * dilation[axis]!)

const ones = (list: readonly number[]): readonly number[] => list.map(() => 1)

/** A rule for operands that have elements; others give zeros. */
const convolution =
  (write: (writer: Writer, a: Value, b: Value, shape: Shape, params: ConvolutionParams) => Value) =>
  (...[writer, operands, params, [result]]: Parameters<Write<Writer, Value, ConvolutionParams>>): readonly Value[] => {
    const [a, b] = operands.map((operand) => counted(writer, operand))
    const { shape } = result!
    if (isEmpty(a!) || isEmpty(b!) || shape.includes(0)) return [splat(writer, 0, a!.dtype, shape)]
    return [write(writer, a!, b!, shape, params)]
  }

/** The output from the input and the kernel. */
const output = convolution((writer, x, w, shape, { stride, dilation, before, groups, size }) => {
  const far = reach(sizes(w.shape), dilation)
  const [input] = [sizes(x.shape)]
  const high = size.map((n, axis) => (n - 1) * stride[axis]! + far[axis]! + 1 - before[axis]! - input[axis]!)
  return convolve(writer, x, w, shape, {
    axes: [
      ['b', 'f'],
      ['o', 'i'],
      ['b', 'f']
    ],
    stride,
    low: before,
    high,
    spread: ones(stride),
    dilation,
    groups,
    batchGroups: 1
  })
})

/** The gradient to the input: the output spread by the stride, under the kernel turned around. */
const input = convolution((writer, y, w, shape, { stride, dilation, before, groups, size }) => {
  const far = reach(sizes(w.shape), dilation)
  const [outputs = 0, inputs = 0, ...window] = w.shape
  const apart = reshape(writer, w, [groups, outputs / groups, inputs, ...window])
  const order = [1, 0, 2, ...upTo(window.length).map((axis) => axis + 3)]
  const kernel = reshape(writer, transpose(writer, apart, order), [outputs / groups, groups * inputs, ...window])
  const turned = reverse(
    writer,
    kernel,
    upTo(window.length).map((axis) => axis + 2)
  )
  const low = far.map((n, axis) => n - before[axis]!)
  const spread = sizes(y.shape).map((n, axis) => (n - 1) * stride[axis]! + 1)
  const high = size.map((n, axis) => n - spread[axis]! - low[axis]! + far[axis]!)
  return convolve(writer, y, turned, shape, {
    axes: [
      ['b', 'f'],
      ['i', 'o'],
      ['b', 'f']
    ],
    stride: ones(stride),
    low,
    high,
    spread: stride,
    dilation,
    groups,
    batchGroups: 1
  })
})

/** The gradient to the kernel: the input under the output, summed over the examples as over channels. */
const kernel = convolution((writer, x, y, shape, { stride, dilation, before, groups, size }) => {
  const far = reach(sizes(y.shape), stride)
  const image = sizes(x.shape)
  const high = size.map((n, axis) => (n - 1) * dilation[axis]! + far[axis]! + 1 - image[axis]! - before[axis]!)
  return convolve(writer, x, y, shape, {
    axes: [
      ['f', 'b'],
      ['i', 'o'],
      ['f', 'b']
    ],
    stride: dilation,
    low: before,
    high,
    spread: ones(stride),
    dilation: stride,
    groups: 1,
    batchGroups: groups
  })
})

/** The rules. */
export const products: Rules<Writer, Value> = /* @__PURE__ */ new Map([
  on(matmul.primitive, product),
  on(convolutionPrimitive, output),
  on(convolutionInputPrimitive, input),
  on(convolutionKernelPrimitive, kernel)
])
