/** The ends of axes, their ticks, and where a curve leaves the plane between them. */
import type { Frame, Named, Point } from './model.js'

/** How the numbers of an axis are laid out. */
export type Scale = 'value' | 'log'

export type Ends = readonly [from: number, to: number]

/** The distance of ticks on an axis of a length: 1, 2 or 5 times a power of ten. */
export const intervalOf = (length: number): number => {
  const power = Math.floor(Math.log10(length / 5))
  const share = length / 5 / 10 ** power
  return Number(`${share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10}e${power}`)
}

/** The least distance of ends that the plotting library has digits for, and the largest that leaves room for ticks. */
const [shortest, longest] = [1e-15, 1e308]

/** Refuses numbers between which no axis can be drawn. */
const requireLength = (operation: string, low: number, high: number): void => {
  if (high - low >= shortest && high - low <= longest) return
  const remedy = 'draw them in another unit or on a logarithmic axis'
  throw new RangeError(
    `${operation}: an axis is from ${low} to ${high}; expected ends from ${shortest} to ${longest} apart, ${remedy}`
  )
}

/** The ends of some numbers and a share more, out to ticks. */
const endsAround = (operation: string, values: readonly number[], more: number): Ends => {
  const known = values.filter(Number.isFinite)
  const low = known.reduce((least, x) => Math.min(least, x), Infinity)
  const high = known.reduce((most, x) => Math.max(most, x), -Infinity)
  if (!(low <= high)) return [-1, 1]
  // around numbers that are equal, up to rounding, there is room for ticks
  const half = high - low > 1e-12 * Math.max(Math.abs(low), Math.abs(high)) ? 0 : Math.abs(low) / 2 || 1
  requireLength(operation, low - half, high + half)
  const margin = half + (high - low) * more
  // a longer axis may have its ticks farther apart
  const outTo = (interval: number): Ends => {
    const rounded = (steps: number): number => Number((steps * interval).toPrecision(15))
    const within = (x: number): number => Number((x / interval).toPrecision(15))
    const ends = [rounded(Math.floor(within(low - margin))), rounded(Math.ceil(within(high + margin)))] as const
    const next = intervalOf(ends[1] - ends[0])
    return next > interval * 1.01 ? outTo(next) : ends
  }
  return outTo(intervalOf(high - low + 2 * margin))
}

/** The ends of an axis: those given, or those of the points and a share more. */
export const endsOf = (
  operation: string,
  given: Ends | undefined,
  named: readonly Named[],
  axis: 0 | 1,
  more: number = 0
): Ends => {
  const values = named.flatMap(({ points }) => points.map((point) => point[axis]))
  if (given === undefined) return endsAround(operation, values, more)
  requireLength(operation, ...given)
  return given
}

/** The ends of a logarithmic axis, if they are given. */
export const logEnds = (operation: string, given: Ends | undefined): Ends | undefined => {
  if (given === undefined || given[0] > 0) return given
  const found = `a logarithmic axis is from ${given[0]} to ${given[1]}`
  throw new RangeError(`${operation}: ${found}; expected ends above 0`)
}

/** A tick in digits, or as a power of ten where all are far from 1. */
export const showTick = (x: number, largest: number): string => {
  const rounded = Math.abs(x) < largest * 1e-14 ? 0 : Number(x.toPrecision(15))
  const isPlain = rounded === 0 || (largest >= 1e-4 && largest < 1e9)
  return isPlain ? rounded.toLocaleString('en-US', { maximumFractionDigits: 20 }) : rounded.toExponential()
}

/** A tick of a logarithmic axis; powers of ten that were multiplied up to are off by rounding. */
export const showPower = (x: number): string => {
  const rounded = Number(x.toPrecision(12))
  return rounded >= 1e-4 && rounded < 1e6 ? String(rounded) : rounded.toExponential()
}

const everywhere: Ends = [-Infinity, Infinity]

/** The points of a curve up to the place where it is last seen between the ends of the axes. */
export const cut = (
  points: readonly Point[],
  { xRange = everywhere, yRange = everywhere }: Frame,
  scales: readonly [x: Scale, y: Scale] = ['value', 'value']
): readonly Point[] => {
  const ends = [xRange, yRange] as const
  const on = (x: number, axis: 0 | 1): number => (scales[axis] === 'log' && x !== -Infinity ? Math.log(x) : x)
  const back = (x: number, axis: 0 | 1): number => (scales[axis] === 'log' ? Math.exp(x) : x)
  const axes = [0, 1] as const
  const isInside = (point: Point): boolean =>
    axes.every((axis) => ends[axis][0] <= point[axis] && point[axis] <= ends[axis][1])
  /** The last share of the way from a to b that is inside; `undefined` where none is. */
  const lastInside = (a: Point, b: Point): number | undefined => {
    let [first, last] = [0, 1]
    for (const axis of axes) {
      const [from, to] = [on(a[axis], axis), on(b[axis], axis)]
      const [low, high] = [
        (on(ends[axis][0], axis) - from) / (to - from),
        (on(ends[axis][1], axis) - from) / (to - from)
      ]
      if (from === to && ends[axis][0] <= a[axis] && a[axis] <= ends[axis][1]) continue
      first = Math.max(first, Math.min(low, high))
      last = Math.min(last, Math.max(low, high))
    }
    return first <= last ? last : undefined
  }
  for (let i = points.length - 1; i >= 0; i--) {
    const [point, next] = [points[i]!, points[i + 1]]
    const share = next && lastInside(point, next)
    if (next !== undefined && share !== undefined) {
      const at = (axis: 0 | 1): number => back(on(point[axis], axis) * (1 - share) + on(next[axis], axis) * share, axis)
      return [...points.slice(0, i + 1), [at(0), at(1)]]
    }
    if (isInside(point)) return points.slice(0, i + 1)
  }
  return []
}
