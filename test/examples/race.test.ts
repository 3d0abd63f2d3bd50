import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { grad } from 'pullback/Grad'
import * as Minimize from 'pullback/Minimize'
import * as T from 'pullback/Tensor'
import { after, bestRuns, lbfgsRun, optimizers } from '../../examples/race/race.js'
import { distance, heights, surfaces } from '../../examples/race/surfaces.js'

const all = Object.values(surfaces)

describe('the race of optimizers', () => {
  it.each(Object.entries(surfaces))('has its minima where the slope of %s is 0', (_, surface) => {
    for (const place of surface.minima) {
      const slope = grad((point: T.Tensor<[2]>) => T.sum(heights(surface, point)))(T.of(place, 'float64'))
      expect(T.item(T.norm(slope))).toBeLessThan(1e-12)
      expect(distance(surface, place)).toBe(0)
    }
  })

  it('takes the steps that each optimizer takes alone', () => {
    for (const [i, runs] of bestRuns(all, 6).entries()) {
      const surface = all[i]!
      const f = (point: T.Tensor<[2]>): T.Tensor<[]> => T.sum(heights(surface, point))
      for (const [name, { rate = NaN, path }] of Object.entries(runs)) {
        const method = Minimize.by(optimizers[name]!(T.scalar(rate, 'float64')))
        const start: T.Tensor<[2]> = T.of(surface.start, 'float64')
        const alone = E.toUnion(Minimize.minimize(f, start, method, { maxIterations: 6, path: true, tolerance: 0 }))
        const ends = T.of(path.at(-1) ?? [], 'float64')
        expect(T.isClose(alone.path.at(-1)!, ends)).toBe(true)
      }
    }
  })

  it('has L-BFGS at each minimum', () => {
    for (const surface of all) expect(after(surface, lbfgsRun(surface, 100), 100)).toBeLessThan(1e-10)
  })
})
