import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cumprodInto, cumsumInto } from '../../src/kernel/cumulative.js'
import { prodInto } from '../../src/kernel/reduceProduct.js'
import { awkward, type Block, block, integer, lines, make } from './reduction.js'

type Step = (total: number, value: number) => number

const steps = {
  float: { sum: (total, value) => total + value, product: (total, value) => total * value },
  integer: { sum: (total, value) => (total + value) | 0, product: Math.imul }
} satisfies Record<string, Record<string, Step>>

const running = (
  line: ReadonlyArray<number>,
  unit: number,
  step: Step,
  exclusive: boolean,
  reverse: boolean
): ReadonlyArray<number> => {
  const ordered = reverse ? [...line].reverse() : line
  const inclusive = ordered.map((_, j) => ordered.slice(0, j + 1).reduce(step, unit))
  const results = exclusive ? [unit, ...inclusive].slice(0, line.length) : inclusive
  return reverse ? [...results].reverse() : results
}

/** The results that belong to each line, to be compared with what was computed from the line. */
const linesOf = (out: Block['data'], { outer, n, inner }: Block) => lines({ data: out, offset: 0, outer, n, inner })

describe.each([
  ['float32', awkward],
  ['float64', awkward],
  ['int32', integer],
  ['bool', fc.integer({ min: 0, max: 1 })]
] as const)('%s', (dtype, element) => {
  const step = dtype === 'int32' || dtype === 'bool' ? steps.integer : steps.float
  const result = dtype === 'bool' ? make.int32 : make[dtype]
  const blank = (length: number) => result(new Array<number>(length).fill(77))

  test('cumsumInto and cumprodInto run over each line, both ways, with and without the element itself', () => {
    fc.assert(
      fc.property(block(make[dtype], element), fc.boolean(), fc.boolean(), (x, exclusive, reverse) => {
        const out = blank(x.outer * x.n * x.inner)
        cumsumInto(x.data, x.offset, x.outer, x.n, x.inner, out, { exclusive, reverse })
        const sums = lines(x).map((line) => [...result(running(line, 0, step.sum, exclusive, reverse))])
        expect(linesOf(out, x)).toEqual(sums)
        cumprodInto(x.data, x.offset, x.outer, x.n, x.inner, out, { exclusive, reverse })
        const products = lines(x).map((line) => [...result(running(line, 1, step.product, exclusive, reverse))])
        expect(linesOf(out, x)).toEqual(products)
      })
    )
  })

  test('prodInto multiplies each line; of nothing, 1', () => {
    fc.assert(
      fc.property(block(make[dtype], element), (x) => {
        const out = blank(x.outer * x.inner)
        prodInto(x.data, x.offset, x.outer, x.n, x.inner, out)
        expect([...out]).toEqual([...result(lines(x).map((line) => line.reduce(step.product, 1)))])
      })
    )
  })
})

test('more columns than are taken at a time', () => {
  const [outer, n, inner] = [2, 3, 2500]
  const data = Float64Array.from({ length: outer * n * inner }, (_, i) => ((i * 7919) % 11) - 5)
  const x = { data, offset: 0, outer, n, inner }
  const out = new Float64Array(data.length)
  const options = { exclusive: false, reverse: true }
  cumsumInto(data, 0, outer, n, inner, out, options)
  expect(linesOf(out, x)).toEqual(lines(x).map((line) => running(line, 0, steps.float.sum, false, true)))
  prodInto(data, 0, outer, n, inner, out)
  expect([...out.subarray(0, outer * inner)]).toEqual(lines(x).map((line) => line.reduce(steps.float.product, 1)))
})
