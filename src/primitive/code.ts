/**
 * Names of primitives of the library, for passes and the compiler. They look primitives up by name instead of importing them, so that a
 * bundle holds only the kernels and rules that it uses. A copy of a primitive has no name, since it may compute something else.
 */
import type { Params, Primitive } from './model.js'

const names = /* @__PURE__ */ new WeakMap<object, string>()

/** A primitive that is known by its name, or by another one where it shares its name. */
/* @__NO_SIDE_EFFECTS__ */
export const coded = <P extends Params>(primitive: Primitive<P>, name: string = primitive.name): Primitive<P> => {
  names.set(primitive, name)
  return primitive
}

/** The name under which a primitive is known, if it is. */
export const codeNameOf = (primitive: object): string | undefined => names.get(primitive)
