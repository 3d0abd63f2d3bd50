/** Layers that draw in training. */
import { requireNumber } from '../internal/check.js'
import * as R from '../Random.js'
import type { Key } from '../Random.js'
import type { Shape } from '../shape/model.js'
import { mul, where } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { within } from '../transform/scope.js'
import { type Context, type Layer, stateless } from './model.js'
import type { Keeping } from './output.js'

/**
 * Sets each element to 0 with probability `rate`, and divides the others by 1 - rate, so that the mean stays (inverted dropout). It drops
 * wherever the context has a key: in training, where one is expected, and in evaluation for Monte-Carlo estimates; in evaluation without a
 * key it is the identity.
 *
 * N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever and R. Salakhutdinov, Dropout: A Simple Way to Prevent Neural
 * Networks from Overfitting, JMLR 15 (2014).
 *
 * @throws RangeError when the rate is not from 0 up to but not including 1; Error in training without a key
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.dropout(0.5)
 * const [dropped] = Layer.apply(layer)({}, {}, { mode: 'train', key: Random.key(0) })(T.of([1, 1, 1, 1]))
 * T.toNested(dropped).every((value) => value === 0 || value === 2) // => true
 * Layer.predict(layer)({}, {})(T.of([1, 2, 3, 4])) // => T.of([1, 2, 3, 4])
 */
/* @__NO_SIDE_EFFECTS__ */
export const dropout = (rate: number): Layer<Keeping> => {
  requireNumber('dropout', 'the rate', rate, 'a number from 0 to 1 (exclusive)', (r) => r >= 0 && r < 1)
  return stateless(R.of({}), (_params, context) => <S extends Shape>(x: Tensor<S>): Tensor<S> => {
    const key = drawingKey('dropout', rate === 0, context)
    if (key === undefined) return x
    return within('dropout', () => {
      const keep = R.bernoulli(key, 1 - rate, x.shape)
      const scaled: Tensor = mul(x, 1 / (1 - rate))
      return typed(where(keep, scaled, 0))
    })
  })
}

/** The key to draw with: none where nothing is to be dropped, and in evaluation where the context has none. */
const drawingKey = (operation: string, idle: boolean, context: Context): Key | undefined => {
  if (idle) return undefined
  const { mode, key } = context
  if (key !== undefined || mode === 'eval') return key
  throw new Error(`${operation}: the context has no key in training; expected { mode: 'train', key }`)
}
