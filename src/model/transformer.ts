/** Transformers: from tokens to features, and to scores of the next token. */
import { geluTanh } from '../activation/gates.js'
import type { WithAxis } from '../calculus/vmap.js'
import { type Initializer, normal } from '../Init.js'
import { isOptions, refusal } from '../internal/describe.js'
import { options as declare, positiveCount, requireKind } from '../internal/options.js'
import { type AttentionMasks, requireHeads } from '../layer/attention.js'
import type { ScaleShift } from '../layer/batchNorm.js'
import { initialised } from '../layer/drawn.js'
import { type EmbeddingParams, requireTokens } from '../layer/embedding.js'
import { makeOf } from '../layer/make.js'
import { type AnyLayer, type Layer, type None, lift } from '../layer/model.js'
import { dropout as dropping } from '../layer/noise.js'
import { layerNorm } from '../layer/normalisation.js'
import { type PositionParams, learnedPositions } from '../layer/positions.js'
import { repeat } from '../layer/repeat.js'
import { type BlockOptions, type EncoderBlockParams, blockKinds, encoderBlock } from '../layer/transformer.js'
import * as R from '../Random.js'
import { type Shape, ShapeError } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import { gather, matmul, transpose } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The sizes and options of `transformerEncoder` and `gpt`.
 *
 * @example
 * import type { TransformerOptions } from 'pullback/Model'
 *
 * const options: TransformerOptions = { vocabulary: 50, width: 32, heads: 4, layers: 2, context: 64, dropout: 0.1 }
 * options.context // => 64
 */
export interface TransformerOptions extends Omit<BlockOptions, 'causal'> {
  /** The number of tokens. */
  readonly vocabulary: number
  /** The number of features of a position. */
  readonly width: number
  /** The number of heads, a divisor of the width. */
  readonly heads: number
  /** The number of blocks. */
  readonly layers: number
  /** The length of the longest sequence for which there are learned positions; with `rotary` there are none. */
  readonly context: number
  /** How the weights of all parts are drawn; `Init.normal(0.02)` by default, as those of GPT-2. */
  readonly init?: Initializer
}

/**
 * The parameters of `transformerEncoder` and `gpt`; those of all blocks are stacked, the first block first.
 *
 * @example
 * import * as Model from 'pullback/Model'
 * import * as Random from 'pullback/Random'
 *
 * const model = Model.gpt({ vocabulary: 5, width: 8, heads: 2, layers: 3, context: 4 })
 * const params: Model.TransformerParams<{ vocabulary: 5; width: 8; context: 4 }> = model.init(Random.key(0))[0].params
 * params.blocks.attention.query.w.shape // => [3, 8, 8]
 */
export interface TransformerParams<O extends Sizes> {
  readonly tokens: EmbeddingParams<O['vocabulary'], O['width']>
  /** The learned positions; there are none with `rotary`. */
  readonly positions: Given<O, 'rotary', false> extends false ? PositionParams<O['context'], O['width']> : None
  readonly drop: None
  readonly blocks: WithAxis<EncoderBlockParams<O['width'], HiddenOf<O>, Given<O, 'bias', true>>>
  /** The normalisation behind the last block; there is none with `norm: 'post'`, where the block ends in one. */
  readonly norm: Given<O, 'norm', 'pre'> extends 'post' ? None : ScaleShift<[O['width']]>
}

/** The options on which types depend. */
type Sizes = Pick<TransformerOptions, 'vocabulary' | 'width' | 'context'>

type HiddenOf<O> = Given<O, 'hidden', number> extends infer N extends number ? N : number

/**
 * A function of tokens that gives each position a row of `Width` numbers.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const model = Model.gpt({ vocabulary: 5, width: 8, heads: 2, layers: 1, context: 4 })
 * const [{ params, state }] = model.init(Random.key(0))
 * const scores: Model.OfTokens<5> = Layer.predict(model)(params, state)
 * scores(T.of([2, 0, 1], 'int32')).shape // => [3, 5]
 */
export type OfTokens<Width extends number> = <S extends Shape>(
  tokens: Tensor<S>,
  masks?: AttentionMasks
) => Tensor<[...S, Width]>

type Transformer<O extends Sizes, Out extends number> = Layer<
  OfTokens<Out>,
  TransformerParams<O>,
  {
    readonly tokens: None
    readonly positions: None
    readonly drop: None
    readonly blocks: { readonly [Name in keyof EncoderBlockParams<number, number>]: None }
    readonly norm: None
  }
>

// -----------------------------------------------------------------------------
// parts
// -----------------------------------------------------------------------------

const sizeKinds = {
  vocabulary: positiveCount,
  width: positiveCount,
  heads: positiveCount,
  layers: positiveCount,
  context: positiveCount
}

/** The check of all options, sizes among them, which are required. */
/* @__NO_SIDE_EFFECTS__ */
const checkOf = (operation: string): ((given: TransformerOptions) => void) => {
  const check = declare<TransformerOptions>(operation, { ...sizeKinds, ...blockKinds })
  return (given) => {
    if (!isOptions(given)) {
      throw new TypeError(
        refusal(operation, 'the record of sizes', given, 'an object with vocabulary, width, heads, layers and context')
      )
    }
    check(given)
    for (const name of ['vocabulary', 'width', 'heads', 'layers', 'context'] as const) {
      requireKind(operation, name, given[name], sizeKinds[name])
    }
    requireHeads(operation, given.width, given.heads, (given.rotary ?? false) !== false)
  }
}

/** Casts to types that state sizes, which are checked at run time. */
const stated = <L>(layer: AnyLayer): L => layer as unknown as L

type Rows = (x: Tensor) => Tensor

/** The function of tokens to features, of parts by name. */
type Features = (tokens: Tensor, masks?: AttentionMasks) => Tensor

/** A transformer of blocks of the encoder: `finish` makes its output of the features, and of the table of tokens. */
const transformer = (
  operation: string,
  given: TransformerOptions,
  own: Omit<BlockOptions, 'init'>,
  finish: (features: Tensor, table: Tensor) => Tensor
): AnyLayer => {
  const { vocabulary, width, heads, layers, context, init = normal(0.02), ...options } = given
  const { dtype = 'float32', dropout = 0, norm = 'pre', epsilon = 1e-5, rotary = false } = options
  // An option that is given as undefined is none.
  const chosen = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const block = encoderBlock(width, heads, { ...own, ...chosen, init })
  const same = lift((x: Tensor) => x)
  const positions: AnyLayer = rotary === false ? learnedPositions(context, width, { init, dtype }) : same
  const end: AnyLayer = norm === 'pre' ? layerNorm(width, { epsilon, dtype }) : same
  return makeOf(
    operation,
    {
      tokens: R.map((table: Tensor) => ({ table }))(initialised(operation, init, [vocabulary, width], dtype)),
      positions: stated<Layer<Rows>>(positions),
      drop: dropping(dropout),
      blocks: stated<Layer<(x: Tensor, masks: AttentionMasks) => Tensor>>(repeat(layers, block)),
      norm: stated<Layer<Rows>>(end)
    },
    (parts): Features =>
      (tokens, masks = {}) => {
        requireTokens(operation, tokens, vocabulary)
        if (tokens.shape.length === 0) {
          throw new ShapeError(operation, [tokens.shape], 'the tokens have shape []; expected [..., length]')
        }
        const rows: Tensor = gather(parts.tokens.table, tokens)
        const features = parts.norm(parts.blocks(parts.drop(parts.positions(rows)), masks))
        return finish(features, parts.tokens.table)
      },
    1,
    2
  )
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const checkEncoder = checkOf('transformerEncoder')

/**
 * A transformer's encoder, from int32 tokens [..., length] to features [..., length, width]: a table of tokens, learned positions, and
 * blocks, behind which there is a normalisation. A layer behind it makes scores of the features. Masks are those of
 * `Layer.multiHeadAttention`.
 *
 * A. Vaswani et al., Attention Is All You Need, NeurIPS 2017.
 *
 * @throws RangeError for a token out of range, by its position, or when the number of heads does not divide the width
 * @throws ShapeError for a sequence longer than the context, or masks of another shape; DTypeError when the tokens are not int32
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const model = Model.transformerEncoder({ vocabulary: 20, width: 8, heads: 2, layers: 2, context: 16 })
 * const [{ params, state }] = model.init(Random.key(0))
 * const tokens: T.Tensor<[2, 3]> = T.of([[3, 1, 4], [1, 5, 0]], 'int32')
 * const keyMask = T.notEqual(tokens, 0)
 * Layer.predict(model)(params, state)(tokens, { keyMask }).shape // => [2, 3, 8]
 */
/* @__NO_SIDE_EFFECTS__ */
export const transformerEncoder = <const O extends TransformerOptions>(
  options: O & Only<O, TransformerOptions>
): Transformer<O, O['width']> => {
  checkEncoder(options)
  return stated(transformer('transformerEncoder', options, {}, (features) => features))
}

const checkGpt = checkOf('gpt')

/**
 * A language model as GPT-2 is, from int32 tokens [..., length] to scores of the token behind each, [..., length, vocabulary]: a table of
 * tokens, learned positions, causal blocks with normalisation in front (`norm: 'pre'`) and `Activation.geluTanh`, and a normalisation; the
 * scores are products with the same table. The scores of a position depend on the tokens up to it, bit for bit. What blocks add is drawn
 * with a deviation of 0.02 / sqrt(2 layers), unless `init` or `outputInit` is given.
 *
 * A. Radford et al., Language Models are Unsupervised Multitask Learners, 2019.
 *
 * @throws RangeError for a token out of range, by its position, or when the number of heads does not divide the width
 * @throws ShapeError for a sequence longer than the context; DTypeError when the tokens are not int32
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const model = Model.gpt({ vocabulary: 20, width: 8, heads: 2, layers: 2, context: 16 })
 * const [{ params, state }] = model.init(Random.key(0))
 * Layer.predict(model)(params, state)(T.of([[3, 1, 4]], 'int32')).shape // => [1, 3, 20]
 * Layer.predict(model)(params, state)(T.of([[3, 20]], 'int32'))
 * // throws gpt: tokens[0, 1] is 20; expected an integer from 0 to 19
 */
/* @__NO_SIDE_EFFECTS__ */
export const gpt = <const O extends TransformerOptions>(
  options: O & Only<O, TransformerOptions>
): Transformer<O, O['vocabulary']> => {
  checkGpt(options)
  return stated(gptLike('gpt', options))
}

const gptLike = (operation: string, options: TransformerOptions): AnyLayer => {
  const { init, layers } = options
  const outputInit = init ?? normal(0.02 / Math.sqrt(2 * layers))
  const own: BlockOptions = { causal: true, activation: geluTanh, outputInit }
  return transformer(operation, options, own, (features, table) => matmul(features, transpose(table)))
}

/**
 * The options of `gpt2`.
 *
 * @example
 * import type { Gpt2Options } from 'pullback/Model'
 *
 * const options: Gpt2Options = { dropout: 0.1 }
 * options.dropout // => 0.1
 */
export interface Gpt2Options extends Pick<TransformerOptions, 'dropout' | 'init' | 'dtype'> {}

const checkGpt2 = declare<Gpt2Options>('gpt2', {
  dropout: blockKinds.dropout,
  init: blockKinds.init,
  dtype: blockKinds.dtype
})

/** The sizes of GPT-2 small. */
interface Gpt2Sizes {
  readonly vocabulary: 50257
  readonly width: 768
  readonly context: 1024
  readonly hidden: 3072
}

/**
 * GPT-2 small: `gpt` of 12 blocks of 12 heads, width 768, 50,257 tokens and 1,024 positions; 124,439,808 parameters. In the published
 * weights `c_attn` is `query`, `key` and `value` side by side, and those of dense layers are transposed.
 *
 * A. Radford et al., Language Models are Unsupervised Multitask Learners, 2019.
 *
 * @throws RangeError for a token out of range, by its position; ShapeError for more than 1,024 tokens
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Model from 'pullback/Model'
 *
 * Layer.parameterCount(Model.gpt2()) // => 124439808
 */
/* @__NO_SIDE_EFFECTS__ */
export const gpt2 = (options: Gpt2Options = {}): Transformer<Gpt2Sizes, 50257> => {
  checkGpt2(options)
  const sizes = { vocabulary: 50257, width: 768, heads: 12, layers: 12, context: 1024, hidden: 3072 }
  return stated(gptLike('gpt2', { ...sizes, ...options }))
}
