// 10^5 random functions of one number under random stacks of transformations, against power series that know nothing of the
// library: 5,000 for each outermost transformation.
import * as fc from 'fast-check'
import * as T from 'pullback/Tensor'
import { expect, it } from 'vitest'
import { type JetFunction, add, mul, scale, sin, valueAt } from '../nesting/jet.js'
import { type Scalar, deep, transformations } from '../nesting/transformations.js'

/** A function, written in the library and as one of power series. */
interface Both {
  readonly text: string
  readonly f: Scalar
  readonly reference: JetFunction
}

const coefficient = fc.integer({ min: -16, max: 16 }).map((n) => n / 32)

const term: fc.Arbitrary<Both> = coefficient.map((k) => ({
  text: `${k} x`,
  f: (x) => T.mul(x, k),
  reference: (x) => scale(x, k)
}))

/** Sums, products and sines of multiples of x, tame enough for roots and fixed points to converge. */
const functions: fc.Arbitrary<Both> = fc.letrec<{ readonly of: Both }>((tie) => ({
  of: fc.oneof(
    { maxDepth: 3 },
    term,
    fc.tuple(tie('of'), tie('of')).map(([a, b]): Both => ({
      text: `(${a.text} + ${b.text}) / 2`,
      f: (x) => T.mul(T.add(a.f(x), b.f(x)), 0.5),
      reference: (x) => scale(add(a.reference(x), b.reference(x)), 0.5)
    })),
    fc.tuple(tie('of'), tie('of')).map(([a, b]): Both => ({
      text: `(${a.text}) (${b.text})`,
      f: (x) => T.mul(a.f(x), b.f(x)),
      reference: (x) => mul(a.reference(x), b.reference(x))
    })),
    tie('of').map((a): Both => ({
      text: `sin(${a.text})`,
      f: (x) => T.sin(a.f(x)),
      reference: (x) => sin(a.reference(x))
    }))
  )
})).of

/** The reference of `cond` holds above 0.1 only, which random functions do not keep to. */
const outermost = transformations.filter(({ name }) => name !== 'cond')

const perTransformation = Math.ceil(1e5 / outermost.length)

it.each(outermost.map((outer) => [outer.name, outer] as const))('%s of random stacks and functions', (_, outer) => {
  const inner = fc.array(fc.constantFrom(...deep), { maxLength: 2 })
  fc.assert(
    fc.property(inner, functions, fc.integer({ min: -16, max: 16 }), (inside, { text, f, reference }, place) => {
      const stack = [outer, ...inside]
      const at = place / 16
      const expected = valueAt(
        stack.reduceRight((g, each) => each.reference(g), reference),
        at
      )
      const found = T.item(stack.reduceRight((g, { apply }) => apply(g), f)(T.scalar(at, 'float64')))
      const error = Math.abs(found - expected) / Math.max(1, Math.abs(expected))
      expect(error, `${stack.map(({ name }) => name).join(' of ')}, ${text}, at ${at}`).toBeLessThanOrEqual(1e-12)
    }),
    { numRuns: perTransformation }
  )
})
