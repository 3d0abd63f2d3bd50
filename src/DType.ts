/**
 * Element types of tensors, and how they combine.
 *
 * `float32` is the default for literals and initialisers, `float64` is true double precision throughout, `int32` serves
 * for indices and counts, `bool` for masks.
 */

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/**
 * The type of a tensor's elements.
 *
 * @example
 * import type { DType } from 'pullback/DType'
 *
 * const precise: DType = 'float64'
 * precise // => 'float64'
 */
export type DType = 'float32' | 'float64' | 'int32' | 'bool'

/**
 * The floating-point dtypes: those of differentiable values.
 *
 * @example
 * import { isFloat, type FloatDType } from 'pullback/DType'
 *
 * const single: FloatDType = 'float32'
 * isFloat(single) // => true
 */
export type FloatDType = 'float32' | 'float64'

/**
 * The typed array that stores each element type; booleans are bytes 0 and 1.
 *
 * @example
 * import type { Data } from 'pullback/DType'
 *
 * const data: Data = new Float32Array([1, 2])
 * data.length // => 2
 */
export type Data = Float32Array | Float64Array | Int32Array | Uint8Array

/**
 * All element types, in promotion order: a later one absorbs an earlier one.
 *
 * @example
 * import * as DType from 'pullback/DType'
 *
 * DType.all // => ['bool', 'int32', 'float32', 'float64']
 */
export const all: readonly DType[] = ['bool', 'int32', 'float32', 'float64']

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/**
 * Whether values of this type can be differentiated.
 *
 * @example
 * import * as DType from 'pullback/DType'
 *
 * DType.isFloat('float32') // => true
 * DType.isFloat('int32') // => false
 */
export const isFloat = (dtype: DType): dtype is FloatDType => dtype === 'float32' || dtype === 'float64'

/**
 * The type of the result of an operation on two types: bool < int32 < float32 < float64.
 *
 * @example
 * import * as DType from 'pullback/DType'
 *
 * DType.promote('int32', 'float32') // => 'float32'
 * DType.promote('float64', 'float32') // => 'float64'
 */
export const promote = (a: DType, b: DType): DType => (a === b ? a : all.indexOf(a) > all.indexOf(b) ? a : b)

/**
 * The floating-point type that stands for a type in real-valued functions: int32 and bool become float32.
 *
 * @example
 * import * as DType from 'pullback/DType'
 *
 * DType.toFloat('int32') // => 'float32'
 * DType.toFloat('float64') // => 'float64'
 */
export const toFloat = (dtype: DType): FloatDType => (dtype === 'float64' ? 'float64' : 'float32')

/**
 * Rounds a number to a value that the type can hold: the nearest one for float32 (`Math.fround`), the whole part modulo
 * 2^32 for int32, and for bool 0 for zero, else 1.
 *
 * @example
 * import * as DType from 'pullback/DType'
 *
 * DType.round('float32', 0.1) // => 0.10000000149011612
 * DType.round('int32', -2.7) // => -2
 * DType.round('bool', 3) // => 1
 */
export const round = (dtype: DType, value: number): number => {
  switch (dtype) {
    case 'float32':
      return Math.fround(value)
    case 'float64':
      return value
    case 'int32':
      return value | 0
    case 'bool':
      return value === 0 ? 0 : 1
  }
}

/**
 * Whether a type holds a number exactly or as a rounded float: any number for floats, whole numbers from -2^31 to 2^31 - 1 for int32, 0
 * and 1 for bool.
 *
 * @example
 * import * as DType from 'pullback/DType'
 *
 * DType.holds('float32', 0.1) // => true
 * DType.holds('int32', 0.1) // => false
 * DType.holds('bool', 1) // => true
 */
export const holds = (dtype: DType, value: number): boolean => {
  switch (dtype) {
    case 'float32':
    case 'float64':
      return true
    case 'int32':
      return value === (value | 0)
    case 'bool':
      return value === 0 || value === 1
  }
}

/**
 * Machine epsilon, the gap between 1 and the next larger value: 2^-23 for float32, 2^-52 for float64.
 *
 * @example
 * import * as DType from 'pullback/DType'
 *
 * DType.epsilon('float64') === Number.EPSILON // => true
 */
export const epsilon = (dtype: FloatDType): number => (dtype === 'float32' ? 2 ** -23 : 2 ** -52)

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/**
 * The element type that a typed array stores: the inverse of `allocate`.
 *
 * @example
 * import * as DType from 'pullback/DType'
 *
 * DType.ofData(new Int32Array(3)) // => 'int32'
 */
export const ofData = (data: Data): DType =>
  data instanceof Float32Array
    ? 'float32'
    : data instanceof Float64Array
      ? 'float64'
      : data instanceof Int32Array
        ? 'int32'
        : 'bool'

/**
 * A fresh typed array of zeros.
 *
 * @example
 * import * as DType from 'pullback/DType'
 *
 * DType.allocate('int32', 3) // => new Int32Array([0, 0, 0])
 */
export const allocate = (dtype: DType, size: number): Data => {
  switch (dtype) {
    case 'float32':
      return new Float32Array(size)
    case 'float64':
      return new Float64Array(size)
    case 'int32':
      return new Int32Array(size)
    case 'bool':
      return new Uint8Array(size)
  }
}
