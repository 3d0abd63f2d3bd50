// Streams: prefetched in order within bounds, closed and failing where they should; augmented by keys.
import { pipe } from 'fp-ts/lib/function.js'
import * as fc from 'fast-check'
import * as Dataset from 'pullback/Dataset'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

/** Counts what is asked of it, and says when it is closed. */
const source = (n: number, fails?: number) => {
  const seen = { made: 0, closed: 0 }
  const items = async function* () {
    try {
      for (let i = 0; i < n; i++) {
        await Promise.resolve()
        if (i === fails) throw new Error(`item ${i}`)
        seen.made++
        yield i
      }
    } finally {
      seen.closed++
    }
  }
  return { seen, iterable: { [Symbol.asyncIterator]: items } }
}

const collect = async <A>(items: AsyncIterable<A>): Promise<readonly A[]> => {
  const all: A[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('prefetch', () => {
  test('gives the same items in order, of iterables of both kinds, every time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer()), fc.integer({ min: 1, max: 4 }), async (items, count) => {
        const ahead = Dataset.prefetch(count)(items)
        expect(await collect(ahead)).toEqual(items)
        expect(await collect(ahead)).toEqual(items)
      }),
      { numRuns: 20 }
    )
    expect(await collect(Dataset.prefetch(2)(source(5).iterable))).toEqual([0, 1, 2, 3, 4])
  })

  test('makes at most so many items ahead, and none before the first is wanted', async () => {
    const { seen, iterable } = source(10)
    const items = Dataset.prefetch(3)(iterable)[Symbol.asyncIterator]()
    await tick()
    expect(seen.made).toBe(0)
    for (let i = 0; i < 3; i++) {
      expect((await items.next()).value).toBe(i)
      await tick()
      expect(seen.made).toBe(i + 4)
    }
  })

  test('an error comes after the items before it, once, and the stream has ended', async () => {
    const { iterable } = source(5, 2)
    const items = Dataset.prefetch(4)(iterable)[Symbol.asyncIterator]()
    expect(await items.next()).toEqual({ done: false, value: 0 })
    await tick()
    expect(await items.next()).toEqual({ done: false, value: 1 })
    await expect(items.next()).rejects.toThrow('item 2')
    expect(await items.next()).toEqual({ done: true, value: undefined })
  })

  test('a loop that ends early closes the source, and drops the errors that nobody asked for', async () => {
    const { seen, iterable } = source(9, 3)
    for await (const item of Dataset.prefetch(5)(iterable)) if (item === 1) break
    await tick()
    expect(seen.closed).toBe(1)
    const [other, calm] = [source(9), source(9)]
    for await (const item of Dataset.prefetch(2)(other.iterable)) if (item === 1) break
    await tick()
    expect(other.seen.closed).toBe(1)
    expect(other.seen.made).toBeLessThanOrEqual(4)
    await expect(
      (async () => {
        for await (const item of Dataset.prefetch(2)(calm.iterable)) throw new Error(`mine ${item}`)
      })()
    ).rejects.toThrow('mine 0')
    expect(calm.seen.closed).toBe(1)
  })

  test('refuses other things', () => {
    expect(() => Dataset.prefetch(0)).toThrow('prefetch: the count is 0; expected an integer above 0')
    expect(() => Dataset.prefetch(1)(3 as never)).toThrow(
      'prefetch: the source is 3; expected an iterable or async iterable of batches'
    )
  })
})

describe('augment', () => {
  const noisy = (key: Random.Key, x: T.Tensor<[number]>) => T.add(x, Random.normal(key, x.shape))

  test('changes batches by keys of their own, the same every time, in both kinds of stream', async () => {
    const batches = pipe(T.zeros([6]), Dataset.batches(2))
    const stream = pipe(batches, Dataset.augment(noisy, Random.key(1)))
    const first = Array.from(stream, (x) => T.toNested(x))
    expect(Array.from(stream, (x) => T.toNested(x))).toEqual(first)
    expect(new Set(first.flat()).size).toBe(6)
    const later = pipe(Dataset.prefetch(2)(batches), Dataset.augment(noisy, Random.key(1)))
    expect((await collect(later)).map((x) => T.toNested(x))).toEqual(first)
    const other = pipe(batches, Dataset.augment(noisy, Random.key(2)))
    expect(Array.from(other, (x) => T.toNested(x))).not.toEqual(first)
  })

  test('refuses what is not a key', () => {
    expect(() => Dataset.augment(noisy, 3 as never)).toThrow('augment: the key is 3; expected one from Random.key')
  })
})
