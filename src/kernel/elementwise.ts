/** Inner loops of elementwise operations over strided rows. */
import type { Data } from '../DType.js'

/** A function of one element. */
export type Scalar1 = (x: number) => number
/** A function of two elements. */
export type Scalar2 = (x: number, y: number) => number

/** `out[to + i] = f(x[at + i step])` for `i < n`. */
export type UnaryLoop = (n: number, x: Data, at: number, step: number, out: Data, to: number) => void

/** `out[to + i] = f(x[xAt + i xStep], y[yAt + i yStep])` for `i < n`. */
export type BinaryLoop = (
  n: number,
  x: Data,
  xAt: number,
  xStep: number,
  y: Data,
  yAt: number,
  yStep: number,
  out: Data,
  to: number
) => void

/** The loop for any function. */
export const unaryLoop =
  (f: Scalar1): UnaryLoop =>
  (n, x, at, step, out, to) => {
    for (let i = 0; i < n; i++) out[to + i] = f(x[at + i * step]!)
  }

/** The loop for any function. */
export const binaryLoop =
  (f: Scalar2): BinaryLoop =>
  (n, x, xAt, xStep, y, yAt, yStep, out, to) => {
    for (let i = 0; i < n; i++) out[to + i] = f(x[xAt + i * xStep]!, y[yAt + i * yStep]!)
  }
