/** The way of tensors into the memory of a program and out of it. */
import { type Data, type DType, all, allocate } from '../DType.js'
import { copyStrided, isContiguous } from '../kernel/strided.js'
import { type Shape, equals, size, strides as denseStrides } from '../shape/model.js'
import { type Concrete, Dense, Scalar, contiguous, fromData } from '../tensor/model.js'
import { bytesOf, isSmall } from './elements.js'
import { type Access, isWhole } from './graph.js'

const arrays: { readonly [Type in DType]: new (buffer: ArrayBuffer, at: number, length: number) => Data } = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  bool: Uint8Array
}

/** The elements that lie at an address. */
export const elementsAt = (buffer: ArrayBuffer, dtype: DType, address: number, length: number): Data =>
  new arrays[dtype](buffer, address, length)

/** Arrays of at most so many elements are copied by a loop, which costs less than a call. */
const few = 32

/** A loop of its own for the most common type: one that meets arrays of several types is slower. */
const copyFloats = (from: Float32Array, offset: number, n: number, to: Float32Array, at: number): void => {
  for (let i = 0; i < n; i++) to[at + i] = from[offset + i]!
}

const copyRun = (from: Data, offset: number, n: number, to: Data, at: number): void => {
  if (n <= few) {
    if (from instanceof Float32Array && to instanceof Float32Array) copyFloats(from, offset, n, to, at)
    else for (let i = 0; i < n; i++) to[at + i] = from[offset + i]!
  } else if (offset === 0 && n === from.length) to.set(from, at)
  else to.set(from.subarray(offset, offset + n), at)
}

/** Copies a tensor into memory, in row-major order. */
export const copyIn = (to: Data, x: Concrete): void => {
  if (x instanceof Scalar) to[0] = x.value
  else if (isContiguous(x.shape, x.strides)) copyRun(x.data, x.offset, to.length, to, 0)
  else copyStrided(x.data, x.offset, x.shape, x.strides, to)
}

/** A view of an array: what a tensor says of its elements. */
export type Layout = Pick<Access, 'shape' | 'dtype' | 'strides' | 'offset'>

/** A copy of a view of an array. */
export const copyOut = (data: Data, { shape, dtype, strides, offset }: Layout): Concrete => {
  const n = size(shape)
  if (shape.length === 0) return new Scalar(dtype, data[offset]!)
  const isDense = isContiguous(shape, strides)
  if (isDense && n > few) return fromData(shape, dtype, data.slice(offset, offset + n))
  const copy = allocate(dtype, n)
  if (isDense) copyRun(data, offset, n, copy, 0)
  else copyStrided(data, offset, shape, strides, copy)
  return fromData(shape, dtype, copy)
}

/** A view of a tensor that is a whole value. */
export const viewOf = (x: Concrete, view: Access): Concrete => {
  const { shape, dtype, strides, offset } = view
  if (equals(shape, x.shape) && isWhole(view)) return x
  const { data, offset: start } = contiguous(x)
  return shape.length === 0
    ? new Scalar(dtype, data[start + offset]!)
    : new Dense(shape, dtype, data, strides, start + offset)
}

// -----------------------------------------------------------------------------
// runs: what lies side by side is copied at once
// -----------------------------------------------------------------------------

/** How far apart neighbours in memory may lie: bytes. */
const reach = 64

const endOf = ({ byteOffset, byteLength }: Data): number => byteOffset + byteLength

/** Whether elements lie in memory right behind others, or among them. */
const isBehind = (elements: Data, end: number): boolean => elements.byteOffset <= end + reach

/** An input that is copied into the memory of the program, and its number. */
export interface Given {
  readonly lies: Data
  readonly dtype: DType
  readonly i: number
}

/** What is known of an input. */
interface Arrival {
  readonly lies: Data
  readonly i: number
  readonly n: number
  /** The place of its first element among all of its type, in an array of the whole memory. */
  readonly at: number
  readonly to: Data
  /** Whether it lies right behind the input before it. */
  readonly follows: boolean
  /** Strides of a former argument in row-major order, most often those of this one. */
  strides: readonly number[]
}

const isRowMajor = (plan: Arrival, { shape, strides }: Dense): boolean => {
  if (!isContiguous(shape, strides)) return false
  plan.strides = strides
  return true
}

/** Copies arguments in. Small results of another call lie side by side as arguments do, and are copied at once. */
export const copiesIn = (buffer: ArrayBuffer, inputs: readonly Given[]): ((args: readonly Concrete[]) => void) => {
  const views = new Map(
    all.map((dtype) => [dtype, elementsAt(buffer, dtype, 0, Math.floor(buffer.byteLength / bytesOf[dtype]))])
  )
  const ordered = [...inputs].sort((a, b) => a.lies.byteOffset - b.lies.byteOffset)
  const plans = ordered.map(({ lies, dtype, i }, k): Arrival => {
    const before = ordered[k - 1]
    const follows =
      before?.dtype === dtype && lies.byteOffset >= endOf(before.lies) && isBehind(lies, endOf(before.lies))
    return {
      lies,
      i,
      n: lies.length,
      at: lies.byteOffset / bytesOf[dtype],
      to: views.get(dtype)!,
      follows,
      strides: []
    }
  })
  return (args) => {
    let from: Data | undefined
    let start = 0
    let n = 0
    let open = plans[0]
    for (let k = 0; k < plans.length; k++) {
      const plan = plans[k]!
      const x = args[plan.i]!
      const isRow = !(x instanceof Scalar) && (x.strides === plan.strides || isRowMajor(plan, x))
      if (isRow && plan.follows && x.data === from && x.offset - start === plan.at - open!.at) {
        n = plan.at - open!.at + plan.n
        continue
      }
      if (from !== undefined) copyRun(from, start, n, open!.to, open!.at)
      from = undefined
      if (isRow) {
        from = x.data
        start = x.offset
        n = plan.n
        open = plan
      } else copyIn(plan.lies, x)
    }
    if (from !== undefined) copyRun(from, start, n, open!.to, open!.at)
  }
}

/** A result in the memory of the program, and its number. */
export interface Lying {
  readonly data: Data
  readonly layout: Layout
  readonly i: number
}

/** Results of one type side by side. */
interface Run {
  readonly dtype: DType
  readonly lies: Data
  readonly results: readonly {
    readonly i: number
    readonly shape: Shape
    readonly strides: readonly number[]
    readonly offset: number
  }[]
}

const part = ({ data, layout: { shape, offset } }: Lying): Data => data.subarray(offset, offset + size(shape))

/** The runs of results; what has no neighbour of its type is left out. */
const runsOf = (buffer: ArrayBuffer, results: readonly Lying[]): readonly Run[] =>
  all.flatMap((dtype) => {
    const parts = results
      .filter(
        ({ layout }) => layout.dtype === dtype && isSmall(layout.shape) && isContiguous(layout.shape, layout.strides)
      )
      .map((each) => ({ each, elements: part(each) }))
      .sort((a, b) => a.elements.byteOffset - b.elements.byteOffset)
    const runs: (typeof parts)[] = []
    let end = -Infinity
    for (const next of parts) {
      if (isBehind(next.elements, end)) runs.at(-1)!.push(next)
      else runs.push([next])
      end = Math.max(end, endOf(next.elements))
    }
    return runs
      .filter((run) => run.length > 1)
      .map((run): Run => {
        const from = run[0]!.elements.byteOffset
        const n = (Math.max(...run.map(({ elements }) => endOf(elements))) - from) / bytesOf[dtype]
        return {
          dtype,
          lies: elementsAt(buffer, dtype, from, n),
          results: run.map(({ each: { i, layout }, elements }) => ({
            i,
            shape: layout.shape,
            strides: denseStrides(layout.shape),
            offset: (elements.byteOffset - from) / bytesOf[dtype]
          }))
        }
      })
  })

/** Copies a run out: its results share an array, since each array costs as much as hundreds of elements. */
const copyRunOut =
  ({ dtype, lies, results }: Run): ((to: Concrete[]) => void) =>
  (to) => {
    const data = lies.slice()
    for (let k = 0; k < results.length; k++) {
      const { i, shape, strides, offset } = results[k]!
      to[i] = new Dense(shape, dtype, data, strides, offset)
    }
  }

/** Makes copies of results. */
export const copiesOut = (buffer: ArrayBuffer, results: readonly Lying[]): ((to: Concrete[]) => void) => {
  const runs = runsOf(buffer, results)
  const inRuns = new Set(runs.flatMap((run) => run.results.map(({ i }) => i)))
  const others = results.filter(({ i }) => !inRuns.has(i))
  const copyRuns = runs.map(copyRunOut)
  return (to) => {
    for (let k = 0; k < copyRuns.length; k++) copyRuns[k]!(to)
    for (let k = 0; k < others.length; k++) {
      const { data, layout, i } = others[k]!
      to[i] = copyOut(data, layout)
    }
  }
}
