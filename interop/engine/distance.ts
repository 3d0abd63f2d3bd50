/** How far results of engines are from those of eager calls; in browsers too. */
import * as T from 'pullback/Tensor'

const isSpecial = (x: number): boolean => !Number.isFinite(x)

/**
 * The difference of each element of two tensors of one shape and type as a share of the largest finite element of the second; infinite where one
 * alone is NaN, or an infinity. Tensors of different shapes or types have none.
 */
export const differences = (found: T.Tensor, wanted: T.Tensor): readonly number[] | undefined => {
  if (found.dtype !== wanted.dtype || found.shape.join() !== wanted.shape.join()) return undefined
  const [ours, theirs] = [Array.from(T.toArray(found)), Array.from(T.toArray(wanted))]
  const largest = theirs.reduce((most, x) => (isSpecial(x) ? most : Math.max(most, Math.abs(x))), 0)
  return theirs.map((x, i) => {
    const y = ours[i]!
    const off = Object.is(x, y) || x === y ? 0 : isSpecial(x) || isSpecial(y) ? Infinity : Math.abs(x - y)
    return off === 0 ? 0 : off / (largest === 0 ? 1 : largest)
  })
}

/** The largest of these differences; infinite for tensors of different shapes or types. */
export const distance = (found: T.Tensor, wanted: T.Tensor): number =>
  differences(found, wanted)?.reduce((most, off) => Math.max(most, off), 0) ?? Infinity
