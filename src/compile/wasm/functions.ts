/**
 * The functions of float32 as WebAssembly, printed from their definitions: of two float64 numbers at once, or of one, with the bits that
 * the TypeScript of kernel/functions gives. Both sides of a choice are computed, except for large angles.
 */
import { functions } from '../../kernel/functions/definitions.js'
import { type Node, ROUNDER } from '../../kernel/functions/model.js'
import { get, i32, locals } from '../../kernel/wasm/build.js'
import type { Func, Import, Instruction, PlainOp } from '../../kernel/wasm/model.js'
import { type Value, bodyOf, maker } from './values.js'

export type FunctionName = keyof typeof functions

// -----------------------------------------------------------------------------
// one number or two
// -----------------------------------------------------------------------------

type Width = 'f64' | 'f64x2'

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

const valueOf = (root: Node, width: Width): Value => {
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

  /** The bits of k + ROUNDER, of which the lower 51 are k: where k is (a + ROUNDER) - ROUNDER, those of the sum. */
  const wholeBits = (k: Value): Value => {
    const [sum] = k.args
    const isNearest = sum?.args[1] === rounder && k === number(`${width}.sub`, sum, rounder)
    return bitsOf(isNearest && sum === rounded(sum.args[0]!) ? sum : rounded(k))
  }

  /** The bits of a positive x / sqrt(1/2) 2^-e, as it were: its exponent is e, and its fraction is that of x less that of ROOT. */
  const centred = (a: Value): Value => onBits(`${form.i64}.add`, bitsOf(a), long(ONE - ROOT))

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
        return leaf(`operand ${value}`, get('xy'[value]!))
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

// -----------------------------------------------------------------------------
// functions
// -----------------------------------------------------------------------------

const below = (root: Node, within: Set<Node> = new Set()): ReadonlySet<Node> => {
  if (within.has(root)) return within
  within.add(root)
  for (const each of root.args) below(each, within)
  return within
}

const functionOf = (name: FunctionName, width: Width): Func => {
  const { node } = functions[name]
  const type = forms[width].number
  const isBinary = [...below(node)].some(({ op, value }) => op === 'operand' && value === 1)
  return {
    name: `${name}_${width}`,
    exported: false,
    params: locals(type, isBinary ? ['x', 'y'] : ['x']),
    results: [type],
    ...bodyOf(valueOf(node, width))
  }
}

/** `${name}_f64x2`: vectors of two numbers to a vector. */
export const vectorFunction = (name: FunctionName): Func => functionOf(name, 'f64x2')

/** `${name}_f64`: numbers to a number. */
export const scalarFunction = (name: FunctionName): Func => functionOf(name, 'f64')

/** What a module with these functions imports: functions of kernel/functions/reduction.ts, by their names there. */
export const importsOf = (names: readonly FunctionName[]): readonly Import[] => {
  const ops = new Set(names.flatMap((name) => [...below(functions[name].node)].map(({ op }) => op)))
  return (['quarter', 'rest'] as const)
    .filter((op) => ops.has(op))
    .map((name) => ({ name, params: ['f64'], results: ['f64'] }))
}
