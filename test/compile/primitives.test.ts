// Every primitive through jit, bit for bit: its value, pullback, tangent and mapping, with jit outside and inside.
import * as fc from 'fast-check'
import type { Tensor } from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { draw } from '../../src/arbitrary/draw.js'
import { callMapped } from '../../src/calculus/batching.js'
import { jitPrimitive, madeOf } from '../../src/compile/runner.js'
import { maskOf, stacked } from '../../src/law/examples.js'
import { type Instance, inEither, instance } from '../../src/law/instance.js'
import { type Part, partsOf } from '../../src/law/parts.js'
import { sampleOf } from '../../src/law/suite.js'
import { bind } from '../../src/primitive/bind.js'
import { primitives } from '../law/primitives.js'
import { stage } from '../../src/transform/stage.js'
import { differences } from './same.js'

type Tensors = readonly Tensor[]

/** A function of leaves through jit. */
const through =
  (f: (leaves: Tensors) => Tensors) =>
  (leaves: Tensors): Tensors => {
    const { program, captured } = stage('jit', leaves, f)
    expect(madeOf(program)._tag).toBe('Compiled')
    return bind(jitPrimitive, [...leaves, ...captured], { program })
  }

const mapped = (part: Part, mask: readonly boolean[]): Part => ({
  ...part,
  what: `mapped ${part.what}`,
  leaves: part.leaves.map((leaf, i) =>
    mask[i] === true ? (example) => stacked([leaf(example), leaf(example + 1)], leaf(0)) : leaf
  ),
  f: (leaves) => callMapped('vmap', 2, leaves, mask, part.f)
})

const check = (at: Instance, salt: number): readonly string[] => {
  const plain = partsOf(at, salt)
  const inside = partsOf({ ...at, apply: through(at.apply) }, salt)
  const mask = maskOf(salt, plain[0].leaves.length)
  const pairs = [
    ...plain.map((part) => [part, through(part.f), `jit of ${part.what}`] as const),
    ...plain.map((part, i) => [part, inside[i]!.f, `${part.what} of jit`] as const),
    [mapped(plain[0], mask), through(mapped(plain[0], mask).f), 'jit of vmap'] as const,
    [mapped(plain[0], mask), mapped(inside[0], mask).f, 'vmap of jit'] as const
  ]
  return pairs.flatMap(([{ leaves, f }, other, what]) => {
    const here = leaves.map((leaf) => leaf(0))
    return differences(other(here), f(here)).map((each) => `${what}: ${each}`)
  })
}

/** One draw of each in `npm test`; `FC_RUNS` multiplies it. */
const runs = Math.ceil((fc.readConfigureGlobal()?.numRuns ?? 100) / 100)

describe('jit(f) = f, jit(vjp f) = vjp(jit f) = vjp f, jit(vmap f) = vmap(jit f)', () => {
  test.each(primitives)('$place', ({ primitive }) => {
    fc.assert(
      fc.property(draw({ maxElements: 16 }), fc.nat(), (from, salt) => {
        const at = inEither(instance(primitive, sampleOf(primitive, from), from.reachOf, true), salt)
        expect(check(at, salt)).toEqual([])
      }),
      { numRuns: runs }
    )
  })
})
