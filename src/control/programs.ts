/** Programs with common inputs, and with zeros for outputs that they lack. */
import { closedProgram, memo } from '../calculus/program.js'
import { type Program, type TensorType, Variable } from '../primitive/model.js'
import { run } from '../transform/program.js'
import { type Tensor, fill } from '../tensor/model.js'
import { stageBody } from '../transform/stage.js'

type Leaves = readonly Tensor[]
type Flags = readonly boolean[]

/** Some functions of the same inputs as programs, and the values of other transformations that any of them closes over. */
export const stageTogether = (
  name: string,
  types: readonly TensorType[],
  functions: readonly ((leaves: Leaves) => Leaves)[]
): { readonly programs: readonly Program[]; readonly captured: Leaves } => {
  const each = functions.map((f) => stageBody(name, types, f))
  const captured = [...new Set(each.flatMap((one) => one.captured))]
  return { programs: each.map((one) => widened(one.program, types.length, one.captured, captured)), captured }
}

/** The program with all captured values as its last inputs, though it reads only its own. */
const widened = (program: Program, own: number, captured: Leaves, all: Leaves): Program => {
  let { places } = program
  const rest = all.map((x) => {
    const place = captured.indexOf(x)
    return place < 0 ? new Variable(places++, x) : program.inputs[own + place]!
  })
  return Object.freeze({ ...program, inputs: Object.freeze([...program.inputs.slice(0, own), ...rest]), places })
}

const filledPrograms = /* @__PURE__ */ memo<Program>()

/**
 * The program with zeros for missing outputs: its first outputs, then one for every flag that is set, which is its next own
 * output where there is one, and else zero.
 */
export const filled = (
  program: Program,
  first: number,
  has: Flags,
  wanted: Flags,
  types: readonly TensorType[]
): Program => {
  if (wanted.every((flag, i) => flag === has[i])) return program
  const key = [has, wanted].map((flags) => flags.map((flag) => (flag ? '1' : '0')).join('')).join(' ')
  return filledPrograms(program, `${first} ${key}`, () =>
    closedProgram('zeros', program.inputs, (leaves) => {
      const results = run(program, leaves)
      let next = first
      const all = has.map((flag) => (flag ? results[next++] : undefined))
      const rest = wanted.flatMap((flag, i) => (flag ? [all[i] ?? fill(types[i]!.shape, types[i]!.dtype, 0)] : []))
      return [...results.slice(0, first), ...rest]
    })
  )
}
