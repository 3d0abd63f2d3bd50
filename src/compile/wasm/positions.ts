/** Where the extrema along an axis are: the first NaN, or else the first of the largest or smallest. */
import type { DType } from '../../DType.js'
import { access, get, i32, op, set } from '../../kernel/wasm/build.js'
import type { Instruction, PlainOp } from '../../kernel/wasm/model.js'
import { strip } from '../elements.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { arranged } from './arrange.js'
import { type Body, keep, newLocal } from './body.js'
import { extremum, onlyFirst, variable } from './folds.js'
import { move, pointerAt, pointerFrom, repeat, walk } from './nest.js'
import { type Strip, constantStrip, converted, kept, load, narrowMask } from './strip.js'

const forms = { float32: 'f32x4', float64: 'f64x2', int32: 'i32x4' } as const

/** Whether elements come before the best ones so far, as masks of words; and the better ones. */
export const better = (
  body: Body,
  dtype: keyof typeof forms,
  name: 'max' | 'min',
  x: Strip,
  best: Strip
): { readonly mask: Instruction; readonly value: Strip } => {
  const form = forms[dtype]
  const beats = (a: Instruction, b: Instruction): Instruction => {
    if (form === 'i32x4') return keep(body, 'v128', op(name === 'max' ? 'i32x4.gt_s' : 'i32x4.lt_s', a, b))
    const strictly: PlainOp = name === 'max' ? `${form}.gt` : `${form}.lt`
    const isFirstNaN = op('v128.and', op(`${form}.ne`, a, a), op(`${form}.eq`, b, b))
    return keep(body, 'v128', op('v128.or', op(strictly, a, b), isFirstNaN))
  }
  const chosen = (a: Instruction, b: Instruction, mask: Instruction): Instruction =>
    keep(body, 'v128', op('v128.bitselect', a, b, mask))
  if (x.type === 'f64' && best.type === 'f64') {
    const [lo, hi] = [beats(x.lo, best.lo), beats(x.hi, best.hi)]
    const value: Strip = { type: 'f64', lo: chosen(x.lo, best.lo, lo), hi: chosen(x.hi, best.hi, hi) }
    return { mask: keep(body, 'v128', narrowMask({ type: 'f64', lo, hi })), value }
  }
  if (x.type === 'f64' || best.type === 'f64') throw new TypeError('strips of two types')
  const mask = beats(x.v, best.v)
  return { mask, value: { type: x.type, v: chosen(x.v, best.v, mask) } }
}

const word = (lane: number, v: Instruction): Instruction => ({
  _tag: 'Lane',
  op: 'i32x4.extract_lane',
  lane,
  operands: [v]
})

/** The elements of a strip as single numbers of float64. */
const singles = (body: Body, value: Strip): readonly Instruction[] => {
  const wide = converted(body, value, 'float64')
  const vectors = wide.type === 'f64' ? [wide.lo, wide.hi] : []
  return vectors.flatMap((v) =>
    [0, 1].map((lane) => keep(body, 'f64', { _tag: 'Lane', op: 'f64x2.extract_lane', lane, operands: [v] }))
  )
}

/** Of the best of four places of a row the first one: NaN before all, and of equals the one with the smallest number. */
const firstOf = (body: Body, name: 'max' | 'min', best: Strip, numbers: Instruction): Instruction => {
  const [first, ...others] = singles(body, best)
  const value = newLocal(body, 'f64')
  const at = newLocal(body, 'i32')
  body.instructions.push(set(value, first!), set(at, word(0, numbers)))
  others.forEach((x, i) => {
    const number = keep(body, 'i32', word(i + 1, numbers))
    const isNaN = (v: Instruction): Instruction => op('f64.ne', v, v)
    const isBetter = op(
      'i32.or',
      op(name === 'max' ? 'f64.gt' : 'f64.lt', x, get(value)),
      op('i32.and', isNaN(x), op('i32.eqz', isNaN(get(value))))
    )
    const isEqual = op('i32.or', op('f64.eq', x, get(value)), op('i32.and', isNaN(x), isNaN(get(value))))
    const isEarlier = op('i32.and', isEqual, op('i32.lt_s', number, get(at)))
    const takes = keep(body, 'i32', op('i32.or', isBetter, isEarlier))
    body.instructions.push(
      set(value, op('select', x, get(value), takes)),
      set(at, op('select', number, get(at), takes))
    )
  })
  return get(at)
}

/** The place of the largest or smallest element along an axis. */
export const positionsOver = (operation: Whole, axis: number, name: 'max' | 'min'): Emitter | undefined => {
  const source: DType = operation.operands[0]!.dtype
  const dtype = source === 'bool' ? 'int32' : source
  const plan = arranged(operation, [axis], false, 'one')
  if (plan === undefined) return undefined
  const { mode, run, kept: levels, n, copied, begin } = plan
  const isRow = mode === 'rows'
  const [step] = run[0]!.steps
  const apart = plan.apart[0]!
  const first = constantStrip(dtype, extremum(name, dtype).identity)
  const rest = isRow ? n % strip : 0
  const counted = (...values: readonly number[]): Instruction => ({ _tag: 'Vector', type: 'i32x4', values })

  const lane = (body: Body, from: string, to: string): void => {
    const best = variable(body, first)
    const at = variable(body, constantStrip('int32', 0))
    const number = variable(body, { type: 'i32', v: isRow ? counted(0, 1, 2, 3) : counted(0, 0, 0, 0) })
    const pointer = pointerFrom(body, from)
    if (at.value.type === 'f64' || number.value.type === 'f64') return
    const [now, chosen] = [number.value.v, at.value.v]
    const meet = (inside: Body, isLast: boolean): void => {
      const read = kept(inside, converted(inside, load(inside, source, get(pointer), 0, apart), dtype))
      const x = isLast ? onlyFirst(inside, read, first, rest) : read
      const { mask, value } = better(inside, dtype, name, x, best.value)
      best.assign(inside, value)
      at.assign(inside, { type: 'i32', v: op('v128.bitselect', now, chosen, mask) })
    }
    const by = isRow ? strip : 1
    repeat(body, Math.floor(n / by), (inside) => {
      meet(inside, false)
      number.assign(inside, { type: 'i32', v: op('i32x4.add', now, counted(by, by, by, by)) })
      move(inside, pointer, by * step!)
    })
    if (rest > 0) meet(body, true)
    const result = isRow
      ? access('i32.store', 0, get(to), firstOf(body, name, best.value, chosen))
      : access('v128.store', 0, get(to), chosen)
    body.instructions.push(result)
  }
  return {
    scratch: copied,
    emit: (body, places) => {
      const [from] = begin(body, places)
      const pointers = [from!, places.result(0)].map((address) => pointerAt(body, i32(address)))
      walk(body, levels, pointers, (inside) => lane(inside, pointers[0]!, pointers[1]!))
    }
  }
}
