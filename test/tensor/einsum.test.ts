import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { grad, jvp } from 'pullback/Grad'
import { ShapeError } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { permuteTo, sumOver } from '../../src/tensor/structural.js'
import { type Refusal, adjoint, flat, indicesOf, reader, thrownBy, total, whole } from './naive.js'

// -----------------------------------------------------------------------------
// formulas at random
// -----------------------------------------------------------------------------

const alphabet = ['i', 'j', 'k', 'A', 'b']

interface Case {
  readonly inputs: readonly (readonly string[])[]
  readonly output: readonly string[]
  readonly sizes: ReadonlyMap<string, number>
  readonly operands: readonly T.Tensor[]
}

const labels = fc.array(fc.constantFrom(...alphabet), { maxLength: 3 })

const cases: fc.Arbitrary<Case> = fc
  .tuple(
    fc.array(labels, { minLength: 1, maxLength: 3 }),
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 5 })
  )
  .chain(([inputs, list]) => {
    const sizes = new Map(alphabet.map((label, i) => [label, list[i]!]))
    return fc.record({
      inputs: fc.constant(inputs),
      output: fc.shuffledSubarray([...new Set(inputs.flat())]),
      sizes: fc.constant(sizes),
      operands: fc.tuple(...inputs.map((each) => whole(each.map((label) => sizes.get(label)!))))
    })
  })

const formulaOf = ({ inputs, output }: Case): string =>
  `${inputs.map((each) => each.join('')).join(',')}->${output.join('')}`

/** The sum over all values of all labels. */
const naive = ({ inputs, output, sizes, operands }: Case): readonly number[] => {
  const used = [...new Set(inputs.flat())]
  const summed = used.filter((label) => !output.includes(label))
  const readers = operands.map(reader)
  const sizeOf = (label: string): number => sizes.get(label)!
  return indicesOf(output.map(sizeOf)).map((outer) => {
    const terms = indicesOf(summed.map(sizeOf)).map((inner) => {
      const at = (label: string): number =>
        output.includes(label) ? outer[output.indexOf(label)]! : inner[summed.indexOf(label)]!
      return inputs.reduce((product, each, operand) => product * readers[operand]!(each.map(at)), 1)
    })
    return total(terms) + 0
  })
}

const moving = cases.chain((each) => {
  const out = each.output.map((label) => each.sizes.get(label)!)
  return fc.record({
    each: fc.constant(each),
    tangents: fc.tuple(...each.operands.map((x) => whole(x.shape))),
    cotangent: whole(out)
  })
})

describe('einsum', () => {
  test('is the sum over the labels that the result does not have, for any formula', () => {
    fc.assert(
      fc.property(cases, (each) => {
        const result = T.einsum(formulaOf(each), ...each.operands)
        expect(result.shape).toEqual(each.output.map((label) => each.sizes.get(label)!))
        expect(flat(result)).toEqual(naive(each))
      }),
      { numRuns: 500 }
    )
  })

  test('without an arrow, the result has the labels that occur once, in alphabetical order', () => {
    fc.assert(
      fc.property(cases, (each) => {
        const all = each.inputs.flat()
        const once = [...new Set(all)].filter((label) => all.indexOf(label) === all.lastIndexOf(label)).sort()
        const implied = { ...each, output: once }
        const formula = each.inputs.map((labelsOf) => labelsOf.join('')).join(' , ')
        expect(flat(T.einsum(formula, ...each.operands))).toEqual(naive(implied))
      })
    )
  })

  test('both modes of differentiation are adjoint, exactly, in all operands', () => {
    fc.assert(
      fc.property(moving, ({ each, tangents, cotangent }) => {
        const f = (...args: readonly T.Tensor[]): T.Tensor => T.einsum(formulaOf(each), ...args)
        const [forward, reverse] = adjoint(f, each.operands, tangents, cotangent)
        expect(forward).toBe(reverse)
      }),
      { numRuns: 300 }
    )
  })

  test('the Hessian of x^T A x by a formula', () => {
    const a = T.of(
      [
        [1, 2],
        [5, 3]
      ],
      'float64'
    )
    const f = (x: T.Tensor<[2]>): T.Tensor<[]> => T.ensure([])(T.einsum('i,ij,j->', x, a, x))
    const x = T.of([1, -1], 'float64')
    const rows = [T.of([1, 0], 'float64'), T.of([0, 1], 'float64')]
    expect(rows.map((row) => T.toNested(jvp(grad(f))([x], [row])[1]))).toEqual([
      [2, 7],
      [7, 6]
    ])
    expect(rows.map((row) => T.toNested(grad((y: T.Tensor<[2]>) => T.dot(grad(f)(y), row))(x)))).toEqual([
      [2, 7],
      [7, 6]
    ])
  })

  test('the gradient of the trace of a cube is three times the transposed square', () => {
    const f = (m: T.Tensor): T.Tensor<[]> => T.ensure([])(T.einsum('ij,jk,ki->', m, m, m))
    const a = T.of(
      [
        [1, 2],
        [3, 4]
      ],
      'float64'
    )
    expect(T.toNested(grad(f)(a))).toEqual([
      [21, 45],
      [30, 66]
    ])
  })

  test('an ellipsis stands for further axes, which broadcast', () => {
    const stack = T.fromTypedArray(
      Float64Array.from({ length: 24 }, (_, i) => i),
      [2, 3, 4]
    )
    const row = T.of([[[1, 10, 100, 1000]]], 'float64')
    const product = T.einsum('...i,...i->...', stack, row)
    expect(T.toNested(product)).toEqual([
      [3210, 7654, 12098],
      [16542, 20986, 25430]
    ])
    expect(T.toNested(T.einsum('...i,...i', stack, row))).toEqual(T.toNested(product))
    expect(T.toNested(T.einsum('...ij->...ji', stack))).toEqual(T.toNested(permuteTo(stack, [0, 2, 1])))
    expect(T.einsum('i...,...->...i', stack, T.ones([3, 4], 'float64')).shape).toEqual([3, 4, 2])
    expect(T.toNested(T.einsum('...,...->...', T.of([[1], [2]]), T.of([10, 20])))).toEqual([
      [10, 20],
      [20, 40]
    ])
    expect(T.toNested(T.einsum('i...->i...', T.of([1, 2])))).toEqual([1, 2])
  })

  test('an axis that broadcasts collects the sum of its cotangents', () => {
    const f = (b: T.Tensor): T.Tensor<[]> =>
      T.ensure([])(
        sumOver(
          T.einsum(
            '...i,...i->...',
            T.of([
              [1, 2],
              [3, 4]
            ]),
            b
          ),
          [0]
        )
      )
    expect(T.toNested(grad(f)(T.of([[5, 6]])))).toEqual([[4, 6]])
  })

  test('types promote as in matmul and mul', () => {
    const int = T.of([1, 2], 'int32')
    expect(T.einsum('i,i->', int, int).dtype).toBe('int32')
    expect(T.einsum('i,j->ij', int, T.of([0.5])).dtype).toBe('float32')
    expect(T.toNested(T.einsum('i->', T.of([true, true])))).toBe(2)
  })
})

describe('errors', () => {
  const a = T.zeros([2, 3])
  const b = T.zeros([4, 5])
  const refused: readonly Refusal[] = [
    [
      "einsum: label j is 3 in operand 0 and 4 in operand 1 of 'ij,jk->ik'; expected one size per label",
      ShapeError,
      () => T.einsum('ij,jk->ik', a, b)
    ],
    [
      "einsum: label i is 2 in operand 0 and 3 in operand 0 of 'ii'; expected one size per label",
      ShapeError,
      () => T.einsum('ii', a)
    ],
    [
      "einsum: 'ij->ik' has label k in the result only; expected a label of an operand",
      ShapeError,
      () => T.einsum('ij->ik', a)
    ],
    [
      "einsum: 'ij->ii' has label i twice in the result; expected each label once",
      ShapeError,
      () => T.einsum('ij->ii', a)
    ],
    [
      "einsum: 'ijk' does not fit operand 1 of shape [4, 5]; expected one label per axis",
      ShapeError,
      () => T.einsum('ij,ijk->i', a, b)
    ],
    [
      "einsum: 'ijk...' does not fit operand 0 of shape [2, 3]; expected one label per axis",
      ShapeError,
      () => T.einsum('ijk...->', a)
    ],
    ["einsum: the number of operands is 1; for 'ij,jk->ik', expected 2", ShapeError, () => T.einsum('ij,jk->ik', a)],
    [
      "einsum: formula is 'i1->i'; expected letters, commas, '...' and one '->'",
      ShapeError,
      () => T.einsum('i1->i', a)
    ],
    [
      "einsum: formula is 'ij->i->j'; expected letters, commas, '...' and one '->'",
      ShapeError,
      () => T.einsum('ij->i->j', a)
    ],
    ["einsum: '...j->j' leaves '...' out of the result; expected it there", ShapeError, () => T.einsum('...j->j', a)],
    [
      "einsum: an axis of '...' is 2 in operand 0 and 4 in operand 1 of '...i,...j->...'; expected sizes that agree or are 1",
      ShapeError,
      () => T.einsum('...i,...j->...', a, b)
    ]
  ]

  test.each(refused)('%s', (message, kind, call) => {
    const error = thrownBy(call)
    expect(error).toBeInstanceOf(kind)
    expect(error).toHaveProperty('message', message)
  })
})
