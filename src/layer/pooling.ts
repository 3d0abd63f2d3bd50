/** Poolings as layers: functions of Tensor whose options are checked when the layer is made. */
import { flag, options, requireKind } from '../internal/options.js'
import { type PerAxis, positivePerAxis, spanOf, spread } from '../shape/geometry.js'
import type { Shape } from '../shape/model.js'
import * as T from '../Tensor.js'
import type { GlobalPoolOptions } from '../tensor/adaptivePooling.js'
import type { AvgPoolOptions, PoolOptions } from '../tensor/pooling.js'
import { windowKinds } from '../tensor/pooling.js'
import type { Tensor } from '../tensor/model.js'
import type { Space } from './convolution.js'
import { type AnyLayer, type Layer, liftOf } from './model.js'
import { taking } from './structure.js'

// -----------------------------------------------------------------------------
// makers
// -----------------------------------------------------------------------------

/** A function of examples whose channels it keeps, and whose spatial axes get other sizes. */
export type Pooling<R extends keyof Space> = <N extends number, C extends number>(
  input: Tensor<[N, C, ...Space[R]]>
) => Tensor<[N, C, ...Space[R]]>

/** A function of examples that has one value for each channel. */
type Pooled = <N extends number, C extends number, S extends Shape>(
  input: Tensor<[N, C, number, ...S]>
) => Tensor<[N, C]>

/** The same with spatial axes of size 1. */
type PooledAxes = <N extends number, C extends number, S extends Shape>(
  input: Tensor<[N, C, number, ...S]>
) => Tensor<[N, C, 1, ...{ [Axis in keyof S]: 1 }]>

/** Casts to the type of its function, whose axes are checked at run time. */
export const stated = <F>(layer: AnyLayer): Layer<F> => layer as unknown as Layer<F>

/** A function of images of a rank as a layer, which takes at least some sizes. */
const pooling = <F>(operation: string, f: (x: Tensor) => unknown, least: Shape): Layer<F> =>
  stated(
    taking(liftOf(operation, f), (shape) =>
      shape.length === least.length + 2
        ? [shape[0]!, shape[1]!, ...least.map((n, axis) => Math.max(n, shape[axis + 2]!))]
        : [1, 1, ...least]
    )
  )

/** Pooling over windows that slide. */
/* @__NO_SIDE_EFFECTS__ */
export const windowed = <R extends keyof Space, O extends PoolOptions>(
  check: (given: unknown) => void,
  operation: string,
  rank: R,
  pool: (options: O) => (x: Tensor) => unknown
): ((options: O) => Layer<Pooling<R>>) => {
  return (given) => {
    check(given)
    const { window, dilation = 1 }: Partial<PoolOptions> = { ...given }
    requireKind(operation, 'window', window, positivePerAxis)
    const sizes = spread(operation, 'window', window ?? 1, rank)
    return pooling(operation, pool(given), spanOf(sizes, spread(operation, 'dilation', dilation, rank)))
  }
}

/* @__NO_SIDE_EFFECTS__ */
const maxPool = <R extends keyof Space>(
  operation: string,
  rank: R,
  pool: (options: PoolOptions) => (x: Tensor) => unknown
): ((options: PoolOptions) => Layer<Pooling<R>>) =>
  windowed(options<PoolOptions>(operation, windowKinds), operation, rank, pool)

/* @__NO_SIDE_EFFECTS__ */
const avgPool = <R extends keyof Space>(
  operation: string,
  rank: R,
  pool: (options: AvgPoolOptions) => (x: Tensor) => unknown
): ((options: AvgPoolOptions) => Layer<Pooling<R>>) =>
  windowed(options<AvgPoolOptions>(operation, { ...windowKinds, countIncludePad: flag }), operation, rank, pool)

/* @__NO_SIDE_EFFECTS__ */
const adaptive =
  <R extends keyof Space>(
    operation: string,
    rank: R,
    pool: (size: PerAxis) => (x: Tensor) => Tensor
  ): ((size: PerAxis) => Layer<Pooling<R>>) =>
  (size) => {
    requireKind(operation, 'size', size, positivePerAxis)
    spread(operation, 'size', size, rank)
    return pooling(operation, pool(size), new Array<number>(rank).fill(1))
  }

interface GlobalPool {
  (options?: GlobalPoolOptions & { readonly keepDims?: false }): Layer<Pooled>
  (options: GlobalPoolOptions & { readonly keepDims: true }): Layer<PooledAxes>
}

/* @__NO_SIDE_EFFECTS__ */
const globalPool = (operation: string, pool: (options: GlobalPoolOptions) => (x: Tensor) => Tensor): GlobalPool => {
  return (options: GlobalPoolOptions = {}) => pooling(operation, pool(options), [1])
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * `T.maxPool1d` as a layer: the maxima over windows of signals `[examples, channels, length]`.
 *
 * @throws ShapeError for an input without these axes, or smaller than a window
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.maxPool1d({ window: 2 }))({}, {})(T.ones([2, 3, 8])).shape // => [2, 3, 4]
 */
export const maxPool1d: (options: PoolOptions) => Layer<Pooling<1>> = maxPool('maxPool1d', 1, T.maxPool1d)

/**
 * `T.maxPool2d` as a layer: the maxima over windows of images `[examples, channels, height, width]`; the stride is the window by default.
 *
 * @throws ShapeError for an input without these axes, or smaller than a window
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.maxPool2d({ window: 2 }))({}, {})(T.ones([2, 3, 8, 8])).shape // => [2, 3, 4, 4]
 */
export const maxPool2d: (options: PoolOptions) => Layer<Pooling<2>> = maxPool('maxPool2d', 2, T.maxPool2d)

/**
 * `T.maxPool3d` as a layer: the maxima over windows of volumes `[examples, channels, depth, height, width]`.
 *
 * @throws ShapeError for an input without these axes, or smaller than a window
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.maxPool3d({ window: 2 }))({}, {})(T.ones([2, 3, 8, 8, 8])).shape // => [2, 3, 4, 4, 4]
 */
export const maxPool3d: (options: PoolOptions) => Layer<Pooling<3>> = maxPool('maxPool3d', 3, T.maxPool3d)

/**
 * `T.avgPool1d` as a layer: the means over windows of signals `[examples, channels, length]`.
 *
 * @throws ShapeError for an input without these axes, or smaller than a window
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.avgPool1d({ window: 2 }))({}, {})(T.ones([2, 3, 8])).shape // => [2, 3, 4]
 */
export const avgPool1d: (options: AvgPoolOptions) => Layer<Pooling<1>> = avgPool('avgPool1d', 1, T.avgPool1d)

/**
 * `T.avgPool2d` as a layer: the means over windows of images `[examples, channels, height, width]`; the stride is the window by default.
 *
 * @throws ShapeError for an input without these axes, or smaller than a window
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.avgPool2d({ window: 2 }))({}, {})(T.ones([2, 3, 8, 8])).shape // => [2, 3, 4, 4]
 */
export const avgPool2d: (options: AvgPoolOptions) => Layer<Pooling<2>> = avgPool('avgPool2d', 2, T.avgPool2d)

/**
 * `T.avgPool3d` as a layer: the means over windows of volumes `[examples, channels, depth, height, width]`.
 *
 * @throws ShapeError for an input without these axes, or smaller than a window
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.avgPool3d({ window: 2 }))({}, {})(T.ones([2, 3, 8, 8, 8])).shape // => [2, 3, 4, 4, 4]
 */
export const avgPool3d: (options: AvgPoolOptions) => Layer<Pooling<3>> = avgPool('avgPool3d', 3, T.avgPool3d)

/**
 * `T.adaptiveMaxPool1d` as a layer: the maxima over windows that divide signals `[examples, channels, length]` as evenly as they can, into `size` parts
 * along each axis.
 *
 * @throws ShapeError for an input without these axes
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.adaptiveMaxPool1d(4))({}, {})(T.ones([2, 3, 8])).shape // => [2, 3, 4]
 */
export const adaptiveMaxPool1d: (size: PerAxis) => Layer<Pooling<1>> = adaptive(
  'adaptiveMaxPool1d',
  1,
  T.adaptiveMaxPool1d
)

/**
 * `T.adaptiveMaxPool2d` as a layer: the maxima over windows that divide images `[examples, channels, height, width]` as evenly as they can, into `size` parts
 * along each axis.
 *
 * @throws ShapeError for an input without these axes
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.adaptiveMaxPool2d(4))({}, {})(T.ones([2, 3, 8, 8])).shape // => [2, 3, 4, 4]
 */
export const adaptiveMaxPool2d: (size: PerAxis) => Layer<Pooling<2>> = adaptive(
  'adaptiveMaxPool2d',
  2,
  T.adaptiveMaxPool2d
)

/**
 * `T.adaptiveMaxPool3d` as a layer: the maxima over windows that divide volumes `[examples, channels, depth, height, width]` as evenly as they can, into `size` parts
 * along each axis.
 *
 * @throws ShapeError for an input without these axes
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.adaptiveMaxPool3d(4))({}, {})(T.ones([2, 3, 8, 8, 8])).shape // => [2, 3, 4, 4, 4]
 */
export const adaptiveMaxPool3d: (size: PerAxis) => Layer<Pooling<3>> = adaptive(
  'adaptiveMaxPool3d',
  3,
  T.adaptiveMaxPool3d
)

/**
 * `T.adaptiveAvgPool1d` as a layer: the means over windows that divide signals `[examples, channels, length]` as evenly as they can, into `size` parts
 * along each axis.
 *
 * @throws ShapeError for an input without these axes
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.adaptiveAvgPool1d(4))({}, {})(T.ones([2, 3, 8])).shape // => [2, 3, 4]
 */
export const adaptiveAvgPool1d: (size: PerAxis) => Layer<Pooling<1>> = adaptive(
  'adaptiveAvgPool1d',
  1,
  T.adaptiveAvgPool1d
)

/**
 * `T.adaptiveAvgPool2d` as a layer: the means over windows that divide images `[examples, channels, height, width]` as evenly as they can, into `size` parts
 * along each axis.
 *
 * @throws ShapeError for an input without these axes
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.adaptiveAvgPool2d(4))({}, {})(T.ones([2, 3, 8, 8])).shape // => [2, 3, 4, 4]
 */
export const adaptiveAvgPool2d: (size: PerAxis) => Layer<Pooling<2>> = adaptive(
  'adaptiveAvgPool2d',
  2,
  T.adaptiveAvgPool2d
)

/**
 * `T.adaptiveAvgPool3d` as a layer: the means over windows that divide volumes `[examples, channels, depth, height, width]` as evenly as they can, into `size` parts
 * along each axis.
 *
 * @throws ShapeError for an input without these axes
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * Layer.predict(Layer.adaptiveAvgPool3d(4))({}, {})(T.ones([2, 3, 8, 8, 8])).shape // => [2, 3, 4, 4, 4]
 */
export const adaptiveAvgPool3d: (size: PerAxis) => Layer<Pooling<3>> = adaptive(
  'adaptiveAvgPool3d',
  3,
  T.adaptiveAvgPool3d
)

/**
 * `T.globalAvgPool` as a layer: the mean over all spatial axes, `[examples, channels, ...]` to `[examples, channels]`, or to axes of size 1
 * with `{ keepDims: true }`.
 *
 * @throws ShapeError for an input without spatial axes
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const image = T.of([[[[1, 2], [3, 6]]]])
 * Layer.predict(Layer.globalAvgPool())({}, {})(image) // => T.of([[3]])
 * Layer.predict(Layer.globalAvgPool({ keepDims: true }))({}, {})(image).shape // => [1, 1, 1, 1]
 */
export const globalAvgPool: GlobalPool = globalPool('globalAvgPool', T.globalAvgPool)

/**
 * `T.globalMaxPool` as a layer: the largest element over all spatial axes, `[examples, channels, ...]` to `[examples, channels]`, or to axes of size 1
 * with `{ keepDims: true }`.
 *
 * @throws ShapeError for an input without spatial axes
 *
 * @example
 * import * as Layer from 'pullback/Layer'
 * import * as T from 'pullback/Tensor'
 *
 * const image = T.of([[[[1, 2], [3, 6]]]])
 * Layer.predict(Layer.globalMaxPool())({}, {})(image) // => T.of([[6]])
 * Layer.predict(Layer.globalMaxPool({ keepDims: true }))({}, {})(image).shape // => [1, 1, 1, 1]
 */
export const globalMaxPool: GlobalPool = globalPool('globalMaxPool', T.globalMaxPool)
