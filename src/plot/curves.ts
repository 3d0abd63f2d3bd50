/** Curves and points in the plane. */
import { flag, oneOf, options } from '../internal/options.js'
import { type Scale, cut, endsOf, logEnds } from './axes.js'
import { type Frame, type Named, type Point, frameKinds, requireNamed } from './model.js'
import { colourOf, render, roomFor } from './render.js'

// -----------------------------------------------------------------------------
// curves
// -----------------------------------------------------------------------------

/**
 * A frame, and which axes are logarithmic.
 *
 * @example
 * import * as Plot from 'pullback/Plot'
 *
 * const options: Plot.CurveOptions = { title: 'loss', xLabel: 'step', logarithmic: 'y' }
 * Plot.curves([{ name: 'sgd', points: [[1, 1], [2, 1e-3]] }], options).includes('>0.001</text>') // => true
 */
export interface CurveOptions extends Frame {
  /** By default none. */
  readonly logarithmic?: 'x' | 'y' | 'both'
}

const checkCurves = /* @__PURE__ */ options<CurveOptions>('curves', {
  ...frameKinds,
  logarithmic: oneOf('x', 'y', 'both')
})

/** The points that an axis has a place for; a gap where it has none. */
const shownOn = (points: readonly Point[], [x, y]: readonly [Scale, Scale]): readonly unknown[] => {
  const fits = (value: number, type: Scale): boolean => Number.isFinite(value) && (type === 'value' || value > 0)
  return points.flatMap(([a, b]) => (fits(a, x) ? [[a, fits(b, y) ? b : null]] : []))
}

/** A line through points, whose name stands beside its end. */
export const lineThrough = ({ name }: Named, points: readonly unknown[], index: number): object => ({
  type: 'line',
  name,
  silent: true,
  data: points,
  showSymbol: points.length === 1,
  lineStyle: { color: colourOf(index), width: 2 },
  itemStyle: { color: colourOf(index) },
  endLabel: { show: true, formatter: '{a}', color: colourOf(index) },
  labelLayout: { moveOverlap: 'shiftY' },
  z: 5
})

/**
 * Curves through points, in their order, as an SVG document: round numbers at the axes, and the name of each curve beside its end. A number that
 * is not finite is a gap; on a logarithmic axis so is one that is not positive.
 *
 * @example
 * import * as Plot from 'pullback/Plot'
 *
 * const svg = Plot.curves([{ name: 'train', points: [[1, 0.9], [2, 0.5]] }, { name: 'test', points: [[1, 1], [2, 0.5]] }])
 * svg.startsWith('<svg') // => true
 * svg.includes('>train</text>') && svg.includes('>test</text>') // => true
 */
export const curves = (named: readonly Named[], options: CurveOptions = {}): string => {
  requireNamed('curves', named)
  checkCurves(options)
  const { logarithmic, ...frame } = options
  const type = (axis: 'x' | 'y'): Scale => (logarithmic === axis || logarithmic === 'both' ? 'log' : 'value')
  const types = [type('x'), type('y')] as const
  const axis = (ends: Frame['xRange'], at: 0 | 1): Frame['xRange'] =>
    types[at] === 'log' ? logEnds('curves', ends) : endsOf('curves', ends, named, at)
  const ends = { xRange: axis(frame.xRange, 0), yRange: axis(frame.yRange, 1) }
  const series = named.map((each, i) => lineThrough(each, shownOn(cut(each.points, frame, types), types), i))
  return render({ ...frame, ...ends }, series, { right: roomFor(named.map(({ name }) => name)), types })
}

// -----------------------------------------------------------------------------
// points
// -----------------------------------------------------------------------------

/**
 * A frame, and how points are drawn.
 *
 * @example
 * import * as Plot from 'pullback/Plot'
 *
 * const options: Plot.ScatterOptions = { labelled: true }
 * Plot.scatter([{ name: '7', points: [[0, 0]] }], options).includes('>7</text>') // => true
 */
export interface ScatterOptions extends Frame {
  /** Each point as the name of its class, instead of as a disc. */
  readonly labelled?: boolean
}

const checkScatter = /* @__PURE__ */ options<ScatterOptions>('scatter', { ...frameKinds, labelled: flag })

/** What echarts gives to a function that draws one item. */
export interface Api {
  readonly value: (dimension: number) => number
  readonly coord: (point: readonly [number, number]) => readonly [number, number]
}

/** The points of a class, as discs or as its name. */
export const pointsOf = ({ name, points }: Named, index: number, labelled: boolean): object => ({
  type: 'custom',
  // the legend knows series by name, and two classes may have the same one
  name: String(index),
  silent: true,
  clip: true,
  data: points.filter((point) => point.every(Number.isFinite)),
  itemStyle: { color: colourOf(index) },
  renderItem: (_: unknown, api: Api) => {
    const [x, y] = api.coord([api.value(0), api.value(1)])
    return labelled
      ? { type: 'text', style: { text: name, x, y, fill: colourOf(index), align: 'center', verticalAlign: 'middle' } }
      : {
          type: 'circle',
          shape: { cx: x, cy: y, r: 3 },
          style: { fill: colourOf(index), stroke: 'white', lineWidth: 0.5 }
        }
  },
  z: 5
})

/** The names of classes beside the axes, and the room that they take. */
export const legendOf = (named: readonly Named[]): { readonly right: number; readonly legend?: object } =>
  named.length < 2
    ? { right: 24 }
    : {
        right: roomFor(named.map(({ name }) => name)) + 24,
        legend: {
          orient: 'vertical',
          right: 4,
          top: 40,
          icon: 'circle',
          itemWidth: 8,
          itemHeight: 8,
          data: named.map((_, i) => String(i)),
          formatter: (index: string) => named[Number(index)]?.name ?? index
        }
      }

/**
 * Classes of points as an SVG document: a colour for each class, and its name beside the axes; or each point as the name of its class.
 *
 * @example
 * import * as Plot from 'pullback/Plot'
 *
 * const svg = Plot.scatter([{ name: 'a', points: [[0, 0], [1, 2]] }, { name: 'b', points: [[2, 1]] }])
 * svg.match(/<circle/g)?.length // => 3
 */
export const scatter = (named: readonly Named[], options: ScatterOptions = {}): string => {
  requireNamed('scatter', named)
  checkScatter(options)
  const { labelled = false, ...frame } = options
  const series = named.map((each, i) => pointsOf(each, i, labelled))
  const ends = { xRange: endsOf('scatter', frame.xRange, named, 0), yRange: endsOf('scatter', frame.yRange, named, 1) }
  return render({ ...frame, ...ends }, series, labelled ? { right: 24 } : legendOf(named))
}
