/** Functions of one operand, element by element: mathematics and activations. */
import * as Activation from '../../Activation.js'
import { isFloat } from '../../DType.js'
import * as T from '../../Tensor.js'
import type { Tensor } from '../../tensor/model.js'
import { type Operation, type Operations, always, operation, plain } from '../operation.js'
import { elu, hardSigmoid, leakyRelu, thresholdedRelu } from '../curves.js'
import { numberOf } from '../values.js'

const unary = (f: (x: Tensor) => Tensor, traits: Pick<Operation, 'wraps' | 'unsigned'> = {}): Operation =>
  plain(1, (x) => f(x), traits)

/** The larger and the smaller of two with bounds that may be missing; the upper one wins where they cross. */
const clip = (x: Tensor, min: Tensor | undefined, max: Tensor | undefined): Tensor => {
  const above = min === undefined ? x : T.maximum(x, min)
  return max === undefined ? above : T.minimum(above, max)
}

/** Between numbers that are known, `clamp` has the gradient of the side where a value is. */
const clipped = (x: Tensor, min: number | undefined, max: number | undefined): Tensor =>
  min !== undefined && max !== undefined && min > max
    ? T.where(T.isNaN(x), x, max)
    : T.clamp(x, { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) })

const bound = (x: Tensor | undefined, what: string): number | undefined =>
  x === undefined ? undefined : numberOf(x, what)

const clipOperation: Operation = {
  least: 1,
  most: 3,
  unsigned: false,
  prepare: (node) => {
    if (node.version < 11) {
      const [min, max] = [node.float('min', undefined), node.float('max', undefined)]
      return ([x]) => [clipped(x!, min, max)]
    }
    return ([x, min, max]) =>
      [min, max].some((each) => each !== undefined && each.level > 0)
        ? [clip(x!, min, max)]
        : [clipped(x!, bound(min, 'min'), bound(max, 'max'))]
  }
}

/** A curve with one parameter. */
const ofAlpha = (curve: (x: Tensor, alpha?: number) => Tensor): Operation =>
  operation(1, 1, (node) => {
    const alpha = node.float('alpha', undefined)
    return (x) => curve(x, alpha)
  })

const infinite = (x: Tensor, positive: boolean, negative: boolean): Tensor => {
  const over = T.equal(x, Infinity)
  const under = T.equal(x, -Infinity)
  if (positive && negative) return T.logicalOr(over, under)
  return positive ? over : negative ? under : T.zeros(x.shape, 'bool')
}

export const elementwise: Operations = {
  Abs: unary(T.abs),
  Neg: unary(T.neg, { wraps: true }),
  Sign: unary(T.sign),
  Ceil: unary(T.ceil),
  Floor: unary(T.floor),
  Round: unary(T.round),
  Exp: unary(T.exp),
  Log: unary(T.log),
  Sqrt: unary(T.sqrt),
  Reciprocal: unary(T.reciprocal),
  Sin: unary(T.sin),
  Cos: unary(T.cos),
  Tan: unary(T.tan),
  Asin: unary(T.asin),
  Acos: unary(T.acos),
  Atan: unary(T.atan),
  Sinh: unary(T.sinh),
  Cosh: unary(T.cosh),
  Tanh: unary(T.tanh),
  Asinh: unary(T.asinh),
  Acosh: unary(T.acosh),
  Atanh: unary(T.atanh),
  Erf: unary(T.erf),
  Sigmoid: unary(T.sigmoid),
  Softplus: unary(T.softplus),
  Softsign: unary(Activation.softsign),
  Relu: unary((x) => (isFloat(x.dtype) ? T.relu(x) : T.maximum(x, 0))),
  Mish: unary(Activation.mish),
  HardSwish: unary((x) => T.mul(x, T.clamp(T.add(T.div(x, 6), 0.5), { min: 0, max: 1 }))),
  Elu: ofAlpha(elu),
  Selu: operation(1, 1, (node) => {
    const alpha = node.float('alpha', 1.6732632423543772)
    const gamma = node.float('gamma', 1.0507009873554805)
    return (x) => T.mul(elu(x, alpha), gamma)
  }),
  Celu: operation(1, 1, (node) => {
    const alpha = node.float('alpha', 1)
    return (x) => T.where(T.less(x, 0), T.mul(T.expm1(T.div(x, alpha)), alpha), x)
  }),
  LeakyRelu: ofAlpha(leakyRelu),
  PRelu: plain(2, (x, slope) => T.where(T.less(x, 0), T.mul(x, slope), x)),
  ThresholdedRelu: ofAlpha(thresholdedRelu),
  HardSigmoid: operation(1, 1, (node) => {
    const [alpha, beta] = [node.float('alpha', undefined), node.float('beta', undefined)]
    return (x) => hardSigmoid(x, alpha, beta)
  }),
  Gelu: operation(1, 1, (node) =>
    node.word('approximate', ['none', 'tanh']) === 'tanh' ? (x) => Activation.geluTanh(x) : (x) => Activation.gelu(x)
  ),
  Swish: operation(1, 1, (node) => {
    const alpha = node.float('alpha', 1)
    return (x) => T.mul(x, T.sigmoid(T.mul(x, alpha)))
  }),
  Shrink: operation(1, 1, (node) => {
    const [bias, lambda] = [node.float('bias', 0), node.float('lambd', 0.5)]
    return (x) => T.where(T.less(x, -lambda), T.add(x, bias), T.where(T.greater(x, lambda), T.sub(x, bias), 0))
  }),
  Clip: clipOperation,
  IsNaN: plain(1, (x) => T.isNaN(x), { types: always('bool') }),
  IsInf: operation(
    1,
    1,
    (node) => {
      const [positive, negative] = [node.flag('detect_positive', true), node.flag('detect_negative', true)]
      return (x) => infinite(x, positive, negative)
    },
    { types: always('bool') }
  )
}
