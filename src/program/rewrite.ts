/** The common part of passes: programs with other equations, values in place of others, programs inside programs. */
import { type Atom, type Equation, type Params, type Primitive, type Program, Variable } from '../primitive/model.js'
import { equation } from '../transform/program.js'

/** A program with other equations and outputs; whatever else it carries stays, and so does the program if nothing changes. */
export const withEquations = <P extends Program>(
  program: P,
  equations: readonly Equation[],
  outputs: readonly Atom[] = program.outputs
): P => {
  const same = <A>(before: readonly A[], after: readonly A[]): boolean =>
    before.length === after.length && before.every((each, i) => each === after[i])
  if (same(program.equations, equations) && same(program.outputs, outputs)) return program
  return Object.freeze({ ...program, equations: Object.freeze([...equations]), outputs: Object.freeze([...outputs]) })
}

/** Which atoms stand for which. */
export type Replaced = Map<Atom, Atom>

/** The atom that is read in place of another. */
export const replacedBy = (replaced: ReadonlyMap<Atom, Atom>, atom: Atom): Atom => replaced.get(atom) ?? atom

/** The equation that reads other atoms; itself if none of its operands is replaced. */
export const reading = (each: Equation, replaced: ReadonlyMap<Atom, Atom>): Equation => {
  if (replaced.size === 0 || !each.operands.some((operand) => replaced.has(operand))) return each
  const operands = each.operands.map((operand) => replacedBy(replaced, operand))
  return equation(each.primitive, each.params, operands, each.results, each.scope)
}

/** The equation with other parameters. */
const withParams = (each: Equation, params: Params): Equation =>
  equation(each.primitive, params, each.operands, each.results, each.scope)

/** A pass, from program to program. */
export type Pass = <P extends Program>(program: P) => P

/** The programs in the parameters of an operation. */
export const programsIn = ({
  primitive,
  params
}: {
  readonly primitive: Primitive
  readonly params: Params
}): readonly Program[] => primitive.programs?.(params) ?? []

/**
 * The equation with its programs passed, where they are run as they stand. A primitive that differentiates its programs
 * to find its value keeps them: the derivatives of equal programs are equal up to rounding only.
 */
const inside = (each: Equation, pass: Pass): Equation => {
  const { primitive, params } = each
  if (primitive.programs === undefined) return each
  const programs = programsIn(each)
  if (programs.length === 0 || primitive.withPrograms === undefined || primitive.differentiates === true) return each
  const passed = programs.map((program) => pass(program))
  return programs.every((program, i) => program === passed[i])
    ? each
    : withParams(each, primitive.withPrograms(params, passed))
}

/**
 * A pass that goes through the programs inside a program first. What comes of one is remembered, so that equations
 * which shared a program share one afterwards.
 */
export const throughout = (pass: Pass): Pass => {
  const known = new WeakMap<Program, Program>()
  const nested: Pass = <P extends Program>(program: P): P => {
    const before = known.get(program)
    if (before !== undefined) return whole(program, before)
    const after = deep(program)
    known.set(program, after)
    known.set(after, after)
    return after
  }
  const deep: Pass = (program) =>
    pass(
      withEquations(
        program,
        program.equations.map((each) => inside(each, nested))
      )
    )
  return deep
}

/** The program that was made from one, with what that one carries beside its equations. */
const whole = <P extends Program>(program: P, after: Program): P =>
  withEquations(program, after.equations, after.outputs)

/** The same variables in other places: for programs that are put together from several. */
export const renumbered = (
  { equations }: Program,
  from: number,
  replaced: Replaced
): { readonly equations: readonly Equation[]; readonly places: number } => {
  let places = from
  const fresh = (variable: Variable): Variable => {
    const other = new Variable(places++, variable)
    replaced.set(variable, other)
    return other
  }
  const moved = equations.map((each) => {
    const operands = each.operands.map((operand) => replacedBy(replaced, operand))
    return equation(each.primitive, each.params, operands, each.results.map(fresh), each.scope)
  })
  return { equations: moved, places }
}

/** The equations of a program in place of one that it stands for, whose results are its outputs from then on. */
export const spliced = (
  { operands, results }: Equation,
  inner: Program,
  places: number,
  replaced: Replaced
): ReturnType<typeof renumbered> => {
  const own: Replaced = new Map<Atom, Atom>(inner.inputs.map((input, i) => [input, operands[i]!]))
  const moved = renumbered(inner, places, own)
  results.forEach((result, i) => replaced.set(result, replacedBy(own, inner.outputs[i]!)))
  return moved
}
