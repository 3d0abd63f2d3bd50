import { expect, test } from 'vitest'
import { slope } from '../../src/law/difference.js'

// Of a t^5 + b t^7, the five-point stencil errs by -4 a h^4 - 20 b h^6 at steps of h, and with b = -a / (21 h^2) by as much at steps of 2 h.
test('two estimates that err alike do not pass for precise ones', () => {
  const [h, a, noise] = [2 ** -4, 1e-9 * 2 ** 16, 1e-12]
  const f = (t: number): number => t + a * (t ** 5 - t ** 7 / (21 * h ** 2) + t ** 6 / h)
  const line = { at: (t: number) => Float64Array.of(f(t)), jitter: 0 }
  const { value, error } = slope(line, Float64Array.of(0), Float64Array.of(noise))
  expect(Math.abs(value[0]! - 1)).toBeLessThanOrEqual(8 * error[0]!)
})
