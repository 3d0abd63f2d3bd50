/** Functions of single numbers that several loops share. */

/** The product in which 0 is strong: 0 times infinity or NaN is 0. */
export const guarded = (x: number, y: number): number => {
  const product = x * y
  return product === product || (x !== 0 && y !== 0) ? product : 0
}

/** max(x, 0); NaN stays NaN. */
export const rectified = (x: number): number => (x > 0 ? x : x === x ? 0 : x)

/** The cotangent `t` of max(x, 0), where the operand is `x`. */
export const passed = (t: number, x: number): number => (x <= 0 ? 0 : t)
