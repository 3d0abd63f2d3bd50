// Scans in segments: the same gradients bit for bit, in bounded memory.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { type ScanOptions, cond, foriLoop, scan } from 'pullback/Control'
import { grad, vjp } from 'pullback/Grad'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { vmap } from 'pullback/Vmap'
import { type S, numbers, scalar, staged } from './support.js'

type V = T.Tensor<[3]>

interface Params {
  readonly w: V
  readonly u: V
  readonly h: V
  readonly c: V
  readonly xs: T.Tensor<[number, 3]>
}

interface State {
  readonly h: V
  readonly c: V
}

/** What a variant of the loop below does. */
interface Variant {
  /** What every step emits: its new state twice and the old one; a part of the new one; or a number. */
  readonly emits: 'aliases' | 'part' | 'number'
  /** Whether weights, first carry and elements are used outside of the loop as well. */
  readonly outside: boolean
  /** Whether a part of the carry never changes. */
  readonly still: boolean
  /** Whether many cotangents are zero. */
  readonly zeros: boolean
}

const variants: readonly Variant[] = (['aliases', 'part', 'number'] as const).flatMap((emits) =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((i) => ({ emits, outside: (i & 1) > 0, still: (i & 2) > 0, zeros: (i & 4) > 0 }))
)

/** A loop whose body closes over weights, uses its carry many times, and emits it. */
const loss =
  ({ emits, outside, still, zeros }: Variant, options: ScanOptions) =>
  ({ w, u, h: h0, c: c0, xs }: Params): S => {
    const body = ({ h, c }: State, x: V): readonly [State, readonly T.Tensor[]] => {
      const gate = T.tanh(T.add(T.mul(w, h), T.add(T.mul(u, c), x)))
      const cell = T.add(T.mul(gate, c), T.mul(w, T.mul(x, 0.3)))
      const next = {
        h: still ? h : T.mul(T.add(T.mul(h, u), T.sin(cell)), T.mul(h, 0.9)),
        c: zeros ? T.relu(cell) : cell
      }
      if (emits === 'aliases') return [next, [next.h, next.h, h]]
      return [next, [emits === 'part' ? next.c : T.sum(T.mul(next.c, w))]]
    }
    const [last, ys] = scan(body, options)({ h: h0, c: c0 }, xs)
    const inside = ys.reduce((total: S, y) => T.add(T.mul(total, 0.5), T.sum(T.square(y))), scalar(0))
    if (!outside) return inside
    const ofLast = T.sum(T.mul(last.h, T.sin(last.c)))
    return T.add(T.add(inside, ofLast), T.add(T.sum(T.mul(T.exp(h0), w)), T.sum(T.mul(xs, u))))
  }

const draw = (seed: number, dtype: 'float32' | 'float64'): Params => {
  const [a, b, c, d, e] = Random.split(Random.key(seed), 5)
  return {
    w: Random.normal(a, [3], dtype),
    u: Random.normal(b, [3], dtype),
    h: Random.normal(c, [3], dtype),
    c: Random.normal(d, [3], dtype),
    xs: Random.normal(e, [7, 3], dtype)
  }
}

describe.each(['float32', 'float64'] as const)(
  '%s gradients in segments are those of the plain scan bit for bit',
  (dtype) => {
    test.each(variants.map((variant, i) => [JSON.stringify(variant), variant, i] as const))('%s', (_, variant, i) => {
      const params = draw(i, dtype)
      for (const reverse of [false, true]) {
        const plain = numbers(grad(loss(variant, { reverse }))(params))
        for (const checkpointEvery of [1, 3, 7, 100, true, 'sqrt'] as const) {
          const f = loss(variant, { reverse, checkpointEvery })
          expect(numbers(grad(f)(params)), `every ${checkpointEvery}`).toEqual(plain)
        }
        expect(numbers(grad(staged(loss(variant, { reverse })))(params)), 'staged').toEqual(plain)
        expect(numbers(staged(grad(loss(variant, { reverse, checkpointEvery: 3 })))(params)), 'both').toEqual(plain)
      }
    })
  }
)

test('the value is the same, and so are gradients per example', () => {
  const plain = loss(variants[1]!, {})
  const segmented = loss(variants[1]!, { checkpointEvery: 2 })
  const params = draw(0, 'float64')
  expect(T.item(segmented(params))).toBe(T.item(plain(params)))
  const each = [plain, segmented].map((f) => {
    const slopes = vmap((xs: Params['xs']) => grad(f)({ ...params, xs }))
    return numbers(slopes(T.stack([params.xs, T.neg(params.xs)])))
  })
  expect(each[1]).toEqual(each[0])
})

test('a weight that no step happens to use has gradient 0, not -0', () => {
  const f =
    (options: ScanOptions) =>
    ({ used, unused }: { used: S; unused: S }): S =>
      scan(
        (c: S) => {
          const next = cond(
            T.greater(c, 0),
            (x: S): S => T.mul(x, used),
            (x) => T.mul(x, unused)
          )(c)
          return [next, undefined]
        },
        { length: 5, ...options }
      )(scalar(2))[0]
  const params = { used: scalar(0.9), unused: scalar(3) }
  const plain = numbers(grad(f({}))(params))
  expect(plain[1]).toEqual([0])
  expect(numbers(grad(f({ checkpointEvery: 2 }))(params))).toEqual(plain)
  expect(numbers(grad(staged(f({})))(params))).toEqual(plain)
})

test('foriLoop takes it too', () => {
  const power =
    (options: object) =>
    (x: S): S =>
      foriLoop(0, 10, (_i, y: S) => T.mul(T.sin(y), x), options)(x)
  expect(T.item(grad(power({ checkpointEvery: 3 }))(scalar(1.2)))).toBe(T.item(grad(power({}))(scalar(1.2))))
})

// -----------------------------------------------------------------------------
// memory
// -----------------------------------------------------------------------------

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const held = (): number => {
  collect()
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** How many bytes the pullback of a scan holds until it is called. */
const bytesHeld = (length: number, options: ScanOptions): number => {
  const f = (a: S): S =>
    scan((x: S) => [T.sub(x, T.mul(0.01, T.mul(a, T.sin(x)))), undefined], { length, ...options })(scalar(1))[0]
  const before = held()
  const [, pullback] = vjp(f)(scalar(1))
  const after = held()
  expect(Number.isFinite(T.item(pullback(scalar(1))[0]))).toBe(true)
  return after - before
}

test('what the backward pass keeps is bounded by the segments and one of them', () => {
  const n = 20_000
  bytesHeld(100, {})
  bytesHeld(100, { checkpointEvery: 'sqrt' })
  const plain = bytesHeld(n, {})
  const segmented = bytesHeld(n, { checkpointEvery: 'sqrt' })
  expect(plain).toBeGreaterThan(300 * n)
  expect(segmented).toBeLessThan(plain / 10)
})
