/** Depthwise and separable convolutions: compositions of grouped ones. */
import { dataAt, dualBy } from '../internal/dual.js'
import { options } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import type { Resized } from '../shape/layout.js'
import { type Convolve, type ConvOptions, correlate, optionKinds } from './conv.js'
import { onImages, requireImages } from './dataFormat.js'
import type { Tensor } from './model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of `depthwiseConv2d` and `separableConv2d`: those of `conv2d` without `groups`, which follow from the channels.
 *
 * @example
 * import type { DepthwiseConvOptions } from 'pullback/Tensor'
 *
 * const options: DepthwiseConvOptions = { stride: 2, padding: 'same' }
 * options.stride // => 2
 */
export type DepthwiseConvOptions = Omit<ConvOptions, 'groups'>

/** A convolution with two kernels, one after the other. Dual: `f(x, depthwise, pointwise, options)` is `pipe(x, f(depthwise, pointwise, options))`. */
interface Separable {
  <X extends Shape>(
    x: Tensor<X>,
    depthwise: Tensor,
    pointwise: Tensor,
    options?: DepthwiseConvOptions
  ): Tensor<Resized<X>>
  (
    depthwise: Tensor,
    pointwise: Tensor,
    options?: DepthwiseConvOptions
  ): <X extends Shape>(x: Tensor<X>) => Tensor<Resized<X>>
}

const { groups: _, ...kinds } = optionKinds

// -----------------------------------------------------------------------------
// checks
// -----------------------------------------------------------------------------

/** What `body` makes of images with their channels in front. */
const onChannelsInFront = (
  operation: string,
  x: Tensor,
  given: DepthwiseConvOptions | undefined,
  body: (images: Tensor) => Tensor
): Tensor => {
  requireImages(operation, x, 2, given?.dataFormat, 'the input')
  return onImages(x, 2, given?.dataFormat, body)
}

/** The convolution of each channel with kernels of its own, channels in front. */
const depthwise = (operation: string, x: Tensor, kernel: Tensor, given?: DepthwiseConvOptions): Tensor => {
  requireImages(operation, x, 2, 'NCHW', 'the input')
  requireTensor(operation, kernel, 'the depthwise kernel')
  const channels = x.shape[x.shape.length - 3]!
  const [outputs = 0, one] = kernel.shape
  if (kernel.shape.length !== 4 || one !== 1 || channels === 0 || outputs % channels !== 0) {
    const rule = `the depthwise kernel has shape ${show(kernel.shape)} for ${channels} channels; expected [channels * multiplier, 1, height, width]`
    throw new ShapeError(operation, [x.shape, kernel.shape], rule)
  }
  return correlate(operation, 2, x, kernel, { ...given, groups: channels })
}

const separable = (
  operation: string,
  x: Tensor,
  first: Tensor,
  second: Tensor,
  given?: DepthwiseConvOptions
): Tensor => {
  const between = depthwise(operation, x, first, given)
  requireTensor(operation, second, 'the pointwise kernel')
  const channels = first.shape[0]!
  const [, inputs, ...window] = second.shape
  if (second.shape.length !== 4 || inputs !== channels || window.some((n) => n !== 1)) {
    const rule = `the pointwise kernel has shape ${show(second.shape)} for ${channels} channels; expected [outputs, ${channels}, 1, 1]`
    throw new ShapeError(operation, [x.shape, first.shape, second.shape], rule)
  }
  return correlate(operation, 2, between, second)
}

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

const checkDepthwise = options<DepthwiseConvOptions>('depthwiseConv2d', kinds)
const checkSeparable = options<DepthwiseConvOptions>('separableConv2d', kinds)

/**
 * The convolution of each channel of images with kernels of its own: y[c m + i, p] = sum over t of w[c m + i, 0, t] x[c, p stride + t dilation - padding],
 * for multipliers i of m.
 *
 * `[n, c, height, width]` and `[c m, 1, kh, kw]` give `[n, c m, height', width']`: it is `conv2d` in as many groups as there are channels. The kernel
 * is that of PyTorch; TensorFlow's `[kh, kw, c, m]` is it after `T.transpose(w, [2, 3, 0, 1])` and a reshape.
 *
 * @throws ShapeError when the kernel is not one for the channels, or when the window spans more than the padded input
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const image = T.of([[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
 * const kernel = T.of([[[[1, 1]]], [[[1, -1]]]])
 * T.depthwiseConv2d(image, kernel) // => T.of([[[3], [7]], [[-1], [-1]]])
 * pipe(image, T.depthwiseConv2d(kernel, { padding: 'same' })) // => T.of([[[3, 2], [7, 4]], [[-1, 6], [-1, 8]]])
 */
export const depthwiseConv2d: Convolve<DepthwiseConvOptions> = dualBy<Convolve<DepthwiseConvOptions>>(
  dataAt(1, checkDepthwise, (kernel) => requireTensor('depthwiseConv2d', kernel, 'the depthwise kernel')),
  (x: Tensor, kernel: Tensor, given?: DepthwiseConvOptions) =>
    onChannelsInFront('depthwiseConv2d', x, given, (images) => depthwise('depthwiseConv2d', images, kernel, given))
)

/**
 * A depthwise convolution, and a convolution of 1 x 1 that mixes its channels: `conv2d(depthwiseConv2d(x, depthwise, options), pointwise)`.
 *
 * `[n, c, height, width]`, `[c m, 1, kh, kw]` and `[o, c m, 1, 1]` give `[n, o, height', width']`, from c m (kh kw + o) parameters where a full
 * convolution has o c kh kw.
 *
 * @throws ShapeError when a kernel is not one for the channels, or when the window spans more than the padded input
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const image = T.of([[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
 * const depthwise = T.of([[[[1, 1]]], [[[1, -1]]]])
 * const pointwise = T.of([[[[1]], [[10]]]])
 * T.separableConv2d(image, depthwise, pointwise) // => T.of([[[-7], [-3]]])
 * pipe(image, T.separableConv2d(depthwise, pointwise, { stride: 2 })) // => T.of([[[-7]]])
 */
export const separableConv2d: Separable = dualBy<Separable>(
  dataAt(2, checkSeparable, (first, second) => {
    requireTensor('separableConv2d', first, 'the depthwise kernel')
    requireTensor('separableConv2d', second, 'the pointwise kernel')
  }),
  (x: Tensor, first: Tensor, second: Tensor, given?: DepthwiseConvOptions) =>
    onChannelsInFront('separableConv2d', x, given, (images) =>
      separable('separableConv2d', images, first, second, given)
    )
)
