import { describe, expect, it } from 'vitest'
import * as T from 'pullback/Tensor'
import * as ba from '../../../examples/gradbench/ba.js'
import { differences } from '../../../examples/gradbench/differences.js'
import { expectClose, expectLaws, keys } from './held.js'

describe('ba', () => {
  // The instance of ADBench's tests, and the numbers that they expect of it: ten times the same view.
  const camera: T.Tensor<[11]> = T.of(
    [
      1.797201, 0.590697, -0.635786, 90.85955, 29.361415, 28.777534, 211.628116, -0.284531, -14.762924, 0.058931,
      0.069976
    ],
    'float64'
  )
  const point: T.Tensor<[3]> = T.of([4.173048, 5.586898, 1.403869], 'float64')
  const scene: ba.Scene = {
    cameras: T.broadcastTo(camera, [2, 11]),
    points: T.broadcastTo(point, [10, 3]),
    weights: T.full([10], 0.417022, 'float64')
  }
  const views: ba.Views = {
    camera: T.of([0, 1, 0, 1, 0, 1, 0, 1, 0, 1], 'int32'),
    point: T.arange(0, 10, 1, 'int32'),
    features: T.broadcastTo(T.of([-525.672849, 161.811929], 'float64'), [10, 2])
  }

  it('has the published errors', () => {
    const { reprojection, weight } = ba.objective(scene, views)
    for (const error of T.toNested(reprojection)) {
      expect(error[0]).toBeCloseTo(-0.269048849235189402, 12)
      expect(error[1]).toBeCloseTo(0.259944792677901881, 12)
    }
    for (const error of T.toNested(weight)) expect(error).toBeCloseTo(0.826092651515999976, 15)
  })

  it('has the published Jacobian', () => {
    const { shape, rows, columns, values } = ba.jacobian(scene, views)
    expect(shape).toEqual([30, 62])
    expect([rows.shape, columns.shape, values.shape]).toEqual([[31], [310], [310]])
    const first = [
      2.28877202208246757e2, 6.34574811495545418e2, -7.82222866259340549e2, 2.42892615607159668, -1.17828079628011313e1,
      2.5416931248774346, -1.03657084958518086, 0.417022, 0, -3.50739521096005205e2, -9.12107773668008576e2,
      -2.42892615607159668, 1.17828079628011313e1, -2.5416931248774346, -6.45167039712987389e-1
    ]
    const second = [
      -1.20542435994996879e2, -3.85673240766460424e2, 9.75476291403326456e1, -1.78372108529576567, 4.15466799433126077,
      2.04025718029898906, 3.4917639743314588e-1, 0, 0.417022, 1.18149147704414503e2, 3.07250108960343255e2,
      1.78372108529576567, -4.15466799433126077, -2.04025718029898906, 6.23335921553064054e-1
    ]
    const found = Array.from(T.toArray(values))
    for (let view = 0; view < 10; view++) {
      expectClose(found.slice(30 * view, 30 * view + 15), first, 1e-12)
      expectClose(found.slice(30 * view + 15, 30 * view + 30), second, 1e-12)
    }
    expectClose(
      found.slice(300),
      Array.from({ length: 10 }, () => -0.834044)
    )
  })

  it('puts each derivative in its place', () => {
    for (const key of keys) {
      const [at, seen] = ba.generate(key, 2, 3, 5)
      const sparse = ba.jacobian(at, seen)
      const expected = differences((params: ba.Scene) => ba.objective(params, seen), at)
      expect(sparse.shape).toEqual(expected.shape)
      expectClose(ba.dense(sparse), Array.from(T.toArray(expected)), 1e-9)
    }
  })

  it('obeys the laws, also where a camera does not turn', () => {
    const law = (at: ba.Scene, seen: ba.Views): void =>
      expectLaws('ba', (params: ba.Scene) => ba.objective(params, seen), at)
    const instances = keys.map((key) => ba.generate(key, 2, 3, 4))
    for (const [at, seen] of instances) law(at, seen)
    const [at, seen] = instances[0]!
    const upright = T.concat([T.zeros([2, 3], 'float64'), T.slice(at.cameras, [null, [3]])], { axis: 1 })
    law({ ...at, cameras: T.ensure(upright, [2, 11]) }, seen)
  })
})
