import { describe, expect, test } from 'vitest'
import { associativeScan } from 'pullback/Control'
import { grad } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { numbers, staged, vector } from './support.js'

const add = (a: T.Tensor, b: T.Tensor): T.Tensor => T.add(a, b)
const lengths = Array.from({ length: 20 }, (_, i) => i)

describe('associativeScan', () => {
  test.each(lengths)('of %d elements: the partial results', (n) => {
    const xs = Array.from({ length: n }, (_, i) => (i * 7) % 5)
    let total = 0
    const sums = xs.map((x) => (total += x))
    expect(numbers(associativeScan(add)(vector(xs)))).toEqual([sums])
    const backward = [...xs].reverse()
    expect(numbers(associativeScan(add, { reverse: true })(vector(backward)))).toEqual([[...sums].reverse()])
  })

  test.each(lengths.slice(1))('the order of operands is kept: %d matrices', (n) => {
    const draws = T.round(T.mul(Random.normal(Random.key(n), [n, 2, 2]), 2))
    const product = (a: T.Tensor, b: T.Tensor): T.Tensor => T.matmul(a, b)
    const all = associativeScan(product)(draws)
    let total: T.Tensor = T.at(draws, 0)
    for (let i = 0; i < n; i++) {
      if (i > 0) total = T.matmul(total, T.at(draws, i))
      expect(numbers(T.at(all, i))).toEqual(numbers(total))
    }
    const down = associativeScan((later: T.Tensor, earlier: T.Tensor) => T.matmul(earlier, later), { reverse: true })(
      draws
    )
    expect(numbers(T.at(down, 0))).toEqual(numbers(total))
  })

  test('along another axis, of trees', () => {
    const x = Random.normal(Random.key(0), [3, 5], 'float64')
    const f = (a: { p: T.Tensor; q: readonly [T.Tensor] }, b: typeof a): typeof a => ({
      p: T.add(a.p, b.p),
      q: [T.maximum(a.q[0], b.q[0])]
    })
    const { p, q } = associativeScan(f, { axis: -1 })({ p: x, q: [T.neg(x)] as const })
    const close = (a: T.Tensor, b: T.Tensor): void =>
      numbers(a)[0]!.forEach((value, i) => expect(value).toBeCloseTo(numbers(b)[0]![i]!, 13))
    close(p, T.cumsum(x, { axis: 1 }))
    let largest = T.slice(T.neg(x), [null, [0, 1]])
    for (let i = 0; i < 5; i++) {
      largest = T.maximum(largest, T.slice(T.neg(x), [null, [i, i + 1]]))
      expect(numbers(T.slice(q[0], [null, [i, i + 1]]))).toEqual(numbers(largest))
    }
  })

  test('in logarithmically many calls', () => {
    let calls = 0
    const counted = (a: T.Tensor, b: T.Tensor): T.Tensor => {
      calls++
      return T.add(a, b)
    }
    associativeScan(counted)(T.ones([1024]))
    expect(calls).toBeLessThanOrEqual(20)
  })

  test('gradient, vmap and staging', () => {
    const f = (x: T.Tensor<[number]>): T.Tensor<[]> =>
      T.sum(T.square(associativeScan((a: T.Tensor, b: T.Tensor) => T.mul(a, b))(x)))
    const g = (x: T.Tensor<[number]>): T.Tensor<[]> => T.sum(T.square(T.cumprod(x)))
    const x = vector([0.5, 2, -1.5, 3, 0.25, 1.5, -2])
    const expected = numbers(grad(g)(x))[0]!
    for (const way of [grad(f), staged(grad(f)), grad(staged(f))]) {
      numbers(way(x))[0]!.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 9))
    }
    const rows = T.stack([x, T.mul(x, 0.5)])
    expect(numbers(vmap(grad(f))(rows))[0]!.slice(0, 7)).toEqual(numbers(grad(f)(x))[0])
  })
})
