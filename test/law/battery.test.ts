// The suite is tested by mutation: wrong rules and kernels, made of the library's own, each of which must break a law.
import * as fc from 'fast-check'
import * as Law from 'pullback/Law'
import { type Primitive, type Slots, none, real, unary } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import { describe, expect, it } from 'vitest'
import { type Kill, battery, killTable, mutate } from './battery.js'
import { mutations } from './mutation.js'
import { primitives } from './primitives.js'

const differentiable = primitives.flatMap(({ primitive }) => (primitive.derivative === undefined ? [] : [primitive]))

/** What goes to and comes from each operand, changed in both modes alike. */
const wrongBy = (off: (x: T.Tensor) => T.Tensor, primitive: Primitive): Primitive => {
  const { derivative } = primitive
  if (derivative === undefined) return primitive
  const { jvp, vjp } = derivative
  const all = (list: Slots): Slots => list.map((x) => x && off(x))
  return {
    ...primitive,
    derivative: {
      ...derivative,
      jvp:
        typeof jvp === 'function'
          ? (tangents, ...rest) => jvp(all(tangents), ...rest)
          : jvp.map((rule) => rule && ((...args) => off(rule(...args)))),
      vjp:
        typeof vjp === 'function'
          ? (...args) => {
              const pullback = vjp(...args)
              return (cts, before) => all(pullback(cts, before))
            }
          : vjp.map(
              (rule) =>
                rule &&
                ((...args) => {
                  const pullback = rule(...args)
                  return (ct) => off(pullback(ct))
                })
            )
    }
  }
}

describe('the mutation battery', () => {
  const kills: Kill[] = []

  // A test for each of them: together they take minutes on a busy machine. `npm run long` has all primitives.
  const everyThird = primitives.filter((_, i) => i % 3 === 0)
  it.each(everyThird.map(({ place, primitive }) => [place, primitive] as const))(
    'kills every mutant of %s',
    (_, primitive) => {
      const own = battery(primitive)
      kills.push(...own)
      expect(own.flatMap(({ mutation, killedBy }) => (killedBy === undefined ? [mutation] : []))).toEqual([])
    }
  )

  it('makes mutants by every mutation', () => {
    console.log(killTable(kills))
    expect(new Set(kills.map(({ mutation }) => mutation))).toEqual(new Set(mutations.map(({ name }) => name)))
  })

  it.each(differentiable.map((primitive) => [primitive.name, primitive] as const))(
    'finite differences see an error of 1e-9 in both modes: %s',
    (_, primitive) => {
      const off = (x: T.Tensor): T.Tensor => T.mul(x, 1 + 1e-9)
      const { property } = Law.primitive(wrongBy(off, primitive)).find(({ name }) => name === 'finite differences')!
      expect(fc.check(property, { numRuns: 100, endOnFailure: true }).failed).toBe(true)
    }
  )
})

describe('the battery of a primitive of your own', () => {
  const cube = unary({ name: 'cube', domain: real, f: (x) => x ** 3, df: (x) => T.mul(3, T.square(x)) })

  it('leaves no survivors where the rule is right', () => {
    const kills = battery(cube.primitive)
    expect(kills.length).toBeGreaterThan(10)
    expect(kills.filter(({ killedBy }) => killedBy === undefined)).toEqual([])
    expect(killTable(kills)).toMatch(/^mutation .*\nvjp scaled by 1.001 +1 +1 {2}adjoint 1\n/)
  })

  it('a sample that never varies makes few mutants, and they may survive', () => {
    const atOne = { ...cube.primitive, sample: () => ({ operands: [T.scalar(1, 'float64')], params: none }) }
    expect(mutate(atOne).map(({ name }) => name)).not.toContain('a stale captured value')
    const empty = { ...cube.primitive, sample: () => ({ operands: [T.zeros([0], 'float64')], params: none }) }
    // A tensor without elements can only have a wrong type or shape.
    const ofTypes = ['a cotangent of the other type', 'another type inferred', 'another shape inferred']
    expect(mutate(empty).map(({ name }) => name)).toEqual(ofTypes)
  })
})
