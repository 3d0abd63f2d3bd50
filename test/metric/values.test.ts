// Values at the edges of metrics, and the sentences of their refusals.
import * as Metric from 'pullback/Metric'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'

const bits = (...labels: readonly number[]): T.Tensor => T.of([...labels], 'int32')

describe('NaN is never a hit', () => {
  const scores = T.of([
    [0.9, 0.1],
    [NaN, 0.8],
    [0.3, NaN]
  ])
  const labels = bits(0, 1, 0)

  test('of classes', () => {
    expect(Metric.accuracy(scores, labels)).toBeCloseTo(1 / 3)
    expect(Metric.topKAccuracy(2)(scores, labels)).toBeCloseTo(1 / 3)
    expect(Metric.recall({ average: 'micro' })(scores, labels)).toBeCloseTo(1 / 3)
    expect(Metric.classReport()(scores, labels).map((each) => each.recall)).toEqual([0.5, 0])
  })

  test('of orders: a pair with NaN is lost', () => {
    expect(Metric.rocAuc(T.of([NaN, 0.1]), bits(1, 0))).toBe(0)
    expect(Metric.rocAuc(T.of([0.9, NaN]), bits(1, 0))).toBe(0)
    expect(Metric.rocAuc(T.of([NaN, NaN]), bits(1, 0))).toBe(0)
    expect(Metric.averagePrecision(T.of([NaN, 0.1, 0.9]), bits(1, 0, 1))).toBe(0.5)
    expect(Metric.averagePrecision(T.of([0.9, NaN]), bits(1, 0))).toBe(0.5)
  })

  test('of probabilities, numbers and tokens', () => {
    expect(Metric.logLoss(scores, labels)).toBeNaN()
    expect(Metric.calibrationError()(T.of([[NaN, 1]]), bits(1))).toBe(1)
    expect(Metric.perplexity()(scores, labels)).toBeNaN()
    for (const metric of [Metric.mae, Metric.mse, Metric.rmse, Metric.r2]) {
      expect(metric(T.of([NaN, 1]), T.of([0, 1]))).toBeNaN()
      expect(metric(T.of([0, 1]), T.of([NaN, 1]))).toBeNaN()
    }
    expect(Metric.bleu({ order: 1 })([[NaN, 1]], [[[NaN, 1]]])).toBe(0.5)
  })
})

describe('no data', () => {
  test.each([
    ['accuracy', Metric.accuracy.value(Metric.accuracy.empty)],
    ['f1', Metric.f1()(T.zeros([0, 3]), bits())],
    ['rocAuc', Metric.rocAuc.value([])],
    ['rocAuc of one class', Metric.rocAuc(T.of([1, 2]), bits(1, 1))],
    ['averagePrecision without positives', Metric.averagePrecision(T.of([1, 2]), bits(0, 0))],
    ['r2 of one row', Metric.r2(T.of([1]), T.of([1]))],
    ['calibrationError', Metric.calibrationError()(T.zeros([0, 3]), bits())],
    ['bleu', Metric.bleu().value(Metric.bleu().empty)]
  ])('%s is NaN', (_, value) => {
    expect(value).toBeNaN()
  })
})

test('struct knows the types of its values, and takes metrics of the same arguments', () => {
  const both = Metric.struct({ accuracy: Metric.accuracy, report: Metric.classReport() })
  const found: { readonly accuracy: number; readonly report: readonly Metric.ClassScores[] } = both(
    T.of([[1, 0]]),
    bits(0)
  )
  expect(found.report[0]?.support).toBe(1)
  const words = (): unknown =>
    // @ts-expect-error BLEU takes tokens
    Metric.struct({ accuracy: Metric.accuracy, bleu: Metric.bleu() })(T.of([[1, 0]]), bits(0))
  expect(words).toThrow('bleu: the argument candidates is a tensor of shape [1, 2]; expected an array')
})

test('zero division', () => {
  const scores = T.of([
    [1, 0, 0],
    [1, 0, 0]
  ])
  const report = (zeroDivision: number) => Metric.precision({ zeroDivision })(scores, bits(0, 1))
  expect(report(0)).toBeCloseTo(0.5 / 3)
  expect(report(1)).toBeCloseTo(2.5 / 3)
  expect(report(NaN)).toBe(0.5)
})

test('a metric of a large mean keeps its digits', () => {
  const y = T.of([1e9, 1e9 + 1, 1e9 + 2, 1e9 + 3], 'float64')
  const half = (from: number): readonly [T.Tensor, T.Tensor] => [
    T.add(T.slice(y, [[from, from + 2]]), 0.5),
    T.slice(y, [[from, from + 2]])
  ]
  expect(Metric.over(Metric.r2)([half(0), half(2)])).toBeCloseTo(0.8, 12)
})

test('ties and infinite scores', () => {
  expect(Metric.rocAuc(T.of([0, -0, 0]), bits(1, 0, 0))).toBe(0.5)
  expect(Metric.rocAuc(T.of([Infinity, -Infinity]), bits(1, 0))).toBe(1)
  expect(Metric.averagePrecision(T.of([1, 1]), bits(1, 0))).toBe(0.5)
})

test('a probability of 0 at the label is as little as the type tells from 1', () => {
  expect(Metric.logLoss(T.of([[1, 0]]), bits(1))).toBeCloseTo(23 * Math.LN2)
  expect(Metric.logLoss(T.of([[1, 0]], 'float64'), bits(1))).toBeCloseTo(52 * Math.LN2)
})

test.each([
  [
    'rocAuc: label 2 at [1] is not a class; expected an integer from 0 to 1',
    () => Metric.rocAuc(T.of([1, 2]), bits(0, 2))
  ],
  [
    'rocAuc: the shapes of scores and labels are [2, 2] and [2]; expected equal shapes',
    () => Metric.rocAuc(T.zeros([2, 2]), bits(0, 1))
  ],
  [
    'mae: the shapes of predictions and targets are [2, 1] and [2]; expected equal shapes',
    () => Metric.mae(T.zeros([2, 1]), T.zeros([2]))
  ],
  [
    'logLoss: row 0 sums to 5; expected probabilities, take T.softmax of the scores',
    () => Metric.logLoss(T.of([[2, 3]]), bits(0))
  ],
  [
    'calibrationError: row 1 has a negative number; expected probabilities, take T.softmax of the scores',
    () =>
      Metric.calibrationError()(
        T.of([
          [0, 1],
          [2, -1]
        ]),
        bits(0, 0)
      )
  ],
  [
    'Metric: the numbers of classes are 2 and 3; expected the same',
    () => {
      const { concat, of } = Metric.f1()
      return concat(of(T.zeros([1, 2]), bits(0)), of(T.zeros([1, 3]), bits(0)))
    }
  ],
  [
    'confusionMatrix: the matrices are [2, 2] and [3, 3]; expected equal shapes',
    () => Metric.confusionMatrix.concat(T.zeros([2, 2], 'int32'), T.zeros([3, 3], 'int32'))
  ],
  [
    "precision: average is 'binary'; expected 'macro', 'micro' or 'weighted'",
    () => Metric.precision({ average: 'binary' as never })
  ],
  ['f1: zeroDivision is 2; expected 0, 1 or NaN', () => Metric.f1({ zeroDivision: 2 })],
  ['fBeta: beta is -1; expected a finite number of 0 or more', () => Metric.fBeta(-1)],
  [
    'perplexity: label 9 at [0] is not a class; expected an integer from 0 to 2',
    () => Metric.perplexity()(T.zeros([1, 3]), bits(9))
  ],
  [
    'bleu: the numbers of candidates and of lists of references are 1 and 0; expected the same',
    () => Metric.bleu()([['a']], [])
  ],
  ['bleu: candidate 0 has 0 references; expected at least one', () => Metric.bleu()([['a']], [[]])],
  ["bleu: a sequence of pair 0 is 'a b'; expected an array of tokens", () => Metric.bleu()(['a b'] as never, [[['a']]])]
])('%s', (sentence, run) => {
  expect(run).toThrow(sentence)
})

describe('what is not a metric, a batch or a sequence is refused', () => {
  const loose = (f: unknown): ((...args: readonly unknown[]) => unknown) => f as never
  const wanted = 'expected a metric, with empty, concat, of and value'

  test.each<readonly [string, () => unknown]>([
    [`Metric.make: the statistics is undefined; ${wanted}`, () => loose(Metric.make)()],
    [`Metric.map: the metric is 3; ${wanted}`, () => loose(Metric.map((x) => x))(3)],
    ['Metric.map: f is 3; expected a function', () => Metric.map(3 as never)(Metric.mse)],
    [`Metric.contramap: the metric is null; ${wanted}`, () => loose(Metric.contramap(() => []))(null)],
    [`Metric.struct: a is null; ${wanted}`, () => loose(Metric.struct)({ a: null })],
    ['Metric.struct: the operand is undefined; expected an object of metrics', () => loose(Metric.struct)()],
    [`Metric.over: the metric is undefined; ${wanted}`, () => loose(loose(Metric.over)(undefined))([])],
    ['Metric.over: the operand is 3; expected an iterable', () => loose(Metric.over(Metric.mse))(3)],
    ['Metric.over: a batch is null; expected a list', () => loose(Metric.over(Metric.mse))([null])],
    ["Metric.mean: the value is '1'; expected a number", () => loose(Metric.mean)('1')],
    ['Metric.mean: the count is -1; expected a number of 0 or more', () => Metric.mean(1, -1)],
    ['bleu: element 0 of references is null; expected', () => loose(Metric.bleu())([['a']], [null])],
    ['bleu: a sequence of pair 0 is undefined; expected', () => loose(Metric.bleu())([undefined], [[['a']]])]
  ])('%s', (message, run) => {
    expect(run).toThrow(message)
  })
})

describe('statistics of another metric are refused', () => {
  const mean = { sum: 1, count: 2 }
  const counts = { hits: [1], predicted: [1], labelled: [1] }
  const scored = Metric.rocAuc.of(T.of([0.5]), bits(1))
  const bins = Metric.calibrationError()
  const both = Metric.struct({ mae: Metric.mae })
  const loose = (f: unknown): ((...args: readonly unknown[]) => unknown) => f as never

  interface Monoid {
    readonly empty: unknown
    readonly concat: unknown
    readonly value: unknown
  }

  test.each<readonly [string, Monoid, unknown]>([
    ['accuracy: the statistics are', Metric.accuracy, counts],
    ['topKAccuracy: the statistics are', Metric.topKAccuracy(2), undefined],
    ['confusionMatrix: the statistics are', Metric.confusionMatrix, T.of([1])],
    ['f1: the statistics are', Metric.f1(), mean],
    ['classReport: the statistics are', Metric.classReport(), { ...counts, hits: 1 }],
    ['logLoss: the statistics are', Metric.logLoss, null],
    ['calibrationError: the statistics are', bins, counts],
    ['rocAuc: the statistics are', Metric.rocAuc, mean],
    ['averagePrecision: the statistics are', Metric.averagePrecision, 3],
    ['mae: the statistics are', Metric.mae, []],
    ['mse: the statistics are', Metric.mse, scored],
    ['rmse: the statistics are', Metric.rmse, counts],
    ['r2: the statistics are { sum: 1, count: 2 }; expected those of this metric, with', Metric.r2, mean],
    ['perplexity: the statistics are', Metric.perplexity(), { sum: '1', count: 2 }],
    ['bleu: the statistics are', Metric.bleu(), mean],
    ['Metric.struct: the statistics are', both, mean]
  ])('%s', (message, metric, stats) => {
    expect(() => loose(metric.value)(stats)).toThrow(message)
    expect(() => loose(metric.concat)(metric.empty, stats)).toThrow(message)
    expect(() => loose(metric.concat)(stats, metric.empty)).toThrow(message)
  })

  test('in parts, and by the mean', () => {
    expect(() => loose(Metric.rocAuc.value)([null])).toThrow('rocAuc: a part of the statistics is null; expected')
    expect(() => loose(Metric.value)(counts)).toThrow('Metric.value: the statistics are')
    expect(() => loose(Metric.MonoidMean.concat)(mean)).toThrow('MonoidMean: the statistics are undefined')
    const [two, wide] = [T.zeros([2, 2], 'int32'), T.zeros([2, 3], 'int32')]
    expect(() => Metric.confusionMatrix.concat(two, wide)).toThrow('the matrices are [2, 2] and [2, 3]')
  })
})

test('bins contain their upper end', () => {
  const { counts } = Metric.calibrationError({ bins: 4 }).of(T.of([[0.75, 0.25]]), bits(0))
  expect(counts).toEqual([0, 0, 1, 0])
})

test('r2 is NaN where an error is, though all targets are equal', () => {
  expect(Metric.r2(T.of([NaN, 1]), T.of([1, 1]))).toBeNaN()
})

test('BLEU takes the shorter of two references that are as close, and rewards no length', () => {
  const four = ['a', 'b', 'c', 'd']
  expect(
    Metric.bleu().of(
      [four],
      [
        [
          [...four, 'e'],
          ['a', 'b', 'c']
        ]
      ]
    ).expected
  ).toBe(3)
  expect(Metric.bleu({ order: 1 })([['a', 'a']], [[['a']]])).toBeCloseTo(0.5, 12)
})

test('BLEU is 0 without a match, however it is smoothed', () => {
  for (const smoothing of ['none', 'addOne', 'exponential'] as const) {
    expect(Metric.bleu({ smoothing })([['a', 'b', 'c', 'd']], [[['e', 'f', 'g', 'h']]])).toBe(0)
  }
})

test('perplexity ignores the label that it is given, a class too', () => {
  const logits = T.of([
    [0, 0],
    [5, 0]
  ])
  expect(Metric.perplexity({ ignoreIndex: 1 })(logits, bits(0, 1))).toBeCloseTo(2)
})
