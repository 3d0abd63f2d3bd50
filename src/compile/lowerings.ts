/** The table of lowerings: a primitive that is neither here nor elementwise is computed by its own kernel. */
import type { bernoulliPrimitive } from '../random/discrete.js'
import type { deriveKeyPrimitive, foldInPrimitive } from '../random/key.js'
import type { gumbelPrimitive, normalPrimitive, unitOpenPrimitive } from '../random/normal.js'
import type { bitsPrimitive, uniformPrimitive } from '../random/uniform.js'
import type { addAlongAxisPrimitive, takeAlongAxisPrimitive } from '../tensor/alongAxis.js'
import type { foldIndicesPrimitive } from '../tensor/foldIndices.js'
import type { lastOccurrencePrimitive } from '../tensor/indexedUpdate.js'
import type { gatherPrimitive, scatterAddPrimitive } from '../tensor/indexing.js'
import type { concatPrimitive } from '../tensor/join.js'
import type { oneHotPrimitive } from '../tensor/oneHot.js'
import type { bincountPrimitive, segmentMaxPrimitive } from '../tensor/segments.js'
import type { padPrimitive } from '../tensor/stridedWindow.js'
import type { bandPrimitive, diagonalMatrixPrimitive, diagonalPrimitive } from '../tensor/triangular.js'
import { addAlongAxis, scatterAdd } from './wasm/additions.js'
import { bernoulli } from './wasm/coins.js'
import { bincount, foldIndices, lastOccurrence, segmentMax } from './wasm/counts.js'
import { band, concat, diagonal, diagonalMatrix, pad } from './wasm/moves.js'
import { gumbel, normal } from './wasm/normal.js'
import { gather, oneHot, takeAlongAxis } from './wasm/picks.js'
import { bits, deriveKey, foldIn, uniform, unitOpen } from './wasm/random.js'
import { type DType, isFloat } from '../DType.js'
import type {
  argmaxPrimitive,
  argminPrimitive,
  maxPrimitive,
  maxSharesPrimitive,
  minPrimitive,
  minSharesPrimitive
} from '../tensor/minMaxOverAxes.js'
import type { cumargmaxPrimitive, cumargminPrimitive } from '../tensor/cumulativeExtrema.js'
import type { cumprodPrimitive, cumsumPrimitive } from '../tensor/cumulative.js'
import type { prodPrimitive } from '../tensor/product.js'
import type { recurrencePrimitive } from '../tensor/recurrence.js'
import type { allPrimitive, anyPrimitive, meanPrimitive } from '../tensor/reduce.js'
import type {
  logSoftmaxPrimitive,
  logSumExpPrimitive,
  softmaxDerivativePrimitive,
  softmaxPrimitive
} from '../tensor/softmax.js'
import type { Spread, normPrimitive, stdPrimitive, variancePrimitive } from '../tensor/statistics.js'
import { freedom } from '../tensor/statistics.js'
import type { sumPrimitive } from '../tensor/structural.js'
import { type Emitter, type Lowerings, lowering } from './lowering.js'
import { codeNameOf } from '../primitive/code.js'
import type { Whole } from './graph.js'
import { foldOver } from './wasm/foldOver.js'
import { extremum, productOfIntegers, quantifier, sumOfIntegers } from './wasm/folds.js'
import { softmaxOver } from './wasm/softmax.js'
import { operandOf } from './wasm/inlined.js'
import { type Moment, momentOver } from './wasm/moments.js'
import { positionsOver } from './wasm/positions.js'
import { recurrenceOver } from './wasm/recurrences.js'
import { running } from './wasm/running.js'
import { runningPositions } from './wasm/runningPositions.js'
import { sharesOver } from './wasm/shares.js'
import { softmaxDerivativeOver } from './wasm/softmaxDerivative.js'
import { sumOver } from './wasm/sums.js'
import type {
  convolutionInputPrimitive,
  convolutionKernelPrimitive,
  convolutionPrimitive
} from '../tensor/convolution.js'
import type { matmul } from '../tensor/matmul.js'
import type { windowMaxPrimitive, windowSpreadPrimitive, windowSumsPrimitive } from '../tensor/windowPrimitives.js'
import { convolutionLowering } from './wasm/convolution.js'
import { convolutionInputLowering } from './wasm/convolutionInput.js'
import { convolutionKernelLowering } from './wasm/convolutionKernel.js'
import { matmulLowering } from './wasm/matmul.js'
import { windowSpreadLowering } from './wasm/windowSpread.js'
import { windowMaxLowering, windowSumsLowering } from './wasm/windows.js'

const typeOf = (operation: Whole): DType => operandOf(operation).dtype

const spread = ({ operands }: Whole, params: Spread, root: boolean): Moment => ({
  _tag: 'Spread',
  divisor: freedom(operands[0]!.shape, params),
  root
})

export const lowerings: Lowerings = /* @__PURE__ */ new Map([
  // lanes
  lowering<typeof cumargmaxPrimitive>('cumargmax', (operation, course) => runningPositions(operation, course, 'max')),
  lowering<typeof cumargminPrimitive>('cumargmin', (operation, course) => runningPositions(operation, course, 'min')),
  lowering<typeof cumprodPrimitive>('cumprod', (operation, { axis, ...options }) =>
    running(operation, axis, 'product', options)
  ),
  lowering<typeof cumsumPrimitive>('cumsum', (operation, { axis, ...options }) =>
    running(operation, axis, 'sum', options)
  ),
  lowering<typeof logSoftmaxPrimitive>('logSoftmax', (operation, { axes }) =>
    softmaxOver(operation, axes, 'logSoftmax')
  ),
  lowering<typeof logSumExpPrimitive>('logSumExp', (operation, { axes }) => softmaxOver(operation, axes, 'logSumExp')),
  lowering<typeof maxSharesPrimitive>('maxShares', (operation, { axes }) => sharesOver(operation, axes, 'max')),
  lowering<typeof minSharesPrimitive>('minShares', (operation, { axes }) => sharesOver(operation, axes, 'min')),
  lowering<typeof recurrencePrimitive>('recurrence', recurrenceOver),
  lowering<typeof softmaxDerivativePrimitive>('softmaxDerivative', (operation, { axes }) =>
    softmaxDerivativeOver(operation, axes)
  ),
  lowering<typeof softmaxPrimitive>('softmax', (operation, { axes }) => softmaxOver(operation, axes, 'softmax')),
  // reductions
  lowering<typeof allPrimitive>('all', (operation, { axes }) => foldOver(operation, axes, quantifier('all'))),
  lowering<typeof anyPrimitive>('any', (operation, { axes }) => foldOver(operation, axes, quantifier('any'))),
  lowering<typeof argmaxPrimitive>('argmax', (operation, { axis }) => positionsOver(operation, axis, 'max')),
  lowering<typeof argminPrimitive>('argmin', (operation, { axis }) => positionsOver(operation, axis, 'min')),
  lowering<typeof maxPrimitive>('max', (operation, { axes }) =>
    foldOver(operation, axes, extremum('max', typeOf(operation)))
  ),
  lowering<typeof meanPrimitive>('mean', (operation, { axes }) => sumOver(operation, axes, true)),
  lowering<typeof minPrimitive>('min', (operation, { axes }) =>
    foldOver(operation, axes, extremum('min', typeOf(operation)))
  ),
  lowering<typeof normPrimitive>('norm', (operation, { axes }) => momentOver(operation, axes, { _tag: 'Norm' })),
  lowering<typeof prodPrimitive>('prod', (operation, { axis }) =>
    isFloat(typeOf(operation))
      ? running(operation, axis, 'product', undefined)
      : foldOver(operation, [axis], productOfIntegers)
  ),
  lowering<typeof stdPrimitive>('std', (operation, params) =>
    momentOver(operation, params.axes, spread(operation, params, true))
  ),
  lowering<typeof sumPrimitive>('sum', (operation, { axes }) =>
    isFloat(typeOf(operation)) ? sumOver(operation, axes, false) : foldOver(operation, axes, sumOfIntegers)
  ),
  lowering<typeof variancePrimitive>('variance', (operation, params) =>
    momentOver(operation, params.axes, spread(operation, params, false))
  ),
  // products
  lowering<(typeof matmul)['primitive']>('matmul', matmulLowering),
  lowering<typeof convolutionPrimitive>('convolution', convolutionLowering),
  lowering<typeof convolutionInputPrimitive>('convolutionInput', convolutionInputLowering),
  lowering<typeof convolutionKernelPrimitive>('convolutionKernel', convolutionKernelLowering),
  // windows
  lowering<typeof windowMaxPrimitive>('windowMax', windowMaxLowering),
  lowering<typeof windowSumsPrimitive>('windowSums', windowSumsLowering),
  lowering<typeof windowSpreadPrimitive>('windowSpread', windowSpreadLowering),
  // indices
  lowering<typeof addAlongAxisPrimitive>('addAlongAxis', addAlongAxis),
  lowering<typeof bincountPrimitive>('bincount', bincount),
  lowering<typeof foldIndicesPrimitive>('foldIndices', foldIndices),
  lowering<typeof gatherPrimitive>('gather', gather),
  lowering<typeof lastOccurrencePrimitive>('lastOccurrence', lastOccurrence),
  lowering<typeof oneHotPrimitive>('oneHot', oneHot),
  lowering<typeof scatterAddPrimitive>('scatterAdd', scatterAdd),
  lowering<typeof segmentMaxPrimitive>('segmentMax', segmentMax),
  lowering<typeof takeAlongAxisPrimitive>('takeAlongAxis', takeAlongAxis),
  // moves
  lowering<typeof bandPrimitive>('band', band),
  lowering<typeof concatPrimitive>('concat', concat),
  lowering<typeof diagonalMatrixPrimitive>('diagonalMatrix', diagonalMatrix),
  lowering<typeof diagonalPrimitive>('diagonal', diagonal),
  lowering<typeof padPrimitive>('pad', pad),
  // random draws
  lowering<typeof bernoulliPrimitive>('bernoulli', bernoulli),
  lowering<typeof bitsPrimitive>('bits', bits),
  lowering<typeof deriveKeyPrimitive>('deriveKey', deriveKey),
  lowering<typeof foldInPrimitive>('foldIn', foldIn),
  lowering<typeof gumbelPrimitive>('gumbel', gumbel),
  lowering<typeof normalPrimitive>('normal', normal),
  lowering<typeof uniformPrimitive>('uniform', uniform),
  lowering<typeof unitOpenPrimitive>('unitOpen', unitOpen)
])

const inlining = ['all', 'any', 'max', 'mean', 'min', 'sum']

/** Whether the lowering of an operation has its elements computed by maps, if they are in it. */
export const inlines = ({ equation, effect }: Whole): boolean =>
  !effect && inlining.includes(codeNameOf(equation.primitive) ?? '')

/** The code of an operation, if it has any. */
export const emitterOf = (operation: Whole): Emitter | undefined =>
  operation.effect ? undefined : lowerings.get(codeNameOf(operation.equation.primitive) ?? '')?.(operation)
