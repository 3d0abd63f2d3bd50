/** The convolutions that users call: they read options, check the operands, and state the geometry. */
import { type Options, oneOf, options, positiveCount } from '../internal/options.js'
import { dataAt, dualBy } from '../internal/dual.js'
import { describe } from '../internal/describe.js'
import { requireTensor } from '../internal/require.js'
import { promote } from '../DType.js'
import {
  type Padding,
  type PerAxis,
  countPerAxis,
  geometryOf,
  paddingKind,
  positivePerAxis,
  spanOf,
  spread
} from '../shape/geometry.js'
import type { Resized } from '../shape/layout.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import { type ConvolutionParams, convolutionInputPrimitive, convolutionPrimitive } from './convolution.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import type { Tensor } from './model.js'
import { cast, permuteTo, reshapeTo } from './structural.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of `conv1d`, `conv2d` and `conv3d`.
 *
 * @example
 * import type { ConvOptions } from 'pullback/Tensor'
 *
 * const options: ConvOptions = { stride: 2, padding: 'same' }
 * options.stride // => 2
 */
export interface ConvOptions {
  /** How far the kernel moves; 1 by default. */
  readonly stride?: PerAxis
  /** The padding of the input by strong zeros; `'valid'`, none, by default. */
  readonly padding?: Padding
  /** How far apart the elements of the kernel lie; 1 by default. */
  readonly dilation?: PerAxis
  /** Groups of channels that are convolved apart from each other; 1 by default. */
  readonly groups?: number
  /** Where input and result have their channels: behind the examples (the default), or last. The kernel is the same. */
  readonly dataFormat?: 'NCHW' | 'NHWC'
}

/**
 * The options of `convTranspose1d`, `convTranspose2d` and `convTranspose3d`: those of the convolution that is transposed, and rows to add behind.
 *
 * @example
 * import type { ConvTransposeOptions } from 'pullback/Tensor'
 *
 * const options: ConvTransposeOptions = { stride: 2, padding: 1, outputPadding: 1 }
 * options.outputPadding // => 1
 */
export interface ConvTransposeOptions extends ConvOptions {
  /** How much larger the result is, behind each axis: several inputs of a convolution with strides have outputs of one size. 0 by default. */
  readonly outputPadding?: PerAxis
}

/** A convolution. Dual: `f(x, kernel, options)` is `pipe(x, f(kernel, options))`. */
interface Convolve<O> {
  <X extends Shape>(x: Tensor<X>, kernel: Tensor, options?: O): Tensor<Resized<X>>
  (kernel: Tensor, options?: O): <X extends Shape>(x: Tensor<X>) => Tensor<Resized<X>>
}

const optionKinds = {
  stride: positivePerAxis,
  padding: paddingKind,
  dilation: positivePerAxis,
  groups: positiveCount,
  dataFormat: oneOf('NCHW', 'NHWC')
}

// -----------------------------------------------------------------------------
// checks
// -----------------------------------------------------------------------------

const axisNames = ['depth', 'height', 'width'] as const

export const axesText = (first: readonly string[], rank: number, last: readonly string[] = []): string =>
  `[${[...first, ...(rank === 1 ? ['length'] : axisNames.slice(3 - rank)), ...last].join(', ')}]`

/** Checks that an input is a tensor with the axes of a format. */
const requireRank = (operation: string, rank: number, x: Tensor, format: 'NCHW' | 'NHWC'): void => {
  requireTensor(operation, x)
  if (x.shape.length === rank + 2 || x.shape.length === rank + 1) return
  const one = format === 'NCHW' ? axesText(['channels'], rank) : axesText([], rank, ['channels'])
  const expected = `[examples, ${one.slice(1)}, or ${one} for one example`
  throw new ShapeError(operation, [x.shape], `the input has shape ${show(x.shape)}; expected ${expected}`)
}

/** Checks ranks, channels and groups. `isTransposed`: the kernel has the channels of x in front. */
const requireOperands = (
  operation: string,
  rank: number,
  x: Tensor,
  kernel: Tensor,
  groups: number,
  isTransposed: boolean
): void => {
  requireTensor(operation, kernel, 'the kernel')
  const shapes = [x.shape, kernel.shape]
  requireRank(operation, rank, x, 'NCHW')
  if (kernel.shape.length !== rank + 2) {
    const first = isTransposed ? ['inputs', 'outputs / groups'] : ['outputs', 'inputs / groups']
    throw new ShapeError(
      operation,
      shapes,
      `the kernel has shape ${show(kernel.shape)}; expected ${axesText(first, rank)}`
    )
  }
  const channels = x.shape[x.shape.length - rank - 1]!
  const [front = 0, second = 0] = kernel.shape
  const outputs = isTransposed ? second * groups : front
  if (channels % groups !== 0 || outputs % groups !== 0) {
    const rule = `groups is ${groups} for ${channels} input and ${outputs} output channels; expected a divisor of both`
    throw new ShapeError(operation, shapes, rule)
  }
  const taken = isTransposed ? front : second * groups
  if (taken !== channels) {
    const grouped = groups === 1 ? '' : ` in ${groups} groups`
    const rule = `the kernel ${show(kernel.shape)} takes ${taken} channels${grouped} and the input ${show(x.shape)} has ${channels}; expected as many`
    throw new ShapeError(operation, shapes, rule)
  }
}

/** Binds a primitive on operands of one type, with an axis of examples where the input has none. */
const bound = (
  primitive: Primitive<ConvolutionParams>,
  x: Tensor,
  kernel: Tensor,
  params: Omit<ConvolutionParams, 'strongZero'>
): Tensor => {
  const dtype = promote(x.dtype, kernel.dtype)
  const isOne = x.shape.length < kernel.shape.length
  const operands = [cast(isOne ? reshapeTo(x, [1, ...x.shape]) : x, dtype), cast(kernel, dtype)]
  const out = bindOne(primitive, operands, { ...params, strongZero: false })
  return isOne ? reshapeTo(out, out.shape.slice(1)) : out
}

// -----------------------------------------------------------------------------
// makers
// -----------------------------------------------------------------------------

const waitFor =
  (operation: string) =>
  (kernel: unknown): void =>
    requireTensor(operation, kernel, 'the kernel')

/** A tensor with one of its axes at another place, counted from the end. */
const moveFromEnd = (x: Tensor, from: number, to: number): Tensor => {
  const axes = x.shape.map((_, axis) => axis)
  const [moved = 0] = axes.splice(axes.length - from, 1)
  axes.splice(axes.length + 1 - to, 0, moved)
  return permuteTo(x, axes)
}

/** Makes a function of input, kernel and options dual; where the channels are last, those of the input come to the front and those of the result go back. */
/* @__NO_SIDE_EFFECTS__ */
const dualConvolution = <O extends ConvOptions>(
  check: Options,
  rank: number,
  body: (x: Tensor, kernel: Tensor, given?: O) => Tensor
): Convolve<O> =>
  dualBy<Convolve<O>>(dataAt(1, check, waitFor(check.operation)), (x: Tensor, kernel: Tensor, given?: O) => {
    if (given?.dataFormat !== 'NHWC') return body(x, kernel, given)
    requireRank(check.operation, rank, x, 'NHWC')
    return moveFromEnd(body(moveFromEnd(x, 1, rank + 1), kernel, given), rank + 1, 1)
  })

/** The correlation of an input with a kernel, for `rank` spatial axes. */
export const correlate = (
  operation: string,
  rank: number,
  x: Tensor,
  kernel: Tensor,
  { groups = 1, ...sliding }: ConvOptions = {}
): Tensor => {
  requireOperands(operation, rank, x, kernel, groups, false)
  const input = x.shape.slice(-rank)
  const { stride, dilation, before, sizes } = geometryOf(operation, input, {
    ...sliding,
    window: kernel.shape.slice(2)
  })
  return bound(convolutionPrimitive, x, kernel, { stride, dilation, before, groups, size: sizes })
}

/* @__NO_SIDE_EFFECTS__ */
const convolution = (operation: string, rank: number): Convolve<ConvOptions> =>
  dualConvolution<ConvOptions>(options<ConvOptions>(operation, optionKinds), rank, (x, kernel, given) =>
    correlate(operation, rank, x, kernel, given)
  )

/** The sizes of the input of a convolution whose output is given, and the padding in front of it. */
const transposedGeometry = (
  operation: string,
  output: Shape,
  window: Shape,
  { stride = 1, padding = 'valid', dilation = 1, outputPadding = 0 }: ConvTransposeOptions
): Omit<ConvolutionParams, 'strongZero' | 'groups'> => {
  const strides = spread(operation, 'stride', stride, output.length)
  const dilations = spread(operation, 'dilation', dilation, output.length)
  const more = spread(operation, 'outputPadding', outputPadding, output.length)
  if (more.some((n, axis) => n >= Math.max(strides[axis]!, dilations[axis]!))) {
    const rule = `outputPadding is ${describe(outputPadding)} for stride ${show(strides)} and dilation ${show(dilations)}; expected less than one of them`
    throw new ShapeError(operation, [output], rule)
  }
  const span = spanOf(window, dilations)
  const reach = output.map((n, axis) => (n - 1) * strides[axis]! + span[axis]!)
  // The padding of an input that the convolution turns into this output.
  const from = padding === 'same' ? output.map((n, axis) => n * strides[axis]!) : reach
  const { before, after } = geometryOf(operation, from, { window, stride, dilation, padding })
  const size = from.map((n, axis) => (padding === 'same' ? n : n - before[axis]! - after[axis]!) + more[axis]!)
  if (size.some((n) => n < 1)) {
    const rule = `the input of ${show(output)} with padding ${describe(padding)} gives the size ${show(size)}; expected at least 1`
    throw new ShapeError(operation, [output], rule)
  }
  return { stride: strides, dilation: dilations, before, size }
}

/* @__NO_SIDE_EFFECTS__ */
const transposedConvolution = (operation: string, rank: number): Convolve<ConvTransposeOptions> =>
  dualConvolution<ConvTransposeOptions>(
    options<ConvTransposeOptions>(operation, { ...optionKinds, outputPadding: countPerAxis }),
    rank,
    (x, kernel, given = {}) => {
      const { groups = 1 } = given
      requireOperands(operation, rank, x, kernel, groups, true)
      const geometry = transposedGeometry(operation, x.shape.slice(-rank), kernel.shape.slice(2), given)
      return bound(convolutionInputPrimitive, x, kernel, { ...geometry, groups })
    }
  )

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/**
 * The convolution of signals with a kernel, as the field calls it: y[o, p] = sum over c, t of w[o, c, t] x[c, p stride + t dilation - padding].
 *
 * `[n, c, length]` and `[o, c / groups, window]` give `[n, o, length']`; without the axis of examples, `[c, length]` gives `[o, length']`. It is
 * `conv2d` along one axis.
 *
 * @throws ShapeError when ranks, channels or groups do not agree, or when the window spans more than the padded input
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const signal = T.of([[1, 2, 4, 8]])
 * const difference = T.of([[[-1, 1]]])
 * T.conv1d(signal, difference) // => T.of([[1, 2, 4]])
 * pipe(signal, T.conv1d(difference, { padding: [[1, 0]] })) // => T.of([[1, 1, 2, 4]])
 */
export const conv1d: Convolve<ConvOptions> = convolution('conv1d', 1)

/**
 * The convolution of images with a kernel, as the field calls it (the kernel is not flipped): y[o, p] = sum over c, t of
 * w[o, c, t] x[c, p stride + t dilation - padding], for positions p of the output and t of the window.
 *
 * `[n, c, height, width]` and `[o, c / groups, kh, kw]` give `[n, o, height', width']`, where along each axis
 * size' = floor((size + before + after - (window - 1) dilation - 1) / stride) + 1; without the axis of examples, `[c, height, width]` gives
 * `[o, height', width']`. A padded element is a strong zero: infinity or NaN in the kernel does not meet it. With `groups`, output channels
 * see the input channels of their group only: groups = c is a depthwise convolution, and a kernel of 1 x 1 behind it makes it a separable one.
 * The order of the sums is in docs/arithmetic.md, so an image has the same bits alone, in a batch and under `vmap`.
 *
 * @throws ShapeError when ranks, channels or groups do not agree, or when the window spans more than the padded input
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const image = T.of([[[1, 2, 3], [4, 5, 6], [7, 8, 9]]])
 * const kernel = T.of([[[[1, 0], [0, -1]]]])
 * T.conv2d(image, kernel) // => T.of([[[-4, -4], [-4, -4]]])
 * pipe(image, T.conv2d(kernel, { stride: 2, padding: 1 })) // => T.of([[[-1, -3], [-7, -4]]])
 * T.conv2d(T.zeros([8, 3, 32, 32]), T.zeros([16, 3, 5, 5]), { padding: 'same' }).shape // => [8, 16, 32, 32]
 */
export const conv2d: Convolve<ConvOptions> = convolution('conv2d', 2)

/**
 * The convolution of volumes with a kernel: `conv2d` along three axes.
 *
 * `[n, c, depth, height, width]` and `[o, c / groups, kd, kh, kw]` give `[n, o, depth', height', width']`; the axis of examples may be
 * left out.
 *
 * @throws ShapeError when ranks, channels or groups do not agree, or when the window spans more than the padded input
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.conv3d(T.ones([1, 2, 2, 3]), T.ones([1, 1, 2, 2, 2])) // => T.of([[[[8, 8]]]])
 */
export const conv3d: Convolve<ConvOptions> = convolution('conv3d', 3)

/**
 * The transpose of `conv1d`: `convTranspose2d` along one axis.
 *
 * `[n, c, length]` and `[c, o / groups, window]` give `[n, o, length']`; the axis of examples may be left out.
 *
 * @throws ShapeError when ranks, channels or groups do not agree, or when nothing is left of the result
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.convTranspose1d(T.of([[1, 10]]), T.of([[[1, 2, 3]]])) // => T.of([[1, 12, 23, 30]])
 * T.convTranspose1d(T.of([[1, 10]]), T.of([[[1, 2]]]), { stride: 2 }) // => T.of([[1, 2, 10, 20]])
 */
export const convTranspose1d: Convolve<ConvTransposeOptions> = transposedConvolution('convTranspose1d', 1)

/**
 * The transpose of `conv2d`, which is its gradient to the input: every element of the input adds a kernel, scaled by it, to the result.
 *
 * `[n, c, height, width]` and `[c, o / groups, kh, kw]`, the kernel of a convolution from o to c channels, give `[n, o, height', width']`, where along
 * each axis size' = (size - 1) stride - before - after + (window - 1) dilation + 1 + outputPadding; the axis of examples may be left out.
 * `stride`, `padding` and `dilation` are those of the convolution that is transposed. `'same'` gives size stride + outputPadding.
 *
 * @throws ShapeError when ranks, channels or groups do not agree, when `outputPadding` is as large as stride and dilation, or when nothing is
 * left of the result
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[[1, 2], [3, 4]]])
 * T.convTranspose2d(x, T.ones([1, 1, 2, 2])) // => T.of([[[1, 3, 2], [4, 10, 6], [3, 7, 4]]])
 * T.convTranspose2d(T.zeros([8, 16, 7, 7]), T.zeros([16, 3, 3, 3]), { stride: 2, padding: 1, outputPadding: 1 }).shape // => [8, 3, 14, 14]
 */
export const convTranspose2d: Convolve<ConvTransposeOptions> = transposedConvolution('convTranspose2d', 2)

/**
 * The transpose of `conv3d`: `convTranspose2d` along three axes.
 *
 * `[n, c, depth, height, width]` and `[c, o / groups, kd, kh, kw]` give `[n, o, depth', height', width']`; the axis of examples may be left out.
 *
 * @throws ShapeError when ranks, channels or groups do not agree, or when nothing is left of the result
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.convTranspose3d(T.of([[[[5]]]]), T.ones([1, 2, 1, 1, 2])) // => T.of([[[[5, 5]]], [[[5, 5]]]])
 */
export const convTranspose3d: Convolve<ConvTransposeOptions> = transposedConvolution('convTranspose3d', 3)
