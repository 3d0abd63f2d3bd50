/**
 * The constructors of fp-ts's `Either`, for modules that need no more of it. Its own module is CommonJS, which bundlers keep
 * whole: 27 kB minified in the bundle of everyone who trains.
 */
import type { Either, Left } from 'fp-ts/lib/Either.js'

export const left = <E, A = never>(error: E): Either<E, A> => ({ _tag: 'Left', left: error })

export const right = <A, E = never>(value: A): Either<E, A> => ({ _tag: 'Right', right: value })

export const isLeft = <E>(either: Either<E, unknown>): either is Left<E> => either._tag === 'Left'
