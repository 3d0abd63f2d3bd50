/**
 * Products, training steps, functions and sums beside those of an earlier commit and of other libraries: every implementation in processes of its own,
 * one at a time and in turn, least times of `rounds` of them. `npm run bench -- against 7` runs only this.
 */
import { rmSync } from 'node:fs'
import { loadavg } from 'node:os'
import { type Times, builtAt, child, lines, root } from './processes.js'

/** The last commit before results had one definition of their bits. */
const before = '9efea8a'

/** Least times, or for limits greatest rates. */
const merge = (one: Times, other: Times): Times =>
  Object.fromEntries(
    Object.entries(other).map(([name, value]) => {
      const known = one[name]
      const best = name.startsWith('limit') ? Math.max : Math.min
      return [name, known === undefined ? value : best(known, value)]
    })
  )

const microseconds = (seconds: number | undefined): string =>
  seconds === undefined ? '' : (seconds * 1e6).toPrecision(4)

const ratio = (other: number | undefined, ours: number): string =>
  other === undefined ? '' : `${(other / ours).toFixed(2)}x`

/** Floating-point operations of a named product. */
const operations = (name: string): number => {
  if (name.includes('2 x 3')) return 24
  const n = Number(name.split(' ')[1])
  return 2 * n ** 3
}

export const against = (rounds: number): string => {
  const folder = builtAt(before)
  const plan: ReadonlyArray<readonly [name: string, args: readonly string[]]> = [
    ['limit', ['limit']],
    ['now', ['products', root]],
    ['before', ['products', folder]],
    ['TF.js wasm', ['tensorflow']],
    ['jax-js', ['jax']],
    ['now', ['training', root]],
    ['before', ['training', folder]],
    ['now', ['functions', root]],
    ['before', ['functions', folder]]
  ]
  const best: Record<string, Times> = {}
  const loads: number[] = []
  for (let round = 0; round < rounds; round++) {
    for (const [name, args] of plan) {
      best[name] = { ...best[name], ...merge(best[name] ?? {}, child('child', args)) }
      loads.push(loadavg()[0] ?? 0)
    }
  }
  rmSync(folder, { recursive: true })
  const { now = {}, before: then = {}, limit = {} } = best
  const peers = ['TF.js wasm', 'jax-js']
  const head = ['', 'us', 'GFLOP/s', 'of the limit', `${before}: us`, 'now', ...peers]
  const rows = Object.entries(now).map(([name, seconds]) => {
    const isProduct = name.startsWith('float')
    const rate = operations(name) / seconds
    const most = limit[`limit ${name.split(' ')[0] ?? ''}`]
    return [
      name,
      microseconds(seconds),
      isProduct ? (rate / 1e9).toFixed(2) : '',
      isProduct && most !== undefined ? `${((100 * rate) / most).toFixed(0)} %` : '',
      microseconds(then[name]),
      ratio(then[name], seconds),
      ...peers.map((peer) => ratio(best[peer]?.[name], seconds))
    ]
  })
  const title = [
    `\nProducts, training steps, functions and sums, least times of ${rounds} alternating processes; a ratio is how many times faster it is now.`,
    `The limit: ${Object.entries(limit)
      .map(([name, rate]) => `${name.slice('limit '.length)} ${(rate / 1e9).toFixed(1)} GFLOP/s`)
      .join(', ')}. Load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}.`
  ]
  return [...title, lines([head, ...rows])].join('\n')
}
