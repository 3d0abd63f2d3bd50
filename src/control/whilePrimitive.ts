/** The primitive behind staged loops whose number of steps is not known beforehand. */
import { closedProgram, mappedProgram, memo, spreadOver } from '../calculus/program.js'
import { interval } from '../primitive/domain.js'
import { type TensorType, type TuplePrimitive, bindTuple } from '../primitive/model.js'
import { add, mul, sub } from '../tensor/arithmetic.js'
import { greater, less } from '../tensor/comparison.js'
import { type Concrete, type Tensor, fill, firstElement, fromNumber, isConcrete } from '../tensor/model.js'
import { any } from '../tensor/reduce.js'
import { broadcastToShape } from '../tensor/structural.js'
import { sin } from '../tensor/trigonometric.js'
import { type Program, run, stage } from '../transform/stage.js'
import { selectLeaves } from './condPrimitive.js'
import { hasEffects } from './programs.js'
import { type Step, backwardStep, chosen, cut, mappedStep, movingStep, presence, present } from './step.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** What `whileLoop` is a primitive of. Operands are the first carry, and what condition and step read besides. */
export interface While {
  /** From the carry and the constants to a scalar bool. */
  readonly condition: Program
  /** The step, which takes no elements and emits nothing. */
  readonly step: Step
  readonly maxSteps: number
  /** What the user called. */
  readonly name: string
}

type Leaves = readonly Tensor[]
type Flags = readonly boolean[]
type Slots = readonly (Tensor | undefined)[]

/** Applies the primitive; steps with effects keep it in staged programs. */
export const bindWhile = (operands: Leaves, params: While): Leaves => {
  const effect = hasEffects(params.step.program) || hasEffects(params.condition)
  return bindTuple(effect ? { ...whilePrimitive, effect } : whilePrimitive, operands, params)
}

/** The error for a loop that has made all the steps it may make. */
export const tooManySteps = (name: string, maxSteps: number): RangeError =>
  new RangeError(
    `${name}: ${maxSteps} steps, after which the condition still holds; one that becomes false is required, or a larger maxSteps`
  )

const evaluate = (operands: readonly Concrete[], { condition, step, maxSteps, name }: While): readonly Concrete[] => {
  const [init, constants] = cut(operands, step.carries)
  let carry = init
  for (let count = 0; ; count++) {
    const all = [...carry, ...constants]
    const [goesOn] = run(condition, all).filter(isConcrete)
    if (firstElement(goesOn!) === 0) return carry
    if (count >= maxSteps) throw tooManySteps(name, maxSteps)
    carry = run(step.program, all).filter(isConcrete)
  }
}

// -----------------------------------------------------------------------------
// loops made from a loop
// -----------------------------------------------------------------------------

const made = /* @__PURE__ */ memo<Program>()

const key = (...flags: readonly Flags[]): string =>
  flags.map((each) => each.map((flag) => (flag ? '1' : '0')).join('')).join(' ')

const counter: TensorType = { shape: [], dtype: 'int32' }
const number = (value: number): Tensor => fromNumber('int32', value)

/** A loop that steps along tangents, and goes on as the loop does. */
const moving = (params: While, init: Slots, constants: Slots): { readonly loop: While; readonly carry: Flags } => {
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
const countingLoop = (params: While): While => {
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
const limitedLoop = (params: While): While => {
  const step = counting(params.step, [counter])
  const goesOn = made(step.program, 'limit', () =>
    closedProgram('vjp', step.program.inputs, (leaves) => [less(leaves[step.carries - 1]!, leaves[leaves.length - 1]!)])
  )
  return { ...params, condition: goesOn, step }
}

// -----------------------------------------------------------------------------
// backward
// -----------------------------------------------------------------------------

/**
 * The loop backward, at its last step first: what was carried into a step is computed again from the start, so that n steps
 * take time in n^2 and the memory of one.
 */
const backwardLoop = (
  params: While,
  cotangents: Flags
): { readonly loop: While; readonly carry: Flags; readonly constants: Flags } => {
  const { step } = params
  const back = backwardStep(step, cotangents, [])
  const again = limitedLoop(params)
  const [values, constants] = cut(step.program.inputs, step.carries)
  const summed = cut(back.step.program.inputs, back.step.carries)[0]
  const types = [...summed, counter, ...values, ...constants]
  const program = made(step.program, `back ${key(cotangents)} ${params.maxSteps}`, () =>
    closedProgram('vjp', types, (leaves) => {
      const [sums, [count], init, same] = cut(leaves, summed.length, 1, step.carries)
      const before = sub(count!, 1)
      const reached = bindWhile([...init, number(0), ...same, before], again).slice(0, step.carries)
      return [...run(back.step.program, [...sums, ...reached, ...same]), before]
    })
  )
  const goesOn = made(program, 'back', () =>
    closedProgram('vjp', types, (leaves) => [greater(leaves[summed.length]!, 0)])
  )
  const loop = { ...params, condition: goesOn, step: { program, carries: summed.length + 1, elements: 0 } }
  return { loop, carry: back.carry, constants: back.constants }
}

const pull = (operands: Leaves, params: While, cotangents: Slots, before: Slots): Slots => {
  const { carries } = params.step
  const [init, constants] = cut(operands, carries)
  const [beforeInit, beforeConstants] = cut(before, carries)
  const zero = ({ shape, dtype }: Tensor): Tensor => fill(shape, dtype, 0)
  const counted = bindWhile([...init, number(0), ...constants], countingLoop(params))
  const back = backwardLoop(params, presence(cotangents))
  const cts = chosen(
    init.map((x, i) => cotangents[i] ?? zero(x)),
    back.carry
  )
  const totals = chosen(
    constants.map((x, i) => beforeConstants[i] ?? zero(x)),
    back.constants
  )
  const results = bindWhile([...cts, ...totals, counted[carries]!, ...operands], back.loop)
  const [ctInit, sums] = cut(results.slice(0, -1), cts.length)
  return [
    ...spreadOver(ctInit, back.carry).map((ct, i) => {
      const given = beforeInit[i]
      return ct === undefined || given === undefined ? (ct ?? given) : add(given, ct)
    }),
    ...spreadOver(sums, back.constants).map((total, i) => total ?? beforeConstants[i])
  ]
}

// -----------------------------------------------------------------------------
// mapping
// -----------------------------------------------------------------------------

/** A loop of examples that end at different steps: those that have ended stay as they are until all have. */
const maskedLoop = (
  params: While,
  constants: Flags,
  size: number
): { readonly loop: While; readonly goesOn: Program } => {
  const { condition, step } = params
  const flags = [...cut(step.program.inputs, step.carries)[0].map(() => true), ...constants]
  const goesOn = mappedProgram(condition, flags, size)
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
const conditionDiffers = (condition: Program, mapped: Flags): boolean => {
  const reached = new Set<unknown>(condition.inputs.filter((_, i) => mapped[i]))
  for (const { operands, results } of condition.equations) {
    if (operands.some((operand) => reached.has(operand))) results.forEach((each) => reached.add(each))
  }
  return condition.outputs.some((output) => reached.has(output))
}

/** A loop that goes on as long as a condition holds of what it carries. */
export const whilePrimitive: TuplePrimitive<While> = {
  name: 'whileLoop',
  infer: (_operands, { step }) => step.program.outputs,
  evaluate,
  accumulates: true,
  jvp: (tangents, operands, _out, params) => {
    const { carries } = params.step
    const [init, constants] = cut(operands, carries)
    const [tInit, tConstants] = cut(tangents, carries)
    const { loop, carry } = moving(params, tInit, tConstants)
    const starts = init.map(({ shape, dtype }, i) => tInit[i] ?? fill(shape, dtype, 0))
    const results = bindWhile([init, chosen(starts, carry), constants, present(tConstants)].flat(), loop)
    return spreadOver(results.slice(carries), carry)
  },
  vjp: (operands, _out, params) => (cotangents, before) => pull(operands, params, cotangents, before),
  batch: (operands, mapped, params, size) => {
    const { condition, step } = params
    const [init, constants] = cut(operands, step.carries)
    const [initMapped, constantsMapped] = cut(mapped, step.carries)
    const spread = (list: Leaves, is: Flags, wanted: (i: number) => boolean): Leaves =>
      list.map((x, i) => (is[i] === true || !wanted(i) ? x : broadcastToShape(x, [size, ...x.shape])))
    const all = mappedStep(step, mapped, size)
    if (!conditionDiffers(condition, [...all.carry, ...constantsMapped])) {
      const start = spread(init, initMapped, (i) => all.carry[i] === true)
      const types = all.step.program.inputs
      const goesOn = made(condition, `vmap ${key(mapped, all.carry)} ${size}`, () =>
        closedProgram('vmap', types, (leaves) => run(condition, leaves))
      )
      const results = bindWhile([...start, ...constants], { ...params, condition: goesOn, step: all.step })
      return spread(results, all.carry, () => true)
    }
    const { loop, goesOn } = maskedLoop(params, constantsMapped, size)
    const start = spread(init, initMapped, () => true)
    return bindWhile([...run(goesOn, [...start, ...constants]), ...start, ...constants], loop).slice(1)
  },
  sample: (draw) => {
    const x = draw.tensor([2], interval(-1, 1))
    const w = draw.tensor([2], interval(-1, 1))
    const last = number(draw.integer(0, 3))
    return { operands: [x, number(0), w, last], params: sampleLoop(x) }
  }
}

/** A smooth step, a number of times: the same programs for every sample, so that what is made from them is made once. */
const sampleLoop = (() => {
  let loop: While | undefined
  return (type: Tensor): While => {
    loop ??= {
      condition: stage('whileLoop', [type, counter, type, counter], ([, i, , last]) => [less(i!, last!)]).program,
      step: {
        program: stage('whileLoop', [type, counter, type, counter], ([x, i, w]) => [sin(mul(x!, w!)), add(i!, 1)])
          .program,
        carries: 2,
        elements: 0
      },
      maxSteps: 10,
      name: 'whileLoop'
    }
    return loop
  }
})()
