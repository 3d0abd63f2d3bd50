import { describe, expect, it } from 'vitest'
import { grad, jacobian } from 'pullback/Grad'
import * as Linalg from 'pullback/Linalg'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import {
  type Options,
  type Phase,
  type Point,
  banana,
  energy,
  leapfrog,
  transition
} from '../../examples/hmc/sampler.js'

const options: Options = { stepSize: 0.2, leaps: 12 }
const start: Phase = { position: T.of([0.7, -0.4], 'float64'), momentum: T.of([-0.3, 1.1], 'float64') }

const largest = (x: T.Tensor): number => T.item(T.max(T.abs(x)))

describe('the example of Hamiltonian Monte Carlo', () => {
  it('has the gradient of its density', () => {
    const [x, y] = [0.7, -0.4]
    const deviation = 2 * y - (x * x - 1)
    const known = T.of([-x + 2 * x * deviation, -2 * deviation], 'float64')
    expect(largest(T.sub(grad(banana)(start.position), known))).toBeLessThan(1e-15)
  })

  it('takes a path back to where it began when the momentum is turned round', () => {
    const walk = leapfrog(banana, options)
    const { position, momentum } = walk(start)
    expect(largest(T.sub(position, start.position))).toBeGreaterThan(0.5)
    const back = walk({ position, momentum: T.neg(momentum) })
    expect(largest(T.sub(back.position, start.position))).toBeLessThan(1e-12)
    expect(largest(T.add(back.momentum, start.momentum))).toBeLessThan(1e-12)
  })

  it('preserves volume: the Jacobian of a path has determinant 1', () => {
    const path = (state: T.Tensor<[4]>): T.Tensor<[number]> => {
      const [position, momentum] = [T.slice(state, [[0, 2]]), T.slice(state, [[2, 4]])].map((half) =>
        T.ensure(half, [2])
      )
      const end = leapfrog(banana, options)({ position: position!, momentum: momentum! })
      return T.concat([end.position, end.momentum])
    }
    const matrix = jacobian(path)(T.ensure(T.concat([start.position, start.momentum]), [4]))
    expect(largest(T.sub(matrix, T.eye(4, 'float64')))).toBeGreaterThan(0.1)
    expect(T.item(Linalg.det(matrix))).toBeCloseTo(1, 12)
  })

  it('conserves energy to the second order of its step', () => {
    const drift = (leaps: number): number => {
      const end = leapfrog(banana, { stepSize: 1 / leaps, leaps })(start)
      return T.item(T.sub(energy(banana)(end), energy(banana)(start)))
    }
    expect(drift(200) / drift(400)).toBeCloseTo(4, 2)
  })

  it('moves many chains as it moves each of them', () => {
    const positions: T.Tensor<[number, 2]> = T.mul(Random.normal(Random.key(1), [6, 2], 'float64'), 2)
    const all = vmap(transition(banana, options), { inAxes: ['split', 0] })(Random.key(2), positions)
    Random.split(Random.key(2), 6).forEach((key, i) => {
      const one = transition(banana, options)(key, T.at(positions, i) satisfies Point)
      expect(T.item(T.at(all.accepted, i))).toBe(T.item(one.accepted))
      expect(largest(T.sub(T.at(all.position, i), one.position))).toBeLessThan(1e-12)
    })
  })
})
