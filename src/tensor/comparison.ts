/**
 * Comparisons, elementwise, and tests of special values: masks of type bool, whose derivative is 0. A mask is an object, so
 * `if (greater(x, 0))` is always true: read it with `item`, or choose with `where`.
 */
import * as E from '../primitive/expression.js'
import { real } from '../primitive/domain.js'
import { type Binary, type BinaryRecord, type Unary, binary, unary } from '../primitive/elementwise.js'

/** The common part of all comparisons; where operands are equal they jump. */
const comparing: Pick<BinaryRecord<string>, 'domains' | 'distinct' | 'accepts' | 'result'> = {
  domains: [real, real],
  distinct: true,
  accepts: 'any',
  result: 'bool'
}

/**
 * Whether a = b. NaN equals nothing.
 * A mask is not a condition: `if (T.equal(a, b))` is always true, read it with `T.item` first.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.equal(T.of([1, 2]), T.of([1, 3])) // => T.of([true, false])
 */
export const equal: Binary<'equal'> = binary({
  ...comparing,
  name: 'equal',
  scalar: E.equal(E.x, E.y),
  loop: (n, x, p, pStep, y, q, qStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep, q += qStep) out[to] = x[p]! === y[q]! ? 1 : 0
  }
})

/**
 * Whether a differs from b. NaN differs from everything.
 * A mask is not a condition: `if (T.notEqual(a, b))` is always true, read it with `T.item` first.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.notEqual(T.of([1, 2]), T.of([1, 3])) // => T.of([false, true])
 */
export const notEqual: Binary<'notEqual'> = binary({
  ...comparing,
  name: 'notEqual',
  scalar: E.notEqual(E.x, E.y),
  loop: (n, x, p, pStep, y, q, qStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep, q += qStep) out[to] = x[p]! !== y[q]! ? 1 : 0
  }
})

/**
 * Whether a < b. A mask is not a condition: `if (T.less(a, b))` is always true, read it with `T.item` first.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.less(T.of([1, 2, 3]), 2) // => T.of([true, false, false])
 */
export const less: Binary<'less'> = binary({
  ...comparing,
  name: 'less',
  scalar: E.less(E.x, E.y),
  loop: (n, x, p, pStep, y, q, qStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep, q += qStep) out[to] = x[p]! < y[q]! ? 1 : 0
  }
})

/**
 * Whether a <= b. A mask is not a condition: `if (T.lessEqual(a, b))` is always true, read it with `T.item` first.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.lessEqual(T.of([1, 2, 3]), 2) // => T.of([true, true, false])
 */
export const lessEqual: Binary<'lessEqual'> = binary({
  ...comparing,
  name: 'lessEqual',
  scalar: E.lessEqual(E.x, E.y),
  loop: (n, x, p, pStep, y, q, qStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep, q += qStep) out[to] = x[p]! <= y[q]! ? 1 : 0
  }
})

/**
 * Whether a > b. A mask is not a condition: `if (T.greater(a, b))` is always true, read it with `T.item` first.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.greater(T.of([1, 2, 3]), 2) // => T.of([false, false, true])
 */
export const greater: Binary<'greater'> = binary({
  ...comparing,
  name: 'greater',
  scalar: E.greater(E.x, E.y),
  loop: (n, x, p, pStep, y, q, qStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep, q += qStep) out[to] = x[p]! > y[q]! ? 1 : 0
  }
})

/**
 * Whether a >= b. A mask is not a condition: `if (T.greaterEqual(a, b))` is always true, read it with `T.item` first.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.greaterEqual(T.of([1, 2, 3]), 2) // => T.of([false, true, true])
 */
export const greaterEqual: Binary<'greaterEqual'> = binary({
  ...comparing,
  name: 'greaterEqual',
  scalar: E.greaterEqual(E.x, E.y),
  loop: (n, x, p, pStep, y, q, qStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep, q += qStep) out[to] = x[p]! >= y[q]! ? 1 : 0
  }
})

/**
 * Whether an element is NaN.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.isNaN(T.of([1, NaN, Infinity])) // => T.of([false, true, false])
 */
export const isNaN: Unary = unary({
  name: 'isNaN',
  domain: real,
  f: (x) => (x === x ? 0 : 1),
  scalar: E.notEqual(E.x, E.x),
  accepts: 'any',
  result: 'bool'
})

/**
 * Whether an element is neither infinite nor NaN.
 *
 * @example
 * import * as T from 'pullback/Tensor'
 *
 * T.isFinite(T.of([1, NaN, Infinity])) // => T.of([true, false, false])
 */
export const isFinite: Unary = unary({
  name: 'isFinite',
  domain: real,
  f: (x) => (x - x === 0 ? 1 : 0),
  scalar: E.equal(E.sub(E.x, E.x), 0),
  accepts: 'any',
  result: 'bool'
})
