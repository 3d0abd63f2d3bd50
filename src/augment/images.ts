/** What augmentations share: where images have their rows and columns, and regions that differ by example. */
import type { DType } from '../DType.js'
import { type Kind, oneOf } from '../internal/options.js'
import { requireTensor } from '../internal/require.js'
import type { Key } from '../random/model.js'
import * as Random from '../Random.js'
import { type Shape, ShapeError, show } from '../shape/model.js'
import { arange, expandDims, greaterEqual, less, logicalAnd, reshape, squeeze } from '../Tensor.js'
import type { Tensor } from '../tensor/model.js'

/** Where the channels of images are. */
export type DataFormat = 'NCHW' | 'NHWC'

/** The kind of the option `dataFormat`. */
export const dataFormatKind: Kind = oneOf('NCHW', 'NHWC')

/** A number for rows and columns, or one for each. */
export type Pair = number | readonly [rows: number, columns: number]

/** One integer, or two, of a least value. */
/* @__NO_SIDE_EFFECTS__ */
export const pairOf = (least: number): Kind => ({
  expected: `an integer of ${least} or more, or two of them`,
  holds: (x) => {
    const each: readonly unknown[] = Array.isArray(x) ? x : [x, x]
    return each.length === 2 && each.every((n) => Number.isInteger(n) && Number(n) >= least)
  }
})

/** A pair, spelled out. */
export const bothOf = (pair: Pair): readonly [number, number] => (typeof pair === 'number' ? [pair, pair] : pair)

/** The axes of rows and columns of images with an axis of examples. */
export type Axes = readonly [rows: number, columns: number]

const axesOf = (dataFormat: DataFormat): Axes => (dataFormat === 'NHWC' ? [1, 2] : [2, 3])

/** Refuses what is not a batch of images of a pixel or more, and gives the axes of their rows and columns. */
export const requireBatch = (operation: string, x: Tensor, dataFormat: DataFormat, alone: boolean): Axes => {
  const axes = axesOf(dataFormat)
  const { shape } = x
  if (shape.length === 4 && axes.every((axis) => shape[axis] !== 0)) return axes
  const [n, ...rest] = Array.from(dataFormat)
  const forms = `[${[n, ...rest].join(', ')}]${alone ? ` or [${rest.join(', ')}]` : ''}`
  throw new ShapeError(
    operation,
    [shape],
    `the images have shape ${show(shape)}; expected ${forms}, with one pixel or more`
  )
}

/** Calls a function of a batch on images, or on one image. */
export const onImages = (
  operation: string,
  images: Tensor,
  dataFormat: DataFormat | undefined,
  f: (batch: Tensor, axes: Axes) => Tensor
): Tensor => {
  requireTensor(operation, images, 'the argument images')
  const isOne = images.shape.length === 3
  const batch: Tensor = isOne ? expandDims(images, 0) : images
  const result = f(batch, requireBatch(operation, batch, dataFormat ?? 'NCHW', true))
  return isOne ? squeeze(result, { axis: 0 }) : result
}

/** One number for each example, along the first axis of images. */
export const perExample = (x: Tensor, rank: number): Tensor =>
  reshape(x, [x.shape[0]!, ...new Array<number>(rank - 1).fill(1)])

/** Integers below `n` for each example, all equally likely. */
export const integersBelow = (key: Key, n: number, examples: number): Tensor =>
  Random.choice(key, n, { shape: [examples] })

/** The part of an axis from one number up to but not including another, for each example. */
export interface Part {
  readonly from: Tensor
  readonly to: Tensor
}

const along = (n: number, axis: number, rank: number, dtype: DType): Tensor =>
  reshape(
    arange(n, dtype),
    Array.from({ length: rank }, (_, i) => (i === axis ? n : 1))
  )

/** Where a pixel lies in a part of the rows and a part of the columns: true there, of a shape that broadcasts to the images'. */
export const inside = (shape: Shape, axes: Axes, parts: readonly [Part, Part]): Tensor => {
  const [rows, columns] = axes.map((axis, i) => {
    const { from, to } = parts[i]!
    const at = along(shape[axis]!, axis, shape.length, from.dtype)
    return logicalAnd(greaterEqual(at, perExample(from, shape.length)), less(at, perExample(to, shape.length)))
  })
  return logicalAnd(rows!, columns!)
}
