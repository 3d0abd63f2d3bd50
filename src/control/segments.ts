/** Scans in segments, each of which keeps only the carry that it starts from. */
import { checkpointPrimitive } from '../calculus/checkpoint.js'
import { closedProgram } from '../calculus/program.js'
import { bind, bindOne } from '../primitive/bind.js'
import type { Program, TensorType } from '../primitive/model.js'
import { concatPrimitive, splitPrimitive } from '../tensor/join.js'
import type { Tensor } from '../tensor/model.js'
import { reshapeTo } from '../tensor/structural.js'
import { type Course, scanLeaves } from './loop.js'
import { bindScan } from './scanPrimitive.js'
import { type Step, type StepFunction, cut, elementType, stageStep } from './step.js'

type Leaves = readonly Tensor[]

/** A number of steps as one program. */
const segmentProgram = (step: Step, length: number, reverse: boolean): Program => {
  const types = step.program.inputs.map(({ shape, dtype }, i): TensorType => {
    const isElement = i >= step.carries && i < step.carries + step.elements
    return { shape: isElement ? [length, ...shape] : shape, dtype }
  })
  return closedProgram('scan', types, (leaves) => bindScan(leaves, { step, length, reverse }))
}

/** The rows that whole segments take, and the rest. */
const parted = (list: Leaves, sizes: readonly number[]): readonly Leaves[] => {
  const each = list.map((x) => bind(splitPrimitive, [x], { axis: 0, sizes }))
  return sizes.map((_, i) => each.map((parts) => parts[i]!))
}

/**
 * A scan that computes `every` steps again at a time when its derivative is taken. The step is staged once; all segments
 * share it, and its derivatives.
 */
export const scanInSegments = (
  f: StepFunction,
  init: Leaves,
  xs: Leaves,
  course: Course,
  every: number
): readonly [carry: Leaves, emitted: Leaves] => {
  const { name, length, reverse } = course
  if (length === 0) return scanLeaves(f, init, xs, course)
  const { step, init: start, constants, whole: wholeCarry } = stageStep(name, init, xs.map(elementType), f)
  const segment =
    (count: number): StepFunction =>
    (carry, elements) => {
      const results = bind(checkpointPrimitive, [...carry, ...elements, ...constants], {
        program: programOf(count)
      })
      return cut(results, start.length)
    }
  const programs = new Map<number, Program>()
  const programOf = (count: number): Program => {
    const program = programs.get(count) ?? segmentProgram(step, count, reverse)
    programs.set(count, program)
    return program
  }
  const whole = Math.floor(length / every)
  const rest = length - whole * every
  const wholeRows = whole * every
  // The scan comes to the rest last.
  const [front, back] = rest === 0 ? [xs, []] : parted(xs, reverse ? [rest, wholeRows] : [wholeRows, rest])
  const [most, few] = reverse && rest > 0 ? [back!, front!] : [front!, back!]
  const stacked = most.map((x) => reshapeTo(x, [whole, every, ...x.shape.slice(1)]))
  const [carry, emitted] = scanLeaves(segment(every), start, stacked, { name, length: whole, reverse })
  const flat = emitted.map((x) => reshapeTo(x, [wholeRows, ...x.shape.slice(2)]))
  if (rest === 0) return [wholeCarry(carry), flat]
  const [last, behind] = segment(rest)(carry, few)
  return [
    wholeCarry(last),
    flat.map((x, i) => bindOne(concatPrimitive, reverse ? [behind[i]!, x] : [x, behind[i]!], { axis: 0 }))
  ]
}
