/**
 * Graphs of functions as WebAssembly: of two float64 numbers at once, or of one, with the bits that the TypeScript of kernel/functions
 * gives. Both sides of a choice are computed, except for large angles.
 */
import { type Node, ROUNDER } from '../../kernel/functions/model.js'
import { get, i32 } from '../../kernel/wasm/build.js'
import type { Instruction, PlainOp, ValueType } from '../../kernel/wasm/model.js'
import { type Steps, type Value, maker, stepsOf } from './values.js'

// -----------------------------------------------------------------------------
// one number or two
// -----------------------------------------------------------------------------

export type Width = 'f64' | 'f64x2'

/** The types of numbers, of their bits and of conditions, which on vectors are lanes of ones or zeros; and names of operations. */
const forms = {
  f64: { number: 'f64', bits: 'i64', condition: 'i32', i64: 'i64', logic: 'i32', not: 'i32.eqz', select: 'select' },
  f64x2: {
    number: 'v128',
    bits: 'v128',
    condition: 'v128',
    i64: 'i64x2',
    logic: 'v128',
    not: 'v128.not',
    select: 'v128.bitselect'
  }
} as const

const float = (width: Width, value: number): Instruction =>
  width === 'f64' ? { _tag: 'Const', type: 'f64', value } : { _tag: 'Vector', type: 'f64x2', values: [value, value] }

const integer = (width: Width, value: bigint): Instruction => {
  if (width === 'f64') return { _tag: 'Const64', value }
  const halves = [value, value >> 32n].map((half) => Number(BigInt.asIntN(32, half)))
  return { _tag: 'Vector', type: 'i32x4', values: [...halves, ...halves] }
}

// -----------------------------------------------------------------------------
// from a definition to instructions
// -----------------------------------------------------------------------------

/** The bits of 1, of 2^52, of sqrt(1/2) but for the lower half, and of the fraction of a number; the exponent begins at bit 52. */
const ONE = 0x3ff0000000000000n
const LARGE = 0x4330000000000000n
const ROOT = 0x3fe6a09e00000000n
const FRACTION = 0x000fffffffffffffn
const SIGN = 0x8000000000000000n
const BIAS = 1023n

const valueOf = (root: Node, width: Width, operands: readonly string[]): Value => {
  const form = forms[width]
  const { leaf, plain, choice } = maker()

  const number = (name: PlainOp, ...args: readonly Value[]): Value => plain(name, form.number, ...args)
  const condition = (name: PlainOp, ...args: readonly Value[]): Value => plain(name, form.condition, ...args)
  const onBits = (name: PlainOp, ...args: readonly Value[]): Value => plain(name, form.bits, ...args)

  const constant = (value: number): Value => leaf(Object.is(value, -0) ? '-0' : `${value}`, float(width, value))
  const long = (value: bigint): Value => leaf(`${value}n`, integer(width, value))
  const distance = (value: number): Value => (width === 'f64' ? long(BigInt(value)) : leaf(`i32 ${value}`, i32(value)))

  const bitsOf = (a: Value): Value => (width === 'f64' ? onBits('i64.reinterpret_f64', a) : a)
  const ofBits = (a: Value): Value => (width === 'f64' ? number('f64.reinterpret_i64', a) : a)
  const and = (a: Value, b: Value): Value => onBits(width === 'f64' ? 'i64.and' : 'v128.and', a, b)

  const rounder = constant(ROUNDER)
  const rounded = (a: Value): Value => number(`${width}.add`, a, rounder)

  /** The bits of k + ROUNDER, of which the lower 51 are k; the nearest whole number to a is a + ROUNDER - ROUNDER. */
  const wholeBits = (k: Value): Value => {
    const a = k.args[0]?.args[0]
    const isNearest = a !== undefined && k === number(`${width}.sub`, rounded(a), rounder)
    return bitsOf(rounded(isNearest ? a : k))
  }

  /** For a positive a = 2^e m with m from sqrt(1/2) to sqrt(2), bits with the exponent e and the fraction of m less that of ROOT. */
  const centred = (a: Value): Value => onBits(`${form.i64}.add`, bitsOf(a), long(ONE - ROOT))

  /** A choice. On vectors the smaller and the larger of two numbers, and a change of sign, take fewer instructions than a choice. */
  const chosen = (test: Value, onTrue: Value, onFalse: Value): Value => {
    if (width === 'f64x2') {
      if (test === condition('f64x2.lt', onTrue, onFalse)) return number('f64x2.pmin', onFalse, onTrue)
      if (test === condition('f64x2.lt', onFalse, onTrue)) return number('f64x2.pmax', onFalse, onTrue)
      if (onTrue === number('f64x2.neg', onFalse)) {
        return number('v128.xor', onFalse, number('v128.and', test, long(SIGN)))
      }
    }
    return number(form.select, onTrue, onFalse, test)
  }

  const known = new Map<Node, Value>()
  const lower = (node: Node): Value => {
    const value = known.get(node) ?? lowered(node)
    known.set(node, value)
    return value
  }

  const lowered = ({ op, args, value }: Node): Value => {
    const [first, second, third] = args
    if (op === 'select' && (third?.op === 'quarter' || third?.op === 'rest')) {
      return choice(third.op, form.number, lower(first!), lower(second!), lower(third.args[0]!))
    }
    const lows = args.map(lower)
    const [a, b, c] = lows
    switch (op) {
      case 'operand':
        return leaf(`operand ${value}`, get(operands[value]!))
      case 'constant':
        return constant(value)
      case 'add':
      case 'sub':
      case 'mul':
      case 'div':
      case 'neg':
      case 'abs':
      case 'floor':
        return number(`${width}.${op}`, ...lows)
      case 'less':
        return condition(`${width}.lt`, ...lows)
      case 'equal':
        return condition(`${width}.eq`, ...lows)
      case 'negative':
        return condition(`${form.i64}.lt_s`, bitsOf(a!), long(0n))
      case 'and':
      case 'or':
        return condition(`${form.logic}.${op}`, ...lows)
      case 'not':
        return condition(form.not, ...lows)
      case 'select':
        return chosen(a!, b!, c!)
      case 'scale':
        return ofBits(onBits(`${form.i64}.shl`, onBits(`${form.i64}.add`, wholeBits(a!), long(BIAS)), distance(52)))
      case 'bit': {
        const place = long(1n << BigInt(value))
        return condition(`${form.i64}.eq`, and(wholeBits(a!), place), place)
      }
      case 'exponent': {
        const biased = onBits(`${form.i64}.shr_u`, centred(a!), distance(52))
        return number(`${width}.sub`, ofBits(onBits(`${form.i64}.add`, biased, long(LARGE))), constant(2 ** 52 + 1023))
      }
      case 'mantissa':
        return ofBits(onBits(`${form.i64}.add`, and(centred(a!), long(FRACTION)), long(ROOT)))
      case 'twoOverPi':
      case 'quarter':
      case 'rest':
        throw new Error(`wasm: ${op} has no instructions`)
    }
  }

  return lower(root)
}

/** The type of a number, or of a vector of two. */
export const typeOf = (width: Width): ValueType => forms[width].number

/** The steps of a function whose operands are in locals; its own locals are named `prefix` and a number. */
export const nodeSteps = (node: Node, width: Width, operands: readonly string[], prefix: string): Steps =>
  stepsOf(valueOf(node, width, operands), prefix)
