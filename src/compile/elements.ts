/** Elements in memory. */
import type { DType } from '../DType.js'

export const bytesOf: { readonly [Type in DType]: number } = { float32: 4, float64: 8, int32: 4, bool: 1 }

/** Elements that loops take at a time; they may read and write so many behind the last one. */
export const strip = 4

/** The address of the status word, which code sets to 1 where an operand is such that the primitive would throw. */
export const statusAddress = 0
