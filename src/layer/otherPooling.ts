/** Norms, fractional maxima and unpooling as layers. */
import { number, options } from '../internal/options.js'
import * as R from '../Random.js'
import type { Key } from '../Random.js'
import * as T from '../Tensor.js'
import { type FractionalMaxPoolOptions, fractionalKinds } from '../tensor/fractionalPooling.js'
import type { LpPoolOptions } from '../tensor/lpPooling.js'
import { type MaxUnpoolOptions, unpoolKinds } from '../tensor/maxUnpooling.js'
import type { Tensor } from '../tensor/model.js'
import { windowKinds } from '../tensor/pooling.js'
import type { Space } from './convolution.js'
import { type Layer, liftOf, statelessOf } from './model.js'
import { keyIn } from './noise.js'
import { type Pooling, stated, windowed } from './pooling.js'

// -----------------------------------------------------------------------------
// makers
// -----------------------------------------------------------------------------

/* @__NO_SIDE_EFFECTS__ */
const lpPool = <Rank extends keyof Space>(
  operation: string,
  rank: Rank,
  pool: (options: LpPoolOptions) => (x: Tensor) => Tensor
): ((options: LpPoolOptions) => Layer<Pooling<Rank>>) => {
  const p = number('a finite number above 0', (x) => x > 0 && x < Infinity)
  return windowed(options<LpPoolOptions>(operation, { ...windowKinds, p }), operation, rank, pool)
}

/** The options of fractional maxima without the positions, which a layer does not give. */
type Fractional = Omit<FractionalMaxPoolOptions, 'returnIndices'>

/** Draws where there is a key; in evaluation without one, all samples are 1/2. */
/* @__NO_SIDE_EFFECTS__ */
const fractional =
  <Rank extends keyof Space>(
    operation: string,
    rank: Rank,
    pool: (samples: Key | Tensor, options: Fractional) => (x: Tensor) => Tensor
  ): ((options: Fractional) => Layer<Pooling<Rank>>) =>
  (given) => {
    options<Fractional>(operation, fractionalKinds)(given)
    return stated(
      statelessOf(operation, R.of({}), (_params, context) => (x: Tensor) => {
        const lead = x.shape.slice(0, -rank - (given.dataFormat === 'NHWC' ? 1 : 0))
        const channels = given.dataFormat === 'NHWC' ? x.shape.slice(-1) : []
        return pool(keyIn(operation, context) ?? T.full([...lead, ...channels, rank], 0.5), given)(x)
      })
    )
  }

/** A function of the maxima and their positions. */
type Unpooling<Rank extends keyof Space> = <N extends number, C extends number>(
  input: Tensor<[N, C, ...Space[Rank]]>,
  indices: Tensor<[N, C, ...Space[Rank]]>
) => Tensor<[N, C, ...Space[Rank]]>

/* @__NO_SIDE_EFFECTS__ */
const unpool =
  <Rank extends keyof Space>(
    operation: string,
    pool: (indices: Tensor, options: MaxUnpoolOptions) => (x: Tensor) => Tensor
  ): ((options: MaxUnpoolOptions) => Layer<Unpooling<Rank>>) =>
  (given) => {
    options<MaxUnpoolOptions>(operation, unpoolKinds)(given)
    return stated(liftOf(operation, (x: Tensor, indices: Tensor) => pool(indices, given)(x), 2))
  }

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * `T.lpPool1d` as a layer: the p-norms over windows of signals `[examples, channels, length]`; p is 2 by default.
 *
 * @throws ShapeError for an input without these axes, or smaller than a window
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.lpPool1d({ window: 2, p: 3 }))({}, {})(T.ones([2, 3, 8])).shape // => [2, 3, 4]
 */
export const lpPool1d: (options: LpPoolOptions) => Layer<Pooling<1>> = lpPool('lpPool1d', 1, T.lpPool1d)

/**
 * `T.lpPool2d` as a layer: the p-norms over windows of images `[examples, channels, height, width]`; p is 2 by default.
 *
 * @throws ShapeError for an input without these axes, or smaller than a window
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.lpPool2d({ window: 2, p: 3 }))({}, {})(T.ones([2, 3, 8, 8])).shape // => [2, 3, 4, 4]
 */
export const lpPool2d: (options: LpPoolOptions) => Layer<Pooling<2>> = lpPool('lpPool2d', 2, T.lpPool2d)

/**
 * `T.lpPool3d` as a layer: the p-norms over windows of volumes `[examples, channels, depth, height, width]`; p is 2 by default.
 *
 * @throws ShapeError for an input without these axes, or smaller than a window
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.lpPool3d({ window: 2, p: 3 }))({}, {})(T.ones([2, 3, 8, 8, 8])).shape // => [2, 3, 4, 4, 4]
 */
export const lpPool3d: (options: LpPoolOptions) => Layer<Pooling<3>> = lpPool('lpPool3d', 3, T.lpPool3d)

/**
 * `T.fractionalMaxPool1d` as a layer: maxima over windows of signals `[examples, channels, length]` at pseudo-random distances. It draws them
 * wherever the context has a key: in training, where one is expected. In evaluation without a key all samples are 1/2.
 *
 * @throws ShapeError when windows do not fit; Error in training without a key
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.fractionalMaxPool1d({ window: 2, outputRatio: 0.7 })
 * Layer.predict(layer)({}, {})(T.ones([2, 3, 8])).shape // => [2, 3, 5]
 */
export const fractionalMaxPool1d: (options: Fractional) => Layer<Pooling<1>> = fractional(
  'fractionalMaxPool1d',
  1,
  T.fractionalMaxPool1d
)

/**
 * `T.fractionalMaxPool2d` as a layer: maxima over windows of images `[examples, channels, height, width]` at pseudo-random distances. It draws them
 * wherever the context has a key: in training, where one is expected. In evaluation without a key all samples are 1/2.
 *
 * @throws ShapeError when windows do not fit; Error in training without a key
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.fractionalMaxPool2d({ window: 2, outputRatio: 0.7 })
 * Layer.predict(layer)({}, {})(T.ones([2, 3, 8, 8])).shape // => [2, 3, 5, 5]
 */
export const fractionalMaxPool2d: (options: Fractional) => Layer<Pooling<2>> = fractional(
  'fractionalMaxPool2d',
  2,
  T.fractionalMaxPool2d
)

/**
 * `T.fractionalMaxPool3d` as a layer: maxima over windows of volumes `[examples, channels, depth, height, width]` at pseudo-random distances. It draws them
 * wherever the context has a key: in training, where one is expected. In evaluation without a key all samples are 1/2.
 *
 * @throws ShapeError when windows do not fit; Error in training without a key
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const layer = Layer.fractionalMaxPool3d({ window: 2, outputRatio: 0.7 })
 * Layer.predict(layer)({}, {})(T.ones([2, 3, 8, 8, 8])).shape // => [2, 3, 5, 5, 5]
 */
export const fractionalMaxPool3d: (options: Fractional) => Layer<Pooling<3>> = fractional(
  'fractionalMaxPool3d',
  3,
  T.fractionalMaxPool3d
)

/**
 * `T.maxUnpool1d` as a layer of two inputs: maxima of signals and their positions, which `T.maxPool1d` gives with `returnIndices`.
 *
 * @throws ShapeError when the positions have another shape
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const [maxima, places] = T.maxPool1d(T.ones([2, 3, 8]), { window: 2, returnIndices: true })
 * const indices = T.ensure(places, [2, 3, 4])
 * Layer.predict(Layer.maxUnpool1d({ window: 2 }))({}, {})(T.ensure(maxima, [2, 3, 4]), indices).shape // => [2, 3, 8]
 */
export const maxUnpool1d: (options: MaxUnpoolOptions) => Layer<Unpooling<1>> = unpool('maxUnpool1d', T.maxUnpool1d)

/**
 * `T.maxUnpool2d` as a layer of two inputs: maxima of images and their positions, which `T.maxPool2d` gives with `returnIndices`.
 *
 * @throws ShapeError when the positions have another shape
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const [maxima, places] = T.maxPool2d(T.ones([2, 3, 8, 8]), { window: 2, returnIndices: true })
 * const indices = T.ensure(places, [2, 3, 4, 4])
 * Layer.predict(Layer.maxUnpool2d({ window: 2 }))({}, {})(T.ensure(maxima, [2, 3, 4, 4]), indices).shape // => [2, 3, 8, 8]
 */
export const maxUnpool2d: (options: MaxUnpoolOptions) => Layer<Unpooling<2>> = unpool('maxUnpool2d', T.maxUnpool2d)

/**
 * `T.maxUnpool3d` as a layer of two inputs: maxima of volumes and their positions, which `T.maxPool3d` gives with `returnIndices`.
 *
 * @throws ShapeError when the positions have another shape
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const [maxima, places] = T.maxPool3d(T.ones([2, 3, 8, 8, 8]), { window: 2, returnIndices: true })
 * const indices = T.ensure(places, [2, 3, 4, 4, 4])
 * Layer.predict(Layer.maxUnpool3d({ window: 2 }))({}, {})(T.ensure(maxima, [2, 3, 4, 4, 4]), indices).shape // => [2, 3, 8, 8, 8]
 */
export const maxUnpool3d: (options: MaxUnpoolOptions) => Layer<Unpooling<3>> = unpool('maxUnpool3d', T.maxUnpool3d)
