/** The primitive behind staged choices: one of several programs, by an index. */
import { mappedProgram, pullbackProgram, spreadOver, tangentProgram } from '../calculus/program.js'
import { interval } from '../primitive/domain.js'
import { bindOne, bind } from '../primitive/bind.js'
import { type Program, type Primitive, none } from '../primitive/model.js'
import { run } from '../transform/program.js'
import { add, mul, sub } from '../tensor/arithmetic.js'
import { equal, greaterEqual } from '../tensor/comparison.js'
import { type Tensor, firstElement, isConcrete } from '../tensor/model.js'
import { wherePrimitive } from '../tensor/select.js'
import { broadcastToShape, reshapeTo } from '../tensor/structural.js'
import { sin } from '../tensor/trigonometric.js'
import { stage } from '../transform/stage.js'
import { filled } from './programs.js'
import { presence, present } from './step.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

/** The parameters of `cond`. Operands are the index of a branch, which is clamped, and the inputs of all branches. */
export interface Branches {
  readonly branches: readonly Program[]
}

type Leaves = readonly Tensor[]
type Flags = readonly boolean[]

/** Applies the primitive. */
export const bindCond = (operands: Leaves, params: Branches): Leaves => bind(condPrimitive, operands, params)

// -----------------------------------------------------------------------------
// choosing
// -----------------------------------------------------------------------------

/** A mask along the axes in front of a tensor, for all of it. */
const over = (mask: Tensor, { shape }: Tensor): Tensor => {
  const wide = reshapeTo(mask, [...mask.shape, ...shape.slice(mask.shape.length).map(() => 1)])
  return broadcastToShape(wide, shape)
}

/** One list of leaves where the mask is true, the other where it is false. The mask stands for the axes in front. */
export const selectLeaves = (mask: Tensor, a: Leaves, b: Leaves): Leaves =>
  a.map((x, i) => bindOne(wherePrimitive, [over(mask, x), x, b[i]!], none))

/** The results of the branch with an index, which is clamped, out of those of all branches. */
export const selectBranch = (index: Tensor, results: readonly Leaves[]): Leaves =>
  results.reduce((chosen, each, i) =>
    selectLeaves(i === results.length - 1 ? greaterEqual(index, i) : equal(index, i), each, chosen)
  )

/** An index between the first branch and the last. */
export const clamped = (index: number, count: number): number => Math.min(Math.max(index, 0), count - 1)

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

const union = (each: readonly Flags[]): Flags => each[0]!.map((_, i) => each.some((flags) => flags[i]))

/** The results of one of several programs. The others are not run, unless the index differs between examples of a mapping. */
export const condPrimitive: Primitive<Branches> = {
  name: 'cond',
  kind: 'control',
  infer: (_operands, { branches }) => branches[0]!.outputs,
  evaluate: ([index, ...operands], { branches }) => {
    const branch = branches[clamped(firstElement(index!), branches.length)]!
    return run(branch, operands).filter(isConcrete)
  },
  derivative: {
    jvp: ([, ...tangents], [index, ...operands], _out, { branches }, push) => {
      const derived = branches.map((branch) => tangentProgram(branch, presence(tangents), push))
      const moves = union(derived.map((each) => each.moves))
      const { outputs } = branches[0]!
      const both = bindCond([index!, ...operands, ...present(tangents)], {
        branches: derived.map((each) => filled(each.program, outputs.length, each.moves, moves, outputs))
      })
      return spreadOver(both.slice(outputs.length), moves)
    },
    vjp:
      ([index, ...operands], _out, { branches }) =>
      (cotangents, [, ...before]) => {
        const given = operands.map((_, i) => before[i] !== undefined)
        const pulled = branches.map((branch) => pullbackProgram(branch, presence(cotangents), given))
        const reached = union(pulled.map((each) => each.reached))
        const results = bindCond([index!, ...operands, ...present(cotangents), ...present(before)], {
          branches: pulled.map((each) => filled(each.program, 0, each.reached, reached, operands))
        })
        return [undefined, ...spreadOver(results, reached)]
      },
    accumulates: true
  },
  batch: ([index, ...operands], [byExample, ...mapped], { branches }, size, map) => {
    const all = branches.map((branch) => mappedProgram(branch, mapped, size, map))
    if (byExample !== true) return bindCond([index!, ...operands], { branches: all })
    return selectBranch(
      index!,
      all.map((branch) => run(branch, operands))
    )
  },
  cost: (_operands, { branches }, _results, { dearest }) => dearest(branches),
  programs: ({ branches }) => branches,
  takes: ({ branches }) => [{ shape: [], dtype: 'int32' }, ...branches[0]!.inputs],
  withPrograms: (_params, branches) => ({ branches }),
  sample: (draw) => {
    const x = draw.tensor([2], interval(-1, 1))
    const y = draw.tensor([2], interval(-1, 1))
    return { operands: [draw.indices([], 3), x, y], params: { branches: sampleBranches(x) } }
  }
}

/** Smooth branches: the same programs for every sample, so that everything derived from them is made once. */
const sampleBranches = (() => {
  let branches: readonly Program[] | undefined
  return (type: Tensor): readonly Program[] => {
    const of = (f: (x: Tensor, y: Tensor) => Tensor): Program =>
      stage('cond', [type, type], ([x = type, y = type]) => [f(x, y), x]).program
    branches ??= [of((x, y) => mul(sin(x), y)), of(add), of((x, y) => sub(mul(x, x), y))]
    return branches
  }
})()
