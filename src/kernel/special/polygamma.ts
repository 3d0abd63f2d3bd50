// The logarithmic derivative of the gamma function, and the derivatives of that.

// -------------------------------------------------------------------------------------
// digamma
// -------------------------------------------------------------------------------------

/** The zero of digamma, 1.46163214496836234126..., as a float64 and the rest. */
const ZERO_HIGH = 1.4616321449683622
const ZERO_LOW = 9.549995429965697e-17

/**
 * psi(x) for 1/2 <= x <= 3: (x - zero) P(x) / Q(x) of degrees 8 and 8, Cody, Strecok and Thacher (1973), as
 * (x - zero) (2 + N / Q) / (x + 1/2), N = P (x + 1/2) - 2 Q. Since |N / Q| < 0.13, the rounding errors in it count for little; the
 * coefficients of N are computed from theirs in rational arithmetic and rounded once.
 */
const digammaMiddle = (x: number): number => {
  const n =
    ((((((((0.004510468124576294 * x + 3.495540817362327) * x + 186.93026500249806) * x + 2883.2393926786076) * x +
      15702.876316908978) *
      x +
      18154.23909867619) *
      x -
      80407.75485578517) *
      x -
      186679.57396520188) *
      x -
      28780.18582506163) *
      x +
    82928.47514867681
  const q =
    (((((((x + 9.6141654774222358525e1) * x + 2.628771579058119333e3) * x + 2.986249702225027792e4) * x +
      1.6206566091533671639e5) *
      x +
      4.3487880712768329037e5) *
      x +
      5.4256384537269993733e5) *
      x +
      2.4242185002017985252e5) *
      x +
    6.4155223783576225996e-8
  return ((x - ZERO_HIGH - ZERO_LOW) * (2 + n / q)) / (x + 0.5)
}

/** psi(x) for x >= 3: log x - 1 / (2 x) + R(1 / x^2), Cody, Strecok and Thacher (1973). */
const digammaLarge = (x: number): number => {
  const r = 1 / x
  const z = r * r
  const p =
    (((((-2.7103228277757834192 * z - 1.5166271776896121383e1) * z - 1.9784554148719218667e1) * z -
      8.8100958828312219821) *
      z -
      1.4479614616899842986) *
      z -
      7.3689600332394549911e-2) *
      z -
    6.5135387732718171306e-21
  const q =
    (((((z + 4.4992760373789365846e1) * z + 2.0240955312679931159e2) * z + 2.4736979003315290057e2) * z +
      1.0742543875702278326e2) *
      z +
      1.7463965060678569906e1) *
      z +
    8.8427520398873480342e-1
  return Math.log(x) + (p / q - 0.5 * r)
}

/** pi cot(pi f) for 0 < |f| <= 1/2, from the nearer of the pole 0 and the zero 1/2, to which the distance is exact. */
const cotangent = (f: number): number => {
  if (f > 0.25) return Math.PI * Math.tan(Math.PI * (0.5 - f))
  if (f < -0.25) return Math.PI * Math.tan(Math.PI * (-0.5 - f))
  return Math.PI / Math.tan(Math.PI * f)
}

/**
 * The logarithmic derivative of the gamma function, psi(x) = Gamma'(x) / Gamma(x).
 *
 * The poles: -Infinity at 0, Infinity at -0, NaN at -1, -2, ... float64. For x > 0 the error is at most 4 ulp (worst
 * seen 3.0), also beside the zero 1.4616; for x < 0 at most 6 ulp (4.6) of max(|psi(1 - x)|, |pi cot(pi x)|, 1 / |x|), an absolute error
 * beside the zeros.
 * Source: W. J. Cody, A. J. Strecok and H. C. Thacher, Chebyshev approximations for the psi function, Math. Comp. 27 (1973)
 * 123-127; below 1/2 psi(x) = psi(1 + x) - 1 / x and psi(x) = psi(1 - x) - pi cot(pi x), NIST DLMF 5.5.2 and 5.5.4.
 */
export const digamma = (x: number): number => {
  if (x >= 3) return digammaLarge(x)
  if (x >= 0.5) return digammaMiddle(x)
  if (x > -0.5) return digammaMiddle(1 + x) - 1 / x
  const f = x - Math.round(x)
  if (!(Math.abs(f) > 0)) return NaN
  return digamma(1 - x) - cotangent(f)
}

// -------------------------------------------------------------------------------------
// trigamma
// -------------------------------------------------------------------------------------

/** psi'(x) for x >= 8: 1 / x + 1 / (2 x^2) + sum of B_2k / x^(2 k + 1), k = 1 to 11. */
const trigammaLarge = (x: number): number => {
  const r = 1 / x
  const z = r * r
  const c =
    (((((((((854513 / 138) * z - 174611 / 330) * z + 43867 / 798) * z - 3617 / 510) * z + 7 / 6) * z - 691 / 2730) * z +
      5 / 66) *
      z -
      1 / 30) *
      z +
      1 / 42) *
      z -
    1 / 30
  return r + r * (0.5 * r + z * (c * z + 1 / 6))
}

const trigammaPositive = (x: number): number => {
  if (x >= 8) return trigammaLarge(x)
  const steps = Math.ceil(8 - x)
  let sum = trigammaLarge(x + steps)
  for (let j = steps - 1; j >= 0; j--) {
    const y = x + j
    sum += 1 / (y * y)
  }
  return sum
}

/**
 * The derivative of digamma, psi'(x) = sum over j >= 0 of 1 / (x + j)^2.
 *
 * Infinity at the poles 0, -1, -2, ... float64, error at most 4 ulp for x > 0 (worst seen 2.6) and 6 ulp for x < 0 (4.9).
 * Source: NIST DLMF 5.15.8 (asymptotic series) from 8 upwards, 5.15.5 (recurrence) below, and the reflection
 * psi'(x) = pi^2 / sin^2(pi x) - psi'(1 - x), 5.15.6, for x < 0.
 */
export const trigamma = (x: number): number => {
  if (x > 0) return trigammaPositive(x)
  const f = x - Math.round(x)
  const s = Math.PI / Math.sin(Math.PI * f)
  return s * s - trigammaPositive(1 - x)
}

// -------------------------------------------------------------------------------------
// polygamma
// -------------------------------------------------------------------------------------

/** B_2k / (2 k)! for k = 1 to 12, the coefficients of the Euler-Maclaurin formula. */
export const EULER_MACLAURIN: ReadonlyArray<number> = [
  1 / 12,
  -1 / 720,
  1 / 30240,
  -1 / 1209600,
  1 / 47900160,
  -691 / 1307674368000,
  1 / 74724249600,
  -3617 / 10670622842880000,
  43867 / 5109094217170944000,
  -174611 / 802857662698291200000,
  77683 / 14101100039391805440000,
  -236364091 / 1693824136731743669452800000
]

const LARGEST_ORDER = 170

/** 0! to 170!, the last one that is a float64; each product correctly rounded from the exact integer. */
const FACTORIAL: ReadonlyArray<number> = /* @__PURE__ */ (() => {
  const table: Array<number> = []
  for (let k = 0n, f = 1n; k <= LARGEST_ORDER; k++, f *= k) table.push(Number(f))
  return table
})()

/** y^s for an integer s >= 2; the small ones are products, which is as accurate and several times faster. */
const integerPower = (y: number, s: number): number => {
  if (s > 5) return Math.pow(y, s)
  const square = y * y
  if (s === 2) return square
  if (s === 3) return square * y
  return s === 4 ? square * square : square * square * y
}

/** factor / (x + j)^s, corrected for the rounding of x + j (Knuth's exact sum), and also where (x + j)^s is beyond float64. */
const term = (factor: number, x: number, j: number, s: number): number => {
  const y = x + j
  const i = y - x
  const low = x - (y - i) + (j - i)
  const corrected = factor - factor * ((s * low) / y)
  const p = integerPower(y, s)
  if (p > 1e-290 && p < 1e290) return corrected / p
  const half = s >> 1
  return corrected * Math.pow(y, -half) * Math.pow(y, half - s)
}

/**
 * factor times the Hurwitz zeta function, the sum over j >= 0 of 1 / (x + j)^s, for integer s >= 3 and x > 0: the terms up to
 * x + j = 10 + s, and the Euler-Maclaurin formula for the rest, NIST DLMF 25.11.43. All terms are positive.
 */
const hurwitz = (factor: number, s: number, x: number): number => {
  if (x === Infinity) return 0
  const steps = Math.max(0, Math.ceil(10 + s - x))
  const y = x + steps
  const r = 1 / y
  let rising = s * r
  let series = 0
  for (let k = 0; k < EULER_MACLAURIN.length; k++) {
    series += EULER_MACLAURIN[k]! * rising
    rising *= (s + 2 * k + 1) * r * ((s + 2 * k + 2) * r)
  }
  let sum = term(factor, x, steps, s - 1) / (s - 1) + term(factor, x, steps, s) * (0.5 + series)
  for (let j = steps - 1; j >= 0; j--) sum += term(factor, x, j, s)
  return sum
}

/**
 * factor times the sum over all j >= 0 of 1 / (x + j)^s for x < 0: the sum over all integers j, which depends on x only through its
 * distance f from the nearest integer, less the sum over the negative ones. For odd s the sum over all integers is odd in f, and its
 * terms are paired so that it is exactly 0 half-way between two poles.
 */
const hurwitzNegative = (factor: number, s: number, x: number): number => {
  const f = x - Math.round(x)
  const g = Math.abs(f)
  const h = 1 - g
  const rest = hurwitz(factor, s, 1 - x)
  if (s % 2 === 0) {
    return term(factor, g, 0, s) - rest + (hurwitz(factor, s, 1 + g) + hurwitz(factor, s, h))
  }
  const all = term(factor, g, 0, s) - term(factor, h, 0, s) + (hurwitz(factor, s, 1 + g) - hurwitz(factor, s, 1 + h))
  return (f < 0 ? -all : all) + rest
}

/**
 * The derivative of order n of digamma, psi^(n)(x) = (-1)^(n + 1) n! times the sum over j >= 0 of 1 / (x + j)^(n + 1).
 *
 * At the poles 0, -1, -2, ...: Infinity for odd n, NaN for even n (the two sides differ in sign), except at 0 and -0 where the sign
 * of the zero decides. float64. For x > 0, and for odd n everywhere, the error is at most 5 ulp (worst seen 3.3);
 * for even n and x < 0 at most 5 ulp (3.4) of n! / d^(n + 1), d the distance to the nearest pole: an absolute error beside the zeros.
 * Throws a RangeError unless n is an integer from 0 to 170: 171! is beyond float64.
 * Source: NIST DLMF 5.15 and 25.11.12 (as a Hurwitz zeta function), 25.11.43 (Euler-Maclaurin).
 */
export const polygamma = (n: number, x: number): number => {
  if (!Number.isInteger(n) || n < 0 || n > LARGEST_ORDER) {
    throw new RangeError(`polygamma: order is ${n}; expected an integer from 0 to ${LARGEST_ORDER}`)
  }
  if (n === 0) return digamma(x)
  if (n === 1) return trigamma(x)
  const sign = n % 2 === 0 ? -1 : 1
  const factor = FACTORIAL[n]!
  if (x > 0) return sign * hurwitz(factor, n + 1, x)
  if (x === 0) return sign / (sign > 0 ? Math.abs(x) : x)
  if (!(Math.abs(x - Math.round(x)) > 0)) return sign > 0 && x > -Infinity ? Infinity : NaN
  return sign * hurwitzNegative(factor, n + 1, x)
}
