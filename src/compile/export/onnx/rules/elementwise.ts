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
import { type Value, isFactor } from '../graph.js'
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
      const masks = { ...type!, dtype: 'bool' as const }
      const lengths = operands.map((each) => pointwise(w, 'Abs', type!, [each]))
      const [most, least] = ['Max', 'Min'].map((op) => pointwise(w, op, type!, lengths))
      const slope = pointwise(w, 'Div', type!, [least!, most!])
      const square = pointwise(w, 'Add', type!, [pointwise(w, 'Mul', type!, [slope, slope]), filled(w, type!, 1)])
      const length = pointwise(w, 'Mul', type!, [most!, pointwise(w, 'Sqrt', type!, [square])])
      const isAt = (value: Value, number: number): Value =>
        pointwise(w, 'Equal', masks, [value, filled(w, type!, number)])
      const [across, up] = lengths.map((each) => isAt(each, Infinity))
      // An infinite side counts even beside NaN, and a quotient of two zeros does not.
      const finite = choose(w, isAt(most!, 0), most!, length)
      return [choose(w, pointwise(w, 'Or', masks, [across!, up!]), filled(w, type!, Infinity), finite)]
    },
    (_operands, _params, [type]) =>
      type?.dtype === 'float32' ? undefined : 'float64 has the expression of the library, to the last digits'
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
