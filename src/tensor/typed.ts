/** Static shapes for results whose shape was just computed at run time. */
import type { Shape } from '../shape/model.js'
import type { Tensor } from './model.js'

/** States the static shape of a result: the one place where the operations' signatures are vouched for. */
export const typed = <S extends Shape>(x: Tensor): Tensor<S> => x as Tensor<S>
