// Every transformation over every other, to depth three: generated, against power series that know nothing of the library.
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { type JetFunction, add, mul, scale, sin, valueAt } from './jet.js'
import { type Scalar, deep, transformations } from './transformations.js'

/** f(x) = sin(x) + 0.3 x^2 sin(x / 2) */
const f: Scalar = (x) => T.add(T.sin(x), T.mul(T.mul(0.3, T.square(x)), T.sin(T.mul(x, 0.5))))
const reference: JetFunction = (x) => add(sin(x), scale(mul(mul(x, x), sin(scale(x, 0.5))), 0.3))

const at = 0.7

const pairs = transformations.flatMap((outer) => transformations.map((inner) => [outer, inner]))
const deepPairs = deep.flatMap((outer) => deep.map((inner) => [outer, inner]))
const triples = deepPairs.flatMap((outer) => transformations.map((inner) => [...outer, inner]))
const stacks = [...transformations.map((each) => [each]), ...pairs, ...triples]

type Stack = typeof transformations

const expected = (stack: Stack): number =>
  valueAt(
    stack.reduceRight((g, { reference: change }) => change(g), reference),
    at
  )

const found = (stack: Stack): number | string => {
  try {
    return Number(T.item(stack.reduceRight((g, { apply }) => apply(g), f)(T.scalar(at, 'float64'))))
  } catch (error) {
    return String(error)
  }
}

const agree = (value: number | string, reference: number): boolean =>
  typeof value === 'number' && Math.abs(value - reference) <= 1e-12 * Math.max(1, Math.abs(reference))

describe('nesting', () => {
  for (const outer of transformations) {
    test(`${outer.name} of everything, to depth three`, () => {
      const wrong = stacks
        .filter(([first]) => first === outer)
        .map((stack) => [stack.map(({ name }) => name).join(' of '), found(stack), expected(stack)] as const)
        .filter(([, value, reference]) => !agree(value, reference))
      expect(wrong).toEqual([])
    })
  }

  test('the matrix is whole', () => {
    const n = transformations.length
    expect(stacks.length).toBe(n + n ** 2 + n * deep.length ** 2)
  })
})
