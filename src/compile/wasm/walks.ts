/** Loops over a shape, one inside the other, with pointers that go along. */
import { get, i32, increase, loop, set } from '../../kernel/wasm/build.js'
import type { Instruction } from '../../kernel/wasm/model.js'
import { type Body, newLocal } from './body.js'

/** The way of a pointer: where it starts, and the bytes that it goes on along each axis. */
export interface Walk {
  readonly start: Instruction
  readonly steps: readonly number[]
}

interface Axis {
  readonly size: number
  readonly steps: readonly number[]
}

/** The axes of a nest: those of size 1 are left out, and two are one where all pointers pass through them evenly. */
const axesOf = (shape: readonly number[], walks: readonly Walk[]): readonly Axis[] => {
  const axes: Axis[] = []
  shape.forEach((n, place) => {
    if (n === 1) return
    const steps = walks.map((walk) => walk.steps[place]!)
    const outer = axes.at(-1)
    const isEven = outer !== undefined && outer.steps.every((step, i) => step === steps[i]! * n)
    if (isEven) axes[axes.length - 1] = { size: outer.size * n, steps }
    else axes.push({ size: n, steps })
  })
  return axes
}

/** Instructions of their own, whose locals are those of a body. */
export const within = (body: Body, write: (inner: Body) => void): readonly Instruction[] => {
  const inner = { ...body, instructions: [] }
  write(inner)
  return inner.instructions
}

/** Writes loops over all places of a shape, in row-major order; `inside` writes what is done at a place, with the pointers there. */
export const nest = (
  body: Body,
  shape: readonly number[],
  walks: readonly Walk[],
  inside: (body: Body, pointers: readonly Instruction[]) => void
): void => {
  if (shape.includes(0)) return
  const axes = axesOf(shape, walks)
  const names = walks.map(({ start }) => {
    const name = newLocal(body, 'i32')
    body.instructions.push(set(name, start))
    return name
  })
  const innermost = within(body, (inner) => inside(inner, names.map(get)))
  const moves = ({ steps }: Axis, inner: Axis | undefined): readonly Instruction[] =>
    names.flatMap((name, i) => {
      const by = steps[i]! - (inner === undefined ? 0 : inner.size * inner.steps[i]!)
      return by === 0 ? [] : [increase(name, i32(by))]
    })
  body.instructions.push(
    ...axes.reduceRight<readonly Instruction[]>(
      (written, axis, i) =>
        loop(newLocal(body, 'i32'), i32(0), i32(axis.size), 1, [...written, ...moves(axis, axes[i + 1])]),
      innermost
    )
  )
}
