/** Reductions by one operation on vectors, in any order: extrema, quantifiers, and sums and products of integers. */
import type { DType } from '../../DType.js'
import { access, get, i32, op, set } from '../../kernel/wasm/build.js'
import type { Instruction, PlainOp } from '../../kernel/wasm/model.js'
import { strip } from '../elements.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { type Arranged, arranged } from './arrange.js'
import { type Body, keep, newLocal } from './body.js'
import { level, move, pointerAt, pointerFrom, repeat, walk } from './nest.js'
import { elementsOf } from './inlined.js'
import { type Strip, constantStrip, converted, load, store } from './strip.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

export interface Fold {
  readonly op: PlainOp
  /** What changes nothing, as a number of the type. */
  readonly identity: number
  /** The type of the elements when they meet, and of the result. */
  readonly dtype: DType
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

/** The largest or smallest element. */
export const extremum = (name: 'max' | 'min', dtype: DType): Fold => {
  const [operation, identity] = folds[name][dtype]
  return { op: operation, identity, dtype }
}

/** Whether any element, or whether all elements are true. */
export const quantifier = (name: 'any' | 'all'): Fold => extremum(name === 'any' ? 'max' : 'min', 'bool')

/** Modulo 2^32. */
export const sumOfIntegers: Fold = { op: 'i32x4.add', identity: 0, dtype: 'int32' }
export const productOfIntegers: Fold = { op: 'i32x4.mul', identity: 1, dtype: 'int32' }

// -----------------------------------------------------------------------------
// strips
// -----------------------------------------------------------------------------

const vectorsOf = (value: Strip): readonly Instruction[] => (value.type === 'f64' ? [value.lo, value.hi] : [value.v])

const ofVectors = (type: Strip['type'], vectors: readonly Instruction[]): Strip =>
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

const lane = (name: 'f32x4' | 'f64x2' | 'i32x4', v: Instruction): Instruction => ({
  _tag: 'Lane',
  op: `${name}.extract_lane`,
  lane: 0,
  operands: [v]
})

/** Stores the first element of a strip. */
export const storeFirst = (body: Body, to: Instruction, value: Strip): void => {
  const { instructions } = body
  if (value.type === 'f64') instructions.push(access('f64.store', 0, to, lane('f64x2', value.lo)))
  else if (value.type === 'f32') instructions.push(access('f32.store', 0, to, lane('f32x4', value.v)))
  else if (value.type === 'i32') instructions.push(access('i32.store', 0, to, lane('i32x4', value.v)))
  else instructions.push(access('i32.store8', 0, to, op('i32.and', lane('i32x4', value.v), i32(1))))
}

// -----------------------------------------------------------------------------
// lanes
// -----------------------------------------------------------------------------

/** Four elements, at so many elements from the pointers. */
type Read = (inside: Body, elements: number) => Strip

/** How many strips of a row, or rows of a strip, go at a time: operations on several wait less for each other. */
const together = 4

/** Goes through a lane, whose pointers are moved: rows by strips, columns by rows. */
const folded = (
  body: Body,
  { mode, run }: Pick<Arranged, 'mode' | 'run'>,
  pointers: readonly string[],
  { op: fold, identity, dtype }: Fold,
  read: Read
): Strip => {
  const first = constantStrip(dtype, identity)
  const { size, steps } = run.at(-1)!
  const by = mode === 'rows' ? strip : 1
  const whole = Math.floor(size / by)
  const sums = Array.from({ length: whole < 2 * together ? 1 : together }, () => variable(body, first))
  const outer = run.slice(0, -1).map((axis) => level(axis.size, axis.steps))
  const moveAll = (inside: Body, times: number): void =>
    pointers.forEach((pointer, i) => move(inside, pointer, times * by * steps[i]!))
  walk(body, outer, pointers, (inside) => {
    const groups = Math.floor(whole / sums.length)
    repeat(inside, groups, (each) => {
      sums.forEach(({ value, assign }, i) => assign(each, combined(fold, value, read(each, i * by))))
      moveAll(each, sums.length)
    })
    const [sum] = sums
    const rest = whole - groups * sums.length
    for (let i = 0; i < rest; i++) sum!.assign(inside, combined(fold, sum!.value, read(inside, i * by)))
    if (size % by > 0) {
      const last = onlyFirst(inside, read(inside, rest * by), first, size % by)
      sum!.assign(inside, combined(fold, sum!.value, last))
    }
    moveAll(inside, -groups * sums.length)
  })
  const [sum, ...others] = sums
  for (const { value } of others) sum!.assign(body, combined(fold, sum!.value, value))
  return mode === 'rows' ? across(body, fold, sum!.value) : sum!.value
}

// -----------------------------------------------------------------------------
// the operations
// -----------------------------------------------------------------------------

/** A reduction over axes by one operation. */
export const foldOver = (operation: Whole, axes: readonly number[], fold: Fold): Emitter | undefined => {
  const plan = arranged(operation, axes, false, 'any')
  if (plan === undefined) return undefined
  const { mode, kept, run, copied, begin } = plan
  const { steps } = run.at(-1)!
  const apart = mode === 'rows' ? steps : kept.at(-1)!.steps.map((step) => step / strip)
  return {
    scratch: copied,
    emit: (body, places) => {
      const pointers = [...begin(body, places), places.result(0)].map((address) => pointerAt(body, i32(address)))
      const to = pointers.at(-1)!
      walk(body, kept, pointers, (inside) => {
        const own = operation.operands.map((_, i) => pointerFrom(inside, pointers[i]!))
        const value = folded(inside, plan, own, fold, (each, elements) => {
          const strips = operation.operands.map(({ dtype }, i) =>
            load(each, dtype, get(own[i]!), elements * steps[i]!, apart[i]!)
          )
          return converted(each, elementsOf(each, operation, strips), fold.dtype)
        })
        if (mode === 'rows') storeFirst(inside, get(to), value)
        else store(inside, get(to), 0, value)
      })
    }
  }
}
