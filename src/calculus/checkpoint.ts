/** Trading time for memory: functions that are computed again when their derivative is taken. */
import { bind } from '../primitive/bind.js'
import type { Program, Primitive } from '../primitive/model.js'
import { run } from '../transform/program.js'
import { isConcrete } from '../tensor/model.js'
import { stageAt } from '../transform/stage.js'
import { type Flat, flattenAs } from '../tree/model.js'
import { pullBack } from './leafwise.js'
import { type Called, callPrimitive } from './call.js'
import { ofArguments, requireFunctions, results } from './arguments.js'

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

const pulled = /* @__PURE__ */ new WeakSet<Program>()

/** Whether a program is pulled back for the first time: most are pulled back only once, which needs no staging. */
const isNew = (program: Program): boolean => {
  if (pulled.has(program)) return false
  pulled.add(program)
  return true
}

/** Its derivatives are such calls too, so that those of higher order save as much. */
export const checkpointPrimitive: Primitive<Called> = /* @__PURE__ */ callPrimitive({
  name: 'checkpoint',
  evaluate: (program, operands) => run(program, operands).filter(isConcrete),
  pull: (program, operands, cotangents, before) =>
    isNew(program) && [...operands, ...cotangents, ...before].every((each) => each === undefined || isConcrete(each))
      ? pullBack('checkpoint', (inputs) => run(program, inputs), operands).pull(cotangents, before)
      : undefined
})

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/**
 * The function itself, except that it keeps only its arguments for the backward pass and computes the rest again there: memory for
 * time, at about one more forward pass. Values and gradients are the same bit for bit, as long as what is differentiated is
 * passed in or used directly; derivatives of higher order are right, and the same up to rounding.
 *
 * The function is staged: it may close over anything, but must not read values as numbers. Arguments and results are trees
 * of tensors.
 *
 * A. Griewank and A. Walther, Evaluating Derivatives, 2nd edition, SIAM 2008, chapter 12.
 *
 * @example
 * import { checkpoint, grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const block = checkpoint((x: T.Tensor<[2]>) => T.tanh(T.sin(T.exp(x))))
 * const loss = (x: T.Tensor<[2]>) => T.sum(block(block(x)))
 * grad(loss)(T.of([0.1, 0.2])).shape // => [2]
 */
export const checkpoint = <Args extends readonly unknown[], R>(
  f: (...args: Args) => R,
  ...more: readonly []
): ((...args: Args) => R) => {
  requireFunctions('checkpoint', { f }, more)
  return (...args) => {
    const flatArgs = flattenAs('checkpoint', args, ofArguments)
    let outcome: Flat<R> | undefined
    const { program, operands } = stageAt('checkpoint', flatArgs.leaves, (leaves) => {
      outcome = results('checkpoint', f(...flatArgs.unflatten(leaves)))
      return outcome.leaves
    })
    return outcome!.unflatten(bind(checkpointPrimitive, operands, { program }))
  }
}
