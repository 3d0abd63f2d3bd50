/** Where the largest or smallest element so far is, along an axis: of four columns at a time, or of one row. */
import { get, i32, op } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import type { Course } from '../../tensor/recurrence.js'
import { strip } from '../elements.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { arranged } from './arrange.js'
import { extremum, storeSome, variable } from './folds.js'
import { move, pointerAt, pointerFrom, repeat, walk } from './nest.js'
import { better } from './positions.js'
import { constantStrip, converted, kept, load, narrowConstant } from './strip.js'

/** For each element the place of the best one so far: the first NaN, or else the first of the largest or smallest. */
export const runningPositions = (
  operation: Whole,
  { axis, reverse }: Course,
  name: 'max' | 'min'
): Emitter | undefined => {
  const source = operation.operands[0]!.dtype
  const dtype = source === 'bool' ? 'int32' : source
  const plan = arranged(operation, [axis], true, 'one')
  if (plan === undefined) return undefined
  const { mode, run, kept: levels, n, columns, copied, begin } = plan
  const { steps } = run[0]!
  const apart = mode === 'rows' ? 0 : plan.apart[0]!
  const written = mode === 'rows' ? 1 : reverse ? Math.min(strip, columns) : strip
  const [first, sign] = reverse ? [n - 1, -1] : [0, 1]
  return {
    scratch: copied,
    emit: (body, places) => {
      const pointers = [...begin(body, places), places.result(0)].map((address) => pointerAt(body, i32(address)))
      walk(body, levels, pointers, (inside) => {
        const best = variable(inside, constantStrip(dtype, extremum(name, dtype).identity))
        const [at, number] = [0, 1].map(() => variable(inside, constantStrip('int32', first)))
        const vector = ({ value }: typeof best): Instruction => (value.type === 'f64' ? value.lo : value.v)
        const [read, write] = pointers.map((pointer, i) => pointerFrom(inside, pointer, first * steps[i]!))
        repeat(inside, n, (each) => {
          const x = kept(each, converted(each, load(each, source, get(read!), 0, apart), dtype))
          const { mask, value } = better(each, dtype, name, x, best.value)
          best.assign(each, value)
          at!.assign(each, { type: 'i32', v: op('v128.bitselect', vector(number!), vector(at!), mask) })
          storeSome(each, get(write!), at!.value, written)
          number!.assign(each, { type: 'i32', v: op('i32x4.add', vector(number!), narrowConstant('i32', sign)) })
          move(each, read!, sign * steps[0]!)
          move(each, write!, sign * steps[1]!)
        })
      })
    }
  }
}
