/** How tensors print. */
import type { DType } from '../DType.js'
import { type Shape, show, size } from '../shape/model.js'

/** Printed tensors of more elements than this are abridged to the first and last three along each axis. */
const limit = 1000
const edge = 3
const columns = 100

/** The shortest decimal that reads back as the same float32. */
const showSingle = (value: number): string => {
  for (let precision = 1; precision < 9; precision++) {
    const shorter = Number(value.toPrecision(precision))
    if (Math.fround(shorter) === value) return String(shorter)
  }
  return String(Number(value.toPrecision(9)))
}

/** One element as text, in the fewest digits that its type needs. */
export const showElement = (dtype: DType, value: number): string => {
  if (dtype === 'bool') return value === 0 ? 'false' : 'true'
  if (Object.is(value, -0)) return '-0'
  return dtype === 'float32' && Number.isFinite(value) ? showSingle(value) : String(value)
}

/** `Tensor<[2, 2], float32> [[1, 2], [3, 4]]`, rows on lines of their own where one line would be too long. */
export const showTensor = (shape: Shape, dtype: DType, read: (position: number) => number): string => {
  // Axes may be long without elements, as in [1e9, 0].
  const abridged = size(shape) > limit || shape.some((n) => n > limit)
  const block = (axis: number, position: number, step: number, separate: (axis: number) => string): string => {
    if (axis === shape.length) return showElement(dtype, read(position))
    const n = shape[axis]!
    const inner = n === 0 ? 0 : step / n
    const parts: string[] = []
    for (let i = 0; i < n; i++) {
      if (abridged && n > 2 * edge && i === edge) {
        parts.push('...')
        i = n - edge
      }
      parts.push(block(axis + 1, position + i * inner, inner, separate))
    }
    return `[${parts.join(separate(axis))}]`
  }
  const head = `Tensor<${show(shape)}, ${dtype}> `
  const line = block(0, 0, size(shape), () => ', ')
  if (head.length + line.length <= columns || shape.length < 2) return head + line
  const last = shape.length - 1
  return (
    head.trimEnd() +
    '\n' +
    block(0, 0, size(shape), (axis) => (axis === last ? ', ' : ',' + '\n'.repeat(last - axis) + ' '.repeat(axis + 1)))
  )
}
