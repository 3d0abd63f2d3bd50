/** A broken law as text. */
import { shortened } from './literal.js'
import type { GradientMismatch, Jacobians } from './model.js'

const exact = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

const short = (value: number): string => (Number.isInteger(value) ? exact(value) : value.toPrecision(10))

/** Numbers that must be equal are printed to the last bit. */
const both = (automatic: number, expected: number, bound: number): string =>
  bound === 0
    ? `found ${exact(automatic)}, expected exactly ${exact(expected)}`
    : `found ${short(automatic)}, expected ${short(expected)} within ${bound.toExponential(1)}`

const matrix = (name: string, rows: readonly (readonly number[])[]): readonly string[] => [
  `  ${name}`,
  ...rows.map((row) => `    [${row.map((each) => Number(each.toPrecision(6))).join(', ')}]`)
]

const orders: readonly string[] = ['the value', 'the derivative', 'the second derivative', 'the third derivative']

/** Long operands are shortened; the mismatch has them in full. */
const operandLines = (operands: readonly string[]): readonly string[] => {
  if (operands.length === 0) return []
  const shown = operands.map(shortened)
  const where = shown.some((text, i) => text !== operands[i]) ? ' (in full in mismatch.operands)' : ''
  return [`  operands${where}: ${shown.join(', ')}`]
}

const jacobianLines = (jacobians: Jacobians | undefined): readonly string[] =>
  jacobians === undefined
    ? []
    : [
        ...matrix('Jacobian by differentiation (a row per output)', jacobians.automatic),
        ...matrix('Jacobian by finite differences', jacobians.numeric)
      ]

/**
 * A broken law as text, over several lines: the disagreement, its place, and the operands, of which long ones are shortened.
 *
 * @example
 * import * as E from 'fp-ts/lib/Either.js'
 * import * as Law from 'pullback/Law'
 * import { customVjp } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const wrongSign = customVjp((x: T.Tensor) => [T.mul(x, 2), {}] as const, (_, ct) => [T.mul(ct, -2)])
 * const verdict = Law.check(wrongSign, { name: 'double' })(T.scalar(0.5, 'float64'))
 * E.isLeft(verdict) && Law.show(verdict.left).split('\n')[0]
 * // => 'double: vjp and finite differences disagree; expected the derivative to obey the law "finite differences"'
 */
export const show = (mismatch: GradientMismatch): string => {
  const { law, name, order, what, operands, path, index, automatic, expected, bound, ratio, hint, jacobians } = mismatch
  const head = `${name}: ${what}; expected ${orders[order] ?? `order ${order}`} to obey the law "${law}"`
  const at = path === '' ? '' : `at ${path}${index.length === 0 ? '' : `[${index.join(', ')}]`}: `
  const numbers = Number.isNaN(automatic) && Number.isNaN(expected) && Number.isNaN(bound)
  return [
    head,
    ...(numbers
      ? []
      : [
          `  ${at}${both(automatic, expected, bound)}`,
          `  ratio ${short(ratio)}${hint === undefined ? '' : `: ${hint}`}`
        ]),
    ...operandLines(operands),
    ...jacobianLines(jacobians)
  ].join('\n')
}
