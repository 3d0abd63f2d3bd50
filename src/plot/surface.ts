/** Functions of the plane: level lines with paths over them, and regions of classes with points over them. */
import { requireFunction } from '../internal/check.js'
import { describe } from '../internal/describe.js'
import { type Kind, options, positiveCount } from '../internal/options.js'
import { toArray } from '../tensor/destruct.js'
import { fromTypedArray } from '../tensor/literal.js'
import { isTensor, type Tensor } from '../tensor/model.js'
import { type Ends, cut, endsOf } from './axes.js'
import { type Grid, contour } from './contours.js'
import { type Api, legendOf, lineThrough, pointsOf } from './curves.js'
import { type Frame, type Named, frameKinds, requireNamed } from './model.js'
import { colourOf, render, roomFor } from './render.js'

// -----------------------------------------------------------------------------
// grids
// -----------------------------------------------------------------------------

/**
 * A function of points of the plane, all at once: one row in, one number out. `vmap` makes one of a function of a single point.
 *
 * @example
 * import type { PlaneFunction } from 'pullback/Plot'
 * import * as T from 'pullback/Tensor'
 *
 * const bowl: PlaneFunction = (points) => T.sum(T.square(points), { axis: 1 })
 * bowl(T.of([[3, 4]])) // => T.of([25])
 */
export type PlaneFunction = (points: Tensor<[number, 2]>) => Tensor

/** The ends of both axes, with some room around the points. */
const axesOf = (operation: string, { xRange, yRange }: Frame, named: readonly Named[]): readonly [x: Ends, y: Ends] => [
  endsOf(operation, xRange, named, 0, 1 / 20),
  endsOf(operation, yRange, named, 1, 1 / 20)
]

/** Where a function is looked at, and what it gives there, row by row from below. */
interface Sampled {
  readonly values: ArrayLike<number>
  readonly side: number
  readonly place: (i: number, j: number) => readonly [number, number]
}

/** Looks at a function on a grid; `shift` of half a cell puts the points into the middle of cells. */
const sampled = (operation: string, f: PlaneFunction, x: Ends, y: Ends, side: number, isCentred: boolean): Sampled => {
  const steps = isCentred ? side : side - 1
  const at = ([from, to]: Ends, i: number): number => from + ((to - from) * i) / steps
  const shift = isCentred ? 0.5 : 0
  const data = new Float32Array(2 * side * side)
  for (let n = 0; n < side * side; n++) {
    data[2 * n] = at(x, (n % side) + shift)
    data[2 * n + 1] = at(y, Math.floor(n / side) + shift)
  }
  const result: unknown = f(fromTypedArray(data, [side * side, 2]))
  if (!isTensor(result) || result.shape.length !== 1 || result.shape[0] !== side * side) {
    const expected = `expected a tensor of shape [${side * side}], a number for each of the points`
    throw new TypeError(`${operation}: the function returned ${describe(result)}; ${expected}`)
  }
  return { values: toArray(result), side, place: (i, j) => [at(x, i), at(y, j)] }
}

// -----------------------------------------------------------------------------
// level lines
// -----------------------------------------------------------------------------

/**
 * A frame, and how finely a surface is looked at.
 *
 * @example
 * import * as Plot from 'pullback/Plot'
 * import * as T from 'pullback/Tensor'
 *
 * const options: Plot.SurfaceOptions = { xRange: [-1, 1], yRange: [-1, 1], levels: [0.5], resolution: 20 }
 * Plot.surface((points) => T.sum(T.square(points), { axis: 1 }), [], options).match(/<polyline/g)?.length // => 1
 */
export interface SurfaceOptions extends Frame {
  /** The levels, or their number, 16 by default, which are then chosen denser where the function is small. */
  readonly levels?: number | readonly number[]
  /** The points along each axis at which the function is looked at, 100 by default. */
  readonly resolution?: number
}

const levelKind: Kind = {
  expected: 'a number of levels of 1 or more, or an array of finite numbers',
  holds: (value) => (Array.isArray(value) ? value.every(Number.isFinite) : positiveCount.holds(value))
}

const resolutionKind: Kind = {
  expected: 'an integer of 2 or more',
  holds: (value) => Number.isInteger(value) && Number(value) >= 2
}

const checkSurface = /* @__PURE__ */ options<SurfaceOptions>('surface', {
  ...frameKinds,
  levels: levelKind,
  resolution: resolutionKind
})

/** Levels that divide what is seen of a function: at quantiles, closer to each other at small ones. */
const levelsOf = (values: ArrayLike<number>, count: number): readonly number[] => {
  const sorted = Array.from(values)
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
  const at = (k: number): number => sorted[Math.floor(((k + 0.5) / count) ** 2 * sorted.length)] ?? NaN
  return [...new Set(Array.from({ length: count }, (_, k) => at(k)))].filter(Number.isFinite)
}

/** From dark, for small values, to light. */
const shade = (share: number): string => {
  const [from, to] = [
    [52, 73, 110],
    [200, 206, 216]
  ] as const
  return `rgb(${from.map((x, i) => Math.round(x + (to[i]! - x) * share)).join(',')})`
}

/**
 * Level lines of a function of the plane, dark where it is small, and paths over them, such as those of optimizers on a loss surface: each
 * begins at a disc, and its name stands beside its end. Without ranges, the axes are those of the paths.
 *
 * @throws TypeError when the function gives something else than one number for each point
 *
 * @example
 * import * as Plot from 'pullback/Plot'
 * import * as T from 'pullback/Tensor'
 *
 * const bowl: Plot.PlaneFunction = (points) => T.sum(T.square(points), { axis: 1 })
 * const svg = Plot.surface(bowl, [{ name: 'sgd', points: [[-2, 1], [-1, 0.5], [-0.5, 0.25]] }])
 * svg.includes('>sgd</text>') // => true
 */
export const surface = (f: PlaneFunction, paths: readonly Named[] = [], options: SurfaceOptions = {}): string => {
  requireFunction('surface', f, 'the surface')
  requireNamed('surface', paths)
  checkSurface(options)
  const { levels = 16, resolution = 100, ...frame } = options
  const [xRange, yRange] = axesOf('surface', frame, paths)
  const { values, side, place } = sampled('surface', f, xRange, yRange, resolution, false)
  const grid: Grid = { columns: side, rows: side, at: (i, j) => values[j * side + i]! }
  const chosen = typeof levels === 'number' ? levelsOf(values, levels) : levels
  const lines = chosen.flatMap((level, k) =>
    contour(grid, level).map((line) => ({
      coords: line.map(([i, j]) => place(i, j)),
      lineStyle: { color: shade(chosen.length < 2 ? 0 : k / (chosen.length - 1)) }
    }))
  )
  const drawn = {
    type: 'lines',
    coordinateSystem: 'cartesian2d',
    polyline: true,
    silent: true,
    data: lines,
    lineStyle: { width: 1, opacity: 1 }
  }
  const starts = paths.map((each, i) => pointsOf({ ...each, points: each.points.slice(0, 1) }, i, false))
  const series = [drawn, ...paths.map((each, i) => lineThrough(each, cut(each.points, frame), i)), ...starts]
  return render({ ...frame, xRange, yRange }, series, { right: roomFor(paths.map(({ name }) => name)) })
}

// -----------------------------------------------------------------------------
// regions
// -----------------------------------------------------------------------------

/**
 * A frame, and how finely regions are looked at.
 *
 * @example
 * import * as Plot from 'pullback/Plot'
 *
 * const options: Plot.RegionOptions = { resolution: 40 }
 * options.resolution // => 40
 */
export interface RegionOptions extends Frame {
  /** The cells along each axis, 120 by default. */
  readonly resolution?: number
}

const checkRegions = /* @__PURE__ */ options<RegionOptions>('regions', { ...frameKinds, resolution: resolutionKind })

/** The colour of a class among three times as much white. */
const paleOf = (index: number): string => {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colourOf(index).slice(at, at + 2), 16))
  return `rgb(${parts.map((part) => Math.round((part + 3 * 255) / 4)).join(',')})`
}

/** A run of cells of one class in a row: from, to, row, class. */
type Run = readonly [from: number, to: number, row: number, label: number]

const runsOf = (values: ArrayLike<number>, side: number): readonly Run[] => {
  const runs: Run[] = []
  for (let j = 0; j < side; j++) {
    let from = 0
    for (let i = 1; i <= side; i++) {
      const label = values[j * side + from]!
      if (i < side && values[j * side + i] === label) continue
      if (Number.isInteger(label) && label >= 0) runs.push([from, i, j, label])
      from = i
    }
  }
  return runs
}

/**
 * The regions that a classifier tells apart, in pale colours, and the points of each class over them: the regions of class `k` have the colour of
 * the points of element `k`. Without ranges, the axes are those of the points.
 *
 * @throws TypeError when the classifier gives something else than one number for each point
 *
 * @example
 * import * as Plot from 'pullback/Plot'
 * import * as T from 'pullback/Tensor'
 *
 * const isRight: Plot.PlaneFunction = (points) => T.greater(T.at(T.transpose(points), 0), 0)
 * const classes: readonly Plot.Named[] = [{ name: 'left', points: [[-1, 0]] }, { name: 'right', points: [[1, 1]] }]
 * Plot.regions(isRight, classes, { resolution: 10 }).match(/<circle/g)?.length // => 2
 */
export const regions = (classify: PlaneFunction, named: readonly Named[], options: RegionOptions = {}): string => {
  requireFunction('regions', classify, 'the classifier')
  requireNamed('regions', named)
  checkRegions(options)
  const { resolution = 120, ...frame } = options
  const [xRange, yRange] = axesOf('regions', frame, named)
  const { values, side, place } = sampled('regions', classify, xRange, yRange, resolution, true)
  const cells = {
    type: 'custom',
    silent: true,
    clip: true,
    data: runsOf(values, side).map(([from, to, row, label]) => [...place(from, row), ...place(to, row + 1), label]),
    renderItem: (_: unknown, api: Api) => {
      const [left, bottom] = api.coord([api.value(0), api.value(1)])
      const [right, top] = api.coord([api.value(2), api.value(3)])
      return {
        type: 'rect',
        // a little wider, since the edges of neighbours show
        shape: { x: left, y: top - 0.5, width: right - left + 0.5, height: bottom - top + 0.5 },
        style: { fill: paleOf(api.value(4)) }
      }
    }
  }
  const series = [cells, ...named.map((each, i) => pointsOf(each, i, false))]
  return render({ ...frame, xRange, yRange }, series, legendOf(named))
}
