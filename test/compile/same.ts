// Compiled programs against eager functions: bit for bit, or the same error.
import * as Debug from 'pullback/Debug'
import * as T from 'pullback/Tensor'
import { lowerProgram, runnerOf } from '../../src/compile/run.js'

type Tensors = readonly T.Tensor[]

const numbers = (x: T.Tensor): readonly number[] => [...T.toArray(x)]

/** How tensors differ from others, in words. */
export const differences = (found: Tensors, wanted: Tensors): readonly string[] =>
  wanted.flatMap((x, i) => {
    const y = found[i]
    if (y === undefined) return [`output ${i} is missing`]
    if (y.dtype !== x.dtype || y.shape.join() !== x.shape.join())
      return [`output ${i}: ${String(y)} instead of ${String(x)}`]
    const [own, other] = [numbers(y), numbers(x)]
    const at = own.findIndex((each, j) => !Object.is(each, other[j]))
    return at < 0 ? [] : [`output ${i}, element ${at} of [${x.shape.join()}]: ${own[at]} instead of ${other[at]}`]
  })

/** What is wrong with a compiled function: bits that differ, in two calls, and operations that were not lowered. */
export const faults = (f: (...inputs: Tensors) => Tensors, inputs: Tensors): readonly string[] => {
  const lowered = lowerProgram(Debug.trace(f)(...inputs))
  const own = lowered.code.segments.flatMap((segment) =>
    segment._tag === 'Own' ? [`${segment.kernel.operation.equation.primitive.name} is not lowered`] : []
  )
  // an empty program, in place of the one that is run where an index is out of range
  const run = runnerOf({ ...lowered, program: { inputs: [], equations: [], outputs: [], places: 0 } })!
  const wanted = f(...inputs)
  return [...own, ...differences(run(inputs as never), wanted), ...differences(run(inputs as never), wanted)]
}

const messageOf = (f: () => unknown): string => {
  try {
    f()
    return 'nothing is thrown'
  } catch (error) {
    return String(error)
  }
}

/** What a function throws, and what its compiled form does, which is made from the operands `first`. */
export const messages = (
  f: (...inputs: Tensors) => Tensors,
  first: Tensors,
  inputs: Tensors
): readonly [eager: string, compiled: string] => {
  const run = runnerOf(lowerProgram(Debug.trace(f)(...first)))!
  return [messageOf(() => f(...inputs)), messageOf(() => run(inputs as never))]
}

export const dtypes = ['float32', 'float64', 'int32', 'bool'] as const

/** The tensor itself, and views of other layouts with its shape, each made in a program. */
export const layouts: readonly (readonly [name: string, of: (x: T.Tensor) => T.Tensor])[] = [
  ['as it is', (x) => x],
  ['transposed', (x) => T.transpose(T.reshape(x, [...x.shape].reverse()))],
  ['flipped', (x) => T.flip(x, { axis: x.shape.length - 1 })],
  [
    'broadcast',
    (x) => T.broadcastTo(T.slice(x, x.shape.map((n, i) => [0, i === 0 ? Math.min(1, n) : n]) as never), x.shape)
  ],
  [
    'sliced',
    (x) => {
      const twice = T.concat([x, x], { axis: x.shape.length - 1 })
      return T.slice(twice, x.shape.map((n, i) => (i === x.shape.length - 1 ? [0, 2 * n, 2] : [0, n])) as never)
    }
  ]
]
