/** Fractional max pooling: windows at pseudo-random distances, so that the sizes of images shrink by any factor. */
import { toFloat } from '../DType.js'
import { dataAt, dualBy } from '../internal/dual.js'
import { type Kind, type Kinds, flag, options, requireKind } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import { type Key, asKey, requireKey } from '../random/model.js'
import { uniform } from '../random/uniform.js'
import { type PerAxis, positivePerAxis, spread } from '../shape/geometry.js'
import type { Resized } from '../shape/layout.js'
import { type Shape, ShapeError, equals, show, size } from '../shape/model.js'
import { takeAlongAxis } from './alongAxis.js'
import { add, mul, sub } from './arithmetic.js'
import { stopGradient } from './cast.js'
import { less } from './comparison.js'
import { arange } from './construct.js'
import { type ImageOptions, channelsFirst, dataFormatKind, inFormat, requireImages } from './dataFormat.js'
import { argmax } from './minMaxOverAxes.js'
import { type Tensor, fill } from './model.js'
import { taken } from './pixels.js'
import { requireEach } from './requireEach.js'
import { where } from './select.js'
import { at } from './slice.js'
import { cast, reshapeTo } from './structural.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of `fractionalMaxPool1d`, `fractionalMaxPool2d` and `fractionalMaxPool3d`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const located: T.FractionalMaxPoolOptions = { window: 2, outputRatio: 0.6, returnIndices: true }
 * T.fractionalMaxPool1d(T.of([[[1, 5, 4, 3, 2]]]), T.of([[[0.3]]]), located) // => [T.of([[[5, 5, 3]]]), T.of([[[1, 1, 3]]], 'int32')]
 */
export interface FractionalMaxPoolOptions extends ImageOptions {
  /** The size of the window. */
  readonly window: PerAxis
  /** The sizes of the result; either they or their ratios are given. */
  readonly outputSize?: PerAxis
  /** The sizes of the result as fractions of those of the operand, between 0 and 1; they are rounded down. */
  readonly outputRatio?: PerAxis
  /** Whether to give, beside the maxima, their row-major positions among the spatial axes; `false` by default. */
  readonly returnIndices?: boolean
}

type Located<S extends Shape> = readonly [values: Tensor<Resized<S>>, indices: Tensor<Resized<S>>]
type WithIndices = FractionalMaxPoolOptions & { readonly returnIndices: true }
type WithoutIndices = FractionalMaxPoolOptions & { readonly returnIndices?: false }

interface FractionalMaxPool {
  <S extends Shape>(x: Tensor<S>, samples: Key | Tensor, options: WithIndices): Located<S>
  <S extends Shape>(x: Tensor<S>, samples: Key | Tensor, options: WithoutIndices): Tensor<Resized<S>>
  <S extends Shape>(
    x: Tensor<S>,
    samples: Key | Tensor,
    options: FractionalMaxPoolOptions
  ): Tensor<Resized<S>> | Located<S>
  (samples: Key | Tensor, options: WithIndices): <S extends Shape>(x: Tensor<S>) => Located<S>
  (samples: Key | Tensor, options: WithoutIndices): <S extends Shape>(x: Tensor<S>) => Tensor<Resized<S>>
  (
    samples: Key | Tensor,
    options: FractionalMaxPoolOptions
  ): <S extends Shape>(x: Tensor<S>) => Tensor<Resized<S>> | Located<S>
}

const isRatio = (x: unknown): boolean => typeof x === 'number' && x > 0 && x < 1

const ratioKind: Kind = {
  expected: 'a number between 0 and 1, or one per spatial axis',
  holds: (x) => (Array.isArray(x) ? x.every(isRatio) : isRatio(x))
}

// -----------------------------------------------------------------------------
// windows
// -----------------------------------------------------------------------------

/** The sizes of the window and of the result. */
const geometryOf = (
  operation: string,
  image: Shape,
  { window, outputSize, outputRatio }: Partial<FractionalMaxPoolOptions>
): { readonly window: Shape; readonly sizes: Shape } => {
  requireKind(operation, 'window', window, positivePerAxis)
  if ((outputSize === undefined) === (outputRatio === undefined)) {
    const given =
      outputSize === undefined ? 'outputSize and outputRatio are missing' : 'outputSize and outputRatio are both given'
    throw new TypeError(`${operation}: ${given}; expected one of them`)
  }
  const windows = spread(operation, 'window', window!, image.length)
  const sizes =
    outputSize === undefined
      ? spread(operation, 'outputRatio', outputRatio!, image.length).map((ratio, axis) =>
          Math.floor(image[axis]! * ratio)
        )
      : spread(operation, 'outputSize', outputSize, image.length)
  if (sizes.some((n, axis) => n < 1 || n + windows[axis]! - 1 > image[axis]!)) {
    const expected = 'expected sizes of 1 or more, and with the window at most 1 more than the input'
    const rule = `the result is ${show(sizes)} by windows of ${show(windows)} on an input of ${show(image)}; ${expected}`
    throw new ShapeError(operation, [image], rule)
  }
  return { window: windows, sizes }
}

/** Where windows start along an axis, `[rows, count]`, from one sample per row: PyTorch's `generate_intervals`. */
const startsOf = (samples: Tensor, n: number, window: number, count: number): Tensor => {
  const rows = samples.shape[0]!
  const last = fill([rows, count], 'int32', n - window)
  if (count === 1) return last
  const u = reshapeTo(samples, [rows, 1])
  const alpha = (n - window) / (count - 1)
  const whole = (x: Tensor): Tensor => cast(mul(x, alpha), 'int32')
  const start = sub(whole(add(arange(count, samples.dtype), u)), whole(u))
  return where(less(arange(count, 'int32'), count - 1), start, last)
}

/** The positions of the elements of all windows, `[rows, elements of a window, windows]`, from samples `[rows, axes]`. */
const placesOf = (samples: Tensor, image: Shape, window: Shape, sizes: Shape): Tensor => {
  const rows = samples.shape[0]!
  return image.reduce<Tensor>(
    (before, n, axis) => {
      const [count, elements] = [sizes[axis]!, window[axis]!]
      // PyTorch draws the width first in two dimensions, and the depth first in three.
      const sample = at(samples, image.length === 2 ? 1 - axis : axis, { axis: 1 })
      const starts = reshapeTo(startsOf(sample, n, elements, count), [rows, 1, count])
      const coordinates = add(starts, reshapeTo(arange(elements, 'int32'), [elements, 1]))
      const [e = 1, w = 1] = before.shape.slice(1)
      const outer = reshapeTo(mul(before, n), [rows, e, 1, w, 1])
      return reshapeTo(add(outer, reshapeTo(coordinates, [rows, 1, elements, 1, count])), [
        rows,
        e * elements,
        w * count
      ])
    },
    fill([rows, 1, 1], 'int32', 0)
  )
}

/** The samples of each channel of each example, `[rows, axes]`, which are drawn if a key is given. */
const samplesOf = (operation: string, given: Tensor, x: Tensor, lead: Shape, rank: number): Tensor => {
  requireTensor(operation, given, 'the argument samples')
  const dtype = toFloat(x.dtype)
  const shape = [...lead, rank]
  if (given.dtype === 'int32') {
    requireKey(operation, given)
    return reshapeTo(uniform(asKey(given), shape, { dtype }), [size(lead), rank])
  }
  if (!equals(given.shape, shape)) {
    const rule = `the samples have shape ${show(given.shape)}; expected ${show(shape)}, or a key`
    throw new ShapeError(operation, [x.shape, given.shape], rule)
  }
  requireEach(operation, 'samples', given, 'a number of 0 or more and below 1', (u) => u >= 0 && u < 1)
  return reshapeTo(cast(stopGradient(given), dtype), [size(lead), rank])
}

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/** The kinds of the options of fractional maxima, positions apart. */
export const fractionalKinds: Kinds<Omit<FractionalMaxPoolOptions, 'returnIndices'>> = {
  window: positivePerAxis,
  outputSize: positivePerAxis,
  outputRatio: ratioKind,
  dataFormat: dataFormatKind
}

/* @__NO_SIDE_EFFECTS__ */
const fractionalMaxPool = (name: string, rank: number): FractionalMaxPool => {
  const check = options<FractionalMaxPoolOptions>(name, { ...fractionalKinds, returnIndices: flag })
  return dualBy<FractionalMaxPool>(
    dataAt(1, check, (samples) => requireTensor(name, samples, 'the argument samples')),
    (x: Tensor, given: Tensor, { dataFormat, returnIndices, ...sized }: Partial<FractionalMaxPoolOptions> = {}) => {
      requireImages(name, x, rank, dataFormat)
      const images = channelsFirst(x, rank, dataFormat)
      const lead = images.shape.slice(0, -rank)
      const image = images.shape.slice(-rank)
      const { window, sizes } = geometryOf(name, image, sized)
      const places = placesOf(samplesOf(name, given, x, lead, rank), image, window, sizes)
      const [rows = 0, elements = 1, count = 1] = places.shape
      const pixels = reshapeTo(stopGradient(images), [rows, size(image)])
      const candidates = takeAlongAxis(pixels, reshapeTo(places, [rows, elements * count]))
      const largest = argmax(reshapeTo(candidates, places.shape), { axis: 1, keepDims: true })
      const indices = reshapeTo(takeAlongAxis(places, largest, { axis: 1 }), [...lead, ...sizes])
      const values = inFormat(taken(images, image, indices), rank, dataFormat)
      return returnIndices === true ? [values, inFormat(indices, rank, dataFormat)] : values
    }
  )
}

/**
 * Maxima over windows at pseudo-random distances along one axis, of `[examples, channels, length]` or `[channels, length]`; else as
 * `fractionalMaxPool2d`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[[1, 2, 3, 4, 5]]])
 * T.fractionalMaxPool1d(x, T.of([[[0.3]]]), { window: 2, outputSize: 3 }) // => T.of([[[2, 3, 5]]])
 */
export const fractionalMaxPool1d: FractionalMaxPool = fractionalMaxPool('fractionalMaxPool1d', 1)

/**
 * Maxima over windows at pseudo-random distances, of images `[examples, channels, height, width]`, or of one without examples:
 * `torch.nn.functional.fractional_max_pool2d`.
 *
 * Of m windows of k elements along an axis of n, that number i starts at floor((i + u) a) - floor(u a), with a = (n - k) / (m - 1), and the
 * last at n - k: they overlap, or leave gaps, where a is not k. Each channel of each example has a sample u from 0 to 1 for each axis, drawn
 * from a key, or given as a tensor `[examples, channels, 2]`, with that of the width first as in PyTorch. Sizes are given, or follow from
 * `outputRatio`. NaN wins; the gradient goes to the element that was taken, of equal ones the first.
 *
 * @throws ShapeError when windows do not fit, or samples have another shape
 * @throws TypeError unless one of `outputSize` and `outputRatio` is given
 * @throws RangeError when a sample is not from 0 to below 1, by its position
 *
 * B. Graham, Fractional Max-Pooling, 2014.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as Random from 'pullback/Random'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.reshape(T.arange(25), [1, 1, 5, 5])
 * T.fractionalMaxPool2d(x, T.of([[[0.3, 0.6]]]), { window: 2, outputSize: 3 }) // => T.of([[[[6, 7, 9], [16, 17, 19], [21, 22, 24]]]])
 * pipe(x, T.fractionalMaxPool2d(Random.key(0), { window: 2, outputRatio: 0.8 })).shape // => [1, 1, 4, 4]
 */
export const fractionalMaxPool2d: FractionalMaxPool = fractionalMaxPool('fractionalMaxPool2d', 2)

/**
 * Maxima over windows at pseudo-random distances, of volumes `[examples, channels, depth, height, width]`, or of one without examples:
 * `torch.nn.functional.fractional_max_pool3d`. Samples are `[examples, channels, 3]`, in the order of the axes; else as
 * `fractionalMaxPool2d`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.fractionalMaxPool3d(T.ones([1, 4, 4, 4]), T.zeros([1, 3]), { window: 2, outputSize: 2 }).shape // => [1, 2, 2, 2]
 */
export const fractionalMaxPool3d: FractionalMaxPool = fractionalMaxPool('fractionalMaxPool3d', 3)
