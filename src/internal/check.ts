/** Checks of numbers and functions that operations are given. */
import { refusal } from './describe.js'

/** Refuses a value that is not a number, or for which `holds` is false: `operation: name is value; expected ...`. */
export const requireNumber = (
  operation: string,
  name: string,
  value: unknown,
  expected: string,
  holds: (value: number) => boolean
): void => {
  if (typeof value === 'number' && holds(value)) return
  throw new (typeof value === 'number' ? RangeError : TypeError)(refusal(operation, name, value, expected))
}

/** Refuses a value that is not a function. */
export const requireFunction = (operation: string, f: unknown, name = 'f'): void => {
  if (typeof f !== 'function') throw new TypeError(refusal(operation, name, f, 'a function'))
}

/** Zero or more, and finite. */
export const isNotNegative = (value: number): boolean => value >= 0 && value < Infinity

/** Refuses a number of things that is not one. */
export const requireCount = (operation: string, what: string, n: unknown): void => {
  requireNumber(operation, what, n, 'an integer above 0', (x) => Number.isInteger(x) && x > 0)
}
