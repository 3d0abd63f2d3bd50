/** Operands and parameters in float32, for laws that hold in both float types. */
import { isFloat } from '../DType.js'
import { type Params, type Primitive, type Program, Variable } from '../primitive/model.js'
import { type Tensor, fill } from '../tensor/model.js'
import { cast } from '../tensor/structural.js'
import { equation, run } from '../transform/program.js'
import { stage } from '../transform/stage.js'

/** A float tensor in float32; another tensor unchanged. */
export const rounded = (x: Tensor): Tensor => (isFloat(x.dtype) ? cast(x, 'float32') : x)

const known = new WeakMap<Program, Program>()

/** The program for inputs in float32: its constants are rounded, and types follow from them. */
const programOf = (program: Program): Program => {
  const before = known.get(program)
  if (before !== undefined) return before
  const equations = program.equations.map(({ primitive, params, operands, results, scope }) =>
    equation(
      primitive,
      roundedParams(primitive, params),
      operands.map((atom) => (atom instanceof Variable ? atom : rounded(atom))),
      results,
      scope
    )
  )
  const inputs = program.inputs.map(({ shape, dtype }) => rounded(fill(shape, dtype, 0)))
  const made = stage('trace', inputs, (list) => run({ ...program, equations }, list)).program
  known.set(program, made)
  return made
}

/** The parameters of a primitive with the programs in them for operands in float32. */
export const roundedParams = (primitive: Primitive, params: Params): Params =>
  primitive.withPrograms?.(params, primitive.programs?.(params).map(programOf) ?? []) ?? params
