/** Windows of images as columns of a matrix, and back. */
import { options, requireKind } from '../internal/options.js'
import { dataFirst } from '../internal/dual.js'
import { type Padding, type PerAxis, geometryOf, paddingKind, positivePerAxis, sizesKind } from '../shape/geometry.js'
import { type Shape, ShapeError, show, size } from '../shape/model.js'
import { gather, scatterAdd } from './indexing.js'
import { type ImageOptions, channelsFirst, dataFormatKind, inFormat } from './dataFormat.js'
import { type Tensor, fill } from './model.js'
import { reshapeTo } from './structural.js'
import { withZero } from './overWindows.js'
import { slidingWindows, tableOfAll } from './poolingWindows.js'
import { along, take } from './stridedWindow.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The options of `im2col`.
 *
 * @example
 * import type { Im2colOptions } from 'pullback/Tensor'
 *
 * const options: Im2colOptions = { window: 3, padding: 1 }
 * options.window // => 3
 */
export interface Im2colOptions extends ImageOptions {
  /** The size of the window. */
  readonly window: PerAxis
  /** How far the window moves; 1 by default. */
  readonly stride?: PerAxis
  /** The padding of the image by zeros; `'valid'`, none, by default. */
  readonly padding?: Padding
  /** How far apart the elements of the window lie; 1 by default. */
  readonly dilation?: PerAxis
}

/**
 * The options of `col2im`: those of the `im2col` that it transposes, and the size of the image.
 *
 * @example
 * import type { Col2imOptions } from 'pullback/Tensor'
 *
 * const options: Col2imOptions = { size: [4, 4], window: 3, padding: 1 }
 * options.size // => [4, 4]
 */
export interface Col2imOptions extends Im2colOptions {
  /** The sizes of the spatial axes of the image. */
  readonly size: Shape
}

const kinds = {
  window: positivePerAxis,
  stride: positivePerAxis,
  padding: paddingKind,
  dilation: positivePerAxis,
  dataFormat: dataFormatKind
}

// -----------------------------------------------------------------------------
// checks
// -----------------------------------------------------------------------------

const requireImage = (operation: string, shape: Shape, rank: number, expected: string): void => {
  if (rank >= 1 && shape.length === rank + 2) return
  throw new ShapeError(operation, [shape], `the operand has shape ${show(shape)}; expected ${expected}`)
}

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/**
 * The windows of images as columns: `torch.nn.functional.unfold`. A convolution is the product of its kernel, as a matrix, and these columns.
 *
 * `[n, c, ...spatial]` gives `[n, c window, windows]`, where `window` counts the elements of the window and `windows` its places, both in
 * row-major order; there may be any number of spatial axes. Padded elements are 0. With `dataFormat: 'NHWC'` the image has its channels last, and
 * the columns are the same.
 *
 * @throws ShapeError when there are no spatial axes, or when the window spans more than the padded image
 *
 * @example
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as T from 'pullback/Tensor'
 *
 * const image = T.of([[[[1, 2, 3], [4, 5, 6]]]])
 * T.im2col(image, { window: 2 }) // => T.of([[[1, 2], [2, 3], [4, 5], [5, 6]]])
 * pipe(T.zeros([8, 3, 32, 32]), T.im2col({ window: 3, padding: 'same' })).shape // => [8, 27, 1024]
 */
export const im2col: {
  (x: Tensor, options: Im2colOptions): Tensor<[number, number, number]>
  (options: Im2colOptions): (x: Tensor) => Tensor<[number, number, number]>
} = dataFirst(options<Im2colOptions>('im2col', kinds), (x: Tensor, given: Im2colOptions): Tensor => {
  requireKind('im2col', 'window', given.window, kinds.window)
  const { dataFormat } = given
  const expected =
    dataFormat === 'NHWC' ? '[examples, ...spatial axes, channels]' : '[examples, channels, ...spatial axes]'
  requireImage('im2col', x.shape, x.shape.length - 2, expected)
  const images = channelsFirst(x, x.shape.length - 2, dataFormat)
  const [n = 0, c = 0, ...image] = images.shape
  const table = tableOfAll(image, slidingWindows(image, geometryOf('im2col', image, given)))
  const columns = gather(withZero(reshapeTo(images, [n, c, size(image)])), table, { axis: 2 })
  return reshapeTo(columns, [n, c * table.shape[0]!, table.shape[1]!])
})

/**
 * Columns added up to images: the transpose of `im2col`, `torch.nn.functional.fold`. Where windows overlap, the elements are added, in double and
 * rounded once; those that lie in the padding are dropped.
 *
 * `[n, c window, windows]` gives `[n, c, ...size]`.
 *
 * @throws ShapeError when the columns are not those of an image of that size, or when the window spans more than the padded image
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const columns = T.im2col(T.ones([1, 1, 2, 3]), { window: 2 })
 * T.col2im(columns, { size: [2, 3], window: 2 }) // => T.of([[[[1, 2, 1], [1, 2, 1]]]])
 */
export const col2im: {
  (columns: Tensor, options: Col2imOptions): Tensor
  (options: Col2imOptions): (columns: Tensor) => Tensor
} = dataFirst(
  options<Col2imOptions>('col2im', { size: sizesKind, ...kinds }),
  (columns: Tensor, given: Col2imOptions) => {
    const { size: image, ...sliding } = given
    requireKind('col2im', 'window', given.window, kinds.window)
    requireKind('col2im', 'size', image, sizesKind)
    const table = tableOfAll(image, slidingWindows(image, geometryOf('col2im', image, sliding)))
    const [taps = 0, windows = 0] = table.shape
    const [n = 0, rows = 0, count] = columns.shape
    if (columns.shape.length !== 3 || count !== windows || rows % taps !== 0) {
      const rule = `the columns have shape ${show(columns.shape)}; expected [examples, a multiple of ${taps}, ${windows}]`
      throw new ShapeError('col2im', [columns.shape], rule)
    }
    const c = rows / taps
    const places = fill([n, c, size(image) + 1], columns.dtype, 0)
    const sums = scatterAdd(places, table, reshapeTo(columns, [n, c, taps, windows]), { axis: 2 })
    const images = reshapeTo(take(sums, along(sums.shape, 2, 0, size(image))), [n, c, ...image])
    return inFormat(images, image.length, given.dataFormat)
  }
)
