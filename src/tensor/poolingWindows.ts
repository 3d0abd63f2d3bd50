/** The elements that each window of a pooling takes, as positions in the image. */
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

/** For each element of a window, and each window, its row-major position in the image; negative outside of it. */
interface Positions {
  readonly data: Int32Array
  readonly elements: number
  readonly windows: number
}

/** Each axis in turn: the windows and elements so far, beside those along it. */
const positionsOf = (image: Shape, axes: readonly AxisWindows[]): Positions =>
  axes.reduce<Positions>(
    (before, along, axis) => {
      const n = along[0]?.length ?? 0
      const windows = before.windows * along.length
      const data = new Int32Array(before.elements * n * windows)
      let to = 0
      for (let e = 0; e < before.elements; e++) {
        for (let j = 0; j < n; j++) {
          for (let w = 0; w < before.windows; w++) {
            const at = before.data[e * before.windows + w]!
            for (const coordinates of along) {
              const coordinate = coordinates[j]!
              data[to++] = at < 0 || coordinate < 0 ? inPadding : at * image[axis]! + coordinate
            }
          }
        }
      }
      return { data, elements: before.elements * n, windows }
    },
    { data: Int32Array.of(0), elements: 1, windows: 1 }
  )

/** Positions `[elements of a window, windows]`, int32. */
const table = ({ data, elements, windows }: Positions): Tensor => fromData([elements, windows], 'int32', data)

/** The table where an element outside of the image is the first one inside it again, which changes no maximum. */
export const tableOfInsides = (operation: string, image: Shape, axes: readonly AxisWindows[]): Tensor => {
  const positions = positionsOf(image, axes)
  const { data, windows } = positions
  for (let w = 0; w < windows; w++) {
    let first = w
    while (first < data.length && data[first]! < 0) first += windows
    if (first >= data.length) throw outside(operation, image)
    for (let i = w; i < data.length; i += windows) if (data[i]! < 0) data[i] = data[first]!
  }
  return table(positions)
}

/** The table where an element outside of the image has the position behind the last one. */
export const tableOfAll = (image: Shape, axes: readonly AxisWindows[]): Tensor => {
  const positions = positionsOf(image, axes)
  const behind = size(image)
  return table({ ...positions, data: positions.data.map((position) => (position < 0 ? behind : position)) })
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
