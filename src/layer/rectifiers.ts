/** Activations with parameters. */
import { requireCount } from '../internal/check.js'
import { prelu as rectified } from '../activation/rectifiers.js'
import { maxout as largest } from '../activation/lanes.js'
import type { FloatDType } from '../DType.js'
import { type Initializer, constant } from '../Init.js'
import { integer, options } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import * as R from '../Random.js'
import { type Shape, ShapeError, normalizeAxis, show } from '../shape/model.js'
import { reshape } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { type DenseOptions, type DenseParams, type Params, affine, parameters } from './dense.js'
import { drawKinds, initialised } from './drawn.js'
import { type AnyLayer, type Fn, type Layer, statelessOf } from './model.js'
import type { Keeping, Rowwise } from './output.js'
import { taking } from './structure.js'

// -----------------------------------------------------------------------------
// prelu
// -----------------------------------------------------------------------------

/**
 * The parameters of `prelu`: a slope for each channel.
 *
 * @example
 * import type * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const params: Layer.PreluParams<1> = { slope: T.of([0.25]) }
 * params.slope.shape // => [1]
 */
export interface PreluParams<C extends number> {
  readonly slope: Tensor<[C]>
}

/**
 * The options of `prelu` as a layer.
 *
 * @example
 * import type { PreluOptions } from 'pullback/Layer'
 *
 * const options: PreluOptions = { axis: -1 }
 * options.axis // => -1
 */
export interface PreluOptions {
  /** The axis of the channels; 1 by default, behind that of the examples. */
  readonly axis?: number
  /** How the slopes are drawn; 0.25 by default. */
  readonly init?: Initializer
  /** The element type of the slopes; float32 by default. */
  readonly dtype?: FloatDType
}

const checkPrelu = options<PreluOptions>('prelu', { axis: integer, ...drawKinds })

/** The slopes as they lie along an axis of an input; one for all channels lies along every axis. */
const along = (x: Tensor, slope: Tensor, channels: number, axis: number): Tensor => {
  if (channels === 1) return reshape(slope, [])
  const at = normalizeAxis('prelu', axis, x.shape)
  if (x.shape[at] === channels) {
    return reshape(
      slope,
      x.shape.slice(at).map((_, i) => (i === 0 ? channels : 1))
    )
  }
  throw new ShapeError('prelu', [x.shape], `the input has shape ${show(x.shape)}; expected ${channels} on axis ${axis}`)
}

/**
 * `Activation.prelu` as a layer: the rectifier whose slope on the negative side is learned, one for all elements by default, or one for each
 * channel.
 *
 * K. He, X. Zhang, S. Ren and J. Sun, Delving Deep into Rectifiers, ICCV 2015.
 *
 * @throws ShapeError when the axis of the channels has another size
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.prelu())({ slope: T.of([0.5]) }, {})(T.of([3, -2])) // => T.of([3, -1])
 * Layer.predict(Layer.prelu(2))({ slope: T.of([0.5, 2]) }, {})(T.of([[-1, -1]])) // => T.of([[-0.5, -2]])
 */
/* @__NO_SIDE_EFFECTS__ */
export const prelu = <const C extends number = 1>(
  channels?: C,
  options: PreluOptions = {}
): Layer<Keeping, PreluParams<C>> => {
  const { axis = 1, init = constant(0.25), dtype } = options
  const n = channels ?? 1
  requireCount('prelu', 'the number of channels', n)
  checkPrelu(options)
  const layer: Layer<Keeping, PreluParams<C>> = statelessOf(
    'prelu',
    R.map((slope: Tensor): PreluParams<C> => ({ slope: typed(slope) }))(
      initialised('prelu', init, [n], dtype ?? 'float32')
    ),
    ({ slope }) =>
      <S extends Shape>(x: Tensor<S>): Tensor<S> => {
        requireTensor('prelu', x, 'the input')
        return rectified(x, along(x, slope, n, axis))
      }
  )
  return taking(layer, (shape) =>
    shape.map((size, i) => (n > 1 && i === (axis < 0 ? axis + shape.length : axis) ? n : size))
  )
}

// -----------------------------------------------------------------------------
// maxout
// -----------------------------------------------------------------------------

/**
 * The options of `maxout` as a layer.
 *
 * @example
 * import * as Init from 'pullback/Init'
 * import type { MaxoutOptions } from 'pullback/Layer'
 *
 * const options: MaxoutOptions = { init: Init.heNormal }
 * options.init === Init.heNormal // => true
 */
export interface MaxoutOptions extends Pick<DenseOptions, 'init' | 'dtype'> {}

const checkMaxout = options<MaxoutOptions>('maxout', drawKinds)

/** Casts to the type that the constructor states. */
const stated = <L extends AnyLayer>(layer: AnyLayer): L => layer as unknown as L

/**
 * A dense layer whose outputs are each the largest of several affine pieces, max_j (x W^T + b)_(i j): input [..., inputs], output
 * [..., outputs], W of shape [outputs pieces, inputs], with the pieces of an output one after the other.
 *
 * I. J. Goodfellow, D. Warde-Farley, M. Mirza, A. Courville and Y. Bengio, Maxout Networks, ICML 2013.
 *
 * @throws ShapeError when the last axis of an input has another size
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * // the absolute value
 * const params = { w: T.of([[1], [-1]]), b: T.zeros([2]) }
 * Layer.predict(Layer.maxout(1, 1, 2))(params, {})(T.of([[3], [-4]])) // => T.of([[3], [4]])
 */
/* @__NO_SIDE_EFFECTS__ */
export const maxout = <In extends number, Out extends number>(
  inputs: In,
  outputs: Out,
  pieces: number,
  options: MaxoutOptions = {}
): Layer<Rowwise<In, Out>, DenseParams<In, number>> => {
  requireCount('maxout', 'the number of inputs', inputs)
  requireCount('maxout', 'the number of outputs', outputs)
  requireCount('maxout', 'the number of pieces', pieces)
  checkMaxout(options)
  const layer: Layer<Fn, Params> = statelessOf(
    'maxout',
    parameters('maxout', [outputs * pieces, inputs], options),
    (params) => {
      const linear = affine('maxout', inputs, params)
      return (x: Tensor) => {
        const rows = linear(x)
        return largest(reshape(rows, [...rows.shape.slice(0, -1), outputs, pieces]), { axis: -1 })
      }
    }
  )
  return stated(taking(layer, (shape) => [...shape.slice(0, -1), inputs]))
}
