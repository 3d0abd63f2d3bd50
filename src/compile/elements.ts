/** Elements in memory. */
import type { DType } from '../DType.js'
import { type Shape, size } from '../shape/model.js'

export const bytesOf: { readonly [Type in DType]: number } = { float32: 4, float64: 8, int32: 4, bool: 1 }

/** Elements that loops take at a time; they may read and write so many behind the last one. */
export const strip = 4

/** The address of the status word, which code sets to 1 where an operand is such that the primitive would throw. */
export const statusAddress = 0

/** Whether a tensor has an array, and so few elements that arguments or results of its size are copied together. */
export const isSmall = (shape: Shape): boolean => shape.length > 0 && size(shape) > 0 && size(shape) <= 256
