/** Compiled programs in memory: arguments are copied in, segments run, results are copied out. */
import { type Data, type DType, allocate } from '../DType.js'
import { libraryOnce } from '../kernel/library/instance.js'
import { encode } from '../kernel/wasm/encode.js'
import { copyStrided, isContiguous } from '../kernel/strided.js'
import type { Program } from '../primitive/model.js'
import { equals, size } from '../shape/model.js'
import { type Concrete, Dense, Scalar, contiguous, fromData, isConcrete } from '../tensor/model.js'
import { run as runEagerly } from '../transform/program.js'
import { statusAddress } from './elements.js'
import { type Access, type Graph, type Operand, type Value, graphOf, isWhole } from './graph.js'
import { type Plan, place } from './memory.js'
import { type Code, codeOf } from './module.js'
import { type Schedule, schedule } from './schedule.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** A program and what has been made of it, from pass to pass. */
export interface Lowered {
  readonly program: Program
  readonly graph: Graph
  readonly schedule: Schedule
  readonly plan: Plan
  readonly code: Code
}

/** The passes behind those on programs. */
export const lowerProgram = (program: Program): Lowered => {
  const graph = graphOf(program)
  const ordered = schedule(graph)
  const plan = place(graph, ordered)
  return { program, graph, schedule: ordered, plan, code: codeOf(ordered, plan) }
}

/** A program that runs: a list of tensors to a list of tensors, none of which shares memory with another call. */
export type Runner = (args: readonly Concrete[]) => readonly Concrete[]

// -----------------------------------------------------------------------------
// the host
// -----------------------------------------------------------------------------

interface Host {
  readonly Memory: new (descriptor: { readonly initial: number }) => { readonly buffer: ArrayBuffer }
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly [name: string]: unknown } }
  ) => { readonly exports: { readonly [name: string]: () => void } }
}

declare const WebAssembly: Host | undefined

// -----------------------------------------------------------------------------
// elements
// -----------------------------------------------------------------------------

const arrays: { readonly [Type in DType]: new (buffer: ArrayBuffer, at: number, length: number) => Data } = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  bool: Uint8Array
}

/** Copies a tensor into memory, in row-major order. */
const copyIn = (to: Data, x: Concrete): void => {
  if (x instanceof Scalar) to[0] = x.value
  else if (!isContiguous(x.shape, x.strides)) copyStrided(x.data, x.offset, x.shape, x.strides, to)
  else if (x.offset === 0 && x.data.length === to.length) to.set(x.data)
  else to.set(x.data.subarray(x.offset, x.offset + to.length))
}

type Layout = Pick<Access, 'shape' | 'dtype' | 'strides' | 'offset'>

/** A copy of a view of an array. */
const copyOut = (data: Data, { shape, dtype, strides, offset }: Layout): Concrete => {
  const n = size(shape)
  if (shape.length === 0) return new Scalar(dtype, data[offset]!)
  if (isContiguous(shape, strides)) return fromData(shape, dtype, data.slice(offset, offset + n))
  const copy = allocate(dtype, n)
  copyStrided(data, offset, shape, strides, copy)
  return fromData(shape, dtype, copy)
}

/** A view of a tensor that is a whole value. */
const viewOf = (x: Concrete, view: Access): Concrete => {
  const { shape, dtype, strides, offset } = view
  if (equals(shape, x.shape) && isWhole(view)) return x
  const { data, offset: start } = contiguous(x)
  return shape.length === 0
    ? new Scalar(dtype, data[start + offset]!)
    : new Dense(shape, dtype, data, strides, start + offset)
}

// -----------------------------------------------------------------------------
// running
// -----------------------------------------------------------------------------

/** A step of a run, on the tensors that equations with kernels of their own have made. */
type Step = (tensors: Map<Value, Concrete>) => void

/** The functions of the library of products that a program calls, on its memory; `undefined` without a library. */
const libraryOver = (
  memory: { readonly buffer: ArrayBuffer },
  { library: names }: Code
): { readonly [name: string]: unknown } | undefined => {
  if (names.length === 0) return {}
  const functions = libraryOnce()?.over(memory)
  return functions && Object.fromEntries(names.map((name) => [name, functions[name]]))
}

/** The program as a function; `undefined` where there is no WebAssembly. It throws where the engine refuses the module. */
export const runnerOf = ({ program, graph, plan, code }: Lowered): Runner | undefined => {
  const { addresses, copied } = plan
  if (typeof WebAssembly === 'undefined') return undefined
  const memory = new WebAssembly.Memory({ initial: code.module.memory.pages })
  const functions = Object.fromEntries(code.imports.map(({ name, f }) => [name, f]))
  const library = libraryOver(memory, code)
  if (library === undefined) return undefined
  const { buffer } = memory
  const hosts = Object.fromEntries([...code.hosts].map(([name, { over }]) => [name, over(buffer)]))
  const module = new WebAssembly.Module(encode(code.module))
  const { exports } = new WebAssembly.Instance(module, { env: { ...functions, ...library, ...hosts, memory } })

  const inMemory = (value: Value): Data => new arrays[value.dtype](buffer, addresses.get(value)!, size(value.shape))
  const data = new Map([...addresses.keys()].map((value) => [value, inMemory(value)]))
  for (const [value, constant] of graph.constants) if (addresses.has(value)) copyIn(data.get(value)!, constant)

  for (const [table, address] of plan.tables) new Int32Array(buffer, address, table.length).set(table)

  /** An operand as a tensor; where it lies in memory, a copy of it if it may be kept. */
  const reader = (operand: Operand, isKept: boolean): ((tensors: Map<Value, Concrete>) => Concrete) => {
    if (operand._tag === 'Uniform') return () => operand.constant
    const { value, shape, dtype, strides, offset } = operand
    const lies = data.get(value)
    const constant = graph.constants.get(value)
    return (tensors) => {
      const tensor = tensors.get(value) ?? constant
      if (tensor !== undefined) return viewOf(tensor, operand)
      if (isKept) return copyOut(lies!, operand)
      return shape.length === 0 ? new Scalar(dtype, lies![offset]!) : new Dense(shape, dtype, lies!, strides, offset)
    }
  }
  /** A result that does not lie in the memory of the program. */
  const own = (x: Concrete): Concrete => {
    if (x instanceof Scalar || x.data.buffer !== buffer) return x
    return copyOut(x.data, x)
  }
  const steps = code.segments.map((segment): Step => {
    if (segment._tag === 'Code') {
      const run = exports[segment.name]!
      return () => run()
    }
    const { equation, operands, results, effect } = segment.kernel.operation
    const readers = operands.map((operand) => reader(operand, effect))
    return (tensors) => {
      const made = equation.primitive.evaluate(
        readers.map((read) => read(tensors)),
        equation.params
      )
      results.forEach((result, i) => {
        const tensor = own(made[i]!)
        tensors.set(result, tensor)
        const lies = data.get(result)
        if (lies !== undefined) copyIn(lies, tensor)
      })
    }
  })
  const outputs = graph.outputs.map((output) => reader(output, true))
  const inputs = graph.inputs.map((input) => (copied.has(input) ? data.get(input) : undefined))

  const status = new Int32Array(buffer, statusAddress, 1)

  return (args) => {
    const tensors = new Map<Value, Concrete>()
    graph.inputs.forEach((input, i) => {
      const lies = inputs[i]
      tensors.set(input, args[i]!)
      if (lies !== undefined) copyIn(lies, args[i]!)
    })
    for (const step of steps) {
      step(tensors)
      if (status[0] === 0) continue
      // a primitive throws what is wrong
      status[0] = 0
      return runEagerly(program, args).filter(isConcrete)
    }
    return outputs.map((read) => read(tensors))
  }
}
