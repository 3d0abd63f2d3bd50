/** The code of compiled functions alone, on a memory of its own: what a call costs without copying its arguments in and its results out. */
import type { Concrete } from '../src/tensor/model.js'
import type { Compiler } from './load.js'

interface Memory {
  readonly buffer: ArrayBuffer
}

type Exports = Readonly<Record<string, (...args: readonly number[]) => void>>

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Memory: new (limits: { readonly initial: number }) => Memory
  readonly Instance: new (module: object, imports: object) => { readonly exports: Exports }
}

/** Runs bytes of WebAssembly on a memory. */
export const instance = (bytes: Uint8Array, memory: Memory, imports: object = {}): Exports =>
  new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { ...imports, memory } }).exports

export const memoryOf = (pages: number): Memory => new WebAssembly.Memory({ initial: pages })

export interface Kernels {
  /** Runs all compiled segments. */
  readonly run: () => void
  /** The number of equations that are run by their own kernels, and are left out. */
  readonly leftOut: number
}

/** The kernels of a function at arguments, which lie in the memory. */
export const kernelsOf = <Args extends readonly unknown[], R>(
  { traceAt, passed, lowerProgram, encode, libraryOnce, copyIn, elementsAt, isConcrete, size }: Compiler,
  f: (...args: Args) => R,
  args: Args
): Kernels => {
  const { program, leaves } = traceAt('jit', f, args)
  const { code, plan, graph } = lowerProgram(passed(program))
  const memory = memoryOf(code.module.memory.pages)
  const { buffer } = memory
  const functions = Object.fromEntries([...code.imports].map(([name, { f: host }]) => [name, host]))
  const library = libraryOnce()?.over(memory) ?? {}
  const hosts = Object.fromEntries([...code.hosts].map(([name, { over }]) => [name, over(buffer)]))
  const exports = instance(encode(code.module), memory, { ...functions, ...library, ...hosts })
  for (const [table, address] of plan.tables) new Int32Array(buffer, address, table.length).set(table)
  const put = (value: (typeof graph.inputs)[number], x: Concrete | undefined): void => {
    const address = plan.addresses.get(value)
    if (address !== undefined && x !== undefined) copyIn(elementsAt(buffer, value.dtype, address, size(value.shape)), x)
  }
  const concrete = leaves.filter(isConcrete)
  graph.inputs.forEach((input, i) => put(input, concrete[i]))
  for (const [value, constant] of graph.constants) put(value, constant)
  const segments = code.segments.flatMap((segment) => {
    const run = segment._tag === 'Code' ? exports[segment.name] : undefined
    return run === undefined ? [] : [run]
  })
  return {
    run: () => {
      for (const segment of segments) segment()
    },
    leftOut: code.segments.length - segments.length
  }
}
