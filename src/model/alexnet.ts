/** AlexNet. */
import { options } from '../internal/options.js'
import { type ConvParams, conv2d } from '../layer/convolution.js'
import { type DenseParams, dense } from '../layer/dense.js'
import { type AnyLayer, type None, lift } from '../layer/model.js'
import { dropout as dropping } from '../layer/noise.js'
import { adaptiveAvgPool2d, maxPool2d } from '../layer/pooling.js'
import { sequential } from '../layer/sequential.js'
import { flatten } from '../layer/shapes.js'
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
import { inOrder, stated } from './parts.js'

/**
 * The parameters of `alexnet`: lists with torchvision's indices, in which activations and poolings have an entry, too.
 *
 * @example
 * import type { AlexNetParams } from 'pullback/Model'
 * import * as T from 'pullback/Tensor'
 *
 * const kernel: AlexNetParams<3, 10>['features'][0]['w'] = T.zeros([64, 3, 11, 11])
 * kernel.shape // => [64, 3, 11, 11]
 */
export interface AlexNetParams<Channels extends number, Classes extends number> {
  readonly features: readonly [
    ConvParams<[64, Channels, 11, 11], 64>,
    None,
    None,
    ConvParams<[192, 64, 5, 5], 192>,
    None,
    None,
    ConvParams<[384, 192, 3, 3], 384>,
    None,
    ConvParams<[256, 384, 3, 3], 256>,
    None,
    ConvParams<[256, 256, 3, 3], 256>,
    None,
    None
  ]
  readonly avgpool: None
  readonly flatten: None
  readonly classifier: readonly [
    None,
    DenseParams<9216, 4096>,
    None,
    None,
    DenseParams<4096, 4096>,
    None,
    DenseParams<4096, Classes>
  ]
}

/**
 * The options of `alexnet`.
 *
 * @example
 * import type { AlexNetOptions } from 'pullback/Model'
 *
 * const options: AlexNetOptions<3, 10> = { classes: 10, dropout: 0.2 }
 * options.dropout // => 0.2
 */
export interface AlexNetOptions<
  Channels extends number = number,
  Classes extends number = number
> extends ImageClassifierOptions<Channels, Classes> {
  /** The rate of dropout before the dense layers; 0.5 by default. */
  readonly dropout?: number
}

const check = options<AlexNetOptions>('alexnet', { ...classifierKinds, dropout: rateKind })

const featuresOf = (channels: number, own: Drawing): readonly AnyLayer[] => {
  const pool = maxPool2d({ window: 3, stride: 2 })
  return [
    conv2d(channels, 64, { window: 11, stride: 4, padding: 2, ...own }),
    lift(relu),
    pool,
    conv2d(64, 192, { window: 5, padding: 2, ...own }),
    lift(relu),
    pool,
    conv2d(192, 384, { window: 3, padding: 1, ...own }),
    lift(relu),
    conv2d(384, 256, { window: 3, padding: 1, ...own }),
    lift(relu),
    conv2d(256, 256, { window: 3, padding: 1, ...own }),
    lift(relu),
    pool
  ]
}

/**
 * AlexNet, from images `[n, channels, height, width]` of at least 63 x 63 to scores `[n, classes]`: five convolutions, maxima of 3 x 3 behind
 * the first, second and fifth; means over a grid of 6 x 6; three dense layers with dropout. As in torchvision it is the network of the second
 * paper, in one column and without normalisation: 61,100,840 parameters for images of 3 channels and 1000 classes.
 *
 * A. Krizhevsky, I. Sutskever and G. Hinton, ImageNet Classification with Deep Convolutional Neural Networks, NeurIPS 2012; A. Krizhevsky, One
 * Weird Trick for Parallelizing Convolutional Neural Networks, 2014.
 *
 * @throws ShapeError when an input has other channels, or is smaller
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * const model = Model.alexnet()
 * Layer.parameterCount(model) // => 61100840
 * Layer.check(model, [2, 3, 224, 224]) // => { _tag: 'Right', right: [[2, 1000]] }
 */
/* @__NO_SIDE_EFFECTS__ */
export const alexnet = <const Channels extends number = 3, const Classes extends number = 1000>(
  options: AlexNetOptions<Channels, Classes> = {}
): Classifier<Channels, Classes, AlexNetParams<Channels, Classes>, None> => {
  check(options)
  const { channels = 3, classes = 1000, dropout = 0.5 } = options
  const own = drawing(options, torchUniform)
  const drop = dropping(dropout)
  const classifier: readonly AnyLayer[] = [
    drop,
    dense(9216, 4096, own),
    lift(relu),
    drop,
    dense(4096, 4096, own),
    lift(relu),
    dense(4096, classes, own)
  ]
  return stated(
    inOrder('alexnet', {
      features: sequential(...featuresOf(channels, own)),
      avgpool: adaptiveAvgPool2d(6),
      flatten: flatten(),
      classifier: sequential(...classifier)
    })
  )
}
