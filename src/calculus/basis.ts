/** Bases of the space of a list of tensors, and matrices over it taken apart into blocks. */
import { allocate } from '../DType.js'
import { type Shape, size } from '../shape/model.js'
import { type Tensor, fromData } from '../tensor/model.js'
import { callMapped } from './batching.js'
import { permuteTo, reshapeTo } from '../tensor/structural.js'
import { along, take } from '../tensor/stridedWindow.js'
import type { Leaves } from '../primitive/leaves.js'
import type { TensorType } from '../primitive/model.js'

/** The number of elements of all tensors together. */
export const dimension = (types: readonly TensorType[]): number =>
  types.reduce((total, { shape }) => total + size(shape), 0)

/** Where the elements of each tensor begin among all. */
const offsets = (types: readonly TensorType[]): readonly number[] => types.map((_, i) => dimension(types.slice(0, i)))

/** The standard basis: along a new axis in front, each vector is 1 at one element of one tensor, and 0 elsewhere. */
const standardBasis = (types: readonly TensorType[]): readonly Tensor[] => {
  const n = dimension(types)
  const begin = offsets(types)
  return types.map(({ shape, dtype }, leaf) => {
    const m = size(shape)
    const data = allocate(dtype, n * m)
    for (let i = 0; i < m; i++) data[(begin[leaf]! + i) * m + i] = 1
    return fromData([n, ...shape], dtype, data)
  })
}

/** A function of leaves at every vector of the standard basis at once: along the axis in front of its results. */
export const overBasis = (operation: string, types: readonly TensorType[], f: Leaves): readonly Tensor[] => {
  const basis = standardBasis(types)
  return callMapped(
    operation,
    dimension(types),
    basis,
    basis.map(() => true),
    f
  )
}

/** The rows of a tensor that belong to each of the types, along the axis in front. */
export const rowsOf = (x: Tensor, types: readonly TensorType[]): readonly Tensor[] => {
  const begin = offsets(types)
  return types.map(({ shape }, leaf) => take(x, along(x.shape, 0, begin[leaf]!, size(shape))))
}

/** Rows of a list of types, as blocks of shape [type, row]. */
export const blocksByRow = (x: Tensor, types: readonly TensorType[]): readonly Tensor[] => {
  const row: Shape = x.shape.slice(1)
  return rowsOf(x, types).map((rows, leaf) => reshapeTo(rows, [...types[leaf]!.shape, ...row]))
}

/** `blocksByRow`, transposed: blocks of shape [row, type]. */
export const blocksByColumn = (x: Tensor, types: readonly TensorType[]): readonly Tensor[] => {
  const column: Shape = x.shape.slice(1)
  const last = [...column.map((_, axis) => axis + 1), 0]
  return rowsOf(x, types).map((rows, leaf) => reshapeTo(permuteTo(rows, last), [...column, ...types[leaf]!.shape]))
}
