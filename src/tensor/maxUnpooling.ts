/** The reverse of max pooling: values at the places that they came from, and zeros elsewhere. */
import { dataAt, dualBy } from '../internal/dual.js'
import { type Kinds, options, requireKind } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import { bindOne } from '../primitive/bind.js'
import { type PerAxis, countPerAxis, positivePerAxis, sizesKind, spread } from '../shape/geometry.js'
import type { Resized } from '../shape/layout.js'
import { type Shape, ShapeError, equals, show, size } from '../shape/model.js'
import { takeAlongAxis } from './alongAxis.js'
import { greaterEqual } from './comparison.js'
import { type ImageOptions, channelsFirst, dataFormatKind, inFormat, requireImages } from './dataFormat.js'
import { lastOccurrencePrimitive } from './indexedUpdate.js'
import { requireIndices } from './indices.js'
import { type Tensor, fill } from './model.js'
import { requireEach } from './requireEach.js'
import { where } from './select.js'
import { reshapeTo } from './structural.js'

/**
 * The options of `maxUnpool1d`, `maxUnpool2d` and `maxUnpool3d`: the windows of the pooling, or the size that its operand had.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const odd: T.MaxUnpoolOptions = { outputSize: [5] }
 * T.maxUnpool1d(T.of([[7, 8]]), T.of([[1, 4]], 'int32'), odd) // => T.of([[0, 7, 0, 0, 8]])
 */
export interface MaxUnpoolOptions extends ImageOptions {
  /** The size of the window; required without `outputSize`. */
  readonly window?: PerAxis
  /** How far the window moved; its size by default. */
  readonly stride?: PerAxis
  /** The padding on both sides of each axis; 0 by default. */
  readonly padding?: PerAxis
  /** The sizes of the spatial axes; (size - 1) stride + window - 2 padding by default. */
  readonly outputSize?: Shape
}

interface MaxUnpool {
  <S extends Shape>(x: Tensor<S>, indices: Tensor, options: MaxUnpoolOptions): Tensor<Resized<S>>
  (indices: Tensor, options: MaxUnpoolOptions): <S extends Shape>(x: Tensor<S>) => Tensor<Resized<S>>
}

/** The kinds of the options of unpooling. */
export const unpoolKinds: Kinds<MaxUnpoolOptions> = {
  window: positivePerAxis,
  stride: positivePerAxis,
  padding: countPerAxis,
  outputSize: sizesKind,
  dataFormat: dataFormatKind
}

const sizeOf = (operation: string, image: Shape, given: MaxUnpoolOptions): Shape => {
  const { window, stride = window, padding = 0, outputSize } = given
  if (outputSize !== undefined) return spread(operation, 'outputSize', outputSize, image.length)
  requireKind(operation, 'window', window, positivePerAxis)
  const [windows, strides, paddings] = [window, stride, padding].map((each, i) =>
    spread(operation, ['window', 'stride', 'padding'][i]!, each!, image.length)
  )
  const result = image.map((n, axis) => (n - 1) * strides![axis]! + windows![axis]! - 2 * paddings![axis]!)
  if (result.every((n) => n >= 1)) return result
  throw new ShapeError(
    operation,
    [image],
    `the size of the result is ${show(result)}; expected at least 1, or outputSize`
  )
}

/** The values at their places among `length`, with 0 elsewhere; of several at one place the last. */
const scattered = (operation: string, x: Tensor, indices: Tensor, length: number): Tensor => {
  if (size(x.shape) === 0) return fill([x.shape[0]!, length], x.dtype, 0)
  const last = bindOne(lastOccurrencePrimitive, [indices], { operation, length })
  // Where nothing is written, the last value is read and not chosen.
  return where(greaterEqual(last, 0), takeAlongAxis(x, last), 0)
}

/* @__NO_SIDE_EFFECTS__ */
const maxUnpool = (name: string, rank: number): MaxUnpool => {
  const check = options<MaxUnpoolOptions>(name, unpoolKinds)
  return dualBy<MaxUnpool>(
    dataAt(1, check, (indices) => requireTensor(name, indices, 'the argument indices')),
    (x: Tensor, indices: Tensor, given: MaxUnpoolOptions = {}) => {
      requireImages(name, x, rank, given.dataFormat)
      requireTensor(name, indices, 'the argument indices')
      requireIndices(name, indices)
      if (!equals(indices.shape, x.shape)) {
        const rule = `the indices have shape ${show(indices.shape)}; expected ${show(x.shape)}, that of the values`
        throw new ShapeError(name, [x.shape, indices.shape], rule)
      }
      const [values, places] = [x, indices].map((each) => channelsFirst(each, rank, given.dataFormat))
      const lead = values!.shape.slice(0, -rank)
      const image = values!.shape.slice(-rank)
      const out = sizeOf(name, image, given)
      const length = size(out)
      const expected = `an integer from 0 to ${length - 1}, a position in ${show(out)}`
      requireEach(name, 'indices', indices, expected, (index) => index >= 0 && index < length)
      const rows = [values!, places!].map((each) => reshapeTo(each, [size(lead), size(image)]))
      return inFormat(reshapeTo(scattered(name, rows[0]!, rows[1]!, length), [...lead, ...out]), rank, given.dataFormat)
    }
  )
}

/**
 * Values of `[examples, channels, length]` or `[channels, length]` at the places that they came from; else as `maxUnpool2d`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.maxUnpool1d(T.of([[3, 4]]), T.of([[1, 2]], 'int32'), { window: 2 }) // => T.of([[0, 3, 4, 0]])
 */
export const maxUnpool1d: MaxUnpool = maxUnpool('maxUnpool1d', 1)

/**
 * Values at the places that they came from, with 0 elsewhere: the partial inverse of `maxPool2d`, `torch.nn.functional.max_unpool2d`.
 *
 * `indices` are those that `maxPool2d` gives with `returnIndices`, row-major positions among the spatial axes of the result. These have sizes
 * (size - 1) stride + window - 2 padding, or `outputSize`, since poolings of several sizes give one. Of several values at one place, as of
 * windows that overlap, the last is written. The gradient is taken at the same places, and is 0 for a value that another one has replaced.
 *
 * @throws RangeError for an index that is out of range, by its position
 * @throws ShapeError when indices and values have different shapes
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const [values, indices] = T.maxPool2d(T.of([[[[1, 2, 0, 3], [5, 4, 9, 1]]]]), { window: 2, returnIndices: true })
 * T.maxUnpool2d(values, indices, { window: 2 }) // => T.of([[[[0, 0, 0, 0], [5, 0, 9, 0]]]])
 * pipe(values, T.maxUnpool2d(indices, { outputSize: [2, 5] })) // => T.of([[[[0, 0, 0, 0, 5], [0, 9, 0, 0, 0]]]])
 */
export const maxUnpool2d: MaxUnpool = maxUnpool('maxUnpool2d', 2)

/**
 * Values of volumes at the places that they came from; else as `maxUnpool2d`.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.maxUnpool3d(T.of([[[[7]]]]), T.of([[[[3]]]], 'int32'), { window: [1, 2, 2] }) // => T.of([[[[0, 0], [0, 7]]]])
 */
export const maxUnpool3d: MaxUnpool = maxUnpool('maxUnpool3d', 3)
