/** Four elements side by side in vectors, and their way from one element type to another: bit for bit as `T.cast` does. */
import type { DType } from '../../DType.js'
import { access, op } from '../../kernel/wasm/build.js'
import type { Instruction, MemoryOp } from '../../kernel/wasm/model.js'
import { type Body, keep } from './body.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** Four elements in one vector: float32, int32, or for booleans all bits of a lane or none. */
export interface Narrow {
  readonly type: 'f32' | 'i32' | 'mask'
  readonly v: Instruction
}

/** Four float64 in two vectors. */
export interface Wide {
  readonly type: 'f64'
  readonly lo: Instruction
  readonly hi: Instruction
}

/** Four elements; the instructions only read locals or are constants. */
export type Strip = Narrow | Wide

export const narrowTypes: { readonly [Type in Exclude<DType, 'float64'>]: Narrow['type'] } = {
  float32: 'f32',
  int32: 'i32',
  bool: 'mask'
}

// -----------------------------------------------------------------------------
// constants
// -----------------------------------------------------------------------------

const four = (type: 'i32x4' | 'f32x4', value: number): Instruction => ({
  _tag: 'Vector',
  type,
  values: [value, value, value, value]
})

/** Two times a float64. */
export const double = (value: number): Instruction => ({ _tag: 'Vector', type: 'f64x2', values: [value, value] })

const ones = four('i32x4', 1)

/** A number in all four lanes of a type that can hold it. */
export const narrowConstant = (type: Narrow['type'], value: number): Instruction =>
  type === 'f32' ? four('f32x4', value) : four('i32x4', type === 'i32' ? value : value === 0 ? 0 : -1)

export const constantStrip = (dtype: DType, value: number): Strip =>
  dtype === 'float64'
    ? { type: 'f64', lo: double(value), hi: double(value) }
    : { type: narrowTypes[dtype], v: narrowConstant(narrowTypes[dtype], value) }

// -----------------------------------------------------------------------------
// to and from pairs of float64
// -----------------------------------------------------------------------------

type Half = 'lo' | 'hi'

/** Four float64 from the code of either half. */
export const both = (body: Body, make: (half: Half) => Instruction): Wide => ({
  type: 'f64',
  lo: keep(body, 'v128', make('lo')),
  hi: keep(body, 'v128', make('hi'))
})

const shuffle = (bytes: readonly number[], a: Instruction, b: Instruction): Instruction => ({
  _tag: 'Shuffle',
  bytes,
  operands: [a, b]
})

/** The bytes of four words of two vectors, by the numbers 0 to 7 of the words. */
const words = (...numbers: readonly number[]): readonly number[] =>
  numbers.flatMap((word) => [4 * word, 4 * word + 1, 4 * word + 2, 4 * word + 3])

/** The upper half of a vector in the lower one. */
const upper = (v: Instruction): Instruction => shuffle(words(2, 3, 2, 3), v, v)

/** The first two words of each. */
const lowerOfBoth = (a: Instruction, b: Instruction): Instruction => shuffle(words(0, 1, 4, 5), a, b)

/** Every second word of both: four words of four double words. */
const evenWords = (a: Instruction, b: Instruction): Instruction => shuffle(words(0, 2, 4, 6), a, b)

/** The numbers of four elements as float64. */
export const widened = (body: Body, strip: Strip): Wide => {
  if (strip.type === 'f64') return strip
  const { type, v } = strip
  const wide = (low: Instruction, high: Instruction): Wide => ({
    type: 'f64',
    lo: keep(body, 'v128', low),
    hi: keep(body, 'v128', high)
  })
  if (type === 'f32') return wide(op('f64x2.promote_low_f32x4', v), op('f64x2.promote_low_f32x4', upper(v)))
  const numbers = type === 'i32' ? v : keep(body, 'v128', op('v128.and', v, ones))
  return wide(op('f64x2.convert_low_i32x4_s', numbers), op('f64x2.convert_low_i32x4_s', upper(numbers)))
}

/** Four conditions as masks of double words. */
export const wideMask = (body: Body, mask: Instruction): Wide => ({
  type: 'f64',
  lo: keep(body, 'v128', op('i64x2.extend_low_i32x4_s', mask)),
  hi: keep(body, 'v128', op('i64x2.extend_high_i32x4_s', mask))
})

/** Masks of double words as masks of words. */
export const narrowMask = ({ lo, hi }: Wide): Instruction => evenWords(lo, hi)

/** x modulo 2^32 from 0 on, for a whole x; NaN for NaN and infinities. */
const modulo = (body: Body, v: Instruction): Instruction => {
  const whole = keep(body, 'v128', op('f64x2.trunc', v))
  const turns = op('f64x2.mul', op('f64x2.floor', op('f64x2.mul', whole, double(2 ** -32))), double(2 ** 32))
  return op('i32x4.trunc_sat_f64x2_u_zero', op('f64x2.sub', whole, turns))
}

/** Four float64 in another element type. */
const narrowed = (body: Body, { lo, hi }: Wide, dtype: Exclude<DType, 'float64'>): Narrow => {
  switch (dtype) {
    case 'float32':
      return {
        type: 'f32',
        v: lowerOfBoth(op('f32x4.demote_f64x2_zero', lo), op('f32x4.demote_f64x2_zero', hi))
      }
    case 'int32':
      return { type: 'i32', v: lowerOfBoth(modulo(body, lo), modulo(body, hi)) }
    case 'bool':
      return {
        type: 'mask',
        v: evenWords(op('f64x2.ne', lo, double(0)), op('f64x2.ne', hi, double(0)))
      }
  }
}

/** Four elements in another element type; the result is not kept. */
export const converted = (body: Body, strip: Strip, dtype: DType): Strip => {
  if (dtype === 'float64') return widened(body, strip)
  const type = narrowTypes[dtype]
  if (strip.type === type) return strip
  if (strip.type === 'f64') return narrowed(body, strip, dtype)
  const { v } = strip
  if (type === 'mask') {
    const zero = narrowConstant(strip.type, 0)
    return { type, v: strip.type === 'f32' ? op('f32x4.ne', v, zero) : op('i32x4.ne', v, zero) }
  }
  if (strip.type === 'mask') {
    const numbers = op('v128.and', v, ones)
    return { type, v: type === 'i32' ? numbers : op('f32x4.convert_i32x4_s', numbers) }
  }
  return type === 'f32' ? { type, v: op('f32x4.convert_i32x4_s', v) } : narrowed(body, widened(body, strip), 'int32')
}

/** Four elements that are kept in locals, if they are not yet. */
export const kept = (body: Body, strip: Strip): Strip => {
  const once = (v: Instruction): Instruction => (v._tag === 'Get' || v._tag === 'Vector' ? v : keep(body, 'v128', v))
  return strip.type === 'f64'
    ? { type: 'f64', lo: once(strip.lo), hi: once(strip.hi) }
    : { type: strip.type, v: once(strip.v) }
}

// -----------------------------------------------------------------------------
// memory
// -----------------------------------------------------------------------------

/** Bytes 0, 4, 8 and 12 in front, and the way back, with zeros between. */
const packBytes: Instruction = { _tag: 'Vector', type: 'i32x4', values: [0x0c080400, -1, -1, -1] }
const unpackBytes: Instruction = {
  _tag: 'Vector',
  type: 'i32x4',
  values: [0x80808000, 0x80808001, 0x80808002, 0x80808003].map((word) => word | 0)
}

const lane = (
  name: 'f32x4.replace_lane' | 'f64x2.replace_lane' | 'i32x4.replace_lane' | 'i32x4.extract_lane',
  at: number,
  ...operands: readonly Instruction[]
): Instruction => ({ _tag: 'Lane', op: name, lane: at, operands })

const singles = {
  float32: ['f32.load', 'f32x4.replace_lane', 'v128.load32_splat'],
  int32: ['i32.load', 'i32x4.replace_lane', 'v128.load32_splat'],
  float64: ['f64.load', 'f64x2.replace_lane', 'v128.load64_splat']
} as const

/** An access at a pointer and a distance from it in bytes; the operation itself takes none below 0. */
const near = (name: MemoryOp, pointer: Instruction, distance: number): Instruction =>
  distance >= 0
    ? access(name, distance, pointer)
    : access(name, 0, op('i32.add', pointer, { _tag: 'Const', type: 'i32', value: distance }))

/** The elements `numbers` of those that lie `stride` bytes apart, in the lanes of a vector. */
const gathered = (
  dtype: 'float32' | 'int32' | 'float64',
  pointer: Instruction,
  address: number,
  stride: number,
  numbers: readonly [number, ...(readonly number[])]
): Instruction => {
  const [single, replace, splat] = singles[dtype]
  const [first, ...others] = numbers
  return others.reduce(
    (v, number, i) => lane(replace, i + 1, v, near(single, pointer, address + number * stride)),
    near(splat, pointer, address + first * stride)
  )
}

const others = [1, 2, 3]

/** Loads four elements that lie `stride` bytes apart, side by side, all the same, or anyhow. */
export const load = (body: Body, dtype: DType, pointer: Instruction, address: number, stride: number): Strip => {
  const kept = (v: Instruction): Instruction => keep(body, 'v128', v)
  if (dtype === 'bool') {
    const bytes =
      stride === 1
        ? op('i8x16.swizzle', near('v128.load32_zero', pointer, address), unpackBytes)
        : stride === 0
          ? op('i32x4.splat', near('i32.load8_u', pointer, address))
          : others.reduce(
              (v, i) => lane('i32x4.replace_lane', i, v, near('i32.load8_u', pointer, address + i * stride)),
              op('i32x4.splat', near('i32.load8_u', pointer, address))
            )
    return { type: 'mask', v: kept(op('i32x4.ne', bytes, narrowConstant('i32', 0))) }
  }
  const [, , splat] = singles[dtype]
  if (dtype === 'float64') {
    if (stride === 0) {
      const v = kept(near(splat, pointer, address))
      return { type: 'f64', lo: v, hi: v }
    }
    const pair = (first: number): Instruction =>
      stride === 8
        ? near('v128.load', pointer, address + 8 * first)
        : gathered(dtype, pointer, address, stride, [first, first + 1])
    return { type: 'f64', lo: kept(pair(0)), hi: kept(pair(2)) }
  }
  const v =
    stride === 0
      ? near(splat, pointer, address)
      : stride === 4
        ? near('v128.load', pointer, address)
        : gathered(dtype, pointer, address, stride, [0, 1, 2, 3])
  return { type: narrowTypes[dtype], v: kept(v) }
}

/** Stores four elements side by side. */
export const store = (body: Body, pointer: Instruction, address: number, strip: Strip): void => {
  const { instructions } = body
  if (strip.type === 'f64') {
    instructions.push(access('v128.store', address, pointer, strip.lo))
    instructions.push(access('v128.store', address + 16, pointer, strip.hi))
  } else if (strip.type === 'mask') {
    const bytes = op('i8x16.swizzle', op('v128.and', strip.v, ones), packBytes)
    instructions.push(access('i32.store', address, pointer, lane('i32x4.extract_lane', 0, bytes)))
  } else {
    instructions.push(access('v128.store', address, pointer, strip.v))
  }
}
