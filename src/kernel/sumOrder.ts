/**
 * The order in which sums add their terms: in groups of eight (`sumFloat32.ts`), from the first to the last. Terms of float64
 * are added in blocks, and sums of more than one block are halved, so that the error grows with the logarithm (Higham, The
 * accuracy of floating point summation, 1993). Terms of float32 have bits to spare, and need no blocks.
 */

/** How many terms of float32 are added one group after the other: all of them. */
export const blockFloat32: number = Infinity

/** How many terms of float64 are. */
export const blockFloat64: number = 128

/** How many of `n` terms make the first half: whole blocks. */
export const halfOf = (n: number, block: number): number => Math.ceil(n / 2 / block) * block

/** How deep the halving of `n` terms goes, the undivided sum included. */
export const depthOf = (n: number, block: number): number => (n <= block ? 1 : 1 + depthOf(halfOf(n, block), block))

/**
 * Leaves the sums of `n` rows of `width` terms in `sums` from `at` on, and works in what follows them: `depthOf(n, block)`
 * times the width is needed. `add(first, count, at)` adds `count` rows from `first` on to the sums at `at`.
 */
export const sumRows = (
  n: number,
  block: number,
  width: number,
  sums: Float64Array,
  add: (first: number, count: number, at: number) => void,
  first = 0,
  at = 0
): void => {
  if (n <= block) {
    sums.fill(0, at, at + width)
    add(first, n, at)
    return
  }
  const half = halfOf(n, block)
  const next = at + width
  sumRows(half, block, width, sums, add, first, at)
  sumRows(n - half, block, width, sums, add, first + half, next)
  for (let k = 0; k < width; k++) sums[at + k] = sums[at + k]! + sums[next + k]!
}
