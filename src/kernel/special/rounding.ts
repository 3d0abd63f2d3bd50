// Rounding and remainders, by the conventions of NumPy and Python where JavaScript has others.

/** 2^52: from here on every float64 is an integer. */
const INTEGER = 4503599627370496

/**
 * The nearest integer, ties to the even one, as NumPy's round (Math.round takes ties upwards).
 *
 * Exact. The sign of the operand is kept: roundHalfEven(-0.5) = -0.
 * Adding 2^52 leaves no fraction bits, so that the addition itself rounds, half to even (IEEE 754).
 */
export const roundHalfEven = (x: number): number => {
  if (x > 0) return x < INTEGER ? x + INTEGER - INTEGER : x
  if (x < 0) return x > -INTEGER ? -(INTEGER - x - INTEGER) : x
  return x
}

/**
 * The remainder x - floor(x / y) y, which has the sign of y, as NumPy's mod and Python's % (JavaScript's % has the sign of x).
 *
 * mod(x, 0) is NaN; a zero result has the sign of y; mod(x, Infinity) is x for x >= 0 and Infinity for x < 0, mirrored for -Infinity.
 * float64: exact when x and y have one sign, else correctly rounded (one addition).
 */
export const mod = (x: number, y: number): number => {
  const r = x % y
  if (r === 0) return y > 0 ? 0 : -0
  return r < 0 !== y < 0 ? r + y : r
}
