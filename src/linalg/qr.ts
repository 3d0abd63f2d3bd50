/** The QR decomposition. */
import { qrInto, qrSpace } from '../kernel/qr.js'
import { counted, perMatrix } from '../primitive/cost.js'
import { bind } from '../primitive/bind.js'
import { type None, type Primitive, none } from '../primitive/model.js'
import { type Shape, size } from '../shape/model.js'
import { add, sub } from '../tensor/arithmetic.js'
import { concat, split } from '../tensor/join.js'
import { matmul, strong } from '../tensor/matmul.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import type { LeftFactor, RightFactor } from './factorShapes.js'
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
 * The reduced QR decomposition A = Q R: Q has orthonormal columns, R is upper triangular with a diagonal that is not
 * negative, which makes them unique, and smooth, where the first columns are independent. (LAPACK and NumPy leave the
 * signs to chance.)
 *
 * `[..., m, n]` gives Q `[..., m, k]` and R `[..., k, n]` with k = min(m, n). Integers become float32; float32 is computed in
 * double and rounded once. NaN and infinities give NaN. By Householder reflections; the derivatives are those of Walter and
 * Lehmann, *Algorithmic differentiation of linear algebra functions with application in optimum experimental design* (2018).
 * They exist where the first k columns are independent, and refuse a zero on the diagonal of R.
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
 * Linalg.qr(T.ones([7, 4, 3])).map((each) => each.shape) // => [[7, 4, 3], [7, 3, 3]]
 */
export const qr = <S extends Shape>(a: Tensor<S>): readonly [Q: Tensor<LeftFactor<S>>, R: Tensor<RightFactor<S>>] => {
  const x = requireFloatMatrix('qr', a)
  const [q, r] = decomposed(x)
  return [typed<LeftFactor<S>>(q), typed<RightFactor<S>>(r)]
}

/** A wide matrix is its square part and the rest: A = [B, C] = Q [R, Q^T C]. */
const decomposed = (a: Tensor): readonly [Tensor, Tensor] => {
  const [m, n] = [rowsOf(a.shape), columnsOf(a.shape)]
  const [square, rest] = m < n ? split(a, [m, n - m], { axis: -1 }) : [a]
  const [q, r] = bind(qrPrimitive, [square], none)
  return [q!, rest === undefined ? r! : concat([r!, matmul(mT(q!), rest)], { axis: -1 })]
}
