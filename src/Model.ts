/**
 * Networks: layers that are put together, with types that say the sizes at their ends and of their parameters. Those of torchvision have its
 * names, of builders and of parameters, and its numbers of parameters.
 */
export { type AlexNetOptions, type AlexNetParams, alexnet } from './model/alexnet.js'
export { autoencoder, denoisingAutoencoder, klToStandardNormal, variationalAutoencoder } from './model/autoencoder.js'
export {
  type DcganDiscriminatorOptions,
  type DcganGeneratorOptions,
  type DcganParams,
  type DcganState,
  dcganDiscriminator,
  dcganGenerator
} from './model/dcgan.js'
export {
  type DenseNetNumberedOptions,
  type DenseNetOptions,
  type DenseNetParams,
  type DenseNetState,
  densenet,
  densenet121,
  densenet161,
  densenet169,
  densenet201
} from './model/densenet.js'
export { type Graph, barabasiAlbert, erdosRenyi, wattsStrogatz } from './model/graphs.js'
export type { ImageClassifierOptions } from './model/images.js'
export { type LeNet5Options, type LeNet5Params, lenet5 } from './model/lenet5.js'
export { type MlpOptions, type MlpParams, linearClassifier, mlp } from './model/perceptron.js'
export {
  type ResNetBlock,
  type ResNetBlockState,
  type ResNetNumberedOptions,
  type ResNetOptions,
  type ResNetParams,
  type ResNetState,
  resnet,
  resnet101,
  resnet152,
  resnet18,
  resnet34,
  resnet50
} from './model/resnet.js'
export { type VggOptions, type VggParams, vgg11, vgg13, vgg16, vgg19 } from './model/vgg.js'
export { type WiredNode, type WiredOptions, wired } from './model/wired.js'
export {
  type Gpt2Options,
  type OfTokens,
  type TransformerOptions,
  type TransformerParams,
  gpt,
  gpt2,
  transformerEncoder
} from './model/transformer.js'
