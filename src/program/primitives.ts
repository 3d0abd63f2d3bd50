/**
 * The primitives of the library, by which programs in JSON are read. A module that imports this one holds all of them, so
 * that nothing else does.
 */
import type { Primitive } from '../primitive/model.js'
import { normalDistribution } from '../activation/gates.js'
import { elu, leakyRelu } from '../activation/rectifiers.js'
import { checkpointPrimitive } from '../calculus/checkpoint.js'
import { customVjpPrimitive, customJvpPrimitive } from '../calculus/customPrimitive.js'
import { jitPrimitive } from '../compile/runner.js'
import { condPrimitive } from '../control/condPrimitive.js'
import { scanPrimitive } from '../control/scanPrimitive.js'
import { whileBackwardPrimitive, whilePrimitive } from '../control/whilePrimitive.js'
import { implicitPrimitive } from '../implicit/equation.js'
import { linearSolvePrimitive } from '../implicit/linearSystem.js'
import { choleskyPrimitive } from '../linalg/cholesky.js'
import { cofactorPrimitive } from '../linalg/cofactor.js'
import { detPrimitive, detSignPrimitive, logAbsDetPrimitive } from '../linalg/determinant.js'
import { eighPrimitive } from '../linalg/eigh.js'
import { matrixExpPrimitive } from '../linalg/exponential.js'
import { inversePrimitive, extendedInversePrimitive } from '../linalg/inverse.js'
import { matrixFunctionJetsPrimitive, matrixFunctionPrimitive } from '../linalg/matrixFunction.js'
import { polarPrimitive } from '../linalg/polar.js'
import { lstsqPrimitive } from '../linalg/leastSquares.js'
import { pivotsPrimitive, eliminatePrimitive } from '../linalg/lu.js'
import { cross } from '../linalg/products.js'
import { qrPrimitive } from '../linalg/qr.js'
import { solvePrimitive } from '../linalg/solve.js'
import { lyapunovPrimitive, matrixSqrtPrimitive } from '../linalg/squareRoot.js'
import { svdPrimitive } from '../linalg/svd.js'
import { symmetrisePrimitive } from '../linalg/symmetric.js'
import { triangularSolvePrimitive } from '../linalg/triangularSolve.js'
import { odeintPrimitive } from '../ode/solution.js'
import { guardedMul } from '../primitive/elementwise.js'
import { choicePrimitive, weightedChoicePrimitive } from '../random/choose.js'
import { bernoulliPrimitive, categoryPrimitive } from '../random/discrete.js'
import { deriveKeyPrimitive, foldInPrimitive } from '../random/key.js'
import { normalPrimitive, gumbelPrimitive, unitOpenPrimitive } from '../random/normal.js'
import { bitsPrimitive, uniformPrimitive } from '../random/uniform.js'
import { takeAlongAxis, addAlongAxis } from '../tensor/alongAxis.js'
import { neg, add, sub, mul, div, reciprocal, square, abs, sign } from '../tensor/arithmetic.js'
import { stopGradientPrimitive } from '../tensor/cast.js'
import { equal, notEqual, less, lessEqual, greater, greaterEqual, isNaN, isFinite } from '../tensor/comparison.js'
import { convolutionInputPrimitive, convolutionKernelPrimitive, convolutionPrimitive } from '../tensor/convolution.js'
import { cumsumPrimitive, cumprodPrimitive } from '../tensor/cumulative.js'
import { cumargmaxPrimitive, cumargminPrimitive } from '../tensor/cumulativeExtrema.js'
import { reciprocalNoNan, divNoNan } from '../tensor/divNoNan.js'
import { exp, expm1, log, log1p, log2 } from '../tensor/exponential.js'
import {
  maxSharesPrimitive,
  minSharesPrimitive,
  maxPrimitive,
  minPrimitive,
  argmaxPrimitive,
  argminPrimitive
} from '../tensor/minMaxOverAxes.js'
import { maximum, minimum, preference, relu, gate, clampPrimitive } from '../tensor/minMaxOfTwo.js'
import { foldIndicesPrimitive } from '../tensor/foldIndices.js'
import { sinh, cosh, asinh, acosh, atanh } from '../tensor/hyperbolic.js'
import { tanh, tanhDerivative } from '../tensor/tanh.js'
import { gather, scatterAdd } from '../tensor/indexing.js'
import { lastOccurrencePrimitive } from '../tensor/indexedUpdate.js'
import { concatPrimitive, splitPrimitive } from '../tensor/join.js'
import { logicalAnd, logicalOr, logicalXor, logicalNot } from '../tensor/logical.js'
import { sigmoid, sigmoidDerivative, logSigmoid, softplus, logAddExp, share } from '../tensor/logistic.js'
import { matmul } from '../tensor/matmul.js'
import { oneHotPrimitive } from '../tensor/oneHot.js'
import { direction, hypot } from '../tensor/hypot.js'
import { pow, powerLogPrimitive } from '../tensor/power.js'
import { cbrt, rsqrt, sqrt } from '../tensor/root.js'
import { prodPrimitive } from '../tensor/product.js'
import { recurrencePrimitive } from '../tensor/recurrence.js'
import { meanPrimitive, anyPrimitive, allPrimitive } from '../tensor/reduce.js'
import { floor, ceil, round, mod } from '../tensor/rounding.js'
import { searchSorted } from '../tensor/search.js'
import { bincountPrimitive, segmentMaxPrimitive } from '../tensor/segments.js'
import { wherePrimitive } from '../tensor/select.js'
import {
  softmaxDerivativePrimitive,
  softmaxPrimitive,
  logSumExpPrimitive,
  logSoftmaxPrimitive
} from '../tensor/softmax.js'
import { argsort } from '../tensor/sorting.js'
import {
  erf,
  erfDerivative,
  erfc,
  erfInv,
  erfcInv,
  lgamma,
  digamma,
  polygammaPrimitive,
  xlogy
} from '../tensor/special.js'
import { variancePrimitive, stdPrimitive, normPrimitive } from '../tensor/statistics.js'
import {
  castPrimitive,
  truncatePrimitive,
  reshapePrimitive,
  permutePrimitive,
  broadcastToPrimitive,
  sumPrimitive
} from '../tensor/structural.js'
import { bandPrimitive, diagonalPrimitive, diagonalMatrixPrimitive } from '../tensor/triangular.js'
import { sin, cos, tan, asin, acos, atan, atan2, atanDerivative, oneMinusSquare } from '../tensor/trigonometric.js'
import { slicePrimitive, padPrimitive } from '../tensor/stridedWindow.js'
import { windowMaxPrimitive, windowSpreadPrimitive, windowSumsPrimitive } from '../tensor/windowPrimitives.js'

const records: readonly Primitive[] = [
  convolutionPrimitive,
  convolutionInputPrimitive,
  convolutionKernelPrimitive,
  checkpointPrimitive,
  jitPrimitive,
  customVjpPrimitive,
  customJvpPrimitive,
  condPrimitive,
  scanPrimitive,
  whileBackwardPrimitive,
  whilePrimitive,
  implicitPrimitive,
  linearSolvePrimitive,
  choleskyPrimitive,
  cofactorPrimitive,
  detPrimitive,
  detSignPrimitive,
  logAbsDetPrimitive,
  eighPrimitive,
  matrixExpPrimitive,
  matrixFunctionPrimitive,
  matrixFunctionJetsPrimitive,
  inversePrimitive,
  extendedInversePrimitive,
  lstsqPrimitive,
  pivotsPrimitive,
  eliminatePrimitive,
  polarPrimitive,
  qrPrimitive,
  solvePrimitive,
  lyapunovPrimitive,
  matrixSqrtPrimitive,
  svdPrimitive,
  symmetrisePrimitive,
  triangularSolvePrimitive,
  odeintPrimitive,
  choicePrimitive,
  weightedChoicePrimitive,
  bernoulliPrimitive,
  categoryPrimitive,
  deriveKeyPrimitive,
  foldInPrimitive,
  normalPrimitive,
  gumbelPrimitive,
  unitOpenPrimitive,
  bitsPrimitive,
  uniformPrimitive,
  stopGradientPrimitive,
  cumsumPrimitive,
  cumprodPrimitive,
  cumargmaxPrimitive,
  cumargminPrimitive,
  segmentMaxPrimitive,
  bincountPrimitive,
  maxSharesPrimitive,
  minSharesPrimitive,
  maxPrimitive,
  minPrimitive,
  argmaxPrimitive,
  argminPrimitive,
  clampPrimitive,
  foldIndicesPrimitive,
  lastOccurrencePrimitive,
  concatPrimitive,
  splitPrimitive,
  oneHotPrimitive,
  powerLogPrimitive,
  prodPrimitive,
  recurrencePrimitive,
  meanPrimitive,
  anyPrimitive,
  allPrimitive,
  wherePrimitive,
  softmaxDerivativePrimitive,
  softmaxPrimitive,
  logSumExpPrimitive,
  logSoftmaxPrimitive,
  polygammaPrimitive,
  variancePrimitive,
  stdPrimitive,
  normPrimitive,
  castPrimitive,
  truncatePrimitive,
  reshapePrimitive,
  permutePrimitive,
  broadcastToPrimitive,
  sumPrimitive,
  bandPrimitive,
  diagonalPrimitive,
  diagonalMatrixPrimitive,
  slicePrimitive,
  padPrimitive,
  windowMaxPrimitive,
  windowSpreadPrimitive,
  windowSumsPrimitive
]

/** Operations that carry their record. */
const operations: readonly { readonly primitive: Primitive }[] = [
  elu,
  leakyRelu,
  normalDistribution,
  cross,
  guardedMul,
  takeAlongAxis,
  addAlongAxis,
  neg,
  add,
  sub,
  mul,
  div,
  reciprocal,
  square,
  abs,
  sign,
  equal,
  notEqual,
  less,
  lessEqual,
  greater,
  greaterEqual,
  isNaN,
  isFinite,
  reciprocalNoNan,
  divNoNan,
  exp,
  expm1,
  log,
  log1p,
  log2,
  maximum,
  minimum,
  preference,
  relu,
  gate,
  sinh,
  cosh,
  tanh,
  tanhDerivative,
  asinh,
  acosh,
  atanh,
  gather,
  scatterAdd,
  logicalAnd,
  logicalOr,
  logicalXor,
  logicalNot,
  sigmoid,
  sigmoidDerivative,
  logSigmoid,
  softplus,
  logAddExp,
  share,
  matmul,
  sqrt,
  rsqrt,
  cbrt,
  pow,
  hypot,
  direction,
  floor,
  ceil,
  round,
  mod,
  searchSorted,
  argsort,
  erf,
  erfDerivative,
  erfc,
  erfInv,
  erfcInv,
  lgamma,
  digamma,
  xlogy,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  atanDerivative,
  oneMinusSquare,
  atan2
]

/**
 * The library's primitives, for `fromJSON`: all that a program in JSON can name. Those of `Debug.tap` and `Debug.checkFinite`
 * hold functions, and are not among them.
 *
 * @example
 * import { primitives } from 'pullback/ProgramJson'
 * import * as T from 'pullback/Tensor'
 *
 * primitives.includes(T.exp.primitive) // => true
 */
export const primitives: readonly Primitive[] = [...records, ...operations.map(({ primitive }) => primitive)]
