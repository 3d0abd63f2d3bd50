/** Losses of parameters with a penalty. */
import { dual } from '../internal/dual.js'
import { add } from '../Tensor.js'
import { type Tensor, isTensor } from '../tensor/model.js'

type Penalty = (params: unknown) => Tensor<[]>
type Of<P, Rest extends readonly unknown[], R> = (params: P, ...rest: Rest) => R

/** With a state and metrics beside the loss, as an objective of `Train` returns it, and without. */
interface Regularized {
  <P, Rest extends readonly unknown[], Beside extends readonly unknown[]>(
    loss: Of<P, Rest, readonly [Tensor<[]>, ...Beside]>,
    penalty: Penalty
  ): Of<P, Rest, readonly [Tensor<[]>, ...Beside]>
  <P, Rest extends readonly unknown[]>(loss: Of<P, Rest, Tensor<[]>>, penalty: Penalty): Of<P, Rest, Tensor<[]>>
  (
    penalty: Penalty
  ): <P, Rest extends readonly unknown[], R extends Tensor<[]> | readonly [Tensor<[]>, ...unknown[]]>(
    loss: Of<P, Rest, R>
  ) => Of<P, Rest, R>
}

const withPenalty = ([loss, ...beside]: readonly [Tensor, ...unknown[]], penalty: Tensor): readonly unknown[] => [
  add(loss, penalty),
  ...beside
]

/**
 * A function of parameters with a penalty added to its loss: the penalty of its first argument. It takes functions that return a loss,
 * and objectives of `Train`, which return a state and metrics beside it.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as Loss from 'pullback/Loss'
 * import * as Regularizer from 'pullback/Regularizer'
 * import * as T from 'pullback/Tensor'
 *
 * const loss = (w: T.Tensor<[2]>) => Loss.mse(w, T.of([0, 1]))
 * const whole = Loss.regularized(loss, Regularizer.l2(0.5))
 * whole(T.of([2, 1])) // => T.scalar(4.5)
 * grad(whole)(T.of([2, 1])) // => T.of([4, 1])
 */
export const regularized: Regularized = dual<Regularized>(
  (loss: Of<unknown, readonly unknown[], Tensor | readonly [Tensor, ...unknown[]]>, penalty: Penalty) =>
    (params: unknown, ...rest: readonly unknown[]) => {
      const result = loss(params, ...rest)
      return isTensor(result) ? add(result, penalty(params)) : withPenalty(result, penalty(params))
    }
)
