import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { grad, jvp } from 'pullback/Grad'
import { LeakedTracerError } from 'pullback/Primitive'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'

describe('values', () => {
  test('item', () => {
    expect(T.item(T.scalar(3))).toBe(3)
    expect(T.item(T.of([[[0.5]]]))).toBe(0.5)
    expect(T.item(T.scalar(true))).toBe(1)
    expect(T.item(T.scalar(-0))).toBe(-0)
    expect(() => T.item(T.of([1, 2]))).toThrow(ShapeError)
    expect(() => T.item(T.of([1, 2]))).toThrow('item: shape is [2]; expected one element')
    expect(() => T.item(T.zeros([0]))).toThrow('item: shape is [0]; expected one element')
  })

  test('toArray and toNested of views: row-major, whatever lies beneath', () => {
    const x = T.transpose(
      T.of([
        [1, 2, 3],
        [4, 5, 6]
      ])
    )
    expect(T.toArray(x)).toEqual(new Float32Array([1, 4, 2, 5, 3, 6]))
    expect(T.toNested(x)).toEqual([
      [1, 4],
      [2, 5],
      [3, 6]
    ])
    const spread = T.broadcastTo(T.of([1, 2]), [2, 2])
    expect(T.toArray(spread)).toEqual(new Float32Array([1, 2, 1, 2]))
    expect(T.toArray(T.zeros([3], 'int32'))).toEqual(new Int32Array(3))
  })

  test('empty tensors', () => {
    expect(T.toNested(T.zeros([0]))).toEqual([])
    expect(T.toNested(T.zeros([2, 0]))).toEqual([[], []])
    expect(T.toNested(T.zeros([0, 2]))).toEqual([])
    expect(T.toArray(T.zeros([0, 2])).length).toBe(0)
  })

  test('toNested gives fresh arrays', () => {
    const x = T.of([[1, 2]])
    const nested: unknown = T.toNested(x)
    if (Array.isArray(nested)) nested[0] = 'overwritten'
    expect(T.toNested(x)).toEqual([[1, 2]])
  })
})

test('size, rank and shape are known inside transformations; values are not', () => {
  const seen: unknown[] = []
  const look = (x: T.Tensor<[2, 3]>): T.Tensor<[]> => {
    seen.push(T.size(x), T.rank(x), T.shape(x))
    return T.sum(x)
  }
  grad(look)(T.zeros([2, 3]))
  expect(seen).toEqual([6, 2, [2, 3]])
  const readers: readonly (readonly [string, (x: T.Tensor<[]>) => unknown])[] = [
    ['item', T.item],
    ['toArray', T.toArray],
    ['toNested', T.toNested],
    ['Eq', (x) => T.Eq.equals(x, T.scalar(1))],
    ['isClose', (x) => T.isClose(x, 1)]
  ]
  for (const [name, read] of readers) {
    const f = (x: T.Tensor<[]>): T.Tensor<[]> => {
      read(x)
      return x
    }
    expect(() => grad(f)(T.scalar(1))).toThrow(LeakedTracerError)
    expect(() => grad(f)(T.scalar(1))).toThrow(
      `${name}: a value inside grad was read as numbers; read T.stopGradient(x) instead, or return it as aux with gradWithAux`
    )
    expect(() => jvp(f)([T.scalar(1)], [T.scalar(1)])).toThrow(`${name}: a value inside jvp`)
  }
})

describe('ensure', () => {
  test('the same tensor, whose shape has been looked at', () => {
    const rows: readonly (readonly number[])[] = [[1, 2, 3]]
    const x = T.of(rows)
    const y: T.Tensor<[1, 3]> = T.ensure(x, [1, 3])
    expect(y).toBe(x)
    expect(pipe(x, T.ensure([1, 3]))).toBe(x)
    expect(T.ensure(T.sum(x), []).shape).toEqual([])
  })

  test('another shape is refused, with both', () => {
    expect(() => T.ensure(T.zeros([2, 3]), [32, 8])).toThrow('ensure: shape is [2, 3]; expected [32, 8]')
    expect(() => pipe(T.zeros([2]), T.ensure([2, 1]))).toThrow('ensure: shape is [2]; expected [2, 1]')
  })

  test('it stands inside transformations', () => {
    const f = (x: T.Tensor): T.Tensor<[]> => T.sum(T.ensure(x, [2]))
    expect(T.toNested(grad(f)(T.of([1, 2])))).toEqual([1, 1])
  })
})
