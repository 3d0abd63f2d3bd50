/**
 * Scopes: names for the parts of a function, which the equations of its program carry.
 *
 * The open scope is a variable of the moment: it is set while a function runs, and set back when the function returns or
 * throws. Programs and derivatives name scopes from where they began, so that they mean the same wherever they are used.
 */
import { refusal } from '../internal/describe.js'

let open: string | undefined = undefined

/** The scope that is open now, from the outermost name on; `undefined` outside of any. */
export const openScope = (): string | undefined => open

/** Calls a function with another scope open. */
export const inScope = <A>(scope: string | undefined, f: () => A): A => {
  const before = open
  open = scope
  try {
    return f()
  } finally {
    open = before
  }
}

/** A scope inside another. */
export const joined = (outer: string | undefined, inner: string | undefined): string | undefined =>
  outer === undefined ? inner : inner === undefined ? outer : `${outer}/${inner}`

/** A scope as it is called from inside another; `undefined` for that one itself. */
export const relative = (scope: string | undefined, outer: string | undefined): string | undefined => {
  if (scope === outer) return undefined
  return outer !== undefined && scope?.startsWith(`${outer}/`) === true ? scope.slice(outer.length + 1) : scope
}

/** Calls a function in a scope that is inside the open one. */
export const within = <A>(scope: string | undefined, f: () => A): A =>
  scope === undefined ? f() : inScope(joined(open, scope), f)

/** The open scope as a differentiation calls it that began in another; `undefined` where there is nothing to call. */
const calledFrom = (start: string | undefined): string | undefined =>
  open === undefined ? undefined : relative(open, start)

/** The pullback of an operation in the open scope: it runs in a marked scope, `vjp(dense)`, inside the one open then. */
export const pulledBack = <Args extends readonly unknown[], R>(
  start: string | undefined,
  pullback: (...args: Args) => R
): ((...args: Args) => R) => {
  const scope = calledFrom(start)
  return scope === undefined ? pullback : (...args) => within(`vjp(${scope})`, () => pullback(...args))
}

/** Makes the tangents of an operation in the open scope, in a marked scope: `jvp(dense)`. */
export const pushedForward = <A>(start: string | undefined, tangents: () => A): A => {
  const scope = calledFrom(start)
  return scope === undefined ? tangents() : inScope(joined(start, `jvp(${scope})`), tangents)
}

export const isPromise = (x: unknown): boolean =>
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
