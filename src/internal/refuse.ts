/** Checks of what makers are given: numbers, and the names of options. */

/** A value as it may stand in a sentence: strings quoted, records as JSON. */
export const showGiven = (value: unknown): string => {
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) return JSON.stringify(value)
  return `an object of class ${value.constructor?.name ?? 'unknown'}`
}

/** Refuses a number that is none, or for which `holds` does not: `operation: name given; required is required`. */
export const requireNumber = (
  operation: string,
  name: string,
  value: unknown,
  required: string,
  holds: (value: number) => boolean
): void => {
  if (typeof value === 'number' && holds(value)) return
  throw new RangeError(`${operation}: ${name} ${showGiven(value)}; ${required} is required`)
}

/** Refuses options that are no record, and names that are not known. */
export const requireOptions = (operation: string, options: unknown, known: readonly string[]): void => {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${operation}: options ${showGiven(options)}; a record of ${known.join(', ')} is required`)
  }
  const wrong = Object.keys(options).find((name) => !known.includes(name))
  if (wrong === undefined) return
  throw new TypeError(`${operation}: option ${wrong}; ${known.join(', ')} ${known.length === 1 ? 'is' : 'are'} known`)
}

/** Zero or more, and finite. */
export const isNotNegative = (value: number): boolean => value >= 0 && value < Infinity
