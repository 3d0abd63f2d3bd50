/** Functions of numbers on single elements: straight code on float64 numbers, as JavaScript runs it. */
import type { DType } from '../../DType.js'
import { access, get, i32, op, set, when } from '../../kernel/wasm/build.js'
import type { Instruction, PlainOp } from '../../kernel/wasm/model.js'
import { type Expression, partsOf } from '../../primitive/expression.js'
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

/** The value of a map, and the local that holds it, if any does; it is the caller's to free. */
interface Evaluated {
  readonly value: Instruction
  readonly local: string | undefined
}

const evaluated = (body: Body, pool: Pool, map: Mapped, dtype: DType, operands: readonly Instruction[]): Evaluated => {
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
    const before = known.get(node.onTrue)
    written.push(set(name, before === undefined ? made(node.onTrue) : get(before)))
    if (before === undefined) known.set(node.onTrue, name)
    const count = known.size
    const outer = written
    written = []
    const other = number(node.onFalse)
    written.push(set(name, other))
    outer.push(when(op('f64.ne', get(name), get(name)), written))
    written = outer
    let at = 0
    if (known.size > count) {
      known.forEach((local, each) => {
        if (at++ < count) return
        known.delete(each)
        pool.free(local)
      })
    }
    if (before === undefined) known.delete(node.onTrue)
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
  const local = known.get(map.expression)
  known.forEach((name) => {
    if (name !== local) pool.free(name)
  })
  return { value, local }
}

// -----------------------------------------------------------------------------
// straight code
// -----------------------------------------------------------------------------

/** Where a result is kept, and the last map that reads it. */
interface Home {
  local: string | undefined
  last: number
}

/** Maps of single elements, one behind the other. */
export const straight = (
  body: Body,
  maps: readonly Mapped[],
  addresses: ReadonlyMap<Value, number>,
  isStored: (value: Value) => boolean
): void => {
  const pool = poolOf(body)
  /** By the numbers of the results. */
  const homes: (Home | undefined)[] = []
  const homeOf = (operand: Operand): Home | undefined =>
    operand._tag === 'Access' ? homes[operand.value.id] : undefined
  maps.forEach(({ operands, results }, index) => {
    for (let i = 0; i < operands.length; i++) {
      const home = homeOf(operands[i]!)
      if (home !== undefined) home.last = index
    }
    homes[results[0].id] = { local: undefined, last: index }
  })
  const read = (operand: Operand): Instruction => {
    if (operand._tag === 'Uniform') return f64(operand.number)
    const { value, dtype, offset } = operand
    const local = homes[value.id]?.local
    return local === undefined ? loaded(dtype, addresses.get(value)! + offset * bytesOf[dtype]) : get(local)
  }
  const release = (home: Home): void => {
    if (home.local !== undefined) pool.free(home.local)
    home.local = undefined
  }
  maps.forEach((map, index) => {
    const { operands } = map
    const result = map.results[0]
    const { value, local } = evaluated(body, pool, map, operands[0]!.dtype, operands.map(read))
    for (let i = 0; i < operands.length; i++) {
      const home = homeOf(operands[i]!)
      if (home?.last === index) release(home)
    }
    const home = homes[result.id]!
    home.local = local ?? pool.take()
    const exact = rounded(result.dtype, value, () => newLocal(body, 'f64'))
    if (exact !== value || local === undefined) body.instructions.push(set(home.local, exact))
    if (isStored(result)) body.instructions.push(stored(result.dtype, addresses.get(result)!, get(home.local)))
    if (home.last === index) release(home)
  })
}
