/** Convolutions of signals, images and volumes. */
import { vmap } from '../calculus/vmap.js'
import type { FloatDType } from '../DType.js'
import { type Initializer, glorotUniform } from '../Init.js'
import { requireCount } from '../internal/check.js'
import { type Kinds, callable, flag, oneOf, options, positiveCount, requireKind } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import * as R from '../Random.js'
import type { Key, Random } from '../Random.js'
import { type PerAxis, paddingKind, positivePerAxis, spanOf, spread } from '../shape/geometry.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import { add, conv1d as along1, conv2d as along2, conv3d as along3, permute, reshape, zeros } from '../Tensor.js'
import type { ConvOptions as ConvolutionOptions } from '../tensor/conv.js'
import { axesText } from '../tensor/dataFormat.js'
import type { Tensor } from '../tensor/model.js'
import { within } from '../transform/scope.js'
import { initialised } from './drawn.js'
import { type Layer, statelessOf } from './model.js'
import { taking } from './structure.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The weights of a convolution without a bias: `W` is `[outputs, inputs / groups, ...window]`, or `[inputs, outputs / groups, ...window]`
 * if it is transposed.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params: Layer.ConvWeights<[4, 1, 3, 3]> = { w: T.zeros([4, 1, 3, 3]) }
 * params.w.shape // => [4, 1, 3, 3]
 */
export interface ConvWeights<W extends Shape> {
  readonly w: Tensor<W>
}

/**
 * The parameters of a convolution: weights, and a bias for each output channel.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params: Layer.ConvParams<[4, 1, 3, 3], 4> = { w: T.zeros([4, 1, 3, 3]), b: T.zeros([4]) }
 * params.b.shape // => [4]
 */
export interface ConvParams<W extends Shape, Out extends number> extends ConvWeights<W> {
  readonly b: Tensor<[Out]>
}

/**
 * The options of convolutions as layers: those of `T.conv2d`, the window, and how the parameters begin.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 *
 * const options: Layer.ConvOptions = { window: 3, stride: 2, padding: 1, bias: false }
 * options.window // => 3
 */
export interface ConvOptions extends ConvolutionOptions {
  /** The size of the window: a number, or one for each spatial axis. */
  readonly window: PerAxis
  /** Whether a bias is added; true by default. */
  readonly bias?: boolean
  /**
   * How the weights `[outputs, inputs, ...window]` are drawn, those of each group as of a convolution of its own; `Init.glorotUniform` by
   * default. The bias begins at zero.
   */
  readonly init?: Initializer
  /** The element type of the parameters; float32 by default. */
  readonly dtype?: FloatDType
}

/** The spatial axes. */
export interface Space {
  readonly 1: [number]
  readonly 2: [number, number]
  readonly 3: [number, number, number]
}

type InFormat<Format, R extends keyof Space, In extends number, Out extends number> = Format extends 'NHWC'
  ? (input: Tensor<[number, ...Space[R], In]>) => Tensor<[number, ...Space[R], Out]>
  : (input: Tensor<[number, In, ...Space[R]]>) => Tensor<[number, Out, ...Space[R]]>

type WithBias<Bias, W extends Shape, Out extends number> = Bias extends false ? ConvWeights<W> : ConvParams<W, Out>

/** The function of a layer with options O that convolves `In` channels to `Out` channels. */
export type Convolving<R extends keyof Space, In extends number, Out extends number, O> = InFormat<
  Given<O, 'dataFormat', 'NCHW'>,
  R,
  In,
  Out
>

/** Its parameters: a kernel for channels `W`, and a bias unless the options say that there is none. */
export type Kernel<R extends keyof Space, W extends Shape, Out extends number, O> = WithBias<
  Given<O, 'bias', true>,
  [...W, ...Space[R]],
  Out
>

/** The channels of one group, where there may be several. */
export type InGroup<N extends number, O> = 'groups' extends keyof O ? number : N

interface Convolution<R extends keyof Space> {
  <In extends number, Out extends number, const O extends ConvOptions>(
    inputs: In,
    outputs: Out,
    options: O & Only<O, ConvOptions>
  ): Layer<Convolving<R, In, Out, O>, Kernel<R, [Out, InGroup<In, O>], Out, O>>
}

// -----------------------------------------------------------------------------
// makers
// -----------------------------------------------------------------------------

/** The kinds of `ConvOptions`. */
export const convKinds: Kinds<ConvOptions> = {
  window: positivePerAxis,
  stride: positivePerAxis,
  padding: paddingKind,
  dilation: positivePerAxis,
  groups: positiveCount,
  dataFormat: oneOf('NCHW', 'NHWC'),
  bias: flag,
  init: callable('an initialiser, as those of Init'),
  dtype: oneOf('float32', 'float64')
}

interface Params {
  readonly w: Tensor
  readonly b?: Tensor
}

/** What convolves: a function of Tensor, whose kernel has the inputs in front if it is transposed. */
export interface Sliding {
  readonly operation: string
  readonly rank: keyof Space
  readonly isTransposed: boolean
  readonly run: (x: Tensor, w: Tensor, options: ConvolutionOptions) => Tensor
}

/** Weights of shape `[outputs, inputs / groups, ...window]`, or transposed, each group drawn by itself. */
const weights = (
  { operation, isTransposed }: Sliding,
  groups: number,
  inputs: number,
  outputs: number,
  window: Shape,
  init: Initializer,
  dtype: FloatDType
): Random<Tensor> => {
  const shape = [outputs / groups, inputs / groups, ...window]
  const one: Random<Tensor> = initialised(operation, init, shape, dtype)
  if (groups === 1 && !isTransposed) return one
  const all =
    groups === 1
      ? R.map((w: Tensor): Tensor => reshape(w, [1, ...shape]))(one)
      : R.draw((key) => vmap((each: Key) => one(each)[0], { inAxes: 'split', size: groups })(key))
  const [front, second] = isTransposed ? [inputs, outputs] : [outputs, inputs]
  return R.map((w: Tensor): Tensor => {
    const turned = isTransposed ? permute(w, [0, 2, 1, ...window.map((_, axis) => axis + 3)]) : w
    return reshape(turned, [front, second / groups, ...window])
  })(all)
}

/** A layer that convolves, with options whose names and values are checked. */
export const convolving = (
  sliding: Sliding,
  inputs: number,
  outputs: number,
  given: Partial<ConvOptions>
): Layer<(x: Tensor) => Tensor, Params> => {
  const { operation, rank, run } = sliding
  requireCount(operation, 'the number of inputs', inputs)
  requireCount(operation, 'the number of outputs', outputs)
  const { window, bias = true, init = glorotUniform, dtype = 'float32', ...how } = given
  requireKind(operation, 'window', window, positivePerAxis)
  const sizes = spread(operation, 'window', window ?? 1, rank)
  const { groups = 1, dataFormat = 'NCHW' } = how
  if (inputs % groups !== 0 || outputs % groups !== 0) {
    const rule = `groups is ${groups} for ${inputs} input and ${outputs} output channels; expected a divisor of both`
    throw new ShapeError(operation, [], rule)
  }
  const behind = sizes.map(() => 1)
  const channel = dataFormat === 'NCHW' ? 1 : rank + 1
  const axes =
    dataFormat === 'NCHW' ? axesText(['examples', `${inputs}`], rank) : axesText(['examples'], rank, [`${inputs}`])
  const span = spanOf(sizes, spread(operation, 'dilation', how.dilation ?? 1, rank))
  const draw = R.map((w: Tensor): Params => (bias ? { w, b: zeros([outputs], dtype) } : { w }))(
    weights(sliding, groups, inputs, outputs, sizes, init, dtype)
  )
  const layer: Layer<(x: Tensor) => Tensor, Params> = statelessOf(
    operation,
    draw,
    ({ w, b }) =>
      (x: Tensor): Tensor => {
        requireTensor(operation, x, 'the input')
        if (x.shape.length !== rank + 2 || x.shape[channel] !== inputs) {
          throw new ShapeError(operation, [x.shape], `the input has shape ${show(x.shape)}; expected ${axes}`)
        }
        return within(operation, () => {
          const y = run(x, w, how)
          return b === undefined ? y : add(y, channel === 1 ? reshape(b, [outputs, ...behind]) : b)
        })
      }
  )
  return taking(layer, (shape) => {
    const isRanked = shape.length === rank + 2
    const first = channel === 1 ? 2 : 1
    const space = span.map((n, axis) => Math.max(n, isRanked ? shape[first + axis]! : 0))
    const examples = isRanked ? shape[0]! : 1
    return channel === 1 ? [examples, inputs, ...space] : [examples, ...space, inputs]
  })
}

/** Casts to the signature, which states channels and format; they are checked at run time. */
const stated = <F>(
  body: (inputs: number, outputs: number, options?: Partial<ConvOptions>) => Layer<(x: Tensor) => Tensor, Params>
): F => body as unknown as F

/** Makes a constructor of layers that convolve; `F` is its signature. */
/* @__NO_SIDE_EFFECTS__ */
export const convolutionLayer = <F>(check: (given: unknown) => void, sliding: Sliding): F =>
  stated((inputs, outputs, given = {}) => {
    check(given)
    return convolving(sliding, inputs, outputs, given)
  })

/* @__NO_SIDE_EFFECTS__ */
const convolution = <R extends keyof Space>(operation: string, rank: R, run: Sliding['run']): Convolution<R> =>
  convolutionLayer(options<ConvOptions>(operation, convKinds), { operation, rank, isTransposed: false, run })

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * `T.conv1d` with weights to learn, and a bias: `[examples, inputs, length]` to `[examples, outputs, length']`. Parameters and options
 * are those of `conv2d`, along one axis.
 *
 * @throws ShapeError when `groups` does not divide the channels, and for an input of other channels
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const difference = { w: T.of([[[-1, 1]]]), b: T.of([10]) }
 * Layer.predict(Layer.conv1d(1, 1, { window: 2 }))(difference, {})(T.of([[[1, 2, 4]]])) // => T.of([[[11, 12]]])
 */
export const conv1d: Convolution<1> = /* @__PURE__ */ convolution('conv1d', 1, along1)

/**
 * `T.conv2d` with weights to learn, and a bias for each output channel: `[examples, inputs, height, width]` to
 * `[examples, outputs, height', width']`, or channels last with `{ dataFormat: 'NHWC' }`. The weights have shape
 * `[outputs, inputs / groups, ...window]`, as in PyTorch; their fan-in is inputs / groups times the size of the window.
 *
 * @throws ShapeError when `groups` does not divide the channels, and for an input of other channels
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.conv2d(1, 4, { window: 3, padding: 1 })
 * const [{ params, state }] = layer.init(Random.key(0))
 * params.w.shape // => [4, 1, 3, 3]
 * Layer.predict(layer)(params, state)(T.ones([2, 1, 8, 8])).shape // => [2, 4, 8, 8]
 */
export const conv2d: Convolution<2> = /* @__PURE__ */ convolution('conv2d', 2, along2)

/**
 * `T.conv3d` with weights to learn, and a bias: `[examples, inputs, depth, height, width]` to
 * `[examples, outputs, depth', height', width']`. Parameters and options are those of `conv2d`, along three axes.
 *
 * @throws ShapeError when `groups` does not divide the channels, and for an input of other channels
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 *
 * Layer.conv3d(2, 4, { window: [1, 3, 3] }).init(Random.key(0))[0].params.w.shape // => [4, 2, 1, 3, 3]
 */
export const conv3d: Convolution<3> = /* @__PURE__ */ convolution('conv3d', 3, along3)
