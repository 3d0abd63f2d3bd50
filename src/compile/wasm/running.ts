/** Running sums and products, and products over an axis: one element after the other, in float64 or modulo 2^32. */
import type { DType } from '../../DType.js'
import type { Cumulative } from '../../kernel/cumulative.js'
import { get, i32 } from '../../kernel/wasm/build.js'
import type { PlainOp } from '../../kernel/wasm/model.js'
import { strip } from '../elements.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { arranged } from './arrange.js'
import { combined, storeSome, variable } from './folds.js'
import { move, pointerAt, pointerFrom, repeat, walk } from './nest.js'
import { constantStrip, converted, kept, load } from './strip.js'

const operations = {
  sum: { float64: 'f64x2.add', int32: 'i32x4.add' },
  product: { float64: 'f64x2.mul', int32: 'i32x4.mul' }
} as const

/** The type in which elements meet. */
const meeting = (dtype: DType): 'float64' | 'int32' => (dtype === 'int32' || dtype === 'bool' ? 'int32' : 'float64')

/**
 * Sums or products along an axis: running ones, or the last of them. Of four columns at a time, or of one row, which has to wait for each
 * step and uses one of the four places.
 */
export const running = (
  operation: Whole,
  axis: number,
  name: 'sum' | 'product',
  options: Cumulative | undefined
): Emitter | undefined => {
  const { dtype } = operation.operands[0]!
  const result = operation.results[0]!.dtype
  const plan = arranged(operation, [axis], options !== undefined, 'one')
  if (plan === undefined) return undefined
  const { mode, run, kept: levels, n, columns, copied, begin } = plan
  const isBack = options?.reverse === true
  const type = meeting(dtype)
  const fold: PlainOp = operations[name][type]
  const sign = isBack ? -1 : 1
  const [step, resultStep] = run[0]!.steps
  const apart = mode === 'rows' ? 0 : plan.apart[0]!
  // Strips that are wider than a row are written over by the next row, but not if that has been written before.
  const written = mode === 'rows' ? 1 : isBack ? Math.min(strip, columns) : strip
  return {
    scratch: copied,
    emit: (body, places) => {
      const [from] = begin(body, places)
      const pointers = [from!, places.result(0)].map((address) => pointerAt(body, i32(address)))
      walk(body, levels, pointers, (inside) => {
        const total = variable(inside, constantStrip(type, name === 'sum' ? 0 : 1))
        const behind = isBack ? n - 1 : 0
        const read = pointerFrom(inside, pointers[0]!, behind * step!)
        const target = pointerFrom(inside, pointers[1]!, options === undefined ? 0 : behind * resultStep!)
        const write = (each: typeof inside): void => {
          const value = kept(each, converted(each, total.value, result))
          storeSome(each, get(target), value, written)
        }
        repeat(inside, n, (each) => {
          const x = converted(each, load(each, dtype, get(read), 0, apart), type)
          if (options?.exclusive === true) write(each)
          total.assign(each, kept(each, combined(fold, total.value, kept(each, x))))
          if (options?.exclusive === false) write(each)
          move(each, read, sign * step!)
          if (options !== undefined) move(each, target, sign * resultStep!)
        })
        if (options === undefined) write(inside)
      })
    }
  }
}
