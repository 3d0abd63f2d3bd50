/** Adding at indices: what meets at one place is added in order; of float32, in float64, and rounded once. */
import type { DType } from '../../DType.js'
import { access, add, get, i32, increase, loop, mul, op, set } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { size, strides as denseStrides } from '../../shape/model.js'
import type { OneAxis } from '../../tensor/alongBlock.js'
import type { Whole } from '../graph.js'
import type { Emitter, Places } from '../lowering.js'
import { bytesOf, strip } from '../elements.js'
import { type Body, keep, newLocal } from './body.js'
import { copyWhole, isRowMajor, rowMajor, walkOf } from './copies.js'
import { indexFromEitherEnd } from './indices.js'
import { nest, within } from './walks.js'
import { type Strip, load, store, widened } from './strip.js'

/** Element types that are added. */
type Added = Exclude<DType, 'bool'>

/** Where totals are, and of which type: that of the elements, or float64. */
interface Totals {
  readonly dtype: Added
  readonly total: Added
  readonly at: number
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
const addOne = (body: Body, { dtype, total }: Totals, to: Instruction, from: Instruction): void => {
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
const addRun = (body: Body, totals: Totals, n: number, to: Instruction, from: Instruction): void => {
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

/** The lowering of an addition at indices, of which `meetings` may meet; `additions` writes loops that add to totals. */
const adding = (
  { operands }: Whole,
  meetings: number,
  additions: (body: Body, places: Places, totals: Totals) => void
): Emitter | undefined => {
  const [x, indices, updates] = [operands[0]!, operands[1]!, operands[2]!]
  const { shape, dtype } = x
  const isRead = indices.dtype === 'int32' && size(updates.shape) > 0 && size(shape) > 0
  if (dtype === 'bool' || updates.dtype !== dtype || !isRead) return undefined
  // a sum of two is rounded once in either type
  const total = dtype === 'float32' && meetings > 1 ? 'float64' : dtype
  const isApart = total !== dtype
  return {
    isChecked: true,
    scratch: isApart ? (size(shape) + strip) * bytesOf[total] : 0,
    emit: (body, places) => {
      const [result, at] = [places.result(0), isApart ? places.scratch : places.result(0)]
      copyWhole(body, x, places.operand(x), total, at)
      additions(body, places, { dtype, total, at })
      if (isApart) copyWhole(body, rowMajor(shape, total), at, dtype, result)
    }
  }
}

/** `out[o, indices[o, j, i], i] = x[o, indices[o, j, i], i] + sum updates[o, j, i]`. */
export const addAlongAxis = (operation: Whole, { axis }: OneAxis): Emitter | undefined => {
  const [x, indices, updates] = [operation.operands[0]!, operation.operands[1]!, operation.operands[2]!]
  const strides = denseStrides(x.shape)
  return adding(operation, indices.shape[axis]!, (body, places, totals) => {
    const bytes = bytesOf[totals.total]
    const lanes = strides.map((stride, each) => (each === axis ? 0 : stride * bytes))
    const list = walkOf(indices, i32(places.operand(indices)), indices.strides)
    const added = walkOf(updates, i32(places.operand(updates)), updates.strides)
    nest(body, indices.shape, [{ start: i32(totals.at), steps: lanes }, list, added], (inside, [to, index, from]) => {
      const place = indexFromEitherEnd(inside, index!, x.shape[axis]!)
      const target = keep(inside, 'i32', add(to!, mul(place, i32(strides[axis]! * bytes))))
      addOne(inside, totals, target, from!)
    })
  })
}

/** Tables with more elements than this for each update: their totals would take longer than the additions. */
const sparse = 32

/** `out[o, indices[...j], i] = x[o, indices[...j], i] + sum updates[o, ...j, i]`. */
export const scatterAdd = (operation: Whole, { axis }: OneAxis): Emitter | undefined => {
  const [x, indices, updates] = [operation.operands[0]!, operation.operands[1]!, operation.operands[2]!]
  if (size(x.shape) > sparse * size(updates.shape) && size(x.shape) > 4096) return undefined
  const [outer, inner] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)]
  const count = axis + indices.shape.length
  const strides = denseStrides(x.shape)
  const width = size(inner)
  return adding(operation, size(indices.shape), (body, places, totals) => {
    const bytes = bytesOf[totals.total]
    const table = [...strides.slice(0, axis).map((stride) => stride * bytes), ...indices.shape.map(() => 0)]
    const list = walkOf(indices, i32(places.operand(indices)), [...outer.map(() => 0), ...indices.strides])
    const added = walkOf(updates, i32(places.operand(updates)), updates.strides.slice(0, count))
    const rest = updates.strides.slice(count)
    const walks = [{ start: i32(totals.at), steps: table }, list, added]
    nest(body, [...outer, ...indices.shape], walks, (inside, [to, index, from]) => {
      const place = indexFromEitherEnd(inside, index!, x.shape[axis]!)
      const target = keep(inside, 'i32', add(to!, mul(place, i32(strides[axis]! * bytes))))
      if (isRowMajor({ shape: inner, strides: rest })) return addRun(inside, totals, width, target, from!)
      const into = { start: target, steps: denseStrides(inner).map((stride) => stride * bytes) }
      nest(inside, inner, [into, walkOf(updates, from!, rest)], (at, [one, other]) => addOne(at, totals, one!, other!))
    })
  })
}
