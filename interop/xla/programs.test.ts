// Generated programs as StableHLO under XLA, beside eager ones.
import * as Export from 'pullback/Export'
import * as T from 'pullback/Tensor'
import { afterAll, test } from 'vitest'
import { distance } from '../agree.js'
import { programs } from '../programs.js'
import { startXla } from './engine.js'
const xla = startXla()
afterAll(() => xla.stop())
test('all', async () => {
  const counts: Record<string, number> = {}
  const add = (k: string) => { counts[k] = (counts[k] ?? 0) + 1 }
  let i = 0
  const flush = (x: T.Tensor) => T.where(T.less(T.abs(T.cast(x, 'float64')), x.dtype === 'float32' ? 2 ** -126 : 0), T.mul(x, 0), x)
  for (const each of programs(Number(process.env.N ?? 100), Number(process.env.SEED ?? 1))) {
    i++
    const { f, codes, order } = each
    const inputs = each.inputs.map(x => x.dtype === 'float32' ? flush(x) : x)
    let wanted: readonly T.Tensor[]
    try { wanted = f(...inputs) } catch { continue }
    const made = Export.stableHlo(f as any)(...inputs)
    if (made._tag === 'Left') { add('refused ' + made.left.equations.map(e => e.reason).sort()[0]); continue }
    try {
      const found = await xla.run(made.right, inputs)
      const ds = wanted.map((w, i) => distance(found[i]!, w))
      const worst = Math.max(0, ...ds)
      const first = ds.findIndex(d => d > 1e-5)
      add(worst <= 1e-6 ? 'good' : worst <= 1e-5 ? 'fair' : worst <= 1e-4 ? 'e-4' : worst < Infinity ? 'off' : 'special')
      if (worst > 1e-5 && (process.env.SHOW === undefined || process.env.SHOW === String(i))) {
        console.log('#' + i, worst, 'order', order, 'at', first, JSON.stringify(codes[first] ?? null), '\n  found', String(found[first]).slice(0, 300), '\n  wanted', String(wanted[first]).slice(0, 300))
        if (process.env.SHOW) { console.log(inputs.map(String).join('\n')); wanted.slice(0, first + 1).forEach((w, k) => console.log(k, JSON.stringify(codes[k]), '\n   ', String(w), '\n   ', String(found[k]))); console.log(made.right) }
      }
    } catch (e) { add('error ' + String(e).slice(0, 200)); console.log('#' + i, String(e).slice(0, 600)) }
  }
  console.log('COUNTS', counts)
})
