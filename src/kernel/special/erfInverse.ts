// The inverse of the error function, by the rational approximations of
// M. J. Wichura, Algorithm AS 241: The percentage points of the normal distribution, Applied Statistics 37 (1988) 477-484.
//
// AS 241 gives the normal quantile z(p), and erfInv(x) = z((1 + x) / 2) / sqrt(2). Its quotients are rearranged, exactly, into a
// leading term and a smaller quotient with the same denominator, so that the rounding errors of the quotient count for less; the
// new coefficients are computed from those of AS 241 in rational arithmetic and rounded once.
import type { Scalar1 } from '../elementwise.js'

/** The central range of AS 241, |x| <= 0.85: q A(r) / (B(r) sqrt(2)) with q = x / 2, r = 0.425^2 - q^2, as x + x N(r) / B(r). */
const central = (x: number): number => {
  const q = 0.5 * x
  const r = 0.180625 - q * q
  const n =
    ((((((-4339.4012092274 * r - 16909.592388659647) * r - 15525.854417978326) * r - 4977.931786419021) * r -
      539.3091320403624) *
      r +
      9.875657851838074) *
      r +
      4.759357410783067) *
      r +
    0.19753231156709125
  const b =
    ((((((5.226495278852854561e3 * r + 2.8729085735721942674e4) * r + 3.930789580009271061e4) * r +
      2.1213794301586595867e4) *
      r +
      5.3941960214247511077e3) *
      r +
      6.871870074920579083e2) *
      r +
      4.2313330701600911252e1) *
      r +
    1
  return x + x * (n / b)
}

/** The near tail of AS 241, s = sqrt(-log p) <= 5: C(r) / (D(r) sqrt(2)) with r = s - 1.6, as s + N(r) / D(r). */
const nearTail = (s: number): number => {
  const r = s - 1.6
  const n =
    (((((((-1.0507500716444169e-9 * r + 9.054223079736005e-8) * r - 6.631770671522707e-6) * r - 0.0014570525960900544) *
      r -
      0.02838405174558772) *
      r -
      0.20059427897991458) *
      r -
      0.6557567456000459) *
      r -
      1.010963312418408) *
      r -
    0.5934779663963121
  const d =
    ((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 1.51986665636164571966e-2) * r +
      1.4810397642748007459e-1) *
      r +
      6.8976733498510000455e-1) *
      r +
      1.6763848301838038494) *
      r +
      2.05319162663775882187) *
      r +
    1
  return s + n / d
}

/** The far tail of AS 241, s = sqrt(-log p) > 5: E(r) / (F(r) sqrt(2)) with r = s - 5, as s + N(r) / F(r). */
const farTail = (s: number): number => {
  const r = s - 5
  const n =
    (((((((-2.0442631033899397e-15 * r + 9.225662560386812e-13) * r - 3.4575203211281514e-10) * r -
      4.910644073061673e-7) *
      r -
      4.8615812610010525e-5) *
      r -
      0.0016066960044928613) *
      r -
      0.02241866155232811) *
      r -
      0.13568167115055627) *
      r -
    0.2921504780869663
  const f =
    ((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r +
      7.868691311456132591e-4) *
      r +
      1.48753612908506148525e-2) *
      r +
      1.3692988092273580531e-1) *
      r +
      5.9983220655588793769e-1) *
      r +
    1
  return s + n / f
}

/** The inverse of the error function, by some function for the natural logarithm. */
/* @__NO_SIDE_EFFECTS__ */
export const erfInvBy =
  (log: Scalar1): Scalar1 =>
  (x) => {
    const y = Math.abs(x)
    if (y <= 0.85) return x === 0 ? x : central(x)
    if (!(y < 1)) return y === 1 ? x * Infinity : NaN
    const s = Math.sqrt(-log(0.5 * (1 - y)))
    const z = s <= 5 ? nearTail(s) : farTail(s)
    return x > 0 ? z : -z
  }

/**
 * The inverse of the error function: erf(erfInv(x)) = x.
 *
 * Odd; infinite at -1 and 1, NaN outside [-1, 1]. float64, error at most 4 ulp (worst seen 3.0).
 * Source: M. J. Wichura, Algorithm AS 241, Applied Statistics 37 (1988), routine PPND16, by
 * erfInv(x) = PPND16((1 + x) / 2) / sqrt(2); (1 - |x|) / 2 is exact in the tails, so nothing is lost near 1.
 */
export const erfInv: Scalar1 = erfInvBy(Math.log)

/**
 * The inverse of the complementary error function: erfc(erfcInv(q)) = q, with full relative accuracy for small q.
 *
 * Infinite at 0 and 2, NaN outside [0, 2]. float64; from 1e-316 on. Source as of `erfInv`.
 */
export const erfcInv: Scalar1 = (q) => {
  if (q >= 0.15 && q <= 1.85) return central(1 - q)
  if (!(q > 0 && q < 2)) return q === 0 ? Infinity : q === 2 ? -Infinity : NaN
  const s = Math.sqrt(-Math.log(q < 1 ? 0.5 * q : 0.5 * (2 - q)))
  const z = s <= 5 ? nearTail(s) : farTail(s)
  return q < 1 ? z : -z
}
