/**
 * Attention: values weighed by how well queries agree with keys, and the encodings of positions that it needs. `Layer.multiHeadAttention`
 * has the parameters.
 */
export { type RotaryOptions, type SinusoidalOptions, rotary, sinusoidal } from './attention/positions.js'
export {
  type AttentionOptions,
  type WeightOptions,
  attentionWeights,
  scaledDotProductAttention
} from './attention/scaledDotProduct.js'
