// Windows that slide, as lists of coordinates: the reference of pooling.
import * as fc from 'fast-check'
import type { Shape } from 'pullback/Shape'
import type * as T from 'pullback/Tensor'
import { indicesOf, reader, whole } from './naive.js'

export interface Case {
  readonly x: T.Tensor
  readonly window: readonly number[]
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
  readonly padding: readonly (readonly [number, number])[]
  readonly ceilMode: boolean
}

const list = (rank: number, least: number, most: number): fc.Arbitrary<readonly number[]> =>
  fc.array(fc.integer({ min: least, max: most }), { minLength: rank, maxLength: rank })

/** Windows that fit, each of which has an element of the image. */
export const cases = (rank: number): fc.Arbitrary<Case> =>
  fc
    .record({
      window: list(rank, 1, 3),
      stride: list(rank, 1, 3),
      dilation: list(rank, 1, 2),
      room: list(rank, 0, 3),
      before: list(rank, 0, 1),
      after: list(rank, 0, 1),
      ceilMode: fc.boolean()
    })
    .chain(({ window, stride, dilation, room, before, after, ceilMode }) => {
      const span = window.map((n, axis) => (n - 1) * dilation[axis]! + 1)
      // Padding that is no wider than half of the window, where it is dense, leaves each window an element.
      const padded = (sides: readonly number[]): readonly number[] =>
        sides.map((n, axis) => (window[axis]! > 1 && dilation[axis] === 1 ? n : 0))
      const [front, behind] = [padded(before), padded(after)]
      const image = span.map((n, axis) => n + room[axis]!)
      const padding = front.map((n, axis): readonly [number, number] => [n, behind[axis]!])
      return whole([2, 1, ...image]).map((x) => ({ x, window, stride, dilation, padding, ceilMode }))
    })

interface Windows {
  readonly shape: Shape
  /** The coordinates of a window's elements, those in the padding included, those behind it not. */
  readonly elements: (at: readonly number[]) => readonly (readonly number[])[]
}

export const windowsOf = ({ x, window, stride, dilation, padding, ceilMode }: Case): Windows => {
  const image = x.shape.slice(2)
  const shape = image.map((n, axis) => {
    const [before, after] = padding[axis]!
    const span = (window[axis]! - 1) * dilation[axis]! + 1
    let count = 0
    for (let start = -before; ; start += stride[axis]!) {
      const fits = start + span <= n + after || (ceilMode && start < n && start + span - stride[axis]! < n + after)
      if (!fits) return count
      count++
    }
  })
  const elements = (at: readonly number[]): readonly (readonly number[])[] =>
    indicesOf(window)
      .map((offset) => offset.map((j, axis) => at[axis]! * stride[axis]! + j * dilation[axis]! - padding[axis]![0]))
      .filter((place) => place.every((each, axis) => each < image[axis]! + padding[axis]![1]))
  return { shape, elements }
}

const isInside = (place: readonly number[], image: Shape): boolean =>
  place.every((each, axis) => each >= 0 && each < image[axis]!)

/** A function of the elements of each window, and of how many there are with those of the padding. */
export const naive = (each: Case, f: (inside: readonly number[], padded: number) => number): readonly number[] => {
  const { shape, elements } = windowsOf(each)
  const image = each.x.shape.slice(2)
  const read = reader(each.x)
  return indicesOf([2, 1, ...shape]).map(([n = 0, c = 0, ...at]) => {
    const places = elements(at)
    const inside = places.filter((place) => isInside(place, image))
    return f(
      inside.map((place) => read([n, c, ...place])),
      places.length
    )
  })
}
