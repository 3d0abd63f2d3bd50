import { primitives } from 'pullback/program/primitives'
import * as Export from 'pullback/Export'
import { afterAll, test } from 'vitest'
import { distance } from '../agree.js'
import { startXla } from './engine.js'
import { samplesOf } from './samples.js'
const xla = startXla()
afterAll(() => xla.stop())
const only = process.env.ONLY?.split(',')
test('all', async () => {
  for (const primitive of primitives)
    for (const dtype of ['float64', 'float32'] as const) {
      if (only && !only.includes(primitive.name)) continue
      let worst = 0,
        note = '',
        n = 0
      for (const { program, operands, wanted } of samplesOf(primitive, dtype, Number(process.env.N ?? 5), 7)) {
        const made = Export.stableHlo(program)
        if (made._tag === 'Left') {
          note = made.left.message.replaceAll('\n', ' | ')
          break
        }
        try {
          const found = await xla.run(made.right, operands)
          n++
          for (let i = 0; i < wanted.length; i++) {
            const d = distance(found[i]!, wanted[i]!)
            if (d > worst) {
              worst = d
              if (only && d > 1e-5) note += '\n' + operands.join('\n') + '\nfound ' + found[i] + '\nwanted ' + wanted[i]
            }
          }
        } catch (e) {
          note = String(e).slice(0, only ? 4000 : 300)
          if (only) note += made.right
          break
        }
      }
      const bad = worst > (dtype === 'float64' ? 1e-12 : 1e-5)
      console.log(bad || note ? '!!' : 'ok', primitive.name, dtype, n, worst.toExponential(1), note)
    }
})
