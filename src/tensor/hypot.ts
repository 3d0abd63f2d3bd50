/** The length of a vector of two elements, and its direction. */
import * as E from '../primitive/expression.js'
import { SCALE_DOWN, SCALE_UP, SQUARE_MAX, SQUARE_MIN, hypot as hypotOf } from '../kernel/special/power.js'
import { type Sample, interval, real } from '../primitive/domain.js'
import { type Binary, binary, guardedMul } from '../primitive/elementwise.js'
import { type None, none } from '../primitive/model.js'
import { mul, neg, reciprocal, square } from './arithmetic.js'

/** Pairs that keep away from the origin, on all sides of it. */
const aroundOrigin: Sample<None> = (draw) => {
  const shape = draw.shape()
  const anywhere = draw.tensor(shape, real)
  const apart = draw.tensor(shape, draw.pick([interval(0.5, 3), interval(-3, -0.5)]))
  return { operands: draw.integer(0, 1) === 0 ? [anywhere, apart] : [apart, anywhere], params: none }
}

const width = E.call('abs', E.x)
const height = E.call('abs', E.y)
const squares = E.add(E.mul(E.x, E.x), E.mul(E.y, E.y))
const inRange = E.select(E.greater(squares, SQUARE_MIN), E.less(squares, SQUARE_MAX), 0)
const isInfinite = E.select(E.equal(width, Infinity), 1, E.equal(height, Infinity))
const scale = E.select(E.select(E.greater(width, 1), 1, E.greater(height, 1)), SCALE_DOWN, SCALE_UP)
const scaledWidth = E.mul(width, scale)
const scaledHeight = E.mul(height, scale)
const scaledSquares = E.add(E.mul(scaledWidth, scaledWidth), E.mul(scaledHeight, scaledHeight))

/** The length, step by step as the kernel computes it. */
const length = E.select(
  inRange,
  E.call('sqrt', squares),
  E.select(isInfinite, Infinity, E.div(E.call('sqrt', scaledSquares), scale))
)

/** The length for operands of float32, whose squares are 0 or in range. */
const lengthOfSingle = E.select(isInfinite, Infinity, E.call('sqrt', squares))

/**
 * The length of the vector (x, y), sqrt(x^2 + y^2), without overflow of the squares. Its derivatives are 0 at the origin.
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * T.hypot(T.of([3, 5]), T.of([4, 12])) // => T.of([5, 13])
 * grad((x: T.Tensor<[]>) => T.hypot(x, 0))(T.scalar(0)) // => T.scalar(0)
 */
export const hypot: Binary<'hypot'> = binary({
  name: 'hypot',
  domains: [real, real],
  f: hypotOf,
  single: hypotOf,
  scalar: { float: length, single: lengthOfSingle },
  loop: (n, x, p, pStep, y, q, qStep, out, to) => {
    for (const end = to + n; to < end; to++, p += pStep, q += qStep) out[to] = hypotOf(x[p]!, y[q]!)
  },
  df: [(x, y) => direction(x, y), (x, y) => direction(y, x)],
  accepts: 'float',
  sample: aroundOrigin
})

const signOfInfinite = E.select(E.greater(E.x, 0), 1, -1)

const directionBy = (length: E.Expression): E.Expression =>
  E.select(
    E.equal(length, 0),
    0,
    E.select(
      E.notEqual(length, Infinity),
      E.div(E.x, length),
      E.select(
        E.notEqual(width, Infinity),
        0,
        E.select(E.notEqual(height, Infinity), signOfInfinite, E.mul(signOfInfinite, Math.SQRT1_2))
      )
    )
  )

const directionOf = (x: number, y: number): number => {
  const length = hypotOf(x, y)
  if (length === 0) return 0
  if (length !== Infinity) return x / length
  return Math.abs(x) !== Infinity ? 0 : Math.abs(y) !== Infinity ? Math.sign(x) : Math.sign(x) * Math.SQRT1_2
}

/** x / hypot(x, y), the cosine of the angle of (x, y), and 0 at the origin: the derivative of `hypot` in x. */
export const direction: Binary<'direction'> = binary({
  name: 'direction',
  domains: [real, real],
  f: directionOf,
  single: directionOf,
  scalar: { float: directionBy(length), single: directionBy(lengthOfSingle) },
  df: [
    (x, y) => guardedMul(square(direction(y, x)), reciprocal(hypot(x, y))),
    (x, y, out) => neg(guardedMul(mul(out, direction(y, x)), reciprocal(hypot(x, y))))
  ],
  accepts: 'float',
  sample: aroundOrigin
})
