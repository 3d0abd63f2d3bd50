// Products in compiled programs against eager ones, bit for bit.
import * as Debug from 'pullback/Debug'
import type { DType } from 'pullback/DType'
import { grad } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { lowerProgram, runnerOf } from '../../src/compile/run.js'
import { libraryImport } from '../../src/compile/wasm/library.js'
import { library } from '../../src/kernel/library/module.js'
import { bindOne } from '../../src/primitive/bind.js'
import { strongProduct } from '../../src/tensor/matmul.js'
import { isConcrete } from '../../src/tensor/model.js'
import { expectSame } from './expectSame.js'
import { random } from './tensors.js'

// -----------------------------------------------------------------------------
// layouts
// -----------------------------------------------------------------------------

type Layout = (shape: readonly number[]) => {
  readonly given: readonly number[]
  readonly view: (x: T.Tensor) => T.Tensor
}

const swap = (shape: readonly number[]): readonly number[] => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!]

const layouts: { readonly [name: string]: Layout } = {
  rows: (shape) => ({ given: shape, view: (x) => x }),
  columns: (shape) => ({ given: swap(shape), view: (x) => T.swapAxes(x, -1, -2) }),
  backwards: (shape) => ({ given: shape, view: (x) => T.flip(x, { axis: [-2, -1] }) }),
  part: (shape) => ({
    given: [...shape.slice(0, -2), shape.at(-2)! + 2, shape.at(-1)! + 3],
    view: (x) =>
      T.slice(x, [...shape.slice(0, -2).map((n) => [0, n]), ...shape.slice(-2).map((n) => [1, n + 1])] as never)
  }),
  oneRow: (shape) => ({ given: [shape.at(-1)!], view: (x) => T.broadcastTo(x, [...shape]) }),
  oneElement: (shape) => ({ given: [], view: (x) => T.broadcastTo(x, [...shape]) })
}

interface Case {
  readonly sizes: readonly [m: number, n: number, k: number]
  readonly stacks?: readonly [left: readonly number[], right: readonly number[]]
  readonly left: keyof typeof layouts
  readonly right: keyof typeof layouts
  readonly dtype: DType
  readonly strong: boolean
}

/** Integers of all sizes, whose products do not fit. */
const operand = (shape: readonly number[], dtype: DType, seed: number): T.Tensor =>
  dtype === 'int32'
    ? T.cast(T.mul(random(shape, 'float64', seed), 2 ** 28), dtype)
    : dtype === 'bool'
      ? T.greater(random(shape, 'float64', seed), 1)
      : random(shape, dtype, seed)

const expectProduct = (
  { sizes: [m, n, k], stacks: [a, b] = [[], []], left, right, dtype, strong }: Case,
  seed: number
): void => {
  const x = layouts[left]!([...a, m, k])
  const y = layouts[right]!([...b, k, n])
  const multiply = strong ? strongProduct : T.matmul
  const f = (p: T.Tensor, q: T.Tensor): T.Tensor => multiply(x.view(p), y.view(q))
  expectSame(
    f,
    [operand(x.given, dtype, seed), operand(y.given, dtype, seed + 1)],
    `${m} ${n} ${k} ${left} ${right} ${dtype} ${strong} [${a.join()}] [${b.join()}]`
  )
}

// -----------------------------------------------------------------------------
// products
// -----------------------------------------------------------------------------

const sizes: readonly Case['sizes'][] = [
  [1, 1, 1],
  [2, 8, 2],
  [4, 1, 8],
  [8, 1, 4],
  [3, 5, 7],
  [1, 7, 9],
  [1, 33, 300],
  [9, 1, 600],
  [17, 1, 261],
  [24, 1, 530],
  [1, 12, 31],
  [1, 1, 1030],
  [7, 10, 784],
  [33, 10, 9],
  [5, 3, 257],
  [4, 17, 256],
  [3, 40, 700],
  [8, 12, 33],
  [33, 33, 17],
  [40, 48, 33],
  [41, 50, 300],
  [2, 1050, 3],
  [9, 1030, 5],
  [5, 14, 1200],
  [130, 9, 1],
  [6, 130, 1],
  [0, 3, 4],
  [3, 0, 4],
  [3, 4, 0]
]

const names = Object.keys(layouts)

describe('matrices have the bits of eager products', () => {
  test.each(['float32', 'float64', 'int32'] as const)('%s', (dtype) => {
    sizes.forEach((each, i) => {
      // Each layout with each other one, over the table.
      for (const j of [0, 1, 2]) {
        const [left, right] = [names[(i + 2 * j) % names.length]!, names[(i + i * j + j) % names.length]!]
        expectProduct({ sizes: each, left, right, dtype, strong: (i + j) % 2 === 0 }, 100 * i + j)
      }
      const [left, right] = [i % 3 === 1 ? 'columns' : 'rows', i % 3 === 2 ? 'columns' : 'rows']
      expectProduct({ sizes: each, left, right, dtype, strong: i % 2 === 0 }, 7 * i)
    })
  })

  test('stacks, whose axes are broadcast', () => {
    const stacks: readonly (readonly [readonly number[], readonly number[]])[] = [
      [[3], [3]],
      [[2, 3], [3]],
      [[3], [2, 1]],
      [
        [2, 1, 2],
        [3, 1]
      ],
      [[], [5]],
      [[0], [0]]
    ]
    const small: readonly Case['sizes'][] = [
      [2, 2, 2],
      [3, 5, 9],
      [1, 9, 300],
      [5, 1, 20],
      [9, 10, 300],
      [41, 50, 11]
    ]
    stacks.forEach((each, i) =>
      small.forEach((one, j) => {
        const [left, right] = [names[(i + j) % 4]!, names[(2 * i + j) % 4]!]
        const dtype = (['float64', 'float32', 'int32'] as const)[(i + 2 * j) % 3]!
        expectProduct({ sizes: one, stacks: each, left, right, dtype, strong: j % 2 === 0 }, 10 * i + j)
      })
    )
  })

  test('vectors', () => {
    const [v, w, x] = [random([37], 'float32', 1), random([37], 'float32', 2), random([5, 37], 'float32', 3)]
    expectSame((a, b) => T.dot(a, b), [v, w], 'dot')
    expectSame((a, b) => T.outer(a, b), [v, w], 'outer')
    expectSame((a, b) => T.matmul(a, b), [x, v], 'matrix by vector')
    expectSame((a, b) => T.matmul(a, T.transpose(b)), [v, x], 'vector by matrix')
  })

  test('a vector by the transpose of a matrix, of any number of columns', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      for (const [n, k] of [
        [8, 9],
        [13, 30],
        [19, 300]
      ] as const) {
        const [v, w] = [random([k], dtype, n), random([n, k], dtype, k)]
        for (const axis of [[], [0], [1]]) {
          const name = `${dtype} ${n} ${k} flipped along ${axis.join()}`
          expectSame((a, b) => T.matmul(a, T.transpose(T.flip(b, { axis }))), [v, w], name)
        }
        expectSame((a, b) => T.matmul(T.flip(a), T.transpose(b)), [v, w], `${dtype} ${n} ${k} backwards`)
      }
    }
  })

  test('gradients, and a constant operand', () => {
    const [x, w] = [random([16, 20], 'float32', 4), random([20, 9], 'float32', 5)]
    const loss = (a: T.Tensor): T.Tensor<[]> => T.sum(T.square(T.matmul(x, a)))
    expectSame((a) => grad(loss)(a), [w], 'gradient', false)
    expectSame((a) => T.matmul(a, T.broadcastTo(T.scalar(0.1), [20, 6])), [x], 'a constant of one number')
  })

  test('nothing is written over what lies behind a result', () => {
    for (const [m, n] of [
      [41, 48],
      [43, 40],
      [3, 17],
      [1, 9],
      [9, 10],
      [30, 33]
    ] as const) {
      // The third product takes the place of the first one, in front of the second.
      const f = (x: T.Tensor, y: T.Tensor, z: T.Tensor): readonly T.Tensor[] => {
        const first = T.matmul(x, y)
        const second = T.matmul(x, z)
        const third = T.matmul(second, T.matmul(T.transpose(first), first))
        return [second, third]
      }
      for (const dtype of ['float32', 'float64'] as const) {
        const inputs = [
          [m, 300],
          [300, n],
          [300, n]
        ].map((shape, i) => random(shape, dtype, m + i))
        expectSame((...given) => f(given[0]!, given[1]!, given[2]!), inputs, `${m} ${n} ${dtype}`)
      }
    }
  })

  test('booleans, as integers', () => {
    const program = (a: T.Tensor, b: T.Tensor): T.Tensor => bindOne(T.matmul.primitive, [a, b], { strongZero: false })
    for (const [m, n, k] of sizes.filter(([m, n, k]) => m * n * k < 20000 && m * n * k > 0)) {
      const [a, b] = [operand([m, k], 'bool', m), operand([k, n], 'bool', n)]
      expectSame(program, [a, b], `bool ${m} ${n} ${k}`)
      expectSame((x, y) => program(x, T.transpose(y)), [a, operand([n, k], 'bool', k)], `bool across ${m} ${n} ${k}`)
      expectSame((x, y) => T.matmul(x, y), [a, operand([k, n], 'int32', n)], `both ${m} ${n} ${k}`)
    }
  })
})

describe('strong zeros', () => {
  test('a zero beside NaN and infinities is zero, as far as the term goes', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      for (const [m, n, k] of [
        [3, 3, 4],
        [9, 17, 300],
        [33, 40, 9]
      ] as const) {
        const spoilt = T.where(T.greater(random([m, k], dtype, 1), 2), NaN, T.cast(T.zeros([m, k]), dtype))
        const other = T.where(T.greater(random([k, n], dtype, 2), 3), Infinity, random([k, n], dtype, 3))
        expectSame((a, b) => strongProduct(a, b), [spoilt, other], 'zeros')
        expectSame((a, b) => T.matmul(a, b), [spoilt, other], 'weak zeros')
      }
    }
  })
})

// -----------------------------------------------------------------------------
// the library
// -----------------------------------------------------------------------------

test('imports have the parameters of the functions of the library', () => {
  const exported = library.functions.filter((each) => each.exported)
  for (const { name, params } of exported) {
    expect(libraryImport(name as never).params).toEqual(params.map(({ type }) => type))
  }
})

test('two programs do not share memory', () => {
  const program = Debug.trace((a: T.Tensor, b: T.Tensor) => T.matmul(a, b))(T.ones([20, 30]), T.ones([30, 20]))
  const [one, other] = [runnerOf(lowerProgram(program))!, runnerOf(lowerProgram(program))!]
  const [x, y] = [T.ones([20, 30]), T.ones([30, 20])]
  if (!isConcrete(x) || !isConcrete(y)) throw new Error('expected tensors with elements')
  const [first] = one([x, y])
  other([x, T.zeros([30, 20]) as never])
  expect(T.toArray(first as T.Tensor)).toEqual(T.toArray(T.broadcastTo(T.scalar(30), [20, 20])))
})
