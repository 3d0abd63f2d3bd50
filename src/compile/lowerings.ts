/** The table of lowerings: a primitive that is neither here nor elementwise is computed by its own kernel. */
import { bernoulliPrimitive } from '../random/discrete.js'
import { deriveKeyPrimitive, foldInPrimitive } from '../random/key.js'
import { gumbelPrimitive, normalPrimitive, unitOpenPrimitive } from '../random/normal.js'
import { bitsPrimitive, uniformPrimitive } from '../random/uniform.js'
import { addAlongAxisPrimitive, takeAlongAxisPrimitive } from '../tensor/alongAxis.js'
import { foldIndicesPrimitive } from '../tensor/foldIndices.js'
import { lastOccurrencePrimitive } from '../tensor/indexedUpdate.js'
import { gatherPrimitive, scatterAddPrimitive } from '../tensor/indexing.js'
import { concatPrimitive } from '../tensor/join.js'
import { oneHotPrimitive } from '../tensor/oneHot.js'
import { bincountPrimitive, segmentMaxPrimitive } from '../tensor/segments.js'
import { padPrimitive } from '../tensor/stridedWindow.js'
import { bandPrimitive, diagonalMatrixPrimitive, diagonalPrimitive } from '../tensor/triangular.js'
import { type Emitter, type Lowerings, lowering } from './lowering.js'
import type { Whole } from './graph.js'
import { addAlongAxis, scatterAdd } from './wasm/additions.js'
import { bernoulli } from './wasm/coins.js'
import { bincount, foldIndices, lastOccurrence, segmentMax } from './wasm/counts.js'
import { band, concat, diagonal, diagonalMatrix, pad } from './wasm/moves.js'
import { gumbel, normal } from './wasm/normal.js'
import { gather, oneHot, takeAlongAxis } from './wasm/picks.js'
import { bits, deriveKey, foldIn, uniform, unitOpen } from './wasm/random.js'

export const lowerings: Lowerings = /* @__PURE__ */ new Map([
  // indices
  lowering(addAlongAxisPrimitive, addAlongAxis),
  lowering(bincountPrimitive, bincount),
  lowering(foldIndicesPrimitive, foldIndices),
  lowering(gatherPrimitive, gather),
  lowering(lastOccurrencePrimitive, lastOccurrence),
  lowering(oneHotPrimitive, oneHot),
  lowering(scatterAddPrimitive, scatterAdd),
  lowering(segmentMaxPrimitive, segmentMax),
  lowering(takeAlongAxisPrimitive, takeAlongAxis),
  // moves
  lowering(bandPrimitive, band),
  lowering(concatPrimitive, concat),
  lowering(diagonalMatrixPrimitive, diagonalMatrix),
  lowering(diagonalPrimitive, diagonal),
  lowering(padPrimitive, pad),
  // random draws
  lowering(bernoulliPrimitive, bernoulli),
  lowering(bitsPrimitive, bits),
  lowering(deriveKeyPrimitive, deriveKey),
  lowering(foldInPrimitive, foldIn),
  lowering(gumbelPrimitive, gumbel),
  lowering(normalPrimitive, normal),
  lowering(uniformPrimitive, uniform),
  lowering(unitOpenPrimitive, unitOpen)
])

/** The code of an operation, if it has any. */
export const emitterOf = (operation: Whole): Emitter | undefined =>
  operation.effect ? undefined : lowerings.get(operation.equation.primitive)?.(operation)
