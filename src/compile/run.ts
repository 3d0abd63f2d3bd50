/** Compiled programs in memory: arguments are copied in, segments run, results are copied out. */
import { libraryOnce } from '../kernel/library/instance.js'
import { encode } from '../kernel/wasm/encode.js'
import type { Program } from '../primitive/model.js'
import { size } from '../shape/model.js'
import { type Concrete, Dense, Scalar, isConcrete } from '../tensor/model.js'
import { run as runEagerly } from '../transform/program.js'
import { during } from './during.js'
import { statusAddress } from './elements.js'
import { type Graph, type Operand, graphOf } from './graph.js'
import { type Plan, place } from './memory.js'
import { type Code, codeOf } from './module.js'
import { type Schedule, schedule } from './schedule.js'
import { copiesIn, copiesOut, copyIn, copyOut, elementsAt, viewOf } from './transfer.js'

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
  const graph = during('the pass graph', () => graphOf(program))
  const ordered = during('the pass schedule', () => schedule(graph))
  const plan = during('the pass memory', () => place(graph, ordered))
  const code = during('the pass code', () => codeOf(ordered, plan))
  return { program, graph, schedule: ordered, plan, code }
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
// running
// -----------------------------------------------------------------------------

/** The tensors of a run that do not lie in memory: arguments, and what equations with kernels of their own have made. */
type Tensors = (Concrete | undefined)[]

type Step = (tensors: Tensors) => void

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
  const functions = Object.fromEntries([...code.imports].map(([name, { f }]) => [name, f]))
  const library = libraryOver(memory, code)
  if (library === undefined) return undefined
  const { buffer } = memory
  const hosts = Object.fromEntries([...code.hosts].map(([name, { over }]) => [name, over(buffer)]))
  const module = new WebAssembly.Module(encode(code.module))
  const { exports } = new WebAssembly.Instance(module, { env: { ...functions, ...library, ...hosts, memory } })

  const data = new Map(
    [...addresses].map(([value, address]) => [value, elementsAt(buffer, value.dtype, address, size(value.shape))])
  )
  for (const [value, constant] of graph.constants) if (addresses.has(value)) copyIn(data.get(value)!, constant)
  for (const [table, address] of plan.tables) new Int32Array(buffer, address, table.length).set(table)

  const own = code.segments.flatMap((segment) => (segment._tag === 'Own' ? segment.kernel.operation.results : []))
  const places = new Map([...graph.inputs, ...own].map((value, i) => [value, i]))

  /** An operand as a tensor; one that lies in memory is only good until the next step. */
  const reader = (operand: Operand): ((tensors: Tensors) => Concrete) => {
    if (operand._tag === 'Uniform') return () => operand.constant
    const { value, shape, dtype, strides, offset } = operand
    const place = places.get(value)
    if (place !== undefined) return (tensors) => viewOf(tensors[place]!, operand)
    const constant = graph.constants.get(value)
    const lies = data.get(value)!
    const view = constant !== undefined ? viewOf(constant, operand) : new Dense(shape, dtype, lies, strides, offset)
    return constant === undefined && shape.length === 0 ? () => new Scalar(dtype, lies[offset]!) : () => view
  }
  /** A tensor that does not lie in the memory of the program. */
  const apart = (x: Concrete): Concrete => (x instanceof Scalar || x.data.buffer !== buffer ? x : copyOut(x.data, x))

  const steps = code.segments.map((segment): Step => {
    if (segment._tag === 'Code') return exports[segment.name]!
    const { equation, operands, results, effect } = segment.kernel.operation
    const readers = operands.map(reader)
    const targets = results.map((result) => ({ place: places.get(result)!, lies: data.get(result) }))
    return (tensors) => {
      const given = readers.map((read) => read(tensors))
      const made = equation.primitive.evaluate(effect ? given.map(apart) : given, equation.params)
      targets.forEach(({ place, lies }, i) => {
        const tensor = apart(made[i]!)
        tensors[place] = tensor
        if (lies !== undefined) copyIn(lies, tensor)
      })
    }
  })

  const lying = graph.outputs.flatMap((output, i) => {
    const isApart = output._tag === 'Uniform' || places.has(output.value) || graph.constants.has(output.value)
    return isApart ? [] : [{ data: data.get(output.value)!, layout: output, i }]
  })
  const copyResults = copiesOut(buffer, lying)
  const lyingAt = lying.map(({ i }) => i)
  const others = graph.outputs.flatMap((output, i) => (lyingAt.includes(i) ? [] : [{ read: reader(output), i }]))
  const copyArguments = copiesIn(
    buffer,
    graph.inputs.flatMap((input, i) => (copied.has(input) ? [{ lies: data.get(input)!, dtype: input.dtype, i }] : []))
  )
  const status = new Int32Array(buffer, statusAddress, 1)
  const eagerly: Runner = (args) => runEagerly(program, args).filter(isConcrete)
  const firstEffect = code.segments.findIndex((each) => each._tag === 'Own' && each.kernel.operation.effect)
  /** So many steps may be run again. */
  const repeatable = firstEffect < 0 ? steps.length : firstEffect
  const count = graph.outputs.length
  let running = false

  /** Runs the steps; false where a primitive has to be asked what is wrong. */
  const runSteps = (tensors: Tensors): boolean => {
    let at = 0
    try {
      for (; at < steps.length; at++) {
        steps[at]!(tensors)
        if (status[0] === 0) continue
        status[0] = 0
        return false
      }
      return true
    } catch (error) {
      // another equation may throw before the one whose step came first
      if (at < repeatable) return false
      throw error
    }
  }
  return (args) => {
    // an effect may call the function again while its memory is in use
    if (running) return eagerly(args)
    running = true
    try {
      const tensors: Tensors = args.slice()
      copyArguments(args)
      if (!runSteps(tensors)) return eagerly(args)
      const outputs = new Array<Concrete>(count)
      copyResults(outputs)
      for (let i = 0; i < others.length; i++) outputs[others[i]!.i] = others[i]!.read(tensors)
      return outputs
    } finally {
      running = false
    }
  }
}
