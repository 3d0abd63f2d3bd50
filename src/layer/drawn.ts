/** Parameters drawn by an initialiser that a user gives: the kinds of the options, and the check of what it draws. */
import type { FloatDType } from '../DType.js'
import type { Initializer } from '../Init.js'
import { requireFunction } from '../internal/check.js'
import { refusal } from '../internal/describe.js'
import { type Kinds, callable, oneOf } from '../internal/options.js'
import { DTypeError } from '../internal/require.js'
import type { Random } from '../Random.js'
import { type Shape, ShapeError, equals, show } from '../shape/model.js'
import type { Mutable } from '../shape/static.js'
import { type Tensor, isTensor } from '../tensor/model.js'

/** What draws parameters. */
export const drawKinds: Kinds<{ readonly init?: Initializer; readonly dtype?: FloatDType }> = {
  init: callable('an initialiser, as those of Init'),
  dtype: oneOf('float32', 'float64')
}

/** The draw of an initialiser; refuses one that draws no tensor of the shape and dtype that it is asked for. */
export const initialised = <const S extends Shape>(
  operation: string,
  init: Initializer,
  shape: S,
  dtype: FloatDType
): Random<Tensor<Mutable<S>>> => {
  const draw = init(shape, dtype)
  requireFunction(operation, draw, 'what init returns')
  return (key) => {
    const pair = draw(key)
    const drawn: unknown = Array.isArray(pair) ? pair[0] : pair
    if (!isTensor(drawn)) throw new TypeError(refusal(operation, 'what init draws', drawn, 'a tensor'))
    if (!equals(drawn.shape, shape)) {
      const given = `init draws a tensor of shape ${show(drawn.shape)}`
      throw new ShapeError(operation, [drawn.shape, shape], `${given}; expected ${show(shape)}, which it is given`)
    }
    if (drawn.dtype === dtype) return pair
    throw new DTypeError(operation, `init draws a tensor of ${drawn.dtype}; expected ${dtype}, which it is given`)
  }
}
