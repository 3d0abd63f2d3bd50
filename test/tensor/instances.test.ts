import { inspect } from 'node:util'
import * as fc from 'fast-check'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import * as T from 'pullback/Tensor'

const special = fc.constantFrom(0, -0, 1, -1, NaN, Infinity, -Infinity, 0.1)
const tensor = fc
  .tuple(fc.array(special, { maxLength: 3 }), fc.constantFrom('float32' as const, 'float64' as const))
  .map(([values, dtype]) => T.of(values, dtype))

describe.each([
  ['Eq', T.Eq],
  ['eqStrict', T.eqStrict]
] as const)('%s', (_name, eq) => {
  test('is an equivalence', () => {
    fc.assert(
      fc.property(tensor, tensor, tensor, (a, b, c) => {
        expect(eq.equals(a, a)).toBe(true)
        expect(eq.equals(a, T.fromTypedArray(T.toArray(a), a.shape))).toBe(true)
        expect(eq.equals(a, b)).toBe(eq.equals(b, a))
        expect(!eq.equals(a, b) || !eq.equals(b, c) || eq.equals(a, c)).toBe(true)
      })
    )
  })

  test('shape, element type and values count; how they lie in memory does not', () => {
    const x = T.of([
      [1, 2],
      [3, 4]
    ])
    expect(
      eq.equals(
        x,
        T.transpose(
          T.of([
            [1, 3],
            [2, 4]
          ])
        )
      )
    ).toBe(true)
    expect(eq.equals(T.full([2], 1), T.of([1, 1]))).toBe(true)
    expect(eq.equals(x, T.reshape(x, [4]))).toBe(false)
    expect(eq.equals(T.of([1]), T.of([1], 'int32'))).toBe(false)
    expect(eq.equals(T.zeros([0, 2]), T.zeros([0, 3]))).toBe(false)
    expect(eq.equals(T.zeros([0, 2]), T.zeros([0, 2]))).toBe(true)
    expect(eq.equals(T.of([1, 2]), T.of([1, 3]))).toBe(false)
    expect(eq.equals(T.scalar(NaN), T.scalar(NaN))).toBe(true)
  })
})

test('0 and -0 are equal, but not strictly', () => {
  expect(T.Eq.equals(T.of([0]), T.of([-0]))).toBe(true)
  expect(T.eqStrict.equals(T.of([0]), T.of([-0]))).toBe(false)
  expect(T.eqStrict.equals(T.scalar(0), T.scalar(-0))).toBe(false)
})

describe('isClose has the semantics of numpy.allclose', () => {
  test.each([
    [[1e10, 1e-7], [1.00001e10, 1e-8], false],
    [[1e10, 1e-8], [1.00001e10, 1e-9], true],
    [[1e10, 1e-8], [1.0001e10, 1e-9], false],
    [[1, NaN], [1, NaN], false],
    [[Infinity, -Infinity], [Infinity, -Infinity], true],
    [[Infinity], [-Infinity], false],
    [[1], [Infinity], false],
    [[Infinity], [1], false],
    [[0], [-0], true],
    [[], [], true]
  ])('%j and %j: %s', (a, b, expected) => {
    expect(T.isClose(T.of(a, 'float64'), T.of(b, 'float64'))).toBe(expected)
  })

  test('NaN is close to NaN on request', () => {
    expect(T.isClose(T.of([1, NaN]), T.of([1, NaN]), { equalNaN: true })).toBe(true)
    expect(T.isClose(T.of([1, 2]), T.of([1, NaN]), { equalNaN: true })).toBe(false)
  })

  test('the second is the reference', () => {
    const tolerance = { rtol: 0.1, atol: 0 }
    expect(T.isClose(T.scalar(10), T.scalar(11), tolerance)).toBe(true)
    expect(T.isClose(T.scalar(11), T.scalar(10), { rtol: 0.0999, atol: 0 })).toBe(false)
    expect(pipe(T.scalar(10), T.isClose(T.scalar(11), tolerance))).toBe(true)
  })

  test('operands broadcast, and may be numbers, of any element type', () => {
    expect(
      T.isClose(
        T.of([
          [1, 2],
          [1, 2]
        ]),
        T.of([1, 2], 'int32')
      )
    ).toBe(true)
    expect(T.isClose(T.ones([2, 3]), 1)).toBe(true)
    expect(pipe(T.of([true]), T.isClose(1))).toBe(true)
    expect(() => T.isClose(T.zeros([2]), T.zeros([3]))).toThrow(
      'isClose: [2] and [3] do not broadcast; expected sizes that are equal or 1, from the last axis on'
    )
  })

  test('refuses unknown tolerances, and a copy as the reference, in both readings', () => {
    const x = T.scalar(1)
    const copy = structuredClone(x) as unknown as T.Tensor
    // @ts-expect-error the option is rtol
    expect(() => T.isClose(x, x, { tol: 1 })).toThrow('isClose: unknown option tol; expected rtol, atol or equalNaN')
    expect(() => T.isClose(x, { atol: -1 })).toThrow('isClose: atol is -1; expected a number of 0 or more')
    expect(() => T.isClose(x, copy)).toThrow('isClose: the operand is a copy of a tensor of shape []')
    expect(() => T.isClose(copy)).toThrow('isClose: the operand is a copy of a tensor of shape []')
  })
})

describe('printing', () => {
  test.each([
    [T.scalar(3), 'Tensor<[], float32> 3'],
    [T.scalar(true), 'Tensor<[], bool> true'],
    [
      T.of([0.1, 1 / 3, 16777216, 1e-45, 3.4028235e38]),
      'Tensor<[5], float32> [0.1, 0.33333334, 16777216, 1e-45, 3.4028235e+38]'
    ],
    [T.of([0.1, 1 / 3], 'float64'), 'Tensor<[2], float64> [0.1, 0.3333333333333333]'],
    [T.of([NaN, Infinity, -Infinity, -0]), 'Tensor<[4], float32> [NaN, Infinity, -Infinity, -0]'],
    [T.of([1, -2], 'int32'), 'Tensor<[2], int32> [1, -2]'],
    [T.of([[true, false]]), 'Tensor<[1, 2], bool> [[true, false]]'],
    [T.zeros([0]), 'Tensor<[0], float32> []'],
    [T.zeros([2, 0]), 'Tensor<[2, 0], float32> [[], []]'],
    [T.zeros([0, 2]), 'Tensor<[0, 2], float32> []'],
    [
      T.transpose(
        T.of([
          [1, 2],
          [3, 4]
        ])
      ),
      'Tensor<[2, 2], float32> [[1, 3], [2, 4]]'
    ]
  ] as const)('%s', (x: T.Tensor, expected) => {
    expect(T.Show.show(x)).toBe(expected)
    expect(inspect(x)).toBe(expected)
    expect(inspect({ x }, { breakLength: Infinity })).toBe(`{ x: ${expected} }`)
    expect(String(x)).toBe(expected)
    expect(`${x.toString()}`).toBe(expected)
  })

  test('the digits of float32 read back as the same number, and are the fewest that do', () => {
    const printed = (x: number): string => T.scalar(x).toString().slice('Tensor<[], float32> '.length)
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (x) => {
        const text = printed(x)
        expect(Math.fround(Number(text))).toBe(x)
        const digits = (Math.abs(x).toExponential().split('e')[0] ?? '').replace('.', '').length
        const own = (Math.abs(Number(text)).toExponential().split('e')[0] ?? '').replace('.', '').length
        expect(own).toBeLessThanOrEqual(Math.min(9, digits))
      })
    )
  })

  test('large tensors are abridged, long ones broken into rows', () => {
    expect(T.arange(1000).toString()).not.toContain('...')
    expect(T.arange(1001).toString()).toBe('Tensor<[1001], float32> [0, 1, 2, ..., 998, 999, 1000]')
    expect(T.zeros([40, 30]).toString()).toBe(
      [
        'Tensor<[40, 30], float32>',
        '[[0, 0, 0, ..., 0, 0, 0],',
        ' [0, 0, 0, ..., 0, 0, 0],',
        ' [0, 0, 0, ..., 0, 0, 0],',
        ' ...,',
        ' [0, 0, 0, ..., 0, 0, 0],',
        ' [0, 0, 0, ..., 0, 0, 0],',
        ' [0, 0, 0, ..., 0, 0, 0]]'
      ].join('\n')
    )
    expect(T.reshape(T.arange(8), [2, 2, 2]).toString()).toBe(
      'Tensor<[2, 2, 2], float32> [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]'
    )
    const cube = T.reshape(T.full([48], 1234567), [2, 4, 6])
      .toString()
      .split('\n')
    expect(cube[1]).toBe('[[[1234567, 1234567, 1234567, 1234567, 1234567, 1234567],')
    expect(cube[2]).toBe('  [1234567, 1234567, 1234567, 1234567, 1234567, 1234567],')
    expect(cube[5]).toBe('')
    expect(cube[6]).toBe(' [[1234567, 1234567, 1234567, 1234567, 1234567, 1234567],')
  })

  test('a large constant prints at once', () => {
    expect(T.zeros([100_000, 100_000]).toString()).toMatch(/^Tensor<\[100000, 100000\], float32>/)
  })

  test("JavaScript's operators are refused", () => {
    // @ts-expect-error tensors are not numbers
    expect(() => T.scalar(1) * 2).toThrow('a tensor of shape [] was used as a JavaScript number; use T.add')
    // @ts-expect-error nor do they compare
    expect(() => T.scalar(1) < 2).toThrow('a tensor of shape [] was used as a JavaScript number')
  })
})
