/** The law of staging: a program computes the function that it was made from. */
import { callMapped } from '../calculus/batching.js'
import { equals, show } from '../shape/model.js'
import { run } from '../transform/program.js'
import { stage } from '../transform/stage.js'
import { broken, compare } from './compare.js'
import { maskOf, stacked } from './examples.js'
import { subjectOf } from './instance.js'
import type { PrimitiveLaw } from './kernel.js'
import { type Verdict, all } from './model.js'
import { type Part, partsOf } from './parts.js'
import type { Subject } from './subject.js'
import { flat } from './values.js'

/** Stages a part, and runs the program at two points. */
const heldAt = (subject: Subject, { what, order, leaves, f }: Part): Verdict => {
  const here = leaves.map((leaf) => leaf(0))
  const { program } = stage('trace', here, f)
  const like = f(here)
  const wrong = like.findIndex((x, i) => {
    const inferred = program.outputs[i]
    return inferred === undefined || !equals(inferred.shape, x.shape) || inferred.dtype !== x.dtype
  })
  if (wrong >= 0) {
    const [x, inferred] = [like[wrong]!, program.outputs[wrong]]
    const found = inferred === undefined ? 'nothing' : `${inferred.dtype} ${show(inferred.shape)}`
    return broken(subject, 'staging', order, `${what} ${wrong} is ${x.dtype} ${show(x.shape)}, in a program ${found}`)
  }
  const there = leaves.map((leaf) => leaf(1))
  const expected = [like, f(there)]
  const automatic = [run(program, here), run(program, there)]
  return compare(subject, {
    law: 'staging',
    order,
    what: `the ${what} of a staged program differs from that of the function`,
    automatic: flat(automatic.flat()),
    expected: flat(expected.flat()),
    bound: new Float64Array(flat(expected.flat()).length),
    like: expected.flat(),
    paths: expected.flat().map((_, i) => `${what} ${i % like.length}`)
  })
}

/** All examples of a part at once. */
const mapped = (part: Part, mask: readonly boolean[]): Part => ({
  ...part,
  what: `mapped ${part.what}`,
  leaves: part.leaves.map((leaf, i) =>
    mask[i] === true ? (example) => stacked([leaf(example), leaf(example + 1)], leaf(0)) : leaf
  ),
  f: (leaves) => callMapped('vmap', 2, leaves, mask, part.f)
})

/**
 * A program computes the function that it was made from, bit for bit, at any point: its value, vjp, jvp and vmap. Rules thus
 * depend on shapes and types only, and `infer` gives both.
 *
 * @example
 * import * as Law from 'pullback/Law'
 *
 * Law.staging.name // => 'staging'
 */
export const staging: PrimitiveLaw = {
  name: 'staging',
  maxElements: 16,
  says: 'a staged program of f, its vjp, jvp and vmap gives what they give',
  check: (at, salt) => {
    const subject = subjectOf(at)
    const parts = partsOf(at, salt)
    const [value] = parts
    return all([
      ...parts.map((part) => () => heldAt(subject, part)),
      () => heldAt(subject, mapped(value, maskOf(salt + 2, value.leaves.length)))
    ])
  }
}
