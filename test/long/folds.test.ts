// A million steps: training neither keeps what is behind it nor grows the stack.
import { expect, it } from 'vitest'
import { foldOf } from '../train/longFold.js'

it('10^6 steps run in constant memory, and without stack growth', { timeout: 600_000 }, () => {
  const { used, depth, count } = foldOf(1_000_000)
  expect(count).toBe(1_000_000)
  expect(depth[1]).toBe(depth[0])
  expect((used[1] ?? Infinity) - (used[0] ?? 0)).toBeLessThan(8e6)
})
