import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Dataset from 'pullback/Dataset'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'

const columns = {
  features: [Dataset.column('x', Dataset.number), Dataset.column('y', Dataset.numberBetween(0, 16))],
  label: Dataset.column('label', Dataset.integerBetween(0, 9))
} as const

const lines = (text: string): unknown => {
  const result = Dataset.fromCsvText(text, columns, 'digits.csv')
  return E.isLeft(result) ? result.left.map(Dataset.showCsvError) : result.right
}

describe('columns', () => {
  it('read numbers strictly', () => {
    const accepted = ['1', '-1', '+1.5', '.5', '5.', '1e3', ' 2 ', '-0.25E-2']
    expect(accepted.map((text) => Dataset.number.decode(text))).toEqual(
      [1, -1, 1.5, 0.5, 5, 1000, 2, -0.0025].map((value) => E.right(value))
    )
    const refused = ['', ' ', 'abc', '1,5', 'NaN', 'Infinity', '1e999', '0x10', '1 2', '--1', '.', 'e3']
    expect(refused.filter((text) => E.isRight(Dataset.number.decode(text)))).toEqual([])
  })

  it('reject bounds in the wrong order, repeated names and an empty list', () => {
    const numbers = 'numberBetween: the bounds are 5 and 1; expected the smaller one first'
    expect(() => Dataset.numberBetween(5, 1)).toThrow(numbers)
    expect(() => Dataset.integerBetween(5, 1)).toThrow(
      'integerBetween: the bounds are 5 and 1; expected the smaller one first'
    )
    expect(() => Dataset.numberBetween(NaN, 1)).toThrow('numberBetween: the bounds are NaN and 1')
    expect(() => Dataset.category(['a', 'b', 'a'])).toThrow(
      "category: the name 'a' is given twice; expected distinct names"
    )
    expect(() => Dataset.category([])).toThrow('category: the list is empty; expected at least one name')
  })

  it('integers fit in 32 bits', () => {
    expect(Dataset.integer.decode('-2147483648')).toEqual(E.right(-2147483648))
    expect(E.isLeft(Dataset.integer.decode('2147483648'))).toBe(true)
    expect(E.isLeft(Dataset.integer.decode('0.5'))).toBe(true)
    expect(Dataset.integer.decode('3.0')).toEqual(E.right(3))
  })

  it('are codecs: encoding and decoding is the identity', () => {
    const species = Dataset.category(['setosa', 'virginica'])
    expect(species.encode(1)).toBe('virginica')
    expect(species.decode(species.encode(1))).toEqual(E.right(1))
    expect(species.is(2)).toBe(false)
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Dataset.number.decode(Dataset.number.encode(value))).toEqual(E.right(value === 0 ? 0 : value))
      })
    )
  })

  it('are counted in the types', () => {
    const pixels = Dataset.columns(64, (i) => Dataset.column(`p${i}`, Dataset.number))
    const count: 64 = pixels.length
    expect(count).toBe(64)
  })
})

describe('fromCsvText', () => {
  it('finds columns by name, in any order, and ignores others', () => {
    const result = Dataset.fromCsvText('label,ignored,y,x\n3,?,4,0.5\n0,,16,-1\n', columns)
    expect(result).toEqual(
      E.right({
        features: T.of([
          [0.5, 4],
          [-1, 16]
        ]),
        labels: T.of([3, 0], 'int32')
      })
    )
  })

  it('knows the number of features', () => {
    const result = Dataset.fromCsvText('x,y,label\n1,2,3\n', columns)
    if (E.isLeft(result)) throw new Error('the text is right')
    const features: T.Tensor<[number, 2]> = result.right.features
    expect(features.shape).toEqual([1, 2])
  })

  it('names line, column, the expectation and the text', () => {
    expect(lines('x,y,label\n1,2,3\n1,abc,3\n')).toEqual(['digits.csv:3:2: expected a number from 0 to 16, got "abc"'])
    expect(lines('label,x,y\n1,abc,3')).toEqual(['digits.csv:2:2: expected a number, got "abc"'])
  })

  it('collects all errors, in order', () => {
    expect(lines('x,y,label\n1,17,3\n,2,10\n1,2\n1,2,3,4\n')).toEqual([
      'digits.csv:2:2: expected a number from 0 to 16, got "17"',
      'digits.csv:3:1: expected a number, got ""',
      'digits.csv:3:3: expected an integer from 0 to 9, got "10"',
      'digits.csv:4:2: expected 3 fields, got 2',
      'digits.csv:5:4: expected 3 fields, got 4'
    ])
  })

  it('rejects a file without a header, columns or rows', () => {
    expect(lines('')).toEqual(['digits.csv:1:1: expected a header, got an empty file'])
    expect(lines('x,y,label\n')).toEqual(['digits.csv:2:1: expected at least one row, got none'])
    expect(lines('x,label\n1,2\n')).toEqual(['digits.csv:1:1: expected a column "y", got no such name in the header'])
    expect(lines('x,y,x,label\n1,2,3,4\n')).toEqual(['digits.csv:1:3: expected distinct column names, got "x" twice'])
    expect(lines('1,2,3\n4,5,6\n')).toEqual(
      ['x', 'y', 'label'].map((name) => `digits.csv:1:1: expected a column "${name}", got no such name in the header`)
    )
  })

  it('counts the lines of quoted fields', () => {
    expect(lines('x,y,label,note\n1,2,3,"two\nlines"\n1,2,x,\n')).toEqual([
      'digits.csv:4:3: expected an integer from 0 to 9, got "x"'
    ])
  })

  it('reports errors before an error in the quotes too, in order', () => {
    const xy = { features: [Dataset.column('x', Dataset.number)], label: Dataset.column('y', Dataset.integer) } as const
    const shown = (text: string) => E.swap(E.mapLeft(Dataset.showCsvErrors)(Dataset.fromCsvText(text, xy, 'xy.csv')))
    expect(shown('x,y\nabc,1\n2\n"3,4\n')).toEqual(
      E.right(
        [
          'xy.csv:2:1: expected a number, got "abc"',
          'xy.csv:3:1: expected 2 fields, got 1',
          'xy.csv:4:1: expected a closing quote, got the end of the file'
        ].join('\n')
      )
    )
    expect(shown('x,z\n"3,4\n')).toEqual(
      E.right(
        [
          'xy.csv:1:1: expected a column "y", got no such name in the header',
          'xy.csv:2:1: expected a closing quote, got the end of the file'
        ].join('\n')
      )
    )
    expect(shown('x,y\n1,"2')).toEqual(E.right('xy.csv:2:2: expected a closing quote, got the end of the file'))
  })

  it('passes errors of the syntax on', () => {
    expect(lines('x,y,label\n1,"2,3\n')).toEqual(['digits.csv:2:2: expected a closing quote, got the end of the file'])
  })

  it('a number that the type does not hold is an error by line and column', () => {
    const wide = {
      features: [Dataset.column('x', Dataset.number)],
      label: Dataset.column('y', Dataset.number)
    } as const
    const text = 'x,y\n1e39,1\n16777217,2\n-1e39,3\n1e20,4\n0.1,5\n16777216,6'
    const result = Dataset.fromCsvText(text, wide, 'wide.csv')
    expect(E.isLeft(result) ? result.left.map(Dataset.showCsvError) : []).toEqual([
      'wide.csv:2:1: expected a number that float32 holds (float64 holds more), got "1e39"',
      'wide.csv:3:1: expected a number that float32 holds (float64 holds more), got "16777217"',
      'wide.csv:4:1: expected a number that float32 holds (float64 holds more), got "-1e39"'
    ])
    const read = Dataset.fromCsvText(text, { ...wide, featureType: 'float64' }, 'wide.csv')
    expect(E.isRight(read) ? T.toArray(read.right.features) : []).toEqual(
      Float64Array.of(1e39, 16777217, -1e39, 1e20, 0.1, 16777216)
    )
  })

  it('says how a file of another kind differs', () => {
    const missing = (name: string): string => `expected a column "${name}", got no such name in the header`
    const separated = '; fields are separated by commas, and this file has ";"'
    expect(lines('x;y;label\n1;2;3')).toEqual(
      ['x', 'y', 'label'].map((name) => `digits.csv:1:1: ${missing(name)}${separated}`)
    )
    const returns = '; lines must end in LF or CRLF, and this file has lone CRs'
    expect(lines('x,y,label\r1,2,3\r')).toEqual([`digits.csv:1:1: ${missing('label')}${returns}`])
  })

  it('labels are integers, or float32 on demand', () => {
    const prices = { features: [Dataset.column('x', Dataset.number)], label: Dataset.column('price', Dataset.number) }
    const text = 'x,price\n1,2.5\n'
    expect(E.mapLeft(Dataset.showCsvErrors)(Dataset.fromCsvText(text, prices))).toEqual(
      E.left('csv:2:2: expected an integer, got "2.5"')
    )
    const result = Dataset.fromCsvText(text, { ...prices, labelType: 'float32' })
    expect(E.map((data: Dataset.Dataset) => data.labels)(result)).toEqual(E.right(T.of([2.5])))
  })

  it('shows only so many errors', () => {
    const text = `x,y,label\n${'?,1,1\n'.repeat(25)}`
    const result = Dataset.fromCsvText(text, columns)
    const shown = E.isLeft(result) ? Dataset.showCsvErrors(result.left).split('\n') : []
    expect(shown).toHaveLength(21)
    expect(shown[20]).toBe('and 5 more errors')
  })
})

describe('fromCsv', () => {
  it('reads by the function that it is given', async () => {
    const load = Dataset.fromCsv((path) => Promise.resolve(path === 'a.csv' ? 'x,y,label\n1,2,3\n' : ''))
    expect(E.isRight(await load('a.csv', columns)())).toBe(true)
    expect(E.mapLeft(Dataset.showCsvErrors)(await load('b.csv', columns)())).toEqual(
      E.left('b.csv:1:1: expected a header, got an empty file')
    )
  })

  it('a file that cannot be read is a value, whether the reader rejects or throws', async () => {
    const sentence = E.left('a.csv: expected a readable file, got ENOENT: no such file or directory')
    const error = new Error('ENOENT: no such file or directory')
    const rejecting = Dataset.fromCsv(() => Promise.reject(error))
    const throwing = Dataset.fromCsv(() => {
      throw error
    })
    expect(E.mapLeft(Dataset.showCsvErrors)(await rejecting('a.csv', columns)())).toEqual(sentence)
    expect(E.mapLeft(Dataset.showCsvErrors)(await throwing('a.csv', columns)())).toEqual(sentence)
  })

  it('does nothing before the task is run', async () => {
    let reads = 0
    const task = Dataset.fromCsv(() => Promise.resolve(`x,y,label\n1,${++reads},3\n`))('a.csv', columns)
    expect(reads).toBe(0)
    await task()
    await task()
    expect(reads).toBe(2)
  })
})

const numbered = (n: number): Dataset.Dataset<[number, 2]> =>
  Dataset.make(T.reshape(T.arange(0, 2 * n), [n, 2]), T.arange(0, n, 1, 'int32'))

const sizes = fc.integer({ min: 1, max: 30 })

describe('Dataset', () => {
  it('make requires one label per row', () => {
    const copy: unknown = structuredClone(T.zeros([2]))
    expect(() => Dataset.make(T.zeros([2, 3]), copy as T.Tensor<[number]>)).toThrow(
      'Dataset.make: the argument labels is a copy of a tensor of shape [2]; expected a tensor; restore it with'
    )
    expect(() => Dataset.make(T.zeros([2, 3]), T.zeros([3]))).toThrow(
      'Dataset.make: the shapes of features and labels are [2, 3] and [3]; expected one label per row'
    )
  })

  it('shuffle keeps features with their labels, loses none, and is determined by the key', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), (n, seed) => {
        const shuffled = pipe(numbered(n), Dataset.shuffle(Random.key(seed)))
        const labels = [...T.toArray(shuffled.labels)]
        expect([...labels].sort((a, b) => a - b)).toEqual([...T.toArray(numbered(n).labels)])
        expect(T.toNested(shuffled.features)).toEqual(labels.map((label) => [2 * label, 2 * label + 1]))
        const again = pipe(numbered(n), Dataset.shuffle(Random.key(seed)))
        expect([...T.toArray(again.labels)]).toEqual(labels)
      })
    )
  })

  it('different keys shuffle differently', () => {
    const order = (seed: number) => [...T.toArray(pipe(numbered(30), Dataset.shuffle(Random.key(seed))).labels)]
    expect(order(1)).not.toEqual(order(2))
  })

  it('batches are the data in order', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 12 }), (n, size) => {
        const all = pipe(numbered(n), Dataset.batches(size))
        expect(all.flatMap((batch) => [...T.toArray(batch.labels)])).toEqual([...T.toArray(numbered(n).labels)])
        expect(all.flatMap((batch) => T.toNested(batch.features))).toEqual(T.toNested(numbered(n).features))
        expect(all.every((batch, i) => Dataset.size(batch) === size || i === all.length - 1)).toBe(true)
        const full = pipe(numbered(n), Dataset.batches(size, { dropLast: true }))
        expect(full.every((batch) => Dataset.size(batch) === size)).toBe(true)
        expect(full.length).toBe(Math.floor(n / size))
      })
    )
  })

  it('batches rejects wrong sizes and unknown options', () => {
    expect(() => Dataset.batches(0)).toThrow('batches: the size is 0; expected an integer above 0')
    expect(() => Dataset.batches(1.5)).toThrow('batches: the size is 1.5; expected an integer above 0')
    const misspelt: object = { droplast: true }
    expect(() => Dataset.batches(2, misspelt)).toThrow('batches: unknown option droplast; expected dropLast')
  })

  it('split cuts at a position from either end', () => {
    const labels = (data: Dataset.Dataset<readonly number[]>) => [...T.toArray(data.labels)]
    const cut = (at: number) => pipe(numbered(5), Dataset.split(at)).map(labels)
    expect(cut(2)).toEqual([
      [0, 1],
      [2, 3, 4]
    ])
    expect(cut(-2)).toEqual([
      [0, 1, 2],
      [3, 4]
    ])
    expect(cut(5)).toEqual([[0, 1, 2, 3, 4], []])
    expect(cut(-5)).toEqual([[], [0, 1, 2, 3, 4]])
    expect(() => cut(6)).toThrow('split: the position is 6; for 5 examples, expected an integer from -5 to 5')
  })

  it('standardise gives the data it was fitted on mean 0 and deviation 1', () => {
    const data = Dataset.make(
      T.of([
        [1, 7, -2],
        [2, 7, 4],
        [6, 7, 4]
      ]),
      T.of([0, 1, 2], 'int32')
    )
    const { features } = Dataset.standardise(data)(data)
    const column = (j: number) => T.toNested(features).map((row) => row[j] ?? NaN)
    for (const j of [0, 2]) {
      expect(column(j).reduce((sum, each) => sum + each, 0)).toBeCloseTo(0, 5)
      expect(column(j).reduce((sum, each) => sum + each * each, 0) / 3).toBeCloseTo(1, 5)
    }
    expect(column(1)).toEqual([0, 0, 0])
  })

  it('standardise leaves constants at 0, and takes any finite numbers', () => {
    const scaled = (values: readonly number[], dtype: 'float32' | 'float64'): readonly number[] => {
      const column = T.of(
        values.map((x) => [x]),
        dtype
      )
      const data = Dataset.make(column, T.zeros([values.length], 'int32'))
      const { features } = Dataset.standardise(data)(data)
      expect(features.dtype).toBe(dtype)
      return Array.from(T.toArray(features))
    }
    expect(scaled([0.1, 0.1, 0.1], 'float64')).toEqual([0, 0, 0])
    expect(scaled([0.1, 0.1, 0.1], 'float32')).toEqual([0, 0, 0])
    expect(scaled([1e20, 3e20], 'float32')).toEqual([-1, 1])
    expect(scaled([1e8, 1e8 + 8], 'float32')).toEqual([-1, 1])
    expect(scaled([-1e308, 1e308], 'float64')).toEqual([-1, 1])
    expect(scaled([1e-200, 3e-200], 'float64')).toEqual([-1, 1])
    expect(() => Dataset.standardise(Dataset.make(T.zeros([0, 2]), T.zeros([0], 'int32')))).toThrow(
      'standardise: the data set has 0 examples; expected at least one'
    )
  })

  it('map rejects another number of examples', () => {
    expect(() =>
      pipe(
        numbered(3),
        Dataset.map((x) => T.slice(x, [[0, 2]]))
      )
    ).toThrow('Dataset.map: the shapes of features and labels are [2, 2] and [3]; expected one label per row')
  })
})

describe('columns that plain JavaScript may pass', () => {
  const label = Dataset.column('y', Dataset.integer)
  it.each([
    [
      { features: ['a'], label },
      "fromCsv: features is ['a']; expected an array of columns, such as Dataset.columns makes"
    ],
    [{ features: [label] }, 'fromCsv: label is null; expected a column, such as Dataset.column makes'],
    [{ features: [label], label: 'y' }, "fromCsv: label is 'y'; expected a column, such as Dataset.column makes"]
  ])('%j', (columns, sentence) => {
    expect(() => Dataset.fromCsvText('a,y\n1,2\n', columns as never)).toThrow(sentence)
  })

  it('names of categories that are not a list are refused', () => {
    expect(() => Dataset.category('ab' as never)).toThrow("category: the list is 'ab'; expected an array of names")
  })
})

describe('standardise of numbers that are close beside their size', () => {
  it.each([
    [1e16, 2],
    [1, 2 ** -52],
    [-1e300, 2 ** 950]
  ])('%d and %d more', (x, more) => {
    const data = Dataset.make(T.of([[x], [x + more]], 'float64'), T.zeros([2]))
    expect(T.toNested(Dataset.standardise(data)(data).features)).toEqual([[-1], [1]])
  })
})
