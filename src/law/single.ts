/** The law of single precision: float32 against float64 at the same inputs, never against finite differences. */
import { type DType, epsilon, isFloat } from '../DType.js'
import type { Tensor } from '../tensor/model.js'
import { cast } from '../tensor/structural.js'
import { broken, compare } from './compare.js'
import { pull, push } from './derivative.js'
import { type Instance, subjectOf } from './instance.js'
import { type PrimitiveLaw, paths } from './kernel.js'
import { type Verdict, all } from './model.js'
import { latticeLike } from './directions.js'
import { count, flat, largest, replaced, unflat } from './values.js'

type Tensors = readonly Tensor[]

/** How far float32 may be from float64, in units in the last place. */
const ulps = 32

/** The bound relative to the largest number met, for results of several elements, which may cancel on the way. */
const gathered = 2

/**
 * By how many ulps operands are moved to see how well the result is conditioned. That also covers a product in float32: the
 * definition of its sums is off by at most (min(k, 256) + k / 256) u sum |a b|, which is less than k + 1 times u sum |a b|. Moving both
 * factors of each term explains 2 times 8 ulps, 32 u sum |a b|, so products of up to 31 terms need no bound of their own, and the law
 * is checked at 10 elements. If that number is raised, add the rest of the bound, for `contract` alone.
 */
const moved = 8

const widened = (x: Tensor): Tensor => (isFloat(x.dtype) ? cast(x, 'float64') : x)

const narrow = (dtype: DType): DType => (dtype === 'float64' ? 'float32' : dtype)

const floats = (list: Tensors): Tensors => list.filter((x) => isFloat(x.dtype))

/** The list with one element of one tensor moved by a few ulps. */
const perturbed = (list: Tensors, index: number, element: number): Tensors => {
  const like = list.slice(index, index + 1)
  const values = flat(like)
  values[element]! *= 1 + moved * epsilon('float32')
  return list.map((x, i) => (i === index ? unflat(like, values)[0]! : x))
}

/** The dependence of results on operands, where it is known. */
interface Sensitivity {
  /** How far each result may move when the operands are rounded to float32: that part of the error is theirs. */
  readonly distance: Float64Array
  /** The most elements of one operand that a result depends on. */
  readonly gathers: Float64Array
}

/** Moves one element at a time, so that nothing cancels. */
const sensitivity = (f: (operands: Tensors) => Tensors, at: Tensors, expected: Float64Array): Sensitivity => {
  const distance = new Float64Array(expected.length)
  const gathers = new Float64Array(expected.length)
  at.forEach((x, index) => {
    const n = isFloat(x.dtype) ? count([x]) : 0
    const depending = new Float64Array(expected.length)
    for (let element = 0; element < n; element++) {
      const result = flat(f(perturbed(at, index, element)))
      for (let i = 0; i < expected.length; i++) {
        const moves = Math.abs(result[i]! - expected[i]!)
        distance[i]! += moves
        if (moves > 0) depending[i]!++
      }
    }
    depending.forEach((each, i) => {
      gathers[i] = Math.max(gathers[i]!, each)
    })
  })
  return { distance, gathers }
}

/** One function at operands in both precisions. */
const inBoth = (
  at: Instance,
  what: string,
  order: number,
  f: (operands: Tensors) => Tensors,
  operands: Tensors,
  natural: number,
  types: readonly DType[]
): Verdict => {
  const wide = operands.map(widened)
  const single = f(operands)
  const double = f(wide)
  const wrong = single.find((x, i) => x.dtype !== types[i])
  if (wrong !== undefined) {
    return broken(subjectOf(at), 'single precision', order, `${what}: ${wrong.dtype} from float32 operands`)
  }
  const expected = flat(double)
  const { distance, gathers } = sensitivity(f, wide, expected)
  const eps = epsilon('float32')
  return compare(subjectOf(at), {
    law: 'single precision',
    order,
    what: `${what} in float32 is not that in float64`,
    automatic: flat(single),
    expected,
    bound: expected.map((each, i) => {
      const lost = gathers[i]! > 1 ? gathered * natural : 0
      return eps * (ulps * Math.abs(each) + lost) + distance[i]!
    }),
    like: double,
    paths: paths(double)
  })
}

/**
 * In float32, value, vjp and jvp are float32, and lie within 32 ulps of float64 at the same inputs, beside what operands
 * moved by 8 ulps would explain, and 2 ulps of the largest number where a result gathers several elements.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.singlePrecision.name // => 'single precision'
 */
export const singlePrecision: PrimitiveLaw = {
  name: 'single precision',
  maxElements: 10,
  says: 'float32 is within 32 ulps of float64 at inputs within 8 ulps',
  check: (at, salt) => {
    const single = at.inSingle()
    // Programs in the parameters are of the type of the operands, as they are wherever one was staged.
    const apply = (list: Tensors): Tensors => (list.some(({ dtype }) => dtype === 'float64') ? at : single).apply(list)
    const { operands } = single
    const results = apply(operands)
    const typesOf = (list: Tensors): readonly DType[] => list.map(({ dtype }) => dtype)
    const n = floats(operands).length
    const f = (moving: Tensors): Tensors => floats(apply(replaced(operands, (x) => isFloat(x.dtype), moving)))
    const u = latticeLike(salt, floats(results))
    const v = latticeLike(salt + 1, floats(operands))
    const pulled = (list: Tensors): Tensors => pull(f, list.slice(0, n), list.slice(n))
    const pushed = (list: Tensors): Tensors => push(f, list.slice(0, n), list.slice(n))
    const derivatives = [
      (): Verdict =>
        inBoth(at, 'vjp', 1, pulled, [...floats(operands), ...u], largest(flat(results)), typesOf(floats(operands))),
      (): Verdict =>
        inBoth(at, 'jvp', 1, pushed, [...floats(operands), ...v], largest(flat(results)), typesOf(floats(results)))
    ]
    const free = n === 0 || at.choosesType
    const types = free ? typesOf(results) : typesOf(at.apply(at.operands)).map(narrow)
    return all([
      () => inBoth(at, 'the value', 0, apply, operands, largest(flat(operands)), types),
      ...(at.differentiable && u.length > 0 && n > 0 ? derivatives : [])
    ])
  }
}
