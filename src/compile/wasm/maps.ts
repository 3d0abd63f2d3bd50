/**
 * Functions of numbers on strips of four elements. An expression stands for float64 arithmetic that is rounded once; where single
 * operations on float32 or int32 give those bits, as for one sum or a choice between operands, they are taken instead.
 */
import { type DType, round } from '../../DType.js'
import { op } from '../../kernel/wasm/build.js'
import type { Instruction, PlainOp } from '../../kernel/wasm/model.js'
import type { Expression } from '../../primitive/expression.js'
import type { Intrinsic, Operation } from '../../primitive/intrinsics.js'
import type { Params } from '../../primitive/model.js'
import { type Body, keep } from './body.js'
import { callOfTwo } from './intrinsics.js'
import {
  both,
  type Narrow,
  type Strip,
  type Wide,
  constantStrip,
  converted,
  double,
  kept,
  narrowConstant,
  narrowTypes,
  wideMask,
  widened
} from './strip.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** What a function of numbers is made from. */
export interface Source {
  readonly expression: Expression
  readonly params: Params
  /** The type by which intrinsics and parameters go: that of the operands. */
  readonly dtype: DType
  readonly operands: readonly Strip[]
}

/** A parameter as the type of the operands has it. */
export const parameterOf = ({ params, dtype }: Pick<Source, 'params' | 'dtype'>, name: string): number => {
  const value: unknown = Object.entries(params).find(([key]) => key === name)?.[1]
  if (typeof value !== 'number') throw new TypeError(`the parameter ${name} is not a number`)
  return dtype === 'float32' ? Math.fround(value) : value
}

const isComparison = (name: Expression['op']): name is Exclude<Operation, 'add' | 'sub' | 'mul' | 'div'> =>
  ['equal', 'notEqual', 'less', 'lessEqual', 'greater', 'greaterEqual'].includes(name)

// -----------------------------------------------------------------------------
// choices
// -----------------------------------------------------------------------------

const isZero = (v: Instruction): boolean => v._tag === 'Vector' && v.values.every((value) => Object.is(value, 0))

/** One of two vectors in each lane: a choice of 0 is one instruction. */
const chosen = (onTrue: Instruction, onFalse: Instruction, mask: Instruction): Instruction =>
  isZero(onTrue)
    ? op('v128.andnot', onFalse, mask)
    : isZero(onFalse)
      ? op('v128.and', onTrue, mask)
      : op('v128.bitselect', onTrue, onFalse, mask)

// -----------------------------------------------------------------------------
// in the type of the operands
// -----------------------------------------------------------------------------

/**
 * A node in the type of the operands. What is exact has its float64 value; what is not has that value rounded to the type, modulo 2^32
 * for int32, and so may only become the result.
 */
type Single =
  | { readonly type: 'number'; readonly value: number; readonly exact: true }
  | { readonly type: Narrow['type']; readonly exact: boolean; readonly make: () => Instruction }

const comparisons: { readonly [type in 'f32' | 'i32']: { readonly [name: string]: PlainOp } } = {
  f32: {
    equal: 'f32x4.eq',
    notEqual: 'f32x4.ne',
    less: 'f32x4.lt',
    lessEqual: 'f32x4.le',
    greater: 'f32x4.gt',
    greaterEqual: 'f32x4.ge'
  },
  i32: {
    equal: 'i32x4.eq',
    notEqual: 'i32x4.ne',
    less: 'i32x4.lt_s',
    lessEqual: 'i32x4.le_s',
    greater: 'i32x4.gt_s',
    greaterEqual: 'i32x4.ge_s'
  }
}

const roundedOnce: { readonly [name: string]: PlainOp } = {
  add: 'f32x4.add',
  sub: 'f32x4.sub',
  mul: 'f32x4.mul',
  div: 'f32x4.div'
}

const ofIntegers: { readonly [name: string]: PlainOp } = { add: 'i32x4.add', sub: 'i32x4.sub' }

/** Intrinsics of float32 that round nothing. */
const exactFloat: { readonly [name in Intrinsic]?: PlainOp } = {
  floor: 'f32x4.floor',
  ceil: 'f32x4.ceil',
  round: 'f32x4.nearest',
  min: 'f32x4.min',
  max: 'f32x4.max'
}

const exactInteger: { readonly [name in Intrinsic]?: PlainOp } = {
  imul: 'i32x4.mul',
  min: 'i32x4.min_s',
  max: 'i32x4.max_s'
}

const holds = (type: Narrow['type'], value: number): boolean =>
  type === 'f32'
    ? Object.is(Math.fround(value), value)
    : type === 'i32'
      ? Object.is(value | 0, value)
      : value === 1 || Object.is(value, 0)

/** Nodes of an expression in the type of the operands, each made once; `undefined` where that would change bits. */
const singles = (body: Body, source: Source): ((node: Expression) => Single | undefined) => {
  const known = new Map<Expression, Single | undefined>()
  const once = (type: Narrow['type'], exact: boolean, make: () => Instruction): Single => {
    let made: Instruction | undefined
    return { type, exact, make: () => (made ??= keep(body, 'v128', make())) }
  }
  const number = (value: number): Single => ({ type: 'number', value, exact: true })

  /** Nodes in one type, constants as well. */
  const alike = (
    nodes: readonly (Single | undefined)[]
  ):
    | { readonly type: Narrow['type']; readonly exact: boolean; readonly make: () => readonly Instruction[] }
    | undefined => {
    const types = nodes.flatMap((each) => (each === undefined || each.type === 'number' ? [] : [each.type]))
    const type = types[0] ?? narrowOf(source.dtype)
    if (type === undefined) return undefined
    const fits = nodes.every(
      (each) => each !== undefined && (each.type === type || (each.type === 'number' && holds(type, each.value)))
    )
    if (!fits) return undefined
    return {
      type,
      exact: nodes.every((each) => each?.exact),
      make: () =>
        nodes.flatMap((each) =>
          each === undefined ? [] : [each.type === 'number' ? narrowConstant(type, each.value) : each.make()]
        )
    }
  }
  const calling = (name: PlainOp, exact: boolean, of: NonNullable<ReturnType<typeof alike>>): Single =>
    once(of.type, exact, () => op(name, ...of.make()))

  const compared = (
    name: string,
    node: { readonly left: Expression; readonly right: Expression }
  ): Single | undefined => {
    const of = alike([single(node.left), single(node.right)])
    if (of === undefined) return undefined
    if (of.type === 'mask') {
      if (name !== 'equal' && name !== 'notEqual') return undefined
      return once('mask', true, () => op(name === 'equal' ? 'i32x4.eq' : 'i32x4.ne', ...of.make()))
    }
    // whether a number is NaN does not depend on its rounding
    if (!of.exact && !(node.left === node.right && of.type === 'f32')) return undefined
    const operation = comparisons[of.type][name]!
    return once('mask', true, () => op(operation, ...of.make()))
  }
  const arithmetic = (name: string, operands: readonly Expression[]): Single | undefined => {
    const of = alike(operands.map(single))
    if (of === undefined) return undefined
    if (of.type === 'f32' && of.exact && roundedOnce[name] !== undefined) return calling(roundedOnce[name], false, of)
    if (of.type === 'i32' && ofIntegers[name] !== undefined) return calling(ofIntegers[name], false, of)
    return undefined
  }
  const called = (name: Intrinsic, args: readonly Expression[]): Single | undefined => {
    const of = alike(args.map(single))
    if (of === undefined || of.type === 'mask') return undefined
    if (of.type === 'f32') {
      if (name === 'neg' || name === 'abs') return calling(`f32x4.${name}`, of.exact, of)
      if (name === 'sqrt' && of.exact) return calling('f32x4.sqrt', false, of)
      const operation = exactFloat[name]
      return operation === undefined || !of.exact ? undefined : calling(operation, true, of)
    }
    if (name === 'neg') return calling('i32x4.neg', false, of)
    if (!of.exact) return undefined
    if (name === 'abs') return calling('i32x4.abs', false, of)
    if (name === 'floor' || name === 'ceil' || name === 'round') return single(args[0]!)
    const operation = exactInteger[name]
    return operation === undefined ? undefined : calling(operation, true, of)
  }
  const condition = (node: Expression): (() => Instruction) | boolean | undefined => {
    const of = single(node)
    if (of === undefined) return undefined
    if (of.type === 'number') return of.value !== 0
    if (of.type === 'mask') return of.make
    if (!of.exact) return undefined
    const operation = comparisons[of.type]['notEqual']!
    return () => op(operation, of.make(), narrowConstant(of.type, 0))
  }
  const make = (node: Expression): Single | undefined => {
    if ('left' in node) {
      return isComparison(node.op) ? compared(node.op, node) : arithmetic(node.op, [node.left, node.right])
    }
    switch (node.op) {
      case 'operand': {
        const strip = source.operands[node.index]!
        return strip.type === 'f64' ? undefined : { type: strip.type, exact: true, make: () => strip.v }
      }
      case 'constant':
        return number(node.value)
      case 'parameter':
        return number(parameterOf(source, node.name))
      case 'intrinsic':
        return called(node.name, node.args)
      case 'select': {
        const test = condition(node.condition)
        if (test === undefined) return undefined
        if (typeof test === 'boolean') return single(test ? node.onTrue : node.onFalse)
        const of = alike([single(node.onTrue), single(node.onFalse)])
        if (of === undefined) return undefined
        return once(of.type, of.exact, () => {
          const [onTrue, onFalse] = of.make()
          return chosen(onTrue!, onFalse!, test())
        })
      }
    }
  }
  const single = (node: Expression): Single | undefined => {
    if (known.has(node)) return known.get(node)
    const made = make(node)
    known.set(node, made)
    return made
  }
  return single
}

// -----------------------------------------------------------------------------
// in float64
// -----------------------------------------------------------------------------

const doubles: { readonly [name: string]: PlainOp } = {
  add: 'f64x2.add',
  sub: 'f64x2.sub',
  mul: 'f64x2.mul',
  div: 'f64x2.div',
  equal: 'f64x2.eq',
  notEqual: 'f64x2.ne',
  less: 'f64x2.lt',
  lessEqual: 'f64x2.le',
  greater: 'f64x2.gt',
  greaterEqual: 'f64x2.ge',
  neg: 'f64x2.neg',
  abs: 'f64x2.abs',
  sqrt: 'f64x2.sqrt',
  floor: 'f64x2.floor',
  ceil: 'f64x2.ceil',
  round: 'f64x2.nearest',
  min: 'f64x2.min',
  max: 'f64x2.max'
}

/** Nodes of an expression in float64, as numbers and as conditions, each made once. */
const wides = (body: Body, { expression, ...source }: Source): Wide => {
  const numbers = new Map<Expression, Wide>()
  const masks = new Map<Expression, Wide>()
  const applied = (name: PlainOp, ...args: readonly Wide[]): Wide =>
    both(body, (half) => op(name, ...args.map((x) => x[half])))
  const remembering =
    (known: Map<Expression, Wide>, make: (node: Expression) => Wide) =>
    (node: Expression): Wide => {
      const before = known.get(node)
      if (before !== undefined) return before
      const made = make(node)
      known.set(node, made)
      return made
    }
  const operandAt = (index: number): Strip => source.operands[index]!

  const number: (node: Expression) => Wide = remembering(numbers, (node) => {
    if ('left' in node) {
      if (!isComparison(node.op)) return applied(doubles[node.op]!, number(node.left), number(node.right))
      const test = mask(node)
      return both(body, (half) => op('v128.and', test[half], double(1)))
    }
    switch (node.op) {
      case 'operand':
        return widened(body, operandAt(node.index))
      case 'constant':
        return { type: 'f64', lo: double(node.value), hi: double(node.value) }
      case 'parameter': {
        const value = double(parameterOf(source, node.name))
        return { type: 'f64', lo: value, hi: value }
      }
      case 'intrinsic': {
        const args = node.args.map(number)
        const plain = doubles[node.name]
        if (plain !== undefined) return applied(plain, ...args)
        return both(body, (half) =>
          callOfTwo(
            body,
            node.name,
            source.dtype,
            args.map((arg) => arg[half])
          )
        )
      }
      case 'select': {
        const test = mask(node.condition)
        const [onTrue, onFalse] = [number(node.onTrue), number(node.onFalse)]
        return both(body, (half) => chosen(onTrue[half], onFalse[half], test[half]))
      }
    }
  })
  const mask: (node: Expression) => Wide = remembering(masks, (node) => {
    if (isComparison(node.op) && 'left' in node)
      return applied(doubles[node.op]!, number(node.left), number(node.right))
    if (node.op === 'operand') {
      const strip = operandAt(node.index)
      if (strip.type === 'mask') return wideMask(body, strip.v)
    }
    if (node.op === 'select') {
      const [test, onTrue, onFalse] = [mask(node.condition), mask(node.onTrue), mask(node.onFalse)]
      return both(body, (half) => op('v128.bitselect', onTrue[half], onFalse[half], test[half]))
    }
    const value = number(node)
    return both(body, (half) => op('f64x2.ne', value[half], double(0)))
  })
  return number(expression)
}

// -----------------------------------------------------------------------------
// both
// -----------------------------------------------------------------------------

/** The values of a function at four places, in the type of the result, kept in locals. */
export const mapped = (body: Body, source: Source, result: DType): Strip => {
  const single = singles(body, source)(source.expression)
  if (single?.type === 'number') return constantStrip(result, round(result, single.value))
  const own = single !== undefined && narrowOf(result) === single.type
  if (single !== undefined && (single.exact || own)) {
    return kept(body, converted(body, { type: single.type, v: single.make() }, result))
  }
  return kept(body, converted(body, wides(body, source), result))
}

const narrowOf = (dtype: DType): Narrow['type'] | undefined => (dtype === 'float64' ? undefined : narrowTypes[dtype])
