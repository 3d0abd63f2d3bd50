/** Densely connected networks. */
import { heNormal } from '../Init.js'
import { type Kinds, options, positiveCount } from '../internal/options.js'
import { type RunningStatistics, type ScaleShift, batchNorm } from '../layer/batchNorm.js'
import { denseConnect } from '../layer/branches.js'
import type { ConvWeights } from '../layer/convolution.js'
import { type DenseParams, dense } from '../layer/dense.js'
import { type AnyLayer, type None, lift } from '../layer/model.js'
import { dropout as dropping } from '../layer/noise.js'
import { avgPool2d, globalAvgPool, maxPool2d } from '../layer/pooling.js'
import { rateKind } from '../regularizer/noise.js'
import { relu } from '../Tensor.js'
import {
  type Classifier,
  type Drawing,
  type ImageClassifierOptions,
  classifierKinds,
  drawing,
  torchUniform
} from './images.js'
import { type Mapping, inOrder, requireCounts, stated } from './parts.js'
import { convolution, stemKind } from './residualBlocks.js'
import type { ResNetNumberedOptions } from './resnet.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

type Kernel = ConvWeights<[number, number, number, number]>

interface DenseLayer {
  readonly norm1: ScaleShift<[number]>
  readonly relu1: None
  readonly conv1: Kernel
  readonly norm2: ScaleShift<[number]>
  readonly relu2: None
  readonly conv2: Kernel
  readonly drop?: None
}

interface Transition {
  readonly norm: ScaleShift<[number]>
  readonly relu: None
  readonly conv: Kernel
  readonly pool: None
}

/**
 * The parameters of a dense network, under torchvision's names: `features.denseblock1.denselayer1.conv1.w`.
 *
 * @example
 * import type { DenseNetParams } from 'pullback/Model'
 * import * as T from 'pullback/Tensor'
 *
 * const output: DenseNetParams<3, 10>['classifier'] = { w: T.zeros([10, 1024]), b: T.zeros([10]) }
 * output.b.shape // => [10]
 */
export interface DenseNetParams<Channels extends number, Classes extends number> {
  readonly features: {
    readonly conv0: ConvWeights<[number, Channels, number, number]>
    readonly norm0?: ScaleShift<[number]>
    readonly relu0?: None
    readonly pool0?: None
    readonly norm5: ScaleShift<[number]>
    readonly relu5: None
    readonly [block: `denseblock${number}`]: { readonly [layer: `denselayer${number}`]: DenseLayer }
    readonly [transition: `transition${number}`]: Transition
  }
  readonly avgpool: None
  readonly classifier: DenseParams<number, Classes>
}

/**
 * The state of a dense network: the statistics of its batch norms.
 *
 * @example
 * import * as Model from 'pullback/Model'
 * import * as Random from 'pullback/Random'
 *
 * const [{ state }] = Model.densenet([1, 1], { growth: 2 }).init(Random.key(0))
 * const { features }: Model.DenseNetState = state
 * features.norm5.mean.shape // => [5]
 */
export interface DenseNetState {
  readonly features: {
    readonly norm0?: RunningStatistics<number>
    readonly norm5: RunningStatistics<number>
    readonly [block: `denseblock${number}`]: {
      readonly [layer: `denselayer${number}`]: { readonly [norm: `norm${number}`]: RunningStatistics<number> }
    }
    readonly [transition: `transition${number}`]: { readonly norm: RunningStatistics<number> }
  }
}

/**
 * The options of the dense networks by number.
 *
 * @example
 * import type { DenseNetNumberedOptions } from 'pullback/Model'
 *
 * const options: DenseNetNumberedOptions<3, 10> = { classes: 10, stem: 'small', dropout: 0.2 }
 * options.dropout // => 0.2
 */
export interface DenseNetNumberedOptions<Channels extends number = number, Classes extends number = number>
  extends ImageClassifierOptions<Channels, Classes>, Pick<ResNetNumberedOptions, 'stem'> {
  /** The rate of dropout of what each layer adds; 0 by default. */
  readonly dropout?: number
}

/**
 * The options of `densenet`.
 *
 * @example
 * import type { DenseNetOptions } from 'pullback/Model'
 *
 * const options: DenseNetOptions<1, 10> = { channels: 1, classes: 10, growth: 12 }
 * options.growth // => 12
 */
export interface DenseNetOptions<
  Channels extends number = number,
  Classes extends number = number
> extends DenseNetNumberedOptions<Channels, Classes> {
  /** The channels that each layer adds, half as many as those in front of the blocks; 32 by default. */
  readonly growth?: number
}

type DenseNet<Channels extends number, Classes extends number> = Classifier<
  Channels,
  Classes,
  DenseNetParams<Channels, Classes>,
  DenseNetState
>

interface Numbered {
  <const Channels extends number = 3, const Classes extends number = 1000>(
    options?: DenseNetNumberedOptions<Channels, Classes>
  ): DenseNet<Channels, Classes>
}

// -----------------------------------------------------------------------------
// parts
// -----------------------------------------------------------------------------

/** What a layer of a block adds: convolutions of 1 x 1 and 3 x 3, each behind batch norm and relu. */
const denseLayer = (operation: string, inputs: number, growth: number, dropout: number, own: Drawing): Mapping =>
  inOrder(operation, {
    norm1: batchNorm(inputs, { dtype: own.dtype }),
    relu1: lift(relu),
    conv1: convolution(inputs, 4 * growth, 1, 1, own),
    norm2: batchNorm(4 * growth, { dtype: own.dtype }),
    relu2: lift(relu),
    conv2: convolution(4 * growth, growth, 3, 1, own),
    ...(dropout > 0 && { drop: dropping(dropout) })
  })

/** Layers, of which each takes the channels of the input and of all layers before it. */
const denseBlock = (
  operation: string,
  layers: number,
  inputs: number,
  growth: number,
  dropout: number,
  own: Drawing
): AnyLayer => {
  const parts = Array.from({ length: layers }, (_, i): readonly [string, AnyLayer] => [
    `denselayer${i + 1}`,
    denseConnect(denseLayer(operation, inputs + i * growth, growth, dropout, own))
  ])
  return inOrder(operation, Object.fromEntries(parts))
}

/** Half of the channels, and half of height and width. */
const transition = (operation: string, inputs: number, own: Drawing): AnyLayer =>
  inOrder(operation, {
    norm: batchNorm(inputs, { dtype: own.dtype }),
    relu: lift(relu),
    conv: convolution(inputs, Math.floor(inputs / 2), 1, 1, own),
    pool: avgPool2d({ window: 2 })
  })

const network = (
  operation: string,
  blocks: readonly number[],
  growth: number,
  given: DenseNetNumberedOptions
): AnyLayer => {
  const { channels = 3, classes = 1000, stem = 'large', dropout = 0 } = given
  const own = drawing(given, heNormal)
  const isLarge = stem === 'large'
  let width = 2 * growth
  const rows = blocks.flatMap((layers, i): readonly (readonly [string, AnyLayer])[] => {
    const block = denseBlock(operation, layers, width, growth, dropout, own)
    const inputs = width + layers * growth
    if (i === blocks.length - 1) {
      width = inputs
      return [[`denseblock${i + 1}`, block]]
    }
    width = Math.floor(inputs / 2)
    return [
      [`denseblock${i + 1}`, block],
      [`transition${i + 1}`, transition(operation, inputs, own)]
    ]
  })
  const features = inOrder(operation, {
    conv0: isLarge ? convolution(channels, 2 * growth, 7, 2, own) : convolution(channels, 2 * growth, 3, 1, own),
    ...(isLarge && {
      norm0: batchNorm(2 * growth, { dtype: own.dtype }),
      relu0: lift(relu),
      pool0: maxPool2d({ window: 3, stride: 2, padding: 1 })
    }),
    ...Object.fromEntries(rows),
    norm5: batchNorm(width, { dtype: own.dtype }),
    relu5: lift(relu)
  })
  return inOrder(operation, {
    features,
    avgpool: globalAvgPool(),
    classifier: dense(width, classes, drawing(given, torchUniform))
  })
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const numberedKinds: Kinds<DenseNetNumberedOptions> = {
  ...classifierKinds,
  stem: stemKind,
  dropout: rateKind
}

const check = options<DenseNetOptions>('densenet', { ...numberedKinds, growth: positiveCount })

/* @__NO_SIDE_EFFECTS__ */
const numbered = (operation: string, growth: number, blocks: readonly number[]): Numbered => {
  const checkNumbered = options<DenseNetNumberedOptions>(operation, numberedKinds)
  return (given = {}) => {
    checkNumbered(given)
    return stated(network(operation, blocks, growth, given))
  }
}

/**
 * A dense network (DenseNet-BC) with so many layers in each block, from images `[n, channels, height, width]` to scores `[n, classes]`. A
 * layer takes the channels of the block's input and of all layers before it, and adds `growth` of its own: batch norm, relu and a convolution of
 * 1 x 1 to 4 `growth` channels, the same with 3 x 3 to `growth`. Between blocks are half of the channels, and half of height and width.
 *
 * G. Huang, Z. Liu, L. van der Maaten and K. Weinberger, Densely Connected Convolutional Networks, CVPR 2017.
 *
 * @throws ShapeError when an input has other channels, or is too small to be halved so often
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * // the paper's DenseNet-BC of 100 layers for CIFAR-10: 0.8 million
 * const model = Model.densenet([16, 16, 16], { classes: 10, growth: 12, stem: 'small' })
 * Layer.parameterCount(model) // => 769162
 */
/* @__NO_SIDE_EFFECTS__ */
export const densenet = <const Channels extends number = 3, const Classes extends number = 1000>(
  blocks: readonly number[],
  options: DenseNetOptions<Channels, Classes> = {}
): DenseNet<Channels, Classes> => {
  requireCounts('densenet', 'blocks', blocks)
  check(options)
  return stated(network('densenet', blocks, options.growth ?? 32, options))
}

/**
 * DenseNet-121, from images `[n, channels, height, width]` of at least 29 x 29 to scores `[n, classes]`: blocks of 6, 12, 24 and 16 layers that add
 * 32 channels each. It has 7,978,856 parameters for images of 3 channels and 1000 classes, under torchvision's names.
 *
 * G. Huang, Z. Liu, L. van der Maaten and K. Weinberger, Densely Connected Convolutional Networks, CVPR 2017.
 *
 * @throws ShapeError when an input has other channels, or is smaller
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * const model = Model.densenet121()
 * Layer.parameterCount(model) // => 7978856
 */
export const densenet121: Numbered = numbered('densenet121', 32, [6, 12, 24, 16])

/**
 * DenseNet-161: blocks of 6, 12, 36 and 24 layers that add 48 channels each; else as `densenet121`. It has 28,681,000 parameters.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * Layer.parameterCount(Model.densenet161()) // => 28681000
 */
export const densenet161: Numbered = numbered('densenet161', 48, [6, 12, 36, 24])

/**
 * DenseNet-169: blocks of 6, 12, 32 and 32 layers that add 32 channels each; else as `densenet121`. It has 14,149,480 parameters.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * Layer.parameterCount(Model.densenet169()) // => 14149480
 */
export const densenet169: Numbered = numbered('densenet169', 32, [6, 12, 32, 32])

/**
 * DenseNet-201: blocks of 6, 12, 48 and 32 layers that add 32 channels each; else as `densenet121`. It has 20,013,928 parameters.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * Layer.parameterCount(Model.densenet201()) // => 20013928
 */
export const densenet201: Numbered = numbered('densenet201', 32, [6, 12, 48, 32])
