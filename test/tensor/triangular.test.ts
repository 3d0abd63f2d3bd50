import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { grad } from 'pullback/Grad'
import { type Shape, ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { type Refusal, adjoint, flat, reader, sizes, tabulate, thrownBy, total, whole } from './naive.js'

const offsets = fc.integer({ min: -4, max: 4 })
const matrices = fc.record({ x: sizes(2, 4).chain((shape) => whole(shape)), offset: offsets })
const vectors = fc.record({ x: sizes(1, 3).chain((shape) => whole(shape)), offset: offsets })

const lastTwo = (shape: Shape): readonly [rows: number, columns: number] => [
  shape[shape.length - 2]!,
  shape[shape.length - 1]!
]

/** The rows of a diagonal: those whose element on it lies within the matrix. */
const rowsOn = (shape: Shape, offset: number): readonly number[] => {
  const [rows, columns] = lastTwo(shape)
  return Array.from({ length: rows }, (_, row) => row).filter((row) => row + offset >= 0 && row + offset < columns)
}

describe('triu and tril', () => {
  test('keep one side of a diagonal', () => {
    const property = fc.property(matrices, ({ x, offset }) => {
      const read = reader(x)
      const kept = (keep: (above: number) => boolean) =>
        tabulate(x.shape, (index) => {
          const [i, j] = lastTwo(index)
          return keep(j - i) ? read(index) : 0
        })
      expect(flat(T.triu(x, { offset }))).toEqual(kept((above) => above >= offset))
      expect(flat(pipe(x, T.tril({ offset })))).toEqual(kept((above) => above <= offset))
      expect(flat(pipe(x, T.triu))).toEqual(kept((above) => above >= 0))
      expect(flat(T.tril(x))).toEqual(kept((above) => above <= 0))
    })
    fc.assert(property)
  })

  test('leave out infinities and NaN', () => {
    expect(flat(T.triu(T.of([[1, 2], [NaN, Infinity]])))).toEqual([1, 2, 0, Infinity]) // prettier-ignore
  })

  test('are their own transposes', () => {
    const property = fc.property(matrices, ({ x, offset }) => {
      const f = (y: T.Tensor): T.Tensor => T.add(T.triu(y, { offset }), T.tril(y, { offset: offset - 2 }))
      const [forward, reverse] = adjoint(f, [x], [T.square(x)], x)
      expect(forward).toBe(reverse)
    })
    fc.assert(property)
  })
})

describe('diagonal, diagEmbed and trace', () => {
  test('read a diagonal and sum it', () => {
    const property = fc.property(matrices, ({ x, offset }) => {
      const read = reader(x)
      const rows = rowsOn(x.shape, offset)
      const stack = x.shape.slice(0, -2)
      const expected = tabulate([...stack, rows.length], (index) => {
        const row = rows[index[stack.length]!]!
        return read([...index.slice(0, -1), row, row + offset])
      })
      const result = T.diagonal(x, { offset })
      expect(result.shape).toEqual([...stack, rows.length])
      expect(flat(result)).toEqual(expected)
      const sums = tabulate(stack, (index) => total(rows.map((row) => read([...index, row, row + offset]))))
      expect(flat(pipe(x, T.trace({ offset })))).toEqual(sums)
    })
    fc.assert(property)
  })

  test('write a diagonal, which is read again', () => {
    const property = fc.property(vectors, ({ x, offset }) => {
      const read = reader(x)
      const n = x.shape[x.shape.length - 1]! + Math.abs(offset)
      const shape = [...x.shape.slice(0, -1), n, n]
      const result = T.diagEmbed(x, { offset })
      expect(result.shape).toEqual(shape)
      expect(flat(result)).toEqual(
        tabulate(shape, (index) => {
          const [i, j] = lastTwo(index)
          return j - i === offset ? read([...index.slice(0, -2), Math.min(i, j)]) : 0
        })
      )
      expect(flat(T.diagonal(result, { offset }))).toEqual(flat(x))
    })
    fc.assert(property)
  })

  test('are adjoint', () => {
    const property = fc.property(matrices, ({ x, offset }) => {
      const f = (y: T.Tensor): T.Tensor => T.diagonal(y, { offset })
      const [forward, reverse] = adjoint(f, [x], [T.square(x)], f(x))
      expect(forward).toBe(reverse)
      const g = (y: T.Tensor): T.Tensor => T.diagEmbed(y, { offset })
      const [there, back] = adjoint(g, [f(x)], [T.square(f(x))], g(f(x)))
      expect(there).toBe(back)
    })
    fc.assert(property)
  })

  test('the gradient of the trace is the identity', () => {
    expect(grad((x: T.Tensor<[2, 2]>) => T.trace(x))(T.zeros([2, 2]))).toEqual(T.eye(2))
  })
})

describe('diag', () => {
  test('makes a matrix of a vector, and a vector of a matrix', () => {
    const property = fc.property(
      sizes(1, 2).chain((shape) => whole(shape)),
      offsets,
      (x, offset) => {
        const expected = x.shape.length === 1 ? T.diagEmbed(x, { offset }) : T.diagonal(x, { offset })
        expect(T.diag(x, { offset }).shape).toEqual(expected.shape)
        expect(flat(pipe(x, T.diag({ offset })))).toEqual(flat(expected))
      }
    )
    fc.assert(property)
  })
})

describe('refusals', () => {
  const refused: readonly Refusal[] = [
    ['triu: shape is [3]; expected a matrix or a stack of matrices', ShapeError, () => T.triu(T.zeros([3]))],
    ['trace: shape is []; expected a matrix or a stack of matrices', ShapeError, () => T.trace(T.scalar(1))],
    ['diag: shape is []; expected a vector or a matrix', ShapeError, () => T.diag(T.scalar(1))],
    [
      'diag: shape is [1, 2, 2]; expected a vector or a matrix, for a stack use T.diagonal',
      ShapeError,
      () => T.diag(T.zeros([1, 2, 2]))
    ],
    ['diagEmbed: shape is []; expected a vector or a stack of vectors', ShapeError, () => T.diagEmbed(T.scalar(1))],
    ['tril: offset is 0.5; expected an integer', RangeError, () => T.tril(T.zeros([2, 2]), { offset: 0.5 })],
    // @ts-expect-error the option is offset
    ['tril: unknown option k; expected offset', TypeError, () => T.tril(T.zeros([2, 2]), { k: 1 })]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
