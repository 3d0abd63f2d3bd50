// Convolutions as nested loops, term by term, with the blocks of docs/arithmetic.md.
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'

export interface Setting {
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
  readonly before: readonly number[]
  readonly groups: number
}

type Term = readonly [number, number] | undefined

/** All positions of a grid in row-major order. */
const positions = (sizes: Shape): readonly (readonly number[])[] =>
  sizes.reduce<readonly (readonly number[])[]>(
    (all, n) => all.flatMap((each) => Array.from({ length: n }, (_, i) => [...each, i])),
    [[]]
  )

/** The element of a tensor at an index; `undefined` outside. */
const reader = (x: T.Tensor): ((index: readonly number[]) => number | undefined) => {
  const data = T.toArray(x)
  return (index) => {
    if (index.some((i, axis) => i < 0 || i >= x.shape[axis]!)) return undefined
    return data[index.reduce((at, i, axis) => at * x.shape[axis]! + i, 0)]
  }
}

/** Rows of terms, each block whole rows of up to 256 terms, or a part of a longer row. */
const blocksOf = (rows: readonly (readonly Term[])[]): readonly (readonly Term[])[] => {
  const length = rows[0]?.length ?? 0
  if (length > 256) {
    return rows.flatMap((row) => {
      const parts = Math.ceil(row.length / 256)
      return Array.from({ length: parts }, (_, i) => row.slice(256 * i, 256 * (i + 1)))
    })
  }
  const many = Math.floor(256 / length)
  return Array.from({ length: Math.ceil(rows.length / many) }, (_, i) => rows.slice(many * i, many * (i + 1)).flat())
}

/** The sum of blocks in a type. */
const summed = (dtype: string, blocks: readonly (readonly Term[])[]): number => {
  const round = dtype === 'float32' ? Math.fround : (x: number): number => x
  return blocks.reduce((total, block) => {
    const sum = block.reduce((s, term) => (term === undefined ? s : round(s + round(term[0] * term[1]))), 0)
    return round(total + sum)
  }, 0)
}

const rowsOf = <A>(list: readonly A[], length: number): readonly (readonly A[])[] =>
  Array.from({ length: Math.ceil(list.length / length) }, (_, i) => list.slice(length * i, length * (i + 1)))

const build = (x: T.Tensor, shape: Shape, f: (index: readonly number[]) => number): T.Tensor =>
  T.reshape(T.of(positions(shape).map(f), x.dtype), shape)

const term = (a: number | undefined, b: number | undefined): Term =>
  a === undefined || b === undefined ? undefined : [a, b]

const inputAt = (
  p: readonly number[],
  t: readonly number[],
  { stride, dilation, before }: Setting
): readonly number[] => p.map((each, axis) => each * stride[axis]! + t[axis]! * dilation[axis]! - before[axis]!)

export const forward = (x: T.Tensor, w: T.Tensor, output: Shape, setting: Setting): T.Tensor => {
  const [readX, readW] = [reader(x), reader(w)]
  const [o = 0, inputs = 0, ...window] = w.shape
  const outputs = o / setting.groups
  return build(x, [x.shape[0]!, o, ...output], ([n = 0, to = 0, ...p]) => {
    const terms = positions(window).flatMap((t) =>
      Array.from({ length: inputs }, (_, c) => {
        const from = Math.floor(to / outputs) * inputs + c
        return term(readX([n, from, ...inputAt(p, t, setting)]), readW([to, c, ...t]))
      })
    )
    return summed(x.dtype, blocksOf(rowsOf(terms, window.at(-1)! * inputs)))
  })
}

export const toInput = (y: T.Tensor, w: T.Tensor, input: Shape, setting: Setting): T.Tensor => {
  const [readY, readW] = [reader(y), reader(w)]
  const [o = 0, inputs = 0, ...window] = w.shape
  const outputs = o / setting.groups
  return build(y, [y.shape[0]!, inputs * setting.groups, ...input], ([n = 0, c = 0, ...q]) => {
    const rows = positions(window).map((t) => {
      const p = q.map((each, i) => (each + setting.before[i]! - t[i]! * setting.dilation[i]!) / setting.stride[i]!)
      return Array.from({ length: outputs }, (_, i) => {
        const from = Math.floor(c / inputs) * outputs + i
        const there = p.every(Number.isInteger) ? readY([n, from, ...p]) : undefined
        return term(there, readW([from, c % inputs, ...t]))
      })
    })
    return summed(
      y.dtype,
      rows.flatMap((row) => blocksOf([row]))
    )
  })
}

export const toKernel = (x: T.Tensor, y: T.Tensor, window: Shape, setting: Setting): T.Tensor => {
  const [readX, readY] = [reader(x), reader(y)]
  const [examples = 0, o = 0, ...output] = y.shape
  const inputs = x.shape[1]! / setting.groups
  const outputs = o / setting.groups
  return build(x, [o, inputs, ...window], ([to = 0, c = 0, ...t]) => {
    const from = Math.floor(to / outputs) * inputs + c
    const blocks = Array.from({ length: examples }, (_, n) => {
      const terms = positions(output).map((p) =>
        term(readX([n, from, ...inputAt(p, t, setting)]), readY([n, to, ...p]))
      )
      return blocksOf(rowsOf(terms, output.at(-1)!))
    })
    return summed(x.dtype, blocks.flat())
  })
}
