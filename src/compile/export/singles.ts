/** Expressions of primitives whose own ones need more than the range of float32 inside, for engines that compute in float32. */
import * as E from '../../primitive/expression.js'
import type { Primitive } from '../../primitive/model.js'
import { direction, hypot } from '../../tensor/hypot.js'

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

/** The expressions for float32. */
export const singles: ReadonlyMap<Primitive, E.Expression> = /* @__PURE__ */ new Map([
  [hypot.primitive, ofHypot],
  [direction.primitive, ofDirection]
])
