/** The loops of negation, and of the rectifier and its derivative, written out as those of arithmetic are. */
import type { BinaryLoop, LoopsByType, UnaryLoop } from './elementwise.js'

/** max(x, 0); NaN stays NaN. */
export const rectified = (x: number): number => (x > 0 ? x : x === x ? 0 : x)

/** The cotangent `t` of max(x, 0), where the operand is `x`. */
export const passed = (t: number, x: number): number => (x <= 0 ? 0 : t)

// -----------------------------------------------------------------------------
// -x
// -----------------------------------------------------------------------------

const negFloat32: UnaryLoop = (n, x, p, s, out, i) => {
  const end = i + n
  if (s === 1 && p === i) {
    for (; i < end - 3; i += 4) {
      out[i] = -x[i]!
      out[i + 1] = -x[i + 1]!
      out[i + 2] = -x[i + 2]!
      out[i + 3] = -x[i + 3]!
    }
    p = i
  }
  for (; i < end; i++, p += s) out[i] = -x[p]!
}

const negFloat64: UnaryLoop = (n, x, p, s, out, i) => {
  const end = i + n
  if (s === 1 && p === i) {
    for (; i < end - 3; i += 4) {
      out[i] = -x[i]!
      out[i + 1] = -x[i + 1]!
      out[i + 2] = -x[i + 2]!
      out[i + 3] = -x[i + 3]!
    }
    p = i
  }
  for (; i < end; i++, p += s) out[i] = -x[p]!
}

export const negLoops: LoopsByType<UnaryLoop> = { float32: negFloat32, float64: negFloat64 }

// -----------------------------------------------------------------------------
// max(x, 0)
// -----------------------------------------------------------------------------

const reluFloat32: UnaryLoop = (n, x, p, s, out, i) => {
  const end = i + n
  if (s === 1 && p === i) {
    for (; i < end - 3; i += 4) {
      out[i] = rectified(x[i]!)
      out[i + 1] = rectified(x[i + 1]!)
      out[i + 2] = rectified(x[i + 2]!)
      out[i + 3] = rectified(x[i + 3]!)
    }
    p = i
  }
  for (; i < end; i++, p += s) out[i] = rectified(x[p]!)
}

const reluFloat64: UnaryLoop = (n, x, p, s, out, i) => {
  const end = i + n
  if (s === 1 && p === i) {
    for (; i < end - 3; i += 4) {
      out[i] = rectified(x[i]!)
      out[i + 1] = rectified(x[i + 1]!)
      out[i + 2] = rectified(x[i + 2]!)
      out[i + 3] = rectified(x[i + 3]!)
    }
    p = i
  }
  for (; i < end; i++, p += s) out[i] = rectified(x[p]!)
}

export const reluLoops: LoopsByType<UnaryLoop> = { float32: reluFloat32, float64: reluFloat64 }

// -----------------------------------------------------------------------------
// t where x > 0, else 0
// -----------------------------------------------------------------------------

const gateFloat32: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
  const end = i + n
  if (s === 1 && p === i && t === 1) {
    for (; i < end - 3; i += 4, q += 4) {
      out[i] = passed(x[i]!, y[q]!)
      out[i + 1] = passed(x[i + 1]!, y[q + 1]!)
      out[i + 2] = passed(x[i + 2]!, y[q + 2]!)
      out[i + 3] = passed(x[i + 3]!, y[q + 3]!)
    }
    p = i
  }
  for (; i < end; i++, p += s, q += t) out[i] = passed(x[p]!, y[q]!)
}

const gateFloat64: BinaryLoop = (n, x, p, s, y, q, t, out, i) => {
  const end = i + n
  if (s === 1 && p === i && t === 1) {
    for (; i < end - 3; i += 4, q += 4) {
      out[i] = passed(x[i]!, y[q]!)
      out[i + 1] = passed(x[i + 1]!, y[q + 1]!)
      out[i + 2] = passed(x[i + 2]!, y[q + 2]!)
      out[i + 3] = passed(x[i + 3]!, y[q + 3]!)
    }
    p = i
  }
  for (; i < end; i++, p += s, q += t) out[i] = passed(x[p]!, y[q]!)
}

export const gateLoops: LoopsByType<BinaryLoop> = { float32: gateFloat32, float64: gateFloat64 }
