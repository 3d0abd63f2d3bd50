/** Sources of batches: the next one, until a signal stops the wait for it, and their end. */
import * as E from '../internal/either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Signal } from './outcome.js'

export type Source<Batch> = AsyncIterator<Batch> | Iterator<Batch>

/** Read each time, because it may change while the loop waits. */
export const isStopped = (signal: Signal | undefined): boolean => signal?.aborted === true

export const iterate = <Batch>(batches: AsyncIterable<Batch> | Iterable<Batch>): Source<Batch> =>
  Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]()

/** The answer of a source, or the error that it threw or rejected with. */
export type Answer<Batch> = Either<unknown, IteratorResult<Batch>>

/** Casts an answer that is not a promise, of a source that is an iterator. */
const plain = <Batch>(next: IteratorResult<Batch> | Promise<IteratorResult<Batch>>): IteratorResult<Batch> =>
  next as IteratorResult<Batch>

/** The next answer of an iterator. */
export const askNow = <Batch>(source: Source<Batch>): Answer<Batch> => {
  try {
    return E.right(plain(source.next()))
  } catch (error) {
    return E.left(error)
  }
}

/** The next answer of any source. */
export const ask = async <Batch>(source: Source<Batch>): Promise<Answer<Batch>> => {
  try {
    return E.right(await source.next())
  } catch (error) {
    return E.left(error)
  }
}

/** The awaited value, or nothing as soon as the signal stops the loop; the listener is removed in both cases. */
export const unlessStopped = async <A>(awaited: Promise<A>, signal: Signal | undefined): Promise<A | undefined> => {
  if (signal?.addEventListener === undefined) return awaited
  let stop = (): void => undefined
  const stopped = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined)
  })
  signal.addEventListener('abort', stop)
  try {
    return await Promise.race([awaited, signal.aborted ? undefined : stopped])
  } finally {
    signal.removeEventListener?.('abort', stop)
  }
}

/** Closes an iterator. */
export const closeNow = <Batch>(source: Source<Batch>): void => void source.return?.()

/** Closes a source; one that is still busy with a batch, perhaps for ever, is not awaited. */
export const close = async <Batch>(source: Source<Batch>, busy: boolean): Promise<void> => {
  const closed = source.return?.()
  if (!busy) await closed
  else void Promise.resolve(closed).catch(() => undefined)
}
