/** Batch normalisation with running statistics. */
import type { FloatDType } from '../DType.js'
import { requireCount } from '../internal/check.js'
import { flag, integer, notNegative, oneOf, options, share } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import * as R from '../Random.js'
import { type Shape, ShapeError, normalizeAxis, show, size } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import {
  add,
  batchNorm as normalise,
  cast,
  mean as meanOf,
  mul,
  ones,
  variance as varianceOf,
  zeros
} from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { within } from '../transform/scope.js'
import { type Layer, type None, statefulOf } from './model.js'
import type { Channelwise, Keeping, Rowwise } from './output.js'
import { taking } from './structure.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * What normalisations learn: a factor and a summand, which begin at 1 and 0; PyTorch's `weight` and `bias`.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params: Layer.ScaleShift<[2]> = { scale: T.ones([2]), shift: T.zeros([2]) }
 * params.scale // => T.of([1, 1])
 */
export interface ScaleShift<S extends Shape> {
  readonly scale: Tensor<S>
  readonly shift: Tensor<S>
}

/**
 * The running statistics of batch normalisation, for each channel: they begin at 0 and 1.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const state: Layer.RunningStatistics<2> = { mean: T.zeros([2]), variance: T.ones([2]) }
 * state.variance // => T.of([1, 1])
 */
export interface RunningStatistics<C extends number> {
  readonly mean: Tensor<[C]>
  readonly variance: Tensor<[C]>
}

/**
 * The options of batch normalisation.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 *
 * const options: Layer.BatchNormOptions = { momentum: 0.01, epsilon: 1e-3 }
 * options.momentum // => 0.01
 */
export interface BatchNormOptions {
  /** The weight of a batch in the running statistics; 0.1 by default. */
  readonly momentum?: number
  /** The number that is added to the variance; 1e-5 by default. */
  readonly epsilon?: number
  /** The axis of the channels; 1 by default, as in `[examples, channels, ...]`. */
  readonly axis?: number
  /** Whether there are a scale and a shift to learn; true by default. */
  readonly affine?: boolean
  /** Whether there are running statistics; true by default. Without them evaluation takes those of the batch too. */
  readonly track?: boolean
  /** The element type of parameters and statistics; float32 by default. */
  readonly dtype?: FloatDType
}

type OnAxis<Axis, C extends number> = Axis extends 1 ? Channelwise<C> : Axis extends -1 ? Rowwise<C, C> : Keeping
type Affine<Is, S extends Shape> = Is extends false ? None : ScaleShift<S>
type Tracked<Is, C extends number> = Is extends false ? None : RunningStatistics<C>

interface BatchNorm {
  <C extends number, const O extends BatchNormOptions = {}>(
    channels: C,
    options?: O & Only<O, BatchNormOptions>
  ): Layer<OnAxis<Given<O, 'axis', 1>, C>, Affine<Given<O, 'affine', true>, [C]>, Tracked<Given<O, 'track', true>, C>>
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const check = options<BatchNormOptions>('batchNorm', {
  momentum: share,
  epsilon: notNegative,
  axis: integer,
  affine: flag,
  track: flag,
  dtype: oneOf('float32', 'float64')
})

type Params = Partial<ScaleShift<[number]>>
type State = Partial<RunningStatistics<number>>

/** Casts to the signature, whose sizes are checked at run time. */
const stated = (
  body: (channels: number, options?: BatchNormOptions) => Layer<(x: Tensor) => Tensor, Params, State>
): BatchNorm => body as unknown as BatchNorm

/** The running statistic with a share of that of a batch, of the type it had. */
const mixed = (running: Tensor, batch: Tensor, momentum: number): Tensor<[number]> =>
  typed(cast(add(mul(running, 1 - momentum), mul(batch, momentum)), running.dtype))

/**
 * `T.batchNorm` with a scale and a shift to learn, and running statistics as state, for `[examples, channels, ...]` or channels on another
 * axis. In training each channel gets mean 0 and variance 1 over the batch, and the running statistics move:
 * `running <- (1 - momentum) running + momentum batch`, with the unbiased variance, divided by n - 1, in the running one. In evaluation the
 * running ones take the place of those of the batch. `Layer.inMode('eval', layer)` freezes them.
 *
 * S. Ioffe and C. Szegedy, Batch Normalization, ICML 2015; the update is PyTorch's.
 *
 * @throws ShapeError for an input of other channels, and for one value for each channel in training, as with a batch of one vector
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.batchNorm(2, { momentum: 0.5, epsilon: 0 })
 * const [{ params, state }] = layer.init(Random.key(0))
 * const [output, next] = Layer.apply(layer)(params, state, { mode: 'train' })(T.of([[1, 10], [3, 30]]))
 * output // => T.of([[-1, -1], [1, 1]])
 * next // => { mean: T.of([1, 10]), variance: T.of([1.5, 100.5]) }
 * Layer.predict(layer)(params, { mean: T.of([1, 2]), variance: T.of([4, 1]) })(T.of([[5, 2]])) // => T.of([[2, 0]])
 */
export const batchNorm: BatchNorm = /* @__PURE__ */ stated((channels, given = {}) => {
  check(given)
  requireCount('batchNorm', 'the number of channels', channels)
  const { momentum = 0.1, epsilon = 1e-5, axis = 1, affine = true, track = true, dtype = 'float32' } = given
  const params: Params = affine ? { scale: ones([channels], dtype), shift: zeros([channels], dtype) } : {}
  const state: State = track ? { mean: zeros([channels], dtype), variance: ones([channels], dtype) } : {}
  const layer = statefulOf(
    'batchNorm',
    R.of({ params, state }),
    (own: Params, before: State, { mode }) =>
      (x: Tensor) => {
        requireTensor('batchNorm', x, 'the input')
        const channel = normalizeAxis('batchNorm', axis, x.shape)
        if (x.shape[channel] !== channels) {
          const rule = `the input has shape ${show(x.shape)}; expected ${channels} on axis ${axis}`
          throw new ShapeError('batchNorm', [x.shape], rule)
        }
        const { mean: meanSoFar, variance: varianceSoFar } = before
        const isRunning = meanSoFar !== undefined && varianceSoFar !== undefined
        return within('batchNorm', (): readonly [Tensor, State] => {
          if (mode === 'eval' && isRunning) {
            return [normalise(x, { axis, epsilon, ...own, mean: meanSoFar, variance: varianceSoFar }), before]
          }
          const n = size(x.shape) / channels
          if (n < 2) {
            const found = `a channel has ${n} value${n === 1 ? '' : 's'} in shape ${show(x.shape)}`
            throw new ShapeError('batchNorm', [x.shape], `${found}; expected 2 or more for the statistics of a batch`)
          }
          const axes = x.shape.flatMap((_, i) => (i === channel ? [] : [i]))
          const mean = meanOf(x, { axis: axes })
          const variance = varianceOf(x, { axis: axes })
          const output = normalise(x, { axis, epsilon, ...own, mean, variance })
          if (mode === 'eval' || !isRunning) return [output, before]
          const unbiased = mul(variance, n / (n - 1))
          return [
            output,
            { mean: mixed(meanSoFar, mean, momentum), variance: mixed(varianceSoFar, unbiased, momentum) }
          ]
        })
      }
  )
  return taking(layer, (shape) => withChannels(shape, axis, channels))
})

/** The shape with so many channels on an axis, and two examples at least. */
const withChannels = (shape: Shape, axis: number, channels: number): Shape => {
  const rank = Math.max(2, shape.length, axis < 0 ? -axis : axis + 1)
  const channel = axis < 0 ? rank + axis : axis
  const examples = channel === 0 ? 1 : 0
  return Array.from({ length: rank }, (_, i) =>
    i === channel ? channels : Math.max(i === examples ? 2 : 1, shape[i] ?? 1)
  )
}
