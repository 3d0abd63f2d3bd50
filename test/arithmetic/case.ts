// One digest: a name, operands, and a function of them that every transformation goes through.
import type { FloatDType } from 'pullback/DType'
import { vjp } from 'pullback/Grad'
import type * as T from 'pullback/Tensor'
import { cotangent } from './inputs.js'

type Tensors = readonly T.Tensor[]

/** A function whose results are hashed. */
export interface Case {
  readonly name: string
  readonly operands: Tensors
  f(this: void, ...operands: Tensors): Tensors
}

export type One = (x: T.Tensor) => T.Tensor
export type Two = (x: T.Tensor, y: T.Tensor) => T.Tensor

/** The value of a function, and what its pullback makes of a cotangent. */
export const withPullback =
  (dtype: FloatDType, f: (...operands: Tensors) => T.Tensor): Case['f'] =>
  (...operands) => {
    const [value, pullback] = vjp(f)(...operands)
    return [value, ...pullback(cotangent(dtype, value.shape, 99))]
  }

export const floats: readonly FloatDType[] = ['float32', 'float64']
