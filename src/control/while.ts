/** Loops whose number of steps depends on what they compute. */
import { requireFunctions } from '../calculus/arguments.js'
import { options, number } from '../internal/options.js'
import type { Tensor } from '../tensor/model.js'
import { inLoop } from './depth.js'
import { isStaged } from './loop.js'
import { selectLeaves } from './condPrimitive.js'
import { known, requirePredicate } from './predicate.js'
import { stageTogether } from './programs.js'
import { carryChanges, ofInit, structureOf } from './structure.js'
import { bindWhile, tooManySteps } from './whilePrimitive.js'

type Leaves = readonly Tensor[]

/**
 * The options of `whileLoop`.
 *
 * @example
 * import type { WhileOptions } from 'pullback/Control'
 *
 * const options: WhileOptions = { maxSteps: 100 }
 * options.maxSteps // => 100
 */
export interface WhileOptions {
  /** The number of steps after which a condition that is still true is an error: 10^6 by default. */
  readonly maxSteps?: number
}

/** A loop of leaves; errors name the operation that the user called. */
export const whileLeaves = (
  name: string,
  condition: (carry: Leaves) => Tensor,
  body: (carry: Leaves) => Leaves,
  init: Leaves,
  maxSteps: number
): Leaves => {
  const staged = (): Leaves => {
    const { programs, captured } = stageTogether(name, init, [(leaves) => [condition(leaves)], body])
    const [goesOn, program] = programs
    return bindWhile([...init, ...captured], {
      condition: goesOn!,
      step: { program: program!, carries: init.length, elements: 0 },
      maxSteps,
      name
    })
  }
  if (init.some(isStaged)) return staged()
  let carry = init
  for (let count = 0; ; count++) {
    const goesOn = condition(carry)
    const value = known(goesOn)
    if (value.kind === 'staged') return staged()
    if (value.kind === 'one' ? value.value === 0 : !value.some) return carry
    if (count >= maxSteps) throw tooManySteps(name, maxSteps)
    const next = body(carry)
    if (count === 0 && next.some(isStaged)) return staged()
    // Examples that have ended stay as they are.
    carry = value.kind === 'one' ? next : selectLeaves(goesOn, next, carry)
  }
}

const check = options<WhileOptions>('whileLoop', {
  maxSteps: number('an integer of 0 or more', (n) => n === Infinity || (Number.isInteger(n) && n >= 0))
})

/**
 * The loop `while (condition(carry)) carry = body(carry)`, from `init` on: the first carry for which the condition
 * is false.
 *
 * The carry is a tree of tensors that keeps its structure, shapes and types; the condition gives a scalar bool. On values
 * it is an ordinary loop, and every transformation goes through it. Examples of `vmap` may need different numbers of
 * steps: those that have ended wait for the others. In a staged function it is one operation, whose pullback computes and
 * keeps the carry before every step. In derivatives of that pullback and in exported gradients it computes carries again from
 * checkpoints: n steps take time in n log n, and the memory of log2(`maxSteps`) carries.
 *
 * More than `maxSteps` steps, 10^6 by default, are a `RangeError`.
 *
 * @example
 * import { whileLoop } from 'pullback/Control'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 * import { vmap } from 'pullback/Vmap'
 *
 * type S = T.Tensor<[]>
 * const double = whileLoop((x: S) => T.less(x, 100), (x) => T.mul(x, 2))
 * double(T.scalar(3)) // => T.scalar(192)
 * grad(double)(T.scalar(3)) // => T.scalar(64)
 * vmap(double)(T.of([3, 60, 200])) // => T.of([192, 120, 200])
 *
 * whileLoop((x: S) => T.greater(x, 0), (x) => T.add(x, 1), { maxSteps: 10 })(T.scalar(1))
 * // throws whileLoop: the condition is still true after 10 steps; make it become false, or raise maxSteps
 */
export const whileLoop = <C>(
  condition: (carry: C) => Tensor<[]>,
  body: (carry: C) => NoInfer<C>,
  options: WhileOptions = {}
): ((init: C) => C) => {
  requireFunctions('whileLoop', { condition, body })
  check(options)
  const { maxSteps = 1e6 } = options
  const goesOn = inLoop(condition)
  const step = inLoop(body)
  return (init) => {
    const carried = structureOf('whileLoop', init, ofInit)
    return carried.build(
      whileLeaves(
        'whileLoop',
        (carry) => requirePredicate('whileLoop', 'the condition', goesOn(carried.build(carry))),
        (carry) => carried.match(step(carried.build(carry)), carryChanges),
        carried.leaves,
        maxSteps
      )
    )
  }
}
