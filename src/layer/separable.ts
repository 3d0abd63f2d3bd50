/** Convolutions of each channel by itself. */
import { type Options, options, positiveCount } from '../internal/options.js'
import type { Only } from '../shape/options.js'
import { conv2d as along } from '../Tensor.js'
import {
  type ConvOptions,
  type ConvWeights,
  type Convolving,
  type Kernel,
  type Sliding,
  convKinds,
  convolving
} from './convolution.js'
import type { Tensor } from '../tensor/model.js'
import { makeOf } from './make.js'
import { type AnyLayer, type Layer, type None } from './model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of `depthwiseConv2d` and `separableConv2d`: those of `conv2d` without groups, which are the channels.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 *
 * const options: Layer.DepthwiseOptions = { window: 3, padding: 'same', multiplier: 2 }
 * options.multiplier // => 2
 */
export interface DepthwiseOptions extends Omit<ConvOptions, 'groups'> {
  /** How many output channels each input channel has; 1 by default. */
  readonly multiplier?: number
}

/** The number of all output channels, where it is known. */
type Multiplied<C extends number, O> = 'multiplier' extends keyof O ? number : C

interface Depthwise {
  <C extends number, const O extends DepthwiseOptions>(
    channels: C,
    options: O & Only<O, DepthwiseOptions>
  ): Layer<Convolving<2, C, Multiplied<C, O>, O>, Kernel<2, [Multiplied<C, O>, 1], Multiplied<C, O>, O>>
}

/**
 * The parameters of a separable convolution: those of its two parts by name.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params: Layer.SeparableParams<Layer.ConvWeights<[2, 1, 3, 3]>, Layer.ConvWeights<[4, 2, 1, 1]>> = {
 *   depthwise: { w: T.zeros([2, 1, 3, 3]) },
 *   pointwise: { w: T.zeros([4, 2, 1, 1]) }
 * }
 * params.pointwise.w.shape // => [4, 2, 1, 1]
 */
export interface SeparableParams<D, P> {
  readonly depthwise: D
  readonly pointwise: P
}

interface Separable {
  <In extends number, Out extends number, const O extends DepthwiseOptions>(
    inputs: In,
    outputs: Out,
    options: O & Only<O, DepthwiseOptions>
  ): Layer<
    Convolving<2, In, Out, O>,
    SeparableParams<ConvWeights<[Multiplied<In, O>, 1, number, number]>, Kernel<2, [Out, Multiplied<In, O>], Out, O>>,
    SeparableParams<None, None>
  >
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/* @__NO_SIDE_EFFECTS__ */
const checkOf = (operation: string): Options => {
  const { groups: _groups, ...kinds } = convKinds
  return options<DepthwiseOptions>(operation, { ...kinds, multiplier: positiveCount })
}

const checkDepthwise = checkOf('depthwiseConv2d')
const checkSeparable = checkOf('separableConv2d')

type Given = Partial<DepthwiseOptions>

const sliding = (operation: string): Sliding => ({ operation, rank: 2, isTransposed: false, run: along })

const depthwise = (operation: string, channels: number, given: Given): ReturnType<typeof convolving> => {
  const { multiplier = 1, ...how } = given
  return convolving(sliding(operation), channels, channels * multiplier, { ...how, groups: channels })
}

/** Casts to the signatures, which state channels and format; they are checked at run time. */
const stated = <F>(body: (...args: never) => AnyLayer): F => body as unknown as F

/**
 * A convolution of each channel by itself, `multiplier` times: `T.conv2d` with as many groups as channels, to channels times `multiplier`
 * channels. The weights have shape `[channels * multiplier, 1, ...window]`, their fan-in is the size of the window.
 *
 * @throws ShapeError for an input of other channels
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.depthwiseConv2d(2, { window: [1, 2], bias: false })
 * const params = { w: T.of([[[[1, 1]]], [[[1, -1]]]]) }
 * Layer.predict(layer)(params, {})(T.of([[[[1, 2]], [[3, 5]]]])) // => T.of([[[[3]], [[-2]]]])
 */
export const depthwiseConv2d: Depthwise = /* @__PURE__ */ stated((channels: number, given: Given = {}) => {
  checkDepthwise(given)
  return depthwise('depthwiseConv2d', channels, given)
})

/**
 * A convolution of each channel by itself, then one of 1 x 1 across the channels: `depthwiseConv2d` without a bias, then `conv2d`. It has
 * inputs (window + outputs) weights for a multiplier of 1, where `conv2d` has inputs window outputs.
 *
 * L. Sifre, Rigid-Motion Scattering for Image Classification, 2014; F. Chollet, Xception, CVPR 2017.
 *
 * @throws ShapeError for an input of other channels
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.separableConv2d(3, 8, { window: 3, padding: 'same' })
 * const [{ params, state }] = layer.init(Random.key(0))
 * params.depthwise.w.shape // => [3, 1, 3, 3]
 * params.pointwise.w.shape // => [8, 3, 1, 1]
 * Layer.predict(layer)(params, state)(T.ones([2, 3, 6, 6])).shape // => [2, 8, 6, 6]
 */
export const separableConv2d: Separable = /* @__PURE__ */ stated(
  (inputs: number, outputs: number, given: Given = {}) => {
    checkSeparable(given)
    const { multiplier = 1, stride: _stride, padding: _padding, dilation: _dilation, ...rest } = given
    return makeOf(
      'separableConv2d',
      {
        depthwise: depthwise('separableConv2d', inputs, { ...given, bias: false }),
        pointwise: convolving(sliding('separableConv2d'), inputs * multiplier, outputs, { ...rest, window: 1 })
      },
      (parts) => (x: Tensor) => parts.pointwise(parts.depthwise(x))
    )
  }
)
