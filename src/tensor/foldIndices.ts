/** Indices for the tables of many examples at once, one after another. */
import { coded } from '../primitive/code.js'
import { behind } from '../primitive/batch.js'
import { bindOne } from '../primitive/bind.js'
import type { Primitive } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { normalizeIndices } from '../shape/indices.js'
import { size } from '../shape/model.js'
import { type Tensor, contiguous, fromData } from './model.js'

export interface Fold {
  /** The operation that the indices are for, which names the error for one that is out of range. */
  readonly operation: string
  /** The length of the axis that they are for, in one example. */
  readonly length: number
  /** Along which axis of the indices the examples lie. */
  readonly axis: number
}

/** `out[..., b, ...] = b length + indices[..., b, ...]`, where negative indices are counted from the end first. */
export const foldIndicesPrimitive: Primitive<Fold> = coded(
  op<1, Fold>({
    name: 'foldIndices',
    kind: 'index',
    arity: 1,
    refuses: [0],
    infer: ({ shape }) => ({ shape, dtype: 'int32' }),
    evaluate: (indices, { operation, length, axis }, out) => {
      const { data, offset } = contiguous(indices)
      const result = normalizeIndices(operation, data, offset, size(out.shape), length)
      const count = out.shape[axis]!
      const inner = size(out.shape.slice(axis + 1))
      for (let i = 0; i < result.length; i++) result[i]! += (Math.floor(i / inner) % count) * length
      return fromData(out.shape, 'int32', result)
    },
    jvp: undefined,
    vjp: undefined,
    batch: (operands, _mapped, fold) => bindOne(foldIndicesPrimitive, operands, { ...fold, axis: behind(fold.axis) }),
    sample: (draw) => {
      const length = draw.integer(1, 4)
      const shape = draw.shape({ minRank: 1 })
      const axis = draw.integer(0, shape.length - 1)
      return { operands: [draw.indices(shape, length)], params: { operation: 'gather', length, axis } }
    }
  })
)

/** Indices `[b, ...]` into an axis of `length`, as indices into the axis of all examples one after another. */
export const foldIndices = (operation: string, indices: Tensor, length: number): Tensor =>
  bindOne(foldIndicesPrimitive, [indices], { operation, length, axis: 0 })
