/** The primitive behind staged loops whose number of steps is not known in advance, and the primitive of its pullback. */
import { pullBack, pushForward } from '../calculus/leafwise.js'
import { closedProgram, spreadOver } from '../calculus/program.js'
import { align } from '../primitive/batch.js'
import { interval } from '../primitive/domain.js'
import { bind } from '../primitive/bind.js'
import type { Primitive, Program, Slots } from '../primitive/model.js'
import { run } from '../transform/program.js'
import { add, mul, sub } from '../tensor/arithmetic.js'
import { greater, less } from '../tensor/comparison.js'
import { maximum } from '../tensor/minMaxOfTwo.js'
import { type Concrete, type Tensor, fill, firstElement, isConcrete } from '../tensor/model.js'
import { broadcastToShape } from '../tensor/structural.js'
import { sin } from '../tensor/trigonometric.js'
import { stage } from '../transform/stage.js'
import { levelsOf, rowAt, rowsOf, rowsType, stayingLevel, stepsBetween, withRow } from './checkpoints.js'
import { backwardStep, chosen, cut, mappedStep, neutral, presence, present } from './step.js'
import {
  type While,
  conditionDiffers,
  counter,
  countingLoop,
  key,
  limitedLoop,
  made,
  maskedLoop,
  moving,
  number
} from './whileSteps.js'

type Leaves = readonly Tensor[]
type Flags = readonly boolean[]

/** Applies the primitive. */
export const bindWhile = (operands: Leaves, params: While): Leaves => bind(whilePrimitive, operands, params)

/** The error for a loop that has made all the steps it may make. */
export const tooManySteps = (name: string, maxSteps: number): RangeError =>
  new RangeError(
    `${name}: the condition is still true after ${maxSteps} ${maxSteps === 1 ? 'step' : 'steps'}; make it become false, or raise maxSteps`
  )

const programsOf = ({ condition, step }: While): readonly Program[] => [condition, step.program]

const withPrograms = (params: While, [condition, program]: readonly Program[]): While => ({
  ...params,
  condition: condition!,
  step: { ...params.step, program: program! }
})

/** Runs a loop; `visit` gets the carry before each step. */
const loopOver = (
  operands: readonly Concrete[],
  { condition, step, maxSteps, name }: While,
  visit: (carry: readonly Concrete[]) => void
): readonly Concrete[] => {
  const [init, constants] = cut(operands, step.carries)
  let carry = init
  for (let count = 0; ; count++) {
    const all = [...carry, ...constants]
    const [goesOn] = run(condition, all).filter(isConcrete)
    if (firstElement(goesOn!) === 0) return carry
    if (count >= maxSteps) throw tooManySteps(name, maxSteps)
    visit(carry)
    carry = run(step.program, all).filter(isConcrete)
  }
}

// -----------------------------------------------------------------------------
// backward
// -----------------------------------------------------------------------------

/**
 * The backward pass of a loop. Operands are the cotangents of the last carry and the totals of the constants, then those
 * of the loop; results are the cotangents of the first carry, and the totals.
 */
export interface Backward {
  readonly loop: While
  /** Which leaves of the last carry have a cotangent. */
  readonly cotangents: Flags
}

/** The step backward, and the number of cotangents and totals. */
const backOf = ({ loop, cotangents }: Backward): ReturnType<typeof backwardStep> =>
  backwardStep(loop.step, cotangents, [])

/** The loop that goes down the levels of checkpoints to the carry before a step, whose number is its last constant, and sets their rows. */
const refilling = (params: While): While => {
  const { step } = params
  const levels = levelsOf(params.maxSteps)
  const again = limitedLoop(params)
  const [values, constants] = cut(step.program.inputs, step.carries)
  const types = [counter, ...values, ...values.map((type) => rowsType(type, levels)), ...constants, counter]
  const program = made(step.program, `refill ${levels}`, () =>
    closedProgram('vjp', types, (leaves) => {
      const [[level], start, rows, same, [at]] = cut(leaves, 1, step.carries, step.carries, constants.length)
      const below = sub(level!, 1)
      const count = stepsBetween(at!, below, levels)
      const reached = bindWhile([...start, number(0), ...same, count], again).slice(0, step.carries)
      return [below, ...reached, ...withRow(rows, below, reached, levels)]
    })
  )
  const goesOn = made(program, 'level', () => closedProgram('vjp', types, ([level]) => [greater(level!, 0)]))
  return {
    ...params,
    condition: goesOn,
    step: { program, carries: 1 + 2 * step.carries, elements: 0 },
    maxSteps: levels
  }
}

/**
 * The loop backward, from its last step, where no list of all carries can be kept: the carry before each step is computed again from a
 * checkpoint, so that n steps take time in n log n, and the memory of as many carries as the number of steps may have bits.
 */
const backwardLoop = ({ loop: params, cotangents }: Backward): While => {
  const { step } = params
  const back = backwardStep(step, cotangents, [])
  const levels = levelsOf(params.maxSteps)
  const refill = refilling(params)
  const [values, constants] = cut(step.program.inputs, step.carries)
  const summed = cut(back.step.program.inputs, back.step.carries)[0]
  const types = [...summed, counter, counter, ...values.map((type) => rowsType(type, levels)), ...constants]
  const program = made(back.step.program, `again ${levels}`, () =>
    closedProgram('vjp', types, (leaves) => {
      const [sums, [left, level], rows, same] = cut(leaves, summed.length, 2, step.carries)
      // An example of a mapping that has ended has no steps left, and waits.
      const at = maximum(sub(left!, 1), 0)
      const filled = bindWhile([level!, ...rowAt(rows, level!), ...rows, ...same, at], refill)
      const [, reached, next] = cut(filled, 1, step.carries)
      return [...run(back.step.program, [...sums, ...reached, ...same]), at, stayingLevel(at, levels), ...next]
    })
  )
  const goesOn = made(program, 'left', () =>
    closedProgram('vjp', types, (leaves) => [greater(leaves[summed.length]!, 0)])
  )
  return { ...params, condition: goesOn, step: { program, carries: summed.length + 2 + step.carries, elements: 0 } }
}

/** The pullback in terms of loops, for its derivatives and for formats. */
export const backwardFormula = (operands: Leaves, params: Backward): Leaves => {
  const { loop } = params
  const { step } = backOf(params)
  const [sums, init, constants] = cut(operands, step.carries, loop.step.carries)
  const left = bindWhile([...init, number(0), ...constants], countingLoop(loop))[init.length]!
  const levels = levelsOf(loop.maxSteps)
  const start = [...sums, left, number(levels), ...rowsOf(init, levels)]
  return bindWhile([...start, ...constants], backwardLoop(params)).slice(0, step.carries)
}

/**
 * The pullback of a loop. On values it keeps the carry before every step, and goes through the steps backward: n steps
 * take time and memory in n.
 */
export const whileBackwardPrimitive: Primitive<Backward> = {
  name: 'whileLoopBackward',
  kind: 'control',
  infer: (operands, params) => operands.slice(0, backOf(params).step.carries),
  evaluate: (operands, params) => {
    const { step } = backOf(params)
    const [start, rest] = cut(operands, step.carries)
    const [, constants] = cut(rest, params.loop.step.carries)
    const carried: (readonly Concrete[])[] = []
    loopOver(rest, params.loop, (carry) => carried.push(carry))
    let sums = start
    for (let at = carried.length - 1; at >= 0; at--) {
      sums = run(step.program, [...sums, ...carried[at]!, ...constants]).filter(isConcrete)
    }
    return sums
  },
  derivative: {
    jvp: (tangents, operands, _out, params) =>
      pushForward('jvp', (leaves) => backwardFormula(leaves, params), operands, tangents).tangent,
    vjp: (operands, _out, params) => (cotangents) =>
      pullBack('vjp', (leaves) => backwardFormula(leaves, params), operands).pull(cotangents)
  },
  batch: (operands, mapped, params, size) => {
    const { loop, cotangents } = params
    const [sums, init, constants] = cut(align(operands, mapped, size), backOf(params).step.carries, loop.step.carries)
    const masked = maskedLoop(
      loop,
      constants.map(() => true),
      size
    )
    const [mask] = run(masked.goesOn, [...init, ...constants])
    return bind(whileBackwardPrimitive, [...sums, mask!, ...init, ...constants], {
      loop: masked.loop,
      cotangents: [false, ...cotangents]
    })
  },
  cost: (_operands, params, _results, { repeated }) =>
    repeated([...programsOf(params.loop), backOf(params).step.program], 1, true),
  programs: ({ loop }) => programsOf(loop),
  differentiates: true,
  withPrograms: (params, programs) => ({ ...params, loop: withPrograms(params.loop, programs) }),
  sample: (draw) => {
    const { operands, params } = whilePrimitive.sample!(draw)
    const sums = [draw.tensor([2], tame), draw.tensor([2], tame)]
    return { operands: [...sums, ...operands], params: { loop: params, cotangents: [true, false] } }
  }
}

const pull = (operands: Leaves, params: While, cotangents: Slots, before: Slots): Slots => {
  const [init, constants] = cut(operands, params.step.carries)
  const [beforeInit, beforeConstants] = cut(before, params.step.carries)
  const backward: Backward = { loop: params, cotangents: presence(cotangents) }
  const back = backOf(backward)
  const cts = chosen(
    init.map((x, i) => cotangents[i] ?? neutral(x)),
    back.carry
  )
  const totals = chosen(
    constants.map((x, i) => beforeConstants[i] ?? neutral(x)),
    back.constants
  )
  const results = bind(whileBackwardPrimitive, [...cts, ...totals, ...operands], backward)
  const [ctInit, sums] = cut(results, cts.length)
  return [
    ...spreadOver(ctInit, back.carry).map((ct, i) => {
      const given = beforeInit[i]
      return ct === undefined || given === undefined ? (ct ?? given) : add(given, ct)
    }),
    ...spreadOver(sums, back.constants).map((total, i) => total ?? beforeConstants[i])
  ]
}

// -----------------------------------------------------------------------------
// the loop
// -----------------------------------------------------------------------------

/** A loop that goes on as long as a condition on its carry is true. */
export const whilePrimitive: Primitive<While> = {
  name: 'whileLoop',
  kind: 'control',
  infer: (_operands, { step }) => step.program.outputs,
  evaluate: (operands, params) => loopOver(operands, params, () => undefined),
  derivative: {
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
    accumulates: true
  },
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
  cost: (_operands, params, _results, { repeated }) => repeated(programsOf(params), 1, true),
  programs: programsOf,
  takes: ({ step }) => step.program.inputs,
  withPrograms,
  sample: (draw) => {
    const x = draw.tensor([2], tame)
    const w = draw.tensor([2], tame)
    const last = number(draw.integer(0, 3))
    return { operands: [x, number(0), w, last], params: sampleLoop(x) }
  }
}

/** Where the steps of the sample stay well-conditioned. */
const tame = interval(-1, 1)

/** A smooth step, a number of times: the same programs for every sample, so that everything derived from them is made once. */
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
