// Labelled points of the plane, as drawings take them.
import type { Named, Point } from 'pullback/Plot'
import * as T from 'pullback/Tensor'

/** The points of each class under its name. */
export const byClass = (
  points: T.Tensor<[number, number]>,
  labels: T.Tensor<[number]>,
  names: readonly string[]
): readonly Named[] => {
  const classes = T.toNested(labels)
  const places: readonly Point[] = T.toNested(points).map(([x = NaN, y = NaN]) => [x, y])
  return names.map((name, label) => ({ name, points: places.filter((_, i) => classes[i] === label) }))
}
