import { appendFileSync } from 'node:fs'
import * as Export from 'pullback/Export'
import * as Debug from 'pullback/Debug'
import * as T from 'pullback/Tensor'
import { afterAll, test } from 'vitest'
import { distance } from '../agree.js'
import { programs } from '../programs.js'
import { startXla } from './engine.js'
const xla = startXla()
afterAll(() => xla.stop())
const out = (s: string) => appendFileSync('/tmp/w/h1-diag.log', s + '\n')
test('diag', async () => {
  for (const round of (process.env['ROUNDS'] ?? '').split(',').map(Number)) {
    let i = 0
    for (const p of programs(100, 1600 + round)) {
      i++
      if (process.env['ONLY'] && !process.env['ONLY'].split(',').includes(`${round}.${i}`)) continue
      const inputs = p.inputs.map((x) => (x.dtype === 'float32' ? T.where(T.less(T.abs(x), 2 ** -126), 0, x) : x))
      let wanted: readonly T.Tensor[]
      try {
        wanted = p.f(...inputs)
      } catch {
        continue
      }
      const text = Export.stableHlo(p.f)(...inputs)
      if (text._tag === 'Left') {
        out(`#${round}.${i} ${text.left.message}`)
        continue
      }
      let found: readonly T.Tensor[]
      try {
        found = await xla.run(text.right, inputs)
      } catch (e) {
        out(`#${round}.${i} ${e}`)
        continue
      }
      wanted.forEach((w, k) => {
        if (distance(found[k]!, w) <= 1e-5) return
        const [a, b] = [Array.from(T.toArray(found[k]!)), Array.from(T.toArray(w))]
        const bad = b
          .map((x, j) => [j, a[j], x] as const)
          .filter(
            ([, x, y]) =>
              !(Object.is(x, y) || Math.abs(x! - y) <= 1e-5 * Math.max(...b.filter(Number.isFinite).map(Math.abs)))
          )
          .slice(0, 6)
        out(
          `#${round}.${i} order ${p.order} result ${k}/${wanted.length} ${w.dtype} ${JSON.stringify(w.shape)} d=${distance(found[k]!, w)} : ${bad.map((b) => b.join(' ')).join(' ; ')}`
        )
      })
      if (process.env['ONLY']) {
        out(inputs.map(String).join('\n'))
        out(Debug.show(Debug.trace(p.f as any)(...(inputs as any))))
        out(text.right)
        wanted.forEach((w, k) => out(`${k} wanted ${w}\n  found ${found[k]}`))
      }
    }
    out(`round ${round} done`)
  }
})
