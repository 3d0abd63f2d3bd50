/** The laws of `vmap`: mapped examples have the values and derivatives that they have one by one. */
import { callMapped } from '../calculus/batching.js'
import type { TensorType } from '../primitive/model.js'
import { LeakedTracerError } from '../primitive/traced.js'
import { equals, show } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'
import { broken, compare } from './compare.js'
import { pull } from './derivative.js'
import { type Leaf, argumentLeaf, directionLeaf, maskOf, masks, stacked } from './examples.js'
import { inEither, subjectOf } from './instance.js'
import type { PrimitiveLaw } from './kernel.js'
import { type FunctionLaw, type Verdict, all, nothing } from './model.js'
import { type Part, partsOf } from './parts.js'
import { pick } from './directions.js'
import type { Subject } from './subject.js'
import { count, flat } from './values.js'

type Tensors = readonly Tensor[]

/** The number of examples, which is the size of the mapped axis. Seven are costly, so they are rare. */
const sizes = [7, 3, 2, 2, 1, 1, 1, 0] as const

/** Calls the function of a part on examples at once: those of the masked leaves differ. */
export const callOn = ({ f, leaves }: Part, mask: readonly boolean[], size: number): Tensors =>
  callMapped(
    'vmap',
    size,
    leaves.map((leaf, i) =>
      mask[i] === true
        ? stacked(
            Array.from({ length: size }, (_, example) => leaf(example)),
            leaf(0)
          )
        : leaf(0)
    ),
    mask,
    f
  )

const differ = (x: TensorType | undefined, y: TensorType | undefined): boolean =>
  x === undefined || y === undefined || !equals(x.shape, y.shape) || x.dtype !== y.dtype

const printed = (x: TensorType | undefined): string => (x === undefined ? 'nothing' : `${x.dtype} ${show(x.shape)}`)

const described = (mask: readonly boolean[], size: number): string =>
  `mapped over ${size} examples of ${mask.flatMap((each, i) => (each ? [`leaf ${i}`] : [])).join(' and ')}`

/** Compares a part with its examples one by one. */
const heldAt = (subject: Subject, part: Part, mask: readonly boolean[], size: number): Verdict => {
  const { f, leaves, what, order } = part
  const one = f(leaves.map((leaf) => leaf(0)))
  const each = Array.from({ length: size }, (_, example) =>
    example === 0 ? one : f(leaves.map((leaf, i) => leaf(mask[i] === true ? example : 0)))
  )
  const expected = one.map((like, result) =>
    stacked(
      each.map((results) => results[result]!),
      like
    )
  )
  const given = callOn(part, mask, size)
  const results = Array.from({ length: Math.max(given.length, expected.length) }, (_, i) => i)
  const wrong = results.find((i) => differ(given[i], expected[i]))
  if (wrong !== undefined) {
    const found = `${printed(given[wrong])}, not ${printed(expected[wrong])}`
    return broken(subject, 'vmap', order, `${what} ${described(mask, size)} is ${found}`)
  }
  return compare(subject, {
    law: 'vmap',
    order,
    what: `${what} ${described(mask, size)} is not the stack of their ${what}s`,
    automatic: flat(given),
    expected: flat(expected),
    like: expected,
    paths: expected.map((_, i) => `${what} ${i}`)
  })
}

/** A part mapped already, as the part of another mapping around it. */
const nestedIn = (part: Part, mask: readonly boolean[], size: number): Part => ({
  ...part,
  what: `${part.what} ${described(mask, size)}`,
  leaves: part.leaves.map((leaf, i): Leaf =>
    mask[i] === true
      ? (outer) =>
          stacked(
            Array.from({ length: size }, (_, example) => leaf(outer * size + example)),
            leaf(0)
          )
      : leaf
  ),
  f: (leaves) => callMapped('vmap', size, leaves, mask, part.f)
})

/**
 * Mapping is calling: `vmap(f)` is the stack of `f` at the examples, in shape, type and bits, whichever operands are mapped and
 * however often; and so for its vjp and jvp, in float32 and float64. So an example's result depends neither on how many
 * examples there are nor on its place among them.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.mapping.name // => 'vmap'
 */
export const mapping: PrimitiveLaw = {
  name: 'vmap',
  maxElements: 16,
  longest: 300,
  says: 'vmap(f) = the stack of f bit for bit, mapped in any of its operands; of its vjp, jvp and vmap as well',
  check: (drawn, salt) => {
    const at = inEither(drawn, salt)
    const subject = subjectOf(at)
    const [value, ...derivatives] = partsOf(at, salt)
    const n = value.leaves.length
    if (n === 0) return nothing
    const size = sizes[pick(salt, 0, sizes.length)]!
    const outer = maskOf(salt + 2, n)
    return all([
      ...masks(n).map((mask) => () => heldAt(subject, value, mask, size)),
      () => heldAt(subject, nestedIn(value, maskOf(salt + 3, n), 2), outer, 2),
      ...derivatives.map(
        (part, i) => () => heldAt(subject, part, maskOf(salt + 4 + i, part.leaves.length), Math.min(size, 2))
      )
    ])
  }
}

/** Whether a function refuses to be mapped, because it reads values as numbers. */
const refuses = (call: () => Verdict): Verdict => {
  try {
    return call()
  } catch (error) {
    if (error instanceof LeakedTracerError) return nothing
    throw error
  }
}

/**
 * The gradients of several examples at once, by `vmap`, are those of each: of the arguments and cotangents together, and of
 * some of them. A function that cannot be mapped, because it reads values as numbers, passes.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Law from 'pullback/Law'
 * import * as T from 'pullback/Tensor'
 *
 * const energy = (x: T.Tensor) => T.sum(T.square(x))
 * E.isRight(Law.check(energy, { laws: [Law.mappedGradients] })(T.of([1, 2], 'float64'))) // => true
 */
export const mappedGradients: FunctionLaw = {
  name: 'vmap',
  says: 'vmap(grad f) = the stack of grad f',
  check: (subject, salt) => {
    const { f, inputs, reach, value } = subject
    if (count(inputs) === 0 || count(value) === 0) return nothing
    const n = inputs.length
    let from = 0
    const moving = inputs.map((x) => {
      const start = from
      from += count([x])
      return argumentLeaf(x, reach.slice(start, from))
    })
    const leaves = [...moving, ...value.map((x, i) => directionLeaf(salt + i, x))]
    const part: Part = {
      what: 'gradient',
      order: 1,
      leaves,
      f: (all) => pull(f, all.slice(0, n), all.slice(n))
    }
    return all(
      [leaves.map(() => true), maskOf(salt, leaves.length)].map(
        (mask) => () => refuses(() => heldAt(subject, part, mask, 2))
      )
    )
  }
}
