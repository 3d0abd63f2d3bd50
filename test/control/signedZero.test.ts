// Sums of cotangents start from -0, which changes no number, so that loops give -0 where the loop written out gives it.
import { cond, foriLoop, scan, whileLoop } from 'pullback/Control'
import { checkpoint, vjp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'
import { describe, expect, test } from 'vitest'
import { type S, numbers, scalar, staged } from './support.js'

type Three = readonly [S, S, S]
type Loop = (x: S, y: S, w: S) => S

/**
 * Only the last a is read: backward, its cotangent reaches b after one step and c after two, which until then have none;
 * the constant w is reached with c.
 */
const step = ([a, b, c]: Three, w: S): Three => [T.add(a, b), T.add(b, c), T.add(c, w)]

const written: Loop = (x, y, w) => {
  let carry: Three = [x, y, x]
  for (let i = 0; i < 5; i++) carry = step(carry, w)
  return carry[0]
}

const scanned =
  (options: { readonly checkpointEvery?: number }): Loop =>
  (x, y, w) =>
    scan((carry: Three) => [step(carry, w), undefined], { length: 5, ...options })([x, y, x])[0][0]

const loops: readonly (readonly [name: string, loop: Loop])[] = [
  ['scan', scanned({})],
  ['scan with checkpoints', scanned({ checkpointEvery: 2 })],
  ['foriLoop', (x, y, w) => foriLoop(0, 5, (_i, carry: Three) => step(carry, w))([x, y, x])[0]],
  [
    'whileLoop',
    (x, y, w) =>
      whileLoop(
        ({ i }: { i: S; carry: Three }) => T.less(i, 5),
        ({ i, carry }) => ({ i: T.add(i, 1), carry: step(carry, w) })
      )({ i: scalar(0), carry: [x, y, x] }).carry[0]
  ],
  ['checkpoint', checkpoint(written)],
  ['cond', (x, y, w) => cond(T.less(x, 100), written, (u: S, _v: S, _w: S) => u)(x, y, w)]
]

describe.each(loops)('cotangents of %s', (_, loop) => {
  test.each([-0, 0, 1])('from %o', (cotangent) => {
    const pulled = (f: Loop): unknown => numbers(vjp(f)(scalar(2), scalar(3), scalar(4))[1](scalar(cotangent)))
    const expected = pulled(written)
    expect(expected).toEqual([[11 * cotangent], [5 * cotangent], [10 * cotangent]])
    expect(pulled(loop)).toEqual(expected)
    expect(pulled(staged(loop))).toEqual(expected)
  })
})
