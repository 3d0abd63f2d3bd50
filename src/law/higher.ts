/** The laws of higher orders: those of the first, for derivatives as functions; and the agreement of all ways to them. */
import type { Tensor } from '../tensor/model.js'
import { compare } from './compare.js'
import { pull, push } from './derivative.js'
import { adjointAt } from './exact.js'
import { checkAlong } from './finite.js'
import { type FunctionLaw, type Verdict, all, nothing } from './model.js'
import { latticeLike } from './directions.js'
import type { Subject } from './subject.js'
import { count, factor, flat, largest, leafwise } from './values.js'

type Tensors = readonly Tensor[]

/** `(x, u) -> vjp(f)(x)(u)` at the subject's point and a cotangent. */
const cotangentOf = (subject: Subject, u: Tensors): Subject => {
  const { f, inputs, paths, reach } = subject
  const n = inputs.length
  const at = [...inputs, ...u]
  const derived = (all: Tensors): Tensors => pull(f, all.slice(0, n), all.slice(n))
  const value = derived(at)
  return {
    ...subject,
    inputs: at,
    paths: [...paths, ...u.map(() => 'the cotangent')],
    resultPaths: paths.map((path) => `the cotangent of ${path}`),
    reach: Float64Array.from([...reach, ...new Float64Array(count(u)).fill(1)]),
    f: derived,
    value,
    natural: Math.max(subject.natural, largest(flat(value)))
  }
}

/** `x -> H(x) v`, where `H` is the Hessian of `<u, f(x)>`. */
const hessianOf = (subject: Subject, u: Tensors, v: Tensors): Subject => {
  const { f, inputs, paths } = subject
  const derived = (x: Tensors): Tensors => push((y) => pull(f, y, u), x, v)
  const value = derived(inputs)
  return {
    ...subject,
    resultPaths: paths.map((path) => `the Hessian at ${path}`),
    f: derived,
    value,
    natural: Math.max(subject.natural, largest(flat(pull(f, inputs, u))), largest(flat(value)))
  }
}

/** Products of the Hessian with a direction: forward over reverse, reverse over reverse, reverse over forward. */
const waysAgree = (subject: Subject, u: Tensors, v: Tensors): Verdict => {
  const { f, inputs, paths } = subject
  const gradient = (x: Tensors): Tensors => pull(f, x, u)
  const forwardOverReverse = flat(push(gradient, inputs, v))
  const reverseOverReverse = flat(pull(gradient, inputs, v))
  const reverseOverForward = flat(pull((x) => push(f, x, v), inputs, u))
  const sizes = [forwardOverReverse, reverseOverReverse, reverseOverForward].map((each) => leafwise(inputs, each))
  const least = Math.max(subject.natural, largest(flat(gradient(inputs))))
  const bound = forwardOverReverse.map((_, i) => 8 * factor * Math.max(least, ...sizes.map((each) => each[i]!)))
  const agree = (what: string, automatic: Float64Array, expected: Float64Array) => (): Verdict =>
    compare(subject, { law: 'second order', order: 2, what, automatic, expected, bound, like: inputs, paths })
  return all([
    agree('forward over reverse and reverse over reverse disagree', forwardOverReverse, reverseOverReverse),
    agree('reverse over forward and reverse over reverse disagree', reverseOverForward, reverseOverReverse)
  ])
}

/**
 * The laws of first order for `(x, u) -> vjp(f)(x)(u)`, and the Hessian by forward over reverse, reverse over reverse and
 * reverse over forward is one and the same: symmetric.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Law from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * E.isRight(Law.check(T.square, { laws: [Law.secondOrder] })(T.of([1, 2], 'float64'))) // => true
 */
export const secondOrder: FunctionLaw = {
  name: 'second order',
  says: 'the laws hold of (x, u) -> vjp(f)(x)(u); all ways to the Hessian agree',
  check: (subject, salt) => {
    if (count(subject.inputs) === 0 || count(subject.value) === 0) return nothing
    const u = latticeLike(salt, subject.value)
    const v = latticeLike(salt + 1, subject.inputs)
    const derived = cotangentOf(subject, u)
    return all([
      () => adjointAt(derived, salt + 2, 2, 'second order'),
      () => waysAgree(subject, u, v),
      () => checkAlong(derived, salt + 3, 2, 'second order')
    ])
  }
}

/**
 * The laws of first order for the product of the Hessian with a direction.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.thirdOrder.name // => 'third order'
 */
export const thirdOrder: FunctionLaw = {
  name: 'third order',
  says: 'the laws hold of x -> H(x) v',
  check: (subject, salt) => {
    if (count(subject.inputs) === 0 || count(subject.value) === 0) return nothing
    const derived = hessianOf(subject, latticeLike(salt, subject.value), latticeLike(salt + 1, subject.inputs))
    return all([
      () => adjointAt(derived, salt + 2, 3, 'third order'),
      () => checkAlong(derived, salt + 3, 3, 'third order')
    ])
  }
}
