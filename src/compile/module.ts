/** From a schedule and a plan to one WebAssembly module: a function for each loop, and one for each run of loops between other kernels. */
import { upTo } from '../kernel/library/kinds.js'
import { call } from '../kernel/wasm/build.js'
import type { Func, Module } from '../kernel/wasm/model.js'
import type { Value } from './graph.js'
import { bytesOf } from './elements.js'
import type { Plan } from './memory.js'
import { during } from './during.js'
import { type Kernel, type Schedule, type Single, isCompiled, namesOf } from './schedule.js'
import { type Body, type Imported, type LibraryName, type OnMemory, emptyBody } from './wasm/body.js'
import { type FunctionName, functionOf } from './wasm/functions.js'
import { libraryImport } from './wasm/library.js'
import { loopBody } from './wasm/loops.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** What runs one behind the other: an exported function of the module, or an equation by its own kernel. */
export type Segment =
  | { readonly _tag: 'Code'; readonly name: string; readonly kernels: readonly Kernel[] }
  | { readonly _tag: 'Own'; readonly kernel: Single }

export interface Code {
  readonly module: Module
  /** Functions of numbers that are imported, by name. */
  readonly imports: ReadonlyMap<string, Imported>
  /** The functions of the library of products that are imported. */
  readonly library: readonly LibraryName[]
  /** Imports that work on the memory, by name. */
  readonly hosts: ReadonlyMap<string, OnMemory>
  readonly segments: readonly Segment[]
}

// -----------------------------------------------------------------------------
// the module
// -----------------------------------------------------------------------------

const pageBytes = 65536

/** Kernels that become code, in runs; each other one by itself. */
const runsOf = (kernels: readonly Kernel[]): readonly (readonly Kernel[])[] => {
  const runs: Kernel[][] = []
  let open: Kernel[] | undefined
  for (const kernel of kernels) {
    if (open !== undefined && isCompiled(kernel)) open.push(kernel)
    else {
      const run = [kernel]
      runs.push(run)
      open = isCompiled(kernel) ? run : undefined
    }
  }
  return runs
}

export const codeOf = ({ kernels, stored }: Schedule, { addresses, tables, scratch, bytes }: Plan): Code => {
  const functions: Func[] = []
  const imports = new Map<string, Imported>()
  const called = new Set<FunctionName>()
  const library = new Set<LibraryName>()
  const helpers = new Map<string, Func>()
  const hosts = new Map<string, OnMemory>()
  const isStored = (value: Value): boolean => stored.has(value)
  const write = (body: Body, kernel: Kernel): void => {
    if (kernel._tag === 'Loop') return loopBody(body, kernel, { addresses, isStored })
    kernel.emitter?.emit(body, {
      operand: ({ value, dtype, offset }) => addresses.get(value)! + offset * bytesOf[dtype],
      result: (index) => addresses.get(kernel.operation.results[index]!)!,
      scratch,
      table: (index) => tables.get(kernel.emitter!.tables![index]!)!
    })
  }
  const functionOfKernel = (name: string, kernel: Kernel): Func => {
    const body = emptyBody()
    during(namesOf(kernel).join(' '), () => write(body, kernel))
    for (const [each, imported] of body.imports) imports.set(each, imported)
    for (const each of body.functions) called.add(each)
    for (const each of body.library) library.add(each)
    for (const [each, helper] of body.helpers) helpers.set(each, helper)
    for (const [each, host] of body.hosts) hosts.set(each, host)
    return { name, exported: false, params: [], results: [], locals: body.locals, body: body.instructions }
  }
  const segments = runsOf(kernels).map((run, index): Segment => {
    const [first] = run
    if (first?._tag === 'Single' && first.emitter === undefined) return { _tag: 'Own', kernel: first }
    const loops = run.map((kernel, i) => functionOfKernel(`kernel${index}_${i}`, kernel))
    const name = `segment${index}`
    const body = loops.map((each) => call(each.name))
    functions.push(...loops, { name, exported: true, params: [], results: [], locals: [], body })
    return { _tag: 'Code', name, kernels: run }
  })
  return {
    module: {
      memory: { pages: Math.max(1, Math.ceil(bytes / pageBytes)), maximum: undefined, shared: false },
      imports: [
        ...[...imports].map(([name, { arity }]) => ({
          name,
          params: upTo(arity).map(() => 'f64' as const),
          results: ['f64'] as const
        })),
        ...[...library].map(libraryImport),
        ...[...hosts].map(([name, { arity }]) => ({ name, params: upTo(arity).map(() => 'i32' as const), results: [] }))
      ],
      functions: [...[...called].map((name) => functionOf(name, 'f64')), ...helpers.values(), ...functions]
    },
    imports,
    library: [...library],
    hosts,
    segments
  }
}
