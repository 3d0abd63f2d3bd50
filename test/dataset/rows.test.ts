// What only moves examples: any tree of tensors goes through, and no example is lost.
import { pipe } from 'fp-ts/lib/function.js'
import * as fc from 'fast-check'
import * as Dataset from 'pullback/Dataset'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'

/** A tree of three tensors whose examples carry their number. */
const numbered = (n: number) => ({
  image: T.broadcastTo(T.reshape(T.arange(n), [n, 1, 1]), [n, 2, 2]),
  labels: T.arange(n, 'int32'),
  more: [T.mul(T.arange(n), 2)] as const
})
const labelsOf = (data: { readonly labels: T.Tensor }): readonly number[] => Array.from(T.toArray(data.labels))

const expectTogether = (data: Dataset.Rows<ReturnType<typeof numbered>>): void => {
  const labels = T.cast(data.labels, 'float32')
  expect(T.toNested(T.at(T.at(data.image, 1, { axis: 1 }), 0, { axis: 1 }))).toEqual(T.toNested(labels))
  expect(T.toNested(data.more[0])).toEqual(T.toNested(T.mul(labels, 2)))
}

const seeds = fc.nat()
const counts = fc.integer({ min: 2, max: 12 })

test('shuffle, batches, filter, repeat, windows and folds keep what belongs together', () => {
  fc.assert(
    fc.property(counts, seeds, (n, seed) => {
      const data = numbered(n)
      const all = labelsOf(data)
      const shuffled = pipe(data, Dataset.shuffle(Random.key(seed)))
      expectTogether(shuffled)
      expect([...labelsOf(shuffled)].sort((a, b) => a - b)).toEqual(all)
      expect(pipe(data, Dataset.batches(3)).flatMap(labelsOf)).toEqual(all)
      const even = pipe(
        data,
        Dataset.filter(({ labels }) => T.equal(T.mod(labels, 2), 0))
      )
      expectTogether(even)
      expect(labelsOf(even)).toEqual(all.filter((i) => i % 2 === 0))
      expect(labelsOf(pipe(data, Dataset.repeat(2)))).toEqual([...all, ...all])
      for (const [train, held] of pipe(data, Dataset.kFold(2))) {
        expectTogether(train)
        expect([...labelsOf(train), ...labelsOf(held)].sort((a, b) => a - b)).toEqual(all)
      }
      const [before, after] = pipe(data, Dataset.randomSplit(0.5, Random.key(seed)))
      expect(Dataset.size(before)).toBe(Math.round(0.5 * n))
      expect([...labelsOf(before), ...labelsOf(after)].sort((a, b) => a - b)).toEqual(all)
    }),
    { numRuns: 30 }
  )
})

test('padded batches have one size, and their masks count the examples', () => {
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 5 }), (n, size) => {
      const padded = pipe(numbered(n), Dataset.paddedBatches(size))
      expect(padded.every(({ batch }) => Dataset.size(batch) === size)).toBe(true)
      const kept = padded.map(({ batch, mask }) => ({ labels: T.booleanMask(batch.labels, mask) }))
      expect(kept.flatMap(labelsOf)).toEqual(labelsOf(numbered(n)))
      for (const { batch, mask } of padded) expect(T.item(T.sum(T.where(mask, 0, batch.labels)))).toBe(0)
    }),
    { numRuns: 30 }
  )
})

test('folds partition the data, and their sizes differ by at most one', () => {
  fc.assert(
    fc.property(counts, fc.integer({ min: 2, max: 12 }), (n, k) => {
      fc.pre(k <= n)
      const held = pipe(T.arange(n), Dataset.kFold(k)).map(([, part]) => part)
      expect(T.toNested(T.concat(held))).toEqual(T.toNested(T.arange(n)))
      expect(Math.max(...held.map(Dataset.size)) - Math.min(...held.map(Dataset.size))).toBeLessThanOrEqual(1)
    }),
    { numRuns: 30 }
  )
})

describe('stratified', () => {
  const labels = T.of([2, 0, 0, 2, 0, 1, 1, 0, 0, 1, 2, 0, 0], 'int32')
  const data = { labels, id: T.arange(13, 'int32') }
  const share = (part: { readonly labels: T.Tensor }): readonly number[] =>
    [0, 1, 2].map((label) => labelsOf(part).filter((each) => each === label).length)
  const idsOf = (part: { readonly id: T.Tensor }): readonly number[] => Array.from(T.toArray(part.id))

  test('folds keep the shares of classes', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(2, 3), (seed, k) => {
        const folds = pipe(data, Dataset.stratifiedKFold(k, Random.key(seed)))
        const ids = folds.flatMap(([, held]) => idsOf(held))
        expect([...ids].sort((a, b) => a - b)).toEqual(idsOf(data))
        for (const [train, held] of folds) {
          share(held).forEach((count, label) => {
            expect(Math.abs(count - share(data)[label]! / k)).toBeLessThan(1)
          })
          expect(Math.abs(Dataset.size(held) - 13 / k)).toBeLessThan(1)
          expect(new Set([...idsOf(train), ...idsOf(held)]).size).toBe(13)
        }
        expect(pipe(data, Dataset.stratifiedKFold(k, Random.key(seed))).map(([, held]) => idsOf(held))).toEqual(
          folds.map(([, held]) => idsOf(held))
        )
      }),
      { numRuns: 20 }
    )
  })

  test('splits keep the shares of classes, and leave each class in both parts', () => {
    const [first, second] = pipe(data, Dataset.stratifiedSplit(0.7, Random.key(3)))
    expect(share(first)).toEqual([5, 2, 2])
    expect(share(second)).toEqual([2, 1, 1])
    expect([...idsOf(first), ...idsOf(second)].sort((a, b) => a - b)).toEqual(idsOf(data))
    expect(share(pipe(data, Dataset.stratifiedSplit(0.01, Random.key(3)))[0])).toEqual([1, 1, 1])
    const drawn = [1, 2, 3, 4].map((seed) =>
      idsOf(pipe(data, Dataset.stratifiedSplit(0.7, Random.key(seed)))[1]).join()
    )
    expect(new Set(drawn).size).toBeGreaterThan(1)
  })
})

test('concat is associative, zip pairs, windows are slices', () => {
  const [a, b, c] = [numbered(2), numbered(3), numbered(1)]
  const left = pipe(a, Dataset.concat(b), Dataset.concat(c))
  const right = pipe(a, Dataset.concat(pipe(b, Dataset.concat(c))))
  expect(left).toEqual(right)
  expect(labelsOf(left)).toEqual([0, 1, 0, 1, 2, 0])
  expect(Dataset.size(pipe(a, Dataset.zip([T.zeros([2])])))).toBe(2)
  const windows = pipe(numbered(7), Dataset.windows(3, { stride: 2 }))
  expect(T.toNested(windows.labels)).toEqual([
    [0, 1, 2],
    [2, 3, 4],
    [4, 5, 6]
  ])
  expect(windows.image.shape).toEqual([3, 3, 2, 2])
})

test('types know the shapes of examples', () => {
  const [batch] = pipe(Dataset.make(T.zeros([4, 2]), T.zeros([4], 'int32')), Dataset.batches(2))
  const typed: Dataset.Dataset<[number, 2]> | undefined = batch
  const folds: readonly Dataset.Fold<{ readonly x: T.Tensor<[4, 3]> }>[] = pipe(
    { x: T.zeros([4, 3]) },
    Dataset.kFold(2)
  )
  const held: T.Tensor<[number, 3]> | undefined = folds[0]?.[1].x
  const windows: T.Tensor<[number, number, 3]> = pipe(T.zeros([5, 3]), Dataset.windows(2))
  expect([typed?.features.shape, held?.shape, windows.shape]).toEqual([
    [2, 2],
    [2, 3],
    [4, 2, 3]
  ])
})

const three = Dataset.make(T.zeros([3, 2]), T.of([0, 0, 1], 'int32'))
const none = Dataset.make(T.zeros([0, 2]), T.zeros([0], 'int32'))
test.each<readonly [string, () => unknown]>([
  ['kFold: the data set has 3 examples; expected at least 5, one for each fold', () => Dataset.kFold(5)(three)],
  ['kFold: the data set has 0 examples; expected at least 2, one for each fold', () => Dataset.kFold(2)(none)],
  ['kFold: k is 1; expected an integer of at least 2', () => Dataset.kFold(1)],
  [
    'stratifiedKFold: class 1 has 1 example; expected at least 2, one for each fold',
    () => Dataset.stratifiedKFold(2, Random.key(0))(three)
  ],
  [
    'stratifiedSplit: class 1 has 1 example; expected at least 2, one for each part',
    () => Dataset.stratifiedSplit(0.5, Random.key(0))(three)
  ],
  [
    'stratifiedSplit: the part is 1; expected a number between 0 and 1',
    () => Dataset.stratifiedSplit(1, Random.key(0))
  ],
  ['randomSplit: the part is 2; expected a number from 0 to 1', () => Dataset.randomSplit(2, Random.key(0))],
  [
    'filter: the mask is int32 of shape [3]; expected bool of shape [3]',
    () => Dataset.filter(({ labels }: typeof three) => labels)(three)
  ],
  ['windows: the data set has 3 examples; expected at least 4, as many as a window', () => Dataset.windows(4)(three)],
  [
    'randomSplit: the data set has 0 examples; expected at least one',
    () => Dataset.randomSplit(0.5, Random.key(0))(none)
  ],
  [
    'stratifiedSplit: the data set has 0 examples; expected at least one',
    () => Dataset.stratifiedSplit(0.5, Random.key(0))(none)
  ],
  ['repeat: the number of times is 0; expected an integer above 0', () => Dataset.repeat(0)],
  ['paddedBatches: the size is 0; expected an integer above 0', () => Dataset.paddedBatches(0)],
  [
    'zip: [0] has shape [3] and [1] [2]; expected as many examples in each',
    () => Dataset.zip(T.zeros([2]))(T.zeros([3]))
  ],
  [
    'shuffle: rate has shape []; expected an axis of examples',
    () => Dataset.shuffle(Random.key(0))({ rate: T.scalar(1) })
  ],
  [
    'concat: labels has dtypes int32 and float32; expected one',
    () => Dataset.concat(Dataset.make(T.zeros([1, 2]), T.zeros([1])))(three)
  ],
  [
    'concat: the trees differ: an array in the first tree only; expected the same structure',
    () => Dataset.concat({ x: T.zeros([1]) })([T.zeros([1])])
  ]
])('%s', (sentence, run) => {
  expect(run).toThrow(sentence)
})

test('the first folds have one more example, and windows end within the data', () => {
  expect(pipe(T.arange(8), Dataset.kFold(3)).map(([, held]) => T.toNested(held))).toEqual([
    [0, 1, 2],
    [3, 4, 5],
    [6, 7]
  ])
  expect(T.toNested(pipe(T.arange(6), Dataset.windows(3, { stride: 2 })))).toEqual([
    [0, 1, 2],
    [2, 3, 4]
  ])
})

test('each class is shuffled by a key of its own', () => {
  const labels = T.of(
    Array.from({ length: 40 }, (_, i) => i % 2),
    'int32'
  )
  const folds = pipe({ at: T.arange(40, 'int32'), labels }, Dataset.stratifiedKFold(2, Random.key(0)))
  const [, held] = folds[0]!
  const of = (rest: number): readonly number[] =>
    [...T.toArray(held.at)].filter((i) => i % 2 === rest).map((i) => (i - rest) / 2)
  expect(of(0)).toHaveLength(10)
  expect(of(0)).not.toEqual(of(1))
})
