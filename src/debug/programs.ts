/** Programs inside of parameters: `checkpoint`, `scan`, `cond` and so on carry them. */
import type { Equation, Program } from '../primitive/model.js'

/** Whether a value has fields. */
export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Whether a parameter is a program. */
export const isProgram = (value: unknown): value is Program =>
  isObject(value) && 'equations' in value && 'inputs' in value && 'outputs' in value

/** Whether it is a record, and not of a class. */
export const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** What was rebuilt around other equations has the type that it had. */
const rebuilt = <P>(value: unknown): P => value as P

/** Parameters without programs stay the very objects that they are. */
const visit = (value: unknown, f: (equation: Equation) => Equation): unknown => {
  if (isProgram(value)) return { ...value, equations: value.equations.map(f) }
  if (!isObject(value) || !(Array.isArray(value) || isPlain(value))) return value
  const entries = Object.entries(value).map(([key, field]) => [key, field, visit(field, f)] as const)
  if (entries.every(([, before, after]) => before === after)) return value
  return Array.isArray(value)
    ? entries.map(([, , after]) => after)
    : Object.fromEntries(entries.map(([key, , after]) => [key, after]))
}

/** Parameters with other equations in their programs. */
export const mapEquations = <P>(params: P, f: (equation: Equation) => Equation): P => rebuilt<P>(visit(params, f))
