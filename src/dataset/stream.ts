/** Streams of batches: made ahead of time, and changed by keys. */
import { requireCount, requireFunction } from '../internal/check.js'
import { refusal } from '../internal/describe.js'
import { requireKey } from '../random/model.js'
import { foldIn } from '../Random.js'
import type { Key } from '../Random.js'

// -----------------------------------------------------------------------------
// prefetch
// -----------------------------------------------------------------------------

type Source<A> = AsyncIterator<A> | Iterator<A>

const isObject = (x: unknown): x is object => typeof x === 'object' && x !== null

const requireIterable = (operation: string, source: unknown): void => {
  if (isObject(source) && (Symbol.asyncIterator in source || Symbol.iterator in source)) return
  throw new TypeError(refusal(operation, 'the source', source, 'an iterable or async iterable of batches'))
}

const iterate = <A>(source: AsyncIterable<A> | Iterable<A>): Source<A> =>
  Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()

/** What a source gave: an item, its end, or an error. */
type Given<A> =
  | { readonly _tag: 'Item'; readonly item: A }
  | { readonly _tag: 'End' }
  | { readonly _tag: 'Failed'; readonly error: unknown }

const end = { _tag: 'End' } as const

const nextOf = async <A>(source: Source<A>): Promise<Given<A>> => {
  try {
    const result = await source.next()
    return result.done === true ? end : { _tag: 'Item', item: result.value }
  } catch (error) {
    return { _tag: 'Failed', error }
  }
}

const ahead = <A>(source: Source<A>, most: number): AsyncIterator<A> => {
  const queue: Promise<Given<A>>[] = []
  let last: Promise<Given<A>> | undefined
  let isClosed = false
  const after = async (before: Promise<Given<A>> | undefined): Promise<Given<A>> => {
    const given = await before
    return isClosed || (given !== undefined && given._tag !== 'Item') ? end : nextOf(source)
  }
  const ask = (): void => {
    last = after(last)
    queue.push(last)
  }
  return {
    next: async () => {
      if (isClosed) return { done: true, value: undefined }
      while (queue.length <= most) ask()
      const given = await queue.shift()!
      if (given._tag === 'Failed') throw given.error
      return given._tag === 'Item' ? { done: false, value: given.item } : { done: true, value: undefined }
    },
    return: async () => {
      isClosed = true
      await source.return?.()
      return { done: true, value: undefined }
    }
  }
}

/**
 * The same items, up to `count` of which are made ahead while those before are in use: reading and decoding overlap with training. The source
 * is asked for one item at a time, and for none before the first is wanted.
 *
 * An error of the source arrives in the place of its item, after all items before it. A loop that ends early closes the source; errors of items
 * that nobody asked for are dropped. Each loop iterates the source anew.
 *
 * @throws RangeError when the count is not an integer above 0
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Dataset from 'pullback/Dataset'
 *
 * const read = async function* () {
 *   for (const name of ['a', 'b', 'c']) yield await Promise.resolve(name)
 * }
 * const names: string[] = []
 * for await (const name of pipe(read(), Dataset.prefetch(2))) names.push(name)
 * names // => ['a', 'b', 'c']
 */
export const prefetch = (count: number): (<A>(source: AsyncIterable<A> | Iterable<A>) => AsyncIterable<A>) => {
  requireCount('prefetch', 'the count', count)
  return (source) => {
    requireIterable('prefetch', source)
    return { [Symbol.asyncIterator]: () => ahead(iterate(source), count) }
  }
}

// -----------------------------------------------------------------------------
// keys
// -----------------------------------------------------------------------------

/** A source stays synchronous or asynchronous. */
type ByKey<B, C> = <S extends Iterable<B> | AsyncIterable<B>>(
  batches: S
) => S extends AsyncIterable<unknown> ? AsyncIterable<C> : Iterable<C>

/** Casts to the type that says so. */
const sourced = <B, C>(body: (source: AsyncIterable<B> | Iterable<B>) => unknown): ByKey<B, C> =>
  body as unknown as ByKey<B, C>

/**
 * Changes each batch of a stream by a key of its own: batch i by `f(foldIn(key, i), batch)`, lazily. So an augmentation runs over batches, and
 * the same key gives the same stream; each epoch takes a key of its own.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Augment from 'pullback/Augment'
 * import * as Dataset from 'pullback/Dataset'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const data = Dataset.make(T.ones([6, 1, 8, 8]), T.zeros([6], 'int32'))
 * const flipped = (key: Random.Key, batch: Dataset.Dataset<[number, 1, 8, 8]>) => ({
 *   features: Augment.randomFlip(key, batch.features),
 *   labels: batch.labels
 * })
 * const batches = pipe(data, Dataset.batches(4), Dataset.augment(flipped, Random.key(0)))
 * Array.from(batches, Dataset.size) // => [4, 2]
 */
export const augment = <B, C>(f: (key: Key, batch: B) => C, key: Key): ByKey<B, C> => {
  requireFunction('augment', f)
  requireKey('augment', key)
  return sourced<B, C>((source) => {
    requireIterable('augment', source)
    return Symbol.asyncIterator in source
      ? {
          [Symbol.asyncIterator]: async function* () {
            let i = 0
            for await (const batch of source) yield f(foldIn(key, i++), batch)
          }
        }
      : {
          [Symbol.iterator]: function* () {
            let i = 0
            for (const batch of source) yield f(foldIn(key, i++), batch)
          }
        }
  })
}
