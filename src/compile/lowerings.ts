/** The table of lowerings: a primitive that is neither here nor elementwise is computed by its own kernel. */
import { addAlongAxisPrimitive, takeAlongAxisPrimitive } from '../tensor/alongAxis.js'
import { gatherPrimitive, scatterAddPrimitive } from '../tensor/indexing.js'
import { concatPrimitive } from '../tensor/join.js'
import { oneHotPrimitive } from '../tensor/oneHot.js'
import { padPrimitive } from '../tensor/stridedWindow.js'
import { bandPrimitive, diagonalMatrixPrimitive, diagonalPrimitive } from '../tensor/triangular.js'
import { type Emitter, type Lowerings, lowering } from './lowering.js'
import type { Whole } from './graph.js'
import { addAlongAxis, scatterAdd } from './wasm/additions.js'
import { band, concat, diagonal, diagonalMatrix, pad } from './wasm/moves.js'
import { gather, oneHot, takeAlongAxis } from './wasm/picks.js'

export const lowerings: Lowerings = /* @__PURE__ */ new Map([
  // indices
  /* @__PURE__ */ lowering(addAlongAxisPrimitive, addAlongAxis),
  /* @__PURE__ */ lowering(gatherPrimitive, gather),
  /* @__PURE__ */ lowering(oneHotPrimitive, oneHot),
  /* @__PURE__ */ lowering(scatterAddPrimitive, scatterAdd),
  /* @__PURE__ */ lowering(takeAlongAxisPrimitive, takeAlongAxis),
  // moves
  /* @__PURE__ */ lowering(bandPrimitive, band),
  /* @__PURE__ */ lowering(concatPrimitive, concat),
  /* @__PURE__ */ lowering(diagonalMatrixPrimitive, diagonalMatrix),
  /* @__PURE__ */ lowering(diagonalPrimitive, diagonal),
  /* @__PURE__ */ lowering(padPrimitive, pad)
])

/** The code of an operation, if it has any. */
export const emitterOf = (operation: Whole): Emitter | undefined =>
  operation.effect ? undefined : lowerings.get(operation.equation.primitive)?.(operation)
