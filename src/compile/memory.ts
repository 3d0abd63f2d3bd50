/** Where values lie: addresses in one arena, whose places are used again when their values have been read for the last time. */
import { all } from '../DType.js'
import { size } from '../shape/model.js'
import { bytesOf, isSmall, strip } from './elements.js'
import type { Access, Graph, Value } from './graph.js'
import { type Schedule, isCompiled, readsOf, resultsOf } from './schedule.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

export interface Plan {
  /** The address of each value that has one, in bytes. */
  readonly addresses: ReadonlyMap<Value, number>
  /** The addresses of the tables of kernels. */
  readonly tables: ReadonlyMap<Int32Array, number>
  /** Inputs that are copied in, by their number. */
  readonly copied: ReadonlySet<Value>
  /** The address of the working memory that kernels share. */
  readonly scratch: number
  /** The bytes of the whole arena. */
  readonly bytes: number
}

/** The distance of what lies in the arena: a cache line. */
const line = 64

/** The distance of small inputs and results, which are copied together: a vector. */
const vector = 16

/** What WebAssembly can address. */
const limit = 2 ** 32

const gibibytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1)

const rounded = (bytes: number, to = line): number => Math.ceil(bytes / to) * to

/** The room of a value: its elements, and a strip more. */
const roomOf = ({ shape, dtype }: Value, to = line): number => rounded((size(shape) + strip) * bytesOf[dtype], to)

/** How far behind and before its value a loop may read, since it reads whole strips along the last axis: bytes. */
const reachOf = ({ shape, strides, dtype }: Access): number => {
  let axis = shape.length - 1
  while (axis >= 0 && shape[axis] === 1) axis--
  return axis < 0 || shape[axis]! % strip === 0 ? 0 : strip * Math.abs(strides[axis]!) * bytesOf[dtype]
}

// -----------------------------------------------------------------------------
// free places
// -----------------------------------------------------------------------------

interface Gap {
  readonly from: number
  readonly to: number
}

/** Gaps in order of their addresses, no two of which touch. */
const withGap = (gaps: readonly Gap[], added: Gap): readonly Gap[] => {
  const before = gaps.filter(({ to }) => to < added.from)
  const after = gaps.filter(({ from }) => from > added.to)
  const touching = gaps.filter(({ from, to }) => to >= added.from && from <= added.to)
  const from = Math.min(added.from, ...touching.map((gap) => gap.from))
  const to = Math.max(added.to, ...touching.map((gap) => gap.to))
  return [...before, { from, to }, ...after]
}

// -----------------------------------------------------------------------------
// the plan
// -----------------------------------------------------------------------------

/**
 * The plan of an arena. Values that no compiled kernel touches have no address: equations that are run by their own kernels hand
 * tensors to each other.
 */
export const place = ({ inputs, constants, outputs }: Graph, { kernels, stored, lastReader }: Schedule): Plan => {
  const touched = new Set<Value>()
  let reach = 0
  for (const kernel of kernels.filter(isCompiled)) {
    for (const result of resultsOf(kernel)) if (kernel._tag === 'Single' || stored.has(result)) touched.add(result)
    for (const view of readsOf(kernel)) {
      touched.add(view.value)
      reach = Math.max(reach, reachOf(view))
    }
  }
  const addresses = new Map<Value, number>()
  let top = Math.max(line, rounded(reach))
  const append = (value: Value): number => {
    const address = top
    top += roomOf(value)
    return address
  }
  /** Small values of one type side by side, in their order, so that one copy takes them all. */
  const appendSmall = (values: readonly Value[]): void => {
    for (const dtype of all) {
      for (const value of values) {
        if (value.dtype !== dtype || !isSmall(value.shape) || addresses.has(value)) continue
        addresses.set(value, top)
        top += roomOf(value, vector)
      }
      top = rounded(top)
    }
  }
  const copied = new Set(inputs.filter((input) => touched.has(input)))
  const results = outputs.flatMap((output) =>
    output._tag === 'Access' && touched.has(output.value) ? [output.value] : []
  )
  appendSmall([...copied])
  for (const value of [...copied, ...constants.keys()]) {
    if (touched.has(value) && !addresses.has(value)) addresses.set(value, append(value))
  }
  appendSmall(results)

  const tables = new Map<Int32Array, number>()
  for (const kernel of kernels) {
    for (const table of kernel._tag === 'Single' ? (kernel.emitter?.tables ?? []) : []) {
      tables.set(table, top)
      top += rounded(table.byteLength)
    }
  }

  let gaps: readonly Gap[] = []
  const taken = (value: Value): number => {
    const room = roomOf(value)
    const gap = gaps.find(({ from, to }) => to - from >= room)
    if (gap === undefined) return append(value)
    gaps = gaps.flatMap((each) =>
      each !== gap ? [each] : gap.to - gap.from === room ? [] : [{ from: gap.from + room, to: gap.to }]
    )
    return gap.from
  }
  const ending: Value[][] = kernels.map(() => [])
  kernels.forEach((kernel, index) => {
    for (const result of resultsOf(kernel)) {
      if (!touched.has(result) || addresses.has(result)) continue
      addresses.set(result, taken(result))
      const last = Math.max(index, lastReader.get(result) ?? index)
      if (last < kernels.length) ending[last]!.push(result)
    }
    for (const value of ending[index]!) {
      const from = addresses.get(value)!
      gaps = withGap(gaps, { from, to: from + roomOf(value) })
    }
  })
  const scratch = top + rounded(reach)
  const most = Math.max(0, ...kernels.map((kernel) => (kernel._tag === 'Single' ? (kernel.emitter?.scratch ?? 0) : 0)))
  const bytes = scratch + rounded(most) + line
  if (bytes > limit)
    throw new RangeError(`the program needs ${gibibytes(bytes)} GiB of memory, above the 4 GiB of WebAssembly`)
  return { addresses, tables, copied, scratch, bytes }
}
