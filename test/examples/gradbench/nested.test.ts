import { describe, expect, it } from 'vitest'
import * as Law from 'pullback/Law'
import * as T from 'pullback/Tensor'
import {
  type Nesting,
  type Point,
  type Scalar,
  argmin,
  nestings,
  reverse
} from '../../../examples/gradbench/descent.js'
import * as particle from '../../../examples/gradbench/particle.js'
import * as saddle from '../../../examples/gradbench/saddle.js'
import { expectLaws } from './held.js'
import { expectParticle, expectSaddle } from './published.js'

const scalar = (x: number): Scalar => T.scalar(x, 'float64')
const each = Object.keys(nestings) as readonly Nesting[]

describe('argmin', () => {
  it('goes down to the minimum', () => {
    const [x, y] = argmin(([a, b]: Point) => T.add(T.square(T.sub(a, 1)), T.square(b)), reverse, [scalar(0), scalar(2)])
    expect(T.item(x)).toBeCloseTo(1, 4)
    expect(T.item(y)).toBeCloseTo(0, 4)
  })

  it('rejects a function without a minimum', () => {
    expect(() => argmin((x: Scalar) => T.mul(x, -10), reverse, scalar(0))).toThrow(
      'argmin: the function still decreases after 10000 steps; expected one that is bounded below'
    )
  })
})

describe('particle', () => {
  // The other nestings: npm run long
  it('hits the origin with the published control, rr', () => {
    expectParticle('rr')
  })

  it('has one objective and one gradient, whatever the nesting', () => {
    const all = each.map((nesting) => {
      const [outer, inner] = nestings[nesting]
      const [value, slope] = outer((w: Scalar) => particle.objective(w, inner))(scalar(0.1))
      return [T.item(value), T.item(slope)] as const
    })
    for (const [value, slope] of all) {
      expect(value / all[0]![0]).toBeCloseTo(1, 12)
      expect(slope / all[0]![1]).toBeCloseTo(1, 12)
    }
  })

  it.each(['f', 'r'] as const)('has the derivative of finite differences, with inner gradients of mode %s', (mode) => {
    const [, inner] = nestings[`f${mode}`]
    const laws = [Law.adjoint, Law.finiteDifferences]
    expectLaws('particle', (w: Scalar) => particle.objective(w, inner), scalar(0.1), laws)
  })
})

describe('saddle', () => {
  // The other nestings: npm run long
  it('finds the published point, fr', () => {
    expectSaddle('fr')
  })

  it.each(['f', 'r'] as const)('obeys the laws where descent by mode %s is differentiated', (mode) => {
    const [, inner] = nestings[`f${mode}`]
    const start: Point = [scalar(0.05), scalar(-0.02)]
    expectLaws('saddle', (x: Point) => saddle.highest(x, start, inner), [scalar(0.5), scalar(-1)])
  })
})
