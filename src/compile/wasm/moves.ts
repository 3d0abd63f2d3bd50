/** Moves: what is joined, padded or laid along a diagonal is copied to where it belongs. */
import { add, branchIf, again, get, i32, increase, op, set, sub } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { size, strides as denseStrides } from '../../shape/model.js'
import type { OneAxis } from '../../tensor/alongBlock.js'
import type { Placement } from '../../tensor/stridedWindow.js'
import type { Band, Diagonal } from '../../tensor/triangular.js'
import type { Access, Whole } from '../graph.js'
import type { Emitter, Places } from '../lowering.js'
import { bytesOf, strip } from '../elements.js'
import { type Body, keep, newLocal } from './body.js'
import { copyBlock, fillWhole, walkOf } from './copies.js'
import { nest } from './walks.js'
import { type Strip, load, store, wideMask } from './strip.js'

/** Where the elements of an operand belong in the result: the number of the first, and strides. */
interface Home {
  readonly start: number
  readonly strides: readonly number[]
}

/** Copies an operand to its home. */
const settle = (body: Body, operand: Access, places: Places, { start, strides }: Home): void => {
  const bytes = bytesOf[operand.dtype]
  const from = walkOf(operand, i32(places.operand(operand)), operand.strides)
  const to = walkOf(operand, i32(places.result(0) + start * bytes), strides)
  copyBlock(body, operand.shape, bytes, from, to)
}

const isEmpty = ({ results }: Whole): boolean => size(results[0]!.shape) === 0

// -----------------------------------------------------------------------------
// joining and padding
// -----------------------------------------------------------------------------

export const concat = (operation: Whole, { axis }: OneAxis): Emitter | undefined => {
  if (isEmpty(operation)) return undefined
  const strides = denseStrides(operation.results[0]!.shape)
  return {
    emit: (body, places) => {
      let start = 0
      for (const operand of operation.operands) {
        settle(body, operand, places, { start: start * strides[axis]!, strides })
        start += operand.shape[axis]!
      }
    }
  }
}

export const pad = (operation: Whole, { starts, steps, value }: Placement): Emitter | undefined => {
  const [x, result] = [operation.operands[0]!, operation.results[0]!]
  if (isEmpty(operation)) return undefined
  const strides = denseStrides(result.shape)
  return {
    emit: (body, places) => {
      if (result.shape.length > 0) fillWhole(body, result, value, places.result(0))
      settle(body, x, places, {
        start: starts.reduce((at, each, axis) => at + each * strides[axis]!, 0),
        strides: strides.map((stride, axis) => stride * steps[axis]!)
      })
    }
  }
}

// -----------------------------------------------------------------------------
// diagonals
// -----------------------------------------------------------------------------

/** Where a diagonal lies in an array with the given strides. */
const diagonalOf = ({ offset }: Diagonal, strides: readonly number[]): Home => {
  const stack = strides.slice(0, -2)
  const [row, column] = [strides[stack.length]!, strides[stack.length + 1]!]
  return { start: offset >= 0 ? offset * column : -offset * row, strides: [...stack, row + column] }
}

export const diagonal = (operation: Whole, params: Diagonal): Emitter | undefined => {
  const [x, result] = [operation.operands[0]!, operation.results[0]!]
  if (isEmpty(operation)) return undefined
  const { start, strides } = diagonalOf(params, x.strides)
  return {
    emit: (body, places) => {
      const from = places.operand(x) + start * bytesOf[x.dtype]
      settle(
        body,
        { ...x, shape: result.shape, strides },
        { ...places, operand: () => from },
        { start: 0, strides: denseStrides(result.shape) }
      )
    }
  }
}

export const diagonalMatrix = (operation: Whole, params: Diagonal): Emitter | undefined => {
  const [x, result] = [operation.operands[0]!, operation.results[0]!]
  if (isEmpty(operation)) return undefined
  return {
    emit: (body, places) => {
      fillWhole(body, result, 0, places.result(0))
      settle(body, x, places, diagonalOf(params, denseStrides(result.shape)))
    }
  }
}

/** A strip where a condition holds, and zeros elsewhere. */
const onlyWhere = (body: Body, x: Strip, mask: Instruction): Strip => {
  if (x.type !== 'f64') return { ...x, v: op('v128.and', x.v, mask) }
  const { lo, hi } = wideMask(body, mask)
  return { type: 'f64', lo: op('v128.and', x.lo, lo), hi: op('v128.and', x.hi, hi) }
}

/** A bound of column minus row, within the numbers that a matrix in memory can have. */
const bound = (offset: number): number => Math.max(-(2 ** 30), Math.min(offset, 2 ** 30))

/** Rows are written in order, and by whole strips: each overwrites what was written behind the row in front of it. */
export const band = (operation: Whole, { from, to }: Band): Emitter | undefined => {
  const [x, result] = [operation.operands[0]!, operation.results[0]!]
  if (isEmpty(operation)) return undefined
  const rows = x.shape.slice(0, -1)
  const columns = x.shape[rows.length]!
  const bytes = bytesOf[x.dtype]
  const step = x.strides[rows.length]! * bytes
  const least: Instruction = { _tag: 'Vector', type: 'i32x4', values: [0, 1, 2, 3] }
  return {
    emit: (body, places) => {
      const source = walkOf(x, i32(places.operand(x)), x.strides.slice(0, -1))
      const target = walkOf(x, i32(places.result(0)), denseStrides(result.shape).slice(0, -1))
      const rowNumber = { start: i32(0), steps: rows.map((_, axis) => (axis === rows.length - 1 ? 1 : 0)) }
      nest(body, rows, [source, target, rowNumber], (inner, [row, written, number]) => {
        const [column, read, write] = [0, 1, 2].map(() => newLocal(body, 'i32'))
        const strips = { ...inner, instructions: [] }
        const values = load(strips, x.dtype, get(read!), 0, step)
        const distances = op('i32x4.add', op('i32x4.splat', sub(get(column!), number!)), least)
        const distance = keep(strips, 'v128', distances)
        const mask = op(
          'v128.and',
          op('i32x4.ge_s', distance, op('i32x4.splat', i32(bound(from)))),
          op('i32x4.le_s', distance, op('i32x4.splat', i32(bound(to))))
        )
        store(strips, get(write!), 0, onlyWhere(strips, values, keep(strips, 'v128', mask)))
        inner.instructions.push(
          set(column!, i32(0)),
          set(read!, row!),
          set(write!, written!),
          again(
            'strips',
            ...strips.instructions,
            increase(read!, i32(strip * step)),
            increase(write!, i32(strip * bytes)),
            set(column!, add(get(column!), i32(strip))),
            branchIf('strips', op('i32.lt_s', get(column!), i32(columns)))
          )
        )
      })
    }
  }
}
