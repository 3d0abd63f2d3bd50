/** A strided view seen from one of its axes: kernels that pick along an axis read any view without copying it. */

/** The view as (outer, axis, inner): element `(o, j, i)` lies at `outer[o] + j stride + inner[i]`. */
export interface Around {
  /** Where each position of the axes before begins. */
  readonly outer: Int32Array
  /** The distance of neighbours along the axis. */
  readonly stride: number
  /** The number of positions of the axes after. */
  readonly width: number
  /** Where each of them lies; `undefined` when they lie side by side. */
  readonly inner: Int32Array | undefined
}

/** The positions of all elements of a view, in row-major order. */
const positions = (shape: readonly number[], strides: readonly number[], start: number): Int32Array => {
  const total = shape.reduce((product, n) => product * n, 1)
  const table = new Int32Array(total)
  if (total === 0) return table
  table[0] = start
  let filled = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const end = filled * shape[axis]!
    const stride = strides[axis]!
    for (let to = filled; to < end; to++) table[to] = table[to - filled]! + stride
    filled = end
  }
  return table
}

const areSideBySide = (shape: readonly number[], strides: readonly number[]): boolean => {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false
    expected *= shape[axis]!
  }
  return true
}

/** Looks at a view from one of its axes. */
export const around = (shape: readonly number[], strides: readonly number[], offset: number, axis: number): Around => {
  const innerShape = shape.slice(axis + 1)
  const innerStrides = strides.slice(axis + 1)
  return {
    outer: positions(shape.slice(0, axis), strides.slice(0, axis), offset),
    stride: strides[axis]!,
    width: innerShape.reduce((product, n) => product * n, 1),
    inner: areSideBySide(innerShape, innerStrides) ? undefined : positions(innerShape, innerStrides, 0)
  }
}
