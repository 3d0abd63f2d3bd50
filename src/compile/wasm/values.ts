/** Values of a WebAssembly function as a graph in which equal ones are one: what is used in several places is computed once, in a local. */
import { call, get, op, set, when } from '../../kernel/wasm/build.js'
import type { Instruction, LaneOp, Local, PlainOp, ValueType } from '../../kernel/wasm/model.js'

/** What is repeated where it is used: a constant or a parameter. */
interface Leaf {
  readonly _tag: 'Leaf'
  readonly instruction: Instruction
  readonly args: readonly Value[]
}

interface Plain {
  readonly _tag: 'Plain'
  readonly op: PlainOp
  readonly type: ValueType
  readonly args: readonly Value[]
}

/** A number where a condition holds; elsewhere what a function of the name `call` gives for an operand. */
interface Choice {
  readonly _tag: 'Choice'
  readonly call: string
  readonly type: ValueType
  readonly args: readonly [condition: Value, number: Value, operand: Value]
}

export type Value = Leaf | Plain | Choice

/** Makes values; of equal ones it gives the same. */
export interface Maker {
  /** Leaves of one key are equal. */
  readonly leaf: (key: string, instruction: Instruction) => Value
  readonly plain: (op: PlainOp, type: ValueType, ...args: Plain['args']) => Value
  readonly choice: (call: string, type: ValueType, ...args: Choice['args']) => Value
}

export const maker = (): Maker => {
  const numbers = new Map<Value, number>()
  const known = new Map<string, Value>()
  const one = (name: string, value: Value): Value => {
    const key = `${name}(${value.args.map((each) => numbers.get(each)).join()})`
    const found = known.get(key)
    if (found !== undefined) return found
    known.set(key, value)
    numbers.set(value, numbers.size)
    return value
  }
  return {
    leaf: (key, instruction) => one(key, { _tag: 'Leaf', instruction, args: [] }),
    plain: (name, type, ...args) => one(name, { _tag: 'Plain', op: name, type, args }),
    choice: (name, type, ...args) => one(name, { _tag: 'Choice', call: name, type, args })
  }
}

// -----------------------------------------------------------------------------
// instructions
// -----------------------------------------------------------------------------

const lane = (name: LaneOp, at: number, ...operands: readonly Instruction[]): Instruction => ({
  _tag: 'Lane',
  op: name,
  lane: at,
  operands
})

/** Where a condition does not hold, a local gets what a function gives: by one call for each lane that needs it. */
const replace = (local: string, { call: name, type }: Choice, holds: Instruction, of: Instruction): Instruction =>
  type === 'v128'
    ? when(
        op('v128.any_true', op('v128.not', holds)),
        [0, 1].map((at) => {
          const there = call(name, lane('f64x2.extract_lane', at, of))
          const more = set(local, lane('f64x2.replace_lane', at, get(local), there))
          return when(op('i64.eqz', lane('i64x2.extract_lane', at, holds)), [more])
        })
      )
    : when(op('i32.eqz', holds), [set(local, call(name, of))])

/** How often each value is read. */
const readings = (root: Value): ReadonlyMap<Value, number> => {
  const result = new Map<Value, number>()
  const read = (value: Value, times: number): void => {
    const before = result.get(value) ?? 0
    result.set(value, before + times)
    // A choice reads its condition and its operand for each lane.
    if (before === 0) for (const each of value.args) read(each, value._tag === 'Choice' ? 2 : 1)
  }
  read(root, 1)
  return result
}

/** Statements, the locals that they set, and a value, to be used once and behind them. */
export interface Steps {
  readonly locals: readonly Local[]
  readonly statements: readonly Instruction[]
  readonly value: Instruction
}

/** The steps to a value; their locals are named `prefix` and a number. */
export const stepsOf = (root: Value, prefix: string): Steps => {
  const times = readings(root)
  const places = new Map<Value, string>()
  const locals: Local[] = []
  const statements: Instruction[] = []

  const keep = (value: Plain | Choice, instruction: Instruction): string => {
    const name = `${prefix}${locals.length + 1}`
    places.set(value, name)
    locals.push({ name, type: value.type })
    statements.push(set(name, instruction))
    return name
  }

  const write = (value: Value): Instruction => {
    const place = places.get(value)
    if (place !== undefined) return get(place)
    switch (value._tag) {
      case 'Leaf':
        return value.instruction
      case 'Plain': {
        const instruction = op(value.op, ...value.args.map(write))
        return (times.get(value) ?? 0) > 1 ? get(keep(value, instruction)) : instruction
      }
      case 'Choice': {
        const [condition, number, operand] = value.args
        const holds = write(condition)
        const of = write(operand)
        const name = keep(value, write(number))
        statements.push(replace(name, value, holds, of))
        return get(name)
      }
    }
  }

  const value = write(root)
  return { locals, statements, value }
}
