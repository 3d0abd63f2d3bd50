/**
 * Names by which the compiler knows primitives of the library, so that it has code for them without holding their kernels: whoever does not
 * use an operation does not bundle it, compiled or not. A copy of a primitive has none, since it may compute something else.
 */
import type { Params, Primitive } from './model.js'

const names = /* @__PURE__ */ new WeakMap<object, string>()

/** A primitive for which the compiler has code, under a name of `compile/lowerings.ts`. */
/* @__NO_SIDE_EFFECTS__ */
export const coded = <P extends Params>(name: string, primitive: Primitive<P>): Primitive<P> => {
  names.set(primitive, name)
  return primitive
}

/** The name of the code of a primitive, if the compiler has any. */
export const codeNameOf = (primitive: object): string | undefined => names.get(primitive)
