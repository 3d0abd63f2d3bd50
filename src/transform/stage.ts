/**
 * The staging mode: values are known by shape and type only, and operations on them are written down as equations. What
 * comes out is a program that depends on no concrete value.
 */
import {
  type Interpreter,
  type Pair,
  type Primitive,
  type TensorType,
  Traced,
  type TuplePrimitive,
  bind,
  bindPair,
  bindTuple
} from '../primitive/model.js'
import type { DType } from '../DType.js'
import type { Shape } from '../shape/model.js'
import { type Tensor, isConcrete } from '../tensor/model.js'
import { Interpretation } from './interpretation.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * A value of a program: an input, or the result of an equation.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as T from 'pullback/Tensor'
 *
 * const [x] = Debug.trace(T.exp)(T.zeros([3])).inputs
 * x instanceof Debug.Variable // => true
 * x?.shape // => [3]
 */
export class Variable implements TensorType {
  /** The place of its value when the program runs; no other variable of the program has it. */
  readonly index: number
  readonly shape: Shape
  readonly dtype: DType

  constructor(index: number, { shape, dtype }: TensorType) {
    this.index = index
    this.shape = shape
    this.dtype = dtype
    Object.freeze(this)
  }
}

/**
 * What an equation reads: a variable, or a constant.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as T from 'pullback/Tensor'
 *
 * const isConstant = (atom: Debug.Atom) => !(atom instanceof Debug.Variable)
 * const [twice] = Debug.trace((x: T.Tensor<[]>) => T.mul(x, 2))(T.scalar(1)).equations
 * twice?.operands.map(isConstant) // => [false, true]
 */
export type Atom = Variable | Tensor

/**
 * One operation of a program: `results = name[params](operands)`.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as T from 'pullback/Tensor'
 *
 * const [first] = Debug.trace((x: T.Tensor<[2, 3]>) => T.sum(T.exp(x), { axis: 0 }))(T.zeros([2, 3])).equations
 * first?.primitive === T.exp.primitive // => true
 * first?.results.map(({ shape }) => shape) // => [[2, 3]]
 */
export interface Equation {
  readonly name: string
  /** The operation itself, to be known by identity: several may share a name. */
  readonly primitive: { readonly name: string }
  readonly params: unknown
  readonly operands: readonly Atom[]
  readonly results: readonly Variable[]
  /** Applies the operation, by dispatch. */
  readonly apply: (operands: readonly Tensor[]) => readonly Tensor[]
  /** Whether it is run for more than its results, and stays when nobody reads them. */
  readonly effect: boolean
}

/**
 * A function of tensors as a list of equations, each of which reads inputs, constants and results of those before it.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as T from 'pullback/Tensor'
 *
 * const names = ({ equations }: Debug.Program) => equations.map(({ name }) => name)
 * names(Debug.trace((x: T.Tensor<[]>) => T.exp(T.sin(x)))(T.scalar(0))) // => ['sin', 'exp']
 */
export interface Program {
  readonly inputs: readonly Variable[]
  readonly equations: readonly Equation[]
  readonly outputs: readonly Atom[]
  /** The number of places that a run needs: indices of variables are below it. */
  readonly places: number
}

/** A value inside a staging. */
class Staged<S extends Shape = Shape> extends Traced<S> {
  declare readonly interpreter: Stage
  declare readonly variable: Variable
  override readonly primal: undefined = undefined

  constructor(stage: Stage, variable: Variable, shape: Readonly<S>) {
    super(stage.level, shape, variable.dtype)
    this.interpreter = stage
    this.variable = variable
  }
}

// -----------------------------------------------------------------------------
// the interpreter
// -----------------------------------------------------------------------------

/** One staging of a function. */
export class Stage extends Interpretation implements Interpreter {
  readonly remedy = 'a staged function knows shapes only, choose by T.where, Control.cond or Control.whileLoop'
  private readonly equations: Equation[] = []
  private readonly inputs: Variable[] = []
  private readonly captures = new Map<Tensor, Variable>()
  private readonly aliases = new Map<Tensor, Variable>()
  private places = 0

  constructor(transformation: string) {
    super(transformation)
  }

  /** A new input of the function. */
  input(type: TensorType): Tensor {
    const variable = this.variable(type)
    this.inputs.push(variable)
    return this.value(variable)
  }

  /** A new input that stands for a value, also where the function uses that value directly. */
  standIn(x: Tensor): Tensor {
    const variable = this.variable(x)
    this.inputs.push(variable)
    if (!isConcrete(x)) this.aliases.set(x, variable)
    return this.value(variable)
  }

  private variable(type: TensorType): Variable {
    return new Variable(this.places++, type)
  }

  private value(variable: Variable): Tensor {
    return new Staged(this, variable, variable.shape)
  }

  private owns(x: Tensor): x is Staged {
    return x.level === this.level
  }

  /** Values of other transformations become inputs, each once; concrete ones stay where they are, as constants. */
  private atom(x: Tensor): Atom {
    if (this.owns(x)) return x.variable
    if (isConcrete(x)) return x
    const before = this.aliases.get(x) ?? this.captures.get(x)
    if (before !== undefined) return before
    const variable = this.variable(x)
    this.captures.set(x, variable)
    return variable
  }

  private record(
    primitive: Equation['primitive'],
    params: unknown,
    operands: readonly Tensor[],
    types: readonly TensorType[],
    apply: Equation['apply'],
    effect: boolean
  ): readonly Tensor[] {
    const { name } = primitive
    const results = Object.freeze(types.map((type) => this.variable(type)))
    const atoms = Object.freeze(operands.map((operand) => this.atom(operand)))
    this.equations.push(Object.freeze({ name, primitive, params, operands: atoms, results, apply, effect }))
    return results.map((result) => this.value(result))
  }

  apply<P>(primitive: Primitive<P>, operands: readonly Tensor[], params: P): Tensor {
    this.requireOpen(primitive.name)
    const type = primitive.infer(operands, params)
    const run = (values: readonly Tensor[]): readonly Tensor[] => [bind(primitive, values, params)]
    return this.record(primitive, params, operands, [type], run, false)[0]!
  }

  applyPair(pair: Pair, x: Tensor, y: Tensor): Tensor {
    const { primitive } = pair
    this.requireOpen(primitive.name)
    const type = primitive.infer([x, y], undefined)
    const run: Equation['apply'] = (values) => [bindPair(pair, values[0]!, values[1]!)]
    return this.record(primitive, undefined, [x, y], [type], run, false)[0]!
  }

  applyTuple<P>(primitive: TuplePrimitive<P>, operands: readonly Tensor[], params: P): readonly Tensor[] {
    this.requireOpen(primitive.name)
    const { effect = false } = primitive
    const types = primitive.infer(operands, params)
    const run: Equation['apply'] = (values) => bindTuple(primitive, values, params)
    return this.record(primitive, params, operands, types, run, typeof effect === 'function' ? effect(params) : effect)
  }

  /**
   * The program with the given outputs, and the values of other transformations that it reads, which are its last inputs.
   * Equations that nobody reads are left out.
   */
  program(outputs: readonly Tensor[]): { readonly program: Program; readonly captured: readonly Tensor[] } {
    const atoms = outputs.map((output) => this.atom(output))
    const program: Program = Object.freeze({
      inputs: Object.freeze([...this.inputs, ...this.captures.values()]),
      equations: Object.freeze(live(this.equations, atoms)),
      outputs: Object.freeze(atoms),
      places: this.places
    })
    return { program, captured: [...this.captures.keys()] }
  }
}

/** The equations that outputs depend on, and those with effects. */
const live = (equations: readonly Equation[], outputs: readonly Atom[]): readonly Equation[] => {
  const read = new Set<Atom>(outputs)
  const kept: Equation[] = []
  for (const equation of [...equations].reverse()) {
    if (!equation.effect && !equation.results.some((result) => read.has(result))) continue
    for (const operand of equation.operands) read.add(operand)
    kept.push(equation)
  }
  return kept.reverse()
}

// -----------------------------------------------------------------------------
// running
// -----------------------------------------------------------------------------

/** One operation of a run: which places it reads and writes, and which nobody reads after it. */
interface Step {
  readonly apply: Equation['apply']
  readonly reads: readonly number[]
  readonly writes: readonly number[]
  readonly releases: readonly number[]
}

/** A program laid out for running: constants have places too, behind those of the variables. */
interface Plan {
  readonly inputs: readonly number[]
  readonly steps: readonly Step[]
  readonly outputs: readonly number[]
  /** The places before the run, with the constants in theirs. */
  readonly start: readonly (Tensor | undefined)[]
}

const plans = new WeakMap<Program, Plan>()

const planOf = (program: Program): Plan => {
  const known = plans.get(program)
  if (known !== undefined) return known
  const start = new Array<Tensor | undefined>(program.places).fill(undefined)
  const constants = new Map<Tensor, number>()
  const placeOf = (atom: Atom): number => {
    if (atom instanceof Variable) return atom.index
    const before = constants.get(atom)
    if (before !== undefined) return before
    constants.set(atom, start.length)
    return start.push(atom) - 1
  }
  const outputs = program.outputs.map(placeOf)
  const read = new Set(outputs)
  const steps = [...program.equations].reverse().map(({ operands, results, apply }): Step => {
    const reads = operands.map(placeOf)
    const writes = results.map(placeOf)
    const releases = [...new Set([...writes, ...reads])].filter((place) => place < program.places && !read.has(place))
    for (const place of releases) read.add(place)
    return { apply, reads, writes, releases }
  })
  const plan: Plan = { inputs: program.inputs.map(placeOf), steps: steps.reverse(), outputs, start }
  plans.set(program, plan)
  return plan
}

/**
 * The value of a program, by dispatch: any transformation goes through it as through the function that it came from. Values
 * are let go of when nobody reads them any more.
 */
export const run = (program: Program, args: readonly Tensor[]): readonly Tensor[] => {
  const { inputs, steps, outputs, start } = planOf(program)
  const values = start.slice()
  for (let i = 0; i < inputs.length; i++) values[inputs[i]!] = args[i]
  const valueAt = (place: number): Tensor => values[place]!
  for (const { apply, reads, writes, releases } of steps) {
    const given = apply(reads.map(valueAt))
    for (let i = 0; i < writes.length; i++) values[writes[i]!] = given[i]
    for (let i = 0; i < releases.length; i++) values[releases[i]!] = undefined
  }
  return outputs.map(valueAt)
}

/** Whether a program is run for more than its results. */
export const hasEffects = ({ equations }: Program): boolean => equations.some(({ effect }) => effect)

/** A function of tensors as a program, and the values of other transformations that it closes over: its last inputs. */
export const stage = (
  transformation: string,
  types: readonly TensorType[],
  f: (inputs: readonly Tensor[]) => readonly Tensor[]
): { readonly program: Program; readonly captured: readonly Tensor[] } => {
  const interpreter = new Stage(transformation)
  try {
    return interpreter.program(f(types.map((type) => interpreter.input(type))))
  } finally {
    interpreter.close()
  }
}

/** The same at values, as they stand: each is one operand, also where the function uses it directly. */
export const stageAt = (
  transformation: string,
  values: readonly Tensor[],
  f: (inputs: readonly Tensor[]) => readonly Tensor[]
): { readonly program: Program; readonly operands: readonly Tensor[] } => {
  const interpreter = new Stage(transformation)
  try {
    const distinct = [...new Set(values)]
    const inputs = new Map(distinct.map((value) => [value, interpreter.standIn(value)]))
    const { program, captured } = interpreter.program(f(values.map((value) => inputs.get(value)!)))
    return { program, operands: [...distinct, ...captured] }
  } finally {
    interpreter.close()
  }
}
