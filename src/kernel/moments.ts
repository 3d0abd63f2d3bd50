/** Variances and norms along the middle extent of contiguous blocks `(outer, n, inner)` of floats. */
import type { Data } from '../DType.js'
import { type LaneKernel, ofFloats } from './lanes.js'
import { normFloat32, varianceFloat32 } from './momentsFloat32.js'
import { normFloat64, varianceFloat64 } from './momentsFloat64.js'

/** The variance with the given divisor, or its root. */
export const varianceInto = (divisor: number, root: boolean): LaneKernel<Data> =>
  ofFloats(
    (data, offset, outer, n, inner, out) => varianceFloat32(data, offset, outer, n, inner, divisor, root, out),
    (data, offset, outer, n, inner, out) => varianceFloat64(data, offset, outer, n, inner, divisor, root, out)
  )

export const normInto: LaneKernel<Data> = /* @__PURE__ */ ofFloats(normFloat32, normFloat64)
