// The numbers that GradBench holds its tools to, by a part of 1e-4, here to all digits.
import * as T from 'pullback/Tensor'
import { expect } from 'vitest'
import type { Nesting } from '../../../examples/gradbench/descent.js'
import { particle } from '../../../examples/gradbench/particle.js'
import { saddle } from '../../../examples/gradbench/saddle.js'

/** The control with which the particle hits the origin. */
export const expectParticle = (nesting: Nesting): void => {
  const control = particle(T.scalar(0, 'float64'), nesting)
  expect(Math.abs(T.item(control) - 0.2071918746486116)).toBeLessThan(1e-14)
}

/** The saddle point, whose coordinates are all the same. */
export const expectSaddle = (nesting: Nesting): void => {
  const one = T.scalar(1, 'float64')
  const [x, y] = saddle([one, one], nesting)
  for (const coordinate of [...x, ...y]) expect(Math.abs(T.item(coordinate) - 8.246324826140356e-6)).toBeLessThan(1e-19)
}
