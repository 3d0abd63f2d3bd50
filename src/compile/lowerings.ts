/** The table of lowerings: a primitive that is neither here nor elementwise is computed by its own kernel. */
import { meanPrimitive } from '../tensor/reduce.js'
import { sumPrimitive } from '../tensor/structural.js'
import { type Emitter, type Lowerings, lowering } from './lowering.js'
import type { Whole } from './graph.js'
import { sumOver } from './wasm/sums.js'

export const lowerings: Lowerings = /* @__PURE__ */ new Map([
  // reductions
  lowering(meanPrimitive, (operation, { axes }) => sumOver(operation, axes, true)),
  lowering(sumPrimitive, (operation, { axes }) => sumOver(operation, axes, false))
])

/** The code of an operation, if it has any. */
export const emitterOf = (operation: Whole): Emitter | undefined =>
  operation.effect ? undefined : lowerings.get(operation.equation.primitive)?.(operation)
