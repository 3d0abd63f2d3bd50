/**
 * Programs: functions of tensors as immutable lists of equations, and how they are run.
 */
import type { DType } from '../DType.js'
import type { TensorType } from '../primitive/model.js'
import type { Shape } from '../shape/model.js'
import type { Tensor } from '../tensor/model.js'

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
