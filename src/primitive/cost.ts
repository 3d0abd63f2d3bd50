/** The cost of one call of a primitive, in operations and bytes, by its kind. */
import { type DType, isFloat } from '../DType.js'
import { size } from '../shape/model.js'
import type { Kind, Params, TensorType } from './model.js'
import type { Cost } from './traffic.js'

const bytesPerElement: { readonly [D in DType]: number } = { bool: 1, int32: 4, float32: 4, float64: 8 }

/** The bytes of a tensor that is laid out element by element. */
export const bytesOf = ({ shape, dtype }: TensorType): number => size(shape) * bytesPerElement[dtype]

/** The bytes of some tensors. */
export const bytesOfAll = (types: readonly TensorType[]): number => types.reduce((sum, type) => sum + bytesOf(type), 0)

const elements = (types: readonly TensorType[]): number => types.reduce((sum, { shape }) => sum + size(shape), 0)

/** A call that reads its operands and writes its results, once each. */
export const traffic = (flops: number, operands: readonly TensorType[], results: readonly TensorType[]): Cost => ({
  flops,
  read: bytesOfAll(operands),
  written: bytesOfAll(results)
})

/** The method of a primitive whose operations are counted by a formula of its own. */
export const counted =
  (flops: (operands: readonly TensorType[], results: readonly TensorType[]) => number) =>
  (operands: readonly TensorType[], _params: Params, results: readonly TensorType[]): Cost =>
    traffic(flops(operands, results), operands, results)

/** A formula for each matrix of a stack [..., m, n], the first operand; `k` is the number of columns of the last one. */
export const perMatrix =
  (flops: (m: number, n: number, k: number) => number): ((operands: readonly TensorType[]) => number) =>
  (operands) => {
    const { shape } = operands[0]!
    const [m = 1, n = 1] = shape.slice(-2)
    const k = operands.at(-1)!.shape.at(-1) ?? 1
    return size(shape.slice(0, -2)) * Math.round(flops(m, n, k))
  }

/**
 * The cost by kind. An elementwise operation counts one per element of the result, a reduction, and an operation along
 * an axis, one per element of the first operand, a draw one per element of a float result. Views are free, and moves and
 * indexing do no arithmetic; they read no more than they write, and the indices. An opaque operation, or a loop of
 * unknown length, counts one per element of the results, as a lower bound.
 */
export const costOfKind = (kind: Kind, operands: readonly TensorType[], results: readonly TensorType[]): Cost => {
  const made = elements(results)
  switch (kind) {
    case 'elementwise':
      return traffic(made, operands, results)
    case 'reduce':
    case 'lane':
      return traffic(elements(operands.slice(0, 1)), operands, results)
    case 'view':
      return { flops: 0, read: 0, written: 0 }
    case 'move':
    case 'index': {
      const { read, written } = traffic(0, operands, results)
      const indices = bytesOfAll(operands.filter(({ dtype }) => dtype === 'int32' || dtype === 'bool'))
      return { flops: 0, read: Math.min(read, written + indices), written }
    }
    case 'random':
      return traffic(elements(results.filter(({ dtype }) => isFloat(dtype))), operands, results)
    case 'contract':
    case 'control':
    case 'opaque':
      return { ...traffic(made, operands, results), atLeast: true }
  }
}
