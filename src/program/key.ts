/** Keys: equal strings for equal parameters and constants. */
import { isPlain } from '../internal/describe.js'
import { isProgram } from '../transform/program.js'
import { type Params, Variable } from '../primitive/model.js'
import { type Tensor, isConcrete, isTensor, uniform } from '../tensor/model.js'

const numbers = new WeakMap<object, number>()
let last = 0

/** A number that no other object has. */
export const identity = (x: object): string => {
  const known = numbers.get(x)
  if (known !== undefined) return `#${known}`
  numbers.set(x, ++last)
  return `#${last}`
}

/** A number, -0 and NaN as well. */
const numberKey = (x: number): string => (Object.is(x, -0) ? '-0' : String(x))

const valueKey = (x: unknown): string => {
  if (typeof x === 'number') return numberKey(x)
  if (typeof x === 'string') return JSON.stringify(x)
  if (typeof x === 'function') return identity(x)
  if (typeof x !== 'object' || x === null) return typeof x === 'bigint' ? `${x}n` : String(x)
  if (Array.isArray(x)) return `[${x.map(valueKey).join()}]`
  if (ArrayBuffer.isView(x) && !(x instanceof DataView)) {
    return `${x.constructor.name}[${Array.from(x as unknown as ArrayLike<number>, numberKey).join()}]`
  }
  return !isPlain(x) || isTensor(x) || isProgram(x) ? identity(x) : recordKey(x)
}

const recordKey = (x: object): string => {
  const fields = Object.entries(x).filter(([, value]) => value !== undefined)
  const sorted = fields.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([name, value]) => `${JSON.stringify(name)}:${valueKey(value)}`).join()}}`
}

/**
 * A string that is equal for equal parameters: plain data by structure, whatever the order of fields; programs, functions,
 * tensors and objects of classes by identity. It holds for one run of JavaScript, since identities are numbered.
 *
 * @example
 * import { paramsKey } from 'pullback/Program'
 *
 * paramsKey({ axes: [0, 1], keep: false }) // => '{"axes":[0,1],"keep":false}'
 * paramsKey({ b: -0, a: undefined }) === paramsKey({ b: -0 }) // => true
 * paramsKey({ b: -0 }) === paramsKey({ b: 0 }) // => false
 */
export const paramsKey = (params: Params): string => valueKey(params)

/** A key of what an equation reads: constants that are one number throughout by it, other ones by identity. */
export const atomKey = (atom: Variable | Tensor): string => {
  if (atom instanceof Variable) return `v${atom.index}`
  const value = isConcrete(atom) ? uniform(atom) : undefined
  return value === undefined ? identity(atom) : `${numberKey(value)}:${atom.dtype}[${atom.shape.join()}]`
}
