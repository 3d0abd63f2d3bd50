/** The logistic function and related functions as expressions, step by step as their kernels compute them. */
import * as E from '../primitive/expression.js'
import type { Expression } from '../primitive/expression.js'

/** exp(-|u|), which cannot overflow. */
/* @__NO_SIDE_EFFECTS__ */
export const decayAt = (u: Expression): Expression => E.call('exp', E.call('neg', E.call('abs', u)))

/** The logistic function. */
/* @__NO_SIDE_EFFECTS__ */
export const sigmoidAt = (u: Expression): Expression => {
  const decay = decayAt(u)
  const total = E.add(1, decay)
  return E.select(E.less(u, 0), E.div(decay, total), E.div(1, total))
}

/** Its derivative. */
/* @__NO_SIDE_EFFECTS__ */
export const sigmoidDerivativeAt = (u: Expression): Expression => {
  const decay = decayAt(u)
  const total = E.add(1, decay)
  return E.div(decay, E.mul(total, total))
}

/** Its integral. */
/* @__NO_SIDE_EFFECTS__ */
export const softplusAt = (u: Expression): Expression => {
  const rest = E.call('log1p', decayAt(u))
  return E.select(E.greater(u, 0), E.add(u, rest), rest)
}
