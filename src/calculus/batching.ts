/** Functions of leaves, mapped over an axis in front. */
import type { CallMapped } from '../primitive/leaves.js'
import { stack } from '../tensor/join.js'
import { reshapeTo } from '../tensor/structural.js'
import { along, take } from '../tensor/stridedWindow.js'
import { BatchTrace, type Examples } from '../transform/batch.js'

const examples: Examples = {
  take: (x, index) => reshapeTo(take(x, along(x.shape, 0, index, 1)), x.shape.slice(1)),
  stack: (list) => stack(list)
}

/** A mapping over an axis of a given length; errors name the transformation. */
export const newBatch = (transformation: string, size: number): BatchTrace =>
  new BatchTrace(transformation, size, examples)

/** Calls a function of leaves on all examples at once. */
export const callMapped: CallMapped = (transformation, size, ...call) => newBatch(transformation, size).call(...call)
