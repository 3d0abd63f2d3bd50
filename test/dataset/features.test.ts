// What is fitted on training data: missing values, categories, whitening; and the columns that give them.
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as fc from 'fast-check'
import * as Dataset from 'pullback/Dataset'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'

const of = (rows: readonly (readonly number[])[], dtype: 'float32' | 'float64' = 'float64'): Dataset.Dataset =>
  Dataset.make(
    T.reshape(T.of(rows.flat(), dtype), [rows.length, rows[0]?.length ?? 0]),
    T.zeros([rows.length], 'int32')
  )

describe('impute', () => {
  const train = of([
    [1, NaN],
    [NaN, 4],
    [2, 8],
    [9, 6]
  ])

  test('takes the mean, the median or a number, of the training data', () => {
    const other = of([[NaN, NaN]])
    expect(T.toNested(Dataset.impute('mean')(train)(other).features)).toEqual([[4, 6]])
    expect(T.toNested(Dataset.impute('median')(train)(other).features)).toEqual([[2, 6]])
    expect(T.toNested(Dataset.impute(-1)(train)(other).features)).toEqual([[-1, -1]])
    expect(T.toNested(Dataset.impute('median')(of([[1], [2], [4], [9]]))(of([[NaN]])).features)).toEqual([[3]])
  })

  test('keeps what is there, the type and the shape of examples', () => {
    const images = Dataset.make(T.of([[[1, NaN]], [[3, 5]]]), T.zeros([2], 'int32'))
    const { features } = Dataset.impute('mean')(images)(images)
    expect(features.dtype).toBe('float32')
    expect(T.toNested(features)).toEqual([[[1, 5]], [[3, 5]]])
  })

  test.each<readonly [string, () => unknown]>([
    [
      "impute: feature 1 has no value in 2 examples; expected at least one, or a number in place of 'mean'",
      () =>
        Dataset.impute('mean')(
          of([
            [1, NaN],
            [2, NaN]
          ])
        )
    ],
    ['impute: the data set has 0 examples; expected at least one', () => Dataset.impute('mean')(of([]))],
    ["impute: the value is NaN; expected 'mean', 'median' or a finite number", () => Dataset.impute(NaN)]
  ])('%s', (sentence, run) => {
    expect(run).toThrow(sentence)
  })
})

describe('columns', () => {
  const columns = {
    features: [
      Dataset.column('age', Dataset.optional(Dataset.numberBetween(0, 150), ['', '?'])),
      Dataset.column('place', Dataset.category(['north', 'south'], { other: 'elsewhere' }))
    ],
    label: Dataset.column('y', Dataset.integer)
  }

  test('missing fields are NaN, unknown categories a category', () => {
    const read = Dataset.fromCsvText('age,place,y\n?,west,1\n ,north,0\n30,south,1\n', columns)
    expect(E.map((data: Dataset.Dataset) => T.toNested(data.features))(read)).toEqual(
      E.right([
        [NaN, 2],
        [NaN, 0],
        [30, 1]
      ])
    )
  })

  test('what is neither is an error by line, and a label of integers is never missing', () => {
    const shown = (text: string, label = columns.label): unknown =>
      E.mapLeft(Dataset.showCsvErrors)(Dataset.fromCsvText(text, { ...columns, label }, 'a.csv'))
    expect(shown('age,place,y\nx,north,1\n')).toEqual(
      E.left('a.csv:2:1: expected a number from 0 to 150 or a missing value, got "x"')
    )
    const missing = Dataset.column('y', Dataset.optional(Dataset.integer))
    expect(shown('age,place,y\n1,north,\n', missing)).toEqual(E.left('a.csv:2:3: expected an integer, got ""'))
  })

  test('are codecs', () => {
    const field = Dataset.optional(Dataset.number, ['NA', ''])
    for (const x of [NaN, 1.5]) expect(field.decode(field.encode(x))).toEqual(E.right(x))
    const place = Dataset.category(['north'], { other: 'elsewhere' })
    for (const x of [0, 1]) expect(place.decode(place.encode(x))).toEqual(E.right(x))
    expect(() => Dataset.category(['a'], { other: 'a' })).toThrow(
      "category: the name 'a' is given twice; expected distinct names"
    )
  })
})

describe('oneHot', () => {
  const train = of([
    [5, 1, 0],
    [3, 2, 7],
    [5, 3, 0]
  ])

  test('puts columns in the place of the column', () => {
    expect(
      pipe(
        Dataset.oneHot([0, 2])(train)(train),
        E.map((data) => T.toNested(data.features))
      )
    ).toEqual(
      E.right([
        [0, 1, 1, 1, 0],
        [1, 0, 2, 0, 1],
        [0, 1, 3, 1, 0]
      ])
    )
  })

  test('unknown categories are values, all of them', () => {
    const found = Dataset.oneHot([0, 2])(train)(
      of([
        [5, 0, 0],
        [4, 0, NaN],
        [3, 0, 1]
      ])
    )
    expect(E.isLeft(found) ? found.left.map(({ message }) => message) : []).toEqual([
      'row 1: 4 is not a category of column 0; expected 3 or 5',
      'row 1: NaN is not a category of column 2; expected 0 or 7',
      'row 2: 1 is not a category of column 2; expected 0 or 7'
    ])
  })

  test.each<readonly [string, () => unknown]>([
    ['oneHot: a column is 3; expected an integer from 0 to 2', () => Dataset.oneHot([3])(train)],
    ['oneHot: column 0 has NaN; expected categories, impute it before', () => Dataset.oneHot([0])(of([[NaN]]))],
    ['oneHot: the data set has 0 examples; expected at least one', () => Dataset.oneHot([0])(of([]))],
    ['oneHot: the number of features is 1; expected 3, as were fitted', () => Dataset.oneHot([0])(train)(of([[5]]))]
  ])('%s', (sentence, run) => {
    expect(run).toThrow(sentence)
  })
})

describe('whiten', () => {
  const covariance = (x: T.Tensor): T.Tensor => {
    const rows = T.ensure(x, [x.shape[0]!, x.shape[1]!])
    const above = T.sub(rows, T.mean(rows, { axis: 0 }))
    return T.div(T.matmul(T.transpose(above), above), rows.shape[0])
  }
  const mixed = (seed: number): Dataset.Dataset => {
    const x = T.matmul(
      Random.normal(Random.key(seed), [12, 3], 'float64'),
      T.of(
        [
          [2, 1, 0],
          [0, 1, 3],
          [0, 0, 0.5]
        ],
        'float64'
      )
    )
    return Dataset.make(T.add(x, 5), T.zeros([12], 'int32'))
  }

  test('the largest variance comes first, and epsilon is added to each', () => {
    const data = of([
      [1, 10],
      [1, -10],
      [-1, 10],
      [-1, -10]
    ])
    const { features } = Dataset.whiten({ epsilon: 3 })(data)(data)
    const sizes = [10 / Math.sqrt(103), 1 / Math.sqrt(4)]
    expect(T.isClose(T.abs(features), T.broadcastTo(T.of(sizes, 'float64'), [4, 2]))).toBe(true)
  })

  test('the training data have mean 0 and the covariance of nothing but variance 1', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('pca' as const, 'zca' as const), (seed, method) => {
        const data = mixed(seed)
        const { features } = Dataset.whiten({ method, epsilon: 1e-14 })(data)(data)
        expect(T.isClose(T.mean(features, { axis: 0 }), T.zeros([3], 'float64'), { atol: 1e-9, rtol: 0 })).toBe(true)
        expect(T.isClose(covariance(features), T.cast(T.eye(3), 'float64'), { atol: 1e-7, rtol: 0 })).toBe(true)
      }),
      { numRuns: 10 }
    )
  })

  test('zca is near the data: it is the symmetric root', () => {
    const data = mixed(1)
    const white = Dataset.whiten({ method: 'zca', epsilon: 1e-14 })(data)(data).features
    const above = T.sub(data.features, T.mean(data.features, { axis: 0 }))
    const cross = T.div(T.matmul(T.transpose(above), white), 12)
    expect(T.isClose(cross, T.transpose(cross), { atol: 1e-9, rtol: 0 })).toBe(true)
  })

  test('directions without variance stay small, and float32 stays float32', () => {
    const data = of(
      [
        [1, 1],
        [2, 2],
        [3, 3]
      ],
      'float32'
    )
    const { features } = Dataset.whiten()(data)(data)
    expect(features.dtype).toBe('float32')
    expect(T.item(T.max(T.abs(features)))).toBeLessThan(2)
  })

  test.each<readonly [string, () => unknown]>([
    ['whiten: the data set has 0 examples; expected at least one', () => Dataset.whiten()(of([]))],
    [
      'whiten: the features have shape [1, 1]; expected rows of 2, as were fitted',
      () => Dataset.whiten()(of([[1, 2]]))(of([[1]]))
    ],
    ['whiten: epsilon is 0; expected a finite number above 0', () => Dataset.whiten({ epsilon: 0 })]
  ])('%s', (sentence, run) => {
    expect(run).toThrow(sentence)
  })
})

describe('what is not a data set', () => {
  const loose = (f: unknown): ((...args: readonly unknown[]) => unknown) => f as never
  const two = of([
    [1, 2],
    [3, 5]
  ])
  const fits: Readonly<Record<string, unknown>> = {
    standardise: Dataset.standardise,
    impute: Dataset.impute('mean'),
    whiten: Dataset.whiten(),
    oneHot: Dataset.oneHot([0])
  }

  test.each(Object.entries(fits))('%s refuses it, at the fit and after it', (name, fit) => {
    for (const data of [undefined, 3, [T.zeros([2, 2])], { labels: T.zeros([2]) }]) {
      expect(() => loose(fit)(data)).toThrow(new RegExp(`^${name}: the dataset is .*; expected features and labels`))
      expect(() => loose(loose(fit)(two))(data)).toThrow(
        new RegExp(`^${name}: the dataset is .*; expected features and labels`)
      )
    }
  })

  test('features of another shape than those that were fitted are refused', () => {
    const sentence = 'the features have shape [1, 1]; expected rows of shape [2], as were fitted'
    expect(() => Dataset.standardise(two)(of([[1]]))).toThrow(`standardise: ${sentence}`)
    expect(() => Dataset.impute('mean')(two)(of([[1]]))).toThrow(`impute: ${sentence}`)
    expect(Dataset.impute(0)(two)(of([[NaN]])).features).toEqual(T.of([[0]], 'float64'))
  })

  test.each<readonly [string, () => unknown]>([
    ['Dataset.map: f is 3; expected a function', () => loose(Dataset.map(3 as never))(two)],
    ['Dataset.map: the dataset is 3; expected features and labels', () => loose(Dataset.map((x) => x))(3)],
    ['oneHot: the list of columns is 3; expected an array', () => loose(loose(Dataset.oneHot)(3))(two)],
    [
      'oneHot: the features have shape [2]',
      () => loose(Dataset.oneHot([0]))({ features: T.zeros([2]), labels: T.zeros([2]) })
    ],
    ['columns: the count is -1; expected an integer of 0 or more', () => loose(Dataset.columns)(-1, () => 0)],
    ['columns: make is undefined; expected a function', () => loose(Dataset.columns)(2)],
    ['optional: the field is null; expected one such as', () => loose(Dataset.optional)(null)],
    ["numberBetween: the bounds are 'a' and 'b'; expected", () => loose(Dataset.numberBetween)('a', 'b')],
    ['parseCsv: the content is undefined; expected a string', () => loose(Dataset.parseCsv)()],
    ['stratifiedSplit: the dataset is', () => loose(Dataset.stratifiedSplit(0.5, Random.key(0)))([T.zeros([4])])],
    ['stratifiedKFold: the key is 3', () => loose(loose(Dataset.stratifiedKFold)(2, 3))(two)],
    ['xor: the key is undefined', () => loose(Dataset.xor)(undefined, 3)]
  ])('%s', (message, run) => {
    expect(run).toThrow(message)
  })
})
