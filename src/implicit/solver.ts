/** The methods of solution, as data, and their evaluation at concrete values. */
import { epsilon, isFloat } from '../DType.js'
import type { Program, TensorType } from '../primitive/model.js'
import { type Concrete, firstElement } from '../tensor/model.js'
import { run } from '../transform/program.js'
import { direct } from './direct.js'
import { type Limits, iterate, newton, newtonDescent } from './iteration.js'
import { bicgstab, cg, gmres } from './krylov.js'
import { type LinearSystem, type Method, type Tolerance, defaults } from './linearSystem.js'
import type { Outcome } from './notConverged.js'
import { jacobianProgram, matrixOf, onVectors } from './operator.js'
import { type Vector, concretes, norm, precisionOf, unpack } from './vector.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** How linear systems with the Jacobian are solved, in derivatives and in Newton steps. */
export type Linear = Omit<LinearSystem, 'name' | 'operator' | 'method' | 'examples'> & {
  /** By default `direct` for few unknowns and an iteration for many. */
  readonly method: Method | undefined
}

/** The defaults for solving with the Jacobian. */
export const linearDefaults: Linear = { ...defaults, method: undefined }

/** Where the search for a solution ends. */
interface Until {
  readonly tolerance: Tolerance
  readonly maxIterations: number
}

/** Newton's method on the residual. */
interface Newton extends Until {
  readonly method: 'newton'
}

/** Fixed-point iteration; with a memory, accelerated. */
interface Iteration extends Until {
  readonly method: 'iteration'
  /** (x, c) -> g(x), where the residual is x - g(x). */
  readonly program: Program
  readonly memory: number
}

/** Newton's method downhill. */
interface Descent extends Until {
  readonly method: 'descent'
  /** (x, c) -> the scalar whose gradient is the residual. */
  readonly program: Program
}

/** A method of solution. */
export type Solver = Newton | Iteration | Descent

/** The solver of a user. */
export interface Given {
  readonly method: 'given'
  readonly solve: (start: Start) => Outcome
}

/** The input of a solver: where to start, and the values that the functions close over. */
export interface Start {
  readonly initial: Vector
  readonly types: readonly TensorType[]
  readonly captured: readonly Concrete[]
}

// -----------------------------------------------------------------------------
// ways
// -----------------------------------------------------------------------------

/** Up to this number of unknowns, the Jacobian is formed and factored. */
const few = 128

/** The method for a number of unknowns. */
export const methodFor = ({ method }: Linear, n: number, symmetric: boolean): Method =>
  method ?? (n <= few ? 'direct' : symmetric ? 'cg' : 'gmres')

/** The limits of an iteration on leaves of some types. */
const limitsFor = ({ tolerance, maxIterations }: Until, types: readonly TensorType[]): Limits => ({
  tolerance: tolerance[precisionOf(types)],
  maxIterations
})

const krylov = { cg, gmres, bicgstab }

/** The relative tolerance of Newton steps by iterations, which is enough, since steps are repeated. */
const exactness = 1e-4

/** Newton's method on a program (x, c) -> f(x). */
const byNewton = (program: Program, linear: Linear, solver: Newton, { initial, types, captured }: Start): Outcome => {
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
  return newton(onVectors(program, types, captured), solve, initial, limitsFor(solver, types))
}

/** The minimum of a scalar program, from its gradient. */
const byDescent = (gradient: Program, solver: Descent, { initial, types, captured }: Start): Outcome => {
  const { program } = solver
  const hessian = jacobianProgram(gradient)
  const { dtype } = program.outputs[0]!
  return newtonDescent(
    {
      value: (x) => {
        const [value] = concretes(run(program, [...unpack(x, types), ...captured]))
        return firstElement(value!)
      },
      gradient: onVectors(gradient, types, captured),
      hessian: (x) => onVectors(hessian, types, [...unpack(x, types), ...captured]),
      epsilon: epsilon(isFloat(dtype) ? dtype : 'float32')
    },
    initial,
    limitsFor(solver, types)
  )
}

/** The root of a residual, by the method of its solver. */
export const solutionAt = (
  {
    residual,
    linear,
    solver
  }: { readonly residual: Program; readonly linear: Linear; readonly solver: Solver | Given },
  start: Start
): Outcome => {
  switch (solver.method) {
    case 'newton':
      return byNewton(residual, linear, solver, start)
    case 'iteration': {
      const { initial, types, captured } = start
      return iterate(onVectors(solver.program, types, captured), initial, solver.memory, limitsFor(solver, types))
    }
    case 'descent':
      return byDescent(residual, solver, start)
    case 'given':
      return solver.solve(start)
  }
}
