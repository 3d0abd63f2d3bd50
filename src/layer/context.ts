/**
 * Applying the parts of a layer: each in a context of its own, whose key is derived when it is read, in a scope with its name, and
 * watched where someone looks inside. Errors say the path of the part.
 */
import { refusal } from '../internal/describe.js'
import { loopDepth } from '../control/depth.js'
import { type Key, foldIn } from '../Random.js'
import { requireKey } from '../random/model.js'
import { enter, reopen } from '../transform/scope.js'
import { type AnyLayer, type Context, type Mode, applyOf, call } from './model.js'

// -----------------------------------------------------------------------------
// contexts
// -----------------------------------------------------------------------------

type Result = readonly [output: unknown, state: unknown]

/** A part of a model that is being applied. */
export interface Visit {
  /** The names of the parts it is in, from the outermost on, and its own. */
  readonly path: readonly string[]
  readonly layer: AnyLayer
  readonly params: unknown
  readonly inputs: readonly unknown[]
  /** Applies it, to other inputs if one likes. */
  readonly run: (inputs: readonly unknown[]) => Result
}

/** What sees each part of a model applied: how `summary` and `check` look inside. */
export type Watch = (visit: Visit) => Result

/** A context that is watched. */
export class Watched implements Context {
  declare readonly mode: Mode
  declare readonly key: Key | undefined
  declare readonly watch: Watch

  constructor({ mode, key }: Context, watch: Watch) {
    this.mode = mode
    this.key = key
    this.watch = watch
  }
}

/** The context of a part: its key is derived from that of the whole when it is read, and only then. */
class Child implements Context {
  declare readonly mode: Mode
  declare readonly watch: Watch | undefined
  declare private readonly parent: Context
  declare private readonly index: number
  declare private readonly depth: number

  constructor(parent: Context, index: number, depth: number) {
    this.mode = parent.mode
    this.watch = watchOf(parent)
    this.parent = parent
    this.index = index
    this.depth = depth
  }

  get key(): Key | undefined {
    const { key } = this.parent
    if (key === undefined) return undefined
    if (loopDepth() !== this.depth) {
      throw new Error(
        'make: a part draws inside the body of a loop, where every step would draw alike; ' +
          'expected Layer.repeat, or Layer.apply with a key of its own for each step'
      )
    }
    return foldIn(key, this.index)
  }
}

export const watchOf = (context: Context): Watch | undefined =>
  context instanceof Child || context instanceof Watched ? context.watch : undefined

/** The context of one of the parts, at a depth of loops. */
export const child = (context: Context, index: number, depth: number = loopDepth()): Context =>
  new Child(context, index, depth)

/** The context with another key, of the same mode, as closely watched. */
export const withKey = (context: Context, key: Key | undefined): Context => {
  const watch = watchOf(context)
  const own: Context = { mode: context.mode, key }
  return watch === undefined ? own : new Watched(own, watch)
}

/** The context in another mode. */
export const inMode = (context: Context, mode: Mode): Context => {
  const watch = watchOf(context)
  const own: Context = {
    mode,
    get key() {
      return context.key
    }
  }
  return watch === undefined ? own : new Watched(own, watch)
}

/** Refuses a context that is not one. */
export const requireContext = (operation: string, context: unknown): void => {
  if (context instanceof Child || context instanceof Watched) return
  if (typeof context !== 'object' || context === null || !('mode' in context)) {
    throw new TypeError(refusal(operation, 'the context', context, "an object with mode, 'train' or 'eval', and a key"))
  }
  if (context.mode !== 'train' && context.mode !== 'eval') {
    throw new TypeError(refusal(operation, 'mode', context.mode, "'train' or 'eval'"))
  }
  if ('key' in context) {
    if (context.key !== undefined) requireKey(operation, context.key)
  } else if ('parent' in context) {
    throw new TypeError(
      `${operation}: the context is a copy of that of a part, without its key; expected it as it was given, or { mode, key: context.key }`
    )
  }
  const unknown = Object.keys(context).find((name) => !entries.includes(name))
  if (unknown !== undefined)
    throw new TypeError(`${operation}: unknown entry ${unknown} of the context; expected mode or key`)
}

/** What a context may have, and a copy of that of a part besides. */
const entries: readonly string[] = ['mode', 'key', 'watch', 'parent', 'index', 'depth']

// -----------------------------------------------------------------------------
// parts
// -----------------------------------------------------------------------------

/** Names as a path, as one writes it in code: `encoder.blocks[0]`. */
export const pathOf = (names: readonly string[]): string =>
  names.reduce((path, name) => (path === '' || name.startsWith('[') ? path + name : `${path}.${name}`), '')

/** The message of an error as it was thrown, and the names of the parts it came through. */
const places = /* @__PURE__ */ new WeakMap<Error, { readonly message: string; readonly names: readonly string[] }>()

/** Where an error came from, by path, and what it said there. */
export const placeOf = (error: Error): { readonly path: string; readonly message: string } => {
  const { message, names } = places.get(error) ?? { message: error.message, names: [] }
  return { path: pathOf(names), message }
}

/** Says in an error, which is on its way out, the name of one more part that it came through. */
const located = (error: unknown, name: string): unknown => {
  if (!(error instanceof Error)) return error
  const { message, names } = places.get(error) ?? { message: error.message, names: [] }
  const place = { message, names: [name, ...names] }
  places.set(error, place)
  error.message = `layer ${pathOf(place.names)}: ${message}`
  return error
}

/** Applies a part under its name, in a scope of that name. */
export const applyPart = (
  layer: AnyLayer,
  params: unknown,
  state: unknown,
  context: Context,
  name: string,
  inputs: readonly unknown[]
): Result => {
  const apply = applyOf(layer)
  const watch = watchOf(context)
  const before = enter(name)
  try {
    if (watch === undefined) return call(apply(params, state, context), inputs)
    const below = new Watched(context, (visit) => watch({ ...visit, path: [name, ...visit.path] }))
    const run = (given: readonly unknown[]): Result => call(apply(params, state, below), given)
    return watch({ path: [name], layer, params, inputs, run })
  } catch (error) {
    throw located(error, name)
  } finally {
    reopen(before)
  }
}
