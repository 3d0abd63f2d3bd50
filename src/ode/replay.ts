/** The steps that have been chosen, made again as constants: this is what is differentiated. */
import { checkpointPrimitive } from '../calculus/checkpoint.js'
import { closedProgram } from '../calculus/program.js'
import { bindScan } from '../control/scanPrimitive.js'
import { type Step, cut } from '../control/step.js'
import { bind } from '../primitive/bind.js'
import type { Program, TensorType } from '../primitive/model.js'
import { stack } from '../tensor/join.js'
import { mul } from '../tensor/arithmetic.js'
import { type Tensor, fill } from '../tensor/model.js'
import { where } from '../tensor/select.js'
import { type Interval, timeAt } from './control.js'
import { type Field, type State, ahead, slopesOf } from './step.js'
import { dormandPrince } from './tableau.js'

/** A step that was accepted, as shares of its interval: where it begins, and how long it is. */
export interface Accepted {
  readonly share: Tensor
  readonly taken: Tensor
  /** Which examples accepted it, where not all of them did. */
  readonly by: Tensor | undefined
}

/** The state and its slope, leaf by leaf. */
interface Stand {
  readonly y: State
  readonly slope: State
}

type Leaves = readonly Tensor[]

/** Makes accepted steps of an interval. */
export type Retrace = (from: Stand, interval: Interval, mesh: readonly Accepted[]) => Stand

/** One step, with the same operations in the same order as when it was tried. */
const again = (field: Field, { y, slope }: Stand, interval: Interval, { share, taken, by }: Accepted): Stand => {
  const used = mul(interval.span, taken)
  const slopes = slopesOf(dormandPrince, field, y, timeAt(interval, share), used, dormandPrince.c.length, slope)
  const next = { y: ahead(y, slopes, dormandPrince.b, used), slope: slopes.at(-1)! }
  if (by === undefined) return next
  const choose = (yes: State, no: State): State => yes.map((leaf, i) => where(by, leaf, no[i]!))
  return { y: choose(next.y, y), slope: choose(next.slope, slope) }
}

/** Every step is kept on the tape. */
export const plainRetrace =
  (field: Field): Retrace =>
  (from, interval, mesh) =>
    mesh.reduce((stand, step) => again(field, stand, interval, step), from)

// -----------------------------------------------------------------------------
// in segments
// -----------------------------------------------------------------------------

/** A step as a program: its carry are state and slope, its elements the accepted step, its constants the rest. */
const stepProgram = (
  field: (captured: Leaves) => Field,
  y: readonly TensorType[],
  time: TensorType,
  captured: readonly TensorType[],
  masked: boolean
): Step => {
  const mask: TensorType = { shape: [], dtype: 'bool' }
  const elements = masked ? [time, time, mask] : [time, time]
  const program = closedProgram('odeint', [...y, ...y, ...elements, time, time, ...captured], (leaves) => {
    const [state, slope, [share, taken, by], [start, span], rest] = cut(leaves, y.length, y.length, elements.length, 2)
    const step = { share: share!, taken: taken!, by }
    const next = again(field(rest), { y: state, slope }, { start: start!, span: span! }, step)
    return [...next.y, ...next.slope]
  })
  return { program, carries: 2 * y.length, elements: elements.length }
}

const segmentProgram = (step: Step, length: number): Program => {
  const types = step.program.inputs.map(({ shape, dtype }, i): TensorType => {
    const isElement = i >= step.carries && i < step.carries + step.elements
    return { shape: isElement ? [length, ...shape] : shape, dtype }
  })
  return closedProgram('odeint', types, (leaves) => bindScan(leaves, { step, length, reverse: false }))
}

/** The mask of a step that all examples accepted. */
const everyone: Tensor = /* @__PURE__ */ fill([], 'bool', 1)

/** Remembers the result for each key. */
const remembered = <K, A>(make: (key: K) => A): ((key: K) => A) => {
  const known = new Map<K, A>()
  return (key) => {
    const value = known.get(key) ?? make(key)
    known.set(key, value)
    return value
  }
}

/**
 * `every` steps are computed again at a time in the backward pass. The step is staged once: all intervals share it,
 * the segments of each length, and their derivatives.
 */
export const segmentedRetrace = (
  field: (captured: Leaves) => Field,
  y: State,
  time: TensorType,
  captured: Leaves,
  every: number
): Retrace => {
  const step = remembered((masked: boolean) => stepProgram(field, y, time, captured, masked))
  const segments = remembered((masked: boolean) => remembered((length: number) => segmentProgram(step(masked), length)))
  return (from, { start, span }, mesh) => {
    let carry: Leaves = [...from.y, ...from.slope]
    for (let first = 0; first < mesh.length; first += every) {
      const part = mesh.slice(first, first + every)
      const masked = part.some(({ by }) => by !== undefined)
      const masks = masked ? [part.map(({ by = everyone }) => by)] : []
      const columns = [part.map(({ share }) => share), part.map(({ taken }) => taken), ...masks]
      const operands = [...carry, ...columns.map((column) => stack(column)), start, span, ...captured]
      carry = bind(checkpointPrimitive, operands, { program: segments(masked)(part.length) })
    }
    const [state, slope] = cut(carry, y.length)
    return { y: state, slope }
  }
}
