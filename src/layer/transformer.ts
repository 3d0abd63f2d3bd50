/** The blocks of transformers: attention and a network for each position, with residual connections and normalisation. */
import { requireLead, requireMask } from '../attention/scaledDotProduct.js'
import { type Kinds, callable, flag, notNegative, oneOf, options, positiveCount, record } from '../internal/options.js'
import { tensorKind } from '../internal/require.js'
import type { Shape } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import { add, relu } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import {
  type AttentionMasks,
  type AttentionParams,
  type MultiHeadAttentionOptions,
  type Stateless,
  affine,
  attentionKinds,
  multiHeadAttention,
  requireHeads,
  requireSequence,
  sequenceOf
} from './attention.js'
import type { ScaleShift } from './batchNorm.js'
import type { DenseParams, Weights } from './dense.js'
import { makeOf } from './make.js'
import type { AnyLayer, Layer, None } from './model.js'
import { dropout as dropping } from './noise.js'
import { layerNorm } from './normalisation.js'
import type { Keeping } from './output.js'
import { taking } from './structure.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of `encoderBlock` and `decoderBlock`.
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import type { BlockOptions } from 'pullback/Layer'
 *
 * const options: BlockOptions = { hidden: 64, activation: Activation.gelu, dropout: 0.1 }
 * options.hidden // => 64
 */
export interface BlockOptions extends MultiHeadAttentionOptions {
  /** The number of hidden units of the network for each position; 4 width by default. */
  readonly hidden?: number
  /** The function of the hidden units; `relu` by default. */
  readonly activation?: Keeping
  /** The rate at which weights, hidden units and what is added are dropped; 0 by default. */
  readonly dropout?: number
  /** Whether each part's input is normalised (`'pre'`, the default), or the sum behind it (`'post'`, as in the paper). */
  readonly norm?: 'pre' | 'post'
  /** The number that is added to variances; 1e-5 by default. */
  readonly epsilon?: number
}

/**
 * The parameters of `encoderBlock`, under the names of PyTorch but for `attention` (`self_attn`), `dense1` (`linear1`), `dense2` and `drop`.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 *
 * const params: Layer.EncoderBlockParams<8, 16> = Layer.encoderBlock(8, 2, { hidden: 16 }).init(Random.key(0))[0].params
 * params.dense1.w.shape // => [16, 8]
 */
export interface EncoderBlockParams<Width extends number, Hidden extends number, Bias = true> {
  readonly attention: AttentionParams<Width, Bias>
  readonly norm1: ScaleShift<[Width]>
  readonly dense1: Affine<Width, Hidden, Bias>
  readonly dense2: Affine<Hidden, Width, Bias>
  readonly norm2: ScaleShift<[Width]>
  readonly drop: None
}

/**
 * The parameters of `decoderBlock`, under the names of PyTorch but for `attention` (`self_attn`), `memory` (`multihead_attn`), `dense1`
 * (`linear1`), `dense2` and `drop`.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 *
 * const params: Layer.DecoderBlockParams<8, 16> = Layer.decoderBlock(8, 2, { hidden: 16 }).init(Random.key(0))[0].params
 * params.memory.key.w.shape // => [8, 8]
 */
export interface DecoderBlockParams<Width extends number, Hidden extends number, Bias = true> {
  readonly attention: AttentionParams<Width, Bias>
  readonly norm1: ScaleShift<[Width]>
  readonly memory: AttentionParams<Width, Bias>
  readonly norm2: ScaleShift<[Width]>
  readonly dense1: Affine<Width, Hidden, Bias>
  readonly dense2: Affine<Hidden, Width, Bias>
  readonly norm3: ScaleShift<[Width]>
  readonly drop: None
}

type Affine<In extends number, Out extends number, Bias> = Bias extends false ? Weights<In, Out> : DenseParams<In, Out>

/**
 * What a decoder sees: of its input, and of the memory.
 *
 * @example
 * import type { DecoderMasks } from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const masks: DecoderMasks = { memoryKeyMask: T.of([[true, true, false]]) }
 * masks.memoryKeyMask?.shape // => [1, 3]
 */
export interface DecoderMasks extends AttentionMasks {
  /** Which position of the input sees which of the memory; its shape broadcasts to [..., length, memory]. */
  readonly memoryMask?: Tensor
  /** Which positions of the memory there are, false for padding; its shape broadcasts to [..., memory]. */
  readonly memoryKeyMask?: Tensor
}

/**
 * A function of sequences of rows of `Width` numbers, with masks.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const itself: Layer.Encoding<2> = (x) => x
 * itself(T.of([[1, 2]])) // => T.of([[1, 2]])
 */
export type Encoding<Width extends number> = <Lead extends Shape>(
  input: Tensor<[...Lead, Width]>,
  masks?: AttentionMasks
) => Tensor<[...Lead, Width]>

/**
 * A function of sequences of rows of `Width` numbers and of a memory, with masks.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const itself: Layer.Decoding<2> = (x) => x
 * itself(T.of([[1, 2]]), T.of([[3, 4]])) // => T.of([[1, 2]])
 */
export type Decoding<Width extends number> = <Lead extends Shape, Memory extends Shape>(
  input: Tensor<[...Lead, Width]>,
  memory: Tensor<[...Memory, Width]>,
  masks?: DecoderMasks
) => Tensor<[...Lead, Width]>

type HiddenOf<O> = Given<O, 'hidden', number> extends infer N extends number ? N : number

interface EncoderBlock {
  <Width extends number, const O extends BlockOptions = {}>(
    width: Width,
    heads: number,
    options?: O & Only<O, BlockOptions>
  ): Stateless<Encoding<Width>, EncoderBlockParams<Width, HiddenOf<O>, Given<O, 'bias', true>>>
}

interface DecoderBlock {
  <Width extends number, const O extends BlockOptions = {}>(
    width: Width,
    heads: number,
    options?: O & Only<O, BlockOptions>
  ): Stateless<Decoding<Width>, DecoderBlockParams<Width, HiddenOf<O>, Given<O, 'bias', true>>>
}

// -----------------------------------------------------------------------------
// parts
// -----------------------------------------------------------------------------

/** The kinds of the options of blocks, but for `causal`. */
export const blockKinds: Kinds<Omit<BlockOptions, 'causal'>> = {
  ...attentionKinds,
  hidden: positiveCount,
  activation: callable('a function of a tensor, as those of Activation'),
  norm: oneOf('pre', 'post'),
  epsilon: notNegative
}

type Rows = (x: Tensor) => Tensor

/** Casts to types that state sizes, which are checked at run time. */
const stated = <X>(given: AnyLayer | ((width: number, heads: number, options?: BlockOptions) => AnyLayer)): X =>
  given as unknown as X

/** What blocks are made of, and how what a part adds meets its input. */
const partsOf = (operation: string, width: number, heads: number, given: BlockOptions) => {
  requireHeads(operation, width, heads, (given.rotary ?? false) !== false)
  const { hidden = 4 * width, activation = relu, norm = 'pre', epsilon = 1e-5, ...attention } = given
  const { causal: _causal, rotary: _turned, outputInit, dropout = 0, ...linear } = attention
  const { rotary: _rotary, causal: _ofOwn, ...across } = attention
  const { dtype = 'float32' } = given
  return {
    attention: (causal: boolean): Layer<Attend> => stated(multiHeadAttention(width, heads, { ...attention, causal })),
    across: (): Layer<Attend> => stated(multiHeadAttention(width, heads, across)),
    norm: (): Layer<Rows> => stated(layerNorm(width, { epsilon, dtype })),
    dense1: affine(width, hidden, linear),
    dense2: affine(hidden, width, outputInit === undefined ? linear : { ...linear, init: outputInit }),
    drop: dropping(dropout),
    activation,
    /** x + f(x), normalised where `f` begins, or behind the sum. */
    around: (normalise: Rows, f: Rows, x: Tensor): Tensor =>
      norm === 'pre' ? add(x, f(normalise(x))) : normalise(add(x, f(x)))
  }
}

type Attend = (queries: Tensor, keys: Tensor, values: Tensor, masks: AttentionMasks) => Tensor

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const checkEncoder = options<BlockOptions>('encoderBlock', { causal: flag, ...blockKinds })

/**
 * A block of a transformer's encoder, on sequences [..., length, width]: self-attention, and a network of one hidden layer for each position,
 * each of them added to its input. With `norm: 'pre'` (the default) it is x + f(norm(x)), with `'post'` norm(x + f(x)), as in the paper and
 * by default in PyTorch. `causal: true` makes it the block of a GPT. `Layer.repeat` stacks blocks, and gives the masks to each.
 *
 * A. Vaswani et al., Attention Is All You Need, NeurIPS 2017; R. Xiong et al., On Layer Normalization in the Transformer Architecture,
 * ICML 2020.
 *
 * @throws RangeError when the number of heads does not divide the width; ShapeError for an input or masks of another shape
 *
 * @example
 * import * as Activation from 'pullback/Activation'
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const block = Layer.encoderBlock(8, 2, { hidden: 16, activation: Activation.gelu })
 * Layer.parameterCount(block) // => 600
 * const stack = Layer.repeat(3, block)
 * const [{ params, state }] = stack.init(Random.key(0))
 * const x: T.Tensor<[2, 4, 8]> = T.ones([2, 4, 8])
 * const keyMask = T.of([[true, true, true, true], [true, true, false, false]])
 * Layer.predict(stack)(params, state)(x, { keyMask }).shape // => [2, 4, 8]
 */
export const encoderBlock: EncoderBlock = /* @__PURE__ */ stated((width, heads, given = {}) => {
  checkEncoder(given)
  const { causal = false } = given
  const { around, activation, ...parts } = partsOf('encoderBlock', width, heads, given)
  const layer = makeOf(
    'encoderBlock',
    {
      attention: parts.attention(causal),
      norm1: parts.norm(),
      dense1: parts.dense1,
      dense2: parts.dense2,
      norm2: parts.norm(),
      drop: parts.drop
    },
    ({ attention, norm1, dense1, dense2, norm2, drop }) =>
      (x: Tensor, masks: AttentionMasks = {}): Tensor => {
        requireSequence('encoderBlock', 'the input', x, width)
        const attended = around(norm1, (y) => drop(attention(y, y, y, masks)), x)
        return around(norm2, (y) => drop(dense2(drop(activation(dense1(y))))), attended)
      },
    1,
    2
  )
  return taking(layer, sequenceOf(width))
})

const checkDecoder = options<BlockOptions>('decoderBlock', { causal: flag, ...blockKinds })

const checkMasks = record<DecoderMasks>('decoderBlock', 'the masks are', {
  mask: tensorKind,
  keyMask: tensorKind,
  memoryMask: tensorKind,
  memoryKeyMask: tensorKind
})

/**
 * A block of a transformer's decoder, on sequences [..., length, width] and a memory [..., memory, width], the encoder's output:
 * self-attention, which is causal by default, attention to the memory, and a network of one hidden layer for each position, each of them
 * added to its input, as in `encoderBlock`. Rotary positions are those of the self-attention. `Layer.repeat` stacks blocks, and gives the
 * memory and the masks to each.
 *
 * A. Vaswani et al., Attention Is All You Need, NeurIPS 2017.
 *
 * @throws RangeError when the number of heads does not divide the width; ShapeError for inputs or masks of another shape
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const block = Layer.decoderBlock(8, 2, { hidden: 16, norm: 'post' })
 * const [{ params, state }] = block.init(Random.key(0))
 * const x: T.Tensor<[2, 4, 8]> = T.ones([2, 4, 8])
 * const memory: T.Tensor<[2, 5, 8]> = T.ones([2, 5, 8])
 * const memoryKeyMask = T.of([[true, true, true, true, true], [true, true, false, false, false]])
 * Layer.predict(block)(params, state)(x, memory, { memoryKeyMask }).shape // => [2, 4, 8]
 */
export const decoderBlock: DecoderBlock = /* @__PURE__ */ stated((width, heads, given = {}) => {
  checkDecoder(given)
  const { causal = true } = given
  const { around, activation, ...parts } = partsOf('decoderBlock', width, heads, given)
  const layer = makeOf(
    'decoderBlock',
    {
      attention: parts.attention(causal),
      norm1: parts.norm(),
      memory: parts.across(),
      norm2: parts.norm(),
      dense1: parts.dense1,
      dense2: parts.dense2,
      norm3: parts.norm(),
      drop: parts.drop
    },
    ({ attention, norm1, memory: across, norm2, dense1, dense2, norm3, drop }) =>
      (x: Tensor, memory: Tensor, masks: DecoderMasks = {}): Tensor => {
        requireSequence('decoderBlock', 'the input', x, width)
        requireSequence('decoderBlock', 'the memory', memory, width)
        requireLead('decoderBlock', 'the memory', memory, x, 'the input')
        checkMasks(masks)
        const { memoryMask, memoryKeyMask, ...own } = masks
        const [lead, length, keys] = [x.shape.slice(0, -2), x.shape.at(-2)!, memory.shape.at(-2)!]
        if (memoryMask) requireMask('decoderBlock', 'memoryMask', memoryMask, [...lead, length, keys])
        if (memoryKeyMask) requireMask('decoderBlock', 'memoryKeyMask', memoryKeyMask, [...lead, keys])
        const ofMemory = { ...(memoryMask && { mask: memoryMask }), ...(memoryKeyMask && { keyMask: memoryKeyMask }) }
        const attended = around(norm1, (y) => drop(attention(y, y, y, own)), x)
        const read = around(norm2, (y) => drop(across(y, memory, memory, ofMemory)), attended)
        return around(norm3, (y) => drop(dense2(drop(activation(dense1(y))))), read)
      },
    2,
    3
  )
  return taking(layer, sequenceOf(width))
})
