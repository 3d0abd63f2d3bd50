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

/** Combines one entry per axis in row-major order: `f` takes what the axes before gave, and the entry of the next. */
const combined = <A, B>(
  axes: readonly (readonly A[])[],
  first: B,
  f: (sofar: B, entry: A, axis: number) => B
): readonly B[] =>
  axes.reduce<readonly B[]>(
    (all, entries, axis) => all.flatMap((each) => entries.map((entry) => f(each, entry, axis))),
    [first]
  )

/** For each window, the row-major positions of its elements in the image; negative outside of it. */
const positionsOf = (image: Shape, windows: readonly AxisWindows[]): readonly (readonly number[])[] =>
  combined<readonly number[], readonly (readonly number[])[]>(windows, [], (before, coordinates) => [
    ...before,
    coordinates
  ]).map((axes) =>
    combined(axes, 0, (at, coordinate, axis) => (at < 0 || coordinate < 0 ? inPadding : at * image[axis]! + coordinate))
  )

/** Positions `[elements of a window, windows]`, int32. */
const table = (windows: readonly (readonly number[])[]): Tensor => {
  const elements = windows[0]?.length ?? 0
  const data = new Int32Array(elements * windows.length)
  windows.forEach((window, i) => {
    window.forEach((position, j) => {
      data[j * windows.length + i] = position
    })
  })
  return fromData([elements, windows.length], 'int32', data)
}

/** The table where an element outside of the image is the first one inside it again, which changes no maximum. */
export const tableOfInsides = (operation: string, image: Shape, windows: readonly AxisWindows[]): Tensor =>
  table(
    positionsOf(image, windows).map((window) => {
      const first = window.find((position) => position >= 0)
      if (first === undefined) throw outside(operation, image)
      return window.map((position) => (position < 0 ? first : position))
    })
  )

/** The table where an element outside of the image has the position behind the last one. */
export const tableOfAll = (image: Shape, windows: readonly AxisWindows[]): Tensor =>
  table(positionsOf(image, windows).map((window) => window.map((position) => (position < 0 ? size(image) : position))))

/** How many elements of each window lie in the image, or in the padding too. */
export const countsOf = (
  operation: string,
  image: Shape,
  windows: readonly AxisWindows[],
  countPadding: boolean
): readonly number[] =>
  combined(
    windows.map((along) => along.map((each) => each.filter((at) => at >= (countPadding ? inPadding : 0)).length)),
    1,
    (product, count) => product * count
  ).map((count) => {
    if (count === 0) throw outside(operation, image)
    return count
  })

const outside = (operation: string, image: Shape): ShapeError =>
  new ShapeError(
    operation,
    [image],
    `a window has no element of the input of ${show(image)}; expected less padding, or a smaller dilation`
  )
