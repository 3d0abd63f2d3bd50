/** The primitive behind staged scans: a loop over the axis in front, whose step is a program. */
import { type TuplePrimitive, bindTuple } from '../primitive/model.js'
import { interval } from '../primitive/domain.js'
import { add, mul } from '../tensor/arithmetic.js'
import { type Concrete, type Tensor, fill, isConcrete } from '../tensor/model.js'
import { sin } from '../tensor/trigonometric.js'
import { broadcastToShape, permuteTo, reshapeTo } from '../tensor/structural.js'
import { along, take } from '../tensor/window.js'
import { run, stage } from '../transform/stage.js'
import { concatPrimitive } from '../tensor/join.js'
import { pullbackProgram, spreadOver } from '../calculus/program.js'
import { collector, concreteRows, noRows } from './rows.js'
import {
  type Step,
  backwardStep,
  chosen,
  cut,
  emittedTypes,
  emittingStep,
  mappedStep,
  movingStep,
  neutral,
  presence,
  present
} from './step.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** What `scan` is a primitive of. Operands are the first carry, the stacked elements, and the constants of the step. */
export interface Scanned {
  readonly step: Step
  /** The number of steps. */
  readonly length: number
  /** Whether the last element comes first. */
  readonly reverse: boolean
}

type Leaves = readonly Tensor[]
type Slots = readonly (Tensor | undefined)[]

/** Applies the primitive; a step with effects keeps its scan in staged programs. */
export const bindScan = (operands: Leaves, params: Scanned): Leaves => {
  const effect = params.step.program.equations.some((equation) => equation.effect)
  return bindTuple(effect ? { ...scanPrimitive, effect } : scanPrimitive, operands, params)
}

// -----------------------------------------------------------------------------
// rules
// -----------------------------------------------------------------------------

const groups = <A>(
  list: readonly A[],
  { carries, elements }: Step
): readonly [readonly A[], readonly A[], readonly A[]] => {
  const [carry, xs, constants] = cut(list, carries, elements)
  return [carry, xs, constants]
}

const evaluate = (operands: readonly Concrete[], { step, length, reverse }: Scanned): readonly Concrete[] => {
  const { program, carries } = step
  const [init, xs, constants] = groups(operands, step)
  const rowsOf = xs.map(concreteRows)
  const emitted = emittedTypes(step).map((type) => ({ type, rows: collector(length) }))
  let carry = init
  for (let count = 0; count < length; count++) {
    const index = reverse ? length - 1 - count : count
    const results = run(program, [...carry, ...rowsOf.map((row) => row(index)), ...constants]).filter(isConcrete)
    carry = results.slice(0, carries)
    emitted.forEach(({ rows }, i) => rows.put(index, results[carries + i]!))
  }
  return [...carry, ...emitted.map(({ type, rows }) => rows.result() ?? noRows(type))].filter(isConcrete)
}

/** All rows but the one that a scan comes to first. */
const withoutFirst = (x: Tensor, { length, reverse }: Scanned): Tensor =>
  take(x, along(x.shape, 0, reverse ? 0 : 1, length - 1))

/** The row that a scan comes to first. */
const first = (x: Tensor, { length, reverse }: Scanned): Tensor =>
  reshapeTo(take(x, along(x.shape, 0, reverse ? length - 1 : 0, 1)), x.shape.slice(1))

const sum = (a: Tensor | undefined, b: Tensor): Tensor => (a === undefined ? b : add(a, b))

/**
 * The pullback: the carries are computed again and kept, one for each step, then the loop runs backward. Whatever has been
 * given before is where sums start, so that they are taken in the order of an unrolled loop.
 */
const pull = (operands: Leaves, params: Scanned, cotangents: Slots, before: Slots): Slots => {
  const { step, length, reverse } = params
  const [init, xs, constants] = groups(operands, step)
  const [ctCarry, ctEmitted] = cut(cotangents, step.carries)
  const back = backwardStep(step, presence(ctCarry), presence(ctEmitted))
  const [beforeInit, beforeXs, beforeConstants] = groups(before, step)
  const kept = bindScan(operands, { ...params, step: emittingStep(step) }).slice(step.carries)

  const start = [
    ...chosen(
      init.map((x, i) => ctCarry[i] ?? neutral(x)),
      back.carry
    ),
    ...chosen(
      constants.map((x, i) => beforeConstants[i] ?? neutral(x)),
      back.constants
    )
  ]
  const all = [...kept, ...xs, ...present(ctEmitted)]
  // The first step alone starts from what the first carry has been given before.
  const apart = beforeInit.some((each) => each !== undefined)
  const most = apart ? all.map((x) => withoutFirst(x, params)) : all
  const results = bindScan([...start, ...most, ...constants], {
    step: back.step,
    length: apart ? length - 1 : length,
    reverse: !reverse
  })
  const [carried, ctXs] = cut(results, start.length)
  const active = back.carry.filter((flag) => flag).length
  if (!apart) {
    const [cts, totals] = cut(carried, active)
    return [
      ...spreadOver(cts, back.carry),
      ...spreadOver(ctXs, back.elements).map((ct, i) => (ct === undefined ? beforeXs[i] : sum(beforeXs[i], ct))),
      ...spreadOver(totals, back.constants).map((total, i) => total ?? beforeConstants[i])
    ]
  }
  return firstStep(operands, params, { kept, ctEmitted: ctEmitted, before, carried: carried, ctXs: ctXs, back })
}

interface Backward {
  readonly kept: Leaves
  readonly ctEmitted: Slots
  readonly before: Slots
  /** The cotangents and totals that the later steps left. */
  readonly carried: Leaves
  readonly ctXs: Leaves
  readonly back: ReturnType<typeof backwardStep>
}

/** The pullback of the step that the scan comes to first, where its carry has been given something before. */
const firstStep = (
  operands: Leaves,
  params: Scanned,
  { kept, ctEmitted, before, carried, ctXs, back }: Backward
): Slots => {
  const { step, reverse } = params
  const { program, carries, elements } = step
  const [, xs, constants] = groups(operands, step)
  const [beforeInit, beforeXs, beforeConstants] = groups(before, step)
  const given = [...presence(beforeInit), ...xs.map(() => false), ...back.constants]
  const pulled = pullbackProgram(program, [...back.carry, ...presence(ctEmitted)], given)
  const [cts, totals] = cut(carried, back.carry.filter((flag) => flag).length)
  const rowsOf = (list: Leaves): Leaves => list.map((x) => first(x, params))
  const results = run(pulled.program, [
    ...rowsOf(kept),
    ...rowsOf(xs),
    ...constants,
    ...cts,
    ...rowsOf(present(ctEmitted)),
    ...present(beforeInit),
    ...totals
  ])
  const [ctInit, ctFirst, after] = cut(spreadOver(results, pulled.reached), carries, elements)
  const rest = spreadOver(ctXs, back.elements)
  return [
    ...ctInit,
    ...ctFirst.map((row, i) => {
      if (row === undefined) return beforeXs[i]
      const wideRow = reshapeTo(row, [1, ...row.shape])
      const both = reverse ? [rest[i]!, wideRow] : [wideRow, rest[i]!]
      return sum(beforeXs[i], bindTuple(concatPrimitive, both, 0)[0]!)
    }),
    ...after.map((total, i) => total ?? beforeConstants[i])
  ]
}

/** Exchanges the two axes in front. */
const exchanged = (x: Tensor): Tensor => permuteTo(x, [1, 0, ...x.shape.slice(2).map((_, axis) => axis + 2)])

/** A loop over the axis in front of some operands, which carries others along. */
export const scanPrimitive: TuplePrimitive<Scanned> = {
  name: 'scan',
  infer: (_operands, { step, length }) => [
    ...step.program.outputs.slice(0, step.carries),
    ...emittedTypes(step).map(({ shape, dtype }) => ({ shape: [length, ...shape], dtype }))
  ],
  evaluate,
  accumulates: true,
  jvp: (tangents, operands, _out, params) => {
    const { step } = params
    const [init, xs, constants] = groups(operands, step)
    const [tInit, tXs, tConstants] = groups(tangents, step)
    const moving = movingStep(step, presence(tInit), presence(tXs), presence(tConstants))
    const starts = init.map(({ shape, dtype }, i) => tInit[i] ?? fill(shape, dtype, 0))
    const results = bindScan(
      [init, chosen(starts, moving.carry), xs, present(tXs), constants, present(tConstants)].flat(),
      { ...params, step: moving.step }
    )
    const [carried, emitted] = cut(results, moving.step.carries)
    return [
      ...spreadOver(carried.slice(step.carries), moving.carry),
      ...spreadOver(emitted.slice(emittedTypes(step).length), moving.emitted)
    ]
  },
  vjp: (operands, _out, params) => (cotangents, before) => {
    if (params.length > 0) return pull(operands, params, cotangents, before)
    return operands.map((_, i) => {
      const ct = i < params.step.carries ? cotangents[i] : undefined
      return ct === undefined ? before[i] : sum(before[i], ct)
    })
  },
  batch: (operands, mapped, params, size) => {
    const { step } = params
    const [init, xs, constants] = groups(operands, step)
    const [, xsMapped] = groups(mapped, step)
    const all = mappedStep(step, mapped, size)
    const spread = (x: Tensor, is: boolean | undefined): Tensor =>
      is === true ? x : broadcastToShape(x, [size, ...x.shape])
    const results = bindScan(
      [
        ...init.map((x, i) => (all.carry[i] === true ? spread(x, mapped[i]) : x)),
        ...xs.map((x, i) => (xsMapped[i] === true ? exchanged(x) : x)),
        ...constants
      ],
      { ...params, step: all.step }
    )
    const [carry, emitted] = cut(results, step.carries)
    return [
      ...carry.map((x, i) => spread(x, all.carry[i])),
      ...emitted.map((x, i) => (all.emitted[i] === true ? exchanged(x) : spread(x, false)))
    ]
  },
  sample: (draw) => {
    const length = draw.integer(1, 3)
    const h = draw.tensor([2], tame)
    const xs = draw.tensor([length, 2], tame)
    const w = draw.tensor([2], tame)
    return { operands: [h, xs, w], params: { step: sampleStep(h), length, reverse: draw.pick([false, true]) } }
  }
}

/** Where a few steps of the sample stay well-conditioned. */
const tame = interval(-1, 1)

/** A smooth step: the same program for every sample, so that what is made from it is made once. */
const sampleStep = (() => {
  let step: Step | undefined
  return (type: Tensor): Step => {
    step ??= {
      program: stage('scan', [type, type, type], ([h = type, x = type, w = type]) => {
        const next = sin(add(mul(h, w), x))
        return [next, mul(next, h)]
      }).program,
      carries: 1,
      elements: 1
    }
    return step
  }
})()
