/** Attention of several heads. */
import { type RotaryOptions, rotary } from '../attention/positions.js'
import {
  bothMasks,
  requireLead,
  requireMask,
  requireOperand,
  requireValues,
  scaledDotProductAttention
} from '../attention/scaledDotProduct.js'
import { requireCount } from '../internal/check.js'
import { type Kinds, type Options, callable, flag, options, record } from '../internal/options.js'
import { tensorKind } from '../internal/require.js'
import { rateKind } from '../regularizer/noise.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import { expandDims, reshape, swapAxes } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { type DenseOptions, type DenseParams, type Params, type Weights, dense } from './dense.js'
import { drawKinds } from './drawn.js'
import { makeOf } from './make.js'
import type { AnyLayer, Layer, None } from './model.js'
import { dropout as dropping } from './noise.js'
import { taking } from './structure.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * What queries see, for all heads: true where a key takes part.
 *
 * @example
 * import type { AttentionMasks } from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * // two sequences, of three and of two tokens
 * const masks: AttentionMasks = { keyMask: T.of([[true, true, true], [true, true, false]]) }
 * masks.keyMask?.shape // => [2, 3]
 */
export interface AttentionMasks {
  /** Which query sees which key; its shape broadcasts to [..., queries, keys]. */
  readonly mask?: Tensor
  /** Which keys there are, false for padding; its shape broadcasts to [..., keys]. */
  readonly keyMask?: Tensor
}

/**
 * A function of queries, keys and values, rows of `Width` numbers each; keys are the queries by default, and values the keys.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const itself: Layer.Attending<2> = (queries) => queries
 * itself(T.of([[1, 2]])) // => T.of([[1, 2]])
 */
export type Attending<Width extends number> = <Lead extends Shape, Keys extends Shape>(
  queries: Tensor<[...Lead, Width]>,
  keys?: Tensor<[...Keys, Width]>,
  values?: Tensor<[...Keys, Width]>,
  masks?: AttentionMasks
) => Tensor<[...Lead, Width]>

/** A square dense layer, with a bias or without. */
export type Square<Width extends number, Bias = true> = Bias extends false
  ? Weights<Width, Width>
  : DenseParams<Width, Width>

/**
 * The parameters of `multiHeadAttention`: four dense layers, of which head h has the rows [h width / heads, (h + 1) width / heads) of the
 * first three. Those of PyTorch are `query`, `key` and `value` one after the other (`in_proj_weight`, `in_proj_bias`) and `output` (`out_proj`).
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * // from PyTorch's parameters
 * const layer = (w: T.Tensor<[2, 2]>, b: T.Tensor<[2]>): Layer.DenseParams<2, 2> => ({ w, b })
 * const inProjection: { readonly w: T.Tensor<[6, 2]>; readonly b: T.Tensor<[6]> } = { w: T.ones([6, 2]), b: T.zeros([6]) }
 * const [query, key, value] = [0, 2, 4].map((from) =>
 *   layer(
 *     T.ensure(T.slice(inProjection.w, [[from, from + 2]]), [2, 2]),
 *     T.ensure(T.slice(inProjection.b, [[from, from + 2]]), [2])
 *   )
 * ) as [Layer.DenseParams<2, 2>, Layer.DenseParams<2, 2>, Layer.DenseParams<2, 2>]
 * const params: Layer.AttentionParams<2> = { query, key, value, output: layer(T.ones([2, 2]), T.zeros([2])), drop: {} }
 * params.key.w.shape // => [2, 2]
 */
export interface AttentionParams<Width extends number, Bias = true> {
  readonly query: Square<Width, Bias>
  readonly key: Square<Width, Bias>
  readonly value: Square<Width, Bias>
  readonly output: Square<Width, Bias>
  readonly drop: None
}

/**
 * The options of `multiHeadAttention`.
 *
 * @example
 * import type { MultiHeadAttentionOptions } from 'pullback/Layer'
 *
 * const options: MultiHeadAttentionOptions = { causal: true, dropout: 0.1 }
 * options.causal // => true
 */
export interface MultiHeadAttentionOptions extends DenseOptions {
  /** Whether query i sees the keys up to i only; false by default. */
  readonly causal?: boolean
  /** The rate at which weights are dropped; 0 by default. */
  readonly dropout?: number
  /** Whether queries and keys are turned by their positions, as `Attention.rotary` does; false by default. */
  readonly rotary?: boolean | RotaryOptions
  /** How the weights of the output are drawn; as `init` by default. */
  readonly outputInit?: DenseOptions['init']
}

/** A layer whose state has no tensors, under the names of its parameters. */
export type Stateless<F, P> = Layer<F, P, { readonly [Name in keyof P]: None }>

interface MultiHead {
  <Width extends number, const O extends MultiHeadAttentionOptions = {}>(
    width: Width,
    heads: number,
    options?: O & Only<O, MultiHeadAttentionOptions>
  ): Stateless<Attending<Width>, AttentionParams<Width, Given<O, 'bias', true>>>
}

// -----------------------------------------------------------------------------
// heads
// -----------------------------------------------------------------------------

/** [..., length, width] as [..., heads, length, width / heads]. */
const split = (x: Tensor, heads: number): Tensor<[...number[], number, number]> =>
  typed(swapAxes(reshape(x, [...x.shape.slice(0, -1), heads, x.shape.at(-1)! / heads]), -2, -3))

/** The outputs of all heads, one after the other. */
const joined = (x: Tensor): Tensor => {
  const whole: Tensor = swapAxes(x, -2, -3)
  return reshape(whole, [...whole.shape.slice(0, -2), whole.shape.at(-1)! * whole.shape.at(-2)!])
}

/** A mask for all heads. */
const forHeads = (mask: Tensor): Tensor => (mask.shape.length > 2 ? expandDims(mask, -3) : mask)

const checkMasks: Options = record<AttentionMasks>('multiHeadAttention', 'the masks are', {
  mask: tensorKind,
  keyMask: tensorKind
})

/** One mask that broadcasts to [..., heads, queries, keys]. */
const maskOf = (lead: Shape, queries: number, keys: number, given: AttentionMasks): Tensor | undefined => {
  checkMasks(given)
  const { mask, keyMask } = given
  if (mask !== undefined) requireMask('multiHeadAttention', 'mask', mask, [...lead, queries, keys])
  if (keyMask !== undefined) requireMask('multiHeadAttention', 'keyMask', keyMask, [...lead, keys])
  return bothMasks(mask && forHeads(mask), keyMask && forHeads(expandDims(keyMask, -2)))
}

/** Refuses what is not a sequence of rows of a width. */
export const requireSequence = (operation: string, subject: string, x: Tensor, width: number): void => {
  requireOperand(operation, subject, x)
  if (x.shape.length >= 2 && x.shape.at(-1) === width) return
  const verb = subject.endsWith('s') ? 'have' : 'has'
  const rule = `${subject} ${verb} shape ${show(x.shape)}; expected [..., length, ${width}]`
  throw new ShapeError(operation, [x.shape], rule)
}

/** The nearest shape that is a sequence of rows of a width. */
export const sequenceOf =
  (width: number) =>
  (shape: Shape): Shape => [...(shape.length < 2 ? [shape[0] ?? 1] : shape.slice(0, -1)), width]

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** The kinds of the options of every layer of attention, but for `causal`. */
export const attentionKinds: Kinds<Omit<MultiHeadAttentionOptions, 'causal'>> = {
  dropout: rateKind,
  bias: flag,
  rotary: {
    expected: 'true, false or the options of rotary',
    holds: (value) => typeof value === 'boolean' || (typeof value === 'object' && value !== null && isPlain(value))
  },
  outputInit: callable('an initialiser, as those of Init'),
  ...drawKinds
}

const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype

const check = options<MultiHeadAttentionOptions>('multiHeadAttention', { causal: flag, ...attentionKinds })

/** Refuses heads that do not divide a width, and, for rotary positions, those of an odd width. */
export const requireHeads = (operation: string, width: number, heads: number, turned: boolean): void => {
  requireCount(operation, 'the width', width)
  requireCount(operation, 'the number of heads', heads)
  if (width % heads !== 0) {
    throw new RangeError(`${operation}: the number of heads is ${heads}; expected a divisor of the width, ${width}`)
  }
  if (turned && (width / heads) % 2 !== 0) {
    const rule = `the heads have a width of ${width / heads}; expected an even one for rotary positions`
    throw new RangeError(`${operation}: ${rule}`)
  }
}

/** Casts to types that state sizes, which are checked at run time. */
const stated = <X>(
  layer: AnyLayer | ((width: number, heads: number, options?: MultiHeadAttentionOptions) => AnyLayer)
): X => layer as unknown as X

/** A dense layer of inputs of any rank. */
export const affine = (
  inputs: number,
  outputs: number,
  options: DenseOptions
): Layer<(x: Tensor) => Tensor, Params> => {
  const { bias = true, ...rest } = options
  return stated(bias ? dense(inputs, outputs, rest) : dense(inputs, outputs, { ...rest, bias }))
}

/**
 * Attention of several heads: queries, keys and values, each [..., length, width], go through a dense layer each; each head attends with a
 * share of their width, as `Attention.scaledDotProductAttention` does, and a dense layer takes what all of them found. Keys are the queries
 * by default (self-attention), and values the keys; their leading axes broadcast to those of the queries. Masks say what is seen, for all
 * heads; a query that sees nothing gets the bias of the output. Weights are dropped where `dropout` drops.
 *
 * A. Vaswani et al., Attention Is All You Need, NeurIPS 2017.
 *
 * @throws RangeError when the number of heads does not divide the width; ShapeError for inputs and masks of another shape
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.multiHeadAttention(8, 2)
 * const [{ params, state }] = layer.init(Random.key(0))
 * const attend = Layer.predict(layer)(params, state)
 * const x: T.Tensor<[2, 3, 8]> = Random.normal(Random.key(1), [2, 3, 8])
 * attend(x).shape // => [2, 3, 8]
 * attend(x, x, x, { keyMask: T.of([[true, true, true], [true, true, false]]) }).shape // => [2, 3, 8]
 *
 * const memory: T.Tensor<[2, 5, 8]> = T.ones([2, 5, 8])
 * attend(x, memory).shape // => [2, 3, 8]
 * Layer.parameterCount(layer) // => 288
 */
export const multiHeadAttention: MultiHead = /* @__PURE__ */ stated((width, heads, given = {}) => {
  check(given)
  const { causal = false, dropout = 0, rotary: turned = false, outputInit = given.init, ...rest } = given
  requireHeads('multiHeadAttention', width, heads, turned !== false)
  const turn = turned === false ? undefined : rotary(turned === true ? {} : turned)
  const layer = makeOf(
    'multiHeadAttention',
    {
      query: affine(width, width, rest),
      key: affine(width, width, rest),
      value: affine(width, width, rest),
      output: affine(width, width, { ...rest, ...(outputInit && { init: outputInit }) }),
      drop: dropping(dropout)
    },
    ({ query, key, value, output, drop }) =>
      (queries: Tensor, keys: Tensor = queries, values: Tensor = keys, masks: AttentionMasks = {}): Tensor => {
        requireSequence('multiHeadAttention', 'the queries', queries, width)
        requireSequence('multiHeadAttention', 'the keys', keys, width)
        requireSequence('multiHeadAttention', 'the values', values, width)
        requireValues('multiHeadAttention', keys, values)
        requireLead('multiHeadAttention', 'the keys', keys, queries)
        requireLead('multiHeadAttention', 'the values', values, queries)
        const mask = maskOf(queries.shape.slice(0, -2), queries.shape.at(-2)!, keys.shape.at(-2)!, masks)
        const [q, k, v] = [split(query(queries), heads), split(key(keys), heads), split(value(values), heads)]
        const found = scaledDotProductAttention(turn ? turn(q) : q, turn ? turn(k) : k, v, {
          causal,
          ...(mask && { mask }),
          ...(dropout > 0 && { dropout: drop })
        })
        return output(joined(found))
      },
    1,
    4
  )
  return taking(layer, sequenceOf(width))
})
