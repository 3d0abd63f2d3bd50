// Activations that are made of the operations of rules 1 to 4 and 7.
import * as Activation from 'pullback/Activation'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import type { FloatDType } from 'pullback/DType'
import { type Case, type One, floats, withPullback } from '../case.js'
import { one, spoilt } from '../inputs.js'

/** Of numbers of any size, without functions: the same in both types. */
const exact: Readonly<Record<string, One>> = {
  hardShrink: (x) => Activation.hardShrink(x),
  hardSigmoid: Activation.hardSigmoid,
  hardTanh: (x) => Activation.hardTanh(x),
  prelu: (x) => Activation.prelu(x, T.scalar(0.3, x.dtype)),
  relu6: Activation.relu6,
  rrelu: (x) => Activation.rrelu(x, Random.key(120)),
  softShrink: (x) => Activation.softShrink(x),
  softsign: Activation.softsign,
  step: (x) => Activation.step(x, { straightThrough: true }),
  threshold: (x) => Activation.threshold(x, { threshold: 0.7, value: -3 })
}

/** These call functions of rule 2. */
const ofFunctions: Readonly<Record<string, One>> = {
  celu: (x) => Activation.celu(x, { alpha: 1.7 }),
  gelu: Activation.gelu,
  tanhShrink: Activation.tanhShrink
}

/** Along an axis, of a matrix of ten columns. */
const lanes: Readonly<Record<string, One>> = {
  maxout: (x) => Activation.maxout(T.reshape(x, [4, 10, 10])),
  sparsemax: (x) => Activation.sparsemax(x)
}
const lanesOfFunctions: Readonly<Record<string, One>> = {
  glu: (x) => Activation.glu(x),
  softmin: (x) => Activation.softmin(x)
}

const of = (dtype: FloatDType, table: Readonly<Record<string, One>>, x: T.Tensor): readonly Case[] =>
  Object.entries(table).map(([name, f]) => ({
    name: `${name} ${dtype}`,
    operands: [x],
    f: withPullback(dtype, (x: T.Tensor) => f(x))
  }))

export const activations: readonly Case[] = [
  ...floats.flatMap((dtype) => [...of(dtype, exact, one(dtype)), ...of(dtype, lanes, spoilt(dtype, [40, 10], 121))]),
  ...of('float32', ofFunctions, one('float32')),
  ...of('float32', lanesOfFunctions, spoilt('float32', [40, 10], 121))
]
