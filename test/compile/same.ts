// Tensors compared bit for bit; all NaN are one.
import * as T from 'pullback/Tensor'

const values = (x: T.Tensor): readonly number[] => Array.from(T.toArray(T.ravel(x)))

/** How tensors differ from others, in words. */
export const differences = (found: readonly T.Tensor[], wanted: readonly T.Tensor[]): readonly string[] => {
  if (found.length !== wanted.length) return [`${found.length} tensors instead of ${wanted.length}`]
  return wanted.flatMap((x, i) => {
    const y = found[i]!
    const isSame =
      y.dtype === x.dtype &&
      y.shape.join() === x.shape.join() &&
      values(y).every((each, j) => Object.is(each, values(x)[j]))
    return isSame ? [] : [`tensor ${i} is ${y}, not ${x}`]
  })
}
