/** The steps of training: the gradient of an objective, transformed by an optimizer and added to the parameters. */
import { valueAndGradWithAux } from '../calculus/reverse.js'
import { refusal } from '../internal/describe.js'
import type { Context } from '../Layer.js'
import { type Need, type Optimizer, applyUpdates } from '../Optimizer.js'
import { LeakedTracerError, Traced, read } from '../primitive/traced.js'
import * as R from '../Random.js'
import { requireKey } from '../random/model.js'
import { type Tensor, firstElement } from '../tensor/model.js'
import {
  type Measured,
  type Objective,
  type Outcome,
  type Progress,
  type State,
  type Step,
  type Update,
  requireFunction,
  requireOptimizer
} from './model.js'
import { probe } from './probe.js'

// -----------------------------------------------------------------------------
// checks
// -----------------------------------------------------------------------------

/** Refuses another value than a state, such as the batch in its place. */
const requireState = (state: unknown): void => {
  const names = typeof state === 'object' && state !== null ? Object.keys(state) : []
  const missing = ['params', 'layerState', 'optimizerState', 'key'].find((name) => !names.includes(name))
  if (missing === undefined) return
  throw new TypeError(
    `Train: the state is without ${missing}; expected that of Train.init or of the step before, and then the batch`
  )
}

/** What an objective returned. */
const outcomeOf = <S, M>(returned: readonly [Tensor<[]>, S, M?]): readonly [Tensor<[]>, S, M?] => {
  if (Array.isArray(returned) && returned.length > 1) return returned
  throw new TypeError(
    refusal('Train', 'what the objective returned', returned, '[loss, layerState] or [loss, layerState, metrics]')
  )
}

const requireTarget = (operation: string, target: unknown): void =>
  requireFunction(operation, target, 'the objective', 'a function, before the optimizer')

/** Casts a result to the type with metrics, which it has where the objective returned some. */
const measured = <Result>(result: object, metrics: unknown): Result =>
  (metrics === undefined ? result : { ...result, metrics }) as Result

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** Loss, gradient, and all else that an objective returned. */
const differentiated = <P, S, Batch, M>(target: Objective<P, S, Batch, M>) =>
  valueAndGradWithAux((params: P, layerState: S, batch: Batch, context: Context) => {
    const [loss, next, metrics] = outcomeOf(target(params, layerState, batch, context))
    return [loss, metrics === undefined ? { next } : { next, metrics }] as const
  })

/**
 * The step of gradient descent on an objective: the gradient at the state, transformed by the optimizer, added to the
 * parameters; and the loss before. The key is split in each step, so that no two draw alike.
 *
 * It reads no number, and so works inside all transformations: `vmap` trains several models at once, `scan` runs over
 * stacked batches, `grad` differentiates through it.
 *
 * @example
 * import { scan } from 'pullback/Control'
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 * import * as Train from 'pullback/Train'
 * import { vmap } from 'pullback/Vmap'
 *
 * type Scalar = T.Tensor<[]>
 * const optimizer = Optimizer.sgd(0.25)
 * const update = Train.update(
 *   (p: Scalar, s: readonly [], x: Scalar) => [T.square(T.sub(p, x)), s] as const,
 *   optimizer
 * )
 * const train = (params: Scalar) => {
 *   const start = { params, layerState: [], optimizerState: optimizer.init(params), key: Random.key(0) } as const
 *   const [progress, { loss }] = scan(update)(start, T.zeros([3]))
 *   return { params: progress.params, losses: loss }
 * }
 * train(T.scalar(4)) // => { params: T.scalar(0.5), losses: T.of([16, 4, 1]) }
 * vmap(train)(T.of([4, 8])).params // => T.of([0.5, 1])
 */
export const update = <P, S, Batch, M = undefined>(
  target: Objective<P, S, Batch, M>,
  optimizer: Optimizer<Need>
): Update<P, S, Batch, M> => {
  requireTarget('Train.update', target)
  requireOptimizer('Train.update', optimizer)
  const differentiate = differentiated(target)
  return (progress, batch) => {
    requireState(progress)
    const { params, layerState, optimizerState, key: before } = progress
    requireKey('Train', before)
    const [key, own] = R.split(before)
    const context: Context = { mode: 'train', key: own }
    const [value, gradient, aux] = differentiate(params, layerState, batch, context)
    const objective = (other: P): Tensor<[]> => target(other, layerState, batch, context)[0]
    const [updates, after] = optimizer.update(gradient, optimizerState, params, { value, objective })
    const next: Progress<P, S> = {
      params: applyUpdates(params, updates),
      layerState: aux.next,
      optimizerState: after,
      key
    }
    return [next, measured<Outcome<M>>({ loss: value }, aux.metrics)]
  }
}

/**
 * The step of training that loops take: `update`, counted, with a report that holds the loss as a number. Inside a
 * transformation, where no number can be read, use `update` instead.
 *
 * @throws LeakedTracerError when the loss is a value inside a transformation
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 * import * as Train from 'pullback/Train'
 *
 * const optimizer = Optimizer.sgd(0.25)
 * const step = Train.step((p: T.Tensor<[]>, s: readonly [], x: number) => [T.square(T.sub(p, x)), s] as const, optimizer)
 * const params = T.scalar(4)
 * const first = { params, layerState: [], optimizerState: optimizer.init(params), key: Random.key(0), step: 0 } as const
 * const [next, report] = step(first, 0)
 * next.params // => T.scalar(2)
 * report // => { step: 0, loss: 16 }
 */
export const step = <P, S, Batch, M = undefined>(
  target: Objective<P, S, Batch, M>,
  optimizer: Optimizer<Need>
): Step<State<P, S>, Batch, Measured<M>> => {
  requireTarget('Train.step', target)
  requireOptimizer('Train.step', optimizer)
  const advance = update(target, optimizer)
  const made: Step<State<P, S>, Batch, Measured<M>> = (state, batch) => {
    requireState(state)
    const [progress, outcome] = advance(state, batch)
    const report: Measured<M> = { ...outcome, step: state.step, loss: numberOf(outcome.loss) }
    return [{ ...progress, step: state.step + 1 }, report]
  }
  return probe(made, {
    stateOf: (state) => state,
    gradient: ({ params, layerState, key }, batch) =>
      differentiated(target)(params, layerState, batch, { mode: 'train', key: R.split(key)[1] })[1]
  })
}

const numberOf = (loss: Tensor<[]>): number => {
  if (loss instanceof Traced && loss.interpreter.open) {
    const given = `the loss is inside ${loss.interpreter.transformation}, where it is not a number`
    throw new LeakedTracerError('Train.step', 'read', `${given}; use Train.update there`)
  }
  return firstElement(read('Train.step', loss))
}
