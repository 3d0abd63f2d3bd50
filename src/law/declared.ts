/** Laws of the declarations of primitives: linear, without a derivative; and the law of NaN. */
import * as E from 'fp-ts/lib/Either.js'
import { isFloat } from '../DType.js'
import { type Tensor, isConcrete } from '../tensor/model.js'
import { vjp } from '../calculus/reverse.js'
import { broken, compare } from './compare.js'
import { push } from './derivative.js'
import { type Instance, movable, subjectOf } from './instance.js'
import type { PrimitiveLaw } from './kernel.js'
import { type Verdict, all, nothing } from './model.js'
import { lattice, latticeLike, pick, rademacher } from './directions.js'
import { combine, count, flat, leafwise, replaced, tensorAt, unflat } from './values.js'

// -----------------------------------------------------------------------------
// linear and multilinear
// -----------------------------------------------------------------------------

const linearAt = (at: Instance, index: number, salt: number): Verdict => {
  const operand = at.operands[index]!
  const step = lattice(salt, count([operand]))
  const moved = combine(1, flat([operand]), 1, step)
  const withOperand = (values: Float64Array): Float64Array =>
    flat(at.apply(at.operands.map((each, i) => (i === index ? tensorAt(each.shape, each.dtype, values) : each))))
  const before = withOperand(flat([operand]))
  const after = withOperand(moved)
  const direct = withOperand(step)
  const subject = subjectOf(at)
  const sizes = [before, after, direct].map((each) => leafwise(subject.value, each))
  return compare(subject, {
    law: 'multilinear',
    order: 1,
    what: `declared linear in operand ${index}, but f(x + v) - f(x) is not f(v)`,
    automatic: direct,
    expected: combine(1, after, -1, before),
    bound: direct.map((_, i) => 256 * Number.EPSILON * Math.max(...sizes.map((each) => each[i]!))),
    like: subject.value,
    paths: subject.resultPaths
  })
}

/**
 * An operation is linear in an operand if it is declared so: finite differences with step 1 are exact to rounding, `f(x + v) - f(x) = f(v)`.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.multilinear.name // => 'multilinear'
 */
export const multilinear: PrimitiveLaw = {
  name: 'multilinear',
  says: 'f(x + v) - f(x) = f(v) in each operand that f is declared linear in',
  check: (at, salt) =>
    all(
      at.operands.flatMap((operand, i) =>
        operand.dtype === 'float64' && at.linearIn(i) ? [(): Verdict => linearAt(at, i, salt)] : []
      )
    )
}

// -----------------------------------------------------------------------------
// without a derivative
// -----------------------------------------------------------------------------

/**
 * A primitive without rules is constant where it is smooth, and its result inside a derivative is an untraced constant,
 * so that the cotangent of its operands is exactly zero.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.withoutDerivative.name // => 'without derivative'
 */
export const withoutDerivative: PrimitiveLaw = {
  name: 'without derivative',
  says: 'f(x + v) = f(x) for small v; the result is no longer traced',
  check: (at, salt) => {
    if (at.differentiable) return nothing
    const subject = subjectOf(at)
    const { inputs, reach } = subject
    if (inputs.length === 0) return nothing
    const f: Instance['apply'] = (moved) => at.apply(replaced(at.operands, movable, moved))
    let traced = false
    const [value, pullback] = vjp((moved: readonly Tensor[]) => {
      const results = f(moved)
      traced = results.some((result) => !isConcrete(result))
      return results
    })(inputs)
    if (traced) return broken(subject, 'without derivative', 1, 'the result is traced, though there are no rules')
    const zero = flat(pullback(latticeLike(salt, value))[0])
    if (zero.some((each) => each !== 0)) return broken(subject, 'without derivative', 1, 'a cotangent is not zero')
    if (at.constant) return nothing
    // So small that a draw, which jumps where its random numbers happen to lie, all but never does; far above rounding.
    const small = rademacher(salt, reach.length).map((sign, i) => sign * Math.min(1e-3, reach[i]!) * 2 ** -20)
    const expected = flat(value)
    return compare(subject, {
      law: 'without derivative',
      order: 0,
      what: 'there are no rules, but the value changes with the operands',
      automatic: flat(f(unflat(inputs, combine(1, flat(inputs), 1, small)))),
      expected,
      bound: new Float64Array(expected.length),
      like: value,
      paths: subject.resultPaths
    })
  }
}

// -----------------------------------------------------------------------------
// NaN
// -----------------------------------------------------------------------------

/** One element of the operands is NaN. */
const poisoned = (at: Instance, salt: number): Verdict => {
  const subject = subjectOf(at)
  const { f, inputs, value } = subject
  const n = count(inputs)
  if (n === 0 || count(value) === 0) return nothing
  const where = pick(salt, 0, n)
  const basis = new Float64Array(n)
  basis[where] = 1
  const depends = at.differentiable
    ? flat(push(f, inputs, unflat(inputs, basis)))
    : new Float64Array(count(value)).fill(1)
  const values = flat(inputs)
  if (at.differentiable) values[where] = NaN
  else values.fill(NaN)
  const result = flat(f(unflat(inputs, values)))
  const lost = [...depends].findIndex((each, i) => each !== 0 && !Number.isNaN(result[i]!))
  return lost < 0
    ? E.right({ compared: result.length, differences: 0, inconclusive: 0 })
    : broken(
        subject,
        'NaN',
        0,
        `element ${where} of the operands is NaN, but element ${lost} of the result is ${result[lost]}`
      )
}

/**
 * NaN in gives NaN out: where a float result depends on an element, as its derivative shows, it is NaN when the element
 * is; without rules, when all are. Integers and booleans have no NaN, and a part that is not selected does not count.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.nan.name // => 'NaN'
 */
export const nan: PrimitiveLaw = {
  name: 'NaN',
  says: 'a result is NaN when an element that it depends on is',
  check: (at, salt) => (at.operands.some((x) => isFloat(x.dtype)) ? poisoned(at, salt) : nothing)
}
