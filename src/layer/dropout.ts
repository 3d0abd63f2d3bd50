/** Layers that draw. */
import { requireNumber } from '../internal/check.js'
import * as R from '../Random.js'
import type { Key } from '../Random.js'
import { dropout as drop, rateKind } from '../regularizer/noise.js'
import type { Shape } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'
import { type Context, type Layer, stateless } from './model.js'
import type { Keeping } from './output.js'

/** A function of a key and a tensor as a layer, which does it wherever the context has a key; `idle` if it never does anything. */
/* @__NO_SIDE_EFFECTS__ */
const drawing = (
  operation: string,
  idle: boolean,
  change: <S extends Shape>(key: Key, x: Tensor<S>) => Tensor<S>
): Layer<Keeping> =>
  stateless(R.of({}), (_params, context) => <S extends Shape>(x: Tensor<S>): Tensor<S> => {
    const key = idle ? undefined : keyIn(operation, context)
    return key === undefined ? x : change(key, x)
  })

/** The key to draw with; none in evaluation where the context has none. */
const keyIn = (operation: string, { mode, key }: Context): Key | undefined => {
  if (key !== undefined || mode === 'eval') return key
  throw new Error(`${operation}: the context has no key in training; expected { mode: 'train', key }`)
}

/**
 * `Regularizer.dropout` as a layer: sets each element to 0 with probability `rate`, and divides the others by 1 - rate, so that the mean
 * stays. It drops wherever the context has a key: in training, where one is expected, and in evaluation for Monte-Carlo estimates; in
 * evaluation without a key it is the identity.
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
  requireNumber('dropout', 'the rate', rate, rateKind.expected, rateKind.holds)
  return drawing('dropout', rate === 0, (key, x) => drop(key, x, { rate }))
}
