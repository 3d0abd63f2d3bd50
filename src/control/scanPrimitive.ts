/** The primitive behind staged scans: a loop over the axis in front, whose step is a program. */
import { coded } from '../primitive/code.js'
import { bind } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { run } from '../transform/program.js'
import { interval } from '../primitive/domain.js'
import { add, mul } from '../tensor/arithmetic.js'
import { type Concrete, type Tensor, fill, isConcrete } from '../tensor/model.js'
import { sin } from '../tensor/trigonometric.js'
import { broadcastToShape, permuteTo } from '../tensor/structural.js'
import { stage } from '../transform/stage.js'
import { spreadOver } from '../calculus/program.js'
import { collector, concreteRows, noRows } from './rows.js'
import { pullScan } from './backward.js'
import {
  type Scanned,
  type Step,
  chosen,
  cut,
  emittedTypes,
  mappedStep,
  movingStep,
  presence,
  present
} from './step.js'

type Leaves = readonly Tensor[]

/** Applies the primitive. */
export const bindScan = (operands: Leaves, params: Scanned): Leaves => bind(scanPrimitive, operands, params)

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

/** Exchanges the two axes in front. */
const exchanged = (x: Tensor): Tensor => permuteTo(x, [1, 0, ...x.shape.slice(2).map((_, axis) => axis + 2)])

/** A loop over the axis in front of some operands, which carries others along. */
export const scanPrimitive: Primitive<Scanned> = coded({
  name: 'scan',
  kind: 'control',
  infer: (_operands, { step, length }) => [
    ...step.program.outputs.slice(0, step.carries),
    ...emittedTypes(step).map(({ shape, dtype }) => ({ shape: [length, ...shape], dtype }))
  ],
  evaluate,
  derivative: {
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
      if (params.length > 0) return pullScan(bindScan, operands, params, cotangents, before)
      return operands.map((_, i) => {
        const [ct, given] = [i < params.step.carries ? cotangents[i] : undefined, before[i]]
        return ct === undefined || given === undefined ? (ct ?? given) : add(given, ct)
      })
    },
    accumulates: true
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
  cost: (_operands, { step, length }, _results, { repeated }) => repeated([step.program], length),
  programs: ({ step }) => [step.program],
  takes: ({ step, length }) => {
    const [carry, elements, constants] = groups(step.program.inputs, step)
    return [...carry, ...elements.map(({ shape, dtype }) => ({ shape: [length, ...shape], dtype })), ...constants]
  },
  withPrograms: (params, [program]) => ({ ...params, step: { ...params.step, program: program! } }),
  sample: (draw) => {
    const length = draw.integer(1, 3)
    const h = draw.tensor([2], tame)
    const xs = draw.tensor([length, 2], tame)
    const w = draw.tensor([2], tame)
    return { operands: [h, xs, w], params: { step: sampleStep(h), length, reverse: draw.pick([false, true]) } }
  }
})

/** Where a few steps of the sample stay well-conditioned. */
const tame = interval(-1, 1)

/** A smooth step: the same program for every sample, so that everything derived from it is made once. */
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
