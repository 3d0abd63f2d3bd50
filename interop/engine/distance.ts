/** How far results of engines are from those of eager calls; in browsers too. */
import * as T from 'pullback/Tensor'

const isSpecial = (x: number): boolean => !Number.isFinite(x)

/** The largest difference of two tensors of one shape and type as a share of the largest finite element of the second; infinite where one alone is NaN, or an infinity. */
export const distance = (found: T.Tensor, wanted: T.Tensor): number => {
  if (found.dtype !== wanted.dtype || found.shape.join() !== wanted.shape.join()) return Infinity
  const [ours, theirs] = [Array.from(T.toArray(found)), Array.from(T.toArray(wanted))]
  const largest = theirs.reduce((most, x) => (isSpecial(x) ? most : Math.max(most, Math.abs(x))), 0)
  const furthest = theirs.reduce((most, x, i) => {
    const y = ours[i]!
    const off = Object.is(x, y) || x === y ? 0 : isSpecial(x) || isSpecial(y) ? Infinity : Math.abs(x - y)
    return Math.max(most, off)
  }, 0)
  return furthest === 0 ? 0 : furthest / (largest === 0 ? 1 : largest)
}
