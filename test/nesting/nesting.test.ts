// Every transformation over every other, to depth three: generated, against power series that know nothing of the library.
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { type JetFunction, add, mul, scale, sin, valueAt } from './jet.js'
import { type Scalar, transformations } from './transformations.js'

/** f(x) = sin(x) + 0.3 x^2 sin(x / 2) */
const f: Scalar = (x) => T.add(T.sin(x), T.mul(T.mul(0.3, T.square(x)), T.sin(T.mul(x, 0.5))))
const reference: JetFunction = (x) => add(sin(x), scale(mul(mul(x, x), sin(scale(x, 0.5))), 0.3))

const at = 0.7

const pairs = transformations.flatMap((outer) => transformations.map((inner) => [outer, inner]))
const triples = transformations.flatMap((outer) => pairs.map((rest) => [outer, ...rest]))
const stacks = [...transformations.map((each) => [each]), ...pairs, ...triples]

const hold = (stack: typeof transformations): { readonly found: number; readonly expected: number } => {
  const transformed = stack.reduceRight((g, { apply }) => apply(g), f)
  const expected = stack.reduceRight((g, { reference: change }) => change(g), reference)
  return { found: Number(T.item(transformed(T.scalar(at, 'float64')))), expected: valueAt(expected, at) }
}

describe('nesting', () => {
  for (const outer of transformations) {
    test(`${outer.name} of everything, to depth three`, () => {
      const wrong = stacks
        .filter(([first]) => first === outer)
        .map((stack) => ({ stack: stack.map(({ name }) => name).join(' of '), ...hold(stack) }))
        .filter(({ found, expected }) => !(Math.abs(found - expected) <= 1e-12 * Math.max(1, Math.abs(expected))))
      expect(wrong).toEqual([])
    })
  }

  test('the matrix is whole', () => {
    const n = transformations.length
    expect(stacks.length).toBe(n + n ** 2 + n ** 3)
  })
})
