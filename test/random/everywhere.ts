// Functions of a key and a tensor give the same bits staged, and mapped over keys, tensors and both.
import * as Debug from 'pullback/Debug'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { expect } from 'vitest'

type OfKey = (key: Random.Key, x: T.Tensor) => T.Tensor

/** A function of keys that stand in a stack, whose rows have lost their name. */
export const ofRows =
  (f: OfKey) =>
  (row: T.Tensor, x: T.Tensor): T.Tensor =>
    f(row as Random.Key, x)

/** What a function of a key and a tensor gives with each of many keys, as one stack. */
export const withKeys = (f: OfKey, x: T.Tensor, count: number, seed = 0): T.Tensor =>
  vmap((row: T.Tensor): T.Tensor => ofRows(f)(row, x))(T.stack(Random.split(Random.key(seed), count)))

export const expectSameEverywhere = (f: OfKey, x: T.Tensor): void => {
  const same = (found: T.Tensor, wanted: readonly T.Tensor[]): void => {
    expect(T.toNested(found)).toEqual(T.toNested(T.stack(wanted)))
  }
  const keys = Random.split(Random.key(5), 3)
  const program = Debug.trace(f)(keys[0], x)
  for (const key of keys) same(T.stack([Debug.evaluate(program)(key, x)]), [f(key, x)])
  const rows = T.stack(keys)
  const xs = [x, T.neg(x), T.mul(x, 3)]
  const applied = ofRows(f)
  same(
    vmap(applied)(rows, T.stack(xs)),
    keys.map((key, i) => f(key, xs[i] ?? x))
  )
  same(
    withKeys(f, x, 3, 5),
    keys.map((key) => f(key, x))
  )
  same(
    vmap((each: T.Tensor): T.Tensor => f(keys[1], each))(T.stack(xs)),
    xs.map((each) => f(keys[1], each))
  )
}
