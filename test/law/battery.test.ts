// The suite is tested by mutation: wrong rules and kernels made of the library's own, each of which must break a law.
import * as Law from 'pullback/Law'
import { describe, expect, it } from 'vitest'
import { primitives } from './primitives.js'

const differentiable = primitives.flatMap(({ primitive }) =>
  'infer' in primitive && primitive.derivative !== undefined ? [primitive] : []
)

describe('the mutation battery', () => {
  it('kills every mutant of every primitive', () => {
    const kills = differentiable.flatMap((primitive) => Law.battery(primitive))
    console.log(Law.killTable(kills))
    const survivors = kills.filter(({ killedBy }) => killedBy === undefined)
    expect(survivors.map(({ primitive, mutation }) => `${primitive}: ${mutation}`)).toEqual([])
    expect(new Set(kills.map(({ mutation }) => mutation))).toEqual(new Set(Law.mutations.map(({ name }) => name)))
  })
})
