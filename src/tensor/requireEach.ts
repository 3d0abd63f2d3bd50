/** The check of the elements of a tensor, where these can be read. */
import { refusal } from '../internal/describe.js'
import { bottom } from '../primitive/traced.js'
import { positionAt, show, size } from '../shape/model.js'
import { type Tensor, contiguous } from './model.js'

/** Refuses an element for which `holds` is false, by its position: `operation: name[0, 1] is 7; expected ...`. */
export const requireEach = (
  operation: string,
  name: string,
  x: Tensor,
  expected: string,
  holds: (value: number) => boolean
): void => {
  const values = bottom(x)
  if (values === undefined) return
  const { data, offset } = contiguous(values)
  for (let i = 0; i < size(values.shape); i++) {
    const value = data[offset + i]!
    if (holds(value)) continue
    throw new RangeError(refusal(operation, `${name}${show(positionAt(i, values.shape))}`, value, expected))
  }
}
