/** The one way in which an error says what a value is. */

/** How many entries of a record or a list are shown, and how deep. */
const few = 6
const deep = 3

/** Whether an object is a record, and not an instance of a class. */
export const isPlain = (x: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(x)
  return prototype === Object.prototype || prototype === null
}

/** Whether a value can be options: an object, which may come from another realm, but not an instance of a class. */
export const isOptions = (x: unknown): x is object => {
  if (typeof x !== 'object' || x === null || Array.isArray(x)) return false
  const prototype: unknown = Object.getPrototypeOf(x)
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null
}

/** The fields of a tensor as far as this floor knows them; of its copies too, which have no class. */
interface TensorFields {
  readonly shape: readonly unknown[]
  readonly dtype: unknown
}

/** Whether a value is a tensor or a copy of one. */
export const isTensorLike = (x: unknown): x is TensorFields =>
  typeof x === 'object' &&
  x !== null &&
  'dtype' in x &&
  'shape' in x &&
  Array.isArray(x.shape) &&
  ('level' in x || 'value' in x || 'data' in x)

/** Whether a value is what `structuredClone`, `postMessage` or JSON make of a tensor: its fields without its class. */
export const isCopy = (x: unknown): x is TensorFields => isOptions(x) && isTensorLike(x)

const entriesOf = (x: object, depth: number): string => {
  const isList = Array.isArray(x)
  const entries = Object.entries(x)
  const parts = entries.slice(0, few).map(([key, each]) => {
    const part = depth === 0 ? '...' : shown(each, depth - 1)
    return isList ? part : `${key}: ${part}`
  })
  const inside = [...parts, ...(entries.length > few ? ['...'] : [])].join(', ')
  return isList ? `[${inside}]` : inside === '' ? '{}' : `{ ${inside} }`
}

const shown = (x: unknown, depth: number): string => {
  if (typeof x === 'string') return `'${x.length > 40 ? `${x.slice(0, 40)}...` : x}'`
  if (typeof x === 'function') return 'a function'
  if (typeof x !== 'object' || x === null) return typeof x === 'bigint' ? `${x}n` : String(x)
  if (isTensorLike(x)) return `a ${isPlain(x) ? 'copy of a ' : ''}tensor of shape [${x.shape.join(', ')}]`
  const maker: { readonly name: string } | undefined = x.constructor
  return Array.isArray(x) || isOptions(x) ? entriesOf(x, depth) : `an object of class ${maker?.name ?? 'unknown'}`
}

/**
 * A value in a sentence: `3`, `'mean'`, `[1, 2]`, `{ axis: 1 }`, `a function`, `a tensor of shape [2, 3]`,
 * `an object of class Date`. Long and deep values are shortened.
 */
export const describe = (x: unknown): string => shown(x, deep)

/** `a, b or c`. */
export const either = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)!}`

/** The sentence of a refusal: `sum: axis is 0.5; expected an integer`. */
export const refusal = (operation: string, subject: string, value: unknown, expected: string): string =>
  `${operation}: ${subject} is ${describe(value)}; expected ${expected}`

/** What was thrown in a sentence: the message of an error, or the value. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The remedy for a tensor that lost its class on its way. */
export const restore =
  '; restore it with T.fromTypedArray or T.fromJSON, as structuredClone and postMessage lose its class'
