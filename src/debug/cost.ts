/** Costs of functions. */
import { type ProgramCost, cost as costOfProgram } from '../program/cost.js'
import { trace } from './trace.js'

/**
 * The cost of a call of a function, without its arithmetic: `cost(f)(...args)` traces `f`, through any transformation, and
 * counts floating-point operations, bytes read and written and the most memory at one time, in all and by scope. See
 * `Program.cost` for what counts how; of the arguments, only shapes and types are used.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const loss = (w: T.Tensor<[30, 20]>, x: T.Tensor<[20, 10]>) =>
 *   Debug.scope('model', () => T.sum(T.square(T.matmul(w, x))))
 * Debug.cost(loss)(T.zeros([30, 20]), T.zeros([20, 10])).flops // => 12600
 * Object.keys(Debug.cost(grad(loss))(T.zeros([30, 20]), T.zeros([20, 10])).scopes) // => ['vjp(model)', 'model']
 */
export const cost =
  <Args extends readonly unknown[], R>(f: (...args: Args) => R): ((...args: Args) => ProgramCost) =>
  (...args) =>
    costOfProgram(trace(f)(...args))
