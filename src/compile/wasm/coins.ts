/** Coins: words of the stream of a key against probabilities, as random/discrete.ts tosses them. */
import { get, i32, op, set, when } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { purpose } from '../../random/model.js'
import { size } from '../../shape/model.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { bytesOf, strip } from '../elements.js'
import { type Body, keep, newLocal } from './body.js'
import { copyWhole, isRowMajor, rowMajor, walkOf } from './copies.js'
import { refuse } from './indices.js'
import { within } from './walks.js'
import { drawn, fourFrom, pointerAt, streamOfWords, unsigned } from './random.js'
import { both, type Strip, type Wide, double, load, narrowMask, store, widened } from './strip.js'
import { type KeySchedule, threefry, word } from './threefry.js'

/** Four probabilities in units of 2^-32, and how many of these are whole. */
interface Limit {
  readonly scaled: Wide
  readonly whole: Wide
  /** Where the number is a probability. */
  readonly isProbability: Instruction
}

const limitOf = (body: Body, probabilities: Strip): Limit => {
  const p = widened(body, probabilities)
  const scaled = both(body, (half) => op('f64x2.mul', p[half], double(2 ** 32)))
  const whole = both(body, (half) => op('f64x2.floor', scaled[half]))
  const fits = both(body, (half) =>
    op('v128.and', op('f64x2.ge', p[half], double(0)), op('f64x2.le', p[half], double(1)))
  )
  return { scaled, whole, isProbability: keep(body, 'v128', narrowMask(fits)) }
}

/** Whether each of four words lies below its limit; a second stream decides where the whole part is met. */
const tossed = (body: Body, schedule: KeySchedule, words: Instruction, at: Instruction, limit: Limit): Instruction => {
  const { scaled, whole } = limit
  const compared = (inner: Body, name: 'f64x2.lt' | 'f64x2.eq', of: Instruction, bound: Wide): Instruction => {
    const numbers = unsigned(inner, of)
    return keep(inner, 'v128', narrowMask(both(inner, (half) => op(name, numbers[half], bound[half]))))
  }
  const result = newLocal(body, 'v128')
  body.instructions.push(set(result, compared(body, 'f64x2.lt', words, whole)))
  const isMet = compared(body, 'f64x2.eq', words, whole)
  const again = within(body, (inner) => {
    const [more] = threefry(inner, 'i32x4', schedule, word('i32x4', purpose.again), fourFrom(at))
    const rest = both(inner, (half) => op('f64x2.mul', op('f64x2.sub', scaled[half], whole[half]), double(2 ** 32)))
    const below = compared(inner, 'f64x2.lt', more, rest)
    inner.instructions.push(set(result, op('v128.bitselect', below, get(result), isMet)))
  })
  body.instructions.push(when(op('v128.any_true', isMet), again))
  return get(result)
}

export const bernoulli = (operation: Whole): Emitter | undefined => {
  const [keys, p] = [operation.operands[0]!, operation.operands[1]!]
  const axes = keys.shape.length - 1
  const [shape, strides] = [p.shape.slice(axes), p.strides.slice(axes)]
  const isOne = strides.every((stride) => stride === 0)
  const isInPlace = isOne || isRowMajor({ shape, strides })
  const bytes = bytesOf[p.dtype]
  const view = isInPlace ? p : rowMajor(p.shape, p.dtype)
  const emitter = drawn(
    operation,
    shape,
    (body, schedule, n, to, [from]) => {
      const limitAt = (inner: Body, pointer: Instruction): Limit =>
        limitOf(inner, load(inner, p.dtype, pointer, 0, isOne ? 0 : bytes))
      const common = isOne ? limitAt(body, from!) : undefined
      if (common !== undefined) refuse(body, op('v128.any_true', op('v128.not', common.isProbability)))
      streamOfWords(body, schedule, n, (inner, words, at) => {
        const limit = common ?? limitAt(inner, pointerAt(inner, from!, at, bytes))
        if (common === undefined) {
          const isThere = op('i32x4.lt_s', fourFrom(at), op('i32x4.splat', i32(n)))
          refuse(inner, op('v128.any_true', op('v128.andnot', isThere, limit.isProbability)))
        }
        const v = tossed(inner, schedule, words, at, limit)
        store(inner, pointerAt(inner, to, at, 1), 0, { type: 'mask', v })
      })
    },
    (places) => [walkOf(p, i32(isInPlace ? places.operand(p) : places.scratch), view.strides.slice(0, axes))]
  )
  if (emitter === undefined) return undefined
  return {
    isChecked: true,
    scratch: isInPlace ? 0 : (size(p.shape) + strip) * bytes,
    emit: (body, places) => {
      if (!isInPlace) copyWhole(body, p, places.operand(p), p.dtype, places.scratch)
      emitter.emit(body, places)
    }
  }
}
