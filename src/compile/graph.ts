/** Programs as graphs: values that are stored, the operations between them, and views of values by strides, which cost no code. */
import { type Expression, expressionFor, x as itself } from '../primitive/expression.js'
import { hasFunctions } from '../primitive/special.js'
import { type Atom, type Equation, type Params, type Program, type TensorType, Variable } from '../primitive/model.js'
import { equals, size, strides as denseStrides } from '../shape/model.js'
import { type Concrete, Dense, type Tensor, fromNumber, isConcrete, uniform, zeroStrides } from '../tensor/model.js'
import { type DType, allocate } from '../DType.js'
import { hasEffect } from '../transform/program.js'
import { runsApart } from './apart.js'
import { during } from './during.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** A tensor that is computed, given or constant: its elements lie in row-major order. */
export interface Value extends TensorType {
  readonly id: number
}

/** A view of a value: strides and offset in elements. */
export interface Access extends TensorType {
  readonly _tag: 'Access'
  readonly value: Value
  readonly strides: readonly number[]
  readonly offset: number
}

/** A tensor of one known number. */
export interface Uniform extends TensorType {
  readonly _tag: 'Uniform'
  readonly constant: Concrete
  readonly number: number
}

/** What an operation reads. */
export type Operand = Access | Uniform

/** One function of numbers at all places of a shape. */
export interface Mapped {
  readonly _tag: 'Map'
  readonly name: string
  readonly expression: Expression
  readonly params: Params
  readonly operands: readonly Operand[]
  readonly results: readonly [Value]
}

/** Any other equation. */
export interface Whole {
  readonly _tag: 'Whole'
  readonly equation: Equation
  readonly operands: readonly Access[]
  readonly results: readonly Value[]
  /** Maps that make its one tensor from the operands, inside of it: the schedule puts them there. */
  readonly maps?: readonly Mapped[]
  /** Whether it is run for more than its results. */
  readonly effect: boolean
}

export type Operation = Mapped | Whole

export interface Graph {
  readonly inputs: readonly Value[]
  readonly constants: ReadonlyMap<Value, Concrete>
  /** In an order in which each comes behind those that it reads. */
  readonly operations: readonly Operation[]
  readonly outputs: readonly Operand[]
}

// -----------------------------------------------------------------------------
// views
// -----------------------------------------------------------------------------

const whole = (value: Value): Access => ({
  _tag: 'Access',
  value,
  shape: value.shape,
  dtype: value.dtype,
  strides: denseStrides(value.shape),
  offset: 0
})

/** Whether a view is its value as it lies. */
export const isWhole = ({ value, shape, strides, offset }: Access): boolean =>
  offset === 0 && equals(shape, value.shape) && (shape.length === 0 || equals(strides, denseStrides(shape)))

const probes: { readonly [Type in DType]: ReturnType<typeof allocate> } = {
  float32: allocate('float32', 0),
  float64: allocate('float64', 0),
  int32: allocate('int32', 0),
  bool: allocate('bool', 0)
}

/**
 * The views that an equation of kind `view` makes of one, found by the primitive itself on a tensor without elements; `undefined` where
 * it has to copy.
 */
const viewsOf = ({ primitive, params, results }: Equation, of: Access): readonly Access[] | undefined => {
  const at = (type: TensorType, strides: readonly number[], offset: number): Access => ({
    _tag: 'Access',
    value: of.value,
    shape: type.shape,
    dtype: type.dtype,
    strides,
    offset
  })
  if (of.shape.length === 0) return results.map((result) => at(result, zeroStrides(result.shape.length), of.offset))
  if (results.every(({ shape }) => shape.length === 0)) return results.map((result) => at(result, [], of.offset))
  const data = probes[of.dtype]
  const made = primitive.evaluate([new Dense(of.shape, of.dtype, data, of.strides, of.offset)], params)
  const views = made.flatMap((each, i) =>
    each instanceof Dense && each.data === data ? [at(results[i]!, each.strides, each.offset)] : []
  )
  return views.length === results.length ? views : undefined
}

// -----------------------------------------------------------------------------
// from a program
// -----------------------------------------------------------------------------

/** The graph of a program whose equations are all wanted. */
export const graphOf = (program: Program): Graph => {
  let values = 0
  const value = ({ shape, dtype }: TensorType): Value => ({ id: values++, shape, dtype })
  /** The operands that stand for variables, by their places, and for constants. */
  const variables = new Array<Operand | undefined>(program.places).fill(undefined)
  const known = new Map<Tensor, Operand>()
  const constants = new Map<Value, Concrete>()
  const operations: Operation[] = []

  const constant = (x: Tensor): Operand => {
    if (!isConcrete(x)) throw new TypeError('a constant of the program belongs to a transformation')
    const number = uniform(x)
    if (number !== undefined) return { _tag: 'Uniform', constant: x, number, shape: x.shape, dtype: x.dtype }
    const stored = value(x)
    constants.set(stored, x)
    return whole(stored)
  }
  /** A constant of one number as a view of one element. */
  const inMemory = (operand: Operand): Access => {
    if (operand._tag === 'Access') return operand
    const { number, shape, dtype } = operand
    const stored = value({ shape: [], dtype })
    constants.set(stored, fromNumber(dtype, number))
    return { _tag: 'Access', value: stored, shape, dtype, strides: zeroStrides(shape.length), offset: 0 }
  }
  const operandOf = (atom: Atom): Operand => {
    const before = atom instanceof Variable ? variables[atom.index] : known.get(atom)
    if (before !== undefined) return before
    if (atom instanceof Variable) throw new TypeError(`variable ${atom.index} is read before it is written`)
    const made = constant(atom)
    known.set(atom, made)
    return made
  }
  const map = (
    name: string,
    expression: Expression,
    params: Params,
    operands: readonly Operand[],
    type: TensorType
  ): Value => {
    const result = value(type)
    operations.push({ _tag: 'Map', name, expression, params, operands, results: [result] })
    return result
  }
  /** The views of an equation, of a copy of what is viewed if need be. */
  const viewed = (equation: Equation, of: Access): readonly Access[] => {
    const views = viewsOf(equation, of)
    if (views !== undefined) return views
    const copied = map('copy', itself, {}, [of], { shape: of.shape, dtype: of.dtype })
    return viewsOf(equation, whole(copied))!
  }
  const add = (equation: Equation): readonly Operand[] => {
    const { primitive, params, results } = equation
    const operands = equation.operands.map(operandOf)
    const [first] = operands
    const effect = hasEffect(equation)
    if (primitive.kind === 'view' && !effect && first !== undefined && operands.length === 1) {
      if (first._tag === 'Access') return viewed(equation, first)
      return results.map(({ shape }) => ({ ...first, shape }))
    }
    const expression = first && primitive.scalar && expressionFor(primitive.scalar, first.dtype)
    const n = size(results[0]?.shape ?? [])
    if (expression && n > 0 && hasFunctions(expression, first.dtype) && !runsApart(expression, first.dtype, n)) {
      return [whole(map(primitive.name, expression, params, operands, results[0]!))]
    }
    const made = results.map(value)
    const accesses = operands.map(inMemory)
    operations.push({ _tag: 'Whole', equation, operands: accesses, results: made, effect })
    return made.map(whole)
  }

  const inputs = program.inputs.map((variable) => {
    const given = value(variable)
    variables[variable.index] = whole(given)
    return given
  })
  program.equations.forEach((equation) => {
    const made = during(equation.primitive.name, () => add(equation))
    const { results } = equation
    for (let i = 0; i < results.length; i++) variables[results[i]!.index] = made[i]
  })
  return { inputs, constants, operations, outputs: program.outputs.map(operandOf) }
}
