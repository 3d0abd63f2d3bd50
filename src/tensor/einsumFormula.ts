/** The formulas of `einsum`: one label per axis of each operand, and of the result. */
import { type Shape, ShapeError, show } from '../shape/model.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** A formula whose labels have been matched with the axes of the operands. */
export interface Formula {
  /** The labels of each operand, one per axis; those of an ellipsis are `...1`, `...2` and so on from its last axis. */
  readonly inputs: readonly (readonly string[])[]
  readonly output: readonly string[]
  /** The size of each label. */
  readonly sizes: ReadonlyMap<string, number>
}

const ellipsis = '...'
const term = /^[A-Za-z]*(\.\.\.)?[A-Za-z]*$/

const refuse = (shapes: readonly Shape[], rule: string): ShapeError => new ShapeError('einsum', shapes, rule)

const isOfEllipsis = (label: string): boolean => label.startsWith(ellipsis)

// -----------------------------------------------------------------------------
// labels
// -----------------------------------------------------------------------------

/** The labels of a term, whose ellipsis stands for `spread` axes. */
const expand = (text: string, spread: number): readonly string[] => {
  const [before = '', after = ''] = text.split(ellipsis)
  const dots = text.includes(ellipsis) ? Array.from({ length: spread }, (_, i) => `${ellipsis}${spread - i}`) : []
  return [...before.split(''), ...dots, ...after.split('')]
}

/** The labels of one operand, as many as it has axes. */
const labelsOf = (text: string, shapes: readonly Shape[], index: number): readonly string[] => {
  const shape = shapes[index]!
  const letters = text.replace(ellipsis, '').length
  const spread = shape.length - letters
  if (text.includes(ellipsis) ? spread >= 0 : spread === 0) return expand(text, spread)
  throw refuse(shapes, `'${text}' does not fit operand ${index} of shape ${show(shape)}; expected one label per axis`)
}

/** The size of each label: one, save that axes of size 1 under an ellipsis broadcast. */
const sizesOf = (
  text: string,
  inputs: readonly (readonly string[])[],
  shapes: readonly Shape[]
): ReadonlyMap<string, number> => {
  const sizes = new Map<string, number>()
  const owners = new Map<string, number>()
  inputs.forEach((labels, operand) =>
    labels.forEach((label, axis) => {
      const n = shapes[operand]![axis]!
      const before = sizes.get(label)
      if (before !== undefined && before !== n && !(isOfEllipsis(label) && (before === 1 || n === 1))) {
        const [what, rule] = isOfEllipsis(label)
          ? [`an axis of '...'`, 'sizes that agree or are 1']
          : [`label ${label}`, 'one size per label']
        throw refuse(
          shapes,
          `${what} is ${before} in operand ${owners.get(label)} and ${n} in operand ${operand} of '${text}'; expected ${rule}`
        )
      }
      if (before === undefined || before === 1) {
        sizes.set(label, n)
        owners.set(label, operand)
      }
    })
  )
  return sizes
}

/** Without an arrow: the axes of the ellipsis, then the labels that occur once, in alphabetical order. */
const implied = (inputs: readonly (readonly string[])[], spread: number): readonly string[] => {
  const letters = inputs.flat().filter((label) => !isOfEllipsis(label))
  const once = letters.filter((label) => letters.indexOf(label) === letters.lastIndexOf(label))
  return [...expand(ellipsis, spread), ...once.sort()]
}

// -----------------------------------------------------------------------------
// constructors
// -----------------------------------------------------------------------------

/** Reads a formula for operands of given shapes; throws in the user's terms. */
export const parseFormula = (text: string, shapes: readonly Shape[]): Formula => {
  const [left = '', right, ...more] = text.replace(/\s+/g, '').split('->')
  const terms = left.split(',')
  if (more.length > 0 || ![...terms, right ?? ''].every((each) => term.test(each))) {
    throw refuse(shapes, `formula is '${text}'; expected letters, commas, '...' and one '->'`)
  }
  if (terms.length !== shapes.length) {
    throw refuse(shapes, `the number of operands is ${shapes.length}; for '${text}', expected ${terms.length}`)
  }
  const inputs = terms.map((each, index) => labelsOf(each, shapes, index))
  const sizes = sizesOf(text, inputs, shapes)
  const spread = Math.max(...inputs.map((labels) => labels.filter(isOfEllipsis).length))
  if (right === undefined) return { inputs, output: implied(inputs, spread), sizes }
  if (spread > 0 && !right.includes(ellipsis)) {
    throw refuse(shapes, `'${text}' leaves '...' out of the result; expected it there`)
  }
  const output = expand(right, spread)
  const unknown = output.find((label) => !sizes.has(label))
  if (unknown !== undefined) {
    throw refuse(shapes, `'${text}' has label ${unknown} in the result only; expected a label of an operand`)
  }
  const twice = output.find((label, axis) => output.indexOf(label) < axis)
  if (twice !== undefined) {
    throw refuse(shapes, `'${text}' has label ${twice} twice in the result; expected each label once`)
  }
  return { inputs, output, sizes }
}
