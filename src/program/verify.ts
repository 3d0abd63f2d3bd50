/** Checks of programs. */
import { reasonOf } from '../internal/describe.js'
import { type Atom, type Equation, type Program, type TensorType, Variable } from '../primitive/model.js'
import { equals } from '../shape/model.js'
import { isConcrete, isTensor } from '../tensor/model.js'
import { showEquationOf, showType } from '../debug/show.js'
import { misfit } from './fits.js'
import { programsIn } from './rewrite.js'

/**
 * The error of `verify` for a program that cannot run.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as Program from 'pullback/Program'
 * import * as T from 'pullback/Tensor'
 *
 * const program = Debug.trace(T.exp)(T.zeros([3]))
 * try {
 *   Program.verify({ ...program, inputs: [] })
 * } catch (error) {
 *   error instanceof Program.ProgramError ? error.equation?.primitive.name : error // => 'exp'
 * }
 */
export class ProgramError extends Error {
  override readonly name: string = 'ProgramError'
  /** The equation that is wrong; `undefined` if it is the program's inputs or outputs. */
  readonly equation: Equation | undefined

  constructor(equation: Equation | undefined, message: string) {
    super(message)
    this.equation = equation
  }
}

const sameType = (a: TensorType, b: TensorType): boolean => a.dtype === b.dtype && equals(a.shape, b.shape)

const types = (list: readonly TensorType[]): string => (list.length === 0 ? 'nothing' : list.map(showType).join(' '))

const inferred = ({ primitive, params, operands }: Equation): readonly TensorType[] | string => {
  try {
    const wrong = misfit(primitive, params, operands)
    if (wrong !== undefined) return wrong
    return primitive.infer(operands, params)
  } catch (error) {
    return reasonOf(error)
  }
}

/** Refuses a program whose variables or types are wrong; `inside` names the equations around it. */
const check = (program: Program, inside: readonly string[]): void => {
  const defined = new Map<number, Variable>()
  const where = inside.map((name) => `, inside ${name}`).join('')
  const fail = (each: Equation | undefined, place: string, rule: string): never => {
    throw new ProgramError(each, `verify: ${place}${where}: ${rule}`)
  }
  const define = (variable: Variable, each: Equation | undefined, place: () => string): void => {
    const { index } = variable
    if (!Number.isInteger(index) || index < 0 || index >= program.places) {
      fail(each, place(), `place ${index} is written; expected a place from 0 to ${program.places - 1}`)
    }
    if (defined.has(index)) fail(each, place(), `place ${index} is written twice; expected one equation per place`)
    defined.set(index, variable)
  }
  const problemOf = (atom: Atom): string | undefined => {
    if (!(atom instanceof Variable)) {
      return isTensor(atom) && isConcrete(atom) ? undefined : 'is a value of a transformation; expected a constant'
    }
    const variable = defined.get(atom.index)
    if (variable === undefined) return 'is not defined; expected an input or the result of an earlier equation'
    return sameType(variable, atom)
      ? undefined
      : `is read as ${showType(atom)}, but defined as ${showType(variable)}; expected one type`
  }
  program.inputs.forEach((input, i) => define(input, undefined, () => `input ${i}`))
  for (const each of program.equations) {
    const place = (): string => `\`${showEquationOf(program, each)}\``
    each.operands.forEach((operand, i) => {
      const problem = problemOf(operand)
      if (problem !== undefined) fail(each, place(), `operand ${i} ${problem}`)
    })
    const expected = inferred(each)
    if (typeof expected === 'string') throw new ProgramError(each, `verify: ${place()}${where}: ${expected}`)
    if (expected.length !== each.results.length || !expected.every((type, i) => sameType(type, each.results[i]!))) {
      fail(each, place(), `the results are ${types(each.results)}; expected ${types(expected)}`)
    }
    for (const result of each.results) define(result, each, place)
    for (const nested of programsIn(each)) check(nested, [...inside, each.primitive.name])
  }
  program.outputs.forEach((output, i) => {
    const problem = problemOf(output)
    if (problem !== undefined) fail(undefined, `output ${i}`, `it ${problem}`)
  })
}

/**
 * The program itself, if it can run: every operand is an input, a constant or a result of an earlier equation, no place is
 * written twice, and the types of all results are those that primitives infer; the programs inside it too. Else it
 * throws a `ProgramError` that names the equation as it is printed.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as Program from 'pullback/Program'
 * import * as T from 'pullback/Tensor'
 *
 * const program = Debug.trace((x: T.Tensor<[3]>) => T.sin(T.exp(x)))(T.zeros([3]))
 * Program.verify(program) === program // => true
 * Program.verify({ ...program, equations: program.equations.slice(1) })
 * // throws verify: `c:f32[3] = sin b`: operand 0 is not defined; expected an input or the result of an earlier equation
 */
export const verify = <P extends Program>(program: P): P => {
  check(program, [])
  return program
}
