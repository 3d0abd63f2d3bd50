/** The table of lowerings: a primitive that is neither here nor elementwise is computed by its own kernel. */
import type { Emitter, Lowerings } from './lowering.js'
import type { Whole } from './graph.js'

export const lowerings: Lowerings = /* @__PURE__ */ new Map()

/** The code of an operation, if it has any. */
export const emitterOf = (operation: Whole): Emitter | undefined =>
  operation.effect ? undefined : lowerings.get(operation.equation.primitive)?.(operation)
