import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { grad } from 'pullback/Grad'
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
