/** Loops derived from a loop: along tangents, with a count of its steps, with a given number of steps, of many examples. */
import { callMapped } from '../calculus/batching.js'
import { closedProgram, mappedProgram, memo } from '../calculus/program.js'
import type { Program, Slots, TensorType } from '../primitive/model.js'
import { run } from '../transform/program.js'
import { add } from '../tensor/arithmetic.js'
import { less } from '../tensor/comparison.js'
import { type Tensor, fromNumber } from '../tensor/model.js'
import { any } from '../tensor/reduce.js'
import { selectLeaves } from './condPrimitive.js'
import { type Step, cut, mappedStep, movingStep, presence } from './step.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** The parameters of `whileLoop`. Operands are the first carry, and the constants of condition and step. */
export interface While {
  /** From the carry and the constants to a scalar bool. */
  readonly condition: Program
  /** The step, which takes no elements and emits nothing. */
  readonly step: Step
  readonly maxSteps: number
  /** The operation that the user called. */
  readonly name: string
}

type Flags = readonly boolean[]

// -----------------------------------------------------------------------------
// loops made from a loop
// -----------------------------------------------------------------------------

export const made: ReturnType<typeof memo<Program>> = /* @__PURE__ */ memo<Program>()

export const key = (...flags: readonly Flags[]): string =>
  flags.map((each) => each.map((flag) => (flag ? '1' : '0')).join('')).join(' ')

export const counter: TensorType = { shape: [], dtype: 'int32' }
export const number = (value: number): Tensor => fromNumber('int32', value)

/** A loop that steps along tangents, and goes on as the loop does. */
export const moving = (
  params: While,
  init: Slots,
  constants: Slots
): { readonly loop: While; readonly carry: Flags } => {
  const { condition, step } = params
  const derived = movingStep(step, presence(init), [], presence(constants))
  const goesOn = made(condition, `jvp ${key(derived.carry, presence(constants))}`, () =>
    closedProgram('jvp', derived.step.program.inputs, (leaves) => {
      const [carry, rest] = cut(leaves, derived.step.carries)
      return run(condition, [...carry.slice(0, step.carries), ...rest.slice(0, constants.length)])
    })
  )
  return { loop: { ...params, condition: goesOn, step: derived.step }, carry: derived.carry }
}

/** The step that counts, with further constants that it does not read. */
const counting = ({ program, carries }: Step, unread: readonly TensorType[]): Step => {
  const [carry, constants] = cut(program.inputs, carries)
  const counted = made(program, `count ${unread.length}`, () =>
    closedProgram('vjp', [...carry, counter, ...constants, ...unread], (leaves) => {
      const [own, [count], rest] = cut(leaves, carries, 1)
      return [...run(program, [...own, ...rest.slice(0, constants.length)]), add(count!, 1)]
    })
  )
  return { program: counted, carries: carries + 1, elements: 0 }
}

/** The loop that also counts its steps. */
export const countingLoop = (params: While): While => {
  const { condition, step } = params
  const counted = counting(step, [])
  const goesOn = made(condition, 'count', () =>
    closedProgram('vjp', counted.program.inputs, (leaves) => {
      const [carry, , rest] = cut(leaves, step.carries, 1)
      return run(condition, [...carry, ...rest])
    })
  )
  return { ...params, condition: goesOn, step: counted }
}

/** The loop that makes as many steps as its last constant says. */
export const limitedLoop = (params: While): While => {
  const step = counting(params.step, [counter])
  const goesOn = made(step.program, 'limit', () =>
    closedProgram('vjp', step.program.inputs, (leaves) => [less(leaves[step.carries - 1]!, leaves[leaves.length - 1]!)])
  )
  return { ...params, condition: goesOn, step }
}

// -----------------------------------------------------------------------------
// mapping
// -----------------------------------------------------------------------------

/** A loop of examples that end at different steps: those that have ended stay as they are until all have. */
export const maskedLoop = (
  params: While,
  constants: Flags,
  size: number
): { readonly loop: While; readonly goesOn: Program } => {
  const { condition, step } = params
  const flags = [...cut(step.program.inputs, step.carries)[0].map(() => true), ...constants]
  const goesOn = mappedProgram(condition, flags, size, callMapped)
  const { program } = mappedStep(step, flags, size).step
  const types = [{ shape: [size], dtype: 'bool' as const }, ...program.inputs]
  const masked = made(program, 'masked', () =>
    closedProgram('vmap', types, (leaves) => {
      const [[mask], carry, same] = cut(leaves, 1, step.carries)
      const next = selectLeaves(mask!, run(program, [...carry, ...same]), carry)
      return [...run(goesOn, [...next, ...same]), ...next]
    })
  )
  const some = made(masked, 'some', () => closedProgram('vmap', types, ([mask]) => [any(mask!)]))
  return {
    loop: { ...params, condition: some, step: { program: masked, carries: step.carries + 1, elements: 0 } },
    goesOn
  }
}

/** Whether the condition differs between examples. */
export const conditionDiffers = (condition: Program, mapped: Flags): boolean => {
  const reached = new Set<unknown>(condition.inputs.filter((_, i) => mapped[i]))
  for (const { operands, results } of condition.equations) {
    if (operands.some((operand) => reached.has(operand))) results.forEach((each) => reached.add(each))
  }
  return condition.outputs.some((output) => reached.has(output))
}
