/** Sources of batches: the next one, until a signal stops the wait for it, and their end. */
import { refusal } from '../internal/describe.js'
import * as E from '../internal/either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Signal } from './outcome.js'

export type Source<Batch> = AsyncIterator<Batch> | Iterator<Batch>

/** Read each time, because it may change while the loop waits. */
export const isStopped = (signal: Signal | undefined): boolean => signal?.aborted === true

/** Whether batches arrive in time; refuses what holds none. */
export const isAsync = <Batch>(batches: AsyncIterable<Batch> | Iterable<Batch>): batches is AsyncIterable<Batch> => {
  const given: unknown = batches
  if (typeof given === 'object' && given !== null) {
    if (Symbol.asyncIterator in given) return true
    if (Symbol.iterator in given) return false
  }
  throw new TypeError(refusal('Train', 'the source of batches', given, 'an iterable, such as an array or a generator'))
}

export const iterate = <Batch>(batches: AsyncIterable<Batch> | Iterable<Batch>): Source<Batch> =>
  isAsync(batches) ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]()

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
const ask = async <Batch>(source: Source<Batch>): Promise<Answer<Batch>> => {
  try {
    return E.right(await source.next())
  } catch (error) {
    return E.left(error)
  }
}

/** The awaited value, or nothing as soon as the signal stops the loop; the listener is removed in both cases. */
const unlessStopped = async <A>(awaited: Promise<A>, signal: Signal | undefined): Promise<A | undefined> => {
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
const close = async <Batch>(source: Source<Batch>, busy: boolean): Promise<void> => {
  const closed = source.return?.()
  if (!busy) await closed
  else void Promise.resolve(closed).catch(() => undefined)
}

/** How a loop waits for a source. Loops that never wait do without, and so does their bundle. */
export interface Patience {
  readonly next: <Batch>(source: Source<Batch>, signal: Signal | undefined) => Promise<Answer<Batch> | undefined>
  readonly close: <Batch>(source: Source<Batch>, busy: boolean) => Promise<void>
}

export const patient: Patience = { next: (source, signal) => unlessStopped(ask(source), signal), close }
