// Every metric is a monoid of statistics: parts merge to the whole, however it is cut.
import * as fc from 'fast-check'
import * as Metric from 'pullback/Metric'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'

type AnyMetric = Metric.Metric<readonly [T.Tensor, T.Tensor], unknown, unknown>

/** Only the laws read the statistics, so their type does not matter here. */
const erase = (metric: unknown): AnyMetric => metric as AnyMetric

const classes: Readonly<Record<string, AnyMetric>> = {
  accuracy: erase(Metric.accuracy),
  topKAccuracy: erase(Metric.topKAccuracy(2)),
  confusionMatrix: erase(Metric.confusionMatrix),
  precision: erase(Metric.precision()),
  recall: erase(Metric.recall({ average: 'weighted' })),
  f1: erase(Metric.f1({ average: 'micro' })),
  fBeta: erase(Metric.fBeta(2, { zeroDivision: NaN })),
  classReport: erase(Metric.classReport()),
  perplexity: erase(Metric.perplexity({ ignoreIndex: 1 })),
  struct: erase(Metric.struct({ accuracy: Metric.accuracy, f1: Metric.f1() }))
}
const probable: Readonly<Record<string, AnyMetric>> = {
  logLoss: erase(Metric.logLoss),
  calibrationError: erase(Metric.calibrationError({ bins: 4 })),
  'calibrationError l2': erase(Metric.calibrationError({ norm: 'l2' }))
}
const orders: Readonly<Record<string, AnyMetric>> = {
  rocAuc: erase(Metric.rocAuc),
  averagePrecision: erase(Metric.averagePrecision)
}
const numbers: Readonly<Record<string, AnyMetric>> = {
  mae: erase(Metric.mae),
  mse: erase(Metric.mse),
  rmse: erase(Metric.rmse),
  r2: erase(Metric.r2)
}

const rows = <A>(row: fc.Arbitrary<A>): fc.Arbitrary<readonly A[]> => fc.array(row, { minLength: 3, maxLength: 9 })
const small = fc.integer({ min: 0, max: 4 })
const scored = rows(fc.tuple(fc.tuple(small, small, small), fc.nat(2)))
const ofRows = (given: readonly (readonly [readonly number[], number])[]): readonly [T.Tensor, T.Tensor] => [
  T.reshape(
    T.of(
      given.flatMap(([scores]) => scores),
      'float64'
    ),
    [given.length, 3]
  ),
  T.of(
    given.map(([, label]) => label),
    'int32'
  )
]
const ofPairs =
  (dtype: 'int32' | 'float64') =>
  (given: readonly (readonly [number, number])[]): readonly [T.Tensor, T.Tensor] => [
    T.of(
      given.map(([x]) => x),
      'float64'
    ),
    T.of(
      given.map(([, y]) => y),
      dtype
    )
  ]

const close = (a: unknown, b: unknown): void => {
  if (typeof a === 'number' && typeof b === 'number' && !Number.isNaN(a)) expect(a).toBeCloseTo(b, 11)
  else if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null && !(a instanceof T.Tensor)) {
    expect(Object.keys(a)).toEqual(Object.keys(b))
    for (const [name, each] of Object.entries(a)) close(each, Reflect.get(b, name))
  } else expect(a).toEqual(b)
}

const law = <A>(
  metrics: Readonly<Record<string, AnyMetric>>,
  data: fc.Arbitrary<readonly A[]>,
  argumentsOf: (data: readonly A[]) => readonly [T.Tensor, T.Tensor]
): void => {
  describe.each(Object.entries(metrics))('%s', (_, metric) => {
    test('is a monoid, and merges the parts of a batch to the whole', () => {
      fc.assert(
        fc.property(data, fc.nat(), fc.nat(), (all, m, n) => {
          const cuts = [m % (all.length + 1), n % (all.length + 1)].sort((a, b) => a - b)
          const parts = [all.slice(0, cuts[0]), all.slice(cuts[0], cuts[1]), all.slice(cuts[1])]
            .filter((part) => part.length > 0)
            .map(argumentsOf)
          const whole = argumentsOf(all)
          close(Metric.over(metric)(parts), metric(...whole))
          const [a, b, c] = [0, 1, 2].map((i) => (parts[i] === undefined ? metric.empty : metric.of(...parts[i])))
          const { concat, empty } = metric
          close(metric.value(concat(concat(a, b), c)), metric.value(concat(a, concat(b, c))))
          expect(concat(empty, a)).toEqual(a)
          expect(concat(a, empty)).toEqual(a)
          const order = all.map((_each, i) => all[(i + m) % all.length]!)
          if (typeof metric(...whole) === 'number') close(metric(...argumentsOf(order)), metric(...whole))
        }),
        { numRuns: 40 }
      )
    })
  })
}

law(classes, scored, ofRows)
law(probable, scored, (given) => {
  const [scores, labels] = ofRows(given)
  return [T.softmax(scores), labels]
})
law(orders, rows(fc.tuple(small, fc.nat(1))), ofPairs('int32'))
law(numbers, rows(fc.tuple(small, small)), ofPairs('float64'))

test('bleu merges the counts of parts', () => {
  const sentence = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 6 })
  const metric = Metric.bleu({ order: 2, smoothing: 'addOne' })
  fc.assert(
    fc.property(rows(fc.tuple(sentence, sentence, sentence)), (all) => {
      const of = (some: typeof all) =>
        [some.map(([candidate]) => candidate), some.map(([, one, two]) => [one, two])] as const
      close(Metric.over(metric)(all.map((each) => of([each]))), metric(...of(all)))
    }),
    { numRuns: 40 }
  )
})

test('map keeps identity and composition, contramap changes the arguments', () => {
  const metric = Metric.map((x: number) => x + 1)(Metric.map((x: number) => 2 * x)(Metric.mae))
  const composed = Metric.map((x: number) => 2 * x + 1)(Metric.mae)
  const pair = [T.of([1, 2]), T.of([1, 5])] as const
  expect(metric(...pair)).toBe(composed(...pair))
  expect(Metric.map((x: number) => x)(Metric.mae)(...pair)).toBe(Metric.mae(...pair))
  expect(Metric.contramap((x: T.Tensor) => [x, T.zerosLike(x)] as const)(Metric.mae)(T.of([1, 3]))).toBe(2)
})
