/** What decompositions come to: programs in which only primitives of the core set are left, and their values. */
import { decompositions } from '../../src/compile/export/decompose/table.js'
import type { Atom, Primitive, Program } from '../../src/primitive/model.js'
import { Variable } from '../../src/primitive/model.js'
import { bind } from '../../src/primitive/bind.js'
import { programsIn } from '../../src/program/rewrite.js'
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

/** The values of a program in which every equation that is not of the core set is decomposed, at any depth. */
export const runDecomposed = (program: Program, inputs: readonly Tensor[], seen: Set<string>): readonly Tensor[] => {
  const values = new Map<Variable, Tensor>(program.inputs.map((input, i) => [input, inputs[i]!]))
  const valueOf = (atom: Atom): Tensor => (atom instanceof Variable ? values.get(atom)! : atom)
  for (const each of program.equations) {
    const operands = each.operands.map(valueOf)
    const inner = programsIn(each)
    inner.forEach((body) => namesIn(body, seen))
    const results = isCore(each.primitive)
      ? bind(each.primitive, operands, each.params)
      : runDecomposed(decomposed(each.primitive, operands, each.params), operands, seen)
    if (isCore(each.primitive)) seen.add(each.primitive.name)
    each.results.forEach((result, i) => values.set(result, results[i]!))
  }
  return program.outputs.map(valueOf)
}

/** Notes the names of the primitives that are left in a program when all is decomposed. */
const namesIn = (program: Program, seen: Set<string>): void => {
  for (const each of program.equations) {
    programsIn(each).forEach((body) => namesIn(body, seen))
    if (isCore(each.primitive)) seen.add(each.primitive.name)
    else {
      const { operands, params, primitive } = each
      const types = operands.map((atom) => ({ shape: atom.shape, dtype: atom.dtype }))
      const decomposition = decompositions.get(primitive)
      if (decomposition === undefined) throw new Error(`${primitive.name} has no decomposition`)
      namesIn(stage('export', types, (leaves) => decomposition(leaves, params)).program, seen)
    }
  }
}
