/** Inner loops of elementwise operations over strided rows. */
import type { DType, Data } from '../DType.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** A function of one element. */
export type Scalar1 = (x: number) => number
/** A function of two elements. */
export type Scalar2 = (x: number, y: number) => number

/** `out[to + i] = f(x[p + i pStep])` for `i < n`. */
export type UnaryLoop = (n: number, x: Data, p: number, pStep: number, out: Data, to: number) => void

/** `out[to + i] = f(x[p + i pStep], y[q + i qStep])` for `i < n`. */
export type BinaryLoop = (
  n: number,
  x: Data,
  p: number,
  pStep: number,
  y: Data,
  q: number,
  qStep: number,
  out: Data,
  to: number
) => void

/** Loops written for one type of operands. */
export type LoopsByType<Loop> = { readonly [Type in DType]?: Loop }

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** The loop for any function: it calls `f`, which V8 does not inline here, as all loops of this maker share its type feedback. */
/* @__NO_SIDE_EFFECTS__ */
export const unaryLoop =
  (f: Scalar1): UnaryLoop =>
  (n, x, p, pStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep) out[to] = f(x[p]!)
  }

/** The same of two operands. */
/* @__NO_SIDE_EFFECTS__ */
export const binaryLoop =
  (f: Scalar2): BinaryLoop =>
  (n, x, p, pStep, y, q, qStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep, q += qStep) out[to] = f(x[p]!, y[q]!)
  }

/** `out[to + i] = mask[m + i mStep] ? x[p + i pStep] : y[q + i qStep]` for `i < n`. */
export const selectLoop = (
  n: number,
  mask: Data,
  m: number,
  mStep: number,
  x: Data,
  p: number,
  pStep: number,
  y: Data,
  q: number,
  qStep: number,
  out: Data,
  to: number
): void => {
  for (const end = to + n; to < end; to++, m += mStep, p += pStep, q += qStep) out[to] = mask[m] === 0 ? y[q]! : x[p]!
}
