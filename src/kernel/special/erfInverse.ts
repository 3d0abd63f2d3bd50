// The inverse of the error function, by the rational approximations of
// M. J. Wichura, Algorithm AS 241: The percentage points of the normal distribution, Applied Statistics 37 (1988) 477-484.
//
// AS 241 gives the normal quantile z(p), and erfInv(x) = z((1 + x) / 2) / sqrt(2). Its quotients are rearranged, exactly, into a
// leading term and a smaller quotient with the same denominator, so that the rounding errors of the quotient count for less.
import type { Scalar1 } from '../elementwise.js'
import { centralRange, farRange, nearRange, quotient } from './quantile.js'

/** The central range of AS 241, |x| <= 0.85: q A(r) / (B(r) sqrt(2)) with q = x / 2, r = 0.425^2 - q^2, as x + x N(r) / B(r). */
const central = (x: number): number => {
  const q = 0.5 * x
  return x + x * quotient(centralRange, 0.180625 - q * q)
}

/** The near tail of AS 241, s = sqrt(-log p) <= 5: C(r) / (D(r) sqrt(2)) with r = s - 1.6, as s + N(r) / D(r). */
const nearTail = (s: number): number => s + quotient(nearRange, s - 1.6)

/** The far tail of AS 241, s = sqrt(-log p) > 5: E(r) / (F(r) sqrt(2)) with r = s - 5, as s + N(r) / F(r). */
const farTail = (s: number): number => s + quotient(farRange, s - 5)

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
