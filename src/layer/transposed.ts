/** Transposed convolutions of signals, images and volumes. */
import { options } from '../internal/options.js'
import { type PerAxis, countPerAxis } from '../shape/geometry.js'
import type { Only } from '../shape/options.js'
import { convTranspose1d as back1, convTranspose2d as back2, convTranspose3d as back3 } from '../Tensor.js'
import {
  type ConvOptions,
  type Convolving,
  type InGroup,
  type Kernel,
  type Sliding,
  type Space,
  convolutionLayer,
  convKinds
} from './convolution.js'
import type { Layer } from './model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of transposed convolutions as layers: those of the convolution that is transposed, and rows to add behind.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 *
 * const doubling: Layer.ConvTransposeOptions = { window: 3, stride: 2, padding: 1, outputPadding: 1 }
 * doubling.outputPadding // => 1
 */
export interface ConvTransposeOptions extends ConvOptions {
  /** How much larger the result is, behind each axis; 0 by default. */
  readonly outputPadding?: PerAxis
}

interface Transposed<R extends keyof Space> {
  <In extends number, Out extends number, const O extends ConvTransposeOptions>(
    inputs: In,
    outputs: Out,
    options: O & Only<O, ConvTransposeOptions>
  ): Layer<Convolving<R, In, Out, O>, Kernel<R, [In, InGroup<Out, O>], Out, O>>
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/* @__NO_SIDE_EFFECTS__ */
const transposed = <R extends keyof Space>(operation: string, rank: R, run: Sliding['run']): Transposed<R> => {
  const check = options<ConvTransposeOptions>(operation, { ...convKinds, outputPadding: countPerAxis })
  return convolutionLayer(check, { operation, rank, isTransposed: true, run })
}

/**
 * `T.convTranspose1d` with weights to learn, and a bias: `[examples, inputs, length]` to `[examples, outputs, length']`. Parameters and
 * options are those of `convTranspose2d`, along one axis.
 *
 * @throws ShapeError when `groups` does not divide the channels, and for an input of other channels
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params = { w: T.of([[[1, 2]]]), b: T.of([5]) }
 * Layer.predict(Layer.convTranspose1d(1, 1, { window: 2, stride: 2 }))(params, {})(T.of([[[1, 10]]])) // => T.of([[[6, 7, 15, 25]]])
 */
export const convTranspose1d: Transposed<1> = /* @__PURE__ */ transposed('convTranspose1d', 1, back1)

/**
 * `T.convTranspose2d` with weights to learn, and a bias for each output channel: `[examples, inputs, height, width]` to
 * `[examples, outputs, height', width']`. The weights have shape `[inputs, outputs / groups, ...window]`, as in PyTorch; they are drawn as
 * those of the convolution from `inputs` to `outputs`, so that their fan-in is inputs / groups times the size of the window.
 *
 * @throws ShapeError when `groups` does not divide the channels, and for an input of other channels
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.convTranspose2d(4, 1, { window: 2, stride: 2 })
 * const [{ params, state }] = layer.init(Random.key(0))
 * params.w.shape // => [4, 1, 2, 2]
 * Layer.predict(layer)(params, state)(T.ones([2, 4, 8, 8])).shape // => [2, 1, 16, 16]
 */
export const convTranspose2d: Transposed<2> = /* @__PURE__ */ transposed('convTranspose2d', 2, back2)

/**
 * `T.convTranspose3d` with weights to learn, and a bias: `[examples, inputs, depth, height, width]` to
 * `[examples, outputs, depth', height', width']`. Parameters and options are those of `convTranspose2d`, along three axes.
 *
 * @throws ShapeError when `groups` does not divide the channels, and for an input of other channels
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 *
 * Layer.convTranspose3d(4, 2, { window: [1, 3, 3] }).init(Random.key(0))[0].params.w.shape // => [4, 2, 1, 3, 3]
 */
export const convTranspose3d: Transposed<3> = /* @__PURE__ */ transposed('convTranspose3d', 3, back3)
