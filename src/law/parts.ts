/** A primitive's value and its derivatives, each as a function of leaves. */
import { isFloat } from '../DType.js'
import type { Tensor } from '../tensor/model.js'
import { pull, push } from './derivative.js'
import { type Leaf, directionLeaf, operandLeaf } from './examples.js'
import { type Instance, movedFrom } from './instance.js'

type Tensors = readonly Tensor[]

/** A function of leaves, and the leaves to call it with. */
export interface Part {
  /** Its name in sentences. */
  readonly what: string
  readonly order: number
  readonly leaves: readonly Leaf[]
  readonly f: (leaves: Tensors) => Tensors
}

/** Whether the primitive has a value at the other examples of its operands. */
const works = (at: Instance, leaves: readonly Leaf[]): boolean => {
  try {
    return [1, 2, 3].every((example) => at.apply(leaves.map((leaf) => leaf(example))).length >= 0)
  } catch {
    return false
  }
}

const moves = (x: Tensor): boolean => isFloat(x.dtype)

/** The value; the vjp, of operands and cotangents; the jvp, of operands and tangents. */
export const partsOf = (at: Instance, salt: number): readonly [value: Part, ...derivatives: Part[]] => {
  const others = at.operands.map((operand) => operandLeaf(at, operand))
  const leaves = works(at, others) ? others : at.operands.map((operand) => () => operand)
  const value: Part = { what: 'value', order: 0, leaves, f: at.apply }
  const n = leaves.length
  const inputs = at.operands.filter(moves)
  const outputs = at.apply(at.operands).filter(moves)
  if (!at.differentiable || inputs.length === 0 || outputs.length === 0) return [value]
  const vjp: Part = {
    what: 'cotangent',
    order: 1,
    leaves: [...leaves, ...outputs.map((x, i) => directionLeaf(salt + i, x))],
    f: (all) => pull(movedFrom(at, all.slice(0, n), moves), all.slice(0, n).filter(moves), all.slice(n))
  }
  const jvp: Part = {
    what: 'tangent',
    order: 1,
    leaves: [...leaves, ...inputs.map((x, i) => directionLeaf(salt + i, x))],
    f: (all) => push(movedFrom(at, all.slice(0, n), moves), all.slice(0, n).filter(moves), all.slice(n))
  }
  return [value, vjp, jvp]
}
