/**
 * Scopes: names for the parts of a function, which the equations of its program carry.
 *
 * The open scope is a variable of the moment: it is set while a function runs, and set back when the function returns or
 * throws. Programs and derivatives name scopes from where they began, so that they mean the same wherever they are used.
 *
 * A scope is a node that knows the one outside, and is written out only where its name is read: in a program, and in an error.
 */
import { refusal } from '../internal/describe.js'

/** A scope, from which one can read its name and those outside; `undefined` is outside of all. */
export type Scope = Node | undefined

abstract class Node {
  private known: string | undefined = undefined
  private isKnown = false

  /** The names from the outermost on; `undefined` where a derivative adds none. */
  get text(): string | undefined {
    if (!this.isKnown) {
      this.known = this.written()
      this.isKnown = true
    }
    return this.known
  }

  protected abstract written(): string | undefined
}

/** A name inside another scope. */
class Named extends Node {
  declare private readonly outer: Scope
  declare private readonly name: string

  constructor(outer: Scope, name: string) {
    super()
    this.outer = outer
    this.name = name
  }

  protected written(): string {
    return joined(this.outer?.text, this.name) ?? ''
  }
}

/** The mark of a derivative: the scope of an operation, as a differentiation calls it that began in another. */
class Marked extends Node {
  declare private readonly outer: Scope
  declare private readonly mark: string
  declare private readonly of: Scope
  declare private readonly start: Scope

  constructor(outer: Scope, mark: string, of: Scope, start: Scope) {
    super()
    this.outer = outer
    this.mark = mark
    this.of = of
    this.start = start
  }

  protected written(): string | undefined {
    const own = relative(this.of?.text, this.start?.text)
    return joined(this.outer?.text, own === undefined ? undefined : `${this.mark}(${own})`)
  }
}

let open: Scope = undefined

/** The scope that is open now. */
export const scopeNow = (): Scope => open

/** The names of the scopes that are open now, from the outermost on; `undefined` outside of any. */
export const openScope = (): string | undefined => open?.text

/** Opens a scope inside the open one, without a function of its own; the result is to be given to `reopen`, in a `finally`. */
export const enter = (name: string): Scope => {
  const before = open
  open = new Named(before, name)
  return before
}

/** Opens a scope in place of the open one: one that was open before, or the scope of a pullback. */
export const reopen = (scope: Scope): void => {
  open = scope
}

/** Calls a function with another scope open. */
const inScope = <A>(scope: Scope, f: () => A): A => {
  const before = open
  open = scope
  try {
    return f()
  } finally {
    open = before
  }
}

/** The name of a scope inside another. */
export const joined = (outer: string | undefined, inner: string | undefined): string | undefined =>
  outer === undefined ? inner : inner === undefined ? outer : `${outer}/${inner}`

/** The name of a scope as it is called from inside another; `undefined` for that one itself. */
export const relative = (scope: string | undefined, outer: string | undefined): string | undefined => {
  if (scope === outer) return undefined
  return outer !== undefined && scope?.startsWith(`${outer}/`) === true ? scope.slice(outer.length + 1) : scope
}

/** Calls a function in a scope that is inside the open one. */
export const within = <A>(name: string | undefined, f: () => A): A =>
  name === undefined ? f() : inScope(new Named(open, name), f)

/**
 * The scope in which the pullback of an operation in `of` runs, inside the open one: a marked one, `vjp(dense)`. An operation in the scope
 * in which the differentiation started has none.
 */
export const pullbackScope = (start: Scope, of: Scope): Scope =>
  of === undefined || of === start ? open : new Marked(open, 'vjp', of, start)

/** Makes the tangents of an operation in the open scope, in a marked scope: `jvp(dense)`. */
export const pushedForward = <A>(start: Scope, tangents: () => A): A =>
  open === undefined || open === start ? tangents() : inScope(new Marked(start, 'jvp', open, start), tangents)

export const isPromise = <A>(x: A | PromiseLike<A>): x is PromiseLike<A> =>
  typeof x === 'object' && x !== null && 'then' in x && typeof x.then === 'function'

/**
 * Calls a function, and gives a name to its operations: equations of programs carry the names of the scopes they were made
 * in, joined by slashes, and `show`, `cost` and the errors of `checkFinite` say them.
 *
 * The operations of a derivative carry the scope of the original operation, in a mark: `vjp(block/dense)` in the reverse
 * mode, `jvp(block/dense)` in the forward mode. The function must be synchronous: one that returns a promise is refused.
 * The name is not empty and has no slash.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const f = (x: T.Tensor<[]>) => Debug.scope('wave', () => T.sin(x))
 * Debug.trace(grad(f))(T.scalar(1)).equations.map(({ primitive, scope }) => `${primitive.name} in ${scope}`)
 * // => ['cos in vjp(wave)', 'guardedMul in vjp(wave)']
 */
export const scope = <A>(name: string, f: () => A): A => {
  if (typeof name !== 'string' || name === '' || name.includes('/')) {
    throw new TypeError(refusal('scope', 'the name', name, 'a string that is not empty and has no slash'))
  }
  const result = within(name, f)
  if (isPromise(result)) {
    throw new TypeError(
      `scope: the function in ${name} returned a promise; expected a synchronous function, put scope inside it around the synchronous part`
    )
  }
  return result
}
