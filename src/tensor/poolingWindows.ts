/** The elements that each window of a pooling takes, as positions in the image. */
import type { Windows } from '../kernel/windows.js'
import type { Geometry } from '../shape/geometry.js'
import { type Shape, ShapeError, show, size } from '../shape/model.js'
import { type Tensor, fromData } from './model.js'

/** For each window along an axis, the coordinates of its elements; one outside of the image is negative. */
export type AxisWindows = readonly (readonly number[])[]

/** A coordinate in the padding, and one behind it, where only a last window of `ceilMode` reaches. */
const inPadding = -1
const beyond = -2

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i)

/** The windows along each axis of an image. */
export const slidingWindows = (image: Shape, geometry: Geometry): readonly AxisWindows[] =>
  image.map((n, axis) => {
    const before = geometry.before[axis]!
    const end = n + geometry.after[axis]!
    const coordinate = (i: number, j: number): number => {
      const at = i * geometry.stride[axis]! + j * geometry.dilation[axis]! - before
      return at >= end ? beyond : at < 0 || at >= n ? inPadding : at
    }
    return range(geometry.sizes[axis]!).map((i) => range(geometry.window[axis]!).map((j) => coordinate(i, j)))
  })

/** Windows that divide each axis as evenly as they can: the one number `i` of `m` goes from floor(i n / m) to ceil((i + 1) n / m). */
export const evenWindows = (image: Shape, parts: Shape): readonly AxisWindows[] =>
  image.map((n, axis) => {
    const m = parts[axis]!
    const ends = range(m).map((i) => [Math.floor((i * n) / m), Math.ceil(((i + 1) * n) / m)] as const)
    const longest = Math.max(0, ...ends.map(([from, to]) => to - from))
    return ends.map(([from, to]) => range(longest).map((j) => (from + j < to ? from + j : beyond)))
  })

const nowhere: Windows = { positions: Int32Array.of(0), elements: 1, count: 1 }

/**
 * The row-major positions in the image of the elements of each window, negative outside of it: each axis in turn, the windows and
 * elements so far beside those along it.
 */
export const positionsOf = (image: Shape, axes: readonly AxisWindows[]): Windows =>
  axes.reduce((before, along, axis) => {
    const n = along[0]?.length ?? 0
    const elements = before.elements * n
    const positions = new Int32Array(before.count * along.length * elements)
    let to = 0
    for (let w = 0; w < before.count; w++) {
      for (const coordinates of along) {
        for (let e = 0; e < before.elements; e++) {
          const at = before.positions[w * before.elements + e]!
          for (let j = 0; j < n; j++) {
            const coordinate = coordinates[j]!
            positions[to++] = at < 0 || coordinate < 0 ? inPadding : at * image[axis]! + coordinate
          }
        }
      }
    }
    return { positions, elements, count: before.count * along.length }
  }, nowhere)

/** The positions, where an element outside of the image is the first one inside it again, which changes no maximum. */
export const insidesOf = (operation: string, image: Shape, axes: readonly AxisWindows[]): Windows => {
  const windows = positionsOf(image, axes)
  const { positions, elements } = windows
  for (let from = 0; from < positions.length; from += elements) {
    let first = from
    while (first < from + elements && positions[first]! < 0) first++
    if (first === from + elements) throw outside(operation, image)
    for (let i = from; i < from + elements; i++) if (positions[i]! < 0) positions[i] = positions[first]!
  }
  return windows
}

/** The positions `[elements of a window, windows]`, int32, where an element outside of the image is behind the last one. */
export const tableOfAll = (image: Shape, axes: readonly AxisWindows[]): Tensor => {
  const { positions, elements, count } = positionsOf(image, axes)
  const data = new Int32Array(positions.length)
  for (let w = 0, i = 0; w < count; w++) {
    for (let e = 0; e < elements; e++, i++) data[e * count + w] = positions[i]! < 0 ? size(image) : positions[i]!
  }
  return fromData([elements, count], 'int32', data)
}

/** How many elements of each window lie in the image, or in the padding too. */
export const countsOf = (
  operation: string,
  image: Shape,
  windows: readonly AxisWindows[],
  countPadding: boolean
): readonly number[] =>
  windows
    .map((along) => along.map((each) => each.filter((at) => at >= (countPadding ? inPadding : 0)).length))
    .reduce((all, along) => all.flatMap((product) => along.map((count) => product * count)), [1])
    .map((count) => {
      if (count === 0) throw outside(operation, image)
      return count
    })

const outside = (operation: string, image: Shape): ShapeError =>
  new ShapeError(
    operation,
    [image],
    `a window has no element of the input of ${show(image)}; expected less padding, or a smaller dilation`
  )
