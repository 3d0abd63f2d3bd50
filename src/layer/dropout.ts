/** Layers that draw in training. */
import { requireNumber } from '../internal/check.js'
import * as R from '../Random.js'
import { dropout as drop, rateKind } from '../regularizer/noise.js'
import type { Shape } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'
import { type Layer, type None, stateless } from './model.js'

/**
 * `Regularizer.dropout` in training: sets each element to 0 with probability `rate`, and divides the others by 1 - rate, so that the
 * mean stays; the identity in evaluation. The context's key decides what is dropped. Where the compiler cannot infer the shape of the
 * input, state it: `dropout<[number, 64]>(0.2)`.
 *
 * N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever and R. Salakhutdinov, Dropout: A Simple Way to Prevent Neural
 * Networks from Overfitting, JMLR 15 (2014).
 *
 * @throws RangeError when the rate is not from 0 up to but not including 1
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.dropout<[4]>(0.5)
 * const [dropped] = layer.apply({}, {}, { mode: 'train', key: Random.key(0) })(T.of([1, 1, 1, 1]))
 * T.toNested(dropped).every((value) => value === 0 || value === 2) // => true
 * Layer.predict(layer)({}, {})(T.of([1, 2, 3, 4])) // => T.of([1, 2, 3, 4])
 */
/* @__NO_SIDE_EFFECTS__ */
export const dropout = <S extends Shape>(rate: number): Layer<None, None, Tensor<S>, Tensor<S>> => {
  requireNumber('dropout', 'the rate', rate, rateKind.expected, rateKind.holds)
  return stateless<None, Tensor<S>, Tensor<S>>(
    R.of({}),
    (_params, { mode, key }) =>
      (x) =>
        mode === 'eval' ? x : drop(key, x, { rate })
  )
}
