/** The laws that hold to rounding, without a step size: at kinks and ties too. */
import { equals, show } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'
import { broken, compare } from './compare.js'
import { pull, push } from './derivative.js'
import { type FunctionLaw, type Verdict, all, nothing } from './model.js'
import { lattice, latticeLike } from './directions.js'
import type { Subject } from './subject.js'
import { combine, count, dot, factor, flat, largest, roundingOf, unflat } from './values.js'

const sumOfSizes = (values: Float64Array): number => values.reduce((sum, each) => sum + Math.abs(each), 0)

const sameTypes = (
  subject: Subject,
  law: string,
  what: string,
  given: readonly Tensor[],
  like: readonly Tensor[]
): Verdict => {
  const wrong = given.findIndex((x, i) => !equals(x.shape, like[i]!.shape) || x.dtype !== like[i]!.dtype)
  if (wrong < 0 && given.length === like.length) return nothing
  const x = given[wrong]
  const y = like[wrong]
  return broken(
    subject,
    law,
    1,
    x === undefined || y === undefined
      ? `${given.length} ${what}s for ${like.length} tensors`
      : `a ${what} of ${x.dtype} ${show(x.shape)} for ${subject.paths[wrong] ?? 'a result'} of ${y.dtype} ${show(y.shape)}`
  )
}

// -----------------------------------------------------------------------------
// purity
// -----------------------------------------------------------------------------

const unequal = (a: Float64Array, b: Float64Array): boolean =>
  a.length !== b.length || a.some((each, i) => !Object.is(each, b[i]))

/**
 * The same operands give the same result twice, to the bit, and are unchanged after the value, the jvp and the vjp. The
 * value is finite.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Law from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * let calls = 0
 * const impure = (x: T.Tensor) => T.add(x, calls++)
 * E.isLeft(Law.check(impure, { laws: [Law.purity] })(T.of([1, 2], 'float64'))) // => true
 */
export const purity: FunctionLaw = {
  name: 'purity',
  says: 'f(x) = f(x), and x is unchanged after f, jvp and vjp',
  check: (subject, salt) => {
    const { f, inputs, value } = subject
    const before = flat(inputs)
    const result = flat(value)
    const finite = result.every(Number.isFinite) || before.length === 0
    if (!finite) return broken(subject, 'purity', 0, 'the value is not finite')
    const u = latticeLike(salt, value)
    const first = flat(pull(f, inputs, u))
    const second = flat(pull(f, inputs, u))
    const v = latticeLike(salt + 1, inputs)
    const tangents = flat(push(f, inputs, v))
    const again = flat(push(f, inputs, v))
    if (unequal(flat(f(inputs)), result)) return broken(subject, 'purity', 0, 'a second call gave another value')
    if (unequal(first, second)) return broken(subject, 'purity', 1, 'a second vjp gave other cotangents')
    if (unequal(tangents, again)) return broken(subject, 'purity', 1, 'a second jvp gave other tangents')
    if (unequal(flat(inputs), before)) return broken(subject, 'purity', 0, 'the operands were changed')
    return compare(subject, {
      law: 'purity',
      order: 0,
      what: 'the value inside a derivative differs from that outside',
      automatic: flat(f(inputs)),
      expected: result,
      bound: new Float64Array(result.length),
      like: value,
      paths: subject.resultPaths
    })
  }
}

// -----------------------------------------------------------------------------
// adjoint
// -----------------------------------------------------------------------------

/**
 * `<J v, u> = <v, J^T u>` for a subject of any order. Derivatives may cancel almost completely: the differentiated
 * function gives the size of the terms.
 */
export const adjointAt = (subject: Subject, salt: number, order: number, law: string): Verdict => {
  const { f, inputs, value, natural } = subject
  const v = lattice(salt, count(inputs))
  const u = lattice(salt + 1, count(value))
  if (u.length === 0) return nothing
  const pushed = flat(push(f, inputs, unflat(inputs, v)))
  const pulled = flat(pull(f, inputs, unflat(value, u)))
  const scale = Math.max(largest(pushed), natural) * sumOfSizes(u) + Math.max(largest(pulled), natural) * sumOfSizes(v)
  return compare(subject, {
    law,
    order,
    what: '<J v, u> by jvp and <v, J^T u> by vjp disagree',
    automatic: Float64Array.of(dot(pushed, u)),
    expected: Float64Array.of(dot(v, pulled)),
    bound: Float64Array.of(factor * scale),
    like: [],
    paths: []
  })
}

/**
 * The two modes are transposes of each other: `<J v, u> = <v, J^T u>`, to rounding.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.adjoint.name // => 'adjoint'
 */
export const adjoint: FunctionLaw = {
  name: 'adjoint',
  says: '<J v, u> = <v, J^T u>',
  check: (subject, salt) => adjointAt(subject, salt, 1, 'adjoint')
}

// -----------------------------------------------------------------------------
// linearity
// -----------------------------------------------------------------------------

type Map1 = (direction: readonly Tensor[]) => readonly Tensor[]

const linearMap = (
  subject: Subject,
  salt: number,
  map: Map1,
  mode: string,
  from: readonly Tensor[],
  to: readonly Tensor[],
  paths: readonly string[]
): Verdict => {
  const n = count(from)
  const x = lattice(salt, n)
  const y = lattice(salt + 1, n)
  const image = (direction: Float64Array): Float64Array => flat(map(unflat(from, direction)))
  const mx = image(x)
  const my = image(y)
  const zero = image(new Float64Array(n))
  return all([
    () => sameTypes(subject, 'linearity', mode === 'vjp' ? 'cotangent' : 'tangent', map(unflat(from, x)), to),
    () =>
      compare(subject, {
        law: 'linearity',
        order: 1,
        what: `${mode} of a zero is not zero`,
        automatic: zero,
        expected: zero.map(() => 0),
        bound: new Float64Array(zero.length),
        like: to,
        paths
      }),
    () =>
      compare(subject, {
        law: 'linearity',
        order: 1,
        what: `${mode} of 3 x - 5 y and 3 ${mode} of x - 5 ${mode} of y disagree`,
        automatic: image(combine(3, x, -5, y)),
        expected: combine(3, mx, -5, my),
        bound: roundingOf(to, mx, my).map((each) => Math.max(each, factor * subject.natural)),
        like: to,
        paths
      })
  ])
}

/**
 * jvp is linear in the tangent and vjp in the cotangent; zeros go to exact zeros; tangents and cotangents have the shapes
 * and types of their operands and results.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.linearity.name // => 'linearity'
 */
export const linearity: FunctionLaw = {
  name: 'linearity',
  says: 'vjp(a u + b w) = a vjp(u) + b vjp(w); jvp likewise; vjp(0) = 0',
  check: (subject, salt) => {
    const { f, inputs, value } = subject
    return all([
      () => linearMap(subject, salt, (u) => pull(f, inputs, u), 'vjp', value, inputs, subject.paths),
      () => linearMap(subject, salt, (v) => push(f, inputs, v), 'jvp', inputs, value, subject.resultPaths)
    ])
  }
}
