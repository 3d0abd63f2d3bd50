// Tensors of many shapes, layouts and types, and compiled against eager operations along axes, bit for bit.
import * as Debug from 'pullback/Debug'
import type { DType } from 'pullback/DType'
import * as T from 'pullback/Tensor'
import { lowerProgram, runnerOf } from '../../src/compile/run.js'
import { differences as differencesOf } from './same.js'
import { tensor } from './tensors.js'

export type Operation = (...inputs: readonly T.Tensor[]) => T.Tensor

// -----------------------------------------------------------------------------
// layouts
// -----------------------------------------------------------------------------

/** Layouts: what makes a tensor of a shape from one that is stored, of the same shape, of another, or of a larger one. */
export const layouts: { readonly [name: string]: (shape: readonly number[]) => Layout } = {
  stored: (shape) => ({ from: shape, view: (x) => x }),
  turned: (shape) => ({ from: [...shape].reverse(), view: (x) => T.transpose(x) }),
  flipped: (shape) => ({ from: shape, view: (x) => T.flip(x) }),
  sliced: (shape) => ({
    from: shape.map((n) => n + 2),
    view: (x) => T.slice(x, shape.map((n) => [1, n + 1]) as never)
  }),
  stepped: (shape) => ({
    from: shape.map((n) => 2 * n),
    view: (x) => T.slice(x, shape.map((n) => [0, 2 * n, 2]) as never)
  }),
  repeated: (shape) => ({ from: shape.map((n, i) => (i === 0 ? 1 : n)), view: (x) => T.broadcastTo(x, shape) }),
  repeatedLast: (shape) => ({
    from: shape.map((n, i) => (i === shape.length - 1 ? 1 : n)),
    view: (x) => T.broadcastTo(x, shape)
  })
}

interface Layout {
  readonly from: readonly number[]
  readonly view: (x: T.Tensor) => T.Tensor
}

/** All sets of axes of a rank. */
export const axesOf = (rank: number): readonly (readonly number[])[] =>
  Array.from({ length: 2 ** rank }, (_, code) =>
    Array.from({ length: rank }, (_, axis) => axis).filter((axis) => (code >> axis) % 2 === 1)
  )

// -----------------------------------------------------------------------------
// comparison
// -----------------------------------------------------------------------------

/** What a compiled function does not do as the function itself does; `undefined` where they agree. */
export const difference = (f: Operation, inputs: readonly T.Tensor[], isLowered = true): string | undefined => {
  const lowered = lowerProgram(Debug.trace((...given: readonly T.Tensor[]) => [f(...given)])(...inputs))
  const own = lowered.code.segments.flatMap((segment) =>
    segment._tag === 'Own' ? [segment.kernel.operation.equation.primitive.name] : []
  )
  if (isLowered && own.length > 0) return `not lowered: ${own.join()}`
  const run = runnerOf(lowered)!
  const wanted = f(...inputs)
  for (const time of [1, 2]) {
    const [found] = differencesOf(run(inputs as never), [wanted])
    if (found !== undefined) return `${found}, time ${time}`
  }
  return undefined
}

export interface Case {
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly layout: string
  readonly isSpecial: boolean
}

/** The differences of an operation over many layouts and types, told by their case. */
export const differences = (
  f: Operation,
  shapes: readonly (readonly number[])[],
  dtypes: readonly DType[],
  isLowered: (given: Case) => boolean = () => true,
  operands = 1
): readonly string[] =>
  shapes.flatMap((shape) =>
    dtypes.flatMap((dtype) =>
      Object.entries(layouts).flatMap(([layout, make], i) => {
        if (layout !== 'stored' && (shape.length === 0 || (i + shape[0]!) % 3 > 0)) return []
        const isSpecial = (i + shape.length) % 2 === 0
        const { from, view } = make(shape)
        const inputs = Array.from({ length: operands }, (_, i) => tensor(from, dtype, shape.length + i, isSpecial))
        const viewed: Operation = (...given) => f(...given.map(view))
        const found = difference(viewed, inputs, isLowered({ shape, dtype, layout, isSpecial }))
        return found === undefined ? [] : [`${dtype} [${shape.join()}] ${layout} ${isSpecial}: ${found}`]
      })
    )
  )
