/** Finding the engine, and what is asked of it. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { isOptions } from '../internal/describe.js'
import { left, right } from '../internal/either.js'
import { type Kind, options, positiveCount } from '../internal/options.js'
import { type EngineMissing, engineMissing } from './errors.js'
import { type Engine, type Runtime, runtimeOf } from './runtime.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * How a function runs.
 *
 * @example
 * import type { Options } from 'pullback/engine/OnnxRuntime'
 *
 * const options: Options = { engine: 'node', threads: 1 }
 * options.threads // => 1
 */
export interface Options {
  /**
   * `'node'` imports onnxruntime-node, `'web'` the entry of onnxruntime-web that the execution providers need; a module is taken as it is, which is the way where a bundler must see the
   * import. By default the one for where the program runs.
   */
  readonly engine?: 'node' | 'web' | Engine
  /**
   * Names of execution providers, the best first. By default `'webgpu'` where the engine is that of the web and there is an adapter; else the
   * processor.
   */
  readonly executionProviders?: readonly string[]
  /** How many threads an operation may use; in WebAssembly only the first session of a page decides. The engine's own choice by default. */
  readonly threads?: number
  /** Other entries of the engine's session options, passed on as they are. */
  readonly session?: Readonly<Record<string, unknown>>
}

const isEngine = (x: unknown): boolean =>
  typeof x === 'object' &&
  x !== null &&
  typeof Reflect.get(x, 'Tensor') === 'function' &&
  ['function', 'object'].includes(typeof Reflect.get(x, 'InferenceSession'))

const engineKind: Kind = {
  expected: "'node', 'web' or a module of ONNX Runtime",
  holds: (value) => value === 'node' || value === 'web' || isEngine(value)
}

const providersKind: Kind = {
  expected: "names of execution providers, such as ['webgpu', 'wasm']",
  holds: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string')
}

const sessionKind: Kind = {
  expected: "an object with ONNX Runtime's session options",
  holds: isOptions
}

/** The check of the options of an operation. */
/* @__NO_SIDE_EFFECTS__ */
export const checkOf = (operation: string): ((given: unknown) => void) =>
  options<Options>(operation, {
    engine: engineKind,
    executionProviders: providersKind,
    threads: positiveCount,
    session: sessionKind
  })

// -----------------------------------------------------------------------------
// engines
// -----------------------------------------------------------------------------

const isNode = (): boolean => {
  const process: unknown = Reflect.get(globalThis, 'process')
  if (typeof process !== 'object' || process === null) return false
  const versions: unknown = Reflect.get(process, 'versions')
  return typeof versions === 'object' && versions !== null && 'node' in versions
}

/** Casts what a package exports, which has been looked at: CommonJS has it behind `default`. */
const engineIn = (loaded: unknown): Engine => {
  const inside: unknown =
    typeof loaded === 'object' && loaded !== null && !isEngine(loaded) ? Reflect.get(loaded, 'default') : loaded
  if (!isEngine(inside)) throw new TypeError('it exports no Tensor and InferenceSession')
  return inside as Engine
}

/** Only onnxruntime-web is set up for WebAssembly, though all packages have that entry. */
const isForWeb = (engine: Engine): boolean => {
  const versions: unknown = Reflect.get(Reflect.get(engine, 'env') ?? {}, 'versions')
  return typeof versions === 'object' && versions !== null && 'web' in versions
}

interface Gpu {
  readonly requestAdapter: () => Promise<unknown>
}

const gpuOf = (navigator: unknown): Gpu | undefined => {
  const gpu: unknown = typeof navigator === 'object' && navigator !== null ? Reflect.get(navigator, 'gpu') : undefined
  return typeof gpu === 'object' && gpu !== null ? (gpu as Gpu) : undefined
}

/** Whether there is a GPU that WebGPU can use. */
const hasAdapter = async (): Promise<boolean> => {
  const adapter = await gpuOf(Reflect.get(globalThis, 'navigator'))?.requestAdapter()
  return adapter !== undefined && adapter !== null
}

/** WebGPU with images as programs have them: in its own layout, version 1.30 convolves some numbers of channels wrongly. */
const configured = (provider: string): unknown =>
  provider === 'webgpu' ? { name: provider, preferredLayout: 'NCHW' } : provider

/** An engine that was found, and the session options that come of what was asked. */
export interface Found {
  readonly runtime: Runtime
  readonly isGpu: boolean
  readonly settings: Readonly<Record<string, unknown>>
}

/** The entry of a package: those of onnxruntime-web have what browsers load, which Node has in its first one. */
const entryOf = (engine: 'node' | 'web', isGpu: boolean): string =>
  engine === 'node' ? 'onnxruntime-node' : `onnxruntime-web${isNode() ? '' : isGpu ? '/webgpu' : '/wasm'}`

/** The engine that is asked for. */
export const load =
  (operation: string, options: Options): TaskEither<EngineMissing, Found> =>
  async () => {
    const { engine = isNode() ? 'node' : 'web', executionProviders, threads, session = {} } = options
    const isWeb = typeof engine === 'string' ? engine === 'web' : isForWeb(engine)
    const own = isWeb ? ((await hasAdapter()) ? ['webgpu', 'wasm'] : ['wasm']) : undefined
    const providers = executionProviders ?? own
    const isGpu = providers?.includes('webgpu') === true
    const settings = {
      ...(threads === undefined || isWeb ? {} : { intraOpNumThreads: threads, interOpNumThreads: 1 }),
      ...(providers === undefined ? {} : { executionProviders: providers.map(configured) }),
      ...session
    }
    const found = (given: Engine): Found => {
      const runtime = runtimeOf(given)
      if (isWeb && threads !== undefined && runtime.env?.wasm !== undefined)
        Object.assign(runtime.env.wasm, { numThreads: threads })
      return { runtime, isGpu, settings }
    }
    if (typeof engine !== 'string') return right(found(engine))
    const name = entryOf(engine, isGpu)
    try {
      return right(found(engineIn(await import(/* @vite-ignore */ name))))
    } catch (error) {
      return left(engineMissing(operation, name.replace(/\/.*/, ''), error))
    }
  }
