/** Reductions by one operation on vectors, in any order: extrema, quantifiers, and sums and products of integers. */
import type { DType } from '../../DType.js'
import { access, get, i32, op, set } from '../../kernel/wasm/build.js'
import type { Instruction, PlainOp } from '../../kernel/wasm/model.js'
import { bytesOf, strip } from '../elements.js'
import type { Whole } from '../graph.js'
import type { Emitter } from '../lowering.js'
import { type Arranged, type Axis, arranged } from './arrange.js'
import { type Body, keep, newLocal } from './body.js'
import { level, move, pointerAt, pointerFrom, repeat, walk } from './nest.js'
import { elementsOf } from './inlined.js'
import { type Strip, constantStrip, converted, kept as keptIn, load, store } from './strip.js'
import { chunk, inChunks, isLarge, line, longest, touch } from './tall.js'

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
const byBits = (result: (signed: Instruction, most: Instruction, fewest: Instruction) => Instruction): Parts => ({
  ops: ['i32x4.max_s', 'i32x4.max_u', 'i32x4.min_u'],
  result: (signed, most, fewest) => result(signed!, most!, fewest!)
})

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

/** What has been found in a lane, by each operation of a fold. */
interface Total {
  readonly add: (body: Body, value: Strip) => void
  readonly addTotal: (body: Body, other: Total) => void
  readonly values: readonly Strip[]
}

const totalOf = (body: Body, ops: readonly PlainOp[], first: Strip): Total => {
  const variables = ops.map(() => variable(body, first))
  const addAll = (inside: Body, others: readonly Strip[]): void =>
    variables.forEach(({ value, assign }, i) => assign(inside, combined(ops[i]!, value, others[i]!)))
  return {
    add: (inside, value) =>
      addAll(
        inside,
        ops.map(() => value)
      ),
    addTotal: (inside, { values }) => addAll(inside, values),
    values: variables.map(({ value }) => value)
  }
}

/** Goes through a lane, whose pointers are moved: rows by strips, columns by rows. */
const folded = (
  body: Body,
  { mode, run }: Pick<Arranged, 'mode' | 'run'>,
  pointers: readonly string[],
  { op: fold, identity, dtype, parts }: Fold,
  read: Read
): Strip => {
  const first = constantStrip(dtype, identity)
  const ops = parts?.ops ?? [fold]
  const { size, steps } = run.at(-1)!
  const by = mode === 'rows' ? strip : 1
  const whole = Math.floor(size / by)
  const times = whole < 2 * together ? 1 : together
  // several operations of one instruction each do not wait for each other
  const totals = Array.from({ length: parts === undefined ? times : 1 }, () => totalOf(body, ops, first))
  const [total, ...others] = totals
  const outer = run.slice(0, -1).map((axis) => level(axis.size, axis.steps))
  const moveAll = (inside: Body, count: number): void =>
    pointers.forEach((pointer, i) => move(inside, pointer, count * by * steps[i]!))
  walk(body, outer, pointers, (inside) => {
    const groups = Math.floor(whole / times)
    repeat(inside, groups, (each) => {
      for (let i = 0; i < times; i++) totals[i % totals.length]!.add(each, read(each, i * by))
      moveAll(each, times)
    })
    const rest = whole - groups * times
    for (let i = 0; i < rest; i++) total!.add(inside, read(inside, i * by))
    if (size % by > 0) total!.add(inside, onlyFirst(inside, read(inside, rest * by), first, size % by))
    moveAll(inside, -groups * times)
  })
  for (const other of others) total!.addTotal(body, other)
  const found = total!.values.map((value, i) => (mode === 'rows' ? across(body, ops[i]!, value) : value))
  return resultOf(body, parts, found)
}

/** What a fold gives, from what its operations have found. */
const resultOf = (body: Body, parts: Parts | undefined, found: readonly Strip[]): Strip =>
  parts === undefined ? found[0]! : { type: 'f32', v: keep(body, 'v128', parts.result(...found.flatMap(vectorsOf))) }

// -----------------------------------------------------------------------------
// tall columns
// -----------------------------------------------------------------------------

/** Rows that go at a time through a strip of tall columns. */
const rowsAtOnce = 16

/** Lines of the bytes that a strip of some rows takes. */
const aheadOf = (rows: number): readonly number[] => Array.from({ length: (16 * rows) / line }, (_, i) => i * line)

/** The bytes of what has been found in a strip of columns. */
const foundBytes = ({ op: fold, identity, dtype, parts }: Fold): number =>
  16 * (parts?.ops ?? [fold]).length * vectorsOf(constantStrip(dtype, identity)).length

/** Columns from where pointers are, the last one into the result; they are moved behind the last column. */
const tall = (
  body: Body,
  operation: Whole,
  plan: Arranged,
  fold: Fold,
  pointers: readonly string[],
  columns: number,
  scratch: number
): void => {
  const { dtype, identity, parts } = fold
  const first = constantStrip(dtype, identity)
  const ops = parts?.ops ?? [fold.op]
  const strips = Math.ceil(columns / strip)
  const [{ size, steps }] = plan.run as readonly [Axis]
  const apart = plan.kept.at(-1)!.steps.map((step) => step / strip)
  const to = pointers.at(-1)!
  const width = vectorsOf(first).length
  const places = ops.map((_, i) => 16 * i * width)
  const vectorsAt = (from: string, at: number): Strip =>
    ofVectors(
      first.type,
      vectorsOf(first).map((_, i) => access('v128.load', at + 16 * i, get(from)))
    )
  const storeAt = (inside: Body, at: string, values: readonly Strip[]): void =>
    values.forEach((value, i) =>
      vectorsOf(value).forEach((v, half) =>
        inside.instructions.push(access('v128.store', places[i]! + 16 * half, get(at), v))
      )
    )
  const addRows = (inside: Body, rows: number, ahead: boolean): void => {
    const own = operation.operands.map((_, i) => pointerFrom(inside, pointers[i]!))
    const next = ahead ? own.map((pointer, i) => pointerFrom(inside, pointer, rows * steps[i]!)) : []
    const found = pointerAt(inside, i32(scratch))
    repeat(inside, strips, (each) => {
      let values = places.map((at) => vectorsAt(found, at))
      for (let row = 0; row < rows; row++) {
        const read = elementsOf(
          each,
          operation,
          operation.operands.map((view, i) => load(each, view.dtype, get(own[i]!), row * steps[i]!, apart[i]!))
        )
        const given = converted(each, read, dtype)
        values = values.map((value, i) => keptIn(each, combined(ops[i]!, value, given)))
      }
      storeAt(each, found, values)
      for (const pointer of next) {
        touch(each, pointer, aheadOf(rows))
        move(each, pointer, 16 * rows)
      }
      own.forEach((pointer, i) => move(each, pointer, strip * apart[i]!))
      move(each, found, foundBytes(fold))
    })
    operation.operands.forEach((_, i) => move(inside, pointers[i]!, rows * steps[i]!))
  }
  const start = pointerAt(body, i32(scratch))
  repeat(body, strips, (inside) => {
    storeAt(
      inside,
      start,
      ops.map(() => first)
    )
    move(inside, start, foundBytes(fold))
  })
  // a strip of some rows takes so many lines, if rows of four bytes an element lie one behind the other
  const isDense = operation.operands.every(
    (view, i) => bytesOf[view.dtype] === 4 && apart[i] === 4 && steps[i] === 4 * columns
  )
  const isAhead = isDense && columns >= 4 * strip && isLarge(size * columns, 4)
  const blocks = Math.floor(size / rowsAtOnce)
  repeat(body, blocks - 1, (inside) => addRows(inside, rowsAtOnce, isAhead))
  addRows(body, rowsAtOnce, false)
  const rest = size % rowsAtOnce
  if (rest > 0) addRows(body, rest, false)
  const end = pointerAt(body, i32(scratch))
  repeat(body, strips, (inside) => {
    const values = places.map((at) => vectorsAt(end, at))
    store(
      inside,
      get(to),
      0,
      resultOf(
        inside,
        parts,
        values.map((value) => keptIn(inside, value))
      )
    )
    move(inside, end, foundBytes(fold))
    move(inside, to, strip * bytesOf[dtype])
  })
  move(body, to, (columns - strip * strips) * bytesOf[dtype])
  operation.operands.forEach((_, i) => move(body, pointers[i]!, columns * apart[i]! - size * steps[i]!))
}

// -----------------------------------------------------------------------------
// the operations
// -----------------------------------------------------------------------------

/** A reduction over axes by one operation. */
export const foldOver = (operation: Whole, axes: readonly number[], fold: Fold): Emitter | undefined => {
  const plan = arranged(operation, axes, false, 'any')
  if (plan === undefined) return undefined
  const { mode, kept, run, columns, copied, begin } = plan
  const { steps } = run.at(-1)!
  const apart = mode === 'rows' ? steps : kept.at(-1)!.steps.map((step) => step / strip)
  const { size } = run.at(-1)!
  const isTall = mode === 'columns' && run.length === 1 && size > longest && columns > strip
  return {
    scratch: copied + (isTall ? foundBytes(fold) * Math.ceil(Math.min(chunk, columns) / strip) : 0),
    emit: (body, places) => {
      const pointers = [...begin(body, places), places.result(0)].map((address) => pointerAt(body, i32(address)))
      const to = pointers.at(-1)!
      if (isTall) {
        return inChunks(body, plan, pointers, (inside, some) =>
          tall(inside, operation, plan, fold, pointers, some, places.scratch + copied)
        )
      }
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
