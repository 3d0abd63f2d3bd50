/** The primitive behind roots, fixed points and minima: x with f(x, c) = 0, however it is found. */
import { interval } from '../primitive/domain.js'
import { bind } from '../primitive/bind.js'
import type { Program } from '../primitive/model.js'
import { run } from '../transform/program.js'
import { pullBack, pushForward } from '../calculus/leafwise.js'
import { add, neg, sub } from '../tensor/arithmetic.js'
import { matmul } from '../tensor/matmul.js'
import type { Tensor } from '../tensor/model.js'
import { sin } from '../tensor/trigonometric.js'
import { stage } from '../transform/stage.js'
import { type LinearSystem, type Method, linearSolvePrimitive, reportType, settle, tight } from './linearSystem.js'
import { type Examples, type Jointly, overExamples } from './mapped.js'
import { full, jacobianProgram, transposedProgram } from './operator.js'
import { type Given, type Linear, type Solver, linearDefaults, methodFor, solutionAt } from './solver.js'
import { wordingOfEquation } from './messages.js'
import { compact, lengthOf, pack } from './vector.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * An equation, without its values. Operands are what f closes over and the initial guess; results are the solution, and a
 * report of how the iteration ended.
 */
export interface Equation extends Examples {
  /** The function as the user called it. */
  readonly name: string
  /** (x, closed over) -> f(x), whose root is the solution. */
  readonly residual: Program
  readonly solver: Solver | Given
  readonly linear: Linear
  /** Whether the Jacobian of f is symmetric, as a Hessian is. */
  readonly symmetric: boolean
  /** Whether a failure is an error, for where nobody reads the report. */
  readonly strict: boolean
}

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

interface Operands<A> {
  readonly captured: readonly A[]
  readonly initial: readonly A[]
}

/** The operands by what they are. */
const partsOf = <A>({ residual }: Equation, operands: readonly A[]): Operands<A> => {
  const captured = residual.inputs.length - residual.outputs.length
  return { captured: operands.slice(0, captured), initial: operands.slice(captured) }
}

/** Solves J t = r, or J^T t = r, at the solution; failure is an error. */
const solveAt = (
  { residual, linear, symmetric, name }: Equation,
  transpose: boolean,
  x: readonly Tensor[],
  captured: readonly Tensor[],
  r: readonly Tensor[]
): readonly Tensor[] => {
  const method = methodFor(linear, lengthOf(x), symmetric)
  const jacobian = jacobianProgram(residual)
  const system: LinearSystem = {
    ...linear,
    method,
    name: `${name}, its derivative`,
    operator: transpose && !symmetric ? transposedProgram(jacobian) : jacobian,
    strict: true,
    examples: []
  }
  return bind(linearSolvePrimitive, [...x, ...captured, ...r], system).slice(0, x.length)
}

/** The primitive of one example. */
const ofOne: Jointly<Equation> = {
  name: 'implicit',
  kind: 'control',
  infer: (operands, params) => [
    ...partsOf(params, operands).initial.map(({ shape, dtype }) => ({ shape, dtype })),
    reportType
  ],
  evaluate: (operands, params) => {
    const values = operands.map(compact)
    const { captured, initial } = partsOf(params, values)
    const outcome = solutionAt(params, { initial: pack(initial), types: initial, captured })
    return settle(wordingOfEquation(params.name, params.symmetric), params.strict, values, initial, outcome)
  },
  derivative: {
    jvp: (tangents, operands, out, params) => {
      const { captured, initial } = partsOf(params, operands)
      const moving = partsOf(params, tangents).captured
      if (moving.every((tangent) => tangent === undefined)) return out.map(() => undefined)
      const x = out.slice(0, initial.length)
      const { tangent } = pushForward(
        'jvp',
        (inputs) => run(params.residual, inputs),
        [...x, ...captured],
        [...x.map(() => undefined), ...moving]
      )
      if (tangent.every((each) => each === undefined)) return out.map(() => undefined)
      const right = full(
        tangent.map((each) => (each === undefined ? undefined : neg(each))),
        initial
      )
      return [...solveAt(params, false, x, captured, right), undefined]
    },
    vjp: (operands, out, params) => {
      const { captured, initial } = partsOf(params, operands)
      const k = initial.length
      const x = out.slice(0, k)
      return (cotangents) => {
        if (captured.length === 0) return operands.map(() => undefined)
        const w = solveAt(params, true, x, captured, full(cotangents.slice(0, k), initial))
        const { pull } = pullBack(
          'vjp',
          (inputs) => run(params.residual, inputs),
          [...x, ...captured],
          (i) => i >= k
        )
        return [...pull(w.map((each) => neg(each))).slice(k), ...initial.map(() => undefined)]
      }
    }
  },
  programs: ({ residual, solver }) => [residual, ...('program' in solver ? [solver.program] : [])],
  withPrograms: ({ solver, ...params }, [residual, program]) => ({
    ...params,
    residual: residual!,
    solver: 'program' in solver ? { ...solver, program: program! } : solver
  }),
  sample: (draw) => {
    const steady = { float32: 5e-7, float64: 0 }
    const n = draw.integer(1, 2)
    const matrix = draw.tensor([n, n], interval(-0.125, 0.125))
    const vector = draw.tensor([n], interval(1, 2))
    const initial = draw.tensor([n], interval(-2, 2))
    const types = [initial, matrix, vector]
    // x + M sin x = v: a root, and a fixed point of a contraction. An error of the solution within a tolerance would be
    // smooth but for jumps where the number of steps changes, which is not the rounding that the laws of differences bound.
    // Rounded steps end in a cycle of 1 to 4 points, so that 12 steps at once come to rest without a tolerance.
    const step = (x: Tensor, m: Tensor, v: Tensor): Tensor => sub(v, matmul(m, sin(x)))
    const map = stage('implicit', types, ([x, m, v]) => [
      Array.from({ length: 12 }).reduce((at: Tensor) => step(at, m!, v!), x!)
    ]).program
    const residual = stage('implicit', types, ([x, m, v]) => [sub(add(x!, matmul(m!, sin(x!))), v!)]).program
    const linear = { ...linearDefaults, method: draw.pick<Method>(['direct', 'gmres']), tolerance: tight }
    const solver = draw.pick<Solver>([
      { method: 'newton', tolerance: tight, maxIterations: 50 },
      { method: 'iteration', program: map, memory: 0, tolerance: steady, maxIterations: 200 },
      { method: 'iteration', program: map, memory: 3, tolerance: steady, maxIterations: 200 }
    ])
    const params = {
      name: 'implicit',
      residual,
      solver,
      linear,
      symmetric: false,
      strict: draw.pick([false, true]),
      examples: []
    }
    return { operands: [matrix, vector, initial], params }
  }
}

/**
 * x with f(x, c) = 0. Its derivatives are those of the equation, solved with the Jacobian J of f in x at the solution:
 * J x' = -f_c c' forward; backward J^T w = x̄, and the cotangent of c is that of c -> f(x, c) at -w. The initial guess has
 * none.
 */
export const implicitPrimitive: Jointly<Equation> = /* @__PURE__ */ overExamples(ofOne)

/** `implicitPrimitive` with a solver of the user's own, which a program cannot hold. */
const givenPrimitive: Jointly<Equation> = /* @__PURE__ */ overExamples({ ...ofOne, kind: 'opaque' })

/** Applies the primitive. */
export const bindImplicit = (operands: readonly Tensor[], params: Equation): readonly Tensor[] =>
  bind(params.solver.method === 'given' ? givenPrimitive : implicitPrimitive, operands, params)
