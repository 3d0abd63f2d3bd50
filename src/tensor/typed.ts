/** Static shapes for results whose shape was computed at run time. */
import type { Shape } from '../shape/model.js'
import type { Tensor } from './model.js'

/** Casts a result to its static shape. */
export const typed = <S extends Shape>(x: Tensor): Tensor<S> => x as Tensor<S>
