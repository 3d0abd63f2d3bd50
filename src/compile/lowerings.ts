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
import { addAlongAxis, scatterAdd } from './wasm/additions.js'
import { bernoulli } from './wasm/coins.js'
import { bincount, foldIndices, lastOccurrence, segmentMax } from './wasm/counts.js'
import { band, concat, diagonal, diagonalMatrix, pad } from './wasm/moves.js'
import { gumbel, normal } from './wasm/normal.js'
import { gather, oneHot, takeAlongAxis } from './wasm/picks.js'
import { bits, deriveKey, foldIn, uniform, unitOpen } from './wasm/random.js'
import { type DType, isFloat } from '../DType.js'
import {
  argmaxPrimitive,
  argminPrimitive,
  maxPrimitive,
  maxSharesPrimitive,
  minPrimitive,
  minSharesPrimitive
} from '../tensor/minMaxOverAxes.js'
import { cumprodPrimitive, cumsumPrimitive } from '../tensor/cumulative.js'
import { prodPrimitive } from '../tensor/product.js'
import { allPrimitive, anyPrimitive, meanPrimitive } from '../tensor/reduce.js'
import {
  logSoftmaxPrimitive,
  logSumExpPrimitive,
  softmaxDerivativePrimitive,
  softmaxPrimitive
} from '../tensor/softmax.js'
import { type Spread, freedom, normPrimitive, stdPrimitive, variancePrimitive } from '../tensor/statistics.js'
import { sumPrimitive } from '../tensor/structural.js'
import { type Emitter, type Lowerings, lowering } from './lowering.js'
import type { Whole } from './graph.js'
import { extremum, foldOver, productOfIntegers, quantifier, sumOfIntegers } from './wasm/folds.js'
import { softmaxOver } from './wasm/softmax.js'
import { type Moment, momentOver } from './wasm/moments.js'
import { positionsOver } from './wasm/positions.js'
import { running } from './wasm/running.js'
import { sharesOver } from './wasm/shares.js'
import { softmaxDerivativeOver } from './wasm/softmaxDerivative.js'
import { sumOver } from './wasm/sums.js'
import { convolutionInputPrimitive, convolutionKernelPrimitive, convolutionPrimitive } from '../tensor/convolution.js'
import { matmul } from '../tensor/matmul.js'
import { windowMaxPrimitive, windowSpreadPrimitive, windowSumsPrimitive } from '../tensor/windowPrimitives.js'
import { convolutionLowering } from './wasm/convolution.js'
import { convolutionInputLowering } from './wasm/convolutionInput.js'
import { convolutionKernelLowering } from './wasm/convolutionKernel.js'
import { matmulLowering } from './wasm/matmul.js'
import { windowSpreadLowering } from './wasm/windowSpread.js'
import { windowMaxLowering, windowSumsLowering } from './wasm/windows.js'

const typeOf = ({ operands }: Whole): DType => operands[0]!.dtype

const spread = ({ operands }: Whole, params: Spread, root: boolean): Moment => ({
  _tag: 'Spread',
  divisor: freedom(operands[0]!.shape, params),
  root
})

export const lowerings: Lowerings = /* @__PURE__ */ new Map([
  // lanes
  lowering(cumprodPrimitive, (operation, { axis, ...options }) => running(operation, axis, 'product', options)),
  lowering(cumsumPrimitive, (operation, { axis, ...options }) => running(operation, axis, 'sum', options)),
  lowering(logSoftmaxPrimitive, (operation, { axes }) => softmaxOver(operation, axes, 'logSoftmax')),
  lowering(logSumExpPrimitive, (operation, { axes }) => softmaxOver(operation, axes, 'logSumExp')),
  lowering(maxSharesPrimitive, (operation, { axes }) => sharesOver(operation, axes, 'max')),
  lowering(minSharesPrimitive, (operation, { axes }) => sharesOver(operation, axes, 'min')),
  lowering(softmaxDerivativePrimitive, (operation, { axes }) => softmaxDerivativeOver(operation, axes)),
  lowering(softmaxPrimitive, (operation, { axes }) => softmaxOver(operation, axes, 'softmax')),
  // reductions
  lowering(allPrimitive, (operation, { axes }) => foldOver(operation, axes, quantifier('all'))),
  lowering(anyPrimitive, (operation, { axes }) => foldOver(operation, axes, quantifier('any'))),
  lowering(argmaxPrimitive, (operation, { axis }) => positionsOver(operation, axis, 'max')),
  lowering(argminPrimitive, (operation, { axis }) => positionsOver(operation, axis, 'min')),
  lowering(maxPrimitive, (operation, { axes }) => foldOver(operation, axes, extremum('max', typeOf(operation)))),
  lowering(meanPrimitive, (operation, { axes }) => sumOver(operation, axes, true)),
  lowering(minPrimitive, (operation, { axes }) => foldOver(operation, axes, extremum('min', typeOf(operation)))),
  lowering(normPrimitive, (operation, { axes }) => momentOver(operation, axes, { _tag: 'Norm' })),
  lowering(prodPrimitive, (operation, { axis }) =>
    isFloat(typeOf(operation))
      ? running(operation, axis, 'product', undefined)
      : foldOver(operation, [axis], productOfIntegers)
  ),
  lowering(stdPrimitive, (operation, params) => momentOver(operation, params.axes, spread(operation, params, true))),
  lowering(sumPrimitive, (operation, { axes }) =>
    isFloat(typeOf(operation)) ? sumOver(operation, axes, false) : foldOver(operation, axes, sumOfIntegers)
  ),
  lowering(variancePrimitive, (operation, params) =>
    momentOver(operation, params.axes, spread(operation, params, false))
  ),
  // products
  lowering(matmul.primitive, matmulLowering),
  lowering(convolutionPrimitive, convolutionLowering),
  lowering(convolutionInputPrimitive, convolutionInputLowering),
  lowering(convolutionKernelPrimitive, convolutionKernelLowering),
  // windows
  lowering(windowMaxPrimitive, windowMaxLowering),
  lowering(windowSumsPrimitive, windowSumsLowering),
  lowering(windowSpreadPrimitive, windowSpreadLowering),
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
