/** What was given, in words: for the sentences of refusals. */

/** The elements of a list that are shown. */
export const few = 6

/** The shape of a tensor, of which nothing else is known on this floor; `undefined` for all that is none. */
export const shapeOf = (x: object): readonly unknown[] | undefined =>
  'dtype' in x && 'level' in x && 'shape' in x && Array.isArray(x.shape) ? x.shape : undefined

/** A value as one would write it: `3`, `'3'`, `[1, 2]`; objects by their kind. */
export const show = (x: unknown): string => {
  if (typeof x === 'string') return `'${x.length > 20 ? `${x.slice(0, 20)}...` : x}'`
  if (Array.isArray(x)) return `[${x.slice(0, few).map(show).join(', ')}${x.length > few ? ', ...' : ''}]`
  if (typeof x === 'function') return 'a function'
  if (typeof x !== 'object' || x === null) return String(x)
  return shapeOf(x) === undefined ? 'an object' : 'a tensor'
}

/** Whether a value can be options: an object that no class made. */
export const isOptions = (x: unknown): x is object => {
  if (typeof x !== 'object' || x === null || Array.isArray(x)) return false
  const prototype: unknown = Object.getPrototypeOf(x)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Whether an object is a record, and not of a class. */
export const isPlain = (x: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(x)
  return prototype === Object.prototype || prototype === null
}
