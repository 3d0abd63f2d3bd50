// vmap through the rules of the library's operations: what the laws of single primitives do not reach.
import * as fc from 'fast-check'
import { grad, hessian, jvp } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { describe, expect, it, vi } from 'vitest'
import type { Program } from '../../src/primitive/model.js'
import { stage } from '../../src/transform/stage.js'

/** The slices of a tensor along an axis. */
const slices = (x: T.Tensor, axis: number): readonly T.Tensor[] =>
  Array.from({ length: x.shape[axis]! }, (_, i) => T.gather(x, i, { axis }))

/** The function called on every slice, one by one. */
const oneByOne = (f: (...args: readonly T.Tensor[]) => T.Tensor, args: readonly T.Tensor[]): T.Tensor => {
  const each = args.map((arg) => slices(arg, 0))
  return T.stack(slices(args[0]!, 0).map((_, i) => f(...each.map((list) => list[i]!))))
}

const normal = (seed: number, shape: readonly number[]): T.Tensor => Random.normal(Random.key(seed), shape, 'float64')

const expectSame = (a: T.Tensor, b: T.Tensor): void => {
  expect(a.shape).toEqual(b.shape)
  expect(a.dtype).toBe(b.dtype)
  expect([...T.toArray(a)]).toEqual([...T.toArray(b)])
}

const close = (a: T.Tensor, b: T.Tensor): void => {
  expect(a.shape).toEqual(b.shape)
  const [x, y] = [T.toArray(a), T.toArray(b)]
  x.forEach((value, i) => expect(Math.abs(value - y[i]!)).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(y[i]!))))
}

describe('axes', () => {
  const x = normal(1, [2, 3, 4])
  const reductions: Readonly<Record<string, (x: T.Tensor) => T.Tensor>> = {
    sum: (y) => T.sum(y, { axis: 0 }),
    max: (y) => T.max(y, { axis: -1, keepDims: true }),
    softmax: (y) => T.softmax(y, { axis: 0 }),
    cumsum: (y) => T.cumsum(y, { axis: 1 }),
    argsort: (y) => T.argsort(y),
    variance: (y) => T.variance(y, { axis: 1 }),
    transpose: (y) => T.transpose(y),
    flip: (y) => T.flip(y, { axis: 0 }),
    pad: (y) => T.pad(y, 1),
    diag: (y) => T.tril(y)
  }
  it.each(Object.entries(reductions))('%s, mapped over any axis into any axis', (_, f) => {
    for (let inAxis = -3; inAxis < 3; inAxis++) {
      const expected = T.stack(slices(x, (inAxis + 3) % 3).map(f))
      for (let outAxis = 0; outAxis < expected.shape.length; outAxis++) {
        const given = vmap(f, { inAxes: inAxis, outAxes: outAxis })(x)
        close(T.moveAxis(given, outAxis, 0), expected)
      }
    }
  })
})

describe('matrix products', () => {
  const shapes = fc.record({
    size: fc.integer({ min: 1, max: 5 }),
    stack: fc.constantFrom([], [2], [2, 3]),
    m: fc.integer({ min: 1, max: 9 }),
    k: fc.integer({ min: 0, max: 9 }),
    n: fc.integer({ min: 1, max: 9 })
  })

  it('of stacks and matrices, vectors and matrices, mapped in the left, the right or both', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), ({ size, stack, m, k, n }, seed) => {
        const cases: readonly (readonly [left: readonly number[], right: readonly number[]])[] = [
          [
            [...stack, m, k],
            [k, n]
          ],
          [
            [m, k],
            [...stack, k, n]
          ],
          [[k], [...stack, k, n]],
          [[...stack, m, k], [k]],
          [[k], [k]]
        ]
        for (const [left, right] of cases) {
          const [a, b] = [normal(seed, left), normal(seed + 1, right)]
          const [as, bs] = [normal(seed + 2, [size, ...left]), normal(seed + 3, [size, ...right])]
          const f = (x: T.Tensor, y: T.Tensor): T.Tensor => T.matmul(x, y)
          close(vmap(f, { inAxes: [0, null] })(as, b), T.stack(slices(as, 0).map((x) => f(x, b))))
          close(vmap(f, { inAxes: [null, 0] })(a, bs), T.stack(slices(bs, 0).map((y) => f(a, y))))
          close(vmap(f)(as, bs), T.stack(slices(as, 0).map((x, i) => f(x, slices(bs, 0)[i]!))))
        }
      }),
      { numRuns: 40 }
    )
  })
})

describe('picking', () => {
  const tables = normal(5, [3, 4, 2])
  const indices = T.of(
    [
      [0, -1],
      [2, 2],
      [-4, 1]
    ],
    'int32'
  )

  it('gathers tables of one example by its own indices, negative ones too', () => {
    const f = (x: T.Tensor, i: T.Tensor): T.Tensor => T.gather(x, i)
    expectSame(
      vmap(f)(tables, indices),
      oneByOne((x, i) => f(x, i), [tables, indices])
    )
    const along = (x: T.Tensor, i: T.Tensor): T.Tensor => T.gather(x, i, { axis: 1 })
    const wide = T.transpose(tables, [0, 2, 1])
    expectSame(
      vmap(along)(wide, indices),
      oneByOne((x, i) => along(x, i), [wide, indices])
    )
  })

  it('adds at them', () => {
    const f = (x: T.Tensor, i: T.Tensor, u: T.Tensor): T.Tensor => T.scatterAdd(x, i, u)
    const updates = normal(6, [3, 2, 2])
    expectSame(
      vmap(f)(tables, indices, updates),
      oneByOne((x, i, u) => f(x, i, u), [tables, indices, updates])
    )
  })

  it('refuses an index out of the example’s own range, in the name of the operation', () => {
    const bad = T.of(
      [
        [0, 1],
        [4, 0],
        [0, 0]
      ],
      'int32'
    )
    const f = (x: T.Tensor, i: T.Tensor): T.Tensor => T.gather(x, i)
    expect(() => vmap(f)(tables, bad)).toThrow(
      'gather: index is 4 on an axis of size 4; expected an integer from -4 to 3'
    )
    const g = (x: T.Tensor, i: T.Tensor): T.Tensor => T.scatterAdd(x, i, T.scalar(1))
    expect(() => vmap(g)(tables, bad)).toThrow(
      'scatterAdd: index is 4 on an axis of size 4; expected an integer from -4 to 3'
    )
  })

  it('searches lists of their own', () => {
    const lists = T.sort(normal(7, [3, 5]))
    const values = normal(8, [3, 2, 2])
    const f = (list: T.Tensor, value: T.Tensor): T.Tensor => T.searchSorted(list, value)
    expectSame(
      vmap(f)(lists, values),
      oneByOne((l, v) => f(l, v), [lists, values])
    )
    expectSame(
      vmap(vmap(f, { inAxes: [null, 0] }), { inAxes: [0, null] })(lists, values),
      T.stack(slices(lists, 0).map((list) => f(list, values)))
    )
  })
})

describe('nesting', () => {
  const f = (w: T.Tensor, x: T.Tensor): T.Tensor => T.sum(T.tanh(T.matmul(w, x)))
  const ws = normal(9, [3, 4, 5])
  const xs = normal(10, [2, 5])

  it('vmap of vmap is all pairs', () => {
    const pairs = vmap(vmap(f, { inAxes: [null, 0] }), { inAxes: [0, null] })(ws, xs)
    close(pairs, T.stack(slices(ws, 0).map((w) => T.stack(slices(xs, 0).map((x) => f(w, x))))))
    const turned = vmap(vmap(f, { inAxes: [0, null] }), { inAxes: [null, 0] })(ws, xs)
    close(turned, T.transpose(pairs))
  })

  it('vmap of grad is a gradient for each example', () => {
    const w = T.gather(ws, 0)
    close(vmap(grad(f), { inAxes: [null, 0] })(w, xs), T.stack(slices(xs, 0).map((x) => grad(f)(w, x))))
  })

  it('grad of vmap is the gradient of the sum', () => {
    const w = T.gather(ws, 0)
    const total = (v: T.Tensor): T.Tensor<[]> => T.sum(vmap(f, { inAxes: [null, 0] })(v, xs))
    const expected = slices(xs, 0).map((x) => grad(f)(w, x))
    close(grad(total)(w), T.add(expected[0]!, expected[1]!))
  })

  it('vmap of a Hessian, and grad of vmap of grad', () => {
    const g = (x: T.Tensor): T.Tensor<[]> => T.sum(T.square(T.softmax(T.mul(x, x))))
    close(vmap((x: T.Tensor) => hessian(g)(x))(xs), T.stack(slices(xs, 0).map((x) => hessian(g)(x))))
    const norms = (all: T.Tensor): T.Tensor<[]> => T.sum(T.square(vmap(grad(g))(all)))
    const alone = (x: T.Tensor): T.Tensor<[]> => T.sum(T.square(grad(g)(x)))
    close(grad(norms)(xs), T.stack(slices(xs, 0).map((x) => grad(alone)(x))))
  })

  it('jvp through vmap, with tangents of one operand only', () => {
    const w = T.gather(ws, 0)
    const v = normal(11, [4, 5])
    const [value, tangent] = jvp((u: T.Tensor) => vmap(f, { inAxes: [null, 0] })(u, xs))([w], [v])
    const each = slices(xs, 0).map((x) => jvp((u: T.Tensor) => f(u, x))([w], [v]))
    close(value, T.stack(each.map(([y]) => y)))
    close(tangent, T.stack(each.map(([, t]) => t)))
  })
})

describe('draws', () => {
  const list = Random.split(Random.key(3), 4)
  const keys = T.stack(list)
  const p = T.of([0.1, 0.5, 0.9], 'float64')
  const table = normal(12, [6, 2])
  const draws: Readonly<Record<string, (key: Random.Key) => T.Tensor>> = {
    bits: Random.bits([3]),
    uniform: Random.uniform([2, 3], { low: -1, high: 3 }),
    'uniform in double': Random.uniform([5], { dtype: 'float64' }),
    normal: Random.normal([3]),
    gumbel: Random.gumbel([]),
    truncatedNormal: Random.truncatedNormal(-1, 2, [3]),
    bernoulli: Random.bernoulli(p, [2, 3]),
    categorical: Random.categorical(T.log(p), { shape: [7] }),
    'choice with replacement': Random.choice(9, { shape: [2, 2] }),
    'choice without': Random.choice(9, { shape: [4], replace: false }),
    'weighted choice': Random.choice(table, { shape: [4], p: [1, 2, 3, 4, 5, 6] }),
    'weighted choice without replacement': Random.choice(6, { shape: [3], replace: false, p: [1, 2, 3, 4, 5, 6] }),
    permutation: Random.permutation(7),
    'permuted rows': Random.permutation(table),
    split: (key) => T.stack(Random.split(key, 3)),
    foldIn: (key) => Random.foldIn(key, 2 ** 40)
  }
  it.each(Object.entries(draws))('%s by many keys: the bits of each alone', (_, draw) => {
    expectSame(vmap(draw)(keys), T.stack(list.map((key) => draw(key))))
    const twice = vmap(vmap(draw))(T.stack([keys, keys]))
    expectSame(T.gather(twice, 1), T.stack(list.map((key) => draw(key))))
  })

  it('foldIn of examples: their numbers, their keys, or both', () => {
    const steps = T.of([5, 6, 7, 8], 'int32')
    const f = (key: Random.Key, i: T.Tensor): T.Tensor => Random.foldIn(key, i)
    expectSame(vmap(f)(keys, steps), T.stack(list.map((key, i) => Random.foldIn(key, 5 + i))))
    expectSame(
      vmap(f, { inAxes: [null, 0] })(list[0], steps),
      T.stack([5, 6, 7, 8].map((i) => Random.foldIn(list[0], i)))
    )
  })

  it('bernoulli of examples with probabilities of their own', () => {
    const ps = T.stack([p, T.sub(1, p), p, p])
    const f = (key: Random.Key, q: T.Tensor): T.Tensor => Random.bernoulli(key, q)
    expectSame(vmap(f)(keys, ps), T.stack(list.map((key, i) => f(key, slices(ps, 0)[i]!))))
    expectSame(vmap(f, { inAxes: [null, 0] })(list[1], ps), T.stack(slices(ps, 0).map((q) => f(list[1], q))))
  })
})

describe('ten thousand points', () => {
  const points = 10_000
  const w = normal(13, [8, 4])
  const f = (x: T.Tensor): T.Tensor<[]> => T.sum(T.tanh(T.matmul(w, x)))
  const x = normal(14, [points, 4])

  it('are one call of each kernel', () => {
    const kernels = [vi.spyOn(T.tanh.primitive.single!, 'evaluate'), vi.spyOn(T.matmul.primitive, 'evaluate')]
    try {
      vmap(f)(x)
      expect(kernels.map((kernel) => kernel.mock.calls.length)).toEqual([1, 1])
    } finally {
      kernels.forEach((kernel) => kernel.mockRestore())
    }
  })

  it('are as many operations as two points, of the gradient and of draws as well', () => {
    const programOf = (n: number, of: (all: T.Tensor) => T.Tensor, type: T.Tensor): Program =>
      stage('trace', [{ shape: [n, ...type.shape], dtype: type.dtype }], ([all]) => [of(all!)]).program
    const names = ({ equations }: Program): readonly string[] => equations.map(({ primitive }) => primitive.name)
    const gradients = vmap(grad(f))
    const noisy = vmap((key: Random.Key) => Random.normal(Random.split(key)[0], [3]))
    const example = T.gather(x, 0)
    const key: T.Tensor = Random.key(0)
    expect(names(programOf(points, gradients, example))).toEqual(names(programOf(2, gradients, example)))
    const drawn = programOf(points, (all) => noisy(all as Parameters<typeof noisy>[0]), key)
    expect(names(drawn)).toEqual(['deriveKey', 'normal'])
  })

  it('are what they are one by one', () => {
    const some = slices(T.gather(x, [0, 4999, 9999]), 0)
    close(T.gather(vmap(f)(x), [0, 4999, 9999]), T.stack(some.map(f)))
  })
})
