/**
 * Names by which passes and the compiler know primitives of the library without holding their kernels and rules: whoever does not use an
 * operation does not bundle it because it has code. A copy of a primitive has none, since it may compute something else.
 */
import type { Params, Primitive } from './model.js'

const names = /* @__PURE__ */ new WeakMap<object, string>()

/** A primitive that is known under a name: of a row of `compile/lowerings.ts`, or of a pass. */
/* @__NO_SIDE_EFFECTS__ */
export const coded = <P extends Params>(name: string, primitive: Primitive<P>): Primitive<P> => {
  names.set(primitive, name)
  return primitive
}

/** The name under which a primitive is known, if it is. */
export const codeNameOf = (primitive: object): string | undefined => names.get(primitive)
