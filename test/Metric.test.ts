import { concatAll } from 'fp-ts/lib/Monoid.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Metric from 'pullback/Metric'
import * as T from 'pullback/Tensor'

const scores = T.of([
  [0.1, 0.7, 0.2],
  [0.5, 0.4, 0.1],
  [0.3, 0.3, 0.3],
  [0, 0.1, 0.9]
])
const labels = T.of([1, 1, 0, 2], 'int32')

const metrics: ReadonlyArray<readonly [name: string, metric: (scores: T.Tensor, labels: T.Tensor) => unknown]> = [
  ['correct', Metric.correct],
  ['accuracy', Metric.accuracy],
  ['topK', Metric.topK(2)],
  ['confusionMatrix', Metric.confusionMatrix]
]

const task = fc.integer({ min: 1, max: 12 }).chain((n) =>
  fc.record({
    scores: fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 3, maxLength: 3 }), {
      minLength: n,
      maxLength: n
    }),
    labels: fc.array(fc.nat(2), { minLength: n, maxLength: n })
  })
)

describe('Metric', () => {
  it('accuracy counts the first of tied scores', () => {
    expect(Metric.accuracy(scores, labels)).toBe(0.75)
    expect(Metric.correct(scores, labels)).toEqual({ sum: 3, count: 4 })
  })

  it('confusionMatrix has labels as rows', () => {
    expect(T.toNested(Metric.confusionMatrix(scores, labels))).toEqual([
      [1, 0, 0],
      [1, 1, 0],
      [0, 0, 1]
    ])
    expect(Metric.confusionMatrix(scores, labels).dtype).toBe('int32')
  })

  it('topK counts the labels among the k highest', () => {
    expect([1, 2, 3].map((k) => Metric.topK(k)(scores, labels).sum)).toEqual([3, 4, 4])
  })

  it('rejects other shapes, and labels that are not classes', () => {
    const sentence = 'the shapes of scores and labels are [4, 3] and [3]; expected one label for each row of scores'
    const three = T.of([0, 1, 2], 'int32')
    expect(() => Metric.correct(scores, three)).toThrow(`correct: ${sentence}`)
    expect(() => Metric.accuracy(scores, three)).toThrow(`accuracy: ${sentence}`)
    expect(() => Metric.topK(2)(scores, three)).toThrow(`topK: ${sentence}`)
    expect(() => Metric.confusionMatrix(scores, three)).toThrow(`confusionMatrix: ${sentence}`)
    for (const [name, metric] of metrics) {
      const sentenceOf = (label: string): string =>
        `${name}: label ${label} at [3] is not a class; expected an integer from 0 to 2`
      expect(() => metric(scores, T.of([1, 1, 0, 3], 'int32'))).toThrow(sentenceOf('3'))
      expect(() => metric(scores, T.of([1, 1, 0, -1], 'int32'))).toThrow(sentenceOf('-1'))
      expect(() => metric(scores, T.of([1, 1, 0, 1.5]))).toThrow(sentenceOf('1.5'))
      expect(() => metric(scores, T.of([1, 1, 0, NaN]))).toThrow(sentenceOf('NaN'))
    }
    expect(() => Metric.topK(0)).toThrow('topK: k is 0; expected an integer of at least 1')
  })

  it('a row with NaN is never a hit, and has no class', () => {
    const some = T.of([
      [NaN, NaN, NaN],
      [NaN, 1, 2],
      [0, 1, NaN],
      [3, 1, 2]
    ])
    const wanted = T.of([0, 2, 2, 0], 'int32')
    for (const k of [1, 2, 3]) expect(Metric.topK(k)(some, wanted)).toEqual({ sum: 1, count: 4 })
    expect(Metric.correct(some, wanted)).toEqual({ sum: 1, count: 4 })
    expect(Metric.accuracy(some, wanted)).toBe(0.25)
    expect(() => Metric.confusionMatrix(some, wanted)).toThrow(
      'confusionMatrix: row 0 of the scores has NaN; expected numbers'
    )
  })

  it('accuracy, topK(1) and the diagonal of the confusion matrix agree', () => {
    fc.assert(
      fc.property(task, (given) => {
        const s = T.of(given.scores)
        const l = T.of(given.labels, 'int32')
        const hits = Metric.correct(s, l)
        expect(Metric.topK(1)(s, l)).toEqual(hits)
        expect(Metric.topK(3)(s, l).sum).toBe(given.labels.length)
        const matrix = T.toNested(Metric.confusionMatrix(s, l))
        expect(matrix.reduce((total, row, i) => total + (row[i] ?? 0), 0)).toBe(hits.sum)
        expect(matrix.flat().reduce((total, count) => total + count, 0)).toBe(hits.count)
      })
    )
  })

  it('means are a monoid, and parts merge to the whole', () => {
    const hits = fc.record({ sum: fc.nat(100), count: fc.nat(100) })
    const { concat, empty } = Metric.MonoidMean
    fc.assert(
      fc.property(hits, hits, hits, (a, b, c) => {
        expect(concat(concat(a, b), c)).toEqual(concat(a, concat(b, c)))
        expect(concat(empty, a)).toEqual(a)
        expect(concat(a, empty)).toEqual(a)
      })
    )
    const parts = [0, 1].map((i) =>
      Metric.correct(T.slice(scores, [[2 * i, 2 * i + 2]]), T.slice(labels, [[2 * i, 2 * i + 2]]))
    )
    expect(Metric.value(concatAll(Metric.MonoidMean)(parts))).toBe(0.75)
    expect(Metric.value(empty)).toBeNaN()
    expect(Metric.mean(0.5, 4)).toEqual({ sum: 2, count: 4 })
  })
})
