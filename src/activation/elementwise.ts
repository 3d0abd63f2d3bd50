/** The maker of activations that have no options. */
import { requireTensor } from '../internal/require.js'
import type { Shape } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'

/** An activation of each element. */
export type Elementwise = <S extends Shape>(x: Tensor<S>) => Tensor<S>

/** Makes a function of a tensor that keeps its shape, and refuses what is not a tensor in its own name. */
/* @__NO_SIDE_EFFECTS__ */
export const elementwise =
  (name: string, body: (x: Tensor) => Tensor): Elementwise =>
  <S extends Shape>(x: Tensor<S>) => {
    requireTensor(name, x)
    return typed<S>(body(x))
  }
