/** Tall columns: they are gone through row by row, as they lie, with what has been found so far in memory. */
import { strip } from '../elements.js'
import type { Arranged } from './arrange.js'
import type { Body } from './body.js'
import { type Level, move, repeat, walk } from './nest.js'

/** Columns longer than this are tall. */
export const longest = 128

/** Columns taken at a time, so that what is found in them stays in the cache. */
export const chunk = 1024

/** Runs code on some columns after the other; it moves all pointers behind the last of its columns. */
export const inChunks = (
  body: Body,
  { kept, columns }: Pick<Arranged, 'kept' | 'columns'>,
  pointers: readonly string[],
  write: (inside: Body, columns: number) => void
): void => {
  const last = kept.at(-1)!
  const distances = last.steps.map((step) => (step / strip) * columns)
  const whole: Level = { count: 1, steps: distances, totals: distances }
  walk(body, [...kept.slice(0, -1), whole], pointers, (inside) => {
    const rest = columns % chunk
    repeat(inside, Math.floor(columns / chunk), (each) => write(each, chunk))
    if (rest > 0) write(inside, rest)
    pointers.forEach((pointer, i) => move(inside, pointer, -whole.totals[i]!))
  })
}
