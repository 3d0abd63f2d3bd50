/** The functions of logistic.ts for float32, made by scripts/generate-kernels.ts: change that file, not this one. */
import type { BinaryLoop, UnaryLoop } from '../elementwise.js'
import { exp } from '../functions/exp.js'
import { log } from '../functions/log.js'
import { log1p } from '../functions/log1p.js'

const LOG_2 = 0.6931471805599453

const TWO_OVER_SQRT_PI = 1.1283791670955126

export const sigmoid = (x: number): number => {
  const e = exp(-Math.abs(x))
  return x < 0 ? e / (1 + e) : 1 / (1 + e)
}

export const sigmoidDerivative = (x: number): number => {
  const e = exp(-Math.abs(x))
  const d = 1 + e
  return e / (d * d)
}

export const tanhDerivative = (x: number): number => 4 * sigmoidDerivative(2 * x)

export const softplus = (x: number): number => {
  const l = log1p(exp(-Math.abs(x)))
  return x > 0 ? x + l : l
}

export const logSigmoid = (x: number): number => -softplus(-x)

export const logAddExp = (x: number, y: number): number => {
  if (x === y) return x + LOG_2
  const l = log1p(exp(-Math.abs(x - y)))
  return (x > y ? x : y) + l
}

export const share = (x: number, y: number): number => (x === y ? (x === -Infinity ? 0 : 0.5) : sigmoid(x - y))

export const erfDerivative = (x: number): number => TWO_OVER_SQRT_PI * exp(-x * x)

export const xlogy = (x: number, y: number): number => (x === 0 && !Number.isNaN(y) ? 0 : x * log(y))

export const sigmoidLoop: UnaryLoop = (n, from, p, step, out, to) => {
  for (const end = to + n; to < end; to++, p += step) {
    out[to] = sigmoid(from[p]!)
  }
}

export const sigmoidDerivativeLoop: UnaryLoop = (n, from, p, step, out, to) => {
  for (const end = to + n; to < end; to++, p += step) {
    out[to] = sigmoidDerivative(from[p]!)
  }
}

export const tanhDerivativeLoop: UnaryLoop = (n, from, p, step, out, to) => {
  for (const end = to + n; to < end; to++, p += step) {
    out[to] = tanhDerivative(from[p]!)
  }
}

export const softplusLoop: UnaryLoop = (n, from, p, step, out, to) => {
  for (const end = to + n; to < end; to++, p += step) {
    out[to] = softplus(from[p]!)
  }
}

export const logSigmoidLoop: UnaryLoop = (n, from, p, step, out, to) => {
  for (const end = to + n; to < end; to++, p += step) {
    out[to] = logSigmoid(from[p]!)
  }
}

export const logAddExpLoop: BinaryLoop = (n, x, p, pStep, y, q, qStep, out, to) => {
  for (const end = to + n; to < end; to++, p += pStep, q += qStep) {
    out[to] = logAddExp(x[p]!, y[q]!)
  }
}

export const shareLoop: BinaryLoop = (n, x, p, pStep, y, q, qStep, out, to) => {
  for (const end = to + n; to < end; to++, p += pStep, q += qStep) {
    out[to] = share(x[p]!, y[q]!)
  }
}

export const erfDerivativeLoop: UnaryLoop = (n, from, p, step, out, to) => {
  for (const end = to + n; to < end; to++, p += step) {
    out[to] = erfDerivative(from[p]!)
  }
}

export const xlogyLoop: BinaryLoop = (n, x, p, pStep, y, q, qStep, out, to) => {
  for (const end = to + n; to < end; to++, p += pStep, q += qStep) {
    out[to] = xlogy(x[p]!, y[q]!)
  }
}
