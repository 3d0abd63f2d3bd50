/** Dead code. */
import { liveOrRefusing } from '../transform/checks.js'
import { live } from '../transform/program.js'
import type { Program } from '../primitive/model.js'
import { throughout, withEquations } from './rewrite.js'

/**
 * The program without the equations whose results nobody reads, except those with an effect; the programs inside it
 * too.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as Program from 'pullback/Program'
 * import * as T from 'pullback/Tensor'
 *
 * const program = Debug.trace((x: T.Tensor<[]>) => [T.exp(x), T.sin(x)] as const)(T.scalar(0))
 * const first: Program.Program = { ...program, outputs: program.outputs.slice(0, 1) }
 * Program.removeDead(first).equations.map(({ primitive }) => primitive.name) // => ['exp']
 */
export const removeDead: <P extends Program>(program: P) => P = /* @__PURE__ */ throughout((program) =>
  withEquations(program, live(program.equations, program.outputs, program.places))
)

/** The same, but for equations that may refuse values: their checks stay, so that the program throws what it threw. */
export const removeUnread: <P extends Program>(program: P) => P = /* @__PURE__ */ throughout((program) =>
  withEquations(program, liveOrRefusing(program.equations, program.outputs, program.places))
)
