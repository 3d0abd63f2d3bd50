/** Which operations run together, and in which order: maps over one shape that feed each other share a loop. */
import { equals } from '../shape/model.js'
import type { Shape } from '../shape/model.js'
import {
  type Access,
  type Graph,
  type Mapped,
  type Operand,
  type Operation,
  type Value,
  type Whole,
  isWhole
} from './graph.js'
import { enclosed } from './enclose.js'
import type { Emitter } from './lowering.js'
import { emitterOf } from './lowerings.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** One loop over a shape, for maps none of which waits for the end of another. */
export interface Loop {
  readonly _tag: 'Loop'
  readonly shape: Shape
  readonly maps: readonly Mapped[]
}

/** One operation by itself: as code, or else by the kernel of its primitive. */
export interface Single {
  readonly _tag: 'Single'
  readonly operation: Whole
  readonly emitter: Emitter | undefined
}

/** Whether a kernel becomes code. */
export const isCompiled = (kernel: Kernel): boolean => kernel._tag === 'Loop' || kernel.emitter !== undefined

export type Kernel = Loop | Single

export interface Schedule {
  readonly kernels: readonly Kernel[]
  /** The results of maps that need memory: others are read in their own loop only. */
  readonly stored: ReadonlySet<Value>
  /** The last kernel that reads each value; the number of kernels, if the value is an output. */
  readonly lastReader: ReadonlyMap<Value, number>
}

/** The names of the operations of a kernel. */
export const namesOf = (kernel: Kernel): readonly string[] =>
  kernel._tag === 'Loop'
    ? kernel.maps.map(({ name }) => name)
    : [...(kernel.operation.maps ?? []).map(({ name }) => name), kernel.operation.equation.primitive.name]

/** The results of a kernel. */
export const resultsOf = (kernel: Kernel): readonly Value[] =>
  kernel._tag === 'Loop' ? kernel.maps.map(({ results }) => results[0]) : kernel.operation.results

/** The views that a kernel reads, those of its own results left out. */
export const readsOf = (kernel: Kernel): readonly Access[] => {
  if (kernel._tag === 'Single') return kernel.operation.operands
  const own = new Set(resultsOf(kernel))
  const reads: Access[] = []
  const read = (operand: Operand): void => {
    if (operand._tag === 'Access' && !own.has(operand.value)) reads.push(operand)
  }
  kernel.maps.forEach(({ operands }) => operands.forEach(read))
  return reads
}

// -----------------------------------------------------------------------------
// levels
// -----------------------------------------------------------------------------

/** One operation that waits for another: for its value at the same place, which costs nothing, or for all of it. */
interface Edge {
  readonly maker: number
  readonly reader: number
  readonly cost: 0 | 1
}

const shapeOf = (map: Mapped): Shape => map.results[0].shape

/** Whether an operation can read a view while a loop makes it. */
const isBeside = (maker: Operation, reader: Operation, view: Access): boolean =>
  maker._tag === 'Map' && reader._tag === 'Map' && isWhole(view) && equals(shapeOf(maker), shapeOf(reader))

const isEffect = (operation: Operation): boolean => operation._tag === 'Whole' && operation.effect

/** Whether an operation may throw at some values. */
const mayThrow = (operation: Operation): boolean => {
  if (operation._tag === 'Map') return false
  const emitter = emitterOf(operation)
  return emitter === undefined || emitter.isChecked === true
}

/** All edges, in the order of their readers. */
const edgesOf = (operations: readonly Operation[]): readonly Edge[] => {
  const edges: Edge[] = []
  /** The operation that makes each value, by the number of the value. */
  const makers: (number | undefined)[] = []
  const hasEffects = operations.some(isEffect)
  // effects keep their order among each other and among what may throw
  const before: number[] = []
  let isBehind = false
  operations.forEach((operation, index) => {
    const { operands, results } = operation
    for (let i = 0; i < operands.length; i++) {
      const operand = operands[i]!
      const maker = operand._tag === 'Access' ? makers[operand.value.id] : undefined
      if (maker === undefined || operand._tag === 'Uniform') continue
      edges.push({ maker, reader: index, cost: isBeside(operations[maker]!, operation, operand) ? 0 : 1 })
    }
    for (let i = 0; i < results.length; i++) makers[results[i]!.id] = index
    if (!hasEffects || !(isEffect(operation) || mayThrow(operation))) return
    isBehind ||= isEffect(operation)
    if (isBehind) for (const maker of before.splice(0)) edges.push({ maker, reader: index, cost: 1 })
    before.push(index)
  })
  return edges
}

/**
 * The level of each operation: the first that it can have, and for maps the last that its readers allow, so that a map stands in the loop
 * that reads it.
 */
const levelsOf = (operations: readonly Operation[], edges: readonly Edge[]): readonly number[] => {
  const levels = new Array<number>(operations.length).fill(0)
  edges.forEach(({ maker, reader, cost }) => {
    levels[reader] = Math.max(levels[reader]!, levels[maker]! + cost)
  })
  const most = new Array<number>(operations.length).fill(Infinity)
  let at = edges.length - 1
  for (let index = operations.length - 1; index >= 0; index--) {
    if (operations[index]!._tag === 'Map' && most[index]! < Infinity) {
      levels[index] = Math.max(levels[index]!, most[index]!)
    }
    for (; at >= 0 && edges[at]!.reader === index; at--) {
      const { maker, cost } = edges[at]!
      most[maker] = Math.min(most[maker]!, levels[index]! - cost)
    }
  }
  return levels
}

// -----------------------------------------------------------------------------
// the schedule
// -----------------------------------------------------------------------------

const kernelsOf = (operations: readonly Operation[], levels: readonly number[]): readonly Kernel[] => {
  const loops: { readonly shape: Shape; readonly maps: Mapped[] }[][] = []
  const found: { readonly level: number; readonly kernel: Kernel }[] = []
  operations.forEach((operation, index) => {
    const level = levels[index]!
    if (operation._tag === 'Whole') {
      found.push({ level, kernel: { _tag: 'Single', operation, emitter: emitterOf(operation) } })
      return
    }
    const shape = shapeOf(operation)
    const ofLevel = (loops[level] ??= [])
    const before = ofLevel.find((each) => equals(each.shape, shape))
    if (before !== undefined) {
      before.maps.push(operation)
      return
    }
    const loop: Loop & { readonly maps: Mapped[] } = { _tag: 'Loop', shape, maps: [operation] }
    ofLevel.push(loop)
    found.push({ level, kernel: loop })
  })
  return unchecked(found.sort((a, b) => a.level - b.level).map(({ kernel }) => kernel))
}

/**
 * Kernels of which none behind an effect is checked by compiled code: where a check fails, the program is run once more by its
 * primitives, and no effect may come twice.
 */
const unchecked = (kernels: readonly Kernel[]): readonly Kernel[] => {
  const first = kernels.findIndex((kernel) => kernel._tag === 'Single' && kernel.operation.effect)
  return kernels.map((kernel, index) =>
    first < 0 || index < first || kernel._tag === 'Loop' || kernel.emitter?.isChecked !== true
      ? kernel
      : { ...kernel, emitter: undefined }
  )
}

export const schedule = (graph: Graph): Schedule => {
  const operations = enclosed(graph)
  const kernels = kernelsOf(operations, levelsOf(operations, edgesOf(operations)))
  const stored = new Set<Value>()
  const lastReader = new Map<Value, number>()
  kernels.forEach((kernel, index) => {
    for (const { value } of readsOf(kernel)) {
      lastReader.set(value, index)
      stored.add(value)
    }
  })
  for (const output of graph.outputs) {
    if (output._tag === 'Uniform') continue
    lastReader.set(output.value, kernels.length)
    stored.add(output.value)
  }
  return { kernels, stored, lastReader }
}
