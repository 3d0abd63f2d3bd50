// Every primitive is held to every law, found by itself: a new one needs no line here. The other half of them is in
// primitives.rest.test.ts, which runs beside.
import * as fc from 'fast-check'
import { type Params, bind, none, real, unary, type Rules } from 'pullback/Primitive'
import * as Law from 'pullback/Law'
import * as T from 'pullback/Tensor'
import { describe, expect, it } from 'vitest'
import { everyLaw } from './law/everyLaw.js'
import { collect, exported, hidden, primitives } from './law/primitives.js'

everyLaw(0, 2)

const binaries = new Map(
  exported.flatMap(([place, f]) => (Law.broadcasts(f) ? [[f.primitive, [place, f] as const] as const] : []))
)

describe('broadcasting', () => {
  it.each([...binaries.values()])('%s', (_, f) => {
    fc.assert(Law.broadcast(f).property)
  })
})

describe('the collection', () => {
  it('finds the primitives', () => {
    const names = primitives.map(({ primitive }) => primitive.name)
    expect(names).toEqual(expect.arrayContaining(['add', 'neg', 'sum', 'broadcastTo', 'guardedMul']))
  })

  it('finds the functions that broadcast', () => {
    expect([...binaries.values()].map(([, f]) => f.primitive.name)).toEqual(
      expect.arrayContaining(['add', 'sub', 'mul', 'div'])
    )
  })

  it('misses none: every one is exported', () => {
    expect(hidden).toEqual([])
  })

  it('has a rule of vmap for each: none is mapped one by one', () => {
    const without = primitives.flatMap(({ place, primitive }) => (primitive.batch === undefined ? [place] : []))
    expect(without).toEqual([])
  })
})

describe('a bad primitive fails', () => {
  const broken = (exports: object): readonly string[] =>
    collect(Object.entries(exports)).flatMap(({ primitive }) =>
      Law.primitive(primitive).flatMap(({ name, property }) =>
        fc.check(property, { numRuns: 100 }).failed ? [name] : []
      )
    )

  it('without a sample', () => {
    const { sample: _, ...rest } = T.neg.primitive
    expect(broken({ withoutSample: rest })).toContain('adjoint')
  })

  it('without rules', () => {
    const withoutRules = unary({ name: 'withoutRules', domain: real, f: Math.sin })
    expect(broken({ withoutRules })).toEqual(['without derivative'])
  })

  it('without the rule of one operand', () => {
    const { derivative } = T.mul.primitive
    if (derivative === undefined || typeof derivative.vjp === 'function') throw new Error('mul has a rule per operand')
    const half = { ...T.mul.primitive, derivative: { ...derivative, vjp: [derivative.vjp[0], undefined] } }
    expect(broken({ half })).toContain('adjoint')
  })

  it('with a rule that forgets a kink', () => {
    const forgetful = unary({
      name: 'forgetful',
      domain: real,
      f: (x) => Math.abs(x - 0.0123),
      df: () => T.scalar(1, 'float64')
    })
    expect(broken({ forgetful })).toContain('finite differences')
  })

  it('with a rule of vmap that forgets to align its operands', () => {
    const forgetful: typeof T.mul.primitive = {
      ...T.mul.primitive,
      batch: (operands) => bind(T.mul.primitive, operands, none)
    }
    expect(broken({ forgetful })).toEqual(['vmap', 'staging', 'strong zeros'])
  })

  it('with a rule that reads values', () => {
    const { derivative } = T.exp.primitive
    if (derivative === undefined) throw new Error('exp has rules')
    const ofNumber: Rules<Params>['vjp'] = ([x]) => T.mul(Math.exp(T.toArray(x!)[0] ?? 0))
    const reading = { ...T.exp.primitive, derivative: { ...derivative, vjp: [ofNumber] } }
    expect(broken({ reading })).toEqual(expect.arrayContaining(['vmap', 'staging']))
  })

  it('with a convention at a kink outside of the one-sided derivatives', () => {
    const wild = unary({
      name: 'wild',
      domain: { ...real, kinks: [0] },
      f: Math.abs,
      df: (x) => T.where(T.equal(x, 0), T.mul(T.onesLike(x), 5), T.sign(x))
    })
    expect(broken({ wild })).toEqual(['kinks'])
  })
})
