import { describe, expect, test } from 'vitest'
import { map, scan } from 'pullback/Control'
import { grad, vjp } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { type S, type V, namesOf, numbers, scalar, staged, vector } from './support.js'

// -----------------------------------------------------------------------------
// a recurrent network, whose weights the body closes over
// -----------------------------------------------------------------------------

interface Weights {
  readonly wx: T.Tensor<[2, 3]>
  readonly wh: T.Tensor<[3, 3]>
  readonly b: T.Tensor<[3]>
}
type Sequence = T.Tensor<[number, 2]>
type Hidden = T.Tensor<[3]>

const [k1, k2, k3, k4] = Random.split(Random.key(3), 4)
const weights: Weights = {
  wx: Random.normal(k1, [2, 3], 'float64'),
  wh: Random.normal(k2, [3, 3], 'float64'),
  b: Random.normal(k3, [3], 'float64')
}
const sequence: Sequence = Random.normal(k4, [9, 2], 'float64')
const rest: Hidden = T.zeros([3], 'float64')

const cell = ({ wx, wh, b }: Weights, h: Hidden, x: T.Tensor<[2]>): Hidden =>
  T.tanh(T.add(T.add(T.matmul(x, wx), T.matmul(h, wh)), b))

const lossOf = (last: Hidden, all: T.Tensor<[number, 3]>): S => T.add(T.sum(T.square(all)), T.sum(last))

const network = (w: Weights, xs: Sequence): S => {
  const [last, all] = scan((h: Hidden, x: T.Tensor<[2]>) => {
    const next = cell(w, h, x)
    return [next, next]
  })(rest, xs)
  return lossOf(last, all)
}

const byHand = (w: Weights, xs: Sequence): S => {
  let h = rest
  const all: Hidden[] = []
  for (let t = 0; t < xs.shape[0]; t++) {
    h = cell(w, h, T.at(xs, t))
    all.push(h)
  }
  return lossOf(h, T.stack(all))
}

describe('a recurrent network', () => {
  test('value and gradients are those of a plain loop', () => {
    expect(T.item(network(weights, sequence))).toBe(T.item(byHand(weights, sequence)))
    const [expected, actual] = [byHand, network].map((f) => numbers(vjp(f)(weights, sequence)[1](scalar(1))).flat())
    actual!.forEach((x, i) => expect(x).toBeCloseTo(expected![i]!, 12))
  })

  test('staged, value and gradients are the same bit for bit', () => {
    expect(numbers(staged(network)(weights, sequence))).toEqual(numbers(network(weights, sequence)))
    const eager = numbers(grad(network)(weights, sequence))
    expect(numbers(grad(staged(network))(weights, sequence))).toEqual(eager)
    expect(numbers(staged(grad(network))(weights, sequence))).toEqual(eager)
  })

  test('a body that broadcasts what it closes over: the same gradients bit for bit, staged and in segments', () => {
    const [b, xs]: readonly [T.Tensor<[3]>, T.Tensor<[7, 4, 3]>] = [
      Random.normal(Random.key(1), [3], 'float64'),
      Random.normal(Random.key(2), [7, 4, 3], 'float64')
    ]
    const run =
      (options: object) =>
      (bias: T.Tensor<[3]>): S => {
        const body = (c: T.Tensor, x: T.Tensor): readonly [T.Tensor, undefined] => [
          T.tanh(T.add(T.mul(c, T.exp(bias)), T.mul(x, bias))),
          undefined
        ]
        return T.sum(T.sin(scan(body, options)(T.zeros([4, 3], 'float64'), xs)[0]))
      }
    const eager = numbers(grad(run({}))(b))
    for (const options of [{}, { checkpointEvery: 1 }, { checkpointEvery: 3 }]) {
      expect(numbers(grad(run(options))(b))).toEqual(eager)
      expect(numbers(grad(staged(run(options)))(b))).toEqual(eager)
      expect(numbers(staged(grad(run(options)))(b))).toEqual(eager)
    }
  })

  test('a gradient per example', () => {
    const batch = T.stack([sequence, T.neg(sequence), T.mul(sequence, 0.5)])
    const each = [0, 1, 2].map((i) => numbers(grad(network)(weights, T.at(batch, i))))
    for (const f of [network, staged(network)]) {
      const all = vmap(grad(f), { inAxes: [null, 0] })(weights, batch)
      each.forEach((expected, i) => {
        numbers({ wx: T.at(all.wx, i), wh: T.at(all.wh, i), b: T.at(all.b, i) }).forEach((leaf, j) =>
          leaf.forEach((x, k) => expect(x).toBeCloseTo(expected[j]![k]!, 12))
        )
      })
    }
  })

  test('is one operation when it is staged, also where only the body sees a staged value', () => {
    const last = (w: T.Tensor): T.Tensor =>
      scan((c: T.Tensor) => [T.mul(c, w), undefined], { length: 50 })(scalar(1))[0]
    expect(namesOf(last, scalar(2))).toEqual(['scan'])
    expect(T.item(staged(last)(scalar(1.5)))).toBe(T.item(last(scalar(1.5))))
  })
})

// -----------------------------------------------------------------------------
// forms
// -----------------------------------------------------------------------------

describe('scan', () => {
  const sums = (c: S, x: S) => [T.add(c, x), { before: c, both: [T.mul(c, x)] as const }] as const

  test('carries, stacks, and takes trees apart', () => {
    const [last, ys] = scan(sums)(scalar(1), vector([10, 20, 30]))
    expect(T.item(last)).toBe(61)
    expect(numbers(ys)).toEqual([
      [1, 11, 31],
      [10, 220, 930]
    ])
  })

  test('in reverse, results stay at their elements', () => {
    const [last, ys] = scan(sums, { reverse: true })(scalar(1), vector([10, 20, 30]))
    expect(T.item(last)).toBe(61)
    expect(numbers(ys)).toEqual([
      [51, 31, 1],
      [510, 620, 30]
    ])
    expect(numbers(staged((xs: V) => scan(sums, { reverse: true })(scalar(1), xs))(vector([10, 20, 30])))).toEqual(
      numbers([last, ys])
    )
  })

  test('several elements of different types, some of which are carried along unchanged', () => {
    const step = (c: { n: S; w: S }, x: { i: S; row: T.Tensor<[2]>; on: S }) =>
      [{ n: T.add(c.n, x.i), w: c.w }, T.where(x.on, T.mul(x.row, c.w), T.cast(c.n, 'float32'))] as const
    const xs = {
      i: T.of([1, 2], 'int32'),
      row: T.of([
        [1, 2],
        [3, 4]
      ]),
      on: T.of([true, false])
    }
    const init = { n: T.scalar(5, 'int32'), w: T.scalar(10) }
    const [last, ys] = scan(step)(init, xs)
    expect(last.w).toBe(init.w)
    expect([last.n.dtype, ys.dtype, ...numbers([last, ys])]).toEqual(['int32', 'float32', [8], [10], [10, 20, 6, 6]])
    expect(numbers(staged(scan(step))(init, xs))).toEqual(numbers([last, ys]))
  })

  test.each([undefined, 3, true] as const)('of no elements: the first carry, and no rows, checkpointEvery %s', (k) => {
    const options = k === undefined ? {} : { checkpointEvery: k }
    const [last, ys] = scan((c: S, x: T.Tensor<[2]>) => [T.mul(c, T.sum(x)), x], options)(
      scalar(3),
      T.zeros([0, 2], 'float64')
    )
    expect(T.item(last)).toBe(3)
    expect([ys.shape, ys.dtype]).toEqual([[0, 2], 'float64'])
    const power = (x: S): S => scan((c: S) => [T.mul(c, c), undefined], { length: 0, ...options })(x)[0]
    for (const f of [power, staged(power)]) expect(T.item(grad(f)(scalar(5)))).toBe(1)
  })

  test('keys are carried like any tensor', () => {
    const draws = (key: Random.Key): T.Tensor => {
      const step = (k: Random.Key) => {
        const [next, own] = Random.split(k)
        return [next, Random.normal(own, [2])] as const
      }
      return scan(step, { length: 4 })(key)[1]
    }
    expect(numbers(staged(draws)(Random.key(1)))).toEqual(numbers(draws(Random.key(1))))
  })

  test('on values the body may do anything', () => {
    const seen: number[] = []
    const collatz = (n: S): readonly [S, undefined] => {
      seen.push(T.item(n))
      return [T.item(n) % 2 === 0 ? T.div(n, 2) : T.add(T.mul(n, 3), 1), undefined]
    }
    scan(collatz, { length: 4 })(scalar(3))
    expect(seen).toEqual([3, 10, 5, 16])
  })

  test('scans nest', () => {
    const rows = (m: T.Tensor<[number, 3]>): V =>
      scan((c: S, row: T.Tensor<[3]>) => {
        const [total] = scan((d: S, x: S) => [T.add(T.mul(d, c), x), undefined])(scalar(1), row)
        return [T.sin(total), total]
      })(scalar(0.5), m)[1]
    const m: T.Tensor<[number, 3]> = Random.normal(Random.key(0), [4, 3], 'float64')
    const slope = (f: typeof rows) => numbers(grad((x: typeof m) => T.sum(f(x)))(m))
    expect(numbers(staged(rows)(m))).toEqual(numbers(rows(m)))
    expect(slope(staged(rows))).toEqual(slope(rows))
  })
})

test('map is vmap, one after another', () => {
  const f = ({ a, b }: { a: S; b: T.Tensor<[2]> }) => ({ c: T.mul(b, a), d: T.sum(b) })
  const xs = {
    a: vector([1, 2, 3]),
    b: T.of(
      [
        [1, 2],
        [3, 4],
        [5, 6]
      ],
      'float64'
    )
  }
  expect(numbers(map(f)(xs))).toEqual(numbers(vmap(f)(xs)))
  expect(numbers(staged(map(f))(xs))).toEqual(numbers(vmap(f)(xs)))
  expect(map((x: S) => (T.item(x) > 1 ? x : T.neg(x)))(vector([1, 2])).shape).toEqual([2])
})
