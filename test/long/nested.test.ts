// GradBench's nested descents in every nesting of the two modes; npm test has one of each.
import { describe, it } from 'vitest'
import { type Nesting, nestings } from '../../examples/gradbench/descent.js'
import { expectParticle, expectSaddle } from '../examples/gradbench/published.js'

describe.each(Object.keys(nestings) as readonly Nesting[])('nesting %s', (nesting) => {
  it('hits the origin with the published control', () => {
    expectParticle(nesting)
  })

  it('finds the published point', () => {
    expectSaddle(nesting)
  })
})
