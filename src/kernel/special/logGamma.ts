// The logarithm of the gamma function, by the rational Chebyshev approximations of
// W. J. Cody and K. E. Hillstrom, Chebyshev approximations for the natural logarithm of the gamma function,
// Math. Comp. 21 (1967) 198-203, and Stirling's series.

/** log(2 pi) / 2 */
const HALF_LOG_2_PI = 0.9189385332046728

/**
 * lgamma(1 + t) for -1/2 <= t <= 1/2: t (-gamma + t P(t) / Q(t)), gamma Euler's constant, with P / Q rearranged, exactly, into
 * c + (P - c Q) / Q, c = 0.8125, so that the rounding errors of the quotient count for less; the coefficients of P - c Q are
 * computed from theirs in rational arithmetic and rounded once.
 */
const aroundOne = (t: number): number => {
  const p =
    (((((((-0.8125 * t - 49.88399161192146) * t - 702.771307923297) * t - 3996.901734928665) * t - 11137.722920493336) *
      t -
      16124.649068871175) *
      t -
      11574.155428598333) *
      t -
      3157.923804711312) *
      t +
    87.56573397509
  const q =
    (((((((t + 67.48212550303777196073036) * t + 1113.332393857199323513008) * t + 7738.757056935398733233834) * t +
      27639.87074403340708898585) *
      t +
      54993.10206226157329794414) *
      t +
      61611.22180066002127833352) *
      t +
      36351.27591501940507276287) *
      t +
    8785.536302431013170870835
  return t * (-0.5772156649015329 + t * (0.8125 + p / q))
}

/** lgamma(2 + t) for -1/2 <= t <= 2: t (1 - gamma + t P(t) / Q(t)), rearranged in the same way with c = 0.3125. */
const aroundTwo = (t: number): number => {
  const p =
    (((((((-0.3125 * t - 52.22315463476209) * t - 1884.1640529624574) * t - 26115.05597415617) * t -
      170427.27871855226) *
      t -
      558034.0172305297) *
      t -
      870289.0767351631) *
      t -
      464389.97842662944) *
      t +
    95016.68239917906
  const q =
    (((((((t + 183.0328399370592604055942) * t + 7765.049321445005871323047) * t + 133190.3827966074194402448) * t +
      1136705.821321969608938755) *
      t +
      5267964.117437946917577538) *
      t +
      13467014.54311101692290052) *
      t +
      17827365.30353274213975932) *
      t +
    9533095.591844353613395747
  return t * (0.42278433509846713 + t * (0.3125 + p / q))
}

/** lgamma(x) for x >= 8: Stirling's series to 1 / x^15, NIST DLMF 5.11.1. */
const stirling = (x: number): number => {
  if (x === Infinity) return x
  const r = 1 / x
  const z = r * r
  const c =
    (((((((-3617 / 122400) * z + 1 / 156) * z - 691 / 360360) * z + 1 / 1188) * z - 1 / 1680) * z + 1 / 1260) * z -
      1 / 360) *
      z +
    1 / 12
  return (x - 0.5) * (Math.log(x) - 1) + (HALF_LOG_2_PI - 0.5) + c * r
}

/** lgamma(x) for 4 < x < 8, by the recurrence Gamma(x) = (x - 1) Gamma(x - 1) down to an x in (2, 3]. */
const descending = (x: number): number => {
  let product = 1
  let y = x
  while (y > 3) {
    y -= 1
    product *= y
  }
  return aroundTwo(y - 2) + Math.log(product)
}

const positive = (x: number): number => {
  if (x >= 8) return stirling(x)
  if (x > 4) return descending(x)
  if (x > 1.5) return aroundTwo(x - 2)
  if (x >= 0.6796875) return aroundOne(x - 1)
  if (x > 0.5) return aroundTwo(x - 1) - Math.log(x)
  return aroundOne(x) - Math.log(x)
}

/**
 * log |Gamma(x)|, by log |Gamma(x)| = log(pi / |x sin(pi x)|) - log Gamma(-x) for negative x.
 *
 * Infinity at the poles 0, -1, -2, ... and at both infinities. float64. For x > 0 the error is at most 4 ulp (worst seen
 * 2.7), also beside the zeros 1 and 2. For x < 0 it is at most 5 ulp (2.9) of max(1, |log |Gamma(x)||, log |Gamma(-x)|): beside the
 * zeros between the poles it is an absolute error.
 * Source: W. J. Cody and K. E. Hillstrom, Math. Comp. 21 (1967) 198-203, for x <= 4; NIST DLMF 5.5.1 to 8; 5.11.1 above; 5.5.3 below 0.
 */
export const lgamma = (x: number): number => {
  if (x > 0) return positive(x)
  if (x > -1e-17) return -Math.log(-x)
  if (x === -Infinity) return Infinity
  const f = x - Math.round(x)
  if (f === 0) return Infinity
  return Math.log(Math.PI / Math.abs(x * Math.sin(Math.PI * f))) - positive(-x)
}
