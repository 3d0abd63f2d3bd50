/** Calls of programs replaced by their equations: what a compiler sees as one program need not be called part by part. */
import { codeNameOf } from '../primitive/code.js'
import type { Equation, Program, TensorType } from '../primitive/model.js'
import { type Replaced, programsIn, reading, replacedBy, spliced, withEquations } from '../program/rewrite.js'
import { equals } from '../shape/model.js'

/** Primitives that call the first of their programs. What rules they have for its derivative has been used before. */
const calls: readonly (string | undefined)[] = ['checkpoint', 'customJvp', 'customVjp', 'jit']

/** Whether operands are of the types that a program was made for; the interpreter takes others too. */
export const fits = ({ inputs }: Program, operands: readonly TensorType[]): boolean =>
  inputs.every(({ shape, dtype }, i) => operands[i]!.dtype === dtype && equals(operands[i]!.shape, shape))

/** The program that an equation only calls, if it does, with operands of the types for which it was made. */
export const calledBy = (each: Equation): Program | undefined => {
  const program = calls.includes(codeNameOf(each.primitive)) ? programsIn(each)[0] : undefined
  return program && fits(program, each.operands) ? program : undefined
}

/** The program with the equations of the programs that it calls, at any depth, in place of the calls. */
export const inlineCalls = (program: Program): Program => {
  if (!program.equations.some((each) => calledBy(each) !== undefined)) return program
  const replaced: Replaced = new Map()
  let { places } = program
  const equations = program.equations.flatMap((each): readonly Equation[] => {
    const now = reading(each, replaced)
    const called = calledBy(now)
    if (called === undefined) return [now]
    const moved = spliced(now, inlineCalls(called), places, replaced)
    places = moved.places
    return moved.equations
  })
  const outputs = program.outputs.map((output) => replacedBy(replaced, output))
  return Object.freeze({ ...withEquations(program, equations, outputs), places })
}
