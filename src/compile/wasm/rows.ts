/** Rows of elements that are added to totals, which may be of a wider type. */
import type { DType } from '../../DType.js'
import { access, get, i32, increase, loop, op, set } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { bytesOf, strip } from '../elements.js'
import { type Body, newLocal } from './body.js'
import { type Strip, converted, kept, load, store, widened } from './strip.js'
import { within } from './walks.js'

/** Element types that are added. */
export type Added = Exclude<DType, 'bool'>

/** The types of elements and of their totals: the same, or float64. */
export interface Totals {
  readonly dtype: Added
  readonly total: Added
}

const loadOne = (dtype: Added, total: Added, from: Instruction): Instruction => {
  if (dtype === 'int32') return access('i32.load', 0, from)
  if (dtype === 'float64') return access('f64.load', 0, from)
  return total === 'float64' ? op('f64.promote_f32', access('f32.load', 0, from)) : access('f32.load', 0, from)
}

const single = {
  int32: ['i32.add', 'i32.store'],
  float32: ['f32.add', 'f32.store'],
  float64: ['f64.add', 'f64.store']
} as const

/** Adds the element at one pointer to the total at another. */
export const addOne = (body: Body, { dtype, total }: Totals, to: Instruction, from: Instruction): void => {
  const [addition, store] = single[total]
  body.instructions.push(access(store, 0, to, op(addition, loadOne(total, total, to), loadOne(dtype, total, from))))
}

const sum = (a: Strip, b: Strip): Strip => {
  if (a.type === 'f64' && b.type === 'f64') {
    return { type: 'f64', lo: op('f64x2.add', a.lo, b.lo), hi: op('f64x2.add', a.hi, b.hi) }
  }
  if (a.type !== 'f64' && b.type !== 'f64') {
    return { type: a.type, v: op(a.type === 'f32' ? 'f32x4.add' : 'i32x4.add', a.v, b.v) }
  }
  throw new Error('strips of two types are added')
}

/** Adds neighbouring elements to neighbouring totals, and changes none but these. */
export const addRun = (body: Body, totals: Totals, n: number, to: Instruction, from: Instruction): void => {
  const { dtype, total } = totals
  const whole = n - (n % strip)
  const [left, right] = [newLocal(body, 'i32'), newLocal(body, 'i32')]
  body.instructions.push(set(left, to), set(right, from))
  if (whole > 0) {
    const strips = within(body, (inner) => {
      const added = load(inner, dtype, get(right), 0, bytesOf[dtype])
      const before = load(inner, total, get(left), 0, bytesOf[total])
      store(inner, get(left), 0, sum(before, total === 'float64' ? widened(inner, added) : added))
      inner.instructions.push(increase(left, i32(strip * bytesOf[total])), increase(right, i32(strip * bytesOf[dtype])))
    })
    body.instructions.push(...loop(newLocal(body, 'i32'), i32(0), i32(whole), strip, strips))
  }
  for (let i = whole; i < n; i++) {
    addOne(body, totals, get(left), get(right))
    body.instructions.push(increase(left, i32(bytesOf[total])), increase(right, i32(bytesOf[dtype])))
  }
}

/** Writes neighbouring elements as another type of float, and writes none but these. */
export const convertRun = (
  body: Body,
  n: number,
  [dtype, from]: readonly [Added, Instruction],
  [wanted, to]: readonly [Added, Instruction]
): void => {
  const whole = n - (n % strip)
  const [left, right] = [newLocal(body, 'i32'), newLocal(body, 'i32')]
  body.instructions.push(set(left, to), set(right, from))
  const onward = (count: number): readonly Instruction[] => [
    increase(left, i32(count * bytesOf[wanted])),
    increase(right, i32(count * bytesOf[dtype]))
  ]
  if (whole > 0) {
    const strips = within(body, (inner) => {
      const given = load(inner, dtype, get(right), 0, bytesOf[dtype])
      store(inner, get(left), 0, kept(inner, converted(inner, given, wanted)))
      inner.instructions.push(...onward(strip))
    })
    body.instructions.push(...loop(newLocal(body, 'i32'), i32(0), i32(whole), strip, strips))
  }
  for (let i = whole; i < n; i++) {
    const value =
      dtype === 'float64' && wanted === 'float32'
        ? op('f32.demote_f64', loadOne(dtype, dtype, get(right)))
        : loadOne(dtype, wanted, get(right))
    body.instructions.push(access(single[wanted][1], 0, get(left), value), ...onward(1))
  }
}
