/** Layers whose weights are normalised: by their length, by their largest singular value. */
import { toFloat } from '../DType.js'
import { describe } from '../internal/describe.js'
import { notNegative, options, positiveCount } from '../internal/options.js'
import { stopGradient } from '../Grad.js'
import * as R from '../Random.js'
import { isRecord } from '../tree/error.js'
import { div, l2Normalize, matmul, mul, norm, reshape, sum } from '../Tensor.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { within } from '../transform/scope.js'
import { type AnyLayer, type Layer, applyOf, layerOf, requireLayer } from './model.js'
import { reparametrize } from './repeat.js'
import { taken, taking } from './structure.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** Parameters with weights, the first axis of which is that of the outputs. */
interface WithWeights {
  readonly w: Tensor
}

/** The sizes of the first axis. */
type FirstOf<W> = W extends Tensor<infer S> ? [S[0] & number] : never

/**
 * The parameters of a layer, with `g` and `v` instead of `w`: lengths, and directions.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params: Layer.WeightNormed<Layer.Weights<2, 1>> = { g: T.of([5]), v: T.of([[3, 4]]) }
 * params.g // => T.of([5])
 */
export type WeightNormed<P extends { readonly w: Tensor }> = {
  readonly [Name in keyof P | 'g' | 'v' as Name extends 'w' ? never : Name]: Name extends 'g'
    ? Tensor<FirstOf<P['w']>>
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
export interface SpectralState<W, S> {
  readonly u: Tensor<FirstOf<W>>
  readonly layer: S
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
export interface SpectralOptions {
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

/** All axes but the first. */
const behind = ({ shape }: Tensor): readonly number[] => shape.map((_, axis) => axis).slice(1)

/** The vector as factors of the rows of a tensor. */
const along = (g: Tensor, w: Tensor): Tensor => reshape(g, [w.shape[0]!, ...behind(w).map(() => 1)])

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * The layer with its weights in polar coordinates: `w = g v / |v|`, for the weights of each output by themselves, with `g` and `v` to learn
 * instead of `w`. At first it computes what the layer does. Any layer has it whose parameters have `w`, whose first axis is that of the
 * outputs.
 *
 * T. Salimans and D. P. Kingma, Weight Normalization, NeurIPS 2016, equation 2.
 *
 * @throws TypeError when the layer draws no `w`
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
export const weightNorm = <F, P extends WithWeights, S>(layer: Layer<F, P, S>): Layer<F, WeightNormed<P>, S> => {
  requireLayer('weightNorm', layer)
  const polar = reparametrize<P, WeightNormed<P>>(
    (params) => {
      const { w, rest } = weightsIn('weightNorm', params)
      return R.of(stated({ ...rest, g: norm(w, { axis: behind(w) }), v: w }))
    },
    (params) => {
      const { g, v, ...rest }: { readonly g: Tensor; readonly v: Tensor } = stated(params)
      const w = within('weightNorm', () => mul(l2Normalize(v, { axis: behind(v) }), along(g, v)))
      return stated({ ...rest, w })
    }
  )
  return likewise(layer, polar(layer))
}

const check = options<SpectralOptions>('spectralNorm', { iterations: positiveCount, epsilon: notNegative })

/**
 * The layer with its weights divided by their largest singular value, as a matrix with a row for each output: `w / (u^T w v)`. The singular
 * vectors are estimated by power iteration, `v <- w^T u / |w^T u|` and `u <- w v / |w v|`, which goes on from `u`, the state, in each
 * application in training; in evaluation `u` stays, and the divisor is `|w^T u|`. In training no gradient goes through `u` and `v`, as in the
 * paper: with the singular vectors themselves it is that of the singular value. Any layer has it whose parameters have `w`.
 *
 * T. Miyato, T. Kataoka, M. Koyama and Y. Yoshida, Spectral Normalization for Generative Adversarial Networks, ICLR 2018, algorithm 1.
 *
 * @throws TypeError when the layer draws no `w`
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
export const spectralNorm = <F, P extends WithWeights, S>(
  layer: Layer<F, P, S>,
  options: SpectralOptions = {}
): Layer<F, P, SpectralState<P['w'], S>> => {
  check(options)
  requireLayer('spectralNorm', layer)
  const { iterations = 1, epsilon = 1e-12 } = options
  const run = applyOf(layer)
  const unit = (x: Tensor): Tensor => l2Normalize(x, { epsilon })
  const whole: Layer<F, P, SpectralState<P['w'], S>> = layerOf(
    (key) => {
      const [drawn, next] = layer.init(key)
      const { w } = weightsIn('spectralNorm', drawn.params)
      const [u, rest] = R.draw((own) => unit(R.normal(own, [w.shape[0]!], toFloat(w.dtype))))(next)
      return [{ params: drawn.params, state: { u, layer: drawn.state } }, rest]
    },
    (params, state, context) => {
      const { w, rest } = weightsIn('spectralNorm', params)
      const before: { readonly u: Tensor; readonly layer: unknown } = stated(state)
      const [u, sigma] = within('spectralNorm', () => {
        const matrix = reshape(w, [w.shape[0]!, -1])
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
