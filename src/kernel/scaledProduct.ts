/** Products of numbers whose size lies out of range on the way, though the result does not. */

/** A number times a power of two: `part` is 0, not finite, or of a size between 2^-512 and 2^512. */
export interface Scaled {
  readonly part: number
  readonly exponent: number
}

const far = 2 ** 512

/** Whether a number lies so far from all bounds that it needs no exponent beside it. */
export const isBalanced = (x: number): boolean => Math.abs(x) <= far && Math.abs(x) >= 1 / far

const balanced = (part: number, exponent: number): Scaled => {
  const size = Math.abs(part)
  if (size > far && size < Infinity) return { part: part / far, exponent: exponent + 512 }
  if (size < 1 / far && size > 0) return balanced(part * far, exponent - 512)
  return { part, exponent }
}

/** The number 1, from which products start. */
export const one: Scaled = { part: 1, exponent: 0 }

/** The number by itself. */
export const scaledOf = (x: number): Scaled => balanced(x, 0)

/** x y. As long as nothing is out of range, `part` is the plain product. */
export const times = (x: Scaled, y: Scaled): Scaled => balanced(x.part * y.part, x.exponent + y.exponent)

/** The number itself: infinite or 0 only if it is out of range. */
export const valueOf = ({ part, exponent }: Scaled): number => {
  // In two steps: a power of two may be out of range where the product is not.
  const half = Math.max(-1022, Math.min(1022, exponent >> 1))
  const rest = Math.max(-1022, Math.min(1022, exponent - half))
  return part * 2 ** half * 2 ** rest
}
