/** Functions of numbers on single elements: straight code on float64 numbers, as JavaScript runs it. */
import type { DType } from '../../DType.js'
import { access, get, i32, op, set, when } from '../../kernel/wasm/build.js'
import type { Instruction, PlainOp } from '../../kernel/wasm/model.js'
import type { Expression } from '../../primitive/expression.js'
import { partsOf } from '../apart.js'
import type { Mapped, Operand, Value } from '../graph.js'
import { bytesOf } from '../elements.js'
import { type Body, newLocal } from './body.js'
import { callOfOne } from './intrinsics.js'
import { parameterOf } from './maps.js'

// -----------------------------------------------------------------------------
// element types
// -----------------------------------------------------------------------------

export const f64 = (value: number): Instruction => ({ _tag: 'Const', type: 'f64', value })

/** An element at an address as a float64. */
const loaded = (dtype: DType, address: number): Instruction => {
  switch (dtype) {
    case 'float32':
      return op('f64.promote_f32', access('f32.load', address, i32(0)))
    case 'float64':
      return access('f64.load', address, i32(0))
    case 'int32':
      return op('f64.convert_i32_s', access('i32.load', address, i32(0)))
    case 'bool':
      return op('f64.convert_i32_u', access('i32.load8_u', address, i32(0)))
  }
}

/** Stores a float64 that has been rounded to its type. */
const stored = (dtype: DType, address: number, value: Instruction): Instruction => {
  switch (dtype) {
    case 'float32':
      return access('f32.store', address, i32(0), op('f32.demote_f64', value))
    case 'float64':
      return access('f64.store', address, i32(0), value)
    case 'int32':
      return access('i32.store', address, i32(0), op('i32.trunc_sat_f64_s', value))
    case 'bool':
      return access('i32.store8', address, i32(0), op('i32.trunc_sat_f64_s', value))
  }
}

const asNumber = (condition: Instruction): Instruction => op('f64.convert_i32_u', condition)

/** A float64 rounded to a type; `again` is a local to compute with. */
const rounded = (dtype: DType, value: Instruction, again: () => string): Instruction => {
  switch (dtype) {
    case 'float32':
      return op('f64.promote_f32', op('f32.demote_f64', value))
    case 'float64':
      return value
    case 'int32': {
      const whole = again()
      const turns = op('f64.mul', op('f64.floor', op('f64.mul', get(whole), f64(2 ** -32))), f64(2 ** 32))
      const modulo = op(
        'i32.trunc_sat_f64_u',
        op('f64.sub', { _tag: 'Set', op: 'local.tee', name: whole, value: op('f64.trunc', value) }, turns)
      )
      return op('f64.convert_i32_s', modulo)
    }
    case 'bool':
      return asNumber(op('f64.ne', value, f64(0)))
  }
}

// -----------------------------------------------------------------------------
// expressions
// -----------------------------------------------------------------------------

const operations: { readonly [name: string]: PlainOp } = {
  add: 'f64.add',
  sub: 'f64.sub',
  mul: 'f64.mul',
  div: 'f64.div',
  neg: 'f64.neg',
  abs: 'f64.abs',
  sqrt: 'f64.sqrt',
  floor: 'f64.floor',
  ceil: 'f64.ceil',
  round: 'f64.nearest',
  min: 'f64.min',
  max: 'f64.max'
}

const comparisons: { readonly [name: string]: PlainOp } = {
  equal: 'f64.eq',
  notEqual: 'f64.ne',
  less: 'f64.lt',
  lessEqual: 'f64.le',
  greater: 'f64.gt',
  greaterEqual: 'f64.ge'
}

const known = /* @__PURE__ */ new WeakMap<Expression, ReadonlySet<Expression>>()

/** The nodes that stand in several places, found once for an expression: programs have thousands of equations and few primitives. */
const shared = (root: Expression): ReadonlySet<Expression> => {
  const before = known.get(root)
  if (before !== undefined) return before
  const seen = new Set<Expression>()
  const twice = new Set<Expression>()
  const look = (node: Expression): void => {
    if (seen.has(node)) {
      twice.add(node)
      return
    }
    seen.add(node)
    for (const part of partsOf(node)) look(part)
  }
  look(root)
  known.set(root, twice)
  return twice
}

type Select = Extract<Expression, { readonly op: 'select' }>

/** Whether a choice is a number unless that is NaN, as in products of which zeros are strong. */
const isMending = ({ condition, onTrue }: Select): boolean =>
  condition.op === 'equal' && condition.left === onTrue && condition.right === onTrue

/** Locals that are used again when their values have been read for the last time: the first run costs by their number. */
interface Pool {
  readonly take: () => string
  readonly free: (name: string) => void
}

const poolOf = (body: Body): Pool => {
  const free: string[] = []
  return { take: () => free.pop() ?? newLocal(body, 'f64'), free: (name) => void free.push(name) }
}

const evaluated = (
  body: Body,
  pool: Pool,
  map: Mapped,
  dtype: DType,
  operands: readonly Instruction[]
): Instruction => {
  const several = shared(map.expression)
  let written = body.instructions
  const known = new Map<Expression, string>()
  const number = (node: Expression): Instruction => {
    const before = known.get(node)
    if (before !== undefined) return get(before)
    const value = made(node)
    if (!several.has(node) || partsOf(node).length === 0) return value
    const name = pool.take()
    known.set(node, name)
    written.push(set(name, value))
    return get(name)
  }
  /** What stands for a NaN is computed behind a branch, which is hardly ever taken: nothing else waits for it. */
  const mended = (node: Select): Instruction => {
    const name = pool.take()
    written.push(set(name, number(node.onTrue)))
    const before = new Set(known.keys())
    const outer = written
    written = []
    const other = number(node.onFalse)
    outer.push(when(op('f64.ne', get(name), get(name)), [...written, set(name, other)]))
    written = outer
    for (const [each, local] of known) {
      if (before.has(each)) continue
      known.delete(each)
      pool.free(local)
    }
    known.set(node, name)
    return get(name)
  }
  const made = (node: Expression): Instruction => {
    if ('left' in node) {
      const operation = operations[node.op]
      if (operation === undefined) return asNumber(condition(node))
      return op(operation, number(node.left), number(node.right))
    }
    switch (node.op) {
      case 'operand':
        return operands[node.index]!
      case 'constant':
        return f64(node.value)
      case 'parameter':
        return f64(parameterOf({ params: map.params, dtype }, node.name))
      case 'intrinsic': {
        const args = node.args.map(number)
        const operation = operations[node.name]
        return operation === undefined ? callOfOne(body, node.name, dtype, args) : op(operation, ...args)
      }
      case 'select': {
        if (isMending(node)) return mended(node)
        const test = condition(node.condition)
        return op('select', number(node.onTrue), number(node.onFalse), test)
      }
    }
  }
  const condition = (node: Expression): Instruction => {
    const comparison = comparisons[node.op]
    if (comparison !== undefined && 'left' in node) return op(comparison, number(node.left), number(node.right))
    return op('f64.ne', number(node), f64(0))
  }
  const value = number(map.expression)
  for (const name of known.values()) pool.free(name)
  return value
}

// -----------------------------------------------------------------------------
// straight code
// -----------------------------------------------------------------------------

/** Maps of single elements, one behind the other. */
export const straight = (
  body: Body,
  maps: readonly Mapped[],
  addresses: ReadonlyMap<Value, number>,
  isStored: (value: Value) => boolean
): void => {
  const pool = poolOf(body)
  const own = new Set(maps.map(({ results }) => results[0]))
  const last = new Map<Value, number>()
  maps.forEach(({ operands }, index) => {
    for (const operand of operands) if (operand._tag === 'Access') last.set(operand.value, index)
  })
  const homes = new Map<Value, string>()
  const read = (operand: Operand): Instruction => {
    if (operand._tag === 'Uniform') return f64(operand.number)
    const { value, dtype, offset } = operand
    const home = homes.get(value)
    return home === undefined ? loaded(dtype, addresses.get(value)! + offset * bytesOf[dtype]) : get(home)
  }
  maps.forEach((map, index) => {
    const [result] = map.results
    const value = evaluated(body, pool, map, map.operands[0]!.dtype, map.operands.map(read))
    for (const operand of map.operands) {
      if (operand._tag === 'Uniform' || last.get(operand.value) !== index) continue
      const home = homes.get(operand.value)
      if (home !== undefined && own.has(operand.value)) pool.free(home)
      last.delete(operand.value)
    }
    const home = pool.take()
    body.instructions.push(
      set(
        home,
        rounded(result.dtype, value, () => newLocal(body, 'f64'))
      )
    )
    homes.set(result, home)
    if (isStored(result)) body.instructions.push(stored(result.dtype, addresses.get(result)!, get(home)))
    if (!last.has(result)) pool.free(home)
  })
}
