import { describe, expect, it } from 'vitest'
import * as T from 'pullback/Tensor'
import { accuracy, fit, spirals } from '../../examples/spirals/training.js'
import { byClass } from '../../examples/support/plane.js'

describe('the spirals example', () => {
  const [train, test] = spirals(60, 90)

  it('gives scores of three classes, by the same bits for the same choice', () => {
    const [one, other] = [0, 1].map(() => fit({ width: 3, decay: 1e-3 }, train, 5)(test.features))
    expect(one?.shape).toEqual([90, 3])
    expect(T.toArray(one!)).toEqual(T.toArray(other!))
  })

  it('learns more points by heart with hidden units, and none under a strong penalty', () => {
    const learnt = (width: number, decay: number): number => accuracy(fit({ width, decay }, train, 80), train)
    expect(learnt(0, 0)).toBeLessThan(0.65)
    expect(learnt(32, 0)).toBeGreaterThan(0.9)
    expect(learnt(32, 1)).toBeLessThan(0.5)
  })
})

it('puts points under the names of their classes', () => {
  const points: T.Tensor<[3, 2]> = T.of([
    [1, 2],
    [3, 4],
    [5, 6]
  ])
  expect(byClass(points, T.of([1, 0, 1], 'int32'), ['a', 'b', 'c'])).toEqual([
    { name: 'a', points: [[3, 4]] },
    {
      name: 'b',
      points: [
        [1, 2],
        [5, 6]
      ]
    },
    { name: 'c', points: [] }
  ])
})
