/** Layers whose weights are normalised: by their length, by their largest singular value. */
import { toFloat } from '../DType.js'
import { describe } from '../internal/describe.js'
import { integer, notNegative, options, positiveCount } from '../internal/options.js'
import { stopGradient } from '../Grad.js'
import * as R from '../Random.js'
import { normalizeAxis } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import { isRecord } from '../tree/error.js'
import { div, l2Normalize, matmul, moveAxis, mul, norm, reshape, sum } from '../Tensor.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { within } from '../transform/scope.js'
import { type AnyLayer, type Layer, applyOf, layerOf, requireLayer } from './model.js'
import { reparametrize } from './repeat.js'
import { taken, taking } from './structure.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** Parameters with weights. */
interface WithWeights {
  readonly w: Tensor
}

/** The size of an axis: where it is a literal, counted from 0. */
type SizesAt<W, Axis> = W extends Tensor<infer S> ? [Axis extends keyof S ? S[Axis] & number : number] : never

/** The axis as it is among the keys of a shape. */
type Key<Axis> = Axis extends number ? `${Axis}` : never

/**
 * The parameters of a layer, with `g` and `v` instead of `w`: lengths, one for each place on an axis, and directions.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params: Layer.WeightNormed<Layer.Weights<2, 1>> = { g: T.of([5]), v: T.of([[3, 4]]) }
 * params.g // => T.of([5])
 */
export type WeightNormed<P extends { readonly w: Tensor }, Axis extends number = 0> = {
  readonly [Name in keyof P | 'g' | 'v' as Name extends 'w' ? never : Name]: Name extends 'g'
    ? Tensor<SizesAt<P['w'], Key<Axis>>>
    : Name extends 'v'
      ? P['w']
      : P[Name & keyof P]
}

/**
 * The state of spectral normalisation: that of the layer, and `u`, the estimate of the left singular vector.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const state: Layer.SpectralState<T.Tensor<[2, 3]>, Layer.None> = { u: T.of([1, 0]), layer: {} }
 * state.u.shape // => [2]
 */
export interface SpectralState<W, S, Axis extends number = 0> {
  readonly u: Tensor<SizesAt<W, Key<Axis>>>
  readonly layer: S
}

/**
 * The options of `weightNorm`.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 *
 * const options: Layer.WeightNormOptions = { axis: 1 }
 * options.axis // => 1
 */
export interface WeightNormOptions {
  /** The axis of the weights that is that of the outputs; 0 by default. That of a transposed convolution is 1. */
  readonly axis?: number
}

/**
 * The options of `spectralNorm`.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 *
 * const options: Layer.SpectralOptions = { iterations: 5 }
 * options.iterations // => 5
 */
export interface SpectralOptions extends WeightNormOptions {
  /** The number of power iterations of each application in training; 1 by default. */
  readonly iterations?: number
  /** The least length that a vector is divided by; 1e-12 by default. */
  readonly epsilon?: number
}

// -----------------------------------------------------------------------------
// parts
// -----------------------------------------------------------------------------

/** Casts to a type that the signature states. */
const stated = <A>(value: unknown): A => value as A

/** The weights among parameters, and the others. */
const weightsIn = (operation: string, params: unknown): { readonly w: Tensor; readonly rest: object } => {
  if (isRecord(params)) {
    const { w, ...rest } = params
    if (isTensor(w) && w.shape.length > 0) return { w, rest }
  }
  throw new TypeError(
    `${operation}: the parameters of the layer are ${describe(params)}; expected an object with weights w, as of dense or conv2d`
  )
}

/** All axes but one. */
const except = ({ shape }: Tensor, axis: number): readonly number[] =>
  shape.map((_, each) => each).filter((each) => each !== axis)

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

const checkPolar = options<WeightNormOptions>('weightNorm', { axis: integer })

/** The axis of the options, which is 0 by default. */
type AxisIn<O> = Given<O, 'axis', 0> & number

/**
 * The layer with its weights in polar coordinates: `w = g v / |v|`, for the weights of each output by themselves, with `g` and `v` to learn
 * instead of `w`. At first it computes what the layer does. Any layer has it whose parameters have `w`; the axis of the outputs is the first,
 * or `axis`, which is `dim` of PyTorch.
 *
 * T. Salimans and D. P. Kingma, Weight Normalization, NeurIPS 2016, equation 2.
 *
 * @throws TypeError when the layer draws no `w`; ShapeError when `w` does not have the axis
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.weightNorm(Layer.dense(2, 1))
 * const params = { g: T.of([10]), v: T.of([[3, 4]]), b: T.of([1]) }
 * Layer.predict(layer)(params, {})(T.of([1, 1])) // => T.of([15])
 */
/* @__NO_SIDE_EFFECTS__ */
export const weightNorm = <F, P extends WithWeights, S, const O extends WeightNormOptions = {}>(
  layer: Layer<F, P, S>,
  options?: O & Only<O, WeightNormOptions>
): Layer<F, WeightNormed<P, AxisIn<O>>, S> => {
  checkPolar(options)
  requireLayer('weightNorm', layer)
  const { axis = 0 }: WeightNormOptions = { ...options }
  const polar = reparametrize<P, WeightNormed<P, AxisIn<O>>>(
    (params) => {
      const { w, rest } = weightsIn('weightNorm', params)
      const others = except(w, normalizeAxis('weightNorm', axis, w.shape))
      return R.of(stated({ ...rest, g: norm(w, { axis: others }), v: w }))
    },
    (params) => {
      const { g, v, ...rest }: { readonly g: Tensor; readonly v: Tensor } = stated(params)
      const outputs = normalizeAxis('weightNorm', axis, v.shape)
      const lengths = v.shape.map((n, each) => (each === outputs ? n : 1))
      const w = within('weightNorm', () => mul(l2Normalize(v, { axis: except(v, outputs) }), reshape(g, lengths)))
      return stated({ ...rest, w })
    }
  )
  return likewise(layer, polar(layer))
}

const check = options<SpectralOptions>('spectralNorm', {
  iterations: positiveCount,
  epsilon: notNegative,
  axis: integer
})

/**
 * The layer with its weights divided by their largest singular value, as a matrix with a row for each output: `w / (u^T w v)`. The singular
 * vectors are estimated by power iteration, `v <- w^T u / |w^T u|` and `u <- w v / |w v|`, which goes on from `u`, the state, in each
 * application in training; in evaluation `u` stays, and the divisor is `|w^T u|`. In training no gradient goes through `u` and `v`, as in the
 * paper: with the singular vectors themselves it is that of the singular value. Any layer has it whose parameters have `w`; the axis of the
 * outputs is the first, or `axis`, which is `dim` of PyTorch.
 *
 * T. Miyato, T. Kataoka, M. Koyama and Y. Yoshida, Spectral Normalization for Generative Adversarial Networks, ICLR 2018, algorithm 1.
 *
 * @throws TypeError when the layer draws no `w`; ShapeError when `w` does not have the axis
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.spectralNorm(Layer.dense(2, 2, { bias: false }))
 * const params = { w: T.of([[4, 0], [0, 2]]) }
 * Layer.predict(layer)(params, { u: T.of([1, 0]), layer: {} })(T.of([1, 1])) // => T.of([1, 0.5])
 */
/* @__NO_SIDE_EFFECTS__ */
export const spectralNorm = <F, P extends WithWeights, S, const O extends SpectralOptions = {}>(
  layer: Layer<F, P, S>,
  options?: O & Only<O, SpectralOptions>
): Layer<F, P, SpectralState<P['w'], S, AxisIn<O>>> => {
  check(options)
  requireLayer('spectralNorm', layer)
  const { iterations = 1, epsilon = 1e-12, axis = 0 }: SpectralOptions = { ...options }
  const run = applyOf(layer)
  const unit = (x: Tensor): Tensor => l2Normalize(x, { epsilon })
  const whole: Layer<F, P, SpectralState<P['w'], S, AxisIn<O>>> = layerOf(
    (key) => {
      const [drawn, next] = layer.init(key)
      const { w } = weightsIn('spectralNorm', drawn.params)
      const outputs = w.shape[normalizeAxis('spectralNorm', axis, w.shape)]!
      const [u, rest] = R.draw((own) => unit(R.normal(own, [outputs], toFloat(w.dtype))))(next)
      return [{ params: drawn.params, state: { u, layer: drawn.state } }, rest]
    },
    (params, state, context) => {
      const { w, rest } = weightsIn('spectralNorm', params)
      const before: { readonly u: Tensor; readonly layer: unknown } = stated(state)
      const [u, sigma] = within('spectralNorm', () => {
        const rows = axis === 0 ? w : moveAxis(w, axis, 0)
        const matrix = reshape(rows, [rows.shape[0]!, -1])
        const isTraining = context.mode === 'train'
        const fixed = isTraining ? stopGradient(matrix) : matrix
        const rightOf = (left: Tensor): Tensor => unit(matmul(left, fixed))
        let left = isTraining ? stopGradient(before.u) : before.u
        let right = rightOf(left)
        for (let i = 0; isTraining && i < iterations; i++) {
          if (i > 0) right = rightOf(left)
          left = unit(matmul(fixed, right))
        }
        return [left, sum(mul(left, matmul(matrix, right)))] as const
      })
      const f = run({ ...rest, w: div(w, sigma) }, before.layer, context)
      return (...inputs) => {
        const [output, next] = f(...inputs)
        if (context.mode === 'eval') {
          return [output, next === before.layer ? state : { u: before.u, layer: next }]
        }
        return [output, { u, layer: next }]
      }
    }
  )
  return likewise(layer, whole)
}

/** The layer with what is known of the shapes that another one takes. */
const likewise = <L extends AnyLayer>(layer: AnyLayer, whole: L): L => {
  const takes = taken(layer)
  return takes === undefined ? whole : taking(whole, takes)
}
