/** What drawings are made of: frames, points with names. */
import { describe } from '../internal/describe.js'
import { type Kind, type Kinds, positiveCount, text } from '../internal/options.js'

// -----------------------------------------------------------------------------
// frames
// -----------------------------------------------------------------------------

/**
 * What is around every drawing: a title, the names and ranges of the axes, the size in pixels.
 *
 * @example
 * import * as Plot from 'pullback/Plot'
 *
 * const frame: Plot.Frame = { title: 'loss', xLabel: 'epoch', yRange: [0, 1], width: 300 }
 * Plot.curves([], frame).includes('width="300"') // => true
 */
export interface Frame {
  readonly title?: string
  readonly xLabel?: string
  readonly yLabel?: string
  /** The ends of the horizontal axis; by default those of the points, and out to round numbers. */
  readonly xRange?: readonly [from: number, to: number]
  readonly yRange?: readonly [from: number, to: number]
  /** In pixels, 480 by default. */
  readonly width?: number
  /** In pixels, 320 by default. */
  readonly height?: number
}

const range: Kind = {
  expected: 'two finite numbers, the smaller one first',
  holds: (value) => Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) && value[0] < value[1]
}

/** The kinds of the options of every drawing. */
export const frameKinds: Kinds<Frame> = {
  title: text,
  xLabel: text,
  yLabel: text,
  xRange: range,
  yRange: range,
  width: positiveCount,
  height: positiveCount
}

// -----------------------------------------------------------------------------
// named points
// -----------------------------------------------------------------------------

/**
 * A point of the plane.
 *
 * @example
 * import type { Point } from 'pullback/Plot'
 *
 * const point: Point = [1, 0.5]
 * point.length // => 2
 */
export type Point = readonly [x: number, y: number]

/**
 * Points with a name: the points of a curve in their order, or those of a class.
 *
 * @example
 * import type { Named } from 'pullback/Plot'
 *
 * const loss: Named = { name: 'loss', points: [[1, 2.3], [2, 0.9]] }
 * loss.points.length // => 2
 */
export interface Named {
  readonly name: string
  readonly points: readonly Point[]
}

/** Refuses what is not a list of named points. */
export const requireNamed = (operation: string, given: unknown): void => {
  const isNamed = (x: unknown): boolean =>
    typeof x === 'object' &&
    x !== null &&
    'name' in x &&
    typeof x.name === 'string' &&
    'points' in x &&
    Array.isArray(x.points)
  if (!Array.isArray(given)) {
    throw new TypeError(`${operation}: the operand is ${describe(given)}; expected an array of names with points`)
  }
  const list: readonly unknown[] = Array.from(given)
  const wrong = list.findIndex((each) => !isNamed(each))
  if (wrong >= 0) {
    const expected = 'an object with name and points'
    throw new TypeError(`${operation}: element ${wrong} is ${describe(list[wrong])}; expected ${expected}`)
  }
  given.forEach(({ name, points }: { readonly name: string; readonly points: readonly unknown[] }) => {
    const all: readonly unknown[] = Array.from(points)
    const bad = all.findIndex((point) => !isPoint(point))
    if (bad < 0) return
    const found = `point ${bad} of ${describe(name)} is ${describe(all[bad])}`
    throw new TypeError(`${operation}: ${found}; expected two numbers`)
  })
}

const isPoint = (x: unknown): boolean =>
  Array.isArray(x) && x.length === 2 && typeof x[0] === 'number' && typeof x[1] === 'number'
