import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import * as Debug from 'pullback/Debug'
import { grad, vjp } from 'pullback/Grad'
import * as T from 'pullback/Tensor'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const heap = (): number => {
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

test('heap use is flat over 10^5 gradients, every tenth of which throws', () => {
  type S = T.Tensor<[]>
  const f = (x: S, fail: boolean): S => {
    const y = T.mul(T.add(x, 1), x)
    if (fail) throw new Error('half-way')
    return T.mul(y, y)
  }
  const gradient = grad(f)
  let x: S = T.scalar(1, 'float64')
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) {
      try {
        const slope = gradient(x, i % 10 === 0)
        x = T.mul(T.sub(x, T.mul(slope, 1e-3)), 1)
      } catch {
        x = T.add(x, 1e-6)
      }
    }
  }
  run(10_000)
  const before = heap()
  run(100_000)
  const grown = heap() - before
  expect(grown).toBeLessThan(200_000)
})

/** Memory of typed arrays, in megabytes. */
const megabytes = (): number => {
  collect()
  collect()
  return process.memoryUsage().arrayBuffers / 2 ** 20
}

/** Marks a place in a computation, at which memory in use is noted: going forward, and going backward. */
const probe = (): {
  readonly mark: (x: T.Tensor) => T.Tensor
  readonly seen: { readonly forward: number[]; readonly backward: number[] }
} => {
  const seen = { forward: Array.of<number>(), backward: Array.of<number>() }
  const note = (_: T.Tensor, { kind }: Debug.TapInfo): void => {
    seen[kind === 'value' ? 'forward' : 'backward'].push(megabytes())
  }
  return { mark: Debug.tap(note, { cotangent: true }), seen }
}

describe('memory is let go of as soon as nobody needs it', () => {
  const steps = 16
  /** A megabyte. */
  const x: T.Tensor = T.linspace(0, 1, 2 ** 17, 'float64')

  /** Steps each of which keeps a megabyte for its derivative, between two marks. */
  const chain =
    (mark: (x: T.Tensor) => T.Tensor) =>
    (start: T.Tensor): T.Tensor<[]> => {
      let y = mark(start)
      for (let i = 0; i < steps; i++) y = T.exp(T.mul(y, -0.5))
      return T.sum(mark(y))
    }

  test('during a backward pass of grad: what a step has kept', () => {
    const { mark, seen } = probe()
    const before = megabytes()
    grad(chain(mark))(x)
    const [atStart, atEnd] = seen.backward.map((each) => each - before)
    expect(atStart).toBeGreaterThan(steps - 1)
    expect(atEnd).toBeLessThan(5)
  })

  test('but not during the pullback of vjp, which may be called again', () => {
    const { mark, seen } = probe()
    const before = megabytes()
    const [, pullback] = vjp(chain(mark))(x)
    pullback(T.scalar(1, 'float64'))
    pullback(T.scalar(1, 'float64'))
    for (const each of seen.backward) expect(each - before).toBeGreaterThan(steps - 1)
  })

  test('during a run of a program: values that have been read', () => {
    const { mark, seen } = probe()
    const evaluate = Debug.evaluate(Debug.trace(chain(mark))(x))
    const before = megabytes()
    evaluate(x)
    const [atStart, atEnd] = seen.forward.map((each) => each - before)
    expect(atStart).toBeLessThan(1)
    expect(atEnd).toBeLessThan(3)
  })

  test('during a run of a program: values that nobody reads', () => {
    const { mark, seen } = probe()
    const spilling = (y: T.Tensor): T.Tensor => {
      for (let i = 0; i < steps; i++) Debug.tap(() => undefined)(T.mul(y, i + 2))
      return mark(y)
    }
    const evaluate = Debug.evaluate(Debug.trace(spilling)(x))
    const before = megabytes()
    evaluate(x)
    expect(seen.forward[0]! - before).toBeLessThan(3)
  })
})
