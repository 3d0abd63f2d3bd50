/** Calls of programs replaced by their equations: what a compiler sees as one program need not be called part by part. */
import type { Called } from '../calculus/call.js'
import { codeNameOf } from '../primitive/code.js'
import type { Equation, Params, Program } from '../primitive/model.js'
import { type Replaced, reading, renumbered, replacedBy, withEquations } from '../program/rewrite.js'

const calls = ['checkpoint', 'jit']

/** The program that an equation only calls, if it does. */
const calledBy = ({ primitive, params }: Equation): Program | undefined => {
  const isCall = (given: Params): given is Called => calls.includes(codeNameOf(primitive) ?? '') && 'program' in given
  return isCall(params) ? params.program : undefined
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
    const inner = inlineCalls(called)
    const own: Replaced = new Map(inner.inputs.map((input, i) => [input, now.operands[i]!]))
    const moved = renumbered(inner, places, own)
    places = moved.places
    now.results.forEach((result, i) => replaced.set(result, replacedBy(own, inner.outputs[i]!)))
    return moved.equations
  })
  const outputs = program.outputs.map((output) => replacedBy(replaced, output))
  return Object.freeze({ ...withEquations(program, equations, outputs), places })
}
