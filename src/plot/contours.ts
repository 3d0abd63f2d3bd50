/** Level lines of a function that is known on a grid, by marching squares. */
import type { Point } from './model.js'

/** Values on a grid: `at(i, j)` of column i from the left and row j from below. */
export interface Grid {
  readonly columns: number
  readonly rows: number
  readonly at: (i: number, j: number) => number
}

/** A crossing of the level and an edge of the grid, by the name of the edge. */
type Crossing = readonly [edge: string, place: Point]

/** The crossings on the edges of a square, in pairs: one line, or two. */
const crossingsOf = ({ at }: Grid, level: number, i: number, j: number): readonly (readonly [Crossing, Crossing])[] => {
  const [a, b, c, d] = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)]
  const [isA, isB, isC, isD] = [a > level, b > level, c > level, d > level]
  if ((isA === isB && isB === isC && isC === isD) || !Number.isFinite(a + b + c + d)) return []
  const between = (low: number, high: number): number => (level - low) / (high - low)
  const bottom = (): Crossing => [`h${i},${j}`, [i + between(a, b), j]]
  const top = (): Crossing => [`h${i},${j + 1}`, [i + between(d, c), j + 1]]
  const left = (): Crossing => [`v${i},${j}`, [i, j + between(a, d)]]
  const right = (): Crossing => [`v${i + 1},${j}`, [i + 1, j + between(b, c)]]
  const crossed = [
    ...(isA === isB ? [] : [bottom()]),
    ...(isB === isC ? [] : [right()]),
    ...(isC === isD ? [] : [top()]),
    ...(isD === isA ? [] : [left()])
  ]
  const [first, second, third, fourth] = crossed
  if (first === undefined || second === undefined) return []
  if (third === undefined || fourth === undefined) return [[first, second]]
  // a saddle: the middle tells which corners are of one side
  return (a + b + c + d) / 4 > level === isA
    ? [
        [first, second],
        [third, fourth]
      ]
    : [
        [fourth, first],
        [second, third]
      ]
}

/** The lines on which a function has a level, in coordinates of the grid; a closed line ends where it begins. */
export const contour = (grid: Grid, level: number): readonly (readonly Point[])[] => {
  const places = new Map<string, Point>()
  const beside = new Map<string, string[]>()
  for (let j = 0; j + 1 < grid.rows; j++) {
    for (let i = 0; i + 1 < grid.columns; i++) {
      for (const [[from, start], [to, end]] of crossingsOf(grid, level, i, j)) {
        places.set(from, start)
        places.set(to, end)
        beside.set(from, [...(beside.get(from) ?? []), to])
        beside.set(to, [...(beside.get(to) ?? []), from])
      }
    }
  }
  const seen = new Set<string>()
  const walk = (start: string): readonly Point[] => {
    const line: Point[] = []
    let edge: string | undefined = start
    while (edge !== undefined) {
      seen.add(edge)
      line.push(places.get(edge)!)
      const next: string | undefined = beside.get(edge)!.find((other) => !seen.has(other))
      if (next === undefined && line.length > 2 && beside.get(edge)!.includes(start)) line.push(places.get(start)!)
      edge = next
    }
    return line
  }
  // lines that end at the border first, then those that are closed
  const ends = [...beside].filter(([, others]) => others.length === 1).map(([edge]) => edge)
  return [...ends, ...beside.keys()].flatMap((edge) => (seen.has(edge) ? [] : [walk(edge)]))
}
