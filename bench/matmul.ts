/** Matrix products: the rate, and that no transposition costs more than another. */
import * as T from 'pullback/Tensor'
import * as Random from 'pullback/Random'
import { sideBySide, table } from './measure.js'

const naive = (n: number, a: Float32Array, b: Float32Array): Float32Array => {
  const c = new Float32Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let total = 0
      for (let k = 0; k < n; k++) total += (a[i * n + k] ?? 0) * (b[k * n + j] ?? 0)
      c[i * n + j] = total
    }
  }
  return c
}

export const products = (n = 512): string => {
  const [first, second] = Random.split(Random.key(1))
  const parts: string[] = []
  for (const dtype of ['float32', 'float64'] as const) {
    const a = Random.normal(first, [n, n], dtype)
    const b = Random.normal(second, [n, n], dtype)
    const rawA = Float32Array.from(T.toArray(a))
    const rawB = Float32Array.from(T.toArray(b))
    const timings = sideBySide(
      [
        ['A B', () => T.matmul(a, b)],
        ["A' B", () => T.matmul(T.transpose(a), b)],
        ["A B'", () => T.matmul(a, T.transpose(b))],
        ["A' B'", () => T.matmul(T.transpose(a), T.transpose(b))],
        ...(dtype === 'float32' ? [['three plain loops', () => naive(n, rawA, rawB)] as const] : [])
      ],
      7
    )
    parts.push(
      table(
        `matmul, ${dtype}, ${n} x ${n}${dtype === 'float32' ? '; to reach 5 GFLOP/s' : ''}`,
        timings,
        ({ median, best }) =>
          `${((2 * n ** 3) / median / 1e9).toFixed(2)} GFLOP/s (best ${((2 * n ** 3) / best / 1e9).toFixed(2)})`
      )
    )
  }
  return parts.join('\n')
}
