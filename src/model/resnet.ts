/** Residual networks. */
import { type Kinds, flag, oneOf, options, positiveCount } from '../internal/options.js'
import { type RunningStatistics, type ScaleShift, batchNorm } from '../layer/batchNorm.js'
import type { ConvWeights } from '../layer/convolution.js'
import { type DenseParams, dense } from '../layer/dense.js'
import { type AnyLayer, type None, lift } from '../layer/model.js'
import { globalAvgPool, maxPool2d } from '../layer/pooling.js'
import { sequential } from '../layer/sequential.js'
import { relu } from '../Tensor.js'
import {
  type Classifier,
  type ImageClassifierOptions,
  classifierKinds,
  drawing,
  heFanOut,
  torchUniform
} from './images.js'
import { inOrder, requireCounts, stated } from './parts.js'
import { type BlockKind, convolution, expansion, residualBlock, stemKind } from './residualBlocks.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

type Kernel = ConvWeights<[number, number, number, number]>

/**
 * The parameters of a block of a residual network, under torchvision's names: two convolutions, or three in a bottleneck, and the projection
 * of the input where the block changes its shape.
 *
 * @example
 * import type { ResNetBlock } from 'pullback/Model'
 * import * as T from 'pullback/Tensor'
 *
 * const norm = { scale: T.ones([2]), shift: T.zeros([2]) }
 * const conv = { w: T.zeros([2, 2, 3, 3]) }
 * const block: ResNetBlock = { conv1: conv, bn1: norm, conv2: conv, bn2: norm }
 * block.conv1.w.shape // => [2, 2, 3, 3]
 */
export interface ResNetBlock {
  readonly conv1: Kernel
  readonly bn1: ScaleShift<[number]>
  readonly conv2: Kernel
  readonly bn2: ScaleShift<[number]>
  readonly conv3?: Kernel
  readonly bn3?: ScaleShift<[number]>
  readonly downsample?: readonly [Kernel, ScaleShift<[number]>]
}

interface Ends<Channels extends number, Classes extends number> {
  readonly conv1: ConvWeights<[number, Channels, number, number]>
  readonly bn1: ScaleShift<[number]>
  readonly relu: None
  readonly maxpool?: None
  readonly avgpool: None
  readonly fc: DenseParams<number, Classes>
}

/**
 * The parameters of a residual network, under torchvision's names: the blocks of stage n are `layer${n}`.
 *
 * @example
 * import type { ResNetParams } from 'pullback/Model'
 * import * as T from 'pullback/Tensor'
 *
 * const output: ResNetParams<3, 10>['fc'] = { w: T.zeros([10, 512]), b: T.zeros([10]) }
 * output.b.shape // => [10]
 */
export type ResNetParams<Channels extends number, Classes extends number, Stage extends number = 1 | 2 | 3 | 4> = Ends<
  Channels,
  Classes
> & { readonly [N in Stage as `layer${N}`]: readonly ResNetBlock[] }

/**
 * The state of a block of a residual network: the statistics of its batch norms.
 *
 * @example
 * import type { ResNetBlockState } from 'pullback/Model'
 * import * as T from 'pullback/Tensor'
 *
 * const norm = { mean: T.zeros([2]), variance: T.ones([2]) }
 * const block: ResNetBlockState = { bn1: norm, bn2: norm }
 * block.bn1.variance // => T.of([1, 1])
 */
export interface ResNetBlockState {
  readonly bn1: RunningStatistics<number>
  readonly bn2: RunningStatistics<number>
  readonly bn3?: RunningStatistics<number>
  readonly downsample?: readonly [None, RunningStatistics<number>]
}

/**
 * The state of a residual network: the statistics of its batch norms.
 *
 * @example
 * import * as Model from 'pullback/Model'
 * import * as Random from 'pullback/Random'
 *
 * const state: Model.ResNetState = Model.resnet18({ width: 2 }).init(Random.key(0))[0].state
 * state.bn1.variance.shape // => [2]
 */
export type ResNetState<Stage extends number = 1 | 2 | 3 | 4> = { readonly bn1: RunningStatistics<number> } & {
  readonly [N in Stage as `layer${N}`]: readonly ResNetBlockState[]
}

/**
 * The options of the residual networks by number.
 *
 * @example
 * import type { ResNetNumberedOptions } from 'pullback/Model'
 *
 * const options: ResNetNumberedOptions<3, 10> = { classes: 10, stem: 'small' }
 * options.stem // => 'small'
 */
export interface ResNetNumberedOptions<
  Channels extends number = number,
  Classes extends number = number
> extends ImageClassifierOptions<Channels, Classes> {
  /**
   * What is before the blocks: `'large'` (the default), a convolution of 7 x 7, batch norm, and a maximum of 3 x 3, with strides of 2; or
   * `'small'`, for images such as 32 x 32, a convolution of 3 x 3 with stride 1.
   */
  readonly stem?: 'large' | 'small'
  /** The channels of the first stage, which double from stage to stage; 64 by default. */
  readonly width?: number
  /** Whether blocks add their input; true by default. Without, it is the plain network that the paper compares with. */
  readonly shortcuts?: boolean
}

/**
 * The options of `resnet`.
 *
 * @example
 * import type { ResNetOptions } from 'pullback/Model'
 *
 * const options: ResNetOptions<1, 10> = { channels: 1, classes: 10, block: 'bottleneck' }
 * options.block // => 'bottleneck'
 */
export interface ResNetOptions<
  Channels extends number = number,
  Classes extends number = number
> extends ResNetNumberedOptions<Channels, Classes> {
  /** Two convolutions of 3 x 3 (`'basic'`, the default), or one of 3 x 3 between two of 1 x 1, which gives four times the channels. */
  readonly block?: 'basic' | 'bottleneck'
}

type ResNet<Channels extends number, Classes extends number, Stage extends number> = Classifier<
  Channels,
  Classes,
  ResNetParams<Channels, Classes, Stage>,
  ResNetState<Stage>
>

interface Numbered {
  <const Channels extends number = 3, const Classes extends number = 1000>(
    options?: ResNetNumberedOptions<Channels, Classes>
  ): ResNet<Channels, Classes, 1 | 2 | 3 | 4>
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const numberedKinds: Kinds<ResNetNumberedOptions> = {
  ...classifierKinds,
  stem: stemKind,
  width: positiveCount,
  shortcuts: flag
}

const network = (
  operation: string,
  kind: BlockKind,
  blocks: readonly number[],
  given: ResNetNumberedOptions
): AnyLayer => {
  const { channels = 3, classes = 1000, stem = 'large', width = 64, shortcuts = true } = given
  const own = drawing(given, heFanOut)
  const isLarge = stem === 'large'
  const widthOf = (stage: number): number => width * 2 ** stage
  const stages = blocks.map((n, stage): readonly [string, AnyLayer] => {
    const outputs = expansion[kind] * widthOf(stage)
    const before = stage === 0 ? width : outputs / 2
    const layers = Array.from({ length: n }, (_, i) => {
      const [inputs, stride] = i === 0 ? [before, stage === 0 ? 1 : 2] : [outputs, 1]
      return residualBlock(kind, inputs, widthOf(stage), stride, shortcuts, own)
    })
    return [`layer${stage + 1}`, sequential(...layers)]
  })
  return inOrder(operation, {
    conv1: isLarge ? convolution(channels, width, 7, 2, own) : convolution(channels, width, 3, 1, own),
    bn1: batchNorm(width, { dtype: own.dtype }),
    relu: lift(relu),
    ...(isLarge && { maxpool: maxPool2d({ window: 3, stride: 2, padding: 1 }) }),
    ...Object.fromEntries(stages),
    avgpool: globalAvgPool(),
    fc: dense(expansion[kind] * widthOf(blocks.length - 1), classes, drawing(given, torchUniform))
  })
}

/* @__NO_SIDE_EFFECTS__ */
const numbered = (operation: string, kind: BlockKind, blocks: readonly number[]): Numbered => {
  const check = options<ResNetNumberedOptions>(operation, numberedKinds)
  return (given = {}) => {
    check(given)
    return stated(network(operation, kind, blocks, given))
  }
}

const check = options<ResNetOptions>('resnet', { ...numberedKinds, block: oneOf('basic', 'bottleneck') })

/**
 * A residual network with so many blocks in each stage, from images `[n, channels, height, width]` of any size to scores `[n, classes]`.
 * Each stage but the first halves height and width, and doubles the channels. Blocks are of convolutions before batch norm, and add their
 * input, which a convolution of 1 x 1 projects where the shape changes. Scores are an affine map of the mean of each channel.
 *
 * With a small stem, three stages of n blocks and width 16 it has the 6 n + 2 layers of the paper's networks for images of 32 x 32, which have
 * zeros in place of projections.
 *
 * K. He, X. Zhang, S. Ren and J. Sun, Deep Residual Learning for Image Recognition, CVPR 2016.
 *
 * @throws ShapeError when an input has other channels
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * const model = Model.resnet([3, 3, 3], { classes: 10, stem: 'small', width: 16 })
 * Layer.parameterCount(model) // => 272474
 * const rows = Layer.summary(model, [8, 3, 32, 32]).filter(({ path }) => /^layer\d$/.test(path))
 * rows.map(({ path, shapes }) => `${path} ${shapes.join(' ')}`)
 * // => ['layer1 8,16,32,32', 'layer2 8,32,16,16', 'layer3 8,64,8,8']
 */
/* @__NO_SIDE_EFFECTS__ */
export const resnet = <const Channels extends number = 3, const Classes extends number = 1000>(
  blocks: readonly number[],
  options: ResNetOptions<Channels, Classes> = {}
): ResNet<Channels, Classes, number> => {
  requireCounts('resnet', 'blocks', blocks)
  check(options)
  return stated(network('resnet', options.block ?? 'basic', blocks, options))
}

/**
 * ResNet-18, from images `[n, channels, height, width]` to scores `[n, classes]`: four stages of two basic blocks. It has 11,689,512 parameters
 * for images of 3 channels and 1000 classes, under torchvision's names.
 *
 * K. He, X. Zhang, S. Ren and J. Sun, Deep Residual Learning for Image Recognition, CVPR 2016.
 *
 * @throws ShapeError when an input has other channels
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * const model = Model.resnet18()
 * Layer.parameterCount(model) // => 11689512
 * Layer.check(model, [2, 3, 32, 32]) // => { _tag: 'Right', right: [[2, 1000]] }
 */
export const resnet18: Numbered = numbered('resnet18', 'basic', [2, 2, 2, 2])

/**
 * ResNet-34: four stages of 3, 4, 6 and 3 basic blocks; else as `resnet18`. It has 21,797,672 parameters.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * Layer.parameterCount(Model.resnet34()) // => 21797672
 */
export const resnet34: Numbered = numbered('resnet34', 'basic', [3, 4, 6, 3])

/**
 * ResNet-50: four stages of 3, 4, 6 and 3 bottlenecks, which have the stride in the convolution of 3 x 3, as in torchvision; else as
 * `resnet18`. It has 25,557,032 parameters.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * Layer.parameterCount(Model.resnet50()) // => 25557032
 * Layer.parameterCount(Model.resnet50({ classes: 10, stem: 'small' })) // => 23520842
 */
export const resnet50: Numbered = numbered('resnet50', 'bottleneck', [3, 4, 6, 3])

/**
 * ResNet-101: four stages of 3, 4, 23 and 3 bottlenecks; else as `resnet50`. It has 44,549,160 parameters.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * Layer.parameterCount(Model.resnet101()) // => 44549160
 */
export const resnet101: Numbered = numbered('resnet101', 'bottleneck', [3, 4, 23, 3])

/**
 * ResNet-152: four stages of 3, 8, 36 and 3 bottlenecks; else as `resnet50`. It has 60,192,808 parameters.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * Layer.parameterCount(Model.resnet152()) // => 60192808
 */
export const resnet152: Numbered = numbered('resnet152', 'bottleneck', [3, 8, 36, 3])
