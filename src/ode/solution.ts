/** The primitive behind staged solvers: how many steps they make is not known before there are values. */
import { spreadOver } from '../calculus/program.js'
import { callMapped } from '../calculus/batching.js'
import { type Leaves, pullBack, pushForward } from '../calculus/leafwise.js'
import { cut, neutral, presence, present } from '../control/step.js'
import { isFloat } from '../DType.js'
import { interval } from '../primitive/domain.js'
import { bind } from '../primitive/bind.js'
import type { TensorType, Primitive } from '../primitive/model.js'
import { add, mul } from '../tensor/arithmetic.js'
import { type Tensor, fill, isConcrete } from '../tensor/model.js'
import { sin } from '../tensor/trigonometric.js'

/** What `odeint` is a primitive of: a function of leaves that closes over nothing, and runs where values are known. */
export interface Solution {
  readonly solve: Leaves
  /** The types of what it gives. */
  readonly types: readonly TensorType[]
  /** Whether the equation does more than give slopes. */
  readonly effect: boolean
}

/** Only what is differentiated has a derivative. */
const floats = (operands: readonly TensorType[]): readonly boolean[] => operands.map(({ dtype }) => isFloat(dtype))

const zero = ({ shape, dtype }: TensorType): Tensor => fill(shape, dtype, 0)

/**
 * A solver as one operation, which runs as an ordinary function when there are values, the derivatives of it too: so they are
 * those of the same steps, at the same cost, and to any order.
 */
export const odeintPrimitive: Primitive<Solution> = {
  name: 'odeint',
  kind: 'control',
  infer: (_operands, { types }) => types,
  evaluate: (operands, { solve }) => solve(operands).filter(isConcrete),
  effect: ({ effect }) => effect,
  derivative: {
    jvp: (tangents, operands, _out, params) => {
      const { solve, types } = params
      const moving = presence(tangents)
      const pushed: Leaves = (leaves) => {
        const [primals, dots] = cut(leaves, operands.length)
        const { tangent } = pushForward('jvp', solve, primals, spreadOver(dots, moving))
        return tangent.map((each, i) => each ?? zero(types[i]!))
      }
      return bind(odeintPrimitive, [...operands, ...present(tangents)], { ...params, solve: pushed })
    },
    vjp: (operands, _out, params) => (cotangents, before) => {
      const [given, earlier] = [presence(cotangents), presence(before)]
      const reached = floats(operands)
      const types = operands.filter((_, i) => reached[i]).map(({ shape, dtype }): TensorType => ({ shape, dtype }))
      const pulled: Leaves = (leaves) => {
        const [primals, cts, totals] = cut(leaves, operands.length, present(cotangents).length)
        const { pull } = pullBack('vjp', params.solve, primals)
        const after = pull(spreadOver(cts, given), spreadOver(totals, earlier))
        return after.filter((_, i) => reached[i]).map((each, i) => each ?? neutral(types[i]!))
      }
      const results = bind(odeintPrimitive, [...operands, ...present(cotangents), ...present(before)], {
        ...params,
        solve: pulled,
        types
      })
      return spreadOver(results, reached)
    },
    accumulates: true
  },
  batch: (operands, mapped, params, size) =>
    bind(odeintPrimitive, operands, {
      ...params,
      solve: (leaves) => callMapped('vmap', size, leaves, mapped, params.solve),
      types: params.types.map(({ shape, dtype }) => ({ shape: [size, ...shape], dtype }))
    }),
  sample: (draw) => {
    const y = draw.tensor([2], interval(-1, 1))
    const rate = draw.tensor([2], interval(-1, 1))
    return { operands: [y, rate], params: { solve: sampleSteps, types: [y], effect: false } }
  }
}

/** Three steps of Euler's method. */
const sampleSteps: Leaves = ([y, rate]) => {
  const step = (state: Tensor): Tensor => add(state, mul(sin(mul(state, rate!)), 0.5))
  return [step(step(step(y!)))]
}
