/** The words of StableHLO text: types, numbers, arrays and names. */
import type { DType } from '../../../DType.js'
import type { TensorType } from '../../../primitive/model.js'
import type { Shape } from '../../../shape/model.js'
import { size } from '../../../shape/model.js'
import { type Concrete, contiguous, uniform } from '../../../tensor/model.js'

// -----------------------------------------------------------------------------
// types
// -----------------------------------------------------------------------------

const elements: Readonly<Record<DType, string>> = { float32: 'f32', float64: 'f64', int32: 'i32', bool: 'i1' }

/** `tensor<2x3xf32>` */
export const typeText = ({ shape, dtype }: TensorType): string => `tensor<${[...shape, elements[dtype]].join('x')}>`

/** `tensor<f32>, tensor<2xi32>` */
export const typesText = (types: readonly TensorType[]): string => types.map(typeText).join(', ')

/** `(tensor<f32>, tensor<2xi32>) -> tensor<2xf32>` */
export const signatureText = (operands: readonly TensorType[], result: TensorType): string =>
  `(${typesText(operands)}) -> ${typeText(result)}`

/** `[0, 1]` */
export const listText = (list: readonly (number | string)[]): string => `[${list.join(', ')}]`

/** `array<i64: 0, 1>` */
export const arrayText = (list: readonly number[]): string =>
  list.length === 0 ? 'array<i64>' : `array<i64: ${list.join(', ')}>`

// -----------------------------------------------------------------------------
// numbers
// -----------------------------------------------------------------------------

/** The shortest decimal that is the same number in float32. */
const shortest = (value: number): string => {
  for (let digits = 1; digits <= 9; digits++) {
    const text = value.toPrecision(digits)
    if (Math.fround(Number(text)) === value) return text
  }
  return String(value)
}

/** A decimal with a point, which the format wants in front of an exponent. */
const withPoint = (text: string): string => {
  const [digits = '', exponent] = text.split('e')
  const mantissa = digits.includes('.') ? digits : `${digits}.0`
  return exponent === undefined ? mantissa : `${mantissa}e${exponent}`
}

const bytesOf = (dtype: 'float32' | 'float64', value: number): string => {
  const view = new DataView(new ArrayBuffer(dtype === 'float32' ? 4 : 8))
  if (dtype === 'float32') view.setFloat32(0, value)
  else view.setFloat64(0, value)
  return `0x${hexOf(new Uint8Array(view.buffer))}`
}

const hexOf = (bytes: Uint8Array): string => {
  const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0').toUpperCase())
  let text = ''
  for (const byte of bytes) text += pairs[byte]!
  return text
}

/** A number as the element of a constant: in decimals, infinities and NaN by their bits. */
export const numberText = (value: number, dtype: DType): string => {
  switch (dtype) {
    case 'bool':
      return value === 0 ? 'false' : 'true'
    case 'int32':
      return String(value | 0)
    case 'float32': {
      const rounded = Math.fround(value)
      return Number.isFinite(rounded)
        ? withPoint(Object.is(rounded, -0) ? '-0.0' : shortest(rounded))
        : bytesOf(dtype, rounded)
    }
    case 'float64':
      return Number.isFinite(value) ? withPoint(Object.is(value, -0) ? '-0.0' : String(value)) : bytesOf(dtype, value)
  }
}

/** `dense<0.0>`, or all elements: numbers by their little-endian bytes, booleans in words. */
export const denseText = (x: Concrete): string => {
  const one = uniform(x)
  if (one !== undefined) return `dense<${numberText(one, x.dtype)}>`
  const { data, offset } = contiguous(x)
  const values = data.subarray(offset, offset + size(x.shape))
  if (values.length === 0) return 'dense<>'
  if (values instanceof Uint8Array) return `dense<${nested(Array.from(values), x.shape)}>`
  return `dense<"0x${hexOf(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))}">`
}

const nested = (values: readonly number[], [n = 0, ...rest]: Shape): string => {
  const step = values.length / n
  const parts = Array.from({ length: n }, (_, i) => values.slice(i * step, (i + 1) * step))
  return listText(parts.map((part) => (rest.length === 0 ? numberText(part[0]!, 'bool') : nested(part, rest))))
}

// -----------------------------------------------------------------------------
// names
// -----------------------------------------------------------------------------

const escaped = (char: string): string => {
  const code = char.charCodeAt(0)
  // A half of a pair has no code in UTF-8.
  if (char.length === 1 && code >= 0xd800 && code <= 0xdfff) return '\uFFFD'
  const ends = char === '"' || char === '\\' || code < 32 || code === 127
  return ends ? `\\${code.toString(16).padStart(2, '0').toUpperCase()}` : char
}

/** A text in quotes: what would end it or the line is written by its code. */
export const quoted = (text: string): string => `"${Array.from(text, escaped).join('')}"`
