/** The law of single precision. */
import { epsilon, isFloat } from '../DType.js'
import type { Tensor } from '../tensor/model.js'
import { cast } from '../tensor/structural.js'
import { broken, compare } from './compare.js'
import { pull, push } from './derivative.js'
import { type Instance, subjectOf } from './instance.js'
import { type PrimitiveLaw, paths } from './kernel.js'
import { type Verdict, all, nothing } from './model.js'
import { latticeLike } from './salt.js'
import { flat, leafwise } from './values.js'

/** How far float32 may be from float64 at the same inputs, in units in the last place of the largest entry of the leaf. */
const singleUlps = 64

const to =
  (dtype: 'float32' | 'float64') =>
  (x: Tensor): Tensor =>
    isFloat(x.dtype) ? cast(x, dtype) : x

const singleOf = (
  at: Instance,
  what: string,
  order: number,
  single: readonly Tensor[],
  double: readonly Tensor[],
  others: readonly (readonly Tensor[])[]
): Verdict => {
  const wrong = single.find((x, i) => x.dtype !== (double[i]?.dtype === 'float64' ? 'float32' : double[i]?.dtype))
  if (wrong !== undefined)
    return broken(subjectOf(at), 'single precision', order, `${what}: ${wrong.dtype} from float32 operands`)
  const expected = flat(double)
  const sizes = [double, ...others].map((each) => leafwise(double, flat(each)))
  return compare(subjectOf(at), {
    law: 'single precision',
    order,
    what: `${what} in float32 is not that in float64`,
    automatic: flat(single),
    expected,
    bound: expected.map((_, i) => singleUlps * epsilon('float32') * Math.max(...sizes.map((each) => each[i]!))),
    like: double,
    paths: paths(double)
  })
}

/** Whether a result has an element type of its own choice, as that of `cast` does. */
const choosesType = (at: Instance, single: readonly Tensor[]): boolean => {
  const results = at.apply(single)
  return results.some((x) => x.dtype === 'float64')
}

/**
 * In float32, value, jvp and vjp lie within 64 ulps of float64 at the same inputs, and are float32. An ulp here is
 * that of the largest entry of the leaf, over a few directions, for what sums have lost.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.singlePrecision.name // => 'single precision'
 */
export const singlePrecision: PrimitiveLaw = {
  name: 'single precision',
  says: 'float32 is within 64 ulps of float64 at the same inputs',
  check: (at, salt) => {
    const single = at.operands.map(to('float32'))
    const double = single.map(to('float64'))
    if (choosesType(at, single)) return nothing
    const floats = (list: readonly Tensor[]): readonly Tensor[] => list.filter((x) => isFloat(x.dtype))
    const f = (moved: readonly Tensor[]): readonly Tensor[] => {
      let next = 0
      return floats(at.apply(at.operands.map((operand) => (isFloat(operand.dtype) ? moved[next++]! : operand))))
    }
    const value = floats(at.apply(double))
    // In one direction a derivative may cancel: its size is that of several.
    const [u, ...us] = [0, 1, 2, 3].map((i) => latticeLike(salt + i, value).map(to('float32')))
    const [v, ...vs] = [4, 5, 6, 7].map((i) => latticeLike(salt + i, floats(double)).map(to('float32')))
    const pulled = (from: readonly Tensor[], ct: readonly Tensor[]): readonly Tensor[] => pull(f, floats(from), ct)
    const pushed = (from: readonly Tensor[], t: readonly Tensor[]): readonly Tensor[] => push(f, floats(from), t)
    const wide = (list: readonly Tensor[]): readonly Tensor[] => list.map(to('float64'))
    const derivatives = [
      (): Verdict =>
        singleOf(
          at,
          'vjp',
          1,
          pulled(single, u!),
          pulled(double, wide(u!)),
          us.map((each) => pulled(double, wide(each)))
        ),
      (): Verdict =>
        singleOf(
          at,
          'jvp',
          1,
          pushed(single, v!),
          pushed(double, wide(v!)),
          vs.map((each) => pushed(double, wide(each)))
        )
    ]
    return all([
      () => singleOf(at, 'the value', 0, at.apply(single), at.apply(double), []),
      ...(at.differentiable && value.length > 0 ? derivatives : [])
    ])
  }
}
