/** Operations of which each index stands for a place of the result: counts, last occurrences, largest elements of segments. */
import type { DType } from '../../DType.js'
import { access, add, i32, mul, op, when } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { size, strides as denseStrides } from '../../shape/model.js'
import type { Fold } from '../../tensor/foldIndices.js'
import type { LastOccurrence } from '../../tensor/indexedUpdate.js'
import type { Segments } from '../../tensor/segments.js'
import { bytesOf } from '../elements.js'
import type { Access, Whole } from '../graph.js'
import type { Emitter, Places } from '../lowering.js'
import { type Body, keep } from './body.js'
import { fillWhole, walkOf } from './copies.js'
import { indexAt, indexFromEitherEnd } from './indices.js'
import { type Walk, nest } from './walks.js'

/** The code of an operation that checks its indices; of no indices or no results the primitive makes them by itself. */
const checked = (
  { results }: Whole,
  indices: Access,
  emit: (body: Body, places: Places, list: Walk) => void
): Emitter | undefined => {
  if (indices.dtype !== 'int32' || size(indices.shape) === 0 || size(results[0]!.shape) === 0) return undefined
  return {
    isChecked: true,
    emit: (body, places) => emit(body, places, walkOf(indices, i32(places.operand(indices)), indices.strides))
  }
}

/** A number that goes up along one axis, by a distance. */
const counting = (shape: readonly number[], axis: number, distance: number): Walk => ({
  start: i32(0),
  steps: shape.map((_, each) => (each === axis ? distance : 0))
})

/** The way through a result in row-major order, whose places along one axis are found by indices. */
const lanesOf = ({ results }: Whole, places: Places, axis: number): Walk => {
  const result = results[0]!
  const strides = denseStrides(result.shape).map((stride, each) => (each === axis ? 0 : stride))
  return walkOf(result, i32(places.result(0)), strides)
}

/** `out[..., b, ...] = b length + indices[..., b, ...]`. */
export const foldIndices = (operation: Whole, { length, axis }: Fold): Emitter | undefined => {
  const [indices, result] = [operation.operands[0]!, operation.results[0]!]
  return checked(operation, indices, (body, places, list) => {
    const target = walkOf(result, i32(places.result(0)), denseStrides(result.shape))
    const first = counting(result.shape, axis, length)
    nest(body, result.shape, [list, target, first], (inner, [at, to, begin]) => {
      const index = indexFromEitherEnd(inner, at!, length)
      inner.instructions.push(access('i32.store', 0, to!, add(index, begin!)))
    })
  })
}

/** `out[..., k]` is the last j with `indices[..., j] = k`, or -1. */
export const lastOccurrence = (operation: Whole, { length }: LastOccurrence): Emitter | undefined => {
  const [indices, result] = [operation.operands[0]!, operation.results[0]!]
  const last = indices.shape.length - 1
  return checked(operation, indices, (body, places, list) => {
    fillWhole(body, result, -1, places.result(0))
    const walks = [list, lanesOf(operation, places, last), counting(indices.shape, last, 1)]
    nest(body, indices.shape, walks, (inner, [at, row, number]) => {
      const index = indexFromEitherEnd(inner, at!, length)
      inner.instructions.push(access('i32.store', 0, add(row!, mul(index, i32(4))), number!))
    })
  })
}

/** How often each number below a length occurs along the last axis. */
export const bincount = (operation: Whole, { length }: { readonly length: number }): Emitter | undefined => {
  const [x, result] = [operation.operands[0]!, operation.results[0]!]
  const last = x.shape.length - 1
  return checked(operation, x, (body, places, list) => {
    fillWhole(body, result, 0, places.result(0))
    nest(body, x.shape, [list, lanesOf(operation, places, last)], (inner, [at, row]) => {
      const to = keep(inner, 'i32', add(row!, mul(indexAt(inner, at!, length), i32(4))))
      inner.instructions.push(access('i32.store', 0, to, op('i32.add', access('i32.load', 0, to), i32(1))))
    })
  })
}

// -----------------------------------------------------------------------------
// segments
// -----------------------------------------------------------------------------

const ordered = {
  float32: { type: 'f32', load: 'f32.load', store: 'f32.store', greater: 'f32.gt', differs: 'f32.ne' },
  float64: { type: 'f64', load: 'f64.load', store: 'f64.store', greater: 'f64.gt', differs: 'f64.ne' },
  int32: { type: 'i32', load: 'i32.load', store: 'i32.store', greater: 'i32.gt_s', differs: 'i32.ne' },
  bool: { type: 'i32', load: 'i32.load8_u', store: 'i32.store8', greater: 'i32.gt_s', differs: 'i32.ne' }
} as const

/** What the largest of nothing is. */
const least: { readonly [Type in DType]: number } = {
  float32: -Infinity,
  float64: -Infinity,
  int32: -(2 ** 31),
  bool: 0
}

/** `out[o, k, i]` is the largest `x[o, j, i]` with `ids[o, j, i] = k`, NaN where there is one. */
export const segmentMax = (operation: Whole, { axis, count }: Segments): Emitter | undefined => {
  const [x, ids, result] = [operation.operands[0]!, operation.operands[1]!, operation.results[0]!]
  const { dtype } = x
  const { type, load, store, greater, differs } = ordered[dtype]
  const step = denseStrides(result.shape)[axis]! * bytesOf[dtype]
  return checked(operation, ids, (body, places, list) => {
    fillWhole(body, result, least[dtype], places.result(0))
    const values = walkOf(x, i32(places.operand(x)), x.strides)
    nest(body, x.shape, [list, values, lanesOf(operation, places, axis)], (inner, [at, from, lane]) => {
      const index = indexFromEitherEnd(inner, at!, count)
      const to = keep(inner, 'i32', add(lane!, mul(index, i32(step))))
      const value: Instruction = keep(inner, type, access(load, 0, from!))
      const isTaken = op('i32.or', op(greater, value, access(load, 0, to)), op(differs, value, value))
      inner.instructions.push(when(isTaken, [access(store, 0, to, value)]))
    })
  })
}
