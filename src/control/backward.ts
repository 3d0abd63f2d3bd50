/** The pullback of a scan: the loop backward. */
import { pullbackProgram, spreadOver } from '../calculus/program.js'
import { bindOne } from '../primitive/bind.js'
import type { Slots } from '../primitive/model.js'
import { run } from '../transform/program.js'
import { add } from '../tensor/arithmetic.js'
import { concatPrimitive } from '../tensor/join.js'
import { type Tensor, fill } from '../tensor/model.js'
import { reshapeTo } from '../tensor/structural.js'
import { along, take } from '../tensor/stridedWindow.js'
import { type Scanned, type Step, backwardStep, chosen, cut, emittingStep, neutral, presence, present } from './step.js'

type Leaves = readonly Tensor[]

/** How a scan is applied. */
type Apply = (operands: Leaves, params: Scanned) => Leaves

/** The inputs of each step, stacked: the carry before it, its elements, and the cotangents of what it emitted. */
interface Read {
  readonly kept: Leaves
  readonly xs: Leaves
  readonly emitted: Slots
  readonly constants: Leaves
}

/** The values carried backward through the steps: cotangents of the carry, and totals of the constants. */
interface Going {
  readonly carry: Slots
  readonly totals: Slots
}

/** The cotangents of some rows of the elements; `undefined` is zero. */
interface Rows {
  readonly count: number
  readonly cotangents: Slots
}

type Passed = readonly [going: Going, rows: Rows]

const sum = (a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined =>
  a === undefined || b === undefined ? (a ?? b) : add(a, b)

/** The first row of `count` steps from step `from` on, in the order in which steps run. */
const place = ({ length, reverse }: Scanned, from: number, count: number): number =>
  reverse ? length - from - count : from

// -----------------------------------------------------------------------------
// one step, several steps
// -----------------------------------------------------------------------------

/** Backward through one step, whose carry has the cotangents `before` already. */
const throughOne = (params: Scanned, at: number, read: Read, going: Going, before: Slots): Passed => {
  const { program, carries, elements } = params.step
  const row = (x: Tensor): Tensor => reshapeTo(take(x, along(x.shape, 0, place(params, at, 1), 1)), x.shape.slice(1))
  const given = [...before, ...read.xs.map(() => undefined), ...going.totals]
  const pulled = pullbackProgram(program, [...presence(going.carry), ...presence(read.emitted)], presence(given))
  const results = run(pulled.program, [
    ...read.kept.map(row),
    ...read.xs.map(row),
    ...read.constants,
    ...present(going.carry),
    ...present(read.emitted).map(row),
    ...present(given)
  ])
  const [carry, rows, totals] = cut(spreadOver(results, pulled.reached), carries, elements)
  const wide = rows.map((each) => each && reshapeTo(each, [1, ...each.shape]))
  return [
    { carry, totals },
    { count: 1, cotangents: wide }
  ]
}

/** Backward through several steps, by a scan. */
const throughSeveral = (
  apply: Apply,
  params: Scanned,
  [from, count]: readonly [from: number, count: number],
  read: Read,
  going: Going
): Passed => {
  const { step, reverse } = params
  const back = backwardStep(step, presence(going.carry), presence(read.emitted))
  const rows = (x: Tensor): Tensor => take(x, along(x.shape, 0, place(params, from, count), count))
  const start = [
    ...chosen(
      read.kept.map((x, i) => going.carry[i] ?? neutral({ shape: x.shape.slice(1), dtype: x.dtype })),
      back.carry
    ),
    ...chosen(
      read.constants.map((x, i) => going.totals[i] ?? neutral(x)),
      back.constants
    )
  ]
  const results = apply(
    [...start, ...[...read.kept, ...read.xs, ...present(read.emitted)].map(rows), ...read.constants],
    { step: back.step, length: count, reverse: !reverse }
  )
  const [cts, sums, cotangents] = cut(results, back.carry.filter((flag) => flag).length, sumsOf(back.constants))
  const carry = spreadOver(cts, back.carry).map((ct, i) => (back.reached[i] === true ? ct : undefined))
  const totals = spreadOver(sums, back.constants).map((total, i) => total ?? going.totals[i])
  return [
    { carry, totals },
    { count, cotangents: spreadOver(cotangents, back.elements) }
  ]
}

const sumsOf = (flags: readonly boolean[]): number => flags.filter((flag) => flag).length

/** Whether the backward pass of the last step keeps the set of cotangents that are present, and adds no totals. */
const isSteady = (step: Step, carry: Slots, emitted: Slots): boolean => {
  const back = backwardStep(step, presence(carry), presence(emitted))
  return back.constants.every((flag) => !flag) && back.carry.every((flag, i) => flag === (carry[i] !== undefined))
}

// -----------------------------------------------------------------------------
// the pullback
// -----------------------------------------------------------------------------

/** The cotangents of stacked elements, from those of their rows, the last steps first. */
const stacked = (x: Tensor, index: number, parts: readonly Rows[], { reverse }: Scanned): Tensor | undefined => {
  if (parts.every(({ cotangents }) => cotangents[index] === undefined)) return undefined
  const rest = x.shape.slice(1)
  const each = parts.map(({ count, cotangents }) => cotangents[index] ?? fill([count, ...rest], x.dtype, 0))
  const inOrder = reverse ? each : each.reverse()
  return inOrder.length === 1 ? inOrder[0] : bindOne(concatPrimitive, inOrder, { axis: 0 })
}

/**
 * The cotangents of a scan's operands, from those of its results and from those that operands have already.
 *
 * The carries are computed again and kept, one for each step, then the loop runs backward. Its sums are taken in the order
 * of an unrolled loop: they start from the cotangents that are there already. The last step is run apart where it is the
 * first to contribute to the constants, and the first step where its carry has a cotangent already.
 */
export const pullScan = (apply: Apply, operands: Leaves, params: Scanned, cotangents: Slots, before: Slots): Slots => {
  const { step, length } = params
  const { carries, elements } = step
  const [carry, emitted] = cut(cotangents, carries)
  const [, xs, constants] = cut(operands, carries, elements)
  const [beforeInit, beforeXs, totals] = cut(
    before.length === 0 ? operands.map(() => undefined) : before,
    carries,
    elements
  )
  const given = beforeInit.some((each) => each !== undefined)
  const kept = apply(operands, { ...params, step: emittingStep(step) }).slice(carries)
  const read: Read = { kept, xs, emitted, constants }
  const nothing = beforeInit.map(() => undefined)

  let going: Going = { carry, totals }
  let left = length
  const parts: Rows[] = []
  const pass = ([next, rows]: Passed): void => {
    going = next
    left -= rows.count
    parts.push(rows)
  }
  if (!isSteady(step, carry, emitted)) {
    pass(throughOne(params, left - 1, read, going, left === 1 ? beforeInit : nothing))
  }
  const first = given && left > 0 ? 1 : 0
  if (left > first) pass(throughSeveral(apply, params, [first, left - first], read, going))
  if (left > 0) pass(throughOne(params, 0, read, going, beforeInit))
  return [...going.carry, ...xs.map((x, i) => sum(beforeXs[i], stacked(x, i, parts, params))), ...going.totals]
}
