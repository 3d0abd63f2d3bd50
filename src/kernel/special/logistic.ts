// The logistic function and its family, and the derivative of the error function. Each is computed from the exponential of a
// number that is not positive, which cannot overflow.
// The bounds follow from exp, log and log1p within 1 ulp, which is what the engine is held to; the worst error seen is beside each.

/** log 2 */
const LOG_2 = 0.6931471805599453

/** 2 / sqrt(pi) */
const TWO_OVER_SQRT_PI = 1.1283791670955126

/**
 * The logistic function, 1 / (1 + exp(-x)).
 *
 * From 0 to 1, with full relative accuracy in both tails. float64, error at most 4 ulp (2.2).
 */
export const sigmoid = (x: number): number => {
  const e = Math.exp(-Math.abs(x))
  return x < 0 ? e / (1 + e) : 1 / (1 + e)
}

/**
 * The derivative of the logistic function, s(x) s(-x) = e / (1 + e)^2 with e = exp(-|x|).
 *
 * Even, and not 0 in the tail where s (1 - s) is. float64, error at most 6 ulp (3.8).
 */
export const sigmoidDerivative = (x: number): number => {
  const e = Math.exp(-Math.abs(x))
  const d = 1 + e
  return e / (d * d)
}

/**
 * The derivative of the hyperbolic tangent, 4 s(2 x) s(-2 x) = 1 / cosh(x)^2, s the logistic function.
 *
 * Even, and not 0 in the tail where 1 - tanh(x)^2 is. float64, error at most 6 ulp (3.7).
 */
export const tanhDerivative = (x: number): number => 4 * sigmoidDerivative(2 * x)

/**
 * log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)), a smooth relu.
 *
 * Finite for every finite x, with full relative accuracy in the left tail, where it is exp(x). float64, error at most 4 ulp (1.5).
 */
export const softplus = (x: number): number => {
  const l = Math.log1p(Math.exp(-Math.abs(x)))
  return x > 0 ? x + l : l
}

/**
 * The logarithm of the logistic function, log s(x) = -softplus(-x).
 *
 * Finite for every finite x, with full relative accuracy in the right tail, where it is -exp(-x). float64, error at most 4 ulp (1.5).
 */
export const logSigmoid = (x: number): number => -softplus(-x)

/**
 * log(exp(x) + exp(y)) = max(x, y) + log1p(exp(-|x - y|)), which does not overflow.
 *
 * logAddExp(-Infinity, -Infinity) = -Infinity: it is the sum of probabilities kept as logarithms, and that is 0. NaN in, NaN out.
 * float64, error at most 3 ulp (1.2) of max(|x|, |y|, 1): an absolute error where the two terms cancel.
 */
export const logAddExp = (x: number, y: number): number => {
  if (x === y) return x + LOG_2
  const l = Math.log1p(Math.exp(-Math.abs(x - y)))
  return (x > y ? x : y) + l
}

/**
 * The share of exp(x) in exp(x) + exp(y), s(x - y): the derivative of `logAddExp` in x.
 *
 * Equal infinities have no difference: two of -Infinity share nothing, two of Infinity share evenly.
 */
export const share = (x: number, y: number): number => (x === y ? (x === -Infinity ? 0 : 0.5) : sigmoid(x - y))

/** 2 / sqrt(pi) exp(-x^2), the derivative of the error function. */
export const erfDerivative = (x: number): number => TWO_OVER_SQRT_PI * Math.exp(-x * x)

/**
 * x log y, and 0 where x is 0, for every y but NaN: the weight decides.
 *
 * The entropy convention 0 log 0 = 0. NaN in, NaN out. float64, error at most 3 ulp (1.6).
 */
export const xlogy = (x: number, y: number): number => (x === 0 && !Number.isNaN(y) ? 0 : x * Math.log(y))
