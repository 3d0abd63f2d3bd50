/** Linear recurrences along an axis: the steps of kernel/recurrence.ts, of four columns at a time, or of one row. */
import { get, i32, op } from '../../kernel/wasm/build.js'
import type { Course } from '../../tensor/recurrence.js'
import { strip } from '../elements.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { arranged } from './arrange.js'
import { storeSome, variable } from './folds.js'
import { move, pointerAt, pointerFrom, repeat, walk } from './nest.js'
import { guarded } from './softmaxDerivative.js'
import { both, constantStrip, converted, kept, load, widened } from './strip.js'

/** `out[j] = b[j] + a[j] out[j - 1]`, in float64, where a zero makes the product zero. */
export const recurrenceOver = (operation: Whole, { axis, reverse }: Course): Emitter | undefined => {
  const { dtype } = operation.operands[0]!
  if (dtype !== 'float32' && dtype !== 'float64') return undefined
  const plan = arranged(operation, [axis], true, 'one')
  if (plan === undefined) return undefined
  const { mode, run, kept: levels, n, columns, copied, begin } = plan
  const { steps } = run[0]!
  const apart = mode === 'rows' ? [0, 0] : plan.apart
  const written = mode === 'rows' ? 1 : reverse ? Math.min(strip, columns) : strip
  return {
    scratch: copied,
    emit: (body, places) => {
      const pointers = [...begin(body, places), places.result(0)].map((address) => pointerAt(body, i32(address)))
      walk(body, levels, pointers, (inside) => {
        const state = variable(inside, constantStrip('float64', 0))
        const own = pointers.map((pointer, i) => pointerFrom(inside, pointer, reverse ? (n - 1) * steps[i]! : 0))
        repeat(inside, n, (each) => {
          const [a, b] = [0, 1].map((i) => widened(each, load(each, dtype, get(own[i]!), 0, apart[i]!)))
          const product = guarded(each, a!, widened(each, state.value))
          const next = both(each, (half) => op('f64x2.add', b![half], product[half]))
          state.assign(each, next)
          storeSome(each, get(own[2]!), kept(each, converted(each, next, dtype)), written)
          own.forEach((pointer, i) => move(each, pointer, (reverse ? -1 : 1) * steps[i]!))
        })
      })
    }
  }
}
