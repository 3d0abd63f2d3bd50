/** What cannot be exported, and how it is said. */
import type { Equation } from '../../primitive/model.js'

/**
 * An equation that a format cannot have: the name of its primitive, its scope, and the reason.
 *
 * @example
 * import type { UnsupportedEquation } from 'pullback/Export'
 *
 * const each: UnsupportedEquation = { name: 'svd', scope: 'encoder', reason: 'there is no decomposition' }
 * each.name // => 'svd'
 */
export interface UnsupportedEquation {
  readonly name: string
  readonly scope?: string
  readonly reason: string
}

/**
 * Why a program cannot be exported: all equations that the format cannot have, and a sentence for each.
 *
 * @example
 * import type { Unsupported } from 'pullback/Export'
 *
 * const format = ({ format }: Unsupported): string => format
 * format.length // => 1
 */
export interface Unsupported {
  readonly _tag: 'Unsupported'
  readonly format: string
  readonly equations: readonly UnsupportedEquation[]
  readonly message: string
}

/** An equation with the reason why it cannot be written. */
export const refused = ({ primitive: { name }, scope }: Equation, reason: string): UnsupportedEquation =>
  scope === undefined ? { name, reason } : { name, scope, reason }

const line = ({ name, scope, reason }: UnsupportedEquation): string =>
  `${name}${scope === undefined ? '' : ` in ${scope}`}: ${reason}`

/** The refusal of a program, in which equal sentences stand once. */
export const unsupported = (operation: string, format: string, each: readonly UnsupportedEquation[]): Unsupported => {
  const distinct = new Map(each.map((equation) => [line(equation), equation]))
  const equations = [...distinct.values()]
  const count = equations.length === 1 ? '1 operation is' : `${equations.length} operations are`
  const head = `${operation}: ${count} not supported by ${format}`
  return { _tag: 'Unsupported', format, equations, message: [head, ...distinct.keys()].join('\n  ') }
}
