/** Values as one would write them in TypeScript, to be pasted into a test. */
import { size } from '../shape/model.js'
import { type Tensor, isConcrete, isTensor } from '../tensor/model.js'
import { flat } from './values.js'

const element = (x: Tensor, value: number): string =>
  x.dtype === 'bool' ? String(value !== 0) : Object.is(value, -0) ? '-0' : String(value)

const nested = (x: Tensor, values: Float64Array): string => {
  const block = (axis: number, from: number, width: number): string => {
    const n = x.shape[axis]
    if (n === undefined) return element(x, values[from]!)
    const inner = width / n
    return `[${Array.from({ length: n }, (_, i) => block(axis + 1, from + i * inner, inner)).join(', ')}]`
  }
  return block(0, 0, values.length)
}

const ofTensor = (x: Tensor): string => {
  if (!isConcrete(x)) return String(x)
  const dtype = x.dtype === 'bool' ? '' : `, '${x.dtype}'`
  if (size(x.shape) === 0) return `T.zeros([${x.shape.join(', ')}], '${x.dtype}')`
  const values = flat([x])
  return x.shape.length === 0 ? `T.scalar(${element(x, values[0]!)}${dtype})` : `T.of(${nested(x, values)}${dtype})`
}

/** A value of any kind as TypeScript: tensors by their constructors, the rest as literals. */
export const literal = (value: unknown): string => {
  if (isTensor(value)) return ofTensor(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return value.name === '' ? '(a function)' : value.name
  if (typeof value === 'object' && value !== null) {
    if ('equations' in value) return '(a program)'
    const fields = Object.entries(value).map(([key, each]) => `${key}: ${literal(each)}`)
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
  }
  return String(value)
}

/** The most characters of a literal that a message shows. */
const longest = 400

/** The start of a literal that is too long for a message, up to an element, and its length. */
export const shortened = (text: string): string => {
  if (text.length <= longest) return text
  const end = text.lastIndexOf(', ', longest)
  return `${text.slice(0, end > 0 ? end + 1 : longest)} ... (of ${text.length} characters)`
}
