/** Copies: of runs of bytes, of blocks from some strides to others, and of whole views to row-major order. */
import type { DType } from '../../DType.js'
import { access, add, branchIf, again, get, i32, increase, op, set } from '../../kernel/wasm/build.js'
import type { Instruction, MemoryOp } from '../../kernel/wasm/model.js'
import { x as itself } from '../../primitive/expression.js'
import type { TensorType } from '../../primitive/model.js'
import { equals, strides as denseStrides } from '../../shape/model.js'
import { fromNumber } from '../../tensor/model.js'
import type { Access, Operand, Value } from '../graph.js'
import { bytesOf } from '../elements.js'
import { type Body, newLocal } from './body.js'
import { loopBody } from './loops.js'
import { type Walk, nest } from './walks.js'

// -----------------------------------------------------------------------------
// runs
// -----------------------------------------------------------------------------

/** Loads and stores of some bytes, from the most on. */
const moves: readonly (readonly [bytes: number, load: MemoryOp, store: MemoryOp])[] = [
  [16, 'v128.load', 'v128.store'],
  [8, 'i64.load', 'i64.store'],
  [4, 'i32.load', 'i32.store'],
  [1, 'i32.load8_u', 'i32.store8']
]

/** Where pieces of one size begin that cover a number of bytes: the last one overlaps the one in front of it. */
const pieces = (bytes: number, size: number): readonly number[] =>
  Array.from({ length: Math.ceil(bytes / size) }, (_, i) => Math.min(i * size, bytes - size))

/** Runs of more bytes are copied by a loop, and those of still more by the engine. */
const fewBytes = 128
const manyBytes = 1024

/** Copies neighbouring bytes, and writes none but these. */
export const copyRun = (body: Body, to: Instruction, from: Instruction, bytes: number): void => {
  const { instructions } = body
  if (bytes > manyBytes) {
    instructions.push({ _tag: 'Bulk', op: 'memory.copy', operands: [to, from, i32(bytes)] })
    return
  }
  if (bytes > fewBytes) {
    const done = newLocal(body, 'i32')
    const vector = (at: Instruction): Instruction =>
      access('v128.store', 0, add(to, at), access('v128.load', 0, add(from, at)))
    const whole = bytes - (bytes % 16)
    instructions.push(
      set(done, i32(0)),
      again('run', vector(get(done)), increase(done, i32(16)), branchIf('run', op('i32.lt_s', get(done), i32(whole))))
    )
    if (whole < bytes) instructions.push(vector(i32(bytes - 16)))
    return
  }
  const [size, load, store] = moves.find(([most]) => most <= bytes) ?? moves[moves.length - 1]!
  for (const at of pieces(bytes, size)) instructions.push(access(store, at, to, access(load, at, from)))
}

// -----------------------------------------------------------------------------
// blocks
// -----------------------------------------------------------------------------

/** The number of last axes along which both pointers pass from each element to the next. */
const evenAxes = (shape: readonly number[], bytes: number, walks: readonly Walk[]): number => {
  let step = bytes
  let axis = shape.length
  while (axis > 0 && (shape[axis - 1] === 1 || walks.every(({ steps }) => steps[axis - 1] === step))) {
    axis--
    step *= shape[axis]!
  }
  return shape.length - axis
}

/** Copies the elements of a shape from some places to others, and writes none but these. */
export const copyBlock = (body: Body, shape: readonly number[], bytes: number, from: Walk, to: Walk): void => {
  const outer = shape.length - evenAxes(shape, bytes, [from, to])
  const run = shape.slice(outer).reduce((product, n) => product * n, bytes)
  const head = ({ start, steps }: Walk): Walk => ({ start, steps: steps.slice(0, outer) })
  nest(body, shape.slice(0, outer), [head(from), head(to)], (inner, [source, target]) => {
    copyRun(inner, target!, source!, run)
  })
}

/** The way of a pointer through a view, or through a value in row-major order. */
export const walkOf = ({ dtype }: { readonly dtype: DType }, start: Instruction, strides: readonly number[]): Walk => ({
  start,
  steps: strides.map((stride) => stride * bytesOf[dtype])
})

// -----------------------------------------------------------------------------
// whole views
// -----------------------------------------------------------------------------

/** Writes an operand in row-major order as elements of a type, which may be its own; up to a strip more is written. */
const write = (
  body: Body,
  operand: Operand,
  addresses: readonly (readonly [Value, number])[],
  dtype: DType,
  to: number
): void => {
  const result: Value = { id: -1, shape: operand.shape, dtype }
  const map = {
    _tag: 'Map',
    name: 'copy',
    expression: itself,
    params: {},
    operands: [operand],
    results: [result]
  } as const
  const site = { addresses: new Map([...addresses, [result, to] as const]), isStored: () => true }
  loopBody(body, { shape: operand.shape, maps: [map] }, site)
}

/** Writes a view whose first element lies at `from`. */
export const copyWhole = (body: Body, view: Access, from: number, dtype: DType, to: number): void =>
  write(body, view, [[view.value, from - view.offset * bytesOf[view.dtype]]], dtype, to)

/** Writes one number everywhere. */
export const fillWhole = (body: Body, { shape, dtype }: TensorType, value: number, to: number): void => {
  const constant = fromNumber(dtype, value)
  write(body, { _tag: 'Uniform', constant, number: constant.value, shape, dtype }, [], dtype, to)
}

/** A view of elements that lie in row-major order. */
export const rowMajor = (shape: readonly number[], dtype: DType): Access => {
  const value = { id: -2, shape, dtype }
  return { _tag: 'Access', value, shape, dtype, strides: denseStrides(shape), offset: 0 }
}

/** Whether the elements of a view lie in row-major order. */
export const isRowMajor = ({ shape, strides }: Pick<Access, 'shape' | 'strides'>): boolean =>
  equals(strides, denseStrides(shape))
