/** Trading time for memory: functions that are computed again when their derivative is taken. */
import { bind } from '../primitive/bind.js'
import type { Program, Primitive } from '../primitive/model.js'
import { dearest } from '../program/cost.js'
import { run } from '../transform/program.js'
import { real } from '../primitive/domain.js'
import { sin } from '../tensor/trigonometric.js'
import { mul } from '../tensor/arithmetic.js'
import { type Concrete, type Tensor, isConcrete } from '../tensor/model.js'
import { stage, stageAt } from '../transform/stage.js'
import { type Flat, flattenAs } from '../tree/model.js'
import { pullBack } from './leafwise.js'
import { mappedProgram, outputTypes, pullbackProgram, spreadOver, tangentProgram } from './program.js'
import { ofArguments, requireFunctions, results } from './arguments.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** The parameters of `checkpoint`. */
export interface Recomputed {
  readonly program: Program
}

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

const concretes = (list: readonly Tensor[]): readonly Concrete[] => list.filter(isConcrete)

const pulled = /* @__PURE__ */ new WeakSet<Program>()

/** Whether a program is pulled back for the first time: most are pulled back only once, which needs no staging. */
const isNew = (program: Program): boolean => {
  if (pulled.has(program)) return false
  pulled.add(program)
  return true
}

/**
 * A call of a program that keeps nothing but its operands for the backward pass. Its derivatives are such calls too, so
 * that those of higher order save as much.
 */
export const checkpointPrimitive: Primitive<Recomputed> = {
  name: 'checkpoint',
  kind: 'control',
  infer: (_operands, { program }) => outputTypes(program),
  evaluate: (operands, { program }) => concretes(run(program, operands)),
  derivative: {
    jvp: (tangents, operands, _out, { program }) => {
      const present = tangents.filter((tangent) => tangent !== undefined)
      const derived = tangentProgram(
        program,
        tangents.map((tangent) => tangent !== undefined)
      )
      const both = bind(checkpointPrimitive, [...operands, ...present], { program: derived.program })
      return spreadOver(both.slice(program.outputs.length), derived.moves)
    },
    vjp: (operands, _out, { program }) => {
      return (cotangents, before) => {
        if (
          isNew(program) &&
          [...operands, ...cotangents, ...before].every((each) => each === undefined || isConcrete(each))
        ) {
          return pullBack('checkpoint', (inputs) => run(program, inputs), operands).pull(cotangents, before)
        }
        const { program: pulled, reached } = pullbackProgram(
          program,
          cotangents.map((each) => each !== undefined),
          operands.map((_, i) => before[i] !== undefined)
        )
        const present = [...cotangents, ...before].filter((each) => each !== undefined)
        return spreadOver(bind(checkpointPrimitive, [...operands, ...present], { program: pulled }), reached)
      }
    },
    accumulates: true
  },
  batch: (operands, mapped, { program }, size) =>
    bind(checkpointPrimitive, operands, { program: mappedProgram(program, mapped, size) }),
  cost: (_operands, { program }) => dearest([program]),
  programs: ({ program }) => [program],
  takes: ({ program }) => program.inputs,
  withPrograms: (_params, [program]) => ({ program: program! }),
  sample: (draw) => {
    const x = draw.tensor([3], real)
    const y = draw.tensor([3], real)
    const { program } = stage('checkpoint', [x, y], ([a = x, b = y]) => [mul(sin(a), b), mul(a, b)])
    return { operands: [x, y], params: { program } }
  }
}

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
