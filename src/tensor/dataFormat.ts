/** Where images have their channels: operations compute with channels in front of the spatial axes, and those that are last are moved. */
import { type Kind, oneOf } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import { ShapeError, show } from '../shape/model.js'
import type { Tensor } from './model.js'
import { permuteTo } from './structural.js'

/**
 * Where images have their channels: in front of the spatial axes, or last. The names are used for any number of spatial axes.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const last: T.DataFormat = 'NHWC'
 * T.maxPool2d(T.zeros([8, 32, 32, 3]), { window: 2, dataFormat: last }).shape // => [8, 16, 16, 3]
 */
export type DataFormat = 'NCHW' | 'NHWC'

/**
 * The option of operations on images that says where these have their channels.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * const channelsLast: T.ImageOptions = { dataFormat: 'NHWC' }
 * T.pixelShuffle(T.zeros([5, 5, 12]), 2, channelsLast).shape // => [10, 10, 3]
 */
export interface ImageOptions {
  /** Where operand and result have their channels: in front of the spatial axes (`'NCHW'`, the default), or last. */
  readonly dataFormat?: DataFormat
}

/** The kind of the option `dataFormat`. */
export const dataFormatKind: Kind = /* @__PURE__ */ oneOf('NCHW', 'NHWC')

const axisNames = ['depth', 'height', 'width'] as const

/** The names of spatial axes between others, as text. */
export const axesText = (first: readonly string[], rank: number, last: readonly string[] = []): string =>
  `[${[...first, ...(rank === 1 ? ['length'] : axisNames.slice(3 - rank)), ...last].join(', ')}]`

/** Refuses what is not a tensor with the axes of images: examples, which may be missing, channels, and `rank` spatial ones. */
export const requireImages = (
  operation: string,
  x: Tensor,
  rank: number,
  format: DataFormat = 'NCHW',
  subject = 'the operand'
): void => {
  requireTensor(operation, x, subject)
  if (x.shape.length === rank + 2 || x.shape.length === rank + 1) return
  const one = format === 'NCHW' ? axesText(['channels'], rank) : axesText([], rank, ['channels'])
  const expected = `[examples, ${one.slice(1)}, or ${one} for one example`
  throw new ShapeError(operation, [x.shape], `${subject} has shape ${show(x.shape)}; expected ${expected}`)
}

/** A tensor with one of its axes at another place, both counted from the end. */
const moveFromEnd = (x: Tensor, from: number, to: number): Tensor => {
  const axes = x.shape.map((_, axis) => axis)
  const [moved = 0] = axes.splice(axes.length - from, 1)
  axes.splice(axes.length + 1 - to, 0, moved)
  return permuteTo(x, axes)
}

/** Images of a format with their channels in front of `rank` spatial axes. */
export const channelsFirst = (x: Tensor, rank: number, format?: DataFormat): Tensor =>
  format === 'NHWC' ? moveFromEnd(x, 1, rank + 1) : x

/** Images in a format, from those with their channels in front of `rank` spatial axes. */
export const inFormat = (x: Tensor, rank: number, format?: DataFormat): Tensor =>
  format === 'NHWC' ? moveFromEnd(x, rank + 1, 1) : x

/** An operation on images with their channels in front, applied to images of a format. */
export const onImages = (
  x: Tensor,
  rank: number,
  format: DataFormat | undefined,
  operation: (x: Tensor) => Tensor
): Tensor => inFormat(operation(channelsFirst(x, rank, format)), rank, format)

/** The first of the spatial axes behind an axis of examples. */
export const firstSpatial = (format: DataFormat | undefined): number => (format === 'NHWC' ? 1 : 2)
