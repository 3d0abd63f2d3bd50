/** The table of lowerings: a primitive that is neither here nor elementwise is computed by its own kernel. */
import { convolutionInputPrimitive, convolutionKernelPrimitive, convolutionPrimitive } from '../tensor/convolution.js'
import { matmul } from '../tensor/matmul.js'
import { windowMaxPrimitive, windowSpreadPrimitive, windowSumsPrimitive } from '../tensor/windowPrimitives.js'
import { type Emitter, type Lowerings, lowering } from './lowering.js'
import type { Whole } from './graph.js'
import { convolutionLowering } from './wasm/convolution.js'
import { convolutionInputLowering } from './wasm/convolutionInput.js'
import { convolutionKernelLowering } from './wasm/convolutionKernel.js'
import { matmulLowering } from './wasm/matmul.js'
import { windowSpreadLowering } from './wasm/windowSpread.js'
import { windowMaxLowering, windowSumsLowering } from './wasm/windows.js'

export const lowerings: Lowerings = /* @__PURE__ */ new Map([
  // products
  lowering(matmul.primitive, matmulLowering),
  lowering(convolutionPrimitive, convolutionLowering),
  lowering(convolutionInputPrimitive, convolutionInputLowering),
  lowering(convolutionKernelPrimitive, convolutionKernelLowering),
  // windows
  lowering(windowMaxPrimitive, windowMaxLowering),
  lowering(windowSumsPrimitive, windowSumsLowering),
  lowering(windowSpreadPrimitive, windowSpreadLowering)
])

/** The code of an operation, if it has any. */
export const emitterOf = (operation: Whole): Emitter | undefined =>
  operation.effect ? undefined : lowerings.get(operation.equation.primitive)?.(operation)
