/** Expressions in place of those of primitives that an engine would compute otherwise: in the range of float32, or after its optimisations. */
import * as E from '../../primitive/expression.js'
import type { Primitive } from '../../primitive/model.js'
import { direction, hypot } from '../../tensor/hypot.js'
import { rsqrt } from '../../tensor/root.js'

const [a, b] = [E.call('abs', E.x), E.call('abs', E.y)]
const larger = E.call('max', a, b)
const ratio = E.div(E.call('min', a, b), larger)

/** sqrt(x^2 + y^2) as a multiple of the larger of both. */
const stretch = E.call('sqrt', E.add(1, E.mul(ratio, ratio)))

const isInfinite = E.select(E.equal(a, Infinity), 1, E.equal(b, Infinity))

const ofHypot = E.select(isInfinite, Infinity, E.select(E.equal(larger, 0), 0, E.mul(larger, stretch)))

const sign = E.select(E.greater(E.x, 0), 1, -1)

const ofDirection = E.select(
  isInfinite,
  E.select(E.notEqual(a, Infinity), 0, E.select(E.notEqual(b, Infinity), sign, E.mul(sign, Math.SQRT1_2))),
  E.select(E.equal(larger, 0), 0, E.div(E.div(E.x, larger), stretch))
)

/** The expression of a primitive for its own type of floats, and another one for float32. */
const besides = ({ scalar }: Primitive, single: E.Expression): E.Scalars => ({ float: scalar?.float ?? single, single })

/** The inverse of a square root, Infinity at either zero; the sum with 0 that its own expression has is taken away by engines. */
const ofInverseRoot = E.select(E.equal(E.x, 0), Infinity, E.div(1, E.call('sqrt', E.x)))

/** The expressions that are written in place of the primitives' own. */
export const expressions: ReadonlyMap<Primitive, E.Scalars> = /* @__PURE__ */ new Map([
  [hypot.primitive, besides(hypot.primitive, ofHypot)],
  [direction.primitive, besides(direction.primitive, ofDirection)],
  [rsqrt.primitive, { float: ofInverseRoot }]
])
