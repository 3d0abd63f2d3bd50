/** Images of another size: values at new places between the old ones, along one axis after the other. */
import { allocate, toFloat } from '../DType.js'
import { describe, refusal } from '../internal/describe.js'
import { dataFirst } from '../internal/dual.js'
import { type Kinds, checkedLater, flag, oneOf, options } from '../internal/options.js'
import { requireList } from '../internal/require.js'
import type { Resampled, Resized } from '../shape/layout.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import { add, mul } from './arithmetic.js'
import { type DataFormat, type ImageOptions, dataFormatKind, firstSpatial } from './dataFormat.js'
import { gather } from './indexing.js'
import { type Tensor, fromData } from './model.js'
import { cast } from './structural.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * How `resize` and `upsample` find values between the old ones: the nearest one, or a polynomial through the nearest two or four
 * along each axis.
 *
 * `'linear'` is for `[N, C, L]`, `'bilinear'` and `'bicubic'` for `[N, C, H, W]`, `'trilinear'` for `[N, C, D, H, W]`. `'nearest'`
 * rounds the upper left corner of a new pixel down, `'nearestExact'` its centre.
 *
 * @example
 * import type { ResizeMode } from 'pullback/Tensor'
 * import * as T from 'pullback/Tensor'
 *
 * const modes: readonly ResizeMode[] = ['nearest', 'nearestExact', 'linear']
 * modes.map((mode) => T.toNested(T.resize(T.of([[[1, 2, 3, 4]]]), 2, { mode })))
 * // => [[[[1, 3]]], [[[2, 4]]], [[[1.5, 3.5]]]]
 */
export type ResizeMode = 'nearest' | 'nearestExact' | 'linear' | 'bilinear' | 'trilinear' | 'bicubic'

/**
 * The options of `resize`.
 *
 * @example
 * import type { ResizeOptions } from 'pullback/Tensor'
 *
 * const corners: ResizeOptions = { mode: 'bilinear', alignCorners: true }
 * corners.mode // => 'bilinear'
 */
export interface ResizeOptions extends ImageOptions {
  /** How values are found; `'nearest'` by default. */
  readonly mode?: ResizeMode
  /** Whether the centres of the corner pixels stay in place, and not the corners of the image; `false` by default. */
  readonly alignCorners?: boolean
}

/**
 * The options of `upsample`.
 *
 * @example
 * import type { UpsampleOptions } from 'pullback/Tensor'
 *
 * const doubled: UpsampleOptions = { scale: 2, mode: 'bilinear' }
 * doubled.scale // => 2
 */
export interface UpsampleOptions extends ResizeOptions {
  /** The new size as a multiple of the old one, along all axes behind the second or along each. */
  readonly scale: number | readonly number[]
}

/** The shape of resized images: examples stay, and channels where they are second. */
type Sized<S extends Shape, O> = [Given<O, 'dataFormat', 'NCHW'>] extends ['NCHW'] ? Resampled<S> : Resized<S>

/** The new size of an axis, and the scale that it came from, if it did. */
interface Extent {
  readonly size: number
  readonly scale?: number
}

/** The old place that each new place takes a value from, and the factor of that value. */
interface Tap {
  readonly places: readonly number[]
  readonly weights: readonly number[]
}

// -----------------------------------------------------------------------------
// geometry
// -----------------------------------------------------------------------------

const clip = (place: number, n: number): number => Math.min(Math.max(place, 0), n - 1)

/** The old coordinate of a new one, both from the edge of the image. Where no scale was given, the sizes decide. */
const stretched = (to: number, n: number, { size, scale }: Extent): number =>
  scale === undefined ? (to * n) / size : to / scale

/** The old place of the centre of a new pixel, as a fraction. */
const centre = (i: number, n: number, extent: Extent, alignCorners: boolean): number => {
  if (!alignCorners) return (stretched(2 * i + 1, n, extent) - 1) / 2
  return extent.size === 1 ? 0 : (i * (n - 1)) / (extent.size - 1)
}

const nearestPlace = (i: number, n: number, extent: Extent, mode: ResizeMode): number =>
  clip(Math.floor(mode === 'nearest' ? stretched(i, n, extent) : stretched(2 * i + 1, n, extent) / 2), n)

/** The weights of the two nearest values. */
const linearWeights = (t: number): readonly number[] => [1 - t, t]

/** The weights of the four nearest values: the cubic convolution of Keys, with his parameter -0.75 as in PyTorch. */
const cubicWeights = (t: number): readonly number[] => [
  cubicFar(t + 1),
  cubicNear(t),
  cubicNear(1 - t),
  cubicFar(2 - t)
]
const cubicNear = (t: number): number => (1.25 * t - 2.25) * t * t + 1
const cubicFar = (t: number): number => ((-0.75 * t + 3.75) * t - 6) * t + 3

/** The taps along an axis of size `n`, in order of place, without those that have no weight. */
const tapsOf = (n: number, extent: Extent, cubic: boolean, alignCorners: boolean): readonly Tap[] => {
  const rows = Array.from({ length: extent.size }, (_, i) => {
    const at = centre(i, n, extent, alignCorners)
    const from = cubic ? at : clip(at, n)
    const first = Math.floor(from)
    return { first, weights: (cubic ? cubicWeights : linearWeights)(from - first) }
  })
  const taps = (cubic ? [-1, 0, 1, 2] : [0, 1]).map((by, tap) => ({
    places: rows.map(({ first }) => clip(first + by, n)),
    weights: rows.map(({ weights }) => weights[tap]!)
  }))
  return taps.filter(({ weights }) => weights.some((weight) => weight !== 0))
}

// -----------------------------------------------------------------------------
// along an axis
// -----------------------------------------------------------------------------

/** The values at the places of a tap, times their weights. */
const tapped = (x: Tensor, axis: number, { places, weights }: Tap): Tensor => {
  const data = allocate(x.dtype, weights.length)
  data.set(weights)
  const shape = [weights.length, ...x.shape.slice(axis + 1).map(() => 1)]
  return mul(gather(x, places, { axis }), fromData(shape, x.dtype, data))
}

const isNearest = (mode: ResizeMode): boolean => mode === 'nearest' || mode === 'nearestExact'

/** Whether pixels stay in place where their number does, whatever the scale, as in PyTorch. */
const isLinear = (mode: ResizeMode): boolean => !isNearest(mode) && mode !== 'bicubic'

const resized = (
  x: Tensor,
  extents: readonly Extent[],
  { mode = 'nearest', alignCorners = false, dataFormat }: ResizeOptions
): Tensor =>
  extents.reduceRight<Tensor>(
    (image, extent, i) => {
      const axis = i + firstSpatial(dataFormat)
      const n = image.shape[axis]!
      if (extent.size === n && (alignCorners || (extent.scale ?? 1) === 1 || isLinear(mode))) return image
      if (isNearest(mode)) {
        const places = Array.from({ length: extent.size }, (_, to) => nearestPlace(to, n, extent, mode))
        return gather(image, places, { axis })
      }
      const taps = tapsOf(n, extent, mode === 'bicubic', alignCorners)
      return taps.map((tap) => tapped(image, axis, tap)).reduce((sum, each) => add(sum, each))
    },
    isNearest(mode) ? x : cast(x, toFloat(x.dtype))
  )

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

const layouts: Readonly<Record<DataFormat, Readonly<Record<number, string>>>> = {
  NCHW: { 3: '[N, C, L]', 4: '[N, C, H, W]', 5: '[N, C, D, H, W]' },
  NHWC: { 3: '[N, L, C]', 4: '[N, H, W, C]', 5: '[N, D, H, W, C]' }
}

const ranks: Readonly<Record<ResizeMode, number>> = {
  nearest: 0,
  nearestExact: 0,
  linear: 3,
  bilinear: 4,
  trilinear: 5,
  bicubic: 4
}

const kinds: Kinds<ResizeOptions> = {
  mode: /* @__PURE__ */ oneOf('nearest', 'nearestExact', 'linear', 'bilinear', 'trilinear', 'bicubic'),
  alignCorners: flag,
  dataFormat: dataFormatKind
}

const requireMode = (
  operation: string,
  { shape }: Tensor,
  { mode = 'nearest', alignCorners = false, dataFormat = 'NCHW' }: ResizeOptions
): void => {
  const rank = ranks[mode]
  if (rank === 0 ? shape.length < 3 : shape.length !== rank) {
    const known = layouts[dataFormat]
    const expected = known[rank] ?? `${known[3]}, ${known[4]} or more axes`
    throw new ShapeError(operation, [shape], `the shape is ${show(shape)}; in mode '${mode}', expected ${expected}`)
  }
  const first = firstSpatial(dataFormat)
  if (shape.slice(first, first + shape.length - 2).includes(0)) {
    throw new ShapeError(operation, [shape], `the shape is ${show(shape)}; expected images of 1 pixel or more`)
  }
  if (!alignCorners || rank > 0) return
  throw new TypeError(`${operation}: alignCorners is true; in mode '${mode}', expected false`)
}

/** One number for each spatial axis. */
const perAxis = (
  operation: string,
  name: string,
  { shape }: Tensor,
  given: number | readonly number[]
): readonly number[] => {
  const count = shape.length - 2
  const each = typeof given === 'number' ? new Array<number>(count).fill(given) : given
  requireList(operation, name, each, 'a number or an array such as [2, 2]')
  for (const one of each) {
    if (typeof one !== 'number') throw new TypeError(refusal(operation, name, given, 'numbers'))
  }
  if (each.length === count) return each
  const rule = `${name} has length ${each.length}; for shape ${show(shape)}, expected ${count}, or one number`
  throw new ShapeError(operation, [shape], rule)
}

/**
 * Images of another size, for `[N, C, ...]`: `size` is that of the axes behind the second, one number for all or one for each. The values
 * are those of PyTorch's `interpolate`.
 *
 * Pixel `i` of `n` covers the old ones from `i m / n` to `(i + 1) m / n`, and has its value at its centre, `(i + 1/2) m / n - 1/2`, or at
 * `i (m - 1) / (n - 1)` with `alignCorners`. Values outside are those of the edge. There is no smoothing before an image gets
 * smaller. The modes but the nearest make integers float32. With `dataFormat: 'NHWC'` the images are `[N, ..., C]`.
 *
 * @throws ShapeError when sizes are not integers of 1 or more, or the number of axes is not that of the mode
 *
 * R. Keys, Cubic Convolution Interpolation for Digital Image Processing, IEEE Transactions on Acoustics, Speech, and
 * Signal Processing, 1981.
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const x = T.of([[[0, 4]]])
 * T.resize(x, 4, { mode: 'linear' }) // => T.of([[[0, 1, 3, 4]]])
 * T.resize(x, 5, { mode: 'linear', alignCorners: true }) // => T.of([[[0, 1, 2, 3, 4]]])
 * pipe(T.of([[[[1, 2]]]]), T.resize([2, 4])) // => T.of([[[[1, 1, 2, 2], [1, 1, 2, 2]]]])
 */
export const resize: {
  <S extends Shape, const O extends ResizeOptions = {}>(
    x: Tensor<S>,
    size: number | readonly number[],
    options?: O & Only<O, ResizeOptions>
  ): Tensor<Sized<S, O>>
  <const O extends ResizeOptions = {}>(
    size: number | readonly number[],
    options?: O & Only<O, ResizeOptions>
  ): <S extends Shape>(x: Tensor<S>) => Tensor<Sized<S, O>>
} = dataFirst(
  options<ResizeOptions>('resize', kinds),
  (x: Tensor, size: number | readonly number[], given: ResizeOptions = {}) => {
    requireMode('resize', x, given)
    const sizes = perAxis('resize', 'size', x, size)
    for (const each of sizes) {
      if (Number.isInteger(each) && each >= 1) continue
      throw new ShapeError('resize', [x.shape], `size is ${describe(size)}; expected integers of 1 or more`)
    }
    return resized(
      x,
      sizes.map((each) => ({ size: each })),
      given
    )
  },
  1
)

/**
 * Images `scale` times as large, for `[N, C, ...]`: one factor for all axes behind the second, or one for each; sizes are rounded
 * down. `resize` by factors, which decide the places of the new pixels too, as in PyTorch's `interpolate` with `scale_factor`.
 *
 * @throws ShapeError when factors are not positive or leave no pixel, or the number of axes is not that of the mode
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * T.upsample(T.of([[[1, 2]]]), { scale: 2 }) // => T.of([[[1, 1, 2, 2]]])
 * T.upsample(T.of([[[[0, 4]]]]), { scale: [1, 2], mode: 'bilinear' }) // => T.of([[[[0, 1, 3, 4]]]])
 * pipe(T.zeros([1, 3, 4, 6]), T.upsample({ scale: 1.5, mode: 'bicubic' })).shape // => [1, 3, 6, 9]
 */
export const upsample: {
  <S extends Shape, const O extends UpsampleOptions>(
    x: Tensor<S>,
    options: O & Only<O, UpsampleOptions>
  ): Tensor<Sized<S, O>>
  <const O extends UpsampleOptions>(
    options: O & Only<O, UpsampleOptions>
  ): <S extends Shape>(x: Tensor<S>) => Tensor<Sized<S, O>>
} = dataFirst(
  options<UpsampleOptions>('upsample', { scale: checkedLater, ...kinds }),
  (x: Tensor, given: Partial<UpsampleOptions> = {}) => {
    if (given.scale === undefined) throw new TypeError('upsample: scale is missing; expected one such as { scale: 2 }')
    requireMode('upsample', x, given)
    const scales = perAxis('upsample', 'scale', x, given.scale)
    const extents = scales.map((scale, i) => {
      const axis = i + firstSpatial(given.dataFormat)
      const n = x.shape[axis]!
      const size = Math.floor(n * scale)
      if (scale > 0 && size >= 1 && size < Infinity) return { size, scale }
      const rule = `scale is ${describe(scale)}; for size ${n} along axis ${axis}, expected a number of ${1 / n} or more`
      throw new ShapeError('upsample', [x.shape], rule)
    })
    return resized(x, extents, given)
  }
)
