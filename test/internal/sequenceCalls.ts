// How layers and models of sequences are called, for the law of options.
import * as T from 'pullback/Tensor'

type Call = (f: (...args: readonly unknown[]) => unknown, options: unknown) => unknown

const x = T.ones([2, 2])
const sizes = { vocabulary: 2, width: 2, heads: 1, layers: 1, context: 2 }

/** Sizes, and options beside them; what is not a record stands for itself. */
const sized: Call = (f, options) =>
  f(typeof options === 'object' && options !== null ? { ...sizes, ...options } : { ...sizes, '0': options })

const twice: Call = (f, options) => f(2, 2, options)

export const sequenceCalls: Readonly<Record<string, Call>> = {
  'Attention.attentionWeights': (f, options) => f(x, x, options),
  'Attention.scaledDotProductAttention': (f, options) => f(x, x, x, options),
  'Attention.sinusoidal': twice,
  'Layer.decoderBlock': twice,
  'Layer.embedding': twice,
  'Layer.encoderBlock': twice,
  'Layer.gru': twice,
  'Layer.gruCell': twice,
  'Layer.learnedPositions': twice,
  'Layer.lstm': twice,
  'Layer.lstmCell': twice,
  'Layer.multiHeadAttention': twice,
  'Layer.rnn': twice,
  'Layer.rnnCell': twice,
  'Layer.sinusoidalPositions': (f, options) => f(2, options),
  'Model.gpt': sized,
  'Model.gpt2': (f, options) => f(options),
  'Model.transformerEncoder': sized
}
