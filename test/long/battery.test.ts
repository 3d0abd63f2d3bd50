// The mutation battery of all primitives, with five more seeds and twice the draws: no mutant lives by where the laws look first.
import { describe, expect, it } from 'vitest'
import { type Kill, battery, killTable } from '../law/battery.js'
import { mutations } from '../law/mutation.js'
import { primitives } from '../law/primitives.js'

describe.each([2, 3, 4, 5, 6])('with seed %i', (seed) => {
  const kills: Kill[] = []

  it.each(primitives.map(({ place, primitive }) => [place, primitive] as const))(
    'every mutant of %s',
    (_, primitive) => {
      const own = battery(primitive, { runs: 200, seed })
      kills.push(...own)
      expect(own.flatMap(({ mutation, killedBy }) => (killedBy === undefined ? [mutation] : []))).toEqual([])
    }
  )

  it('by every mutation', () => {
    console.log(killTable(kills))
    expect(new Set(kills.map(({ mutation }) => mutation))).toEqual(new Set(mutations.map(({ name }) => name)))
  })
})
