/** Calls of programs as one operation: their derivatives and their mapping are such calls too. */
import { bind } from '../primitive/bind.js'
import { coded } from '../primitive/code.js'
import { real } from '../primitive/domain.js'
import type { Primitive, Program, Slots } from '../primitive/model.js'
import { mul } from '../tensor/arithmetic.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { stage } from '../transform/stage.js'
import { mappedProgram, outputTypes, pullbackProgram, spreadOver, tangentProgram } from './program.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** The parameters of a call. */
export interface Called {
  readonly program: Program
}

/** What makes one kind of call differ from another. */
interface CallRecord {
  readonly name: string
  readonly evaluate: (program: Program, operands: readonly Concrete[]) => readonly Concrete[]
  /** Another way to pull cotangents back, where there is one for these. */
  readonly pull?: (program: Program, operands: readonly Tensor[], cotangents: Slots, before: Slots) => Slots | undefined
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** A call that keeps nothing but its operands for the backward pass, which runs the program again. */
/* @__NO_SIDE_EFFECTS__ */
export const callPrimitive = ({ name, evaluate, pull }: CallRecord): Primitive<Called> => {
  const call: Primitive<Called> = {
    name,
    kind: 'control',
    infer: (_operands, { program }) => outputTypes(program),
    evaluate: (operands, { program }) => evaluate(program, operands),
    derivative: {
      jvp: (tangents, operands, _out, { program }, push) => {
        const present = tangents.filter((tangent) => tangent !== undefined)
        const derived = tangentProgram(
          program,
          tangents.map((tangent) => tangent !== undefined),
          push
        )
        const both = bind(call, [...operands, ...present], { program: derived.program })
        return spreadOver(both.slice(program.outputs.length), derived.moves)
      },
      vjp: (operands, _out, { program }) => {
        return (cotangents, before) => {
          const own = pull?.(program, operands, cotangents, before)
          if (own !== undefined) return own
          const { program: pulled, reached } = pullbackProgram(
            program,
            cotangents.map((each) => each !== undefined),
            operands.map((_, i) => before[i] !== undefined)
          )
          const present = [...cotangents, ...before].filter((each) => each !== undefined)
          return spreadOver(bind(call, [...operands, ...present], { program: pulled }), reached)
        }
      },
      accumulates: true
    },
    batch: (operands, mapped, { program }, size, map) =>
      bind(call, operands, { program: mappedProgram(program, mapped, size, map) }),
    cost: (_operands, { program }, _results, { dearest }) => dearest([program]),
    programs: ({ program }) => [program],
    takes: ({ program }) => program.inputs,
    withPrograms: (_params, [program]) => ({ program: program! }),
    sample: (draw) => {
      const x = draw.tensor([3], real)
      const y = draw.tensor([3], real)
      const { program } = stage(name, [x, y], ([a = x, b = y]) => [mul(mul(a, a), b), mul(a, b)])
      return { operands: [x, y], params: { program } }
    }
  }
  return coded(call)
}
