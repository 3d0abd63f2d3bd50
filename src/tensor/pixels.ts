/** Elements of images by their row-major positions among the last axes: taken, and added up. */
import { type Shape, size } from '../shape/model.js'
import { addAlongAxis, takeAlongAxis } from './alongAxis.js'
import { type Tensor, fill } from './model.js'
import { reshapeTo } from './structural.js'

/** A tensor with the axes behind the first `lead` as one, and those as another. */
const rows = (x: Tensor, lead: number): Tensor =>
  reshapeTo(x, [size(x.shape.slice(0, lead)), size(x.shape.slice(lead))])

/** The elements at positions, whose last axes stand in place of those of the image. */
export const taken = (x: Tensor, image: Shape, positions: Tensor): Tensor => {
  const lead = x.shape.length - image.length
  return reshapeTo(takeAlongAxis(rows(x, lead), rows(positions, lead)), positions.shape)
}

/** The transpose of `taken`: elements added at their positions in images of zeros. */
export const addedAt = (x: Tensor, image: Shape, positions: Tensor, lead: number): Tensor => {
  const front = x.shape.slice(0, lead)
  const zeros = fill([size(front), size(image)], x.dtype, 0)
  return reshapeTo(addAlongAxis(zeros, rows(positions, lead), rows(x, lead)), [...front, ...image])
}
