/** Reductions by one operation on vectors, in any order: extrema, quantifiers, and sums and products of integers. */
import type { DType } from '../../DType.js'
import { access, get, i32, op, set } from '../../kernel/wasm/build.js'
import type { Instruction, PlainOp } from '../../kernel/wasm/model.js'
import { strip } from '../elements.js'
import { type Body, keep, newLocal } from './body.js'
import { type Strip, store } from './strip.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

export interface Fold {
  readonly op: PlainOp
  /** What changes nothing, as a number of the type. */
  readonly identity: number
  /** The type of the elements when they meet, and of the result. */
  readonly dtype: DType
  /** The same of vectors by several operations of one instruction each, if `op` is many. */
  readonly parts?: Parts
}

interface Parts {
  readonly ops: readonly PlainOp[]
  readonly result: (...totals: readonly Instruction[]) => Instruction
}

const folds = {
  max: {
    float32: ['f32x4.max', -Infinity],
    float64: ['f64x2.max', -Infinity],
    int32: ['i32x4.max_s', -(2 ** 31)],
    bool: ['v128.or', 0]
  },
  min: {
    float32: ['f32x4.min', Infinity],
    float64: ['f64x2.min', Infinity],
    int32: ['i32x4.min_s', 2 ** 31 - 1],
    bool: ['v128.and', 1]
  }
} as const

const words = (value: number): Instruction => ({ _tag: 'Vector', type: 'i32x4', values: [value, value, value, value] })

/** The bits of the infinities of float32: those of NaN are larger, as signed or as unsigned integers. */
const [infinity, minusInfinity] = [words(0x7f800000), words(0xff800000 | 0)]

/**
 * Extrema of float32 by their bits. As signed integers, numbers with sign 0 are in order, and larger than others; as unsigned integers,
 * numbers with sign 1 are in the opposite order, and larger than others.
 */
const byBits = (result: Parts['result']): Parts => ({ ops: ['i32x4.max_s', 'i32x4.max_u', 'i32x4.min_u'], result })

const chosen = (test: Instruction, onTrue: Instruction, onFalse: Instruction): Instruction =>
  op('v128.bitselect', onTrue, onFalse, test)

const parts: { readonly [name in 'max' | 'min']: Parts } = {
  max: byBits((signed, most, fewest) =>
    chosen(op('i32x4.gt_u', most, minusInfinity), most, chosen(op('i32x4.lt_s', signed, words(0)), fewest, signed))
  ),
  min: byBits((signed, most, fewest) =>
    chosen(op('i32x4.gt_s', signed, infinity), signed, chosen(op('i32x4.lt_s', most, words(0)), most, fewest))
  )
}

/** The largest or smallest element. */
export const extremum = (name: 'max' | 'min', dtype: DType): Fold => {
  const [operation, identity] = folds[name][dtype]
  return { op: operation, identity, dtype, ...(dtype === 'float32' ? { parts: parts[name] } : {}) }
}

/** Whether any element, or whether all elements are true. */
export const quantifier = (name: 'any' | 'all'): Fold => extremum(name === 'any' ? 'max' : 'min', 'bool')

/** Modulo 2^32. */
export const sumOfIntegers: Fold = { op: 'i32x4.add', identity: 0, dtype: 'int32' }
export const productOfIntegers: Fold = { op: 'i32x4.mul', identity: 1, dtype: 'int32' }

// -----------------------------------------------------------------------------
// strips
// -----------------------------------------------------------------------------

export const vectorsOf = (value: Strip): readonly Instruction[] =>
  value.type === 'f64' ? [value.lo, value.hi] : [value.v]

export const ofVectors = (type: Strip['type'], vectors: readonly Instruction[]): Strip =>
  type === 'f64' ? { type, lo: vectors[0]!, hi: vectors[1]! } : { type, v: vectors[0]! }

/** An operation on two strips. */
export const combined = (fold: PlainOp, a: Strip, b: Strip): Strip => {
  const others = vectorsOf(b)
  return ofVectors(
    a.type,
    vectorsOf(a).map((v, i) => op(fold, v, others[i]!))
  )
}

/** A strip in locals that are set again and again. */
export interface Variable {
  readonly value: Strip
  readonly assign: (body: Body, value: Strip) => void
}

/** A variable that begins with a value. */
export const variable = (body: Body, first: Strip): Variable => {
  const names = vectorsOf(first).map(() => newLocal(body, 'v128'))
  const assign = (inside: Body, value: Strip): void =>
    vectorsOf(value).forEach((v, i) => inside.instructions.push(set(names[i]!, v)))
  assign(body, first)
  return { value: ofVectors(first.type, names.map(get)), assign }
}

/** A strip whose elements from `count` on are others: those of `other`. */
export const onlyFirst = (body: Body, value: Strip, other: Strip, count: number): Strip => {
  if (count >= strip) return value
  const mask = (from: number, width: 1 | 2): Instruction => ({
    _tag: 'Vector',
    type: 'i32x4',
    values: [0, 1, 2, 3].map((i) => (from + Math.floor(i / width) < count ? -1 : 0))
  })
  const replaced = vectorsOf(other)
  return ofVectors(
    value.type,
    vectorsOf(value).map((v, i) =>
      keep(body, 'v128', op('v128.bitselect', v, replaced[i]!, value.type === 'f64' ? mask(2 * i, 2) : mask(0, 1)))
    )
  )
}

const turned = (v: Instruction, ...words: readonly number[]): Instruction => ({
  _tag: 'Shuffle',
  bytes: words.flatMap((word) => [4 * word, 4 * word + 1, 4 * word + 2, 4 * word + 3]),
  operands: [v, v]
})

/** All elements of a strip, in each place of it. */
export const across = (body: Body, fold: PlainOp, value: Strip): Strip => {
  const kept = (v: Instruction): Instruction => keep(body, 'v128', v)
  const halves = (v: Instruction): Instruction => kept(op(fold, v, turned(v, 2, 3, 0, 1)))
  if (value.type === 'f64') {
    const v = halves(kept(op(fold, value.lo, value.hi)))
    return { type: 'f64', lo: v, hi: v }
  }
  const two = halves(value.v)
  return { type: value.type, v: kept(op(fold, two, turned(two, 1, 0, 3, 2))) }
}

const lane = (name: 'f32x4' | 'f64x2' | 'i32x4', v: Instruction, number = 0): Instruction => ({
  _tag: 'Lane',
  op: `${name}.extract_lane`,
  lane: number,
  operands: [v]
})

/** Stores the first elements of a strip, and nothing behind them. */
export const storeSome = (body: Body, to: Instruction, value: Strip, count: number): void => {
  if (count >= strip) return store(body, to, 0, value)
  const { instructions } = body
  for (let i = 0; i < count; i++) {
    if (value.type === 'f64') {
      instructions.push(access('f64.store', 8 * i, to, lane('f64x2', i < 2 ? value.lo : value.hi, i % 2)))
    } else if (value.type === 'f32') instructions.push(access('f32.store', 4 * i, to, lane('f32x4', value.v, i)))
    else if (value.type === 'i32') instructions.push(access('i32.store', 4 * i, to, lane('i32x4', value.v, i)))
    else instructions.push(access('i32.store8', i, to, op('i32.and', lane('i32x4', value.v, i), i32(1))))
  }
}

/** Stores the first element of a strip. */
export const storeFirst = (body: Body, to: Instruction, value: Strip): void => storeSome(body, to, value, 1)

// -----------------------------------------------------------------------------
// in parts
// -----------------------------------------------------------------------------

/** The operations of a fold on vectors. */
export const opsOf = ({ op: fold, parts }: Fold): readonly PlainOp[] => parts?.ops ?? [fold]

/** What a fold gives, from what its operations have found. */
export const resultOf = (body: Body, { parts }: Fold, found: readonly Strip[]): Strip =>
  parts === undefined ? found[0]! : { type: 'f32', v: keep(body, 'v128', parts.result(...found.flatMap(vectorsOf))) }
