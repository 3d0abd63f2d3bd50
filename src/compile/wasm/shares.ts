/** How elements of floats that equal an extremum over axes share in it. */
import { get, i32, op } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { strip } from '../elements.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { arranged } from './arrange.js'
import type { Body } from './body.js'
import { across, combined, extremum, onlyFirst, variable } from './folds.js'
import { move, pointerAt, pointerFrom, repeat, walk } from './nest.js'
import { both, type Strip, type Wide, constantStrip, converted, double, load, store, widened } from './strip.js'

/** Which elements of two strips are equal, as float64 masks. */
const equal = (body: Body, a: Wide, b: Wide): Wide => both(body, (half) => op('f64x2.eq', a[half], b[half]))

/** For each element that equals the extremum of its lane, one divided by their number, else 0; NaN where that is NaN. */
export const sharesOver = (operation: Whole, axes: readonly number[], name: 'max' | 'min'): Emitter | undefined => {
  const { dtype } = operation.operands[0]!
  if (dtype !== 'float32' && dtype !== 'float64') return undefined
  const plan = arranged(operation, axes, true, 'one')
  if (plan === undefined) return undefined
  const { mode, run, kept, n, copied, begin } = plan
  const isRow = mode === 'rows'
  const count = isRow ? Math.ceil(n / strip) : n
  const rest = isRow ? n % strip : 0
  const [step, resultStep] = run[0]!.steps.map((each) => (isRow ? strip * each : each))
  const apart = plan.apart[0]!
  const fold = extremum(name, dtype)

  /** Goes through a lane; what the last strip has too many is replaced. */
  const along = (body: Body, from: string, other: Strip, write: (inside: Body, x: Strip) => void): void => {
    const pointer = pointerFrom(body, from)
    repeat(body, rest > 0 ? count - 1 : count, (inside) => {
      write(inside, load(inside, dtype, get(pointer), 0, apart))
      move(inside, pointer, step!)
    })
    if (rest > 0) write(body, onlyFirst(body, load(body, dtype, get(pointer), 0, apart), other, rest))
  }
  const lane = (body: Body, from: string, to: string): void => {
    const first = constantStrip(dtype, fold.identity)
    const best = variable(body, first)
    along(body, from, first, (inside, x) => best.assign(inside, combined(fold.op, best.value, x)))
    const peak = widened(body, isRow ? across(body, fold.op, best.value) : best.value)
    const number = variable(body, constantStrip('float64', 0))
    along(body, from, constantStrip(dtype, NaN), (inside, x) => {
      const same = equal(inside, widened(inside, x), peak)
      number.assign(inside, counted(number.value, same))
    })
    const total = widened(body, isRow ? across(body, 'f64x2.add', number.value) : number.value)
    const share = both(body, (half) => op('f64x2.div', double(1), total[half]))
    const below = both(body, (half) => op('v128.and', op('f64x2.ne', peak[half], peak[half]), double(NaN)))
    const [read, target] = [pointerFrom(body, from), pointerFrom(body, to)]
    repeat(body, count, (inside) => {
      const same = equal(inside, widened(inside, load(inside, dtype, get(read), 0, apart)), peak)
      const chosen = both(inside, (half) => op('v128.bitselect', share[half], below[half], same[half]))
      store(inside, get(target), 0, converted(inside, chosen, dtype))
      move(inside, read, step!)
      move(inside, target, resultStep!)
    })
  }
  return {
    scratch: copied,
    emit: (body, places) => {
      const [from] = begin(body, places)
      const pointers = [from!, places.result(0)].map((address) => pointerAt(body, i32(address)))
      walk(body, kept, pointers, (inside) => lane(inside, pointers[0]!, pointers[1]!))
    }
  }
}

/** Numbers, and one more for each mask. */
const counted = (number: Strip, { lo, hi }: Wide): Strip => {
  if (number.type !== 'f64') return number
  const more = (v: Instruction, mask: Instruction): Instruction => op('f64x2.add', v, op('v128.and', mask, double(1)))
  return { type: 'f64', lo: more(number.lo, lo), hi: more(number.hi, hi) }
}
