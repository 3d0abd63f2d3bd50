/** The primitive behind roots, fixed points and minima: x with f(x, c) = 0, however it is found. */
import { interval } from '../primitive/domain.js'
import { bind } from '../primitive/bind.js'
import type { Program, TensorType, Primitive } from '../primitive/model.js'
import { run } from '../transform/program.js'
import { pullBack, pushForward } from '../calculus/leafwise.js'
import { add, neg, sub } from '../tensor/arithmetic.js'
import { matmul } from '../tensor/matmul.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { sin } from '../tensor/trigonometric.js'
import { stage } from '../transform/stage.js'
import { direct } from './direct.js'
import { type Limits, iterate, newton } from './iteration.js'
import { bicgstab, cg, gmres } from './krylov.js'
import {
  type LinearSystem,
  type Method,
  type Tolerance,
  defaults,
  linearSolvePrimitive,
  reportType,
  settle,
  tight
} from './linearSystem.js'
import { bindMapped } from './mapped.js'
import type { Outcome } from './notConverged.js'
import { full, jacobianProgram, matrixOf, onVectors, transposedProgram } from './operator.js'
import { wordingOfEquation } from './wording.js'
import { type Vector, compact, lengthOf, norm, pack, precisionOf, unpack } from './vector.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** How linear systems with the Jacobian are solved, in derivatives and in Newton steps. */
export type Linear = Omit<LinearSystem, 'name' | 'operator' | 'method'> & {
  /** Unless given, `direct` for few unknowns and an iteration for many. */
  readonly method: Method | undefined
}

/** What a solver is given: where to start, and values of what the functions close over. */
export interface Given {
  readonly initial: Vector
  readonly types: readonly TensorType[]
  readonly captured: readonly Concrete[]
}

/** A way to a solution. */
export type Solver = (given: Given) => Outcome

/**
 * An equation, without its values. Operands are what f closes over and the initial guess; results are the solution, and a
 * report of how the iteration ended.
 */
export interface Equation {
  /** The function as the user called it. */
  readonly name: string
  /** (x, closed over) -> f(x), of which the solution is the root. */
  readonly residual: Program
  readonly solver: Solver
  readonly linear: Linear
  /** Whether the Jacobian of f is symmetric, as a Hessian is. */
  readonly symmetric: boolean
  /** Whether a failure is an error, for where nobody reads the report. */
  readonly strict: boolean
}

/** What is not said of how to solve with the Jacobian. */
export const linearDefaults: Linear = { ...defaults, method: undefined }

/** Up to so many unknowns, the Jacobian is made and factored. */
const few = 128

/** The method for so many unknowns. */
const methodFor = ({ method }: Linear, n: number, symmetric: boolean): Method =>
  method ?? (n <= few ? 'direct' : symmetric ? 'cg' : 'gmres')

// -----------------------------------------------------------------------------
// solvers
// -----------------------------------------------------------------------------

/** The limits of an iteration on leaves of some types. */
export const limitsFor = (tolerance: Tolerance, maxIterations: number, types: readonly TensorType[]): Limits => ({
  tolerance: tolerance[precisionOf(types)],
  maxIterations
})

const krylov = { cg, gmres, bicgstab }

/** The relative exactness of Newton steps by iterations: each gains that much, which is enough, since they are repeated. */
const exactness = 1e-4

/** Newton's method on a program (x, c) -> f(x). */
export const newtonSolver =
  (program: Program, linear: Linear, tolerance: Tolerance, maxIterations: number): Solver =>
  ({ initial, types, captured }) => {
    const jacobian = jacobianProgram(program)
    const method = methodFor(linear, initial.length, false)
    const solve = (x: Vector, r: Vector): Vector | undefined => {
      const at = [...unpack(x, types), ...captured]
      if (method === 'direct') {
        const { x: step, ending } = direct(matrixOf(jacobian, types, at), r, 0)
        return ending === 'converged' ? step : undefined
      }
      return krylov[method]({
        apply: onVectors(jacobian, types, at),
        precondition: (each) => each,
        b: r,
        initial: undefined,
        tolerance: exactness * norm(r),
        maxIterations: linear.maxIterations ?? Math.max(100, 10 * r.length),
        restart: linear.restart ?? 30
      }).x
    }
    return newton(onVectors(program, types, captured), solve, initial, limitsFor(tolerance, maxIterations, types))
  }

/** Fixed-point iteration on a program (x, c) -> g(x); with a memory, accelerated. */
export const fixedPointSolver =
  (program: Program, memory: number, tolerance: Tolerance, maxIterations: number): Solver =>
  ({ initial, types, captured }) =>
    iterate(onVectors(program, types, captured), initial, memory, limitsFor(tolerance, maxIterations, types))

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

/** Solves J t = r at the solution, or the same with the transpose; failure is an error. */
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
    strict: true
  }
  return bind(linearSolvePrimitive, [...x, ...captured, ...r], system).slice(0, x.length)
}

/**
 * x with f(x, c) = 0. Its derivatives are those of the equation, solved with the Jacobian J of f in x at the solution:
 * J x' = -f_c c' forward; backward J^T w = x̄, and the cotangent of c is that of c -> f(x, c) at -w. The initial guess has
 * none.
 */
export const implicitPrimitive: Primitive<Equation> = {
  name: 'implicit',
  infer: (operands, params) => [
    ...partsOf(params, operands).initial.map(({ shape, dtype }) => ({ shape, dtype })),
    reportType
  ],
  evaluate: (operands, params) => {
    const values = operands.map(compact)
    const { captured, initial } = partsOf(params, values)
    const outcome = params.solver({ initial: pack(initial), types: initial, captured })
    return settle(wordingOfEquation(params.name, params.symmetric), params.strict, values, initial, outcome)
  },
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
  },
  batch: (operands, mapped, params, size) => bindMapped(implicitPrimitive, operands, mapped, params, size),
  sample: (draw) => {
    const steady = { float32: 5e-7, float64: 1e-15 }
    const n = draw.integer(1, 2)
    const matrix = draw.tensor([n, n], interval(-0.25, 0.25))
    const vector = draw.tensor([n], interval(1, 2))
    const initial = draw.tensor([n], interval(-2, 2))
    const types = [initial, matrix, vector]
    // x + M sin x = v: a root, and a fixed point of a contraction
    const map = stage('implicit', types, ([x, m, v]) => [sub(v!, matmul(m!, sin(x!)))]).program
    const residual = stage('implicit', types, ([x, m, v]) => [sub(add(x!, matmul(m!, sin(x!))), v!)]).program
    const linear = { ...linearDefaults, method: draw.pick<Method>(['direct', 'gmres']), tolerance: tight }
    const solver = draw.pick([
      newtonSolver(residual, linear, tight, 50),
      fixedPointSolver(map, 0, steady, 200),
      fixedPointSolver(map, 3, steady, 200)
    ])
    const params = { name: 'implicit', residual, solver, linear, symmetric: false, strict: draw.pick([false, true]) }
    return { operands: [matrix, vector, initial], params }
  }
}
