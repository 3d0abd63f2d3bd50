/** Initial value problems for users. */
import { options, number, oneOf } from '../internal/options.js'
import { segment, scan } from '../control/scan.js'
import { aTensor, requireFunctions, results } from '../calculus/arguments.js'
import type { WithAxis } from '../calculus/vmap.js'
import { isStaged } from '../control/loop.js'
import { type Structure, differs, structureOf } from '../control/structure.js'
import { isFloat } from '../DType.js'
import { bind } from '../primitive/bind.js'
import type { TensorType } from '../primitive/model.js'
import { DTypeError, requireTensor } from '../internal/require.js'
import { run } from '../transform/program.js'
import { ShapeError, show } from '../shape/model.js'
import { add, div, mul, sub } from '../tensor/arithmetic.js'
import { arange } from '../tensor/construct.js'
import { concat } from '../tensor/join.js'
import type { Tensor } from '../tensor/model.js'
import { cast, reshapeTo } from '../tensor/structural.js'
import { typed } from '../tensor/typed.js'
import { along, take } from '../tensor/stridedWindow.js'
import { stage } from '../transform/stage.js'
import { isTooMuch } from './memory.js'
import { type Solution, odeintPrimitive, solve } from './solution.js'
import { type Field, type State, stepOf } from './step.js'
import { rungeKutta4 } from './tableau.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * How `odeint` solves: by default `'dopri5'`, the adaptive method of Dormand and Prince of order 5; or `'rk4'`, the
 * classical method of order 4, with `steps` equal steps between one time and the next.
 *
 * @example
 * import type { OdeOptions } from 'pullback/Ode'
 *
 * const fixed: OdeOptions = { method: 'rk4', steps: 10 }
 * fixed.steps // => 10
 */
export interface OdeOptions {
  readonly method?: 'dopri5' | 'rk4'
  /** For `'rk4'`: the number of steps between one time and the next, 1 by default. */
  readonly steps?: number
  /** For `'dopri5'`: the error of a step relative to the state, 1e-8 by default (1e-4 where times are float32). */
  readonly relativeTolerance?: number
  /** For `'dopri5'`: the absolute error of a step, with the default of `relativeTolerance`. */
  readonly absoluteTolerance?: number
  /** For `'dopri5'`: how many steps may be tried between one time and the next, 10,000 by default. */
  readonly maxSteps?: number
  /**
   * As in `Control.scan`: how many steps are computed again at a time in the backward pass. By default `true` where
   * everything that steps compute would take more than about 64 MB, else `false`.
   */
  readonly checkpointEvery?: number | boolean | 'sqrt'
}

const isCount = (n: number): boolean => Number.isSafeInteger(n) && n > 0
const count = number('an integer of 1 or more', isCount)
const positive = number('a positive number', (x) => x > 0 && x < Infinity)

const check = options<OdeOptions>('odeint', {
  method: oneOf('dopri5', 'rk4'),
  steps: count,
  relativeTolerance: positive,
  absoluteTolerance: positive,
  maxSteps: count,
  checkpointEvery: segment
})

// -----------------------------------------------------------------------------
// arguments
// -----------------------------------------------------------------------------

const requireTimes = (times: Tensor): void => {
  requireTensor('odeint', times, 'times')
  if (times.shape.length !== 1 || times.shape[0] === 0) {
    throw new ShapeError(
      'odeint',
      [times.shape],
      `times has shape ${show(times.shape)}; expected shape [n] with n of 1 or more`
    )
  }
  if (!isFloat(times.dtype)) {
    throw new DTypeError('odeint', `times is ${times.dtype}; expected float32 or float64, cast it with T.cast`)
  }
}

const inY0 = (path: string): string => (path === '' ? 'y0' : path.startsWith('[') ? `y0${path}` : `y0.${path}`)

/** The state, whose leaves are float tensors. */
const stateOf = <Y>(y0: Y): Structure<Y> => {
  const state = structureOf('odeint', y0, { at: (path) => `${inY0(path)} is`, required: aTensor })
  state.leaves.forEach((leaf, i) => {
    if (isFloat(leaf.dtype)) return
    const at = inY0(state.paths[i]!)
    throw new DTypeError(
      'odeint',
      `${at} is ${leaf.dtype}; expected float32 or float64, cast it with T.cast or pass it as a later argument`
    )
  })
  return state
}

/** A slope must have the state's structure, shapes and types. */
const slopeDiffers = differs('the state and its slope')

// -----------------------------------------------------------------------------
// fixed steps
// -----------------------------------------------------------------------------

const solveFixed = (
  field: Field,
  y0: State,
  times: Tensor,
  steps: number,
  checkpointEvery: number | boolean | 'sqrt'
): readonly Tensor[] => {
  const n = times.shape[0]!
  const begin = typed<[number]>(take(times, along(times.shape, 0, 0, n - 1)))
  const end = typed<[number]>(take(times, along(times.shape, 0, 1, n - 1)))
  type Interval = { readonly begin: Tensor<[]>; readonly end: Tensor<[]> }
  const interval = (y: State, between: Interval): State => {
    const h = div(sub(between.end, between.begin), steps)
    if (steps === 1) return stepOf(rungeKutta4, field, y, between.begin, h)
    const counts = typed<[number]>(cast(arange(steps), times.dtype))
    const step = (state: State, i: Tensor<[]>) =>
      [stepOf(rungeKutta4, field, state, add(between.begin, mul(h, i)), h), undefined] as const
    return scan(step, { checkpointEvery })(y, counts)[0]
  }
  const outer = checkpointEvery === false || steps === 1 ? checkpointEvery : 1
  const step = (y: State, between: Interval): readonly [State, State] => {
    const next = interval(y, between)
    return [next, next]
  }
  return scan(step, { checkpointEvery: outer })(y0, { begin, end })[1]
}

// -----------------------------------------------------------------------------
// the solver
// -----------------------------------------------------------------------------

/** Casts states along the axis in front, which have an axis more. */
const asStates = <Y>(tree: unknown): WithAxis<Y> => tree as WithAxis<Y>

/**
 * The solution of an ordinary differential equation, dy/dt = f(y, t, ...args) with y(times[0]) = y0, at all times:
 * `odeint(f, options)(y0, times, ...args)`, with the times along a new axis in front, y0 first. Times may go back.
 *
 * The state is a tree of float tensors, times a float tensor of shape [n]; arguments are of any kind. `f` gives a tree as the
 * state; it is staged: it may close over anything, but must not read values. Derivatives go through the solver, with respect
 * to y0, the times, the arguments and all that `f` closes over, in every mode and to any order; of n steps they keep about
 * sqrt(n) in memory. Adaptive steps are chosen by values, for each example of `vmap` on its own, and are constants for
 * derivatives. In a staged function they are one operation, with the slope as a program and the options as data, which
 * chooses the steps when it runs, and whose gradient makes all of them once more.
 *
 * Adaptive steps fail with a `RangeError` where `maxSteps` do not reach the next time, no step is short enough, or something
 * is not finite; in a program, operands that are NaN make the whole solution NaN. Fixed steps go on with NaN
 * and infinities. Both fail with a `TreeError`, `ShapeError`
 * or `DTypeError` where the slope is not like the state.
 *
 * J. R. Dormand and P. J. Prince, Journal of Computational and Applied Mathematics 6, 1980.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import { odeint } from 'pullback/Ode'
 * import * as T from 'pullback/Tensor'
 *
 * type S = T.Tensor<[]>
 * const decay = (y: S, _t: S, rate: S) => T.neg(T.mul(rate, y))
 * const times = T.of([0, 1, 2], 'float64')
 * const one = T.scalar(1, 'float64')
 * odeint(decay)(one, times, one).shape // => [3]
 *
 * const end = (rate: S) => T.sum(T.slice(odeint(decay)(one, times, rate), [[-1]]))
 * T.item(end(one)) // ≈ 0.1353353
 * T.item(grad(end)(one)) // ≈ -0.270671
 */
export const odeint = <Y, Args extends readonly unknown[]>(
  f: (y: Y, t: Tensor<[]>, ...args: Args) => NoInfer<Y>,
  options: OdeOptions = {}
): ((y0: Y, times: Tensor<[number]>, ...args: Args) => WithAxis<Y>) => {
  requireFunctions('odeint', { f })
  check(options)
  return (y0, times, ...args) => {
    requireTimes(times)
    const state = stateOf(y0)
    const y = state.leaves
    const time: TensorType = { shape: [], dtype: times.dtype }
    const { program, captured } = stage('odeint', [...y, time], (inputs) => {
      const slope = f(state.build(inputs.slice(0, y.length)), typed<[]>(inputs[y.length]!), ...args)
      results('odeint', slope)
      return state.match(slope, slopeDiffers)
    })
    const { steps = 1, maxSteps = 10_000 } = options
    const operands = [...y, times, ...captured]
    const inFront = (leaves: State): State => leaves.map((leaf) => reshapeTo(leaf, [1, ...leaf.shape]))
    if (options.method === 'rk4') {
      const field: Field = (leaves, t) => run(program, [...leaves, t, ...captured])
      const every = options.checkpointEvery ?? isTooMuch(program, y, operands, 4, steps * times.shape[0])
      const after = solveFixed(field, y, times, steps, every)
      return asStates<Y>(state.build(inFront(y).map((first, i) => concat([first, after[i]!]))))
    }
    const tolerance = times.dtype === 'float64' && y.every(({ dtype }) => dtype === 'float64') ? 1e-8 : 1e-4
    const { relativeTolerance = tolerance, absoluteTolerance = tolerance } = options
    const params: Solution = {
      field: program,
      relativeTolerance,
      absoluteTolerance,
      maxSteps,
      checkpointEvery: options.checkpointEvery,
      through: []
    }
    const solved = operands.some(isStaged) ? bind(odeintPrimitive, operands, params) : solve(params)(operands)
    return asStates<Y>(state.build(solved))
  }
}
