/** LeNet-5. */
import type { FloatDType } from '../DType.js'
import type { Initializer } from '../Init.js'
import { callable, oneOf, options, positiveCount } from '../internal/options.js'
import { type ConvParams, conv2d } from '../layer/convolution.js'
import { type DenseParams, dense } from '../layer/dense.js'
import { drawKinds } from '../layer/drawn.js'
import { makeOf } from '../layer/make.js'
import { type Layer, type None } from '../layer/model.js'
import type { Keeping } from '../layer/output.js'
import { avgPool2d, maxPool2d } from '../layer/pooling.js'
import { taking } from '../layer/structure.js'
import { reshape, tanh } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { requireExamples, stated } from './parts.js'

/**
 * The parameters of `lenet5`.
 *
 * @example
 * import type { LeNet5Params } from 'pullback/Model'
 * import * as T from 'pullback/Tensor'
 *
 * const kernel: LeNet5Params<10>['conv1']['w'] = T.zeros([6, 1, 5, 5])
 * kernel.shape // => [6, 1, 5, 5]
 */
export interface LeNet5Params<Classes extends number> {
  readonly conv1: ConvParams<[6, 1, 5, 5], 6>
  readonly pool1: None
  readonly conv2: ConvParams<[16, 6, 5, 5], 16>
  readonly pool2: None
  readonly dense1: DenseParams<400, 120>
  readonly dense2: DenseParams<120, 84>
  readonly output: DenseParams<84, Classes>
}

/**
 * The options of `lenet5`.
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import type { LeNet5Options } from 'pullback/Model'
 *
 * const options: LeNet5Options = { activation: Activation.relu, pooling: 'max' }
 * options.pooling // => 'max'
 */
export interface LeNet5Options<Classes extends number = number> {
  /** The number of classes; 10 by default. */
  readonly classes?: Classes
  /** The function behind each layer but the last; `tanh` by default. */
  readonly activation?: Keeping
  /** Whether a window of 2 x 2 becomes its mean (`'avg'`, the default) or its maximum. */
  readonly pooling?: 'avg' | 'max'
  /** How the weights are drawn; `Init.glorotUniform` by default. */
  readonly init?: Initializer
  /** The element type of the parameters; float32 by default. */
  readonly dtype?: FloatDType
}

/** The function of images to scores, with its parameters and, without tensors, its state. */
type LeNet5<Classes extends number> = Layer<
  (images: Tensor<[number, 1, 28, 28]>) => Tensor<[number, Classes]>,
  LeNet5Params<Classes>,
  { readonly [Name in keyof LeNet5Params<Classes>]: None }
>

const check = options<LeNet5Options>('lenet5', {
  classes: positiveCount,
  activation: callable('a function of a tensor, as those of Activation'),
  pooling: oneOf('avg', 'max'),
  ...drawKinds
})

const image = [1, 28, 28]

/**
 * LeNet-5, from images [n, 1, 28, 28] to scores [n, classes]: convolutions of 5 x 5 to 6 channels (with padding 2) and to 16, each before
 * pooling of 2 x 2, then dense layers to 120, 84 and the classes; 61,706 parameters. As is usual, and other than in the paper, the second
 * convolution sees all channels, pooling has no parameters, and the output is linear.
 *
 * Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Gradient-Based Learning Applied to Document Recognition, Proceedings of the IEEE 86
 * (1998).
 *
 * @throws ShapeError when an input has another shape
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * const model = Model.lenet5()
 * Layer.parameterCount(model) // => 61706
 * const rows = Layer.summary(model, [32, 1, 28, 28])
 * rows.slice(1, 5).map(({ path, shapes }) => `${path} ${shapes.join(' ')}`)
 * // => ['conv1 32,6,28,28', 'pool1 32,6,14,14', 'conv2 32,16,10,10', 'pool2 32,16,5,5']
 */
/* @__NO_SIDE_EFFECTS__ */
export const lenet5 = <const Classes extends number = 10>(options: LeNet5Options<Classes> = {}): LeNet5<Classes> => {
  check(options)
  const { classes = 10, activation = tanh, pooling = 'avg', ...own } = options
  const pool = pooling === 'avg' ? avgPool2d : maxPool2d
  const layer = makeOf(
    'lenet5',
    {
      conv1: conv2d(1, 6, { window: 5, padding: 2, ...own }),
      pool1: pool({ window: 2 }),
      conv2: conv2d(6, 16, { window: 5, ...own }),
      pool2: pool({ window: 2 }),
      dense1: dense(400, 120, own),
      dense2: dense(120, 84, own),
      output: dense(84, classes, own)
    },
    ({ conv1, pool1, conv2, pool2, dense1, dense2, output }) =>
      (x: Tensor<[number, 1, 28, 28]>) => {
        requireExamples('lenet5', x, image)
        const features = pool2(activation(conv2(pool1(activation(conv1(x))))))
        return output(activation(dense2(activation(dense1(reshape(features, [-1, 400]))))))
      }
  )
  return stated(taking(layer, (shape) => [shape[0] ?? 1, ...image]))
}
