/** Random draws: keys from keys, and numbers from the words of the stream of a key, in the order of the words. */
import { access, add, branchIf, again, get, i32, increase, mul, op, set, when } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { type Shape, equals, size } from '../../shape/model.js'
import { purpose } from '../../random/model.js'
import type { DrawParams } from '../../random/unit.js'
import type { ToShape } from '../../tensor/structural.js'
import type { Counter } from '../../random/key.js'
import type { Access, Whole } from '../graph.js'
import type { Emitter, Places } from '../lowering.js'
import { bytesOf, strip } from '../elements.js'
import { type Body, keep, newLocal } from './body.js'
import { type Walk, nest, within } from './walks.js'
import { walkOf } from './copies.js'
import { type Strip, type Wide, converted, double, kept, narrowConstant, store } from './strip.js'
import { type KeySchedule, keySchedule, threefry, word } from './threefry.js'

type Words = readonly [Instruction, Instruction]

// -----------------------------------------------------------------------------
// keys
// -----------------------------------------------------------------------------

/** Loops over the keys of a stack, with their words and further pointers, whose steps are along the axes of the stack. */
const forEachKey = (
  body: Body,
  places: Places,
  keys: Access,
  walks: readonly Walk[],
  inside: (body: Body, key: Words, pointers: readonly Instruction[]) => void
): void => {
  const axes = keys.shape.length - 1
  const walk = walkOf(keys, i32(places.operand(keys)), keys.strides.slice(0, axes))
  const second = keys.strides[axes]! * bytesOf.int32
  nest(body, keys.shape.slice(0, axes), [walk, ...walks], (inner, [at, ...pointers]) => {
    const key0 = keep(inner, 'i32', access('i32.load', 0, at!))
    const key1 = keep(inner, 'i32', access('i32.load', 0, add(at!, i32(second))))
    inside(inner, [key0, key1], pointers)
  })
}

/** The way of a pointer through results, `bytes` for each key. */
const rowsOf = (start: number, stack: Shape, bytes: number): Walk => ({
  start: i32(start),
  steps: stack.map((_, axis) => size(stack.slice(axis + 1)) * bytes)
})

const isKey = ({ dtype, shape }: Access): boolean => dtype === 'int32' && shape.at(-1) === 2

/** New keys by blocks of one counter for each. */
const derived = (
  { operands }: Whole,
  further: (places: Places) => readonly Walk[],
  counterOf: (body: Body, pointers: readonly Instruction[]) => Words
): Emitter | undefined => {
  const keys = operands[0]!
  if (!isKey(keys) || size(keys.shape) === 0) return undefined
  return {
    emit: (body, places) => {
      const made = rowsOf(places.result(0), keys.shape.slice(0, -1), 2 * bytesOf.int32)
      forEachKey(body, places, keys, [made, ...further(places)], (inner, key, [to, ...pointers]) => {
        const counter = counterOf(inner, pointers)
        const words = threefry(inner, 'i32', keySchedule(inner, 'i32', ...key), ...counter)
        words.forEach((each, i) => inner.instructions.push(access('i32.store', 4 * i, to!, each)))
      })
    }
  }
}

export const deriveKey = (operation: Whole, { high, low }: Counter): Emitter | undefined =>
  derived(
    operation,
    () => [],
    () => [i32(high), i32(low)]
  )

export const foldIn = (operation: Whole): Emitter | undefined => {
  const [keys, counters] = [operation.operands[0]!, operation.operands[1]!]
  const stack = keys.shape.slice(0, -1)
  const isOneEach = equals(counters.shape.slice(0, stack.length), stack) && size(counters.shape) === size(stack)
  if (counters.dtype !== 'int32' || !isOneEach) return undefined
  return derived(
    operation,
    (places) => [walkOf(counters, i32(places.operand(counters)), counters.strides.slice(0, stack.length))],
    (body, [at]) => {
      const low = keep(body, 'i32', access('i32.load', 0, at!))
      const above = op('i32.and', op('i32.shr_s', low, i32(31)), i32(0x3fffff))
      return [op('i32.or', above, i32(purpose.foldIn)), low]
    }
  )
}

// -----------------------------------------------------------------------------
// streams
// -----------------------------------------------------------------------------

/** Writes what follows from four blocks at a time, of the counters from `block` on. */
type Drawing = (
  body: Body,
  blocks: { readonly x: Instruction; readonly y: Instruction; readonly block: Instruction }
) => void

const least: Instruction = { _tag: 'Vector', type: 'i32x4', values: [0, 1, 2, 3] }

/** Four numbers from one on. */
export const fourFrom = (first: Instruction): Instruction => op('i32x4.add', op('i32x4.splat', first), least)

/** A loop over the blocks of a key that hold `words` words. */
const stream = (body: Body, schedule: KeySchedule, words: number, draw: Drawing): void => {
  const block = newLocal(body, 'i32')
  const inside = within(body, (inner) => {
    const [x, y] = threefry(inner, 'i32x4', schedule, word('i32x4', purpose.bits), fourFrom(get(block)))
    draw(inner, { x, y, block: get(block) })
  })
  const blocks = Math.ceil(words / 2)
  body.instructions.push(
    set(block, i32(0)),
    again('blocks', ...inside, increase(block, i32(4)), branchIf('blocks', op('i32.lt_s', get(block), i32(blocks))))
  )
}

const shuffled = (numbers: readonly number[], a: Instruction, b: Instruction): Instruction => ({
  _tag: 'Shuffle',
  bytes: numbers.flatMap((each) => [4 * each, 4 * each + 1, 4 * each + 2, 4 * each + 3]),
  operands: [a, b]
})

/** A loop over the words of a key, four at a time, of which the first is that of the number `at`. */
export const streamOfWords = (
  body: Body,
  schedule: KeySchedule,
  words: number,
  draw: (body: Body, four: Instruction, at: Instruction) => void
): void => {
  stream(body, schedule, words, (inner, { x, y, block }) => {
    const at = keep(inner, 'i32', op('i32.shl', block, i32(1)))
    draw(inner, keep(inner, 'v128', shuffled([0, 4, 1, 5], x, y)), at)
    if (words <= strip) return
    const more = within(inner, (rest) => {
      const behind = keep(rest, 'i32', add(at, i32(strip)))
      draw(rest, keep(rest, 'v128', shuffled([2, 6, 3, 7], x, y)), behind)
    })
    inner.instructions.push(when(op('i32.lt_s', at, i32(words - strip)), more))
  })
}

/** Draws with each key; elements are written in order, and by whole strips. */
export const drawn = (
  { operands, results }: Whole,
  shape: Shape,
  write: (body: Body, schedule: KeySchedule, n: number, to: Instruction, further: readonly Instruction[]) => void,
  further: (places: Places) => readonly Walk[] = () => []
): Emitter | undefined => {
  const [keys, result] = [operands[0]!, results[0]!]
  if (!isKey(keys) || size(result.shape) === 0) return undefined
  const n = size(shape)
  return {
    emit: (body, places) => {
      const rows = rowsOf(places.result(0), keys.shape.slice(0, -1), n * bytesOf[result.dtype])
      forEachKey(body, places, keys, [rows, ...further(places)], (inner, key, [to, ...pointers]) => {
        write(inner, keySchedule(inner, 'i32x4', ...key), n, to!, pointers)
      })
    }
  }
}

/** The address of the element of a number. */
export const pointerAt = (body: Body, start: Instruction, at: Instruction, bytes: number): Instruction =>
  keep(body, 'i32', add(start, mul(at, i32(bytes))))

export const bits = (operation: Whole, { shape }: ToShape): Emitter | undefined =>
  drawn(operation, shape, (body, schedule, n, to) => {
    streamOfWords(body, schedule, n, (inner, v, at) =>
      store(inner, pointerAt(inner, to, at, bytesOf.int32), 0, { type: 'i32', v })
    )
  })

// -----------------------------------------------------------------------------
// floats
// -----------------------------------------------------------------------------

const shifted = (v: Instruction, by: number): Instruction => op('i32x4.shr_u', v, i32(by))

const upper = (v: Instruction): Instruction => shuffled([2, 3, 2, 3], v, v)

/** Words without sign as float64. */
export const unsigned = (body: Body, v: Instruction): Wide => ({
  type: 'f64',
  lo: keep(body, 'v128', op('f64x2.convert_low_i32x4_u', v)),
  hi: keep(body, 'v128', op('f64x2.convert_low_i32x4_u', upper(v)))
})

const scale = 2 ** -24

/** float32 numbers in [0, 1) from one word each. */
const unitOfWords = (body: Body, words: Instruction): Strip => {
  const whole = op('f32x4.convert_i32x4_u', shifted(words, 8))
  return kept(body, { type: 'f32', v: op('f32x4.mul', whole, narrowConstant('f32', scale)) })
}

/** float64 numbers in [0, 1) from one block each. */
const unitOfBlocks = (body: Body, x: Instruction, y: Instruction): Strip => {
  const high = unsigned(body, keep(body, 'v128', shifted(x, 5)))
  const low = unsigned(body, keep(body, 'v128', shifted(y, 6)))
  const unit = (half: 'lo' | 'hi'): Instruction =>
    op('f64x2.mul', op('f64x2.add', op('f64x2.mul', high[half], double(2 ** 26)), low[half]), double(2 ** -53))
  return kept(body, { type: 'f64', lo: unit('lo'), hi: unit('hi') })
}

/** Draws of floats: a function of numbers in [0, 1). */
export const floats = (
  operation: Whole,
  { shape, dtype }: DrawParams,
  of: (body: Body, unit: Strip) => Strip
): Emitter | undefined =>
  drawn(operation, shape, (body, schedule, n, to) => {
    const finish = (inner: Body, unit: Strip, at: Instruction): void =>
      store(inner, pointerAt(inner, to, at, bytesOf[dtype]), 0, kept(inner, converted(inner, of(inner, unit), dtype)))
    if (dtype === 'float32') {
      return streamOfWords(body, schedule, n, (inner, four, at) => finish(inner, unitOfWords(inner, four), at))
    }
    return stream(body, schedule, 2 * n, (inner, { x, y, block }) => finish(inner, unitOfBlocks(inner, x, y), block))
  })

export const uniform = (operation: Whole, params: DrawParams): Emitter | undefined =>
  floats(operation, params, (_body, unit) => unit)

/** Numbers in (0, 1): 0 is moved half a step up. */
export const open = (body: Body, unit: Strip): Strip => {
  if (unit.type !== 'f64') {
    const isZero = op('f32x4.eq', unit.v, narrowConstant('f32', 0))
    return kept(body, { ...unit, v: op('v128.bitselect', narrowConstant('f32', scale / 2), unit.v, isZero) })
  }
  const half = (v: Instruction): Instruction => op('v128.bitselect', double(2 ** -54), v, op('f64x2.eq', v, double(0)))
  return kept(body, { type: 'f64', lo: half(unit.lo), hi: half(unit.hi) })
}

export const unitOpen = (operation: Whole, params: DrawParams): Emitter | undefined => floats(operation, params, open)
