/** The QR decomposition. */
import { dataFirst } from '../internal/dual.js'
import { oneOf, options } from '../internal/options.js'
import { qrInto, qrSpace } from '../kernel/qr.js'
import { counted, perMatrix } from '../primitive/cost.js'
import { bind, bindOne } from '../primitive/bind.js'
import { type None, type Primitive, none } from '../primitive/model.js'
import { type Shape, size } from '../shape/model.js'
import type { Given, Only } from '../shape/options.js'
import { add, sub } from '../tensor/arithmetic.js'
import { concat, split } from '../tensor/join.js'
import { matmul, strong } from '../tensor/matmul.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { oneHot } from '../tensor/oneHot.js'
import type { TensorOr } from '../tensor/dataFirst.js'
import type { LeftFactor, RightFactor, SquareFactor } from './factorShapes.js'
import {
  columnsOf,
  doublesOf,
  drawStack,
  fromDoubles,
  lower,
  mT,
  product,
  requireFloatMatrix,
  rowsOf,
  stackOf,
  upper
} from './matrix.js'
import { pivotsPrimitive } from './lu.js'
import { drawTall } from './operands.js'
import { solveTriangle } from './triangularSolve.js'

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

const evaluate = (a: Concrete): readonly [Concrete, Concrete] => {
  const [m, n] = [rowsOf(a.shape), columnsOf(a.shape)]
  const stack = stackOf(a.shape)
  const matrices = size(stack)
  const data = doublesOf(a)
  const q = new Float64Array(matrices * m * n)
  const r = new Float64Array(matrices * n * n)
  const space = qrSpace(m, n)
  for (let i = 0; i < matrices; i++) qrInto(m, n, data, i * m * n, space, q, i * m * n, r, i * n * n)
  return [fromDoubles([...stack, m, n], a.dtype, q), fromDoubles([...stack, n, n], a.dtype, r)]
}

/** x R^-1, or x R^-T. */
const overR = (x: Tensor, r: Tensor, transposed: boolean): Tensor =>
  mT(solveTriangle(r, mT(x), { operation: 'qr', lower: false, transpose: !transposed, unit: false, ...strong }))

/** The upper triangle, with the lower one laid over it. */
const foldedUp = (x: Tensor): Tensor => add(upper(x), mT(lower(x, -1)))

/** The symmetric matrix with this lower triangle. */
const mirrored = (x: Tensor): Tensor => add(lower(x), mT(lower(x, -1)))

/** The part of x outside of the span of q; `undefined` where q is square. `along` is q^T x. */
const beside = (x: Tensor, q: Tensor, along: Tensor): Tensor | undefined =>
  rowsOf(q.shape) === columnsOf(q.shape) ? undefined : sub(x, product(q, along))

const total = (a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined =>
  a === undefined ? b : b === undefined ? a : add(a, b)

/** Stacks [..., m, n] of at least as many rows as columns: Q [..., m, n], R [..., n, n]. */
export const qrPrimitive: Primitive<None> = {
  name: 'qr',
  kind: 'opaque',
  cost: counted(perMatrix((m, n) => 4 * n * n * (m - n / 3))),
  infer: ([a]) => {
    const { shape, dtype } = a!
    const n = columnsOf(shape)
    return [
      { shape, dtype },
      { shape: [...stackOf(shape), n, n], dtype }
    ]
  },
  evaluate: ([a]) => evaluate(a!),
  derivative: {
    jvp: ([tangent], _operands, [q, r]) => {
      if (tangent === undefined) return [undefined, undefined]
      const moved = overR(tangent, r!, false)
      const along = product(mT(q!), moved)
      const below = lower(along, -1)
      const turned = product(q!, sub(below, mT(below)))
      return [total(turned, beside(moved, q!, along)), product(foldedUp(along), r!)]
    },
    vjp:
      (_operands, [q, r]) =>
      ([ofQ, ofR]) => {
        const along = ofQ === undefined ? undefined : product(mT(q!), ofQ)
        const turned = along === undefined ? undefined : lower(sub(along, mT(along)), -1)
        const inner = total(turned, ofR === undefined ? undefined : mirrored(product(r!, mT(ofR))))
        if (inner === undefined) return [undefined]
        const outer = ofQ === undefined || along === undefined ? undefined : beside(ofQ, q!, along)
        return [overR(total(product(q!, inner), outer)!, r!, true)]
      }
  },
  batch: ([a]) => bind(qrPrimitive, [a!], none),
  sample: (draw) => {
    const n = draw.integer(0, 3)
    return { operands: [drawTall(draw, drawStack(draw), draw.integer(n, 4), n)], params: none }
  }
}

// -----------------------------------------------------------------------------
// the operation
// -----------------------------------------------------------------------------

/**
 * The options of `qr`.
 *
 * @example
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * const square: Linalg.QrOptions = { mode: 'complete' }
 * Linalg.qr(T.ones([4, 2]), square)[0].shape // => [4, 4]
 */
export interface QrOptions {
  /** `'reduced'`, the default, for min(m, n) columns of Q; `'complete'` for as many as there are rows. */
  readonly mode?: 'reduced' | 'complete'
}

type Factors<S extends Shape, O> =
  Given<O, 'mode', 'reduced'> extends 'complete'
    ? readonly [Q: Tensor<SquareFactor<S>>, R: Tensor<S>]
    : Given<O, 'mode', 'reduced'> extends 'reduced'
      ? readonly [Q: Tensor<LeftFactor<S>>, R: Tensor<RightFactor<S>>]
      : readonly [Q: Tensor, R: Tensor]

interface Qr {
  <const A extends Tensor | QrOptions, const O extends QrOptions = {}>(
    first: TensorOr<A, QrOptions>,
    ...rest: A extends Tensor<infer _S> ? [options?: O & Only<O, QrOptions>] : []
  ): A extends Tensor<infer S> ? Factors<S, O> : <S extends Shape>(a: Tensor<S>) => Factors<S, A>
}

/**
 * The QR decomposition A = Q R: Q has orthonormal columns, R is upper triangular with a diagonal that is not
 * negative, which makes them unique, and smooth, where the first columns are independent. (LAPACK and NumPy leave the
 * signs to chance.)
 *
 * `[..., m, n]` gives Q `[..., m, k]` and R `[..., k, n]` with k = min(m, n). Integers become float32; float32 is computed in
 * double and rounded once. NaN and infinities give NaN. By Householder reflections; the derivatives are those of Walter and
 * Lehmann, *Algorithmic differentiation of linear algebra functions with application in optimum experimental design* (2018).
 * They exist where the first k columns are independent, and refuse a zero on the diagonal of R.
 *
 * With `mode: 'complete'` Q is `[..., m, m]` and R `[..., m, n]`. The further columns of Q are those of the decomposition of
 * `[A, E]`, with unit vectors E for the rows that elimination with partial pivoting leaves over. They have derivatives too, in
 * which E is constant; where the pivots change they jump, and what does not depend on the choice of a basis does not.
 *
 * @throws ShapeError when `a` is not a matrix
 *
 * @example
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * const [q, r] = Linalg.qr(T.of([[3, 1], [4, 2]]))
 * q // => T.of([[0.6, -0.8], [0.8, 0.6]])
 * r // => T.of([[5, 2.2], [0, 0.4]])
 * Linalg.qr(T.of([[3], [4]]), { mode: 'complete' })[0] // => T.of([[0.6, 0.8], [0.8, -0.6]])
 * Linalg.qr(T.ones([7, 4, 3])).map((each) => each.shape) // => [[7, 4, 3], [7, 3, 3]]
 */
export const qr: Qr = dataFirst<Qr>(
  options<QrOptions>('qr', { mode: oneOf('reduced', 'complete') }),
  (a: Tensor, { mode = 'reduced' }: QrOptions = {}): readonly [Tensor, Tensor] => {
    const x = requireFloatMatrix('qr', a)
    return mode === 'complete' && rowsOf(x.shape) > columnsOf(x.shape) ? completed(x) : decomposed(x)
  }
)

/** A wide matrix is its square part and the rest: A = [B, C] = Q [R, Q^T C]. */
const decomposed = (a: Tensor): readonly [Tensor, Tensor] => {
  const [m, n] = [rowsOf(a.shape), columnsOf(a.shape)]
  const [square, rest] = m < n ? split(a, [m, n - m], { axis: -1 }) : [a]
  const [q, r] = bind(qrPrimitive, [square], none)
  return [q!, rest === undefined ? r! : concat([r!, matmul(mT(q!), rest)], { axis: -1 })]
}

/**
 * A tall matrix with unit vectors beside it, which make it square and invertible: those of the rows that elimination does
 * not take as pivots. Its first columns are those of A, and so are those of its factors.
 */
const completed = (a: Tensor): readonly [Tensor, Tensor] => {
  const { shape, dtype } = a
  const [m, n] = [rowsOf(shape), columnsOf(shape)]
  const [, others] = split(bindOne(pivotsPrimitive, [a], none), [n, m - n], { axis: -1 })
  const [q, r] = bind(qrPrimitive, [concat([a, mT(oneHot(others, m, dtype))], { axis: -1 })], none)
  return [q!, split(r!, [n, m - n], { axis: -1 })[0]]
}
