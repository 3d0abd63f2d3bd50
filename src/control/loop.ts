/** Scans of leaves: an ordinary loop on values, the primitive where they are staged. */
import type { Tensor } from '../tensor/model.js'
import { bottom } from '../primitive/traced.js'
import { bindScan } from './scanPrimitive.js'
import { joined, noRows, rows, wide } from './rows.js'
import { type StepFunction, cut, elementType, emittedTypes, stageStep } from './step.js'

type Leaves = readonly Tensor[]

/** The parameters of a scan. */
export interface Course {
  /** The operation as the user called it. */
  readonly name: string
  readonly length: number
  readonly reverse: boolean
}

type Scan = readonly [carry: Leaves, emitted: Leaves]

/** Whether a value is known by shape and type only. */
export const isStaged = (x: Tensor): boolean => bottom(x) === undefined

/** The scan as one operation. */
const scanStaged = (f: StepFunction, init: Leaves, xs: Leaves, { name, length, reverse }: Course): Scan => {
  const { step, init: start, constants, whole } = stageStep(name, init, xs.map(elementType), f)
  const results = bindScan([...start, ...xs, ...constants], { step, length, reverse })
  const [carry, emitted] = cut(results, start.length)
  return [whole(carry), emitted]
}

/** A scan without steps: the first carry, and outputs without rows. */
const scanNothing = (f: StepFunction, init: Leaves, xs: Leaves, { name }: Course): Scan => {
  const { step } = stageStep(name, init, xs.map(elementType), f)
  return [init, emittedTypes(step).map(noRows)]
}

/**
 * Runs a step once for every row of the elements. Emitted rows get their leading axis right after the step that emits
 * them, the last output first, so that cotangents are summed in the same order as in a staged scan.
 */
export const scanLeaves = (f: StepFunction, init: Leaves, xs: Leaves, course: Course): Scan => {
  const { length, reverse } = course
  if (length === 0) return scanNothing(f, init, xs, course)
  if (init.some(isStaged) || xs.some(isStaged)) return scanStaged(f, init, xs, course)
  const rowsOf = xs.map(rows)
  const columns: Tensor[][] = []
  let carry = init
  for (let count = 0; count < length; count++) {
    const index = reverse ? length - 1 - count : count
    const [next, emitted] = f(
      carry,
      rowsOf.map((row) => row(index))
    )
    carry = next
    if (count === 0) {
      // The step closes over a staged value, so the whole scan becomes one operation.
      if (next.some(isStaged) || emitted.some(isStaged)) return scanStaged(f, init, xs, course)
      for (let i = 0; i < emitted.length; i++) columns.push(new Array<Tensor>(length))
    }
    for (let i = emitted.length - 1; i >= 0; i--) columns[i]![index] = wide(emitted[i]!)
  }
  return [carry, columns.map(joined)]
}
