/**
 * Tensors and every operation on them, under their NumPy and JAX names.
 *
 * Unary functions are plain: `pipe(x, T.tanh)`. Binary ones are dual, by arity: `T.sub(a, b)` and `pipe(a, T.sub(b))` both
 * mean a - b. Operations with options are dual by their first argument: `T.sum(x, { axis: 0 })`, `pipe(x, T.sum({ axis: 0 }))`.
 */
export { Tensor } from './tensor/model.js'
export { abs, add, div, mul, neg, reciprocal, sign, square, sub } from './tensor/arithmetic.js'
export { cast, stopGradient } from './tensor/cast.js'
export { equal, greater, greaterEqual, isFinite, isNaN, less, lessEqual, notEqual } from './tensor/comparison.js'
export { exp, expm1, log, log1p, log2 } from './tensor/exponential.js'
export { type Bounds, clamp, maximum, minimum, relu } from './tensor/minMaxOfTwo.js'
export { acosh, asinh, atanh, cosh, sinh } from './tensor/hyperbolic.js'
export { tanh } from './tensor/tanh.js'
export { logicalAnd, logicalNot, logicalOr, logicalXor } from './tensor/logical.js'
export { logAddExp, logSigmoid, sigmoid, softplus } from './tensor/logistic.js'
export { hypot } from './tensor/hypot.js'
export { pow } from './tensor/power.js'
export { cbrt, rsqrt, sqrt } from './tensor/root.js'
export { ceil, floor, mod, round } from './tensor/rounding.js'
export { where } from './tensor/select.js'
export { digamma, erf, erfInv, erfc, erfcInv, lgamma, polygamma, xlogy } from './tensor/special.js'
export { acos, asin, atan, atan2, cos, sin, tan } from './tensor/trigonometric.js'
export { arange, eye, full, linspace, ones, onesLike, zeros, zerosLike } from './tensor/construct.js'
export { item, rank, shape, size, toArray, toNested } from './tensor/destruct.js'
export { ensure } from './tensor/ensure.js'
export { Eq, Show, type Tolerance, eqStrict, isClose } from './tensor/instances.js'
export { type NestedError, fromNested, fromTypedArray, of, scalar } from './tensor/literal.js'
export { type JsonError, type JsonErrors, fromJSON, showJsonErrors } from './tensor/json.js'
export { oneHot } from './tensor/oneHot.js'
export {
  type ConvOptions,
  type ConvTransposeOptions,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d
} from './tensor/conv.js'
export { type DepthwiseConvOptions, depthwiseConv2d, separableConv2d } from './tensor/separableConv.js'
export { type ConvolveOptions, convolve } from './tensor/convolve.js'
export { type Col2imOptions, type Im2colOptions, col2im, im2col } from './tensor/im2col.js'
export type { Padding, PerAxis } from './shape/geometry.js'
export { addAlongAxis, takeAlongAxis } from './tensor/alongAxis.js'
export { einsum } from './tensor/einsum.js'
export { gather, scatterAdd } from './tensor/indexing.js'
export { type Places, set, update } from './tensor/indexedUpdate.js'
export type { AlongAxis, Indices } from './tensor/indices.js'
export { dot, matmul, outer } from './tensor/matmul.js'
export { type Side, searchSorted } from './tensor/search.js'
export { type UniqueOptions, booleanMask, nonzero, unique } from './tensor/valueSized.js'
export { type BincountOptions, type SegmentOptions, bincount, segmentMax, segmentSum } from './tensor/segments.js'
export { interp } from './tensor/interp.js'
export { type MeshgridOptions, meshgrid } from './tensor/meshgrid.js'
export { type SortOptions, argsort, sort, topK } from './tensor/sorting.js'
export { moveAxis, permute, swapAxes, transpose } from './tensor/axes.js'
export {
  type ExpandDimsOptions,
  type FlattenOptions,
  type SqueezeOptions,
  broadcastTo,
  expandDims,
  flatten,
  ravel,
  reshape,
  squeeze
} from './tensor/layout.js'
export { type AtOptions, type FlipOptions, type SliceRange, at, flip, slice } from './tensor/slice.js'
export { type PadMode, type PadOptions, type PadWidth, pad } from './tensor/pad.js'
export { type JoinOptions, concat, split, stack } from './tensor/join.js'
export { type RepeatOptions, type RollOptions, repeat, roll, tile } from './tensor/tile.js'
export { type DiagonalOptions, diag, diagEmbed, diagonal, trace, tril, triu } from './tensor/triangular.js'
export type { DataFormat, ImageOptions } from './tensor/dataFormat.js'
export {
  type FractionalMaxPoolOptions,
  fractionalMaxPool1d,
  fractionalMaxPool2d,
  fractionalMaxPool3d
} from './tensor/fractionalPooling.js'
export { type LpPoolOptions, lpPool1d, lpPool2d, lpPool3d } from './tensor/lpPooling.js'
export { type MaxUnpoolOptions, maxUnpool1d, maxUnpool2d, maxUnpool3d } from './tensor/maxUnpooling.js'
export {
  type AvgPoolOptions,
  type MaxPoolOptions,
  type PoolOptions,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  maxPool1d,
  maxPool2d,
  maxPool3d
} from './tensor/pooling.js'
export {
  type GlobalPoolOptions,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  globalAvgPool,
  globalMaxPool
} from './tensor/adaptivePooling.js'
export type { ReduceOptions, Reduction } from './tensor/reduction.js'
export { all, any, mean, sum } from './tensor/reduce.js'
export { prod } from './tensor/product.js'
export { type ArgOptions, argmax, argmin, max, min } from './tensor/minMaxOverAxes.js'
export { type NormOptions, type VarianceOptions, norm, std, variance } from './tensor/statistics.js'
export { median, quantile } from './tensor/quantile.js'
export { type CumulativeOptions, cumprod, cumsum } from './tensor/cumulative.js'
export { type RunningOptions, cummax, cummin, cumulativeMax, cumulativeMin } from './tensor/cumulativeExtrema.js'
export { logCumSumExp } from './tensor/logCumSumExp.js'
export { type SoftmaxOptions, logSoftmax, logSumExp, softmax } from './tensor/softmax.js'
export {
  type L2NormalizeOptions,
  type LayerNormOptions,
  type Rescaling,
  type RmsNormOptions,
  l2Normalize,
  layerNorm,
  rmsNorm
} from './tensor/normalisation.js'
export {
  type BatchNormOptions,
  type GroupNormOptions,
  type InstanceNormOptions,
  type LocalResponseNormOptions,
  batchNorm,
  groupNorm,
  instanceNorm,
  localResponseNorm
} from './tensor/channelNormalisation.js'
export { pixelShuffle, pixelUnshuffle } from './tensor/pixelShuffle.js'
export { type ResizeMode, type ResizeOptions, type UpsampleOptions, resize, upsample } from './tensor/resample.js'
