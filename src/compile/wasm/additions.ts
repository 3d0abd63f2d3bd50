/** Adding at indices: what meets at one place is added in order; of float32, in float64, and rounded once. */
import { access, add, get, i32, increase, mul, op, set, when } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { size, strides as denseStrides } from '../../shape/model.js'
import type { OneAxis } from '../../tensor/alongBlock.js'
import type { Whole } from '../graph.js'
import type { Emitter, Places } from '../lowering.js'
import { bytesOf, strip } from '../elements.js'
import { type Body, keep, newLocal } from './body.js'
import { copyWhole, isRowMajor, rowMajor, walkOf } from './copies.js'
import { indexFromEitherEnd } from './indices.js'
import { type Totals, addOne, addRun, convertRun } from './rows.js'
import { nest, within } from './walks.js'

/** The lowering of an addition at indices, of which `meetings` may meet; `additions` writes loops that add to totals. */
const adding = (
  { operands }: Whole,
  meetings: number,
  additions: (body: Body, places: Places, totals: Totals & { readonly at: number }) => void
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

/** Whether the rows that updates meet are few, so that totals of the whole table would take longer than the additions. */
const isSparse = ({ operands }: Whole): boolean => {
  const [x, indices, updates] = [operands[0]!, operands[1]!, operands[2]!]
  return x.dtype === 'float32' && size(indices.shape) > 1 && size(x.shape) > 2 * size(updates.shape)
}

/** Additions to a table of which few rows are met: each of these gets a row of totals when it is met first. */
const sparse = (operation: Whole, axis: number): Emitter | undefined => {
  const [x, indices, updates] = [operation.operands[0]!, operation.operands[1]!, operation.operands[2]!]
  const [outer, width] = [x.shape.slice(0, axis), size(x.shape.slice(axis + 1))]
  const count = axis + indices.shape.length
  const [rows, rest] = [updates.shape.slice(count), updates.strides.slice(count)]
  const isRead = indices.dtype === 'int32' && size(updates.shape) > 0
  if (updates.dtype !== 'float32' || !isRead || !isRowMajor({ shape: rows, strides: rest })) return undefined
  const strides = denseStrides(x.shape)
  const n = x.shape[axis]!
  const tableBytes = 4 * n
  const rowBytes = bytesOf.float64 * width
  return {
    isChecked: true,
    scratch: tableBytes + size(indices.shape) * rowBytes + strip * bytesOf.float64,
    emit: (body, places) => {
      copyWhole(body, x, places.operand(x), 'float32', places.result(0))
      const next = newLocal(body, 'i32')
      const list = walkOf(indices, i32(places.operand(indices)), indices.strides)
      const blocks = walkOf(x, i32(places.result(0)), strides.slice(0, axis))
      const added = walkOf(updates, i32(places.operand(updates)), updates.strides.slice(0, axis))
      nest(body, outer, [blocks, added], (block, [to, from]) => {
        block.instructions.push(
          { _tag: 'Bulk', op: 'memory.fill', operands: [i32(places.scratch), i32(0), i32(tableBytes)] },
          set(next, i32(places.scratch + tableBytes))
        )
        /** Where the totals of a row are written down, and the row. */
        const found = (inner: Body, index: Instruction): readonly [Instruction, Instruction] => [
          keep(inner, 'i32', mul(index, i32(4))),
          keep(inner, 'i32', add(to!, mul(index, i32(4 * width))))
        ]
        const ofBlock = walkOf(updates, from!, updates.strides.slice(axis, count))
        nest(block, indices.shape, [list, ofBlock], (inner, [at, update]) => {
          const [place, row] = found(inner, indexFromEitherEnd(inner, at!, n))
          const begun = within(inner, (first) => {
            first.instructions.push(access('i32.store', places.scratch, place, get(next)))
            convertRun(first, width, ['float32', row], ['float64', get(next)])
            first.instructions.push(increase(next, i32(rowBytes)))
          })
          inner.instructions.push(when(op('i32.eqz', access('i32.load', places.scratch, place)), begun))
          const totals = keep(inner, 'i32', access('i32.load', places.scratch, place))
          addRun(inner, { dtype: 'float32', total: 'float64' }, width, totals, update!)
        })
        nest(block, indices.shape, [list], (inner, [at]) => {
          const [place, row] = found(inner, indexFromEitherEnd(inner, at!, n))
          const totals = keep(inner, 'i32', access('i32.load', places.scratch, place))
          convertRun(inner, width, ['float64', totals], ['float32', row])
        })
      })
    }
  }
}

/** `out[o, indices[...j], i] = x[o, indices[...j], i] + sum updates[o, ...j, i]`. */
export const scatterAdd = (operation: Whole, { axis }: OneAxis): Emitter | undefined => {
  const [x, indices, updates] = [operation.operands[0]!, operation.operands[1]!, operation.operands[2]!]
  if (isSparse(operation)) return sparse(operation, axis)
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
