/** Functions of leaves, mapped over an axis in front. */
import { stack } from '../tensor/join.js'
import type { Tensor } from '../tensor/model.js'
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

/** Calls a function of leaves on all examples at once; every result carries the axis in front. */
export const callMapped = (
  transformation: string,
  size: number,
  leaves: readonly Tensor[],
  mapped: readonly boolean[],
  f: (leaves: readonly Tensor[]) => readonly Tensor[]
): readonly Tensor[] => {
  const batch = newBatch(transformation, size)
  try {
    const results = f(leaves.map((leaf, i) => (mapped[i] === true ? batch.input(leaf) : leaf)))
    return results.map((leaf) => batch.spread(leaf))
  } finally {
    batch.close()
  }
}
