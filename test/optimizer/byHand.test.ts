// Optimizers around others and transformations with constants, against their formulas written as numbers.
import { expect, test } from 'vitest'
import * as Optimizer from 'pullback/Optimizer'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

const double = (...values: readonly number[]): T.Tensor<[number]> => T.of(values, 'float64')

interface Run {
  /** The parameter before the first step and after each. */
  readonly path: readonly number[]
  readonly state: Optimizer.State
}

/** One parameter of float64 along gradients. */
const run = (optimizer: Optimizer.Optimizer, start: number, gradients: readonly number[]): Run => {
  let [params, state] = [double(start), optimizer.init(double(start))]
  const path = [start]
  for (const g of gradients) {
    const [updates, next] = optimizer.update(double(g), state, params)
    params = Optimizer.applyUpdates(params, updates)
    state = next
    path.push(T.toArray(params)[0] ?? NaN)
  }
  return { path, state }
}

test('lookahead returns part of the way, every so many steps', () => {
  const { path } = run(Optimizer.lookahead(Optimizer.sgd(1), { every: 2, stepSize: 0.25 }), 0, [-1, -3, -2, -1, -8])
  // slow: 0, then 0 + (4 - 0) / 4 = 1, then 1 + (4 - 1) / 4 = 1.75
  expect(path).toEqual([0, 1, 1, 3, 1.75, 9.75])
})

test('the average is the mean of the parameters after each step, of all parts that are averaged', () => {
  const { path, state } = run(Optimizer.chain(Optimizer.sgd(1), Optimizer.averaged()), 1, [-2, -3, -6])
  expect(path).toEqual([1, 3, 6, 12])
  expect(Optimizer.averageOf(state, double(0))).toEqual(double(7))
  const parts = Optimizer.partition({ a: Optimizer.averaged(), b: Optimizer.averaged() }, (path) =>
    path === 'a' ? 'a' : 'b'
  )
  const params = { a: double(1), b: double(2) }
  const [, after] = parts.update(params, parts.init(params), params)
  expect(Optimizer.averageOf(after, { a: double(0), b: double(0) })).toEqual({ a: double(2), b: double(4) })
})

test('hyper-parameters keep the element type in which they were given', () => {
  const optimizer = Optimizer.injectHyperparams(({ rate }) => Optimizer.sgd(rate), { rate: T.scalar(0.5) })
  const state = Optimizer.withHyperparams(optimizer.init(double(0)), { rate: 0.25 })
  expect(Optimizer.hyperparamsOf(state)['rate']).toEqual(T.scalar(0.25))
  expect(optimizer.update(double(4), state, double(0))[0]).toEqual(double(-1))
})

test.each<readonly [name: string, around: (inner: Optimizer.Optimizer) => Optimizer.Optimizer]>([
  ['injectHyperparams', (inner) => Optimizer.injectHyperparams(() => inner, {})],
  ['accumulate', (inner) => Optimizer.accumulate(inner, 1)]
])('errors count the slot of %s', (_name, around) => {
  const optimizer = around(Optimizer.trace(0.5))
  const [first, second] = optimizer.init(double(0))
  const wrong = { ...second!, moments: {} }
  expect(() => optimizer.update(double(1), [first!, wrong], double(0))).toThrow(
    'the state at [1].moments is without trace'
  )
})

test('adaptiveGradClip counts the norm of a unit of small parameters as epsilon', () => {
  const clip = Optimizer.adaptiveGradClip(0.5, { epsilon: 0.25 })
  const gradient = T.of([
    [3, 4],
    [3, 4]
  ])
  const params = T.of([
    [0, 0],
    [30, 40]
  ])
  expect(clip.update(gradient, [], params)[0]).toEqual(
    T.of([
      [0.075, 0.1],
      [3, 4]
    ])
  )
})

test('trust ratios have a least norm, and a constant beside that of the update', () => {
  const [gradient, params] = [double(3, 4), double(0.3, 0.4)]
  const by = (options: Optimizer.TrustOptions): readonly unknown[] =>
    Array.from(T.toArray(Optimizer.scaleByTrustRatio(options).update(gradient, [], params)[0]))
  expect(by({ minNorm: 2 })).toEqual([3 * 0.4, 4 * 0.4])
  expect(by({ minNorm: 2, epsilon: 5 })).toEqual([3 * 0.2, 4 * 0.2])
  expect(by({ minNorm: 10 })).toEqual([3, 4])
})

test('orthogonal updates of tall matrices are those of wide ones, times the root of rows by columns', () => {
  const wide = T.of([[1, 2, -1, 0.5]], 'float64')
  const of = (x: T.Tensor): T.Tensor => Optimizer.orthogonalize().update(x, [], x)[0]
  expect(T.toNested(of(T.transpose(wide)))).toEqual(T.toNested(T.mul(T.transpose(of(wide)), 2)))
})

test('of axes of one size the last two are factored', () => {
  const [slot] = Optimizer.scaleByFactoredRms({ minSize: 3 }).init(T.zeros([3, 3, 3]))
  expect(slot?.moments['rows']?.['']?.shape).toEqual([3, 3, 1])
  expect(slot?.moments['columns']?.['']?.shape).toEqual([3, 1, 3])
})

test('noise is drawn anew at each step, and falls with the root of a power of its number', () => {
  const zero = T.zeros([50], 'float64')
  const optimizer = Optimizer.addNoise(Random.key(3), { eta: 1, gamma: 1 })
  const [first] = optimizer.update(zero, optimizer.init(zero), zero)
  const late = optimizer.init(zero).map((slot) => ({ ...slot, count: T.scalar(3, 'int32') }))
  expect(T.mul(optimizer.update(zero, late, zero)[0], 2)).toEqual(first)
  const steady = Optimizer.addNoise(Random.key(3), { eta: 1, gamma: 0 })
  const [once, state] = steady.update(zero, steady.init(zero), zero)
  expect(steady.update(zero, state, zero)[0]).not.toEqual(once)
})

test('first squares, largest steps and decays are as they are given', () => {
  const close = (optimizer: Optimizer.Optimizer, start: number, gradients: readonly number[], last: number): void =>
    expect(run(optimizer, start, gradients).path.at(-1)).toBeCloseTo(last, 9)
  // v = 0.75 * 4 + 0.25 * 4
  close(Optimizer.scaleByRms({ decay: 0.75, initial: 4, epsilon: 1e-12 }), 0, [2], 1)
  close(Optimizer.rprop(1, { maxStep: 1.25 }), 0, [1, 1, 1], -1 - 1.2 - 1.25)
  close(Optimizer.adafactor(0.1, { weightDecay: 0.5 }), 2, [0], 1)
})

test('gradients take the element types of the parameters', () => {
  const single: T.Tensor<[1]> = T.of([0])
  const optimizer = Optimizer.trace(0.5)
  const [updates, state] = optimizer.update<T.Tensor>(double(0.1), optimizer.init(single), single)
  expect([updates.dtype, state[0]?.moments['trace']?.['']?.dtype]).toEqual(['float32', 'float32'])
})
