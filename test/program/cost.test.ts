import { cond, scan, whileLoop } from 'pullback/Control'
import * as Debug from 'pullback/Debug'
import { checkpoint, grad } from 'pullback/Grad'
import * as Layer from 'pullback/Layer'
import * as Linalg from 'pullback/Linalg'
import * as Loss from 'pullback/Loss'
import * as Program from 'pullback/Program'
import * as R from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { primitives } from '../law/primitives.js'
import { cases } from './programs.js'

type V = T.Tensor<[100]>
const v: V = T.zeros([100])

describe('operations and bytes', () => {
  test('elementwise: one per element', () => {
    const { flops, read, written, peak, atLeast } = Debug.cost((x: V) => T.mul(T.exp(x), x))(v)
    expect({ flops, read, written, peak, atLeast }).toEqual({
      flops: 200,
      read: 1200,
      written: 800,
      peak: 1200,
      atLeast: false
    })
  })

  test('reductions: one per element of the operand', () => {
    expect(Debug.cost((x: V) => T.sum(x))(v)).toMatchObject({ flops: 100, read: 400, written: 4 })
  })

  test('views are free, and keep what they are views of', () => {
    const f = (x: V) => {
      const view = T.reshape(T.exp(x), [10, 10])
      return T.add(T.sin(x), T.reshape(view, [100]))
    }
    expect(Debug.cost(f)(v)).toMatchObject({ flops: 300, peak: 1600 })
  })

  test('products: 2 m n k', () => {
    const product = T.matmul<[4, 5, 6], [6, 7]>
    expect(Debug.cost(product)(T.zeros([4, 5, 6]), T.zeros([6, 7])).flops).toBe(2 * 4 * 5 * 6 * 7)
    const mapped = vmap((a: T.Tensor<[5, 6]>) => T.matmul(a, T.ones([6, 7])))
    expect(Debug.cost(mapped)(T.zeros([4, 5, 6])).flops).toBe(2 * 4 * 5 * 6 * 7)
  })

  test('a gradient of a product is two products', () => {
    const loss = (a: T.Tensor<[20, 30]>, b: T.Tensor<[30, 10]>) => T.sum(T.square(T.matmul(a, b)))
    const { flops } = Debug.cost(grad(loss))(T.zeros([20, 30]), T.zeros([30, 10]))
    expect(flops).toBeGreaterThan(2 * 12000)
    expect(flops).toBeLessThan(2.1 * 12000)
  })

  test('linear algebra: the usual counts', () => {
    const a = T.zeros([2, 30, 30], 'float64')
    expect(Debug.cost(Linalg.cholesky<[2, 30, 30]>)(a).scopes['']?.flops).toBeGreaterThanOrEqual(2 * 9000)
    expect(Debug.cost((x: T.Tensor<[2, 30, 30]>) => Linalg.inverse(x))(a).flops).toBe(2 * 2 * 27000)
  })

  test('moves and indices do no arithmetic, and read what they write', () => {
    const table = T.zeros([10000, 8])
    const rows = Debug.cost((x: T.Tensor<[10000, 8]>, i: T.Tensor<[3]>) => T.gather(x, i, { axis: 0 }))(
      table,
      T.zeros([3], 'int32')
    )
    expect(rows.flops).toBe(0)
    expect(rows.read).toBeLessThan(1000)
  })

  test('a draw and a shape that is empty', () => {
    expect(Debug.cost((x: T.Tensor<[0]>) => T.exp(x))(T.zeros([0]))).toMatchObject({ flops: 0, peak: 0 })
  })
})

describe('programs inside', () => {
  test('scan: as often as it runs', () => {
    const f = (x: V) => scan((c: V) => [T.sin(T.exp(c)), undefined], { length: 50 })(x)[0]
    expect(Debug.cost(f)(v)).toMatchObject({ flops: 50 * 200, atLeast: false })
  })

  test('cond: the dearest branch', () => {
    const f = (x: V) =>
      cond(
        T.greater(T.sum(x), 0),
        (a: V): V => T.exp(T.exp(T.exp(a))),
        (a: V): V => T.sin(a)
      )(x)
    const { flops } = Debug.cost(f)(v)
    expect(flops).toBeGreaterThanOrEqual(400)
    expect(flops).toBeLessThan(410)
  })

  test('a loop of unknown length: one step, and says so', () => {
    const f = (x: V) =>
      whileLoop(
        (c: V) => T.less(T.sum(c), 5),
        (c: V) => T.add(c, 1),
        { maxSteps: 100 }
      )(x)
    expect(Debug.cost(f)(v)).toMatchObject({ flops: 201, atLeast: true })
    expect(Debug.cost(grad((x: V) => T.sum(f(x))))(v).atLeast).toBe(true)
  })

  test('checkpoint: its program, and again on the way back', () => {
    const f = checkpoint((x: V) => T.sum(T.sin(T.exp(x))))
    expect(Debug.cost(f)(v).flops).toBe(300)
    expect(Debug.cost(grad(f))(v).flops).toBeGreaterThanOrEqual(400)
  })

  test('checkpoint lowers the peak of a gradient', () => {
    const block = (x: V): V => T.sin(T.exp(T.sin(T.exp(T.sin(T.exp(x))))))
    const deep = (f: (x: V) => V) => grad((x: V) => T.sum(f(f(f(f(f(x)))))))
    expect(Debug.cost(deep(checkpoint(block)))(v).peak).toBeLessThan(0.6 * Debug.cost(deep(block))(v).peak)
  })
})

describe('scopes', () => {
  const model = pipe(
    Layer.sequential(Layer.dense(8, 16), Layer.lift(T.relu), Layer.dropout(0.5), Layer.dense(16, 4)),
    Layer.named('hidden', 'relu', 'dropout', 'out')
  )
  const [{ params, state }] = model.init(R.key(1))
  const loss = (p: typeof params, x: T.Tensor<[32, 8]>): T.Tensor<[]> => {
    const [scores] = Layer.apply(model)(p, state, { mode: 'train', key: R.key(2) })(x)
    return Loss.crossEntropy(scores, T.zeros([32], 'int32'))
  }

  test('a model names its layers, its loss and their derivatives', () => {
    const { scopes, flops } = Debug.cost(grad(loss))(params, T.zeros([32, 8]))
    const names = Object.keys(scopes)
    expect(names).toEqual(
      expect.arrayContaining([
        'hidden/dense',
        'relu',
        'out/dense',
        'crossEntropy',
        'vjp(hidden/dense)',
        'vjp(out/dense)',
        'vjp(crossEntropy)'
      ])
    )
    const total = Object.values(scopes).reduce((sum, part) => sum + part.flops, 0)
    expect(total).toBe(flops)
    expect(scopes['hidden/dense']?.flops).toBe(2 * 32 * 8 * 16 + 32 * 16)
  })

  test('layers without names are numbered, as their parameters are', () => {
    const plain = Layer.sequential(Layer.dense(8, 16), Layer.dense(16, 4))
    const [drawn] = plain.init(R.key(1))
    const apply = (x: T.Tensor<[32, 8]>) => Layer.predict(plain)(drawn.params, drawn.state)(x)
    expect(Object.keys(Debug.cost(apply)(T.zeros([32, 8])).scopes)).toEqual(
      expect.arrayContaining(['[0]/dense', '[1]/dense'])
    )
  })

  test('scopes of steps are counted as often as they run', () => {
    const f = (x: V) =>
      Debug.scope('loop', () => scan((c: V) => [Debug.scope('cell', () => T.sin(c)), undefined], { length: 50 })(x)[0])
    expect(Debug.cost(f)(v).scopes['loop/cell']?.flops).toBe(5000)
  })
})

test('costs are whole numbers, not negative, and those of scopes add up', () => {
  for (const { program } of cases) {
    const cost = Program.cost(program)
    const parts = Object.values(cost.scopes)
    for (const field of ['flops', 'read', 'written'] as const) {
      expect(Number.isInteger(cost[field]) && cost[field] >= 0).toBe(true)
      expect(parts.reduce((sum, part) => sum + part[field], 0)).toBe(cost[field])
    }
    expect(cost.peak).toBeGreaterThan(0)
  }
})

test('every opaque primitive of linear algebra has a formula', () => {
  const without = primitives.filter(
    ({ place, primitive }) => place.includes('/linalg/') && primitive.kind === 'opaque' && primitive.cost === undefined
  )
  expect(without.map(({ primitive }) => primitive.name)).toEqual(['cofactor'])
})
