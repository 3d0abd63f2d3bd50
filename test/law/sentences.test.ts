import * as E from 'fp-ts/lib/Either.js'
import * as fc from 'fast-check'
import { relu } from 'pullback/Activation'
import { grad } from 'pullback/Grad'
import * as Law from 'pullback/Law'
import type { Primitive } from 'pullback/Primitive'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { concrete } from '../../src/law/instance.js'
import { judge } from '../../src/law/toError.js'

const saying = (message: string): unknown => expect.objectContaining({ message })

describe('the sentences of the laws', () => {
  test('suite: a primitive without a sample', () => {
    const bare: unknown = { ...T.neg.primitive, sample: undefined }
    const properties = Law.primitive(bare as Primitive)
    expect(properties.length).toBeGreaterThan(0)
    for (const { property } of properties) {
      expect(() => fc.assert(property)).toThrow(
        expect.objectContaining({
          cause: saying('neg: the primitive has no sample; expected one, from which the laws draw operands')
        })
      )
    }
  })

  test('instance: a traced operand', () => {
    const traced = (x: T.Tensor<[]>): T.Tensor<[]> => {
      expect(() => concrete([x])).toThrow(saying('Law: an operand of a sample is traced; expected concrete tensors'))
      return x
    }
    expect(T.item(grad(traced)(T.scalar(1, 'float64')))).toBe(1)
  })

  const at = Law.subject('f', (x: T.Tensor) => x, [T.scalar(0.5, 'float64')])

  test('judge: too many inconclusive numbers over the runs of a property', () => {
    const judged = judge()
    const verdict: Law.Verdict = E.right({ compared: 10, differences: 4, inconclusive: 1 })
    for (let run = 1; run < 25; run++) judged(() => at, verdict)
    expect(() => judged(() => at, verdict)).toThrow(
      saying(
        'f: 25 of 100 finite differences in 25 runs are too coarse to compare, more than a fifth; ' +
          'expected the derivative to obey the law "finite differences"\n' +
          "  operands: T.scalar(0.5, 'float64')"
      )
    )
  })

  test('judge: a fifth of inconclusive numbers is allowed', () => {
    const judged = judge()
    const verdict: Law.Verdict = E.right({ compared: 10, differences: 5, inconclusive: 1 })
    for (let run = 1; run <= 50; run++) judged(() => at, verdict)
    expect(E.isRight(verdict)).toBe(true)
  })

  test('check: a point on a kink', () => {
    const verdict = Law.check(relu, { name: 'relu', laws: [Law.finiteDifferences] })(T.zeros([2], 'float64'))
    expect(E.swap(E.mapLeft(Law.show)(verdict))).toEqual(
      E.right(
        'relu: 4 of 4 finite differences are too coarse to compare, perhaps at a kink; ' +
          'expected the derivative to obey the law "finite differences"\n' +
          "  operands: T.of([0, 0], 'float64')"
      )
    )
  })
})
