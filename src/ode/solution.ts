/** The primitive behind staged solvers: how many steps they make is not known before there are values. */
import { zeroLike } from '../calculus/arguments.js'
import { spreadOver } from '../calculus/program.js'
import { callMapped } from '../calculus/batching.js'
import { pullBack, pushForward } from '../calculus/leafwise.js'
import { cut, neutral, presence, present } from '../control/step.js'
import { isFloat } from '../DType.js'
import { interval } from '../primitive/domain.js'
import { bind } from '../primitive/bind.js'
import type { Leaves } from '../primitive/leaves.js'
import type { Primitive, Program, TensorType } from '../primitive/model.js'
import { add, mul } from '../tensor/arithmetic.js'
import { stack } from '../tensor/join.js'
import { isConcrete } from '../tensor/model.js'
import { sin } from '../tensor/trigonometric.js'
import { stage } from '../transform/stage.js'
import { run } from '../transform/program.js'
import { solveAdaptive, valuesOf } from './adaptive.js'
import { isTooMuch } from './memory.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The parameters of `odeint`. Operands are the leaves of the state, the times, and the values that the right-hand side closes
 * over; results are the states at all times.
 */
export interface Solution {
  /** (state, time, closed over) -> slope. */
  readonly field: Program
  readonly relativeTolerance: number
  readonly absoluteTolerance: number
  readonly maxSteps: number
  readonly checkpointEvery: number | boolean | 'sqrt' | undefined
  /** The transformations that the solver has gone through, the first one first. */
  readonly through: readonly Transformation[]
}

/** From operands and tangents of those that move to tangents of the results. */
interface Pushed {
  readonly transformation: 'jvp'
  /** The number of operands before it. */
  readonly operands: number
  readonly moving: readonly boolean[]
}

/** From operands, cotangents of results and what float operands have been given to the totals of these. */
interface Pulled {
  readonly transformation: 'vjp'
  readonly operands: number
  readonly cotangents: readonly boolean[]
  readonly given: readonly boolean[]
}

/** All examples at once: operands that are mapped carry an axis in front, and so do all results. */
interface Mapped {
  readonly transformation: 'vmap'
  readonly size: number
  readonly mapped: readonly boolean[]
}

type Transformation = Pushed | Pulled | Mapped

// -----------------------------------------------------------------------------
// solving
// -----------------------------------------------------------------------------

const solverOf = (params: Solution, anyway: boolean): Leaves => {
  const { field, relativeTolerance, absoluteTolerance, maxSteps, checkpointEvery } = params
  const states = field.outputs.length
  return (leaves) => {
    const [y, [times], captured] = cut(leaves, states, 1)
    const after = solveAdaptive((rest) => (at, t) => run(field, [...at, t, ...rest]), y, times!, captured, {
      relative: relativeTolerance,
      absolute: absoluteTolerance,
      maxSteps,
      anyway,
      again: (steps) => checkpointEvery ?? isTooMuch(field, y, leaves, 6, steps)
    })
    return y.map((leaf, i) => stack([leaf, ...after.map((each) => each[i]!)]))
  }
}

/** A solver transformed: as a function, so that it makes the same steps. */
const transformed = (solve: Leaves, by: Transformation): Leaves => {
  switch (by.transformation) {
    case 'jvp':
      return (leaves) => {
        const [primals, dots] = cut(leaves, by.operands)
        const { value, tangent } = pushForward('jvp', solve, primals, spreadOver(dots, by.moving))
        return tangent.map((each, i) => each ?? zeroLike(value[i]!))
      }
    case 'vjp':
      return (leaves) => {
        const [primals, cts, totals] = cut(leaves, by.operands, by.cotangents.filter((given) => given).length)
        const { pull } = pullBack('vjp', solve, primals)
        const after = pull(spreadOver(cts, by.cotangents), spreadOver(totals, by.given))
        return primals.flatMap((primal, i) => (isFloat(primal.dtype) ? [after[i] ?? neutral(primal)] : []))
      }
    case 'vmap':
      return (leaves) => callMapped('vmap', by.size, leaves, by.mapped, solve)
  }
}

/** The solver of parameters as a function of leaves, which runs where values are known. */
export const solve = (params: Solution, anyway = false): Leaves =>
  params.through.reduce(transformed, solverOf(params, anyway))

/** The types of the results. */
const typesOf = (
  { field, through }: Pick<Solution, 'field' | 'through'>,
  operands: readonly TensorType[]
): readonly TensorType[] => {
  const by = through.at(-1)
  const states = field.outputs.length
  if (by === undefined) {
    const count = operands[states]!.shape[0]!
    return operands.slice(0, states).map(({ shape, dtype }) => ({ shape: [count, ...shape], dtype }))
  }
  const before = { field, through: through.slice(0, -1) }
  switch (by.transformation) {
    case 'jvp':
      return typesOf(before, operands.slice(0, by.operands))
    case 'vjp':
      return operands.slice(0, by.operands).filter(({ dtype }) => isFloat(dtype))
    case 'vmap': {
      const ofOne = ({ shape, dtype }: TensorType, i: number): TensorType => ({
        shape: by.mapped[i] === true ? shape.slice(1) : shape,
        dtype
      })
      return typesOf(before, operands.map(ofOne)).map(({ shape, dtype }) => ({ shape: [by.size, ...shape], dtype }))
    }
  }
}

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

/** The operation after one more transformation. */
const after = (params: Solution, by: Transformation): Solution => ({ ...params, through: [...params.through, by] })

/**
 * A solver as one operation, which runs as an ordinary function when there are values, as do its derivatives: they are
 * those of the same steps, at the same cost, and to any order.
 */
export const odeintPrimitive: Primitive<Solution> = {
  name: 'odeint',
  kind: 'control',
  infer: (operands, params) => typesOf(params, operands).map(({ shape, dtype }) => ({ shape, dtype })),
  evaluate: (operands, params) => {
    try {
      return solve(params)(operands).filter(isConcrete)
    } catch (error) {
      // In a program, values that are not finite pass as they do through other operations, and zeros beside them stay zeros.
      if (operands.every((operand) => valuesOf(operand).every(Number.isFinite))) throw error
      return solve(params, true)(operands).filter(isConcrete)
    }
  },
  derivative: {
    jvp: (tangents, operands, _out, params) =>
      bind(
        odeintPrimitive,
        [...operands, ...present(tangents)],
        after(params, { transformation: 'jvp', operands: operands.length, moving: presence(tangents) })
      ),
    vjp: (operands, _out, params) => (cotangents, before) => {
      const totals = bind(
        odeintPrimitive,
        [...operands, ...present(cotangents), ...present(before)],
        after(params, {
          transformation: 'vjp',
          operands: operands.length,
          cotangents: presence(cotangents),
          given: presence(before)
        })
      )
      return spreadOver(
        totals,
        operands.map(({ dtype }) => isFloat(dtype))
      )
    },
    accumulates: true
  },
  batch: (operands, mapped, params, size) =>
    bind(odeintPrimitive, operands, after(params, { transformation: 'vmap', size, mapped })),
  programs: ({ field }) => [field],
  withPrograms: (params, [field]) => ({ ...params, field: field! }),
  sample: (draw) => {
    const [y, rate] = [draw.tensor([], interval(1, 2)), draw.tensor([], interval(0.5, 1))]
    const times = draw.distinct([2], interval(0, 0.3))
    const field = stage('odeint', [y, y, rate], ([state, t, r]) => [add(sin(mul(state!, r!)), t!)]).program
    const params: Solution = {
      field,
      // So loose that one step is enough: its length depends on times only, and derivatives leave steps constant.
      relativeTolerance: 1,
      absoluteTolerance: 1,
      maxSteps: 100,
      checkpointEvery: false,
      through: []
    }
    return { operands: [y, times, rate], params }
  }
}
