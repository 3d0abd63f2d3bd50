/**
 * Training as a fold: a state, a batch, and the pure step that takes them to the next state and a report.
 */
import { refusal } from '../internal/describe.js'
import type { AnyLayer, Context, Layer } from '../Layer.js'
import { applied } from '../layer/apply.js'
import type { RowsIn, RowsOut } from '../layer/links.js'
import { requireLayer } from '../layer/model.js'
import type { Rowwise } from '../layer/output.js'
import type { Need, Optimizer, State as OptimizerState } from '../Optimizer.js'
import { isOptimizer } from '../optimizer/lift.js'
import type { Key } from '../Random.js'
import * as R from '../Random.js'
import { requireKey } from '../random/model.js'
import type { Tensor } from '../tensor/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * Everything that changes from step to step, as a tree of tensors: `vmap` maps it, and `scan` carries it.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as Random from 'pullback/Random'
 * import * as Train from 'pullback/Train'
 *
 * const { step, ...progress } = Train.init(Layer.dense(4, 3), Optimizer.sgd(0.1))(Random.key(0))
 * const same: Train.Progress<Layer.DenseParams<4, 3>, Layer.None> = progress
 * same.params.w.shape // => [3, 4]
 */
export interface Progress<P, S> {
  /** The parameters, which are learnt. */
  readonly params: P
  /** The state that layers change themselves. */
  readonly layerState: S
  readonly optimizerState: OptimizerState
  /** The key from which those of later steps are split. */
  readonly key: Key
}

/**
 * The whole state between two steps: with the next batches, it determines every bit of the next states.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as Random from 'pullback/Random'
 * import * as Train from 'pullback/Train'
 *
 * const state: Train.State<Layer.DenseParams<4, 3>, Layer.None> =
 *   Train.init(Layer.dense(4, 3), Optimizer.adam(1e-3))(Random.key(0))
 * state.params.w.shape // => [3, 4]
 * state.step // => 0
 */
export interface State<P, S> extends Progress<P, S> {
  /** The number of steps so far. */
  readonly step: number
}

/**
 * The function to minimise: a scalar loss, the next state of the layer, and any tensors to report, from parameters, state, batch and
 * context.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 * import type * as Train from 'pullback/Train'
 *
 * // the mean of a data set, by least squares
 * const objective: Train.Objective<T.Tensor<[]>, readonly [], T.Tensor<[number]>> = (params, state, batch) => [
 *   T.mean(T.square(T.sub(batch, params))),
 *   state
 * ]
 * objective.length // => 3
 */
export type Objective<P, S, Batch, M = undefined> = (
  params: P,
  layerState: S,
  batch: Batch,
  context: Context
) => readonly [loss: Tensor<[]>, layerState: S, metrics?: M]

/**
 * What loops look at in the report of a step: its number, counted from 0, and the loss before its update. Whatever else a step reports is
 * its own.
 *
 * @example
 * import type { Report } from 'pullback/Train'
 *
 * const report: Report = { step: 0, loss: 2.3 }
 * report.loss // => 2.3
 */
export interface Report {
  readonly step: number
  readonly loss: number
}

/**
 * A report with the metrics of the objective, if it has some.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 * import type { Measured } from 'pullback/Train'
 *
 * const report: Measured<{ readonly hits: T.Tensor<[]> }> = { step: 0, loss: 2.3, metrics: { hits: T.scalar(0.1) } }
 * report.metrics.hits // => T.scalar(0.1)
 */
export type Measured<M> = Report & WithMetrics<M>

type WithMetrics<M> = [M] extends [undefined] ? unknown : { readonly metrics: M }

/**
 * One step of training, pure: the same state and batch give the same bits. The state is any value: that of `Train.step`, or one with more
 * in it.
 *
 * @example
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 * import * as Train from 'pullback/Train'
 *
 * // a fold that only counts
 * const counting: Train.Step<number, number> = (count, batch) => [count + 1, { step: count, loss: batch }]
 * counting(3, 0.5) // => [4, { step: 3, loss: 0.5 }]
 *
 * // two models in one state, of which one learns to make small what the other makes large
 * type Scalar = T.Tensor<[]>
 * type Half = Train.State<Scalar, readonly []>
 * const sgd = Optimizer.sgd(0.5)
 * const critic = Train.step((c: Scalar, s: readonly [], g: Scalar) => [T.sub(T.square(c), T.mul(g, c)), s] as const, sgd)
 * const generator = Train.step((g: Scalar, s: readonly [], c: Scalar) => [T.mul(g, c), s] as const, sgd)
 * const inTurn: Train.Step<{ readonly g: Half; readonly c: Half }, number> = ({ g, c }) => {
 *   const [nextC] = critic(c, g.params)
 *   const [nextG, report] = generator(g, nextC.params)
 *   return [{ g: nextG, c: nextC }, report]
 * }
 * const half = (params: Scalar): Half => ({ params, layerState: [], optimizerState: [], key: Random.key(0), step: 0 })
 * const [rivals] = inTurn({ g: half(T.scalar(1)), c: half(T.scalar(0)) }, 0)
 * rivals.c.params // => T.scalar(0.5)
 * rivals.g.params // => T.scalar(0.75)
 *
 * // a running average of the parameters beside the model
 * interface Averaged extends Half {
 *   readonly average: Scalar
 * }
 * const averaged: Train.Step<Averaged, Scalar> = ({ average, ...state }, batch) => {
 *   const [next, report] = generator(state, batch)
 *   return [{ ...next, average: T.add(T.mul(average, 0.75), T.mul(next.params, 0.25)) }, report]
 * }
 * averaged({ ...half(T.scalar(1)), average: T.scalar(1) }, T.scalar(1))[0].average // => T.scalar(0.875)
 */
export type Step<X, Batch, R extends Report = Report> = (state: X, batch: Batch) => readonly [state: X, report: R]

/**
 * A step whose result may come later, as that of an engine does; every `Step` is one. `Train.run` takes it, and awaits each result before
 * it asks for the next batch.
 *
 * @example
 * import type * as Train from 'pullback/Train'
 *
 * const counting: Train.AsyncStep<number, number> = async (count, batch) => [count + 1, { step: count, loss: batch }]
 * counting.length // => 2
 */
export type AsyncStep<X, Batch, R extends Report = Report> = (
  state: X,
  batch: Batch
) => ReturnType<Step<X, Batch, R>> | PromiseLike<ReturnType<Step<X, Batch, R>>>

/**
 * One step of training in tensors alone, pure: `step` without its counting and its report.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 * import type * as Train from 'pullback/Train'
 *
 * const idle: Train.Update<{}, {}, T.Tensor> = (progress, batch) => [progress, { loss: T.sum(batch) }]
 * idle.length // => 2
 */
export type Update<P, S, Batch, M = undefined> = (
  progress: Progress<P, S>,
  batch: Batch
) => readonly [progress: Progress<P, S>, outcome: Outcome<M>]

/**
 * What an update found before it changed the parameters: the loss, and the metrics of the objective, if it has some.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 * import type { Outcome } from 'pullback/Train'
 *
 * const outcome: Outcome<undefined> = { loss: T.scalar(2.3) }
 * outcome.loss // => T.scalar(2.3)
 */
export type Outcome<M> = { readonly loss: Tensor<[]> } & WithMetrics<M>

/**
 * A batch of a supervised task, as `Dataset.batches` makes them.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 * import type { Example } from 'pullback/Train'
 *
 * const batch: Example<T.Tensor<[2, 3]>, T.Tensor<[2]>> = { features: T.ones([2, 3]), labels: T.zeros([2]) }
 * batch.labels.shape // => [2]
 */
export interface Example<A, L> {
  readonly features: A
  readonly labels: L
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * The state before the first step: parameters drawn from one half of the key, the other half kept for the steps.
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Optimizer from 'pullback/Optimizer'
 * import * as Random from 'pullback/Random'
 * import * as Train from 'pullback/Train'
 *
 * Train.init(Layer.dense(4, 3), Optimizer.sgd(0.1))(Random.key(0)).optimizerState // => []
 */
export const init = <F, P, S>(layer: Layer<F, P, S>, optimizer: Optimizer<Need>): ((key: Key) => State<P, S>) => {
  requireLayer('Train.init', layer)
  requireOptimizer('Train.init', optimizer)
  return (key) => {
    requireKey('Train.init', key)
    const [forParams, forSteps] = R.split(key)
    const [{ params, state }] = layer.init(forParams)
    return { params, layerState: state, optimizerState: optimizer.init(params), key: forSteps, step: 0 }
  }
}

interface Supervised {
  <M extends number, N extends number, P, S, L>(
    layer: Layer<Rowwise<M, N>, P, S>,
    criterion: (output: Tensor<[number, N]>, labels: L) => Tensor<[]>
  ): Objective<P, S, Example<Tensor<[number, M]>, L>>
  <F, P, S, L>(
    layer: Layer<F, P, S>,
    criterion: (output: RowsOut<F>, labels: L) => Tensor<[]>
  ): Objective<P, S, Example<RowsIn<F>, L>>
}

/** Casts to the overloads, which state what the layer takes and gives. */
const supervised = (
  body: (
    layer: AnyLayer,
    criterion: (output: unknown, labels: unknown) => Tensor<[]>
  ) => Objective<unknown, unknown, Example<unknown, unknown>>
): Supervised => body as unknown as Supervised

/**
 * The objective of a supervised task: a layer applied to the features in training mode, and a criterion that compares
 * its output with the labels.
 *
 * @throws TypeError for a batch without features or labels
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Loss from 'pullback/Loss'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 * import * as Train from 'pullback/Train'
 *
 * const objective = Train.objective(Layer.dense(2, 2), Loss.crossEntropy)
 * const params = { w: T.of([[1, 0], [0, 1]]), b: T.of([0, 0]) }
 * const batch = { features: T.of([[0, 0]]), labels: T.of([1], 'int32') }
 * objective(params, {}, batch, { mode: 'train', key: Random.key(0) })[0] // => T.scalar(0.6931472)
 */
export const objective: Supervised = /* @__PURE__ */ supervised((layer, criterion) => {
  requireLayer('Train.objective', layer)
  requireFunction('Train.objective', criterion, 'the criterion', 'a function of output and labels')
  return (params, layerState, batch, context) => {
    requireExample(batch)
    const [output, next] = applied('Train.objective', layer, params, layerState, context)(batch.features)
    return [criterion(output, batch.labels), next]
  }
})

const requireExample = (batch: unknown): void => {
  const expected = 'an object with features and labels, as Dataset.batches makes them'
  if (typeof batch !== 'object' || batch === null)
    throw new TypeError(refusal('Train.objective', 'the batch', batch, expected))
  const missing = ['features', 'labels'].find((name) => Reflect.get(batch, name) === undefined)
  if (missing !== undefined)
    throw new TypeError(`Train.objective: the batch is without ${missing}; expected ${expected}`)
}

/** Refuses another value, such as the optimizer in the place of the objective. */
export const requireFunction = (operation: string, f: unknown, name: string, expected: string): void => {
  if (typeof f !== 'function') throw new TypeError(refusal(operation, name, f, expected))
}

export const requireOptimizer = (operation: string, optimizer: unknown): void => {
  if (isOptimizer(optimizer)) return
  throw new TypeError(refusal(operation, 'the optimizer', optimizer, 'one such as Optimizer.adam(1e-3)'))
}
