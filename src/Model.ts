/**
 * Networks: layers that are put together, with types that say the sizes at their ends and of their parameters.
 */
export { type LeNet5Options, type LeNet5Params, lenet5 } from './model/lenet5.js'
export { type MlpOptions, type MlpParams, linearClassifier, mlp } from './model/perceptron.js'
export {
  type Gpt2Options,
  type OfTokens,
  type TransformerOptions,
  type TransformerParams,
  gpt,
  gpt2,
  transformerEncoder
} from './model/transformer.js'
