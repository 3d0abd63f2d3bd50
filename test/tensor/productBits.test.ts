// The laws of products, bit for bit: an element depends on its row and its column alone.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { grad } from 'pullback/Grad'
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { strongProduct } from '../../src/tensor/matmul.js'
import { contiguous, defined, differences, placed } from '../kernel/library/reference.js'

type Float = 'float32' | 'float64'

const make =
  (dtype: Float) =>
  (n: number): Float32Array | Float64Array =>
    dtype === 'float32' ? new Float32Array(n) : new Float64Array(n)
const round = { float32: Math.fround, float64: (x: number) => x }

/** Numbers among which there are infinities, NaN, zeros of both signs and subnormals. */
const drawn = (dtype: Float, seed: number, shape: Shape): T.Tensor => {
  const length = shape.reduce((product, n) => product * n, 1)
  return T.fromTypedArray(placed(make(dtype), seed, true, length, 1, contiguous).data, shape)
}

const values = (x: T.Tensor): ReturnType<typeof T.toArray> => T.toArray(x)

const expectBits = (found: T.Tensor, wanted: T.Tensor): void => {
  expect([found.shape, found.dtype]).toEqual([wanted.shape, wanted.dtype])
  expect(differences(values(found), values(wanted))).toEqual([])
}

const side = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70 }))
const terms = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  fc.constantFrom(256, 257, 512),
  fc.integer({ min: 1, max: 1000 })
)
const problem = fc.record({
  m: side,
  n: side,
  k: terms,
  seed: fc.integer(),
  dtype: fc.constantFrom<Float>('float32', 'float64')
})

/** A property of two matrices that multiply. */
const ofMatrices = (check: (a: T.Tensor, b: T.Tensor, seed: number) => void, numRuns = 60): void => {
  fc.assert(
    fc.property(problem, ({ m, n, k, seed, dtype }) => {
      check(drawn(dtype, seed, [m, k]), drawn(dtype, seed + 1, [k, n]), seed)
    }),
    { numRuns }
  )
}

const rowsOf = (x: T.Tensor): readonly T.Tensor[] => Array.from({ length: x.shape[0]! }, (_, i) => T.at(x, i))

describe('an element is defined by its row and its column', () => {
  const expectDefined = (product: T.Tensor, a: T.Tensor, b: T.Tensor, strong: boolean): void => {
    const [k, n] = [b.shape[0]!, b.shape[1]!]
    const [x, y] = [values(a), values(b)]
    const drops = (p: number, i: number, j: number): boolean => strong && (x[i * k + p] === 0 || y[p * n + j] === 0)
    const wanted = Array.from(values(product), (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n]
      const left = (_row: number, p: number): number => (drops(p, i, j) ? 0 : x[i * k + p]!)
      const right = (_row: number, p: number): number => (drops(p, i, j) ? 0 : y[p * n + j]!)
      return defined(round[product.dtype === 'float32' ? 'float32' : 'float64'], 1, k, left, right)
    })
    expect(differences(values(product), wanted)).toEqual([])
  }

  test('matmul', () => ofMatrices((a, b) => expectDefined(T.matmul(a, b), a, b, false), 30))

  test('in derivatives, where a zero factor makes its term zero', () =>
    ofMatrices((a, b) => expectDefined(strongProduct(a, b), a, b, true), 30))

  test('in derivatives, of more terms than the library takes at a time', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      const [a, b] = [drawn(dtype, 1, [5, 2100]), drawn(dtype, 2, [2100, 6])]
      expectDefined(strongProduct(a, b), a, b, true)
    }
  })

  test('dot and outer', () =>
    ofMatrices((a, b) => {
      const [x, y] = [T.at(a, 0), T.at(b, 0, { axis: 1 })]
      expectDefined(T.reshape(T.dot(x, y), [1, 1]), T.expandDims(x, 0), T.expandDims(y, 1), false)
      expectDefined(T.outer(x, y), T.expandDims(x, 1), T.expandDims(y, 0), false)
    }))

  test('einsum', () =>
    ofMatrices((a, b) => {
      expectBits(T.einsum('ik,kj->ij', a, b), T.matmul(a, b))
      expectBits(T.einsum('ik,kj->ji', a, b), T.transpose(T.matmul(a, b)))
      const [x, y] = [T.at(a, 0), T.at(b, 0, { axis: 1 })]
      expectBits(T.einsum('i,j->ij', x, y), T.outer(x, y))
      const rows = T.slice(a, [[0, 3]])
      const others = T.slice(T.transpose(b), [[0, rows.shape[0]!]])
      const some = T.slice(rows, [[0, others.shape[0]!]])
      expectBits(T.einsum('bi,bi->b', some, others), T.stack(rowsOf(some).map((row, i) => T.dot(row, T.at(others, i)))))
    }))

  test('einsum of several labels, whatever the sizes', () => {
    const sizes = fc.record({ n: fc.integer({ min: 1, max: 40 }), i: side, j: side, seed: fc.integer() })
    fc.assert(
      fc.property(sizes, ({ n, i, j, seed }) => {
        const [a, b] = [
          drawn('float32', seed, [n, 1 + (i % 8), 1 + (j % 8)]),
          drawn('float32', seed + 1, [1 + (j % 8), 1 + (i % 8), 5])
        ]
        const all = T.einsum('nij,jik->nk', a, b)
        expectBits(T.einsum('nij,jik->nk', T.slice(a, [[0, 1]]), b), T.slice(all, [[0, 1]]))
        expectBits(vmap((x: T.Tensor) => T.einsum('ij,jik->k', x, b))(a), all)
      })
    )
  })
})

test('a row does not depend on how many rows there are, nor a column on the columns', () =>
  ofMatrices((a, b) => {
    const all = T.matmul(a, b)
    const [m, n] = [a.shape[0]!, b.shape[1]!]
    for (const i of new Set([0, m >> 1, m - 1])) {
      expectBits(T.matmul(T.slice(a, [[i, i + 1]]), b), T.slice(all, [[i, i + 1]]))
      expectBits(T.matmul(T.slice(a, [[i]]), b), T.slice(all, [[i]]))
      expectBits(T.matmul(T.at(a, i), b), T.at(all, i))
    }
    for (const j of new Set([0, n >> 1, n - 1])) {
      expectBits(T.matmul(a, T.slice(b, [null, [0, j + 1]])), T.slice(all, [null, [0, j + 1]]))
      expectBits(T.matmul(a, T.at(b, j, { axis: 1 })), T.at(all, j, { axis: 1 }))
    }
  }))

test('a view gives the bits of its contiguous copy', () => {
  const views: readonly ((x: T.Tensor) => T.Tensor)[] = [
    (x) => x,
    (x) => T.slice(x, [[null, null, -1]]),
    (x) => T.slice(x, [null, [null, null, -1]]),
    (x) => T.slice(x, [[null, null, 2]]),
    (x) => T.slice(x, [[1], [null, null, 3]]),
    (x) => T.transpose(x),
    (x) => T.transpose(T.slice(x, [null, [null, null, -2]])),
    (x) => T.broadcastTo(T.slice(x, [[0, 1]]), [30, x.shape[1]!]),
    (x) => T.broadcastTo(T.slice(x, [null, [0, 1]]), [x.shape[0]!, 300])
  ]
  const copied = (x: T.Tensor): T.Tensor => T.fromTypedArray(values(x).slice(), x.shape)
  for (const view of views) {
    ofMatrices((a, b) => {
      const x = view(a)
      const y = T.matmul(T.transpose(x), T.transpose(T.transpose(x)))
      expectBits(y, T.matmul(copied(T.transpose(x)), copied(x)))
      const right = view(T.transpose(b))
      expectBits(T.matmul(right, T.transpose(right)), T.matmul(copied(right), copied(T.transpose(right))))
    }, 6)
  }
})

test('the gradient of a transpose has the bits of that of its contiguous copy, and lies as what was transposed', () =>
  ofMatrices((a, b) => {
    const copied = (x: T.Tensor): T.Tensor => T.fromTypedArray(values(x).slice(), x.shape)
    const loss = (x: T.Tensor, y: T.Tensor): T.Tensor<[]> => T.ensure([])(T.sum(T.square(T.matmul(x, y))))
    const [across, down] = [T.transpose(a), T.transpose(b)]
    const ofLeft = grad((x: T.Tensor) => loss(T.transpose(x), b))(across)
    const ofRight = grad((y: T.Tensor) => loss(a, T.transpose(y)))(down)
    const wanted = grad(([x, y]: readonly [T.Tensor, T.Tensor]) => loss(x, y))([a, b] as const)
    expectBits(ofLeft, T.transpose(wanted[0]))
    expectBits(ofRight, T.transpose(wanted[1]))
    const [w, z] = [copied(across), copied(down)]
    expectBits(grad((x: T.Tensor) => loss(T.transpose(x), b))(w), T.transpose(wanted[0]))
    const found = grad((y: T.Tensor) => loss(a, T.transpose(y)))(z)
    expectBits(found, T.transpose(wanted[1]))
    expect(found).toMatchObject({ strides: [z.shape[1]!, 1] })
    expect(wanted[1]).toMatchObject({ strides: [b.shape[1]!, 1] })
  }, 30))

describe('vmap is the stack of examples', () => {
  const stackOf = (each: readonly T.Tensor[]): T.Tensor => T.stack(each)

  test('of rows, of vectors and of columns', () =>
    ofMatrices((a, b) => {
      const row = (x: T.Tensor): T.Tensor => T.matmul(x, b)
      expectBits(vmap(row)(a), stackOf(rowsOf(a).map(row)))
      const columns = T.transpose(b)
      const column = (y: T.Tensor): T.Tensor => T.matmul(a, y)
      expectBits(vmap(column)(columns), stackOf(rowsOf(columns).map(column)))
      expectBits(vmap((y: T.Tensor) => vmap((x: T.Tensor) => T.matmul(x, y))(a))(columns), T.transpose(T.matmul(a, b)))
    }))

  test('of matrices on the left, on the right and on both sides', () => {
    const sizes = fc.record({
      count: fc.integer({ min: 1, max: 4 }),
      m: side,
      n: side,
      k: fc.integer({ min: 1, max: 300 }),
      seed: fc.integer(),
      dtype: fc.constantFrom<Float>('float32', 'float64')
    })
    fc.assert(
      fc.property(sizes, ({ count, m, n, k, seed, dtype }) => {
        const [a, b] = [drawn(dtype, seed, [count, m, k]), drawn(dtype, seed + 1, [count, k, n])]
        const [one, other] = [T.at(a, 0), T.at(b, 0)]
        expectBits(vmap((x: T.Tensor) => T.matmul(x, other))(a), stackOf(rowsOf(a).map((x) => T.matmul(x, other))))
        expectBits(vmap((y: T.Tensor) => T.matmul(one, y))(b), stackOf(rowsOf(b).map((y) => T.matmul(one, y))))
        const both = stackOf(rowsOf(a).map((x, i) => T.matmul(x, T.at(b, i))))
        expectBits(vmap((x: T.Tensor, y: T.Tensor) => T.matmul(x, y))(a, b), both)
        expectBits(T.matmul(a, b), both)
      }),
      { numRuns: 40 }
    )
  })

  test('of products with strong zeros, of which one matrix is shared', () => {
    const shared = fc.record({ m: side, n: fc.integer({ min: 1, max: 9 }), k: side, seed: fc.integer() })
    fc.assert(
      fc.property(shared, ({ m, n, k, seed }) => {
        const [a, b] = [drawn('float32', seed, [m, k]), drawn('float32', seed + 1, [3, k, n])]
        const each = rowsOf(b).map((x) => strongProduct(a, x))
        expectBits(vmap((x: T.Tensor) => strongProduct(a, x))(b), stackOf(each))
      })
    )
  })

  test('of gradients', () =>
    ofMatrices((a, b) => {
      const loss = (w: T.Tensor, x: T.Tensor): T.Tensor<[]> => T.ensure([])(T.sum(T.square(T.matmul(x, w))))
      const each = rowsOf(a).slice(0, 3)
      const gradients = stackOf(each.map((x) => grad((w: T.Tensor) => loss(w, x))(b)))
      const some = T.slice(a, [[0, 3]])
      expectBits(vmap((x: T.Tensor) => grad((w: T.Tensor) => loss(w, x))(b))(some), gradients)
    }, 30))
})
