/** The law of zeros: a factor that a rule multiplies by zero contributes nothing, even NaN or infinity. */
import { callMapped } from '../calculus/batching.js'
import { LinalgError } from '../linalg/error.js'
import type { Tensor } from '../tensor/model.js'
import { run } from '../transform/program.js'
import { stage } from '../transform/stage.js'
import { compare } from './compare.js'
import { pull, push } from './derivative.js'
import { maskOf, stacked } from './examples.js'
import { type Instance, subjectOf } from './instance.js'
import type { PrimitiveLaw } from './kernel.js'
import { type Verdict, all, nothing } from './model.js'
import { latticeLike, pick } from './directions.js'
import type { Subject } from './subject.js'
import { count, factor, flat, leafwise, unflat } from './values.js'

type Tensors = readonly Tensor[]

const poison = [NaN, Infinity, -Infinity] as const

const zeros = (like: Tensors): Tensors => unflat(like, new Float64Array(count(like)))

/** The inputs with NaN and infinities in one place at least, or everywhere. */
const spoiled = (inputs: Tensors, salt: number, by: readonly number[] = poison): Tensors => {
  const values = flat(inputs)
  const everywhere = pick(salt, 0, 4) === 0
  const one = pick(salt, 1, values.length)
  return unflat(
    inputs,
    values.map((value, i) =>
      everywhere || i === one || pick(salt + 1, i, 4) === 0 ? by[pick(salt + 2, i, by.length)]! : value
    )
  )
}

/**
 * Whether the function refuses its operands, as decompositions do with matrices that are not symmetric or not
 * definite.
 */
const refuses = ({ f }: Subject, inputs: Tensors): boolean => {
  try {
    f(inputs)
    return false
  } catch (error) {
    if (error instanceof LinalgError) return true
    throw error
  }
}

/** A derivative that must be zero: its name, its order, and its computation. */
interface Case {
  readonly what: string
  readonly order: number
  readonly derivative: () => Tensors
}

/** All derivatives at operands `x` in which a factor is zero. */
const casesAt = ({ f, inputs, value }: Subject, x: Tensors, salt: number): readonly Case[] => {
  const n = inputs.length
  const [u, v, w] = [latticeLike(salt, value), latticeLike(salt + 1, inputs), latticeLike(salt + 2, inputs)]
  const [noU, noV] = [zeros(value), zeros(inputs)]
  const pulled = (at: Tensors): Tensors => pull(f, at.slice(0, n), at.slice(n))
  const pushed = (at: Tensors): Tensors => push(f, at.slice(0, n), at.slice(n))
  const first = (what: string, derivative: () => Tensors): Case => ({ what, order: 1, derivative })
  const second = (what: string, derivative: () => Tensors): Case => ({ what, order: 2, derivative })
  return [
    first('vjp of zero', () => pull(f, x, noU)),
    first('jvp of zero', () => push(f, x, noV)),
    second('jvp, along the operands, of the vjp of zero', () => push(pulled, [...x, ...noU], [...v, ...noU])),
    second('vjp, to the operands, of the vjp of zero', () => pull(pulled, [...x, ...noU], w).slice(0, n)),
    second('jvp, along the operands, of the jvp of zero', () => push(pushed, [...x, ...noV], [...v, ...noV])),
    second('vjp, to the operands, of the jvp of zero', () => pull(pushed, [...x, ...noV], u).slice(0, n)),
    second('jvp along zero of the vjp', () => push(pulled, [...x, ...u], [...noV, ...noU])),
    second('vjp of zero of the vjp', () => pull(pulled, [...x, ...u], noV)),
    second('jvp along zero of the jvp', () => push(pushed, [...x, ...v], [...noV, ...noV])),
    second('vjp of zero of the jvp', () => pull(pushed, [...x, ...v], noU)),
    first('staged vjp of zero', () => {
      const at = [...x, ...noU]
      return run(stage('trace', at, pulled).program, at)
    })
  ]
}

const isZero = (subject: Subject, { what, order, derivative }: Case): Verdict => {
  const result = derivative()
  const automatic = flat(result)
  return compare(subject, {
    law: 'strong zeros',
    order,
    what: `${what} is not zero beside NaN or infinities`,
    automatic,
    expected: new Float64Array(automatic.length),
    bound: new Float64Array(automatic.length),
    like: result,
    paths: result.map((_, i) => `result ${i}`)
  })
}

/** NaN in operands does not change the vjp, if the cotangents of all results that it changes are zero. */
const beside = (subject: Subject, salt: number): Verdict => {
  const { f, inputs, value, natural } = subject
  const x = spoiled(inputs, salt, [NaN])
  if (refuses(subject, x)) return nothing
  const results = flat(f(x))
  const before = flat(value)
  const u = unflat(
    value,
    flat(latticeLike(salt + 5, value)).map((each, i) => (results[i] === before[i] ? each : 0))
  )
  const expected = pull(f, inputs, u)
  const values = flat(expected)
  return compare(subject, {
    law: 'strong zeros',
    order: 1,
    what: 'NaN in operands changes the vjp, though the cotangents of all results that it changes are zero',
    automatic: flat(pull(f, x, u)),
    expected: values,
    bound: leafwise(expected, values).map((most) => factor * Math.max(most, natural)),
    like: expected,
    paths: subject.paths
  })
}

/**
 * Rules do not leave out the derivative where a cotangent is 0: the vjp is linear, so its derivative along u is the
 * vjp of u.
 */
const uncut = (subject: Subject, salt: number): Verdict => {
  const { f, inputs, value, natural } = subject
  const n = inputs.length
  const u = latticeLike(salt + 6, value)
  const partly = unflat(
    value,
    flat(u).map((each, i) => (pick(salt + 7, i, 2) === 0 ? 0 : each))
  )
  const expected = pull(f, inputs, u)
  const pulled = (at: Tensors): Tensors => pull(f, at.slice(0, n), at.slice(n))
  const along = (at: Tensors): Tensors => push(pulled, [...inputs, ...at], [...zeros(inputs), ...u])
  return compare(subject, {
    law: 'strong zeros',
    order: 2,
    what: 'where cotangents are 0, the derivative of the vjp along a cotangent is not the vjp of that cotangent',
    automatic: flat([...along(zeros(u)), ...along(partly)]),
    expected: flat([...expected, ...expected]),
    bound: leafwise([...expected, ...expected], flat([...expected, ...expected])).map(
      (most) => factor * Math.max(most, natural)
    ),
    like: [...expected, ...expected],
    paths: [...subject.paths, ...subject.paths]
  })
}

/**
 * Of two examples, the first is poisoned and has zero cotangents: its vjp is zero, and that of the second is as if
 * alone.
 */
const mapped = (subject: Subject, x: Tensors, salt: number, order: 1 | 2): Verdict => {
  const { f, inputs, value, natural } = subject
  const n = inputs.length
  const mask = maskOf(salt, n)
  const [u, w] = [latticeLike(salt + 3, value), latticeLike(salt + 4, inputs)]
  const pulled = (at: Tensors): Tensors => pull(f, at.slice(0, n), at.slice(n))
  const both = (at: Tensors): Tensors => pull(pulled, at.slice(0, n + u.length), at.slice(n + u.length))
  const derivative = order === 1 ? pulled : both
  const directions = order === 1 ? u : [...u, ...w]
  const pairs = [
    ...inputs.map((each, i) => (mask[i] === true ? stacked([x[i]!, each], each) : each)),
    ...zeros(directions).map((zero, i) => stacked([zero, directions[i]!], zero))
  ]
  const found = callMapped('vmap', 2, pairs, [...mask, ...directions.map(() => true)], derivative)
  const alone = derivative([...inputs, ...directions])
  const expected = alone.map((each, i) => stacked([zeros([each])[0]!, each], alone[i]!))
  const values = flat(expected)
  return compare(subject, {
    law: 'strong zeros',
    order,
    what: 'of two mapped examples, a poisoned one with zero cotangents has a vjp that is not zero, or changes the other',
    automatic: flat(found),
    expected: values,
    bound: leafwise(expected, values).map((most) => factor * Math.max(most, natural)),
    like: expected,
    paths: expected.map((_, i) => `cotangent ${i}`)
  })
}

/** The law at poisoned operands; the checks at operands that the primitive refuses are left out. */
const heldAt = (at: Instance, salt: number): Verdict => {
  const subject = subjectOf(at)
  const { inputs, value } = subject
  if (!at.differentiable || count(inputs) === 0 || count(value) === 0) return nothing
  const x = spoiled(inputs, salt)
  const clean = [() => beside(subject, salt), () => uncut(subject, salt)]
  if (refuses(subject, x)) return all(clean)
  const cases = [...clean, ...casesAt(subject, x, salt).map((each) => (): Verdict => isZero(subject, each))]
  const mixed = inputs.map((each, i) => (maskOf(salt, inputs.length)[i] === true ? x[i]! : each))
  if (refuses(subject, mixed)) return all(cases)
  return all([...cases, () => mapped(subject, x, salt, 1), () => mapped(subject, x, salt, 2)])
}

/**
 * Zero is strong in every rule: zero tangents and cotangents give exactly zero beside NaN and infinities, in both
 * modes and at orders 1 and 2, staged too; and an example of `vmap` that is poisoned, with a zero cotangent, leaves
 * the others as they are. So a branch that was not taken contributes nothing to a derivative.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.strongZeros.name // => 'strong zeros'
 */
export const strongZeros: PrimitiveLaw = {
  name: 'strong zeros',
  maxElements: 12,
  says: 'vjp(0) = 0 and jvp(0) = 0 beside NaN and infinities; of derivatives too, and in one example beside others',
  check: heldAt
}
