/** From a schedule and a plan to one WebAssembly module: a function for each loop, and one for each run of loops between other kernels. */
import { call } from '../kernel/wasm/build.js'
import type { Func, Module } from '../kernel/wasm/model.js'
import type { Value } from './graph.js'
import type { Plan } from './memory.js'
import type { Kernel, Schedule } from './schedule.js'
import { type Imported, intrinsics } from './wasm/intrinsics.js'
import { loopFunction } from './wasm/loops.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** What runs one behind the other: an exported function of the module, or an equation by its own kernel. */
export type Segment =
  | { readonly _tag: 'Code'; readonly name: string; readonly kernels: readonly Kernel[] }
  | { readonly _tag: 'Own'; readonly kernel: Extract<Kernel, { readonly _tag: 'Single' }> }

export interface Code {
  readonly module: Module
  readonly imports: readonly Imported[]
  readonly segments: readonly Segment[]
}

/** Whether a kernel becomes code. */
export const isCompiled = (kernel: Kernel): boolean => kernel._tag === 'Loop'

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

export const codeOf = ({ kernels, stored }: Schedule, { addresses, bytes }: Plan): Code => {
  const functions: Func[] = []
  const names = new Set<string>()
  const site = { addresses, isStored: (value: Value): boolean => stored.has(value) }
  const segments = runsOf(kernels).map((run, index): Segment => {
    const [first] = run
    if (first?._tag === 'Single') return { _tag: 'Own', kernel: first }
    const loops = run.flatMap((kernel, i) => {
      if (kernel._tag !== 'Loop') return []
      const { func, imports } = loopFunction(`loop${index}_${i}`, kernel, site)
      for (const each of imports) names.add(each)
      return [func]
    })
    const name = `segment${index}`
    const body = loops.map((each) => call(each.name))
    functions.push(...loops, { name, exported: true, params: [], results: [], locals: [], body })
    return { _tag: 'Code', name, kernels: run }
  })
  const known = intrinsics()
  const imports = [...names].map((name) => known.get(name)!)
  return {
    module: {
      memory: { pages: Math.max(1, Math.ceil(bytes / pageBytes)), maximum: undefined, shared: false },
      imports: imports.map(({ name, arity }) => ({
        name,
        params: arity === 1 ? ['f64'] : ['f64', 'f64'],
        results: ['f64']
      })),
      functions
    },
    imports,
    segments
  }
}
