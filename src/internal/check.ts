/** Checks of what makers are given: numbers, and the names of options. */
import { few, isOptions, shapeOf } from './given.js'

/** How deep records and lists are shown. */
const deep = 3

const shown = (value: unknown, depth: number): string => {
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return String(value)
  const shape = shapeOf(value)
  if (shape !== undefined) return `a tensor of shape [${shape.join(', ')}]`
  const list = Array.isArray(value)
  const maker = value.constructor?.name ?? 'unknown'
  if (!list && !isOptions(value)) return `an object of class ${maker}`
  const entries = Object.entries(value)
  const parts = entries.slice(0, few).map(([key, each]) => {
    const part = depth === 0 ? '...' : shown(each, depth - 1)
    return list ? part : `${JSON.stringify(key)}:${part}`
  })
  const inside = [...parts, ...(entries.length > few ? ['...'] : [])].join(',')
  return list ? `[${inside}]` : `{${inside}}`
}

/** A value as it may stand in a sentence: strings quoted, tensors by their shapes, records and lists as JSON, shortened. */
export const showGiven = (value: unknown): string => shown(value, deep)

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
  if (!isOptions(options)) {
    throw new TypeError(`${operation}: options ${showGiven(options)}; a record of ${known.join(', ')} is required`)
  }
  const wrong = Object.keys(options).find((name) => !known.includes(name))
  if (wrong === undefined) return
  throw new TypeError(`${operation}: option ${wrong}; ${known.join(', ')} ${known.length === 1 ? 'is' : 'are'} known`)
}

/** Zero or more, and finite. */
export const isNotNegative = (value: number): boolean => value >= 0 && value < Infinity
