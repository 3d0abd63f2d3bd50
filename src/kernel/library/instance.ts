/** The library in this process: compiled on first need, or the reason why it is not available. */
import { reasonOf } from '../../internal/describe.js'
import { hex } from './bytes.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

export interface Memory {
  readonly buffer: ArrayBuffer
  readonly grow: (pages: number) => number
}

/** Arguments are addresses, strides and lengths of bytes, and counts; see module.ts. */
type Exported = (...args: readonly number[]) => void

type OfType<Type extends 'f32' | 'f64'> = Readonly<
  Record<
    | `product_${Type}`
    | `contraction1_${Type}`
    | `contraction2_${Type}`
    | `contraction3_${Type}`
    | `pack${2 | 4 | 6 | 8 | 12}_${Type}`,
    Exported
  >
>

/** The functions of the library. Not every width of panels exists for both types. */
export type Functions = Readonly<Record<'compact', Exported>> & OfType<'f32'> & OfType<'f64'>

export interface Library {
  readonly memory: Memory
  readonly functions: Functions
  /** The functions on another memory. */
  readonly over: (memory: Pick<Memory, 'buffer'>) => Functions
}

/**
 * The code that computes products in this process: they come from WebAssembly, or, for the reason given, from TypeScript, with the same bits.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 *
 * const summary = (e: Debug.Environment): string => (e.products === 'wasm' ? 'fast' : e.reason)
 * summary({ products: 'typescript', reason: 'there is no WebAssembly' }) // => 'there is no WebAssembly'
 */
export type Environment = { readonly products: 'wasm' } | { readonly products: 'typescript'; readonly reason: string }

/** The used part of the interface of WebAssembly. */
export interface Host {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: Pick<Memory, 'buffer'> } }
  ) => {
    readonly exports: Functions
  }
  readonly Memory: new (limits: { readonly initial: number }) => Memory
}

declare const WebAssembly: Host | undefined

// -----------------------------------------------------------------------------
// loading
// -----------------------------------------------------------------------------

export type Loaded =
  | { readonly library: Library; readonly environment: Environment }
  | { readonly library: undefined; readonly environment: Environment }

const without = (reason: string): Loaded => ({ library: undefined, environment: { products: 'typescript', reason } })

/** The bytes behind the digits; `9 * (code >> 6)` is more for a letter. Written out, since it runs before the engine compiles it. */
const bytes = (): Uint8Array => {
  const result = new Uint8Array(hex.length / 2)
  for (let i = 0, at = 0; at < hex.length; i++, at += 2) {
    const high = hex.charCodeAt(at)
    const low = hex.charCodeAt(at + 1)
    result[i] = 16 * ((high & 15) + 9 * (high >> 6)) + (low & 15) + 9 * (low >> 6)
  }
  return result
}

const isLittleEndian = (): boolean => new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/** Compiles the library; where it is refused, the reason is kept: that is not an error. */
export const load = (hostOf: () => Host | undefined): Loaded => {
  if (!isLittleEndian()) return without('numbers are stored with the highest byte first')
  try {
    const host = hostOf()
    if (typeof host?.Memory !== 'function') return without('there is no WebAssembly')
    const memory = new host.Memory({ initial: 1 })
    const module = new host.Module(bytes())
    const over: Library['over'] = (memory) => new host.Instance(module, { env: { memory } }).exports
    const functions = over(memory)
    if (typeof functions.product_f64 !== 'function') return without('WebAssembly gave a module without functions')
    return { library: { memory, functions, over }, environment: { products: 'wasm' } }
  } catch (error) {
    return without(reasonOf(error))
  }
}

let loaded: Loaded | undefined

const once = (): Loaded => (loaded ??= load(() => (typeof WebAssembly === 'undefined' ? undefined : WebAssembly)))

/** The library, compiled at the first call; undefined where it is not available. */
export const libraryOnce = (): Library | undefined => once().library

/**
 * Which implementation large products have in this process, and why, if it is the slower one; small ones are always TypeScript.
 * Where WebAssembly, its vectors or a content security policy do not allow the faster one, or its memory cannot grow as far as a
 * product needs, there is no error and no warning, and results have the same bits.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 *
 * Debug.environment() // => { products: 'wasm' }
 */
export const environment = (): Environment => ({ ...once().environment })

const page = 65536

/** Grows the memory to at least so many bytes; false if it cannot grow so far. */
export const reserve = ({ memory }: Library, bytes: number): boolean => {
  const missing = bytes - memory.buffer.byteLength
  if (missing <= 0) return true
  try {
    memory.grow(Math.ceil(missing / page))
    return true
  } catch {
    return false
  }
}
