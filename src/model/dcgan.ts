/** The deep convolutional generative adversarial network: a generator of images, and a discriminator of them. */
import type { FloatDType } from '../DType.js'
import { type Initializer, normal } from '../Init.js'
import { leakyRelu } from '../Activation.js'
import { type Kinds, number, options, positiveCount } from '../internal/options.js'
import { type RunningStatistics, type ScaleShift, batchNorm } from '../layer/batchNorm.js'
import { type ConvWeights, conv2d } from '../layer/convolution.js'
import { drawKinds } from '../layer/drawn.js'
import { makeOf } from '../layer/make.js'
import { type AnyLayer, type Layer, type None, lift } from '../layer/model.js'
import { sequential } from '../layer/sequential.js'
import { taking } from '../layer/structure.js'
import { convTranspose2d } from '../layer/transposed.js'
import { relu, reshape, tanh } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { type Mapping, requireExamples, stated } from './parts.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of `dcganDiscriminator`.
 *
 * @example
 * import type { DcganDiscriminatorOptions } from 'pullback/Model'
 *
 * const options: DcganDiscriminatorOptions<1, 8> = { channels: 1, size: 8, width: 32 }
 * options.size // => 8
 */
export interface DcganDiscriminatorOptions<Channels extends number = number, Size extends number = number> {
  /** The channels of the images; 3 by default. */
  readonly channels?: Channels
  /** Height and width of the images, a power of two of 8 or more; 64 by default. */
  readonly size?: Size
  /** The channels at half of the size, which double where the size halves; 64 by default. */
  readonly width?: number
  /** How the weights are drawn; `Init.normal(0.02)` by default. */
  readonly init?: Initializer
  /** The element type of parameters and statistics; float32 by default. */
  readonly dtype?: FloatDType
}

/**
 * The options of `dcganGenerator`.
 *
 * @example
 * import type { DcganGeneratorOptions } from 'pullback/Model'
 *
 * const options: DcganGeneratorOptions<16, 1, 8> = { latent: 16, channels: 1, size: 8 }
 * options.latent // => 16
 */
export interface DcganGeneratorOptions<
  Latent extends number = number,
  Channels extends number = number,
  Size extends number = number
> extends DcganDiscriminatorOptions<Channels, Size> {
  /** The size of the noise of one image; 100 by default. */
  readonly latent?: Latent
}

type Kernel = ConvWeights<[number, number, number, number]>

/**
 * The parameters of a DCGAN, generator or discriminator: a list with an entry for each convolution, batch norm and activation.
 *
 * @example
 * import type { DcganParams } from 'pullback/Model'
 * import * as T from 'pullback/Tensor'
 *
 * const params: DcganParams = { main: [{ w: T.zeros([1, 1, 4, 4]) }, {}] }
 * params.main.length // => 2
 */
export interface DcganParams {
  readonly main: readonly (Kernel | ScaleShift<[number]> | None)[]
}

/**
 * The state of a DCGAN, generator or discriminator: the statistics of its batch norms.
 *
 * @example
 * import type { DcganState } from 'pullback/Model'
 * import * as T from 'pullback/Tensor'
 *
 * const state: DcganState = { main: [{}, { mean: T.zeros([1]), variance: T.ones([1]) }] }
 * state.main.length // => 2
 */
export interface DcganState {
  readonly main: readonly (RunningStatistics<number> | None)[]
}

type Images<Channels extends number, Size extends number> = Tensor<[number, Channels, Size, Size]>

// -----------------------------------------------------------------------------
// parts
// -----------------------------------------------------------------------------

const kinds: Kinds<DcganDiscriminatorOptions> = {
  channels: positiveCount,
  size: number('a power of two of 8 or more', (n) => n >= 8 && Number.isInteger(Math.log2(n))),
  width: positiveCount,
  ...drawKinds
}

const checkGenerator = options<DcganGeneratorOptions>('dcganGenerator', { latent: positiveCount, ...kinds })
const checkDiscriminator = options<DcganDiscriminatorOptions>('dcganDiscriminator', kinds)

const fromPaper = /* @__PURE__ */ normal(0.02)

/** Options of convolutions of 4 x 4 that halve or double the size. */
const halving = { window: 4, stride: 2, padding: 1 } as const

/** The channels at each size, from that of 4 x 4 on to half of the whole size. */
const widthsOf = ({ size = 64, width = 64 }: DcganDiscriminatorOptions): readonly number[] => {
  const steps = Math.log2(size) - 2
  return Array.from({ length: steps }, (_, i) => width * 2 ** (steps - 1 - i))
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * The generator of a DCGAN, from noise `[n, latent]`, of standard normal numbers, to images `[n, channels, size, size]` with pixels from -1 to 1: a
 * transposed convolution of 4 x 4 to as many pixels, others that double the size, batch norm and relu between them, tanh in the end. It has
 * 3,576,704 parameters by default.
 *
 * A. Radford, L. Metz and S. Chintala, Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks, ICLR
 * 2016, with the sizes of PyTorch's tutorial.
 *
 * @throws ShapeError when the noise has another shape
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 * import * as Random from 'pullback/Random'
 *
 * Layer.parameterCount(Model.dcganGenerator()) // => 3576704
 * const small = Model.dcganGenerator({ latent: 16, channels: 1, size: 8, width: 8 })
 * const [{ params, state }] = small.init(Random.key(0))
 * Layer.predict(small)(params, state)(Random.normal(Random.key(1), [5, 16])).shape // => [5, 1, 8, 8]
 */
/* @__NO_SIDE_EFFECTS__ */
export const dcganGenerator = <
  const Latent extends number = 100,
  const Channels extends number = 3,
  const Size extends number = 64
>(
  options: DcganGeneratorOptions<Latent, Channels, Size> = {}
): Layer<(noise: Tensor<[number, Latent]>) => Images<Channels, Size>, DcganParams, DcganState> => {
  checkGenerator(options)
  const { channels = 3, latent = 100, init = fromPaper, dtype = 'float32' } = options
  const own = { bias: false, init, dtype } as const
  const widths = widthsOf(options)
  const layers = widths.flatMap((width, i): readonly AnyLayer[] => {
    const before = widths[i - 1]
    const conv: AnyLayer =
      before === undefined
        ? convTranspose2d(latent, width, { window: 4, ...own })
        : convTranspose2d(before, width, { ...halving, ...own })
    return [conv, batchNorm(width, { dtype }), lift(relu)]
  })
  const last: readonly AnyLayer[] = [convTranspose2d(widths.at(-1)!, channels, { ...halving, ...own }), lift(tanh)]
  const main: Mapping = stated(sequential(...layers, ...last))
  const layer = makeOf('dcganGenerator', { main }, (bound) => (noise: Tensor) => {
    requireExamples('dcganGenerator', noise, [latent], 'the noise')
    return bound.main(reshape(noise, [...noise.shape, 1, 1]))
  })
  return stated(taking(layer, (shape) => [shape[0] ?? 1, latent]))
}

/**
 * The discriminator of a DCGAN, from images `[n, channels, size, size]` to scores `[n]`, logarithms of the odds that they are real, for
 * `Loss.binaryCrossEntropyWithLogits`: convolutions of 4 x 4 that halve the size, batch norm between them, `leakyRelu` with slope 0.2, and one
 * convolution of what is left. It has 2,765,568 parameters by default; else as `dcganGenerator`.
 *
 * @throws ShapeError when images have other channels or another size
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * Layer.parameterCount(Model.dcganDiscriminator()) // => 2765568
 * Layer.check(Model.dcganDiscriminator(), [5, 3, 64, 64]) // => { _tag: 'Right', right: [[5]] }
 */
/* @__NO_SIDE_EFFECTS__ */
export const dcganDiscriminator = <const Channels extends number = 3, const Size extends number = 64>(
  options: DcganDiscriminatorOptions<Channels, Size> = {}
): Layer<(images: Images<Channels, Size>) => Tensor<[number]>, DcganParams, DcganState> => {
  checkDiscriminator(options)
  const { channels = 3, size = 64, init = fromPaper, dtype = 'float32' } = options
  const own = { bias: false, init, dtype } as const
  const widths = [...widthsOf(options)].reverse()
  const activate: AnyLayer = lift(leakyRelu({ slope: 0.2 }))
  const layers = widths.flatMap((width, i): readonly AnyLayer[] => {
    const conv: AnyLayer = conv2d(widths[i - 1] ?? channels, width, { ...halving, ...own })
    return i === 0 ? [conv, activate] : [conv, batchNorm(width, { dtype }), activate]
  })
  const last: AnyLayer = conv2d(widths.at(-1)!, 1, { window: 4, ...own })
  const main: Mapping = stated(sequential(...layers, last))
  const image = [channels, size, size]
  const layer = makeOf('dcganDiscriminator', { main }, (bound) => (images: Tensor) => {
    requireExamples('dcganDiscriminator', images, image)
    return reshape(bound.main(images), [-1])
  })
  return stated(taking(layer, (shape) => [shape[0] ?? 1, ...image]))
}
