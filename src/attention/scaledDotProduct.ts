/** Attention by scaled products, with masks that are exact. */
import { isFloat } from '../DType.js'
import { callable, finite, flag, options } from '../internal/options.js'
import { DTypeError, requireTensor, tensorKind } from '../internal/require.js'
import { type Shape, ShapeError, broadcast, equals, show } from '../shape/model.js'
import * as T from '../Tensor.js'
import { strongProduct } from '../tensor/matmul.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { within } from '../transform/scope.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of `attentionWeights`.
 *
 * @example
 * import type { WeightOptions } from 'pullback/Attention'
 *
 * const options: WeightOptions = { causal: true }
 * options.causal // => true
 */
export interface WeightOptions {
  /** True where a query sees a key; its shape broadcasts to [..., queries, keys]. */
  readonly mask?: Tensor
  /** Whether query i sees the keys up to i only; false by default. */
  readonly causal?: boolean
  /** The factor of the products; 1 / sqrt(width) by default. */
  readonly scale?: number
}

/**
 * The options of `scaledDotProductAttention`.
 *
 * @example
 * import type { AttentionOptions } from 'pullback/Attention'
 * import * as Random from 'pullback/Random'
 * import * as Regularizer from 'pullback/Regularizer'
 *
 * const key = Random.key(0)
 * const options: AttentionOptions = { dropout: (weights) => Regularizer.dropout(key, weights, { rate: 0.1 }) }
 * options.dropout !== undefined // => true
 */
export interface AttentionOptions extends WeightOptions {
  /** What is done to the weights before they weigh the values; nothing by default. */
  readonly dropout?: <S extends Shape>(weights: Tensor<S>) => Tensor<S>
}

interface Weights {
  <Lead extends Shape, Q extends number, K extends number, D extends number>(
    queries: Tensor<[...Lead, Q, D]>,
    keys: Tensor<[...Lead, K, D]>,
    options?: WeightOptions
  ): Tensor<[...Lead, Q, K]>
}

interface Attention {
  <Lead extends Shape, Q extends number, K extends number, D extends number, V extends number>(
    queries: Tensor<[...Lead, Q, D]>,
    keys: Tensor<[...Lead, K, D]>,
    values: Tensor<[...Lead, K, V]>,
    options?: AttentionOptions
  ): Tensor<[...Lead, Q, V]>
}

// -----------------------------------------------------------------------------
// masks
// -----------------------------------------------------------------------------

/** Refuses a mask that is not of booleans, or that does not broadcast to a shape. */
export const requireMask = (operation: string, subject: string, mask: Tensor, shape: Shape): void => {
  requireTensor(operation, mask, subject)
  if (mask.dtype !== 'bool') {
    throw new DTypeError(operation, `${subject} is ${mask.dtype}; expected bool, true where a query sees a key`)
  }
  const both = broadcast(mask.shape, shape)
  if (both !== undefined && equals(both, shape)) return
  const rule = `${subject} has shape ${show(mask.shape)}; expected ${show(shape)}, or a shape that broadcasts to it`
  throw new ShapeError(operation, [mask.shape, shape], rule)
}

/** True where query i sees key j, j <= i: [queries, keys]. */
const causalMask = (queries: number, keys: number): Tensor =>
  T.greaterEqual(T.expandDims(T.arange(queries, 'int32'), 1), T.arange(keys, 'int32'))

/** What all masks let through. */
export const bothMasks = (a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined =>
  a === undefined ? b : b === undefined ? a : T.logicalAnd(a, b)

// -----------------------------------------------------------------------------
// weights
// -----------------------------------------------------------------------------

/** Lanes are filled up to whole groups of the terms that a sum takes together, so that more keys, all masked, change no bit. */
const group = 8

const softmaxOfAny = (scores: Tensor): Tensor => {
  const n = scores.shape[scores.shape.length - 1]!
  const missing = (group - (n % group)) % group
  if (missing === 0) return T.softmax(scores)
  const around = scores.shape.map((_, axis): readonly [number, number] =>
    axis === scores.shape.length - 1 ? [0, missing] : [0, 0]
  )
  const filled = T.softmax(T.pad(scores, around, { value: -Infinity }))
  return T.slice(
    filled,
    scores.shape.map((_, axis) => (axis === scores.shape.length - 1 ? [0, n] : null))
  )
}

/** Refuses an operand that is not a tensor; its subject may be in the plural, such as `the keys`. */
export const requireOperand = (operation: string, subject: string, x: Tensor): void => {
  requireTensor(operation, x, subject.endsWith('s') ? subject.replace('the', 'the argument') : subject)
}

const requireMatrices = (operation: string, subject: string, x: Tensor): void => {
  requireOperand(operation, subject, x)
  if (!isFloat(x.dtype)) {
    throw new DTypeError(operation, `${subject} are ${x.dtype}; expected float32 or float64, cast them with T.cast`)
  }
  if (x.shape.length >= 2) return
  const rule = `${subject} have shape ${show(x.shape)}; expected [..., length, width]`
  throw new ShapeError(operation, [x.shape], rule)
}

/** Refuses an operand whose leading axes do not broadcast to those of the queries. */
export const requireLead = (
  operation: string,
  subject: string,
  x: Tensor,
  q: Tensor,
  queries = 'the queries'
): void => {
  const lead = q.shape.slice(0, -2)
  const both = broadcast(x.shape.slice(0, -2), lead)
  if (both !== undefined && equals(both, lead)) return
  const verb = subject.endsWith('s') ? 'have' : 'has'
  const rule = `leading axes that broadcast to those of ${queries}, which ${queries.endsWith('s') ? 'have' : 'has'} shape ${show(q.shape)}`
  throw new ShapeError(operation, [x.shape, q.shape], `${subject} ${verb} shape ${show(x.shape)}; expected ${rule}`)
}

/** Refuses values that are not one for each key. */
export const requireValues = (operation: string, k: Tensor, v: Tensor): void => {
  if (k.shape.at(-2) === v.shape.at(-2)) return
  const rule = `the values have shape ${show(v.shape)}; expected ${k.shape.at(-2)!} on the axis before the last, one for each key`
  throw new ShapeError(operation, [k.shape, v.shape], rule)
}

const weightsOf = (operation: string, q: Tensor, k: Tensor, { mask, causal, scale }: WeightOptions): Tensor => {
  requireMatrices(operation, 'the queries', q)
  requireMatrices(operation, 'the keys', k)
  const width = q.shape.at(-1)!
  if (k.shape.at(-1) !== width) {
    const rule = `the keys have shape ${show(k.shape)}; expected ${width} on the last axis, the width of the queries`
    throw new ShapeError(operation, [q.shape, k.shape], rule)
  }
  requireLead(operation, 'the keys', k, q)
  const scores: Tensor = T.matmul(T.mul(q, scale ?? 1 / Math.sqrt(width)), T.swapAxes(k, -1, -2))
  if (mask !== undefined) requireMask(operation, 'the mask', mask, scores.shape)
  const past = causal === true ? causalMask(q.shape.at(-2)!, k.shape.at(-2)!) : undefined
  const seen = bothMasks(mask, past)
  return softmaxOfAny(seen === undefined ? scores : typed(T.where(seen, scores, -Infinity)))
}

const weightKinds = { mask: tensorKind, causal: flag, scale: finite }

const checkWeights = options<WeightOptions>('attentionWeights', weightKinds)

const check = options<AttentionOptions>('scaledDotProductAttention', {
  ...weightKinds,
  dropout: callable('a function of the weights')
})

/** Casts to a signature, whose sizes are checked at run time. */
const stated = <F>(body: (...operands: never) => Tensor): F => body as unknown as F

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/**
 * The weights of attention, softmax(Q K^T / sqrt(width)) along the keys: queries [..., queries, width] and keys [..., keys, width] to
 * [..., queries, keys].
 *
 * Masks are exact: the weight of a key that is not seen is 0, whatever its score, NaN included, and so are its gradients. A query that
 * sees no key has weights of 0 everywhere. Keys that nobody sees, behind all others, change no bit of the other weights (in float64 up
 * to 384 keys).
 *
 * @throws ShapeError when sizes do not agree, or the mask does not broadcast; DTypeError when the mask is not bool
 *
 * @example
 * import * as Attention from 'pullback/Attention'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[1, 0], [0, 1], [1, 1]])
 * Attention.attentionWeights(x, x, { causal: true, scale: 0 })
 * // => T.of([[1, 0, 0], [0.5, 0.5, 0], [1 / 3, 1 / 3, 1 / 3]])
 * Attention.attentionWeights(x, x, { mask: T.of([false, true, false]) }) // => T.of([[0, 1, 0], [0, 1, 0], [0, 1, 0]])
 */
export const attentionWeights: Weights = /* @__PURE__ */ stated<Weights>(
  (queries: Tensor, keys: Tensor, given: WeightOptions = {}) => {
    checkWeights(given)
    return within('attention', () => weightsOf('attentionWeights', queries, keys, given))
  }
)

/**
 * Scaled dot-product attention, softmax(Q K^T / sqrt(width)) V: each query [..., queries, width] gets the mean of the values
 * [..., keys, outputs], weighed by how well it agrees with the keys [..., keys, width]. Leading axes are those of examples and heads; those of
 * keys and values broadcast to those of the queries.
 *
 * Masks are those of `attentionWeights`: what is not seen contributes nothing, NaN and infinities included, and gets no gradient; a query
 * that sees no key gets 0, where PyTorch gives NaN. `causal` lets query i see the keys up to i: what comes behind cannot change a bit.
 *
 * A. Vaswani et al., Attention Is All You Need, NeurIPS 2017.
 *
 * @throws ShapeError when sizes do not agree, or the mask does not broadcast; DTypeError when the mask is not bool
 *
 * @example
 * import * as Attention from 'pullback/Attention'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[1, 0], [0, 1]])
 * const values = T.of([[1, 10, 100], [3, 30, 300]])
 * Attention.scaledDotProductAttention(x, x, values, { scale: 0 }) // => T.of([[2, 20, 200], [2, 20, 200]])
 * Attention.scaledDotProductAttention(x, x, values, { causal: true, scale: 0 }) // => T.of([[1, 10, 100], [2, 20, 200]])
 * const mask = T.of([[true, false], [false, false]])
 * Attention.scaledDotProductAttention(x, x, values, { mask }) // => T.of([[1, 10, 100], [0, 0, 0]])
 */
export const scaledDotProductAttention: Attention = /* @__PURE__ */ stated<Attention>(
  (queries: Tensor, keys: Tensor, values: Tensor, given: AttentionOptions = {}) => {
    check(given)
    const operation = 'scaledDotProductAttention'
    return within('attention', () => {
      const weights = weightsOf(operation, queries, keys, given)
      requireMatrices(operation, 'the values', values)
      requireValues(operation, keys, values)
      requireLead(operation, 'the values', values, queries)
      if (given.dropout === undefined) return strongProduct(weights, values)
      const dropped = given.dropout(weights)
      requireTensor(operation, dropped, 'what dropout returns')
      if (equals(dropped.shape, weights.shape)) return strongProduct(dropped, values)
      const rule = `what dropout returns has shape ${show(dropped.shape)}; expected ${show(weights.shape)}`
      throw new ShapeError(operation, [dropped.shape, weights.shape], rule)
    })
  }
)
