/** Checks of numbers that makers are given. */
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
  throw new RangeError(refusal(operation, name, value, expected))
}

/** Zero or more, and finite. */
export const isNotNegative = (value: number): boolean => value >= 0 && value < Infinity
