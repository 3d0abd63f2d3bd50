/**
 * How a call of a primitive finds its interpreter.
 *
 * The operands decide: a call goes to the interpreter of its highest-level operand, which treats operands of lower levels
 * as constants. There is neither a current tape nor a registry; only the body of a loop or a branch, while it is being written, takes
 * operations on values from outside as well (`writingBody`).
 */
import { type Concrete, type Tensor, isConcrete } from '../tensor/model.js'
import { requireTensor } from '../internal/require.js'
import type { Pair, Params, Primitive, Single } from './model.js'
import { Traced, interpreterOf, leaked } from './traced.js'

/** The error for operands that are not all tensors. */
const notATensor = (operation: string, operands: readonly Tensor[]): Error => {
  for (const x of operands) requireTensor(operation, x)
  return leaked(operation, 'a transformation')
}

const highest = (operands: readonly Tensor[]): Tensor | undefined => {
  let top: Tensor | undefined
  let level = 0
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i]!
    // What is not a tensor has no level: `notATensor` names it.
    if (!(operand.level >= 0)) return operand
    if (operand.level > level) {
      level = operand.level
      top = operand
    }
  }
  return top
}

const allConcrete = (operands: readonly Tensor[], top: Tensor | undefined): operands is readonly Concrete[] =>
  top === undefined

/**
 * Applies a primitive: runs its kernel on concrete operands, otherwise calls the interpreter of the highest-level operand.
 *
 * @example
 * import { bind } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * const { primitive } = T.where
 * bind(primitive, [T.of([true, false]), T.of([1, 2]), T.of([3, 4])], {}) // => [T.of([1, 4])]
 */
export const bind = <P extends Params>(
  primitive: Primitive<P>,
  operands: readonly Tensor[],
  params: P
): readonly Tensor[] => {
  const top = highest(operands)
  if (allConcrete(operands, top)) return primitive.evaluate(operands, params)
  if (top instanceof Traced) return interpreterOf(top).apply(primitive, operands, params)
  throw notATensor(primitive.name, operands)
}

/**
 * Applies a primitive with one result.
 *
 * @example
 * import { bindOne, none } from 'pullback/Primitive'
 * import * as T from 'pullback/Tensor'
 *
 * bindOne(T.neg.primitive, [T.of([1, 2])], none) // => T.of([-1, -2])
 */
export const bindOne = <P extends Params>(primitive: Primitive<P>, operands: readonly Tensor[], params: P): Tensor =>
  bind(primitive, operands, params)[0]!

/** Applies a primitive of one operand without parameters, as `bind` does. */
export const bindSingle = (single: Single, x: Tensor): Tensor => {
  if (isConcrete(x)) return single.evaluate(x)
  const top: Tensor = x
  if (top instanceof Traced) return interpreterOf(top).applySingle(single, x)
  throw notATensor(single.primitive.name, [x])
}

/** Applies a primitive of two operands of one type and shape, as `bind` does. */
export const bindPair = (pair: Pair, x: Tensor, y: Tensor): Tensor => {
  if (isConcrete(x) && isConcrete(y)) return pair.evaluate(x, y)
  const top = x.level > y.level ? x : y
  if (top instanceof Traced) return interpreterOf(top).applyPair(pair, x, y)
  throw notATensor(pair.primitive.name, [x, y])
}
