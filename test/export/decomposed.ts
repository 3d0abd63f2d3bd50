/** What decompositions come to: programs in which only primitives of the core set are left, and their values. */
import { decompositions } from '../../src/compile/export/decompose/table.js'
import { type Atom, type Primitive, type Program, Variable } from '../../src/primitive/model.js'
import { bind } from '../../src/primitive/bind.js'
import { programsIn } from '../../src/program/rewrite.js'
import { isFloat } from '../../src/DType.js'
import { equals } from '../../src/shape/model.js'
import * as T from '../../src/Tensor.js'
import type { Tensor } from '../../src/tensor/model.js'
import { stage } from '../../src/transform/stage.js'

/** The names of primitives that are not elementwise and for which each format has rules. */
export const core: ReadonlySet<string> = new Set(
  (
    'stopGradient reshape permute broadcastTo concat split slice pad sum mean prod max min argmax argmin any all matmul ' +
    'convolution convolutionInput convolutionKernel windowMax windowSums gather scatterAdd takeAlongAxis addAlongAxis ' +
    'argsort where cumsum scan cond whileLoop checkpoint jit customVjp customJvp cholesky triangularSolve ' +
    'xor shiftLeft shiftRightLogical'
  ).split(' ')
)

/** Whether a format needs no decomposition of it. */
export const isCore = (primitive: Primitive): boolean => primitive.scalar !== undefined || core.has(primitive.name)

/** A primitive's decomposition as a program of its operands. */
export const decomposed = (primitive: Primitive, operands: readonly Tensor[], params: object): Program => {
  const decomposition = decompositions.get(primitive)
  if (decomposition === undefined) throw new Error(`${primitive.name} has no decomposition`)
  return stage('export', operands, (leaves) => decomposition(leaves, params)).program
}

/**
 * The values of a program in which every equation that is not of the core set is decomposed, at any depth; throws where one has no
 * decomposition, also in the bodies of loops and branches.
 */
export const runDecomposed = (program: Program, inputs: readonly Tensor[]): readonly Tensor[] => {
  const values = new Map<Variable, Tensor>(program.inputs.map((input, i) => [input, inputs[i]!]))
  const valueOf = (atom: Atom): Tensor => (atom instanceof Variable ? values.get(atom)! : atom)
  for (const each of program.equations) {
    const operands = each.operands.map(valueOf)
    programsIn(each).forEach(requireCore)
    const results = isCore(each.primitive)
      ? bind(each.primitive, operands, each.params)
      : runDecomposed(decomposed(each.primitive, operands, each.params), operands)
    each.results.forEach((result, i) => values.set(result, results[i]!))
  }
  return program.outputs.map(valueOf)
}

/** Throws unless a program comes to primitives of the core set. */
const requireCore = (program: Program): void => {
  for (const each of program.equations) {
    programsIn(each).forEach(requireCore)
    if (isCore(each.primitive)) continue
    const types = each.operands.map(({ shape, dtype }) => T.zeros(shape, dtype))
    requireCore(decomposed(each.primitive, types, each.params))
  }
}

const numbers = (x: Tensor): readonly number[] => [...T.toArray(T.cast(T.reshape(x, [-1]), 'float64'))].map(Number)

/** The largest difference, relative to the largest element; infinite where one is NaN or infinite and the other is not. */
const distance = (got: readonly number[], wanted: readonly number[]): number => {
  const largest = Math.max(1e-300, ...wanted.filter(Number.isFinite).map(Math.abs))
  return Math.max(
    0,
    ...wanted.map((each, i) => {
      const other = got[i]!
      if (Object.is(each, other) || each === other) return 0
      return Number.isFinite(each) && Number.isFinite(other) ? Math.abs(each - other) / largest : Infinity
    })
  )
}

/** What is wrong with a decomposition at some operands, beyond a relative tolerance for floats; nothing if nothing is. */
export const fault = (
  primitive: Primitive,
  operands: readonly Tensor[],
  params: object,
  tolerance: number
): string | undefined => {
  const wanted = bind(primitive, operands, params)
  const got = runDecomposed(decomposed(primitive, operands, params), operands)
  const isWrong = wanted.some((each, i) => {
    const { shape, dtype } = got[i]!
    const isTyped = dtype === each.dtype && equals(shape, each.shape)
    return !isTyped || !(distance(numbers(got[i]!), numbers(each)) <= (isFloat(dtype) ? tolerance : 0))
  })
  const list = (xs: readonly Tensor[]): string => xs.map(String).join(', ')
  return isWrong
    ? `${primitive.name} ${JSON.stringify(params)} of ${list(operands)}: ${list(got)} and not ${list(wanted)}`
    : undefined
}
