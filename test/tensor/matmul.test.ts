import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { grad, jvp, vjp } from 'pullback/Grad'
import { ShapeError } from 'pullback/Shape'
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { permuteTo, sumOver } from '../../src/tensor/structural.js'
import {
  type Refusal,
  adjoint,
  clip,
  flat,
  indicesOf,
  reader,
  sizes,
  tabulate,
  total,
  whole,
  thrownBy
} from './naive.js'

const size = fc.integer({ min: 0, max: 4 })
const sumAll = (x: T.Tensor): T.Tensor<[]> => {
  const s = sumOver(
    x,
    x.shape.map((_, axis) => axis)
  )
  return T.ensure([])(s)
}

/** Leading axes of two operands that broadcast to a common shape. */
const batches: fc.Arbitrary<readonly [Shape, Shape]> = sizes(0, 2).chain((batch) => {
  const part = fc
    .tuple(fc.integer({ min: 0, max: batch.length }), fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }))
    .map(([from, ones]) => batch.map((n, axis) => (ones[axis] === true ? 1 : n)).slice(from))
  return fc.tuple(part, part)
})

/** Two stacks of matrices that multiply. */
const stacks = (dtype?: 'float32' | 'int32'): fc.Arbitrary<readonly [T.Tensor, T.Tensor]> =>
  fc
    .tuple(batches, size, size, size)
    .chain(([[a, b], m, k, n]) => fc.tuple(whole([...a, m, k], dtype), whole([...b, k, n], dtype)))

/** Two stacks, a direction for each, and one for their product. */
const moving = stacks().chain(([a, b]) =>
  fc.tuple(fc.constant(a), fc.constant(b), whole(a.shape), whole(b.shape), whole(T.matmul(a, b).shape))
)

const matrixAndVector = fc
  .tuple(sizes(0, 2), size, size)
  .chain(([batch, k, n]) => fc.tuple(whole([...batch, k, n]), whole([k])))

const vectors = fc.tuple(size, size).chain(([m, n]) => fc.tuple(whole([m]), whole([n]), whole([m])))

const broadcast = (a: Shape, b: Shape): Shape => {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const m = a[axis - rank + a.length] ?? 1
    return m === 1 ? (b[axis - rank + b.length] ?? 1) : m
  })
}

const naive = (a: T.Tensor, b: T.Tensor): { readonly shape: Shape; readonly values: readonly number[] } => {
  const [x, y] = [reader(a), reader(b)]
  const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)]
  const k = a.shape[a.shape.length - 1]!
  const shape = [...broadcast(batchA, batchB), a.shape[a.shape.length - 2]!, b.shape[b.shape.length - 1]!]
  const values = tabulate(shape, (index) => {
    const batch = index.slice(0, -2)
    const [i, j] = index.slice(-2)
    const terms = Array.from(
      { length: k },
      (_, p) => x([...clip(batch, batchA), i!, p]) * y([...clip(batch, batchB), p, j!])
    )
    return total(terms)
  })
  return { shape, values }
}

describe('matmul', () => {
  test('is the sum of products, for all stacks that broadcast, in any memory order and type', () => {
    for (const dtype of [undefined, 'float32', 'int32'] as const) {
      fc.assert(
        fc.property(stacks(dtype), ([a, b]) => {
          const expected = naive(a, b)
          const product = T.matmul(a, b)
          expect(product.dtype).toBe(dtype ?? 'float64')
          expect(product.shape).toEqual(expected.shape)
          expect(flat(product)).toEqual(expected.values)
        })
      )
    }
  })

  test('a vector is a row on the left and a column on the right', () => {
    fc.assert(
      fc.property(matrixAndVector, ([matrix, vector]) => {
        const [k, n] = matrix.shape.slice(-2)
        const batch = matrix.shape.slice(0, -2)
        const row = naive(T.fromTypedArray(T.toArray(vector), [1, k!]), matrix)
        const left = T.matmul(vector, matrix)
        expect(left.shape).toEqual([...batch, n])
        expect(flat(left)).toEqual(row.values)
        const axes = batch.map((_, axis) => axis)
        const turned = permuteTo(matrix, [...axes, batch.length + 1, batch.length])
        const right = T.matmul(turned, vector)
        expect(right.shape).toEqual([...batch, n])
        expect(flat(right)).toEqual(row.values)
      })
    )
    expect(T.toNested(T.matmul(T.of([1, 2]), T.of([3, 4])))).toBe(11)
  })

  test('both modes of differentiation are adjoint, exactly, at whole numbers', () => {
    fc.assert(
      fc.property(moving, ([a, b, va, vb, u]) => {
        const [forward, reverse] = adjoint((x, y) => T.matmul(x, y), [a, b], [va, vb], u)
        expect(forward).toBe(reverse)
      })
    )
  })

  test('cotangents have the shapes and types of the operands', () => {
    fc.assert(
      fc.property(stacks('float32'), ([a, b]) => {
        const [value, pullback] = vjp((x: T.Tensor, y: T.Tensor) => T.matmul(x, y))(a, b)
        const [ctA, ctB] = pullback(T.onesLike(value))
        expect([ctA.shape, ctA.dtype, ctB.shape, ctB.dtype]).toEqual([a.shape, 'float32', b.shape, 'float32'])
      })
    )
  })

  test('one matrix beside a stack, on either side: its gradient sums over the stack', () => {
    const a = T.of([[1, 2, 0]], 'float64')
    const stack = T.of(
      [
        [
          [1, 0],
          [2, 1],
          [0, 3]
        ],
        [
          [5, 1],
          [0, 1],
          [1, 1]
        ]
      ],
      'float64'
    )
    const ofA = grad((x: T.Tensor) => sumAll(T.matmul(x, stack)))(a)
    expect(T.toNested(ofA)).toEqual([[7, 4, 5]])
    const ofB = grad((x: T.Tensor) => sumAll(T.matmul(permuteTo(stack, [0, 2, 1]), x)))(permuteTo(a, [1, 0]))
    expect(T.toNested(ofB)).toEqual([[7], [4], [5]])
  })

  test('the Hessian of x^T A x is A + A^T, by every nesting of modes', () => {
    const a = T.of(
      [
        [1, 2, -1],
        [0, 3, 5],
        [4, 1, 2]
      ],
      'float64'
    )
    const at = T.of([1, -2, 3], 'float64')
    const f = (x: T.Tensor<[3]>): T.Tensor<[]> => T.dot(x, T.matmul(a, x))
    const rows = [0, 1, 2].map((i) => T.of([Number(i === 0), Number(i === 1), Number(i === 2)], 'float64'))
    const hessian = [
      [2, 2, 3],
      [2, 6, 6],
      [3, 6, 4]
    ]
    const product = (direction: T.Tensor<[3]>) => (x: T.Tensor<[3]>) => T.dot(grad(f)(x), direction)
    expect(rows.map((row) => T.toNested(grad(product(row))(at)))).toEqual(hessian)
    expect(rows.map((row) => T.toNested(jvp(grad(f))([at], [row])[1]))).toEqual(hessian)
    const slope = (direction: T.Tensor<[3]>) => (x: T.Tensor<[3]>) => jvp(f)([x], [direction])[1]
    expect(rows.map((row) => T.toNested(grad(slope(row))(at)))).toEqual(hessian)
  })

  test('the third derivative of a stack times itself, twice', () => {
    const x = T.scalar(2, 'float64')
    const stack = T.of([[[1, 2]], [[0, 3]]], 'float64')
    const f = (s: T.Tensor<[]>): T.Tensor<[]> => {
      const m = T.mul(stack, s)
      const gram = T.matmul(m, permuteTo(m, [0, 2, 1]))
      return sumAll(T.matmul(gram, gram))
    }
    // (1 + 4)^2 + 9^2 = 106 times s^4; its third derivative is 24 s times that
    expect(T.toNested(grad(grad(grad(f)))(x))).toBe(24 * 2 * 106)
  })

  test('types: the wider one; integers and booleans give int32', () => {
    const bool = T.of([[true, true]])
    const int = T.of([[1], [2]], 'int32')
    expect(T.matmul(bool, permuteTo(bool, [1, 0])).dtype).toBe('int32')
    expect(T.toNested(T.matmul(bool, permuteTo(bool, [1, 0])))).toEqual([[2]])
    expect(T.matmul(bool, int).dtype).toBe('int32')
    expect(T.matmul(bool, T.of([[1], [2]])).dtype).toBe('float32')
    expect(T.matmul(T.of([[1, 2]]), T.of([[1], [2]], 'float64')).dtype).toBe('float64')
    const big = T.of([[65536, 1]], 'int32')
    expect(T.toNested(T.matmul(big, permuteTo(big, [1, 0])))).toEqual([[1]])
  })

  test('no term at all is 0; NaN and infinity pass through', () => {
    expect(T.toNested(T.matmul(T.zeros([2, 0]), T.zeros([0, 1])))).toEqual([[0], [0]])
    expect(T.matmul(T.zeros([3, 0, 4]), T.zeros([4, 5])).shape).toEqual([3, 0, 5])
    expect(T.toNested(T.matmul(T.of([[NaN, 0]]), T.of([[0], [1]])))).toEqual([[NaN]])
    expect(T.toNested(T.matmul(T.of([[Infinity, 1]]), T.of([[1], [1]])))).toEqual([[Infinity]])
  })

  test('is dual', () => {
    const a = T.of([
      [1, 2],
      [3, 4]
    ])
    const b = T.of([
      [0, 1],
      [1, 1]
    ])
    expect(T.toNested(pipe(a, T.matmul(b)))).toEqual(T.toNested(T.matmul(a, b)))
    expect(T.toNested(pipe(a, T.dot(b)))).toEqual([
      [2, 3],
      [4, 7]
    ])
    expect(T.toNested(pipe(T.of([1, 2]), T.outer(T.of([1, 10]))))).toEqual([
      [1, 10],
      [2, 20]
    ])
  })
})

describe('dot and outer', () => {
  test('are sums of products', () => {
    fc.assert(
      fc.property(vectors, ([a, b, c]) => {
        const [x, y, z] = [reader(a), reader(b), reader(c)]
        expect(flat(T.outer(a, b))).toEqual(tabulate([...a.shape, ...b.shape], ([i, j]) => x([i!]) * y([j!])))
        expect(flat(T.dot(a, c))).toEqual([total(indicesOf(a.shape).map((i) => x(i) * z(i))) + 0])
      })
    )
  })

  test('differentiate', () => {
    const [x, y] = [T.of([1, 2], 'float64'), T.of([3, 5, 7], 'float64')]
    expect(T.toNested(grad((a: T.Tensor<[2]>) => sumAll(T.outer(a, y)))(x))).toEqual([15, 15])
    expect(T.toNested(grad((a: T.Tensor<[2]>) => T.dot(a, a))(x))).toEqual([2, 4])
  })
})

describe('errors', () => {
  const refused: readonly Refusal[] = [
    [
      'matmul: [2, 3] and [4, 5] do not multiply; expected equal inner sizes, not 3 and 4',
      ShapeError,
      () => T.matmul(T.zeros([2, 3] as Shape), T.zeros([4, 5]))
    ],
    [
      'matmul: [2, 3] and [4] do not multiply; expected equal inner sizes, not 3 and 4',
      ShapeError,
      () => T.matmul(T.zeros([2, 3] as Shape), T.zeros([4]))
    ],
    [
      'matmul: [2, 1, 3] and [3, 3, 1] do not multiply; expected leading axes that broadcast, not [2] and [3]',
      ShapeError,
      () => T.matmul(T.zeros([2, 1, 3] as Shape), T.zeros([3, 3, 1]))
    ],
    [
      'matmul: an operand is a scalar; expected at least one axis',
      ShapeError,
      () => T.matmul(T.zeros([] as Shape), T.zeros([4]))
    ],
    [
      'dot: [2] and [3] do not multiply; expected equal inner sizes, not 2 and 3',
      ShapeError,
      () => T.dot(T.zeros([2] as Shape), T.zeros([3]))
    ],
    [
      'dot: the shapes are [1, 2, 3] and [3]; expected vectors or matrices, for stacks use T.matmul or T.einsum',
      ShapeError,
      () => T.dot(T.zeros([1, 2, 3] as Shape), T.zeros([3]))
    ],
    [
      'outer: the shapes are [2, 3] and [3]; expected vectors, flatten the operands with T.reshape',
      ShapeError,
      () => T.outer(T.zeros([2, 3] as Shape), T.zeros([3]))
    ]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
