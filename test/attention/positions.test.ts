// Positions as sines and as angles, beside their formulas.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as A from 'pullback/Arbitrary'
import * as Attention from 'pullback/Attention'
import * as Law from 'pullback/Law'
import * as T from 'pullback/Tensor'
import { expectAlike, numbers } from '../layer/alike.js'

test('sinusoidal is the formula of the paper, rounded once', () => {
  const table = T.toNested(Attention.sinusoidal(200, 6, { base: 100, dtype: 'float64' }))
  table.forEach((row, p) => {
    row.forEach((value, i) => {
      const angle = p / 100 ** ((i - (i % 2)) / 6)
      expect(Math.abs(value - (i % 2 === 0 ? Math.sin(angle) : Math.cos(angle)))).toBeLessThan(1e-12)
    })
  })
  const double = Attention.sinusoidal(200, 6, { dtype: 'float64' })
  expect(T.toArray(Attention.sinusoidal(200, 6))).toEqual(T.toArray(T.cast(double, 'float32')))
})

describe.each(['adjacent', 'halves'] as const)('rotary, pairs %s', (pairs) => {
  const places = (i: number): readonly [number, number] => (pairs === 'adjacent' ? [2 * i, 2 * i + 1] : [i, i + 2])
  const x = numbers([2, 5, 4])

  test('turns pairs by angles that grow with the position', () => {
    const turned = T.toNested(Attention.rotary(x, { pairs, base: 10 })) as number[][][]
    const given = T.toNested(x) as number[][][]
    given.forEach((sequence, b) => {
      sequence.forEach((row, p) => {
        for (const i of [0, 1]) {
          const [first, second] = places(i)
          const [cos, sin] = [Math.cos(p / 10 ** (i / 2)), Math.sin(p / 10 ** (i / 2))]
          expect(turned[b]![p]![first]).toBeCloseTo(row[first]! * cos - row[second]! * sin, 12)
          expect(turned[b]![p]![second]).toBeCloseTo(row[first]! * sin + row[second]! * cos, 12)
        }
      })
    })
  })

  test('products depend on distances alone', () => {
    const [q, k] = [T.broadcastTo(T.at(T.at(x, 0), 0), [6, 4]), T.broadcastTo(T.at(T.at(x, 0), 1), [6, 4])]
    const scores = T.matmul(Attention.rotary(q, { pairs }), T.transpose(Attention.rotary(k, { pairs })))
    expectAlike(
      T.slice(scores, [
        [0, 5],
        [0, 5]
      ]),
      T.slice(scores, [
        [1, 6],
        [1, 6]
      ])
    )
  })

  test('its gradient', () => {
    const f = (y: T.Tensor<[2, 4]>) => Attention.rotary(y, { pairs })
    fc.assert(Law.gradientWith({ name: 'rotary' })(f, A.tensor({ shape: [2, 4] })), { numRuns: 2 })
  })
})

describe('bad input', () => {
  const plain = Attention as unknown as Record<string, (...args: readonly unknown[]) => unknown>
  test.each([
    ['sinusoidal: the width is 3; expected an even integer above 0', ['sinusoidal', 4, 3]],
    ['sinusoidal: the width is [4]; expected an even integer above 0', ['sinusoidal', 4, [4]]],
    ['sinusoidal: the length is -1; expected an integer of 0 or more', ['sinusoidal', -1, 4]],
    ['sinusoidal: base is 1; expected a finite number above 1', ['sinusoidal', 4, 4, { base: 1 }]],
    [
      'rotary: the operand is int32; expected float32 or float64, cast it with T.cast',
      ['rotary', T.ones([2, 4], 'int32')]
    ],
    [
      'rotary: the operand has shape [2, 3]; expected [..., length, width] with an even width',
      ['rotary', T.ones([2, 3])]
    ],
    ["rotary: pairs is 'half'; expected 'adjacent' or 'halves'", ['rotary', T.ones([2, 4]), { pairs: 'half' }]]
  ] as const)('%s', (sentence, [name, ...args]) => {
    expect(() => plain[name]?.(...args)).toThrow(expect.objectContaining({ message: sentence }))
  })
})
