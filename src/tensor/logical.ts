/** Logic on masks, elementwise: every element other than 0 counts as true. The results are bool, and their derivative is 0. */
import * as E from '../primitive/expression.js'
import { none, type None } from '../primitive/model.js'
import { type Sample, real } from '../primitive/domain.js'
import { type Binary, type BinaryRecord, type Unary, binary, unary } from '../primitive/elementwise.js'

const masks: Sample<None> = (draw) => {
  const shape = draw.shape()
  return { operands: [draw.mask(shape), draw.mask(shape)], params: none }
}

const combining: Pick<BinaryRecord<string>, 'domains' | 'accepts' | 'result' | 'sample'> = {
  domains: [real, real],
  accepts: 'any',
  result: 'bool',
  sample: masks
}

/**
 * Whether both are true.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.logicalAnd(T.of([true, true, false, false]), T.of([true, false, true, false])) // => T.of([true, false, false, false])
 */
export const logicalAnd: Binary<'logicalAnd'> = binary({
  ...combining,
  name: 'logicalAnd',
  f: (x, y) => (x !== 0 && y !== 0 ? 1 : 0),
  scalar: E.select(E.notEqual(E.x, 0), E.notEqual(E.y, 0), 0)
})

/**
 * Whether one or both are true.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.logicalOr(T.of([true, true, false, false]), T.of([true, false, true, false])) // => T.of([true, true, true, false])
 */
export const logicalOr: Binary<'logicalOr'> = binary({
  ...combining,
  name: 'logicalOr',
  f: (x, y) => (x !== 0 || y !== 0 ? 1 : 0),
  scalar: E.select(E.notEqual(E.x, 0), 1, E.notEqual(E.y, 0))
})

/**
 * Whether exactly one is true.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.logicalXor(T.of([true, true, false, false]), T.of([true, false, true, false])) // => T.of([false, true, true, false])
 */
export const logicalXor: Binary<'logicalXor'> = binary({
  ...combining,
  name: 'logicalXor',
  f: (x, y) => ((x !== 0) !== (y !== 0) ? 1 : 0),
  scalar: E.notEqual(E.notEqual(E.x, 0), E.notEqual(E.y, 0))
})

/**
 * Whether it is false.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.logicalNot(T.of([true, false])) // => T.of([false, true])
 */
export const logicalNot: Unary = unary({
  name: 'logicalNot',
  domain: real,
  f: (x) => (x === 0 ? 1 : 0),
  scalar: E.equal(E.x, 0),
  accepts: 'any',
  result: 'bool',
  sample: (draw) => ({ operands: [draw.mask(draw.shape())], params: none })
})
