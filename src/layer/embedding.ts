/** Layers of tokens: a vector to learn for each, and the indicator vectors. */
import type { FloatDType } from '../DType.js'
import { type Initializer, normal } from '../Init.js'
import { requireCount } from '../internal/check.js'
import { count as countKind, options } from '../internal/options.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import * as R from '../Random.js'
import type { Shape } from '../shape/model.js'
import { arange, equal, expandDims, gather, notEqual, oneHot as indicators, where } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { requireEach } from '../tensor/requireEach.js'
import { within } from '../transform/scope.js'
import { drawKinds, initialised } from './drawn.js'
import { type Fn, type Layer, liftOf, statelessOf } from './model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The parameters of an embedding: a row for each token.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params: Layer.EmbeddingParams<20, 8> = { table: T.zeros([20, 8]) }
 * params.table.shape // => [20, 8]
 */
export interface EmbeddingParams<Count extends number, Width extends number> {
  readonly table: Tensor<[Count, Width]>
}

/**
 * The options of `embedding`.
 *
 * @example
 * import type { EmbeddingOptions } from 'pullback/Layer'
 *
 * const options: EmbeddingOptions = { padding: 0 }
 * options.padding // => 0
 */
export interface EmbeddingOptions {
  /** The token that fills up short sequences: its vector is 0, and no gradient reaches its row. */
  readonly padding?: number
  /** How the table is drawn; `Init.normal(1)` by default. */
  readonly init?: Initializer
  /** The element type of the table; float32 by default. */
  readonly dtype?: FloatDType
}

/** A function of tokens that gives each of them a row of so many numbers. */
type OfTokens<Width extends number> = <S extends Shape>(tokens: Tensor<S>) => Tensor<[...S, Width]>

interface Embedding {
  <Count extends number, Width extends number>(
    count: Count,
    width: Width,
    options?: EmbeddingOptions
  ): Layer<OfTokens<Width>, EmbeddingParams<Count, Width>>
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const check = options<EmbeddingOptions>('embedding', { padding: countKind, ...drawKinds })

type Body = (
  count: number,
  width: number,
  options?: EmbeddingOptions
) => Layer<(tokens: Tensor) => Tensor, EmbeddingParams<number, number>>

/** Casts to the signature, which states the sizes. */
const stated = (body: Body): Embedding => body as unknown as Embedding

/** Casts a function of tokens to the type that its constructor states. */
const statedFor = <F extends Fn>(operation: string, f: (tokens: Tensor) => Tensor): Layer<F> =>
  liftOf(operation, f as unknown as F)

/** Refuses what is not an int32 tensor of tokens below a number, those that can be read by position. */
export const requireTokens = (operation: string, tokens: Tensor, count: number): void => {
  requireTensor(operation, tokens, 'the input')
  if (tokens.dtype !== 'int32') {
    throw new DTypeError(operation, `the tokens are ${tokens.dtype}; expected int32, cast them with T.cast`)
  }
  requireEach(operation, 'tokens', tokens, `an integer from 0 to ${count - 1}`, (token) => token >= 0 && token < count)
}

/**
 * A vector to learn for each of `count` tokens: int32 tokens of any shape [...] to [..., width]. The table has a row for each token.
 *
 * The token `padding` has the vector 0, whatever the row of the table holds, and no gradient reaches that row, which begins at 0.
 *
 * In a staged function, where tokens cannot be read, negative ones count from the end.
 *
 * @throws DTypeError when the tokens are not int32; RangeError when one is out of range, by its position
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.embedding(3, 2, { padding: 0 })
 * const params = { table: T.of([[0, 0], [1, 2], [3, 4]]) }
 * Layer.predict(layer)(params, {})(T.of([2, 1, 0], 'int32')) // => T.of([[3, 4], [1, 2], [0, 0]])
 * Layer.predict(layer)(params, {})(T.of([[1, 3]], 'int32'))
 * // throws embedding: tokens[0, 1] is 3; expected an integer from 0 to 2
 */
export const embedding: Embedding = /* @__PURE__ */ stated((count, width, given = {}) => {
  check(given)
  requireCount('embedding', 'the number of tokens', count)
  requireCount('embedding', 'the width', width)
  const { padding, init = normal(1), dtype = 'float32' } = given
  if (padding !== undefined && padding >= count) {
    throw new RangeError(`embedding: padding is ${padding}; expected a token, an integer from 0 to ${count - 1}`)
  }
  const draw = R.map((drawn: Tensor<[number, number]>): EmbeddingParams<number, number> => {
    if (padding === undefined) return { table: drawn }
    return { table: where(expandDims(notEqual(arange(count), padding), 1), drawn, 0) }
  })(initialised('embedding', init, [count, width], dtype))
  return statelessOf('embedding', draw, ({ table }) => (tokens: Tensor): Tensor => {
    requireTokens('embedding', tokens, count)
    return within('embedding', () => {
      const vectors: Tensor = gather(table, tokens)
      return padding === undefined ? vectors : where(expandDims(equal(tokens, padding), -1), 0, vectors)
    })
  })
})

/**
 * `Tensor.oneHot` as a layer: int32 tokens of any shape [...] to [..., classes], 1 at the token and 0 elsewhere, float32.
 *
 * @throws DTypeError when the tokens are not int32; RangeError when one is out of range, by its position
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.oneHot(3))({}, {})(T.of([2, 0], 'int32')) // => T.of([[0, 0, 1], [1, 0, 0]])
 */
/* @__NO_SIDE_EFFECTS__ */
export const oneHot = <Classes extends number>(classes: Classes): Layer<OfTokens<Classes>> => {
  requireCount('oneHot', 'the number of classes', classes)
  return statedFor('oneHot', (tokens) => {
    requireTokens('oneHot', tokens, classes)
    return indicators(tokens, classes)
  })
}
