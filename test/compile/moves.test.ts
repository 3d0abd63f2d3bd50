// Joining, padding and diagonals, compiled.
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { dtypes, faults, layouts } from './same.js'
import { some } from './tensors.js'

const shapes: readonly (readonly number[])[] = [[1], [9], [130], [2, 3], [7, 33], [2, 3, 5], [1, 300, 2]]

const matrices: readonly (readonly number[])[] = [
  [2, 2],
  [3, 3],
  [4, 8],
  [9, 7],
  [2, 5, 3],
  [1, 33, 34]
]

const moves = (x: T.Tensor): readonly T.Tensor[] => [
  T.concat([x, some(x.shape, x.dtype, 2), x], { axis: 0 }),
  T.concat([x, some(x.shape, x.dtype, 2), x], { axis: -1 }),
  T.stack([x, x], { axis: -1 }),
  T.pad(x, 2),
  T.pad(x, x.shape.map((_, i) => [i % 2, 3]) as never, { value: 1 })
]

const ofMatrices = (x: T.Tensor): readonly T.Tensor[] => [
  T.triu(x),
  T.tril(x, { offset: 1 }),
  T.tril(x, { offset: -1 }),
  T.diagonal(x),
  T.diagonal(x, { offset: -1 }),
  T.diagEmbed(x),
  T.diagEmbed(x, { offset: -2 })
]

describe.each(dtypes)('%s', (dtype) => {
  test.each(layouts)('joining and padding, %s', (_, layout) => {
    for (const shape of shapes) expect(faults((x) => moves(layout(x)), [some(shape, dtype)])).toEqual([])
  })
  test.each(layouts)('diagonals, %s', (_, layout) => {
    for (const shape of matrices) expect(faults((x) => ofMatrices(layout(x)), [some(shape, dtype)])).toEqual([])
  })
})
