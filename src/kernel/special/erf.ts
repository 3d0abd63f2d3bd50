// The error function and its complement, by the rational Chebyshev approximations of
// W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969) 631-637.
//
// Where a quotient P / Q of his would pass its rounding errors on in full, it is rearranged, exactly, into c + (P - c Q) / Q
// with a c near P / Q; the coefficients of P - c Q below are computed from his in rational arithmetic and rounded once.

/** Where to change from the approximation of erf to that of erfc: Cody has 0.46875, but his first is as good to 1/2. */
const SMALL = 0.5

/** 1 / sqrt(pi) */
const INVERSE_SQRT_PI = 0.5641895835477563

/** Above this the square is shifted before the exponential, so that no factor of the result is subnormal too early. */
const FAR = 26

/** exp(-64), undoing that shift. */
const EXP_MINUS_64 = 1.603810890548638e-28

/** Veltkamp's constant 2^27 + 1, which splits a float64 into two halves of 26 bits. */
const SPLIT = 134217729

/** erf(x) for |x| <= 1/2: x P(x^2) / Q(x^2) of degrees 4 and 4, Cody (1969), as x + x (P - Q) / Q. */
const erfSmall = (x: number): number => {
  const z = x * x
  const p =
    (((-0.8142222938153968 * z - 20.440167208473554) * z - 130.16048378339403) * z - 905.1312883920702) * z +
    365.14075569929884
  const q =
    (((z + 2.36012909523441209e1) * z + 2.44024637934444173e2) * z + 1.28261652607737228e3) * z + 2.84423683343917062e3
  return x + x * (p / q)
}

/**
 * erfc(y) exp(y^2) for 1/2 <= y <= 4: P(y) / Q(y) of degrees 8 and 8, Cody (1969), as
 * (c + (P (1 + 1.75 y) - c Q) / Q) / (1 + 1.75 y) with c = 1.15625; the quotient by Q stays below 0.061.
 */
const scaledMiddle = (y: number): number => {
  const p =
    ((((((((3.7679518708020675e-8 * y - 0.1689201087386738) * y - 2.0953701783399183) * y - 11.491897308693849) * y -
      32.38496654535704) *
      y -
      32.6801702222395) *
      y +
      73.0489270345799) *
      y +
      257.15645085156615) *
      y +
      227.40337549388852) *
      y -
    192.240524193838
  const q =
    (((((((y + 1.57449261107098347e1) * y + 1.17693950891312499e2) * y + 5.37181101862009858e2) * y +
      1.62138957456669019e3) *
      y +
      3.29079923573345963e3) *
      y +
      4.36261909014324716e3) *
      y +
      3.43936767414372164e3) *
      y +
    1.23033935480374942e3
  return (1.15625 + p / q) / (1 + 1.75 * y)
}

/** erfc(y) exp(y^2) for y >= 4: (1 / sqrt(pi) - z P(z) / Q(z)) / y with z = 1 / y^2, Cody (1969). */
const scaledLarge = (y: number): number => {
  const z = 1 / (y * y)
  const p =
    ((((1.63153871373020978e-2 * z + 3.05326634961232344e-1) * z + 3.60344899949804439e-1) * z +
      1.25781726111229246e-1) *
      z +
      1.60837851487422766e-2) *
      z +
    6.58749161529837803e-4
  const q =
    ((((z + 2.56852019228982242) * z + 1.87295284992346047) * z + 5.27905102951428412e-1) * z +
      6.05183413124413191e-2) *
      z +
    2.33520497626869185e-3
  return (INVERSE_SQRT_PI - (z * p) / q) / y
}

/**
 * erfc(y) for y >= 1/2. The square is taken exactly as hi + lo (Dekker's product), and exp(-hi - lo) is
 * exp(-hi) (1 - lo): the relative error does not grow with y.
 */
const erfcPositive = (y: number): number => {
  if (y > 27.3) return 0
  const hi = y * y
  const c = SPLIT * y
  const a = c - (c - y)
  const b = y - a
  const lo = a * a - hi + 2 * a * b + b * b
  const r = y <= 4 ? scaledMiddle(y) : scaledLarge(y)
  if (y > FAR) return Math.exp(64 - hi) * (r - r * lo) * EXP_MINUS_64
  return Math.exp(-hi) * (r - r * lo)
}

/**
 * The error function, erf(x) = 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.
 *
 * Odd, from -1 to 1. float64, error at most 3 ulp (worst seen 2.1).
 * Source: W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969).
 */
export const erf = (x: number): number => {
  const y = Math.abs(x)
  if (y <= SMALL) return erfSmall(x)
  if (y > 6) return x > 0 ? 1 : -1
  const c = erfcPositive(y)
  return x > 0 ? 0.5 - c + 0.5 : c - 0.5 - 0.5
}

/**
 * The complementary error function, erfc(x) = 1 - erf(x), without cancellation for large x.
 *
 * From 2 to 0; subnormal above 26.54 and 0 above 27.23. float64, error at most 5 ulp (worst seen 3.6).
 * Source: W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969).
 */
export const erfc = (x: number): number => {
  const y = Math.abs(x)
  if (y <= SMALL) return 1 - erfSmall(x)
  if (x > 0) return erfcPositive(x)
  return x < 0 ? 2 - erfcPositive(y) : NaN
}
