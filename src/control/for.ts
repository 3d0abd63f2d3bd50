/** Loops that count. */
import { requireFunctions } from '../calculus/arguments.js'
import { refusal } from '../internal/describe.js'
import { options } from '../internal/options.js'
import { inLoop } from './depth.js'
import { segment, type ScanOptions, scanTrees } from './scan.js'
import { add } from '../tensor/arithmetic.js'
import { less } from '../tensor/comparison.js'
import { type Tensor, fromData, fromNumber, isScalar, isTensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { requireIndex } from './predicate.js'
import { carryChanges, ofInit, structureOf } from './structure.js'
import { whileLeaves } from './while.js'

/**
 * The options of `foriLoop`.
 *
 * @example
 * import type { ForOptions } from 'pullback/Control'
 *
 * const options: ForOptions = { checkpointEvery: 10 }
 * options.checkpointEvery // => 10
 */
export type ForOptions = Pick<ScanOptions, 'checkpointEvery'>

/** A bound as a number where it is one, else as a tensor. */
const boundOf = (what: string, bound: unknown): number | Tensor => {
  if (isTensor(bound)) {
    const x = requireIndex('foriLoop', what, bound)
    return isScalar(x) ? x.value : x
  }
  if (typeof bound === 'number' && Number.isInteger(bound) && Math.abs(bound) <= 2 ** 31 - 1) return bound
  throw new RangeError(refusal('foriLoop', what, bound, 'an integer or a scalar int32 tensor'))
}

const asTensor = (bound: number | Tensor): Tensor => (typeof bound === 'number' ? fromNumber('int32', bound) : bound)

const check = options<ForOptions>('foriLoop', { checkpointEvery: segment })

/**
 * The loop `for (i = lower; i < upper; i++) carry = body(i, carry)`, from `init` on.
 *
 * `i` is a scalar int32. The carry is a tree of tensors that keeps its structure, shapes and types. Bounds are integers, or
 * scalar int32 tensors, which may be traced: then it is a `whileLoop`. Between integers it is a `scan` without elements, and
 * takes its `checkpointEvery`. Without any step the result is `init`.
 *
 * @example
 * import { foriLoop } from 'pullback/Control'
 * import * as T from 'pullback/Tensor'
 *
 * const factorial = foriLoop(1, 6, (i, product: T.Tensor<[]>) => T.mul(product, i))
 * factorial(T.scalar(1, 'int32')) // => T.scalar(120, 'int32')
 */
export const foriLoop = <C>(
  lower: number | Tensor<[]>,
  upper: number | Tensor<[]>,
  body: (i: Tensor<[]>, carry: C) => NoInfer<C>,
  options: ForOptions = {}
): ((init: C) => C) => {
  requireFunctions('foriLoop', { body })
  check(options)
  const from = boundOf('lower', lower)
  const to = boundOf('upper', upper)
  if (typeof from === 'number' && typeof to === 'number') {
    const length = Math.max(0, to - from)
    const range = fromData(
      [length],
      'int32',
      Int32Array.from({ length }, (_, i) => from + i)
    )
    const step = (carry: C, i: Tensor<[]>): unknown => [body(i, carry), undefined]
    return (init) => scanTrees<C, Tensor<[]>, undefined>('foriLoop', step, init, range, options)[0]
  }
  if (options.checkpointEvery !== undefined && options.checkpointEvery !== false) {
    throw new TypeError('foriLoop: checkpointEvery was given and the bounds are traced; expected integers as bounds')
  }
  const last = asTensor(to)
  const step = inLoop(body)
  return (init) => {
    const carried = structureOf('foriLoop', init, ofInit)
    const results = whileLeaves(
      'foriLoop',
      ([i]) => less(i!, last),
      ([i, ...carry]) => [add(i!, 1), ...carried.match(step(typed<[]>(i!), carried.build(carry)), carryChanges)],
      [asTensor(from), ...carried.leaves],
      Infinity
    )
    return carried.build(results.slice(1))
  }
}
