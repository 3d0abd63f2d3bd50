/** VGG networks. */
import { normal } from '../Init.js'
import { type Kinds, flag, options, positiveCount } from '../internal/options.js'
import { type RunningStatistics, type ScaleShift, batchNorm } from '../layer/batchNorm.js'
import { type ConvParams, conv2d } from '../layer/convolution.js'
import { type DenseParams, dense } from '../layer/dense.js'
import { type AnyLayer, type None, lift } from '../layer/model.js'
import { dropout as dropping } from '../layer/noise.js'
import { adaptiveAvgPool2d, maxPool2d } from '../layer/pooling.js'
import { sequential } from '../layer/sequential.js'
import { flatten } from '../layer/shapes.js'
import { rateKind } from '../regularizer/noise.js'
import { relu } from '../Tensor.js'
import { type Classifier, type ImageClassifierOptions, classifierKinds, drawing, heFanOut } from './images.js'
import { inOrder, stated } from './parts.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The parameters of `vgg11` to `vgg19`: lists with torchvision's indices, in which activations and poolings have an entry, too.
 *
 * @example
 * import type { VggParams } from 'pullback/Model'
 * import * as T from 'pullback/Tensor'
 *
 * const output: VggParams<10>['classifier'][6] = { w: T.zeros([10, 4096]), b: T.zeros([10]) }
 * output.b.shape // => [10]
 */
export interface VggParams<Classes extends number> {
  readonly features: readonly (ConvParams<[number, number, number, number], number> | ScaleShift<[number]> | None)[]
  readonly avgpool: None
  readonly flatten: None
  readonly classifier: readonly [
    DenseParams<number, number>,
    None,
    None,
    DenseParams<number, number>,
    None,
    None,
    DenseParams<number, Classes>
  ]
}

/**
 * The options of `vgg11` to `vgg19`.
 *
 * @example
 * import type { VggOptions } from 'pullback/Model'
 *
 * const options: VggOptions<3, 10> = { classes: 10, batchNorm: true, hidden: 512 }
 * options.hidden // => 512
 */
export interface VggOptions<
  Channels extends number = number,
  Classes extends number = number
> extends ImageClassifierOptions<Channels, Classes> {
  /** Whether there is batch norm behind each convolution; false by default. */
  readonly batchNorm?: boolean
  /** The rate of dropout behind the dense layers; 0.5 by default. */
  readonly dropout?: number
  /** The channels of the first convolutions, which double up to eight times as many; 64 by default. */
  readonly width?: number
  /** The outputs of the first two dense layers; 4096 by default. */
  readonly hidden?: number
}

type FeatureState = readonly (RunningStatistics<number> | None)[]

interface Vgg {
  <const Channels extends number = 3, const Classes extends number = 1000>(
    options?: VggOptions<Channels, Classes>
  ): Classifier<Channels, Classes, VggParams<Classes>, { readonly features: FeatureState }>
}

// -----------------------------------------------------------------------------
// VGG
// -----------------------------------------------------------------------------

const kinds: Kinds<VggOptions> = {
  ...classifierKinds,
  batchNorm: flag,
  dropout: rateKind,
  width: positiveCount,
  hidden: positiveCount
}

/** Convolutions in five stages, each of which ends in a maximum of 2 x 2. */
const featuresOf = (convolutions: readonly number[], channels: number, given: VggOptions): AnyLayer => {
  const { batchNorm: isNormed = false, width = 64 } = given
  const own = drawing(given, heFanOut)
  let inputs = channels
  const layers = convolutions.flatMap((n, stage): readonly AnyLayer[] => {
    const outputs = width * Math.min(8, 2 ** stage)
    const rows = Array.from({ length: n }, (): readonly AnyLayer[] => {
      const conv: AnyLayer = conv2d(inputs, outputs, { window: 3, padding: 1, ...own })
      inputs = outputs
      return [conv, ...(isNormed ? [batchNorm(outputs, { dtype: own.dtype })] : []), lift(relu)]
    })
    return [...rows.flat(), maxPool2d({ window: 2 })]
  })
  return sequential(...layers)
}

/* @__NO_SIDE_EFFECTS__ */
const vgg = (operation: string, convolutions: readonly number[]): Vgg => {
  const check = options<VggOptions>(operation, kinds)
  return (given = {}) => {
    check(given)
    const { channels = 3, classes = 1000, dropout = 0.5, width = 64, hidden = 4096 } = given
    const own = drawing(given, normal(0.01))
    const drop = dropping(dropout)
    const classifier: readonly AnyLayer[] = [
      dense(8 * width * 49, hidden, own),
      lift(relu),
      drop,
      dense(hidden, hidden, own),
      lift(relu),
      drop,
      dense(hidden, classes, own)
    ]
    return stated(
      inOrder(operation, {
        features: featuresOf(convolutions, channels, given),
        avgpool: adaptiveAvgPool2d(7),
        flatten: flatten(),
        classifier: sequential(...classifier)
      })
    )
  }
}

/**
 * VGG-11 (configuration A), from images `[n, channels, height, width]` of at least 32 x 32 to scores `[n, classes]`: eight convolutions of 3 x 3 in
 * five stages, each of which ends in a maximum of 2 x 2; means over a grid of 7 x 7; three dense layers with dropout. It has 132,863,336
 * parameters for images of 3 channels and 1000 classes, under torchvision's names.
 *
 * K. Simonyan and A. Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition, ICLR 2015.
 *
 * @throws ShapeError when an input has other channels, or is smaller
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * Layer.parameterCount(Model.vgg11()) // => 132863336
 * const small = Model.vgg11({ classes: 10, batchNorm: true, width: 16, hidden: 128 })
 * Layer.check(small, [2, 3, 32, 32]) // => { _tag: 'Right', right: [[2, 10]] }
 */
export const vgg11: Vgg = vgg('vgg11', [1, 1, 2, 2, 2])

/**
 * VGG-13 (configuration B), with ten convolutions; else as `vgg11`. It has 133,047,848 parameters.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * Layer.parameterCount(Model.vgg13()) // => 133047848
 */
export const vgg13: Vgg = vgg('vgg13', [2, 2, 2, 2, 2])

/**
 * VGG-16 (configuration D), with 13 convolutions; else as `vgg11`. It has 138,357,544 parameters, and 138,365,992 with batch norm.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * Layer.parameterCount(Model.vgg16()) // => 138357544
 * Layer.parameterCount(Model.vgg16({ batchNorm: true })) // => 138365992
 */
export const vgg16: Vgg = vgg('vgg16', [2, 2, 3, 3, 3])

/**
 * VGG-19 (configuration E), with 16 convolutions; else as `vgg11`. It has 143,667,240 parameters.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * Layer.parameterCount(Model.vgg19()) // => 143667240
 */
export const vgg19: Vgg = vgg('vgg19', [2, 2, 4, 4, 4])
