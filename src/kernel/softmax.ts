/** Softmax and related functions along the middle extent of contiguous blocks `(outer, n, inner)` of floats. */
import type { Data } from '../DType.js'
import { type LaneKernel, ofFloats } from './lanes.js'
import { softmaxDerivativeFloat32 } from './softmaxDerivativeFloat32.js'
import { softmaxDerivativeFloat64 } from './softmaxDerivativeFloat64.js'
import { logSoftmaxFloat32, logSumExpFloat32, softmaxFloat32 } from './softmaxFloat32.js'
import { logSoftmaxFloat64, logSumExpFloat64, softmaxFloat64 } from './softmaxFloat64.js'

export const softmaxInto: LaneKernel<Data> = /* @__PURE__ */ ofFloats(softmaxFloat32, softmaxFloat64)
export const logSoftmaxInto: LaneKernel<Data> = /* @__PURE__ */ ofFloats(logSoftmaxFloat32, logSoftmaxFloat64)
export const logSumExpInto: LaneKernel<Data> = /* @__PURE__ */ ofFloats(logSumExpFloat32, logSumExpFloat64)

export const softmaxDerivativeInto = (
  t: Data,
  tOffset: number,
  y: Data,
  yOffset: number,
  outer: number,
  n: number,
  inner: number,
  out: Data
): void => {
  if (t instanceof Float32Array && y instanceof Float32Array && out instanceof Float32Array) {
    softmaxDerivativeFloat32(t, tOffset, y, yOffset, outer, n, inner, out)
  }
  if (t instanceof Float64Array && y instanceof Float64Array && out instanceof Float64Array) {
    softmaxDerivativeFloat64(t, tOffset, y, yOffset, outer, n, inner, out)
  }
}
