/** Changes of a tensor that leave its values alone: another element type, and a stop for derivatives. */
import type { DType } from '../DType.js'
import { type HasPrimitive, expose, op } from '../primitive/op.js'
import { real } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import { type Primitive, none, type None } from '../primitive/model.js'
import { requireDType, requireTensor } from '../internal/require.js'
import { dual, parameter } from '../internal/dual.js'
import type { Shape } from '../shape/model.js'
import type { Tensor } from './model.js'
import { cast as castTo } from './structural.js'
import { typed } from './typed.js'

// -----------------------------------------------------------------------------
// element type
// -----------------------------------------------------------------------------

interface Cast {
  <S extends Shape>(x: Tensor<S>, dtype: DType): Tensor<S>
  (dtype: DType): <S extends Shape>(x: Tensor<S>) => Tensor<S>
}

/**
 * The tensor with another element type; the tensor itself when it has that type already.
 *
 * To float32 the nearest value; to int32 the whole part, modulo 2^32, and 0 for NaN; to bool whether the value is not 0.
 * Between floats it is differentiable: cotangents are cast back. Towards integers and booleans the derivative is 0.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.cast(T.of([1.7, -1.7]), 'int32') // => T.of([1, -1], 'int32')
 * pipe(T.of([1, 2]), T.cast('float64')).dtype // => 'float64'
 */
export const cast: Cast = dual<Cast>(
  (x: Tensor, dtype: DType): Tensor => {
    requireTensor('cast', x)
    requireDType('cast', dtype)
    return castTo(x, dtype)
  },
  2,
  parameter('cast', requireDType)
)

// -----------------------------------------------------------------------------
// derivatives
// -----------------------------------------------------------------------------

/** The identity without a derivative: every interpreter of derivatives takes its result for a constant. */
export const stopGradientPrimitive: Primitive = op<1, None>({
  name: 'stopGradient',
  kind: 'view',
  arity: 1,
  infer: (x) => x,
  evaluate: (x) => x,
  jvp: undefined,
  vjp: undefined,
  batch: (operands) => bindOne(stopGradientPrimitive, operands, none),
  sample: (draw) => ({ operands: [draw.tensor(draw.shape(), real)], params: none })
})

/**
 * The same values as a constant: derivatives of every order, in every mode, take them for one.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const f = (x: T.Tensor<[]>) => T.mul(x, T.stopGradient(x))
 * grad(f)(T.scalar(3)) // => T.scalar(3)
 * grad(grad(f))(T.scalar(3)) // => T.scalar(0)
 */
export const stopGradient: (<S extends Shape>(x: Tensor<S>) => Tensor<S>) & HasPrimitive = expose(
  <S extends Shape>(x: Tensor<S>): Tensor<S> => typed<S>(bindOne(stopGradientPrimitive, [x], none)),
  stopGradientPrimitive
)
