/** Loops that may wait, written once: run in one go, or with `await` wherever they wait. */
import { isPromise } from '../transform/scope.js'

/** A computation that hands out each promise that it waits for, and is given its value. */
export type Waiting<A> = Generator<unknown, A, unknown>

/** A function of what is there, or will be. */
export const mapLater = <A, B>(x: A | PromiseLike<A>, f: (value: A) => B): B | PromiseLike<B> =>
  isPromise(x) ? x.then(f) : f(x)

/** Waits for a value, if it is a promise. The cast holds for both ways of running, which answer with the value of what they were handed. */
export function* waitFor<A>(x: A | PromiseLike<A>): Waiting<A> {
  return isPromise(x) ? ((yield x) as A) : x
}

/** Runs a computation that has nothing to wait for; what it hands out is refused. */
export const inOneGo = <A>(computation: Waiting<A>, refuse: () => Error): A => {
  const result = computation.next()
  if (result.done === true) return result.value
  // The promise is no longer of interest, nor is its error.
  if (isPromise(result.value)) result.value.then(undefined, () => undefined)
  const thrown = computation.throw(refuse())
  if (thrown.done === true) return thrown.value
  throw refuse()
}

/** Runs a computation, and awaits what it hands out. */
export const awaiting = async <A>(computation: Waiting<A>): Promise<A> => {
  let result = computation.next()
  while (result.done !== true) {
    let value: unknown
    try {
      value = await result.value
    } catch (error) {
      result = computation.throw(error)
      continue
    }
    result = computation.next(value)
  }
  return result.value
}
