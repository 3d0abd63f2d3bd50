// Pictures as tensors: colours of numbers, many pictures beside each other, and PNG files.
import { encode } from 'fast-png'
import * as T from 'pullback/Tensor'

/** Red, green and blue from 0 to 1: [3, height, width]. */
export type Picture = T.Tensor

/** Several of one size: [n, 3, height, width]. */
export type Pictures = T.Tensor

/** Grey images [n, height, width], from 0, which is white, to 1, which is black. */
export const ink = (images: T.Tensor): Pictures => {
  const light = T.sub(1, images)
  return T.stack([light, light, light], { axis: 1 })
}

/** Each of n tensors [n, ...] over its largest magnitude. */
export const scaled = (x: T.Tensor): T.Tensor => {
  const others = x.shape.map((_, axis) => axis).slice(1)
  const largest = T.max(T.abs(x), { axis: others, keepDims: true })
  return T.div(x, T.where(T.greater(largest, 0), largest, 1))
}

/** Images [n, height, width] of numbers from -1, which is blue, over 0, which is white, to 1, which is red. */
export const signed = (images: T.Tensor): Pictures => {
  const red = T.sub(1, T.relu(T.neg(images)))
  const green = T.sub(1, T.abs(images))
  const blue = T.sub(1, T.relu(images))
  return T.stack([red, green, blue], { axis: 1 })
}

/** The pictures in rows of `columns`, with grey lines of one pixel around each; places that are left over are grey. */
export const mosaic = (pictures: Pictures, columns: number): Picture => {
  const [n = 0, , height = 0, width = 0] = pictures.shape
  const rows = Math.ceil(n / columns)
  const grey = { value: 0.6 } as const
  const filled: T.Tensor = T.pad(pictures, [[0, rows * columns - n], 0, [0, 1], [0, 1]], grey)
  const placed = T.permute(T.reshape(filled, [rows, columns, 3, height + 1, width + 1]), [2, 0, 3, 1, 4])
  return T.pad(T.reshape(placed, [3, rows * (height + 1), columns * (width + 1)]), [0, [1, 0], [1, 0]], grey)
}

/** The bytes of a PNG file, with 8 bits a colour. */
export const png = (picture: Picture): Uint8Array => {
  const [, height = 0, width = 0] = picture.shape
  const levels = T.mul(T.clamp(picture, { min: 0, max: 1 }), 255)
  const data = Uint8Array.from(T.toArray(T.permute(levels, [1, 2, 0])), (level) => Math.round(Number(level)))
  return encode({ width, height, data, channels: 3 })
}
