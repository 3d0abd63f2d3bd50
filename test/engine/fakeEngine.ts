// An engine that runs no file: it computes what the function computes, eagerly, and keeps an account of what is asked of it.
import type { Data, DType } from 'pullback/DType'
import { fromData } from 'pullback/Primitive'
import * as Tree from 'pullback/Tree'
import * as T from 'pullback/Tensor'

interface Feeds {
  readonly [path: string]: FakeTensor
}

/** A value with its place; one on the device has its data behind a promise. */
export interface FakeTensor {
  readonly type: DType
  readonly dims: readonly number[]
  readonly data: Data
  readonly location: string
}

export interface Account {
  readonly options: Record<string, unknown>[]
  readonly log: string[]
  running: number
  most: number
  disposed: number
}

/** What a fake session does in place of a run, or `undefined` for the function's own results. */
type Trouble = (run: number) => Error | undefined

/** The name in the file of what stands at a path of the result. */
const named = (path: string): string => (path === '' || path.startsWith('[') ? `result${path}` : `result.${path}`)

/** An engine for functions whose arguments have the structure of `args`. */
export const fakeEngine = <Args extends readonly unknown[]>(
  f: (...args: Args) => unknown,
  args: Args,
  { trouble = () => undefined, refuses }: { readonly trouble?: Trouble; readonly refuses?: Error } = {}
) => {
  const account: Account = { options: [], log: [], running: 0, most: 0, disposed: 0 }
  const form = Tree.flatten(args)
  class Tensor implements FakeTensor {
    readonly location: string = 'cpu'
    constructor(
      readonly type: DType,
      readonly data: Data,
      readonly dims: readonly number[]
    ) {}
  }
  class Far extends Tensor {
    override readonly location = 'gpu-buffer'
    readonly getData = (): Promise<Data> => Promise.resolve(this.data)
    isHere = true
    dispose(): void {
      if (!this.isHere) throw new Error('disposed twice')
      if (account.log.includes('release')) throw new Error('disposed behind its session')
      this.isHere = false
      account.disposed++
    }
  }
  const where = (options: Record<string, unknown>, name: string): string => {
    const places = options['preferredOutputLocation']
    return typeof places === 'object' && places !== null ? String(Reflect.get(places, name)) : 'cpu'
  }
  const create = async (_bytes: Uint8Array, options: Record<string, unknown>) => {
    await Promise.resolve()
    if (refuses !== undefined) throw refuses
    account.options.push(options)
    let runs = 0
    const run = async (feeds: Feeds): Promise<object> => {
      account.most = Math.max(account.most, ++account.running)
      await Promise.resolve()
      account.running--
      const error = trouble(runs++)
      if (error !== undefined) throw error
      const leaves = form.paths.map((path) => {
        const { data, dims, type, ...rest } = feeds[`args${path}`]!
        if ('isHere' in rest && rest.isHere === false) throw new Error(`args${path} was disposed`)
        return fromData(dims, type, data)
      })
      account.log.push(`run ${Object.keys(feeds).join(' ')}`)
      const result = Tree.flatten(f(...form.unflatten(leaves)))
      return Object.fromEntries(
        result.leaves.map((leaf, i) => {
          const name = named(result.paths[i] ?? '')
          const Class = where(options, name) === 'gpu-buffer' ? Far : Tensor
          return [name, new Class(leaf.dtype, T.toArray(leaf), leaf.shape)]
        })
      )
    }
    const release = async (): Promise<void> => {
      await Promise.resolve()
      account.log.push('release')
    }
    return { inputNames: [], outputNames: [], run, release }
  }
  return { engine: { Tensor, InferenceSession: { create }, env: { wasm: {}, versions: { web: '0' } } }, account }
}
