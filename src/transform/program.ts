/** Programs: how equations are made, and how a program is run. What they are is in `primitive/model.ts`. */
import { bind, bindPair, bindSingle } from '../primitive/bind.js'
import {
  type Atom,
  type Bound,
  type Equation,
  type Params,
  type Primitive,
  type Program,
  Variable
} from '../primitive/model.js'
import type { Tensor } from '../tensor/model.js'
import { within } from './scope.js'

// -----------------------------------------------------------------------------
// equations
// -----------------------------------------------------------------------------

/**
 * An equation: `results = primitive[params](operands)`, in a scope or outside of any. Parameters are those of the primitive;
 * `verify` tells whether the results are.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import { type Program, Variable, equation } from 'pullback/Program'
 * import { none } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const [x, y] = [0, 1].map((index) => new Variable(index, T.zeros([3])))
 * const exp = equation(T.exp.primitive, none, [x!], [y!])
 * const program: Program = { inputs: [x!], equations: [exp], outputs: [y!], places: 2 }
 * Debug.show(program).split('\n')[1] // => '    b:f32[3] = exp a'
 */
export const equation = <P extends Params>(
  primitive: Primitive<P>,
  params: P,
  operands: readonly Atom[],
  results: readonly Variable[],
  scope?: string
): Equation => {
  const own = {
    primitive,
    params,
    operands: Object.freeze(operands.slice()),
    results: Object.freeze(results.slice())
  }
  return Object.freeze(scope === undefined ? own : { ...own, scope })
}

/** Whether an object, such as a parameter, is a program. */
export const isProgram = (x: object): x is Program => 'equations' in x && 'inputs' in x && 'outputs' in x

/** Whether a primitive is called for more than its results. */
export const hasEffect = ({ primitive, params }: Bound): boolean =>
  primitive.effect?.(params) ?? primitive.programs?.(params).some(hasEffects) ?? false

/** Whether a program is run for more than its results. */
export const hasEffects = ({ equations }: Program): boolean => equations.some(hasEffect)

/** What is kept of an equation whose results nobody reads. */
export type Unread = (each: Equation) => Equation | undefined

/** The equations of a program with so many places that outputs depend on, those with effects, and what is kept of others. */
export const live = (
  equations: readonly Equation[],
  outputs: readonly Atom[],
  places: number,
  unread: Unread = () => undefined
): readonly Equation[] => {
  const read = new Array<boolean>(places).fill(false)
  const mark = (atom: Atom): void => {
    if (atom instanceof Variable) read[atom.index] = true
  }
  const isRead = ({ index }: Variable): boolean => read[index]!
  const kept: Equation[] = []
  outputs.forEach(mark)
  for (let i = equations.length - 1; i >= 0; i--) {
    const each = equations[i]!
    const needed = each.results.some(isRead) || hasEffect(each) ? each : unread(each)
    if (needed === undefined) continue
    needed.operands.forEach(mark)
    kept.push(needed)
  }
  return kept.reverse()
}

/**
 * For each equation of a program, the variables whose values nobody needs after it: those that it is the last to read,
 * and those of its results that nobody reads.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as Program from 'pullback/Program'
 * import * as T from 'pullback/Tensor'
 *
 * const program = Debug.trace((x: T.Tensor<[]>) => T.mul(T.exp(x), T.sin(x)))(T.scalar(0))
 * Program.liveness(program).map((last) => last.length) // => [0, 1, 2]
 */
export const liveness = ({ equations, outputs }: Program): readonly (readonly Variable[])[] => {
  const read = new Set<Atom>(outputs)
  const last = [...equations].reverse().map(({ operands, results }) => {
    const ended = [...new Set([...results, ...operands])].filter(
      (atom): atom is Variable => atom instanceof Variable && !read.has(atom)
    )
    for (const variable of ended) read.add(variable)
    return ended
  })
  return last.reverse()
}

// -----------------------------------------------------------------------------
// running
// -----------------------------------------------------------------------------

/** The call of an equation. */
export type Call = (operands: readonly Tensor[]) => readonly Tensor[]

/** One operation of a run: which places it reads and writes, and which nobody reads after it. */
interface Step {
  readonly call: Call
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

/** The call of an equation by the fastest way that its primitive has. */
const plainCallOf = ({ primitive, params }: Equation): Call => {
  const { pair, single } = primitive
  if (single?.primitive === primitive) return (operands) => [bindSingle(single, operands[0]!)]
  if (pair?.primitive === primitive) return (operands) => [bindPair(pair, operands[0]!, operands[1]!)]
  return (operands) => bind(primitive, operands, params)
}

const callOf = (equation: Equation): Call => {
  const { scope } = equation
  const call = plainCallOf(equation)
  return scope === undefined ? call : (operands) => within(scope, () => call(operands))
}

const plans = new WeakMap<Program, Plan>()

const planOf = (program: Program): Plan => {
  const known = plans.get(program)
  if (known !== undefined) return known
  const plan = makePlan(program, callOf)
  plans.set(program, plan)
  return plan
}

const makePlan = (program: Program, callOf: (equation: Equation) => Call): Plan => {
  const start = new Array<Tensor | undefined>(program.places).fill(undefined)
  const constants = new Map<Tensor, number>()
  const placeOf = (atom: Atom): number => {
    if (atom instanceof Variable) return atom.index
    const before = constants.get(atom)
    if (before !== undefined) return before
    constants.set(atom, start.length)
    return start.push(atom) - 1
  }
  const last = liveness(program)
  const steps = program.equations.map((equation, i): Step => {
    const reads = equation.operands.map(placeOf)
    const writes = equation.results.map(placeOf)
    return { call: callOf(equation), reads, writes, releases: last[i]!.map(placeOf) }
  })
  return { inputs: program.inputs.map(placeOf), steps, outputs: program.outputs.map(placeOf), start }
}

/** The same program, whose operations are called in another way when it runs: for tools that look at runs. */
export const calledThrough = (program: Program, through: (equation: Equation, call: Call) => Call): Program => {
  const copy = Object.freeze({ ...program })
  plans.set(
    copy,
    makePlan(copy, (equation) => through(equation, callOf(equation)))
  )
  return copy
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
  for (const { call, reads, writes, releases } of steps) {
    const given = call(reads.map(valueAt))
    for (let i = 0; i < writes.length; i++) values[writes[i]!] = given[i]
    for (let i = 0; i < releases.length; i++) values[releases[i]!] = undefined
  }
  return outputs.map(valueAt)
}
