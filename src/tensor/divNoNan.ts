/** Division in which nothing divided by zero is zero: for derivatives that are 0 at a singular point, to any order. */
import * as E from '../primitive/expression.js'
import { awayFrom, real } from '../primitive/domain.js'
import { type Binary, type Unary, binary, unary } from '../primitive/elementwise.js'
import { neg, square } from './arithmetic.js'

const nonZero = awayFrom([0])(real)

/** 1 / x, and 0 at 0. */
export const reciprocalNoNan: Unary = unary({
  name: 'reciprocalNoNan',
  domain: nonZero,
  f: (x) => (x === 0 ? 0 : 1 / x),
  scalar: E.select(E.equal(E.x, 0), 0, E.div(1, E.x)),
  df: (_x, y) => neg(square(y))
})

/** x / y, and 0 where y is 0. */
export const divNoNan: Binary<'divNoNan'> = binary({
  name: 'divNoNan',
  domains: [real, nonZero],
  f: (x, y) => (y === 0 ? 0 : x / y),
  scalar: E.select(E.equal(E.y, 0), 0, E.div(E.x, E.y)),
  df: [(_x, y) => reciprocalNoNan(y), (_x, y, out) => neg(divNoNan(out, y))],
  accepts: 'float'
})
