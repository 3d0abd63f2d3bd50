/** Helpers for the rules of `vmap`. */
import { broadcastToShape } from '../tensor/structural.js'
import type { Tensor } from '../tensor/model.js'

/**
 * Gives every operand the mapped axis in front: those that are not mapped are repeated along it, as a view of stride 0.
 *
 * @example
 * import { align } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * align([T.of([1, 2]), T.scalar(3)], [true, false], 2) // => [T.of([1, 2]), T.of([3, 3])]
 */
export const align = (operands: readonly Tensor[], mapped: readonly boolean[], size: number): readonly Tensor[] =>
  operands.map((operand, i) => (mapped[i] === true ? operand : broadcastToShape(operand, [size, ...operand.shape])))

/** An axis of one example, counted where the mapped axis stands in front of it. */
export const behind = (axis: number): number => axis + 1
