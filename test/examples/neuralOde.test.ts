import { describe, expect, it } from 'vitest'
import { grad, jvp } from 'pullback/Grad'
import { odeint } from 'pullback/Ode'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { firstParams, learnt, loss, observe, pieces, predict, spiral, train } from '../../examples/neuralOde/spiral.js'

const times = T.linspace(0, 0.5, 6, 'float64')
const starts = T.of(
  [
    [2, 0],
    [0.5, -1]
  ],
  'float64'
)
const seen = observe(starts, times)
const params = firstParams(Random.key(3))

const largest = (x: T.Tensor): number => T.item(T.max(T.abs(x)))

describe('the example of a neural ODE', () => {
  it('observes solutions of the spiral: their slopes are its slopes', () => {
    const path = (t: T.Tensor<[]>): T.Tensor =>
      T.at(odeint(spiral)(T.at(starts, 0), T.stack([T.scalar(0, 'float64'), t])), -1)
    const [value, slope] = jvp(path)([T.scalar(0.3, 'float64')], [T.scalar(1, 'float64')])
    expect(largest(T.sub(slope, spiral(value as T.Tensor<[2]>)))).toBeLessThan(1e-6)
  })

  it('observes all paths as it observes each of them', () => {
    for (const i of [0, 1]) {
      const alone = odeint(spiral)(T.at(starts, i), times)
      expect(largest(T.sub(T.at(seen, i, { axis: 1 }), alone))).toBeLessThan(1e-12)
    }
  })

  it('predicts all points as it predicts each of them', () => {
    const together = predict(params, starts, times)
    for (const i of [0, 1]) {
      const alone = predict(params, T.slice(starts, [[i, i + 1]]), times)
      expect(largest(T.sub(T.slice(together, [null, [i, i + 1]]), alone))).toBeLessThan(1e-12)
    }
  })

  it('makes the steps of Runge and Kutta', () => {
    const f = learnt(params)
    const h = 0.1
    const k1 = f(starts)
    const k2 = f(T.add(starts, T.mul(k1, h / 2)))
    const k3 = f(T.add(starts, T.mul(k2, h / 2)))
    const k4 = f(T.add(starts, T.mul(k3, h)))
    const sum = T.add(T.add(k1, k4), T.mul(T.add(k2, k3), 2))
    const first = T.at(predict(params, starts, times), 1)
    expect(largest(T.sub(first, T.add(starts, T.mul(sum, h / 6))))).toBeLessThan(1e-12)
  })

  it('has the gradient of the loss through all steps', () => {
    const direction = Tree.map(params, (leaf) => T.cos(leaf))
    const at = (by: number): number => T.item(loss(Tree.add(params, Tree.scale(direction, by)), seen, times))
    const slope = T.item(Tree.dot(grad(loss)(params, seen, times), direction))
    const h = 1e-5
    expect((at(h) - at(-h)) / (2 * h) / slope).toBeCloseTo(1, 6)
  })

  it('cuts paths into pieces that begin where paths were', () => {
    const parts = pieces(seen, 3, 2)
    expect(parts.shape).toEqual([3, 4, 2])
    expect(T.toNested(T.slice(parts, [null, [2, 4]]))).toEqual(T.toNested(T.slice(seen, [[2, 5]])))
  })

  it('learns', () => {
    const after = train(params, seen, times, 10)
    expect(T.item(loss(after, seen, times))).toBeLessThan(0.5 * T.item(loss(params, seen, times)))
  })
})
