/** Normalisations without a state: along the last axes, over images and groups of channels, by neighbours and by length. */
import type { FloatDType } from '../DType.js'
import { requireCount, requireNumber } from '../internal/check.js'
import { refusal } from '../internal/describe.js'
import { type Options, flag, notNegative, oneOf, options, positiveCount, requireKind } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import * as R from '../Random.js'
import { type Shape, ShapeError, equals, show } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import * as T from '../Tensor.js'
import type { LocalResponseNormOptions } from '../tensor/channelNormalisation.js'
import type { L2NormalizeOptions } from '../tensor/normalisation.js'
import type { Tensor } from '../tensor/model.js'
import { within } from '../transform/scope.js'
import type { ScaleShift } from './batchNorm.js'
import { type AnyLayer, type Layer, type None, liftOf, statelessOf } from './model.js'
import type { Channelwise, Keeping, Rowwise } from './output.js'
import { taking } from './structure.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of `layerNorm`, `instanceNorm`, `groupNorm` and `rmsNorm` as layers.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 *
 * const options: Layer.NormOptions = { epsilon: 1e-6, affine: false }
 * options.affine // => false
 */
export interface NormOptions {
  /** The number that is added under the root; that of the function by default. */
  readonly epsilon?: number
  /** Whether there are parameters to learn; true by default. */
  readonly affine?: boolean
  /** The element type of the parameters; float32 by default. */
  readonly dtype?: FloatDType
}

/**
 * The parameter of `rmsNorm`: a factor, which begins at 1.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params: Layer.Scale<[2]> = { scale: T.ones([2]) }
 * params.scale // => T.of([1, 1])
 */
export interface Scale<S extends Shape> {
  readonly scale: Tensor<S>
}

/** One size, or several, as a shape. */
type SizesOf<N> = N extends number ? [N] : N extends readonly [...infer S extends number[]] ? S : number[]

/** A function of tensors that end in a shape. */
type OnLast<N> = N extends number
  ? Rowwise<N, N>
  : <Lead extends Shape>(input: Tensor<[...Lead, ...SizesOf<N>]>) => Tensor<[...Lead, ...SizesOf<N>]>

type Affine<O, P> = Given<O, 'affine', true> extends infer Is ? (Is extends false ? None : P) : never

interface LayerNorm {
  <const N extends number | readonly number[], const O extends NormOptions = {}>(
    size: N,
    options?: O & Only<O, NormOptions>
  ): Layer<OnLast<N>, Affine<O, ScaleShift<SizesOf<N>>>>
}

interface RmsNorm {
  <const N extends number | readonly number[], const O extends NormOptions = {}>(
    size: N,
    options?: O & Only<O, NormOptions>
  ): Layer<OnLast<N>, Affine<O, Scale<SizesOf<N>>>>
}

interface InstanceNorm {
  <C extends number, const O extends NormOptions = {}>(
    channels: C,
    options?: O & Only<O, NormOptions>
  ): Layer<Channelwise<C>, Affine<O, ScaleShift<[C]>>>
}

interface GroupNorm {
  <C extends number, const O extends NormOptions = {}>(
    groups: number,
    channels: C,
    options?: O & Only<O, NormOptions>
  ): Layer<Channelwise<C>, Affine<O, ScaleShift<[C]>>>
}

// -----------------------------------------------------------------------------
// makers
// -----------------------------------------------------------------------------

/* @__NO_SIDE_EFFECTS__ */
const checkOf = (operation: string): Options =>
  options<NormOptions>(operation, { epsilon: notNegative, affine: flag, dtype: oneOf('float32', 'float64') })

/** Casts to a signature, whose sizes are checked at run time. */
const stated = <F>(body: (...args: never) => AnyLayer): F => body as unknown as F

interface Params {
  readonly scale?: Tensor
  readonly shift?: Tensor
}

interface Norm extends Params {
  readonly epsilon?: number
}

/** A layer that normalises inputs for which `fits` holds, with a scale, and a shift, of a shape. */
const normalising = (
  operation: string,
  shape: Shape,
  names: readonly (keyof Params)[],
  { affine = true, dtype = 'float32', ...epsilon }: NormOptions,
  norm: (x: Tensor, options: Norm) => Tensor,
  fits: (given: Shape) => boolean,
  expected: string
): Layer<(x: Tensor) => Tensor, Params> => {
  const drawn: Params = Object.fromEntries(
    names.map((name) => [name, name === 'scale' ? T.ones(shape, dtype) : T.zeros(shape, dtype)])
  )
  return statelessOf(operation, R.of(affine ? drawn : {}), (params) => (x: Tensor) => {
    requireTensor(operation, x, 'the input')
    if (!fits(x.shape)) {
      throw new ShapeError(operation, [x.shape], `the input has shape ${show(x.shape)}; expected ${expected}`)
    }
    return within(operation, () => norm(x, { ...epsilon, ...params }))
  })
}

const isList = (x: unknown): x is readonly unknown[] => Array.isArray(x)

/** Normalisation along the last axes, which have given sizes. */
/* @__NO_SIDE_EFFECTS__ */
const alongLast = <F>(
  operation: string,
  names: readonly (keyof Params)[],
  norm: (x: Tensor, options: Norm & { readonly axis: readonly number[] }) => Tensor
): F => {
  const check = checkOf(operation)
  return stated((given: number | readonly number[], how: NormOptions = {}) => {
    check(how)
    const sizes = isList(given) ? given : [given]
    if (sizes.length === 0 || !sizes.every(positiveCount.holds)) {
      throw new RangeError(refusal(operation, 'size', given, 'an integer above 0, or a list of them'))
    }
    const axis = sizes.map((_, i) => i - sizes.length)
    const layer = normalising(
      operation,
      sizes,
      names,
      how,
      (x, each) => norm(x, { ...each, axis }),
      (shape) => shape.length >= sizes.length && equals(shape.slice(-sizes.length), sizes),
      sizes.length === 1 ? `${sizes[0]!} on the last axis` : `${show(sizes)} on the last axes`
    )
    return taking(layer, (shape) => [...shape.slice(0, -sizes.length), ...sizes])
  })
}

/** Normalisation of each example by itself, whose second axis is that of the channels. */
const ofChannels = (
  operation: string,
  channels: number,
  rank: number,
  how: NormOptions,
  norm: (x: Tensor, options: Norm) => Tensor
): AnyLayer => {
  requireCount(operation, 'the number of channels', channels)
  const layer = normalising(
    operation,
    [channels],
    ['scale', 'shift'],
    how,
    norm,
    (shape) => shape.length >= rank && shape[1] === channels,
    `[examples, ${channels}, ${rank === 2 ? '' : 'length, '}...]`
  )
  return taking(layer, (shape) => [
    shape[0] ?? 1,
    channels,
    ...(shape.length < rank ? new Array<number>(rank - 2).fill(2) : shape.slice(2))
  ])
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * `T.layerNorm` with a scale and a shift to learn, along the last axis, which has the given size, or along as many last axes as there are
 * sizes.
 *
 * J. L. Ba, J. R. Kiros and G. E. Hinton, Layer Normalization, 2016.
 *
 * @throws ShapeError for an input that ends in other sizes
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.layerNorm(2, { epsilon: 0 })
 * Layer.predict(layer)({ scale: T.of([2, 3]), shift: T.of([0, 1]) }, {})(T.of([[1, 3]])) // => T.of([[-2, 4]])
 */
export const layerNorm: LayerNorm = alongLast('layerNorm', ['scale', 'shift'], T.layerNorm)

/**
 * `T.rmsNorm` with a scale to learn, along the last axis, which has the given size, or along as many last axes as there are sizes.
 *
 * B. Zhang and R. Sennrich, Root Mean Square Layer Normalization, NeurIPS 2019.
 *
 * @throws ShapeError for an input that ends in other sizes
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.rmsNorm(2, { epsilon: 0 }))({ scale: T.of([1, 3]) }, {})(T.of([[2, -2]])) // => T.of([[1, -3]])
 */
export const rmsNorm: RmsNorm = alongLast('rmsNorm', ['scale'], T.rmsNorm)

const checkInstance = checkOf('instanceNorm')
const checkGroup = checkOf('groupNorm')

/**
 * `T.instanceNorm` with a scale and a shift to learn: each channel of each image with mean 0 and variance 1.
 *
 * D. Ulyanov, A. Vedaldi and V. Lempitsky, Instance Normalization, 2016.
 *
 * @throws ShapeError for an input of other channels, or of one value for each
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.instanceNorm(1, { epsilon: 0, affine: false })
 * Layer.predict(layer)({}, {})(T.of([[[1, 3]]])) // ≈ Tensor<[1, 1, 2], float32> [[[-1, 1]]]
 */
export const instanceNorm: InstanceNorm = /* @__PURE__ */ stated((channels: number, how: NormOptions = {}) => {
  checkInstance(how)
  return ofChannels('instanceNorm', channels, 3, how, T.instanceNorm)
})

/**
 * `T.groupNorm` with a scale and a shift to learn: each group of neighbouring channels of each image with mean 0 and variance 1.
 *
 * Y. Wu and K. He, Group Normalization, ECCV 2018.
 *
 * @throws RangeError when the groups do not divide the channels; ShapeError for an input of other channels
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.groupNorm(2, 4)
 * const [{ params, state }] = layer.init(Random.key(0))
 * Layer.predict(layer)(params, state)(T.ones([2, 4, 8, 8])).shape // => [2, 4, 8, 8]
 */
export const groupNorm: GroupNorm = /* @__PURE__ */ stated(
  (groups: number, channels: number, how: NormOptions = {}) => {
    checkGroup(how)
    requireNumber('groupNorm', 'the number of groups', groups, positiveCount.expected, positiveCount.holds)
    if (positiveCount.holds(channels) && channels % groups !== 0) {
      throw new RangeError(`groupNorm: groups is ${groups} for ${channels} channels; expected a divisor`)
    }
    return ofChannels('groupNorm', channels, 2, how, (x, each) => T.groupNorm(x, { ...each, groups }))
  }
)

/**
 * `T.localResponseNorm` as a layer, which has no parameters.
 *
 * A. Krizhevsky, I. Sutskever and G. E. Hinton, ImageNet Classification with Deep Convolutional Neural Networks, NeurIPS 2012.
 *
 * @throws TypeError when the size is missing; ShapeError for an input of fewer than two axes
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.localResponseNorm({ size: 1, alpha: 1, beta: 1, k: 1 })
 * Layer.predict(layer)({}, {})(T.of([[1, 3]])) // ≈ Tensor<[1, 2], float32> [[0.5, 0.3]]
 */
/* @__NO_SIDE_EFFECTS__ */
export const localResponseNorm = (options: LocalResponseNormOptions): Layer<Keeping> => {
  const f = T.localResponseNorm(options)
  const { size }: Partial<LocalResponseNormOptions> = { ...options }
  requireKind('localResponseNorm', 'size', size, positiveCount)
  return liftOf('localResponseNorm', f)
}

/**
 * `T.l2Normalize` as a layer, which has no parameters.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.l2Normalize())({}, {})(T.of([[0, 5]])) // => T.of([[0, 1]])
 */
/* @__NO_SIDE_EFFECTS__ */
export const l2Normalize = (options: L2NormalizeOptions = {}): Layer<Keeping> =>
  liftOf('l2Normalize', T.l2Normalize(options))
