/** Functions with a derivative rule of the user's own, in programs: function and rule are programs too. */
import { guardedMul } from '../primitive/elementwise.js'
import { align } from '../primitive/batch.js'
import { bind } from '../primitive/bind.js'
import { coded } from '../primitive/code.js'
import { real } from '../primitive/domain.js'
import type { CallMapped, Leaves } from '../primitive/leaves.js'
import type { Primitive, Program, Slots, TensorType } from '../primitive/model.js'
import { add, mul } from '../tensor/arithmetic.js'
import { type Tensor, isConcrete } from '../tensor/model.js'
import { cos, sin } from '../tensor/trigonometric.js'
import { hasEffects, run } from '../transform/program.js'
import { stage } from '../transform/stage.js'
import { pullBack } from './leafwise.js'
import { mappedProgram, outputTypes, spreadOver } from './program.js'
import { zeroLike } from './arguments.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** A function with a pullback. Its results are the values, and behind them the residuals. */
export interface CustomVjp {
  /** From the operands to values and residuals. */
  readonly forward: Program
  /** From residuals and cotangents of the values to cotangents of the operands that are reached. */
  readonly backward: Program
  /** The number of values among the results. */
  readonly values: number
  /** Which operands have a cotangent. */
  readonly reached: readonly boolean[]
}

/** A function with a derivative along directions. */
export interface CustomJvp {
  readonly value: Program
  /** From operands and their tangents to the tangents of the values. */
  readonly tangent: Program
}

// -----------------------------------------------------------------------------
// rules
// -----------------------------------------------------------------------------

/** Zeros where there is nothing. */
export const full = (slots: Slots, types: readonly TensorType[]): readonly Tensor[] =>
  types.map((type, i) => slots[i] ?? zeroLike(type))

/** The transpose of a linear map between leaves of some types: its pullback, which does not depend on the point. */
export const transposed = (name: string, types: readonly TensorType[], linear: Leaves): ((slots: Slots) => Slots) =>
  pullBack(name, linear, types.map(zeroLike)).pull

/** Sums where terms may be missing. */
const sum = (a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined =>
  a === undefined ? b : b === undefined ? a : add(a, b)

/** The program of all examples at once, all of whose inputs carry the mapped axis in front. */
export const ofAll = (program: Program, size: number, map: CallMapped): Program =>
  mappedProgram(
    program,
    program.inputs.map(() => true),
    size,
    map
  )

const isMissing = (slots: Slots): boolean => slots.every((slot) => slot === undefined)

// -----------------------------------------------------------------------------
// a pullback
// -----------------------------------------------------------------------------

/**
 * A function with a pullback. Tangents are those of the transposed pullback. Residuals have their own derivatives, those of
 * the formula, which the derivative of the pullback depends on.
 */
export const customVjpPrimitive: Primitive<CustomVjp> = coded({
  name: 'customVjp',
  kind: 'control',
  infer: (_operands, { forward }) => outputTypes(forward),
  evaluate: (operands, { forward }) => run(forward, operands).filter(isConcrete),
  effect: ({ forward }) => hasEffects(forward),
  derivative: {
    jvp: (tangents, operands, out, { forward, backward, values, reached }, push) => {
      const [types, residuals] = [out.slice(0, values), out.slice(values)]
      const pull: Leaves = (cotangents) =>
        full(spreadOver(run(backward, [...residuals, ...cotangents]), reached), operands)
      const formula: Leaves = (leaves) => run(forward, leaves)
      return [
        ...transposed('customVjp', types, pull)(tangents),
        ...(residuals.length === 0 ? [] : push('customVjp', formula, operands, tangents).tangent.slice(values))
      ]
    },
    vjp:
      (operands, out, { forward, backward, values, reached }) =>
      (cotangents) => {
        const [ofValues, ofResiduals] = [cotangents.slice(0, values), cotangents.slice(values)]
        const residuals = out.slice(values)
        const own = isMissing(ofValues)
          ? []
          : spreadOver(run(backward, [...residuals, ...full(ofValues, out.slice(0, values))]), reached)
        if (isMissing(ofResiduals)) return own
        const { pull } = pullBack('customVjp', (leaves) => run(forward, leaves), operands)
        const rest = pull([...ofValues.map(() => undefined), ...ofResiduals])
        return operands.map((_, i) => sum(own[i], rest[i]))
      }
  },
  batch: (operands, mapped, params, size, map) =>
    bind(customVjpPrimitive, align(operands, mapped, size), {
      ...params,
      forward: ofAll(params.forward, size, map),
      backward: ofAll(params.backward, size, map)
    }),
  cost: (_operands, { forward }, _results, { dearest }) => dearest([forward]),
  programs: ({ forward, backward }) => [forward, backward],
  takes: ({ forward }) => forward.inputs,
  withPrograms: (params, [forward, backward]) => ({ ...params, forward: forward!, backward: backward! }),
  sample: (draw) => {
    const [x, y, z] = [draw.tensor([2], real), draw.tensor([2], real), draw.tensor([], real)]
    const forward = stage('customVjp', [x, y, z], ([a, b, c]) => [mul(sin(a!), b!), a!, b!, cos(c!)]).program
    const backward = stage('customVjp', [x, y, z, x], ([a, b, _, ct]) => [
      guardedMul(ct!, mul(cos(a!), b!)),
      guardedMul(ct!, sin(a!))
    ]).program
    return { operands: [x, y, z], params: { forward, backward, values: 1, reached: [true, true, false] } }
  }
})

// -----------------------------------------------------------------------------
// a derivative along directions
// -----------------------------------------------------------------------------

/** A function with a derivative along directions. Its pullback is the transpose. */
export const customJvpPrimitive: Primitive<CustomJvp> = coded({
  name: 'customJvp',
  kind: 'control',
  infer: (_operands, { value }) => outputTypes(value),
  evaluate: (operands, { value }) => run(value, operands).filter(isConcrete),
  effect: ({ value }) => hasEffects(value),
  derivative: {
    jvp: (tangents, operands, _out, { tangent }) => run(tangent, [...operands, ...full(tangents, operands)]),
    vjp: (operands, _out, { tangent }) =>
      transposed('customJvp', operands, (tangents) => run(tangent, [...operands, ...tangents]))
  },
  batch: (operands, mapped, { value, tangent }, size, map) =>
    bind(customJvpPrimitive, align(operands, mapped, size), {
      value: ofAll(value, size, map),
      tangent: ofAll(tangent, size, map)
    }),
  cost: (_operands, { value }, _results, { dearest }) => dearest([value]),
  programs: ({ value, tangent }) => [value, tangent],
  takes: ({ value }) => value.inputs,
  withPrograms: (_params, [value, tangent]) => ({ value: value!, tangent: tangent! }),
  sample: (draw) => {
    const [x, y] = [draw.tensor([2], real), draw.tensor([2], real)]
    const value = stage('customJvp', [x, y], ([a, b]) => [mul(sin(a!), b!)]).program
    const tangent = stage('customJvp', [x, y, x, y], ([a, b, s, t]) => [
      add(guardedMul(s!, mul(cos(a!), b!)), guardedMul(t!, sin(a!)))
    ]).program
    return { operands: [x, y], params: { value, tangent } }
  }
})
