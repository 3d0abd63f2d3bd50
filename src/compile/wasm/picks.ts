/** Picking elements by indices. */
import { access, add, i32, mul } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { size, strides as denseStrides } from '../../shape/model.js'
import type { OneAxis } from '../../tensor/alongBlock.js'
import type { OneHotParams } from '../../tensor/oneHot.js'
import type { Access, Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { bytesOf } from '../elements.js'
import type { Body } from './body.js'
import { copyBlock, copyRun, fillWhole, walkOf } from './copies.js'
import { indexAt, indexFromEitherEnd } from './indices.js'
import { nest } from './walks.js'

/** Strides of 0, along axes that a pointer does not pass. */
const none = (axes: readonly unknown[]): readonly number[] => axes.map(() => 0)

/** Whether indices are read, of a type that code can read: of none, or for no result, the primitive still checks all. */
const isRead = (indices: Access, shape: readonly number[]): boolean =>
  indices.dtype === 'int32' && size(shape) > 0 && size(indices.shape) > 0

const placed = (start: Instruction, index: Instruction, stride: number): Instruction =>
  stride === 0 ? start : add(start, mul(index, i32(stride)))

/** `out[o, ...j, i] = x[o, indices[...j], i]`. */
export const gather = (operation: Whole, { axis }: OneAxis): Emitter | undefined => {
  const [x, indices] = [operation.operands[0]!, operation.operands[1]!]
  const result = operation.results[0]!
  if (!isRead(indices, result.shape)) return undefined
  const bytes = bytesOf[x.dtype]
  const [outer, inner] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)]
  const [outerStrides, innerStrides] = [x.strides.slice(0, axis), x.strides.slice(axis + 1)]
  const count = outer.length + indices.shape.length
  const strides = denseStrides(result.shape)
  return {
    isChecked: true,
    emit: (body, places) => {
      const table = walkOf(x, i32(places.operand(x)), [...outerStrides, ...none(indices.shape)])
      const list = walkOf(indices, i32(places.operand(indices)), [...none(outer), ...indices.strides])
      const target = walkOf(x, i32(places.result(0)), strides.slice(0, count))
      nest(body, [...outer, ...indices.shape], [table, list, target], (inside, [from, at, to]) => {
        const index = indexFromEitherEnd(inside, at!, x.shape[axis]!)
        const source = walkOf(x, placed(from!, index, x.strides[axis]! * bytes), innerStrides)
        copyBlock(inside, inner, bytes, source, walkOf(x, to!, strides.slice(count)))
      })
    }
  }
}

/** `out[o, j, i] = x[o, indices[o, j, i], i]`. */
export const takeAlongAxis = (operation: Whole, { axis }: OneAxis): Emitter | undefined => {
  const [x, indices] = [operation.operands[0]!, operation.operands[1]!]
  const result = operation.results[0]!
  if (!isRead(indices, result.shape)) return undefined
  const bytes = bytesOf[x.dtype]
  return {
    isChecked: true,
    emit: (body, places) => {
      const lanes = x.strides.map((stride, each) => (each === axis ? 0 : stride))
      const table = walkOf(x, i32(places.operand(x)), lanes)
      const list = walkOf(indices, i32(places.operand(indices)), indices.strides)
      const target = walkOf(x, i32(places.result(0)), denseStrides(result.shape))
      nest(body, result.shape, [table, list, target], (inside, [from, at, to]) => {
        const index = indexFromEitherEnd(inside, at!, x.shape[axis]!)
        copyRun(inside, to!, placed(from!, index, x.strides[axis]! * bytes), bytes)
      })
    }
  }
}

const storeOne = (body: Body, dtype: OneHotParams['dtype'], at: Instruction): void => {
  const one: { readonly [Type in OneHotParams['dtype']]: Instruction } = {
    float32: access('f32.store', 0, at, { _tag: 'Const', type: 'f32', value: 1 }),
    float64: access('f64.store', 0, at, { _tag: 'Const', type: 'f64', value: 1 }),
    int32: access('i32.store', 0, at, i32(1)),
    bool: access('i32.store8', 0, at, i32(1))
  }
  body.instructions.push(one[dtype])
}

export const oneHot = (operation: Whole, { depth, dtype }: OneHotParams): Emitter | undefined => {
  const [x, result] = [operation.operands[0]!, operation.results[0]!]
  if (!isRead(x, result.shape)) return undefined
  const rows = denseStrides(result.shape).slice(0, -1)
  return {
    isChecked: true,
    emit: (body, places) => {
      fillWhole(body, result, 0, places.result(0))
      const list = walkOf(x, i32(places.operand(x)), x.strides)
      const target = walkOf(result, i32(places.result(0)), rows)
      nest(body, x.shape, [list, target], (inside, [at, to]) => {
        storeOne(inside, dtype, placed(to!, indexAt(inside, at!, depth), bytesOf[dtype]))
      })
    }
  }
}
