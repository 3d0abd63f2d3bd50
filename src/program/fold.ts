/** Constants. */
import { type Atom, type Equation, type Kind, type Program, type TensorType, Variable } from '../primitive/model.js'
import { size } from '../shape/model.js'
import { type Concrete, isConcrete, uniform } from '../tensor/model.js'
import { hasEffect } from '../transform/program.js'
import { type Replaced, reading, replacedBy, throughout, withEquations } from './rewrite.js'

/** Up to this many elements, a constant may be computed and kept element by element. */
const few = 64

/** Kinds whose results are one number throughout where their operands are, and are computed as one. */
const ofOneNumber: readonly Kind[] = ['elementwise', 'view']

/** Kinds that may take long, whatever the sizes of their operands. */
const long: readonly Kind[] = ['control', 'opaque']

const isUniform = (atom: Atom): atom is Concrete =>
  !(atom instanceof Variable) && isConcrete(atom) && uniform(atom) !== undefined

const areUniform = (atoms: readonly Atom[]): atoms is readonly Concrete[] => atoms.every(isUniform)

const isSmall = (types: readonly TensorType[]): boolean => types.reduce((sum, { shape }) => sum + size(shape), 0) <= few

const isFoldable = (each: Equation, operands: readonly Concrete[]): boolean => {
  const { kind } = each.primitive
  if (hasEffect(each) || long.includes(kind)) return false
  return (ofOneNumber.includes(kind) && operands.length > 0) || (isSmall(operands) && isSmall(each.results))
}

/** The results of an equation, where they are known and small; an equation that throws does so when the program runs. */
const resultsOf = (each: Equation): readonly Concrete[] | undefined => {
  const { operands } = each
  if (!areUniform(operands) || !isFoldable(each, operands)) return undefined
  try {
    const results = each.primitive.evaluate(operands, each.params)
    return results.every((result) => uniform(result) !== undefined || size(result.shape) <= few) ? results : undefined
  } catch {
    return undefined
  }
}

/**
 * The program with constants computed beforehand: equations whose operands are all constants of one
 * number throughout, such as literals and `T.zeros`, where the results are such constants too, or have few elements; the
 * programs inside it too. Loops, opaque operations and effects stay.
 *
 * @example
 * import * as Debug from 'pullback/Debug'
 * import * as Program from 'pullback/Program'
 * import * as T from 'pullback/Tensor'
 *
 * const program = Debug.trace((x: T.Tensor<[]>) => T.sin(T.square(x)))(T.scalar(0))
 * const [x] = program.inputs
 * const atTwo = program.equations.map(({ primitive, params, operands, results }) =>
 *   Program.equation(primitive, params, operands.map((each) => (each === x ? T.scalar(2) : each)), results)
 * )
 * const folded = Program.foldConstants<Program.Program>({ ...program, inputs: [], equations: atTwo })
 * folded.equations.length // => 0
 * folded.outputs // => [T.scalar(-0.7568025)]
 */
export const foldConstants: <P extends Program>(program: P) => P = /* @__PURE__ */ throughout((program) => {
  const known: Replaced = new Map()
  const equations: Equation[] = []
  program.equations.forEach((each) => {
    const now = reading(each, known)
    const results = resultsOf(now)
    if (results === undefined) equations.push(now)
    else now.results.forEach((result, i) => known.set(result, results[i]!))
  })
  return withEquations(
    program,
    equations,
    program.outputs.map((output) => replacedBy(known, output))
  )
})
