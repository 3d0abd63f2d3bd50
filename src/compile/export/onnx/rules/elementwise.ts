/** Elementwise operations that ONNX has an operator for, where an expression would be several. */
import { hypot } from '../../../../tensor/hypot.js'
import { guardedMul } from '../../../../primitive/elementwise.js'
import { isFloat } from '../../../../DType.js'
import { castPrimitive, truncatePrimitive } from '../../../../tensor/structural.js'
import { stopGradientPrimitive } from '../../../../tensor/cast.js'
import { gate, relu } from '../../../../tensor/minMaxOfTwo.js'
import { isNaN } from '../../../../tensor/comparison.js'
import { sigmoid } from '../../../../tensor/logistic.js'
import { reciprocal } from '../../../../tensor/arithmetic.js'
import { wherePrimitive } from '../../../../tensor/select.js'
import type { TensorType } from '../../../../primitive/model.js'
import { choose, convert, filled, isNaNAt, pointwise } from '../values.js'
import { isFactor } from '../graph.js'
import { type Line, on } from './on.js'

/** An operator refuses what is not a float, so that the expression takes it. */
const floatsOnly = ([x]: readonly TensorType[]): string | undefined =>
  x !== undefined && isFloat(x.dtype) ? undefined : 'the operator is for floats'

export const elementwise: readonly Line[] = /* @__PURE__ */ [
  on(castPrimitive, (w, [x], { dtype }) => [convert(w, x!, dtype)]),
  on(truncatePrimitive, (w, [x], { dtype }) => [convert(w, x!, dtype)]),
  on(stopGradientPrimitive, (_w, [x]) => [x!]),
  on(wherePrimitive, (w, [mask, a, b]) => [choose(w, mask!, a!, b!)]),
  on(relu.primitive, (w, [x], _params, [type]) => [pointwise(w, 'Relu', type!, [x!])], floatsOnly),
  on(sigmoid.primitive, (w, [x], _params, [type]) => [pointwise(w, 'Sigmoid', type!, [x!])], floatsOnly),
  on(reciprocal.primitive, (w, [x], _params, [type]) => [pointwise(w, 'Reciprocal', type!, [x!])], floatsOnly),
  on(isNaN.primitive, (w, [x]) => [isNaNAt(w, x!)], floatsOnly),
  on(
    hypot.primitive,
    (w, operands, _params, [type]) => {
      const [x, y] = operands.map((each) => pointwise(w, 'Mul', type!, [each, each]))
      return [pointwise(w, 'Sqrt', type!, [pointwise(w, 'Add', type!, [x!, y!])])]
    },
    (_operands, _params, [type]) =>
      type?.dtype === 'float32' ? undefined : 'squares of float64 are too close to the end of its range'
  ),
  on(
    gate.primitive,
    (w, [t, x], _params, [type]) => {
      const zero = filled(w, type!, 0)
      const closed = pointwise(w, 'LessOrEqual', { ...type!, dtype: 'bool' }, [x!, filled(w, x!, 0)])
      return [choose(w, closed, zero, t!)]
    },
    floatsOnly
  ),
  on(
    guardedMul.primitive,
    (w, [x, y], _params, [type]) => {
      const product = pointwise(w, 'Mul', type!, [x!, y!])
      if (isFactor(w, x!) || isFactor(w, y!)) return [product]
      const masks = { ...type!, dtype: 'bool' as const }
      const zero = filled(w, type!, 0)
      const isZero = pointwise(w, 'Or', masks, [
        pointwise(w, 'Equal', masks, [x!, zero]),
        pointwise(w, 'Equal', masks, [y!, zero])
      ])
      return [choose(w, isZero, zero, product)]
    },
    floatsOnly
  )
]
