/** Sequences of draws: a computation that is given keys, as fp-ts's State. */
import type { State } from 'fp-ts/lib/State.js'
import { split } from './key.js'
import type { Key } from './model.js'

/**
 * A computation that draws: fp-ts's `State` over the key, so that everything in `fp-ts/lib/State.js` works on it. It
 * takes a key and returns a result and the key for the next computation.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as State from 'fp-ts/lib/State.js'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const walk: Random.Random<T.Tensor<[2]>> = pipe(
 *   Random.draw(Random.normal([2])),
 *   State.chain((x) => pipe(Random.draw(Random.normal([2])), State.map((step) => T.add(x, step))))
 * )
 * State.evaluate(Random.key(0))(walk).shape // => [2]
 */
export interface Random<A> extends State<Key, A> {}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * A computation that draws nothing.
 *
 * @example
 * import * as Random from 'pullback/Random'
 *
 * Random.of(1)(Random.key(0))[0] // => 1
 */
export const of =
  <A>(a: A): Random<A> =>
  (key) => [a, key]

/**
 * One draw, as a step of a sequence: it splits the key in two, draws with the first and returns the second for the
 * next computation.
 *
 * @example
 * import * as Random from 'pullback/Random'
 *
 * const [x, next] = Random.draw(Random.normal([3]))(Random.key(0))
 * const [y] = Random.draw(Random.normal([3]))(next)
 * x.shape // => [3]
 * y.shape // => [3]
 */
export const draw =
  <A>(f: (key: Key) => A): Random<A> =>
  (key) => {
    const [use, next] = split(key)
    return [f(use), next]
  }

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/**
 * Applies a function to the result.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * pipe(Random.draw(Random.normal([3])), Random.map(T.abs))(Random.key(0))[0].shape // => [3]
 */
export const map =
  <A, B>(f: (a: A) => B) =>
  (random: Random<A>): Random<B> =>
  (key) => {
    const [a, next] = random(key)
    return [f(a), next]
  }

/**
 * Continues with a computation that depends on the result. A chain of many thousands of steps would overflow the stack:
 * use `reduce`.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Random from 'pullback/Random'
 *
 * const some = pipe(
 *   Random.draw(Random.bernoulli(0.5, [])),
 *   Random.chain((coin) => Random.draw(Random.normal(coin.shape)))
 * )
 * some(Random.key(0))[0].shape // => []
 */
export const chain =
  <A, B>(f: (a: A) => Random<B>) =>
  (random: Random<A>): Random<B> =>
  (key) => {
    const [a, next] = random(key)
    return f(a)(next)
  }

/**
 * Runs computations one after the other and collects their results, in a loop: any number of them.
 *
 * @example
 * import * as Random from 'pullback/Random'
 *
 * const both = Random.sequence([Random.draw(Random.normal([2])), Random.draw(Random.normal([2]))])
 * both(Random.key(0))[0].length // => 2
 */
export const sequence =
  <A>(randoms: readonly Random<A>[]): Random<readonly A[]> =>
  (key) => {
    const results: A[] = []
    let rest = key
    for (const random of randoms) {
      const [a, next] = random(rest)
      results.push(a)
      rest = next
    }
    return [results, rest]
  }

/**
 * Runs one computation `n` times and collects the results, in a loop: any number of them.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Random from 'pullback/Random'
 *
 * pipe(Random.draw(Random.normal([2])), Random.replicate(3))(Random.key(0))[0].length // => 3
 */
export const replicate =
  (n: number) =>
  <A>(random: Random<A>): Random<readonly A[]> =>
  (key) =>
    sequence(new Array<Random<A>>(n).fill(random))(key)

/**
 * A fold whose steps draw, in a loop: any number of them.
 *
 * @example
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const walk = Random.reduce([0.1, 0.2, 0.3], T.zeros([2]), (at, size) =>
 *   Random.draw((key) => T.add(at, T.mul(Random.normal(key, [2]), size)))
 * )
 * walk(Random.key(0))[0].shape // => [2]
 */
export const reduce =
  <A, B>(items: Iterable<A>, start: B, step: (result: B, item: A) => Random<B>): Random<B> =>
  (key) => {
    let result = start
    let rest = key
    for (const item of items) [result, rest] = step(result, item)(rest)
    return [result, rest]
  }
