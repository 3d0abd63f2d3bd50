/** The polar decomposition. */
import { counted, perMatrix } from '../primitive/cost.js'
import { align } from '../primitive/batch.js'
import { bind } from '../primitive/bind.js'
import { type None, type Primitive, none } from '../primitive/model.js'
import { type Shape, ShapeError, show, size } from '../shape/model.js'
import type { IsDynamic } from '../shape/static.js'
import { add, sub } from '../tensor/arithmetic.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import {
  antisymmetricPart,
  columnsOf,
  drawStack,
  fromDoubles,
  mT,
  product,
  requireFloatMatrix,
  rowsOf,
  stackOf,
  symmetricPart
} from './matrix.js'
import { drawTall } from './operands.js'
import { solveTransposed } from './solve.js'
import { lyapunov } from './squareRoot.js'
import { factorsOf } from './svd.js'

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

/** U V^T and V diag(s) V^T of each matrix, the second exactly symmetric. */
const evaluate = (a: Concrete): readonly [Concrete, Concrete] => {
  const [m, n] = [rowsOf(a.shape), columnsOf(a.shape)]
  const stack = stackOf(a.shape)
  const { u, s, vt } = factorsOf(a)
  const q = new Float64Array(size(a.shape))
  const p = new Float64Array(size(stack) * n * n)
  for (let matrix = 0; matrix < size(stack); matrix++) {
    const [uAt, vAt, sAt] = [matrix * m * n, matrix * n * n, matrix * n]
    for (let k = 0; k < n; k++) {
      for (let j = 0; j < n; j++) {
        const v = vt[vAt + k * n + j]!
        for (let i = 0; i < m; i++) q[uAt + i * n + j]! += u[uAt + i * n + k]! * v
        for (let i = 0; i <= j; i++) p[vAt + i * n + j]! += vt[vAt + k * n + i]! * s[sAt + k]! * v
      }
    }
    for (let j = 0; j < n; j++) for (let i = 0; i < j; i++) p[vAt + j * n + i] = p[vAt + i * n + j]!
  }
  return [fromDoubles(a.shape, a.dtype, q), fromDoubles([...stack, n, n], a.dtype, p)]
}

const total = (terms: readonly (Tensor | undefined)[]): Tensor | undefined =>
  terms.reduce((sum, term) => (sum === undefined ? term : term === undefined ? sum : add(sum, term)), undefined)

/** The part of x outside of the span of the columns of q, times P^-1; `undefined` where q is square. */
const outside = (x: Tensor, q: Tensor, p: Tensor): Tensor | undefined =>
  rowsOf(q.shape) === columnsOf(q.shape) ? undefined : mT(solveTransposed(p, mT(sub(x, product(q, product(mT(q), x))))))

const twice = (x: Tensor): Tensor => add(x, x)

/**
 * Stacks [..., m, n] of at least as many rows as columns: Q [..., m, n] and P [..., n, n]. With the solution of P W +
 * W P = Q^T dA - dA^T Q, which is antisymmetric,
 *
 *     dQ = Q W + (I - Q Q^T) dA P^-1,   dP = Q^T dA - W P
 *
 * Divisors are sums of singular values, never differences, so the rules hold at equal singular values too, to any
 * order.
 */
export const polarPrimitive: Primitive<None> = {
  name: 'polar',
  kind: 'opaque',
  // A singular value decomposition, and the product of its factors.
  cost: counted(
    perMatrix((m, n) => 4 * m * n * Math.min(m, n) + 22 * Math.min(m, n) ** 3 + 2 * m * n * Math.min(m, n))
  ),
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
    jvp: ([tangent], _operands, [q, p]) => {
      if (tangent === undefined) return [undefined, undefined]
      const along = product(mT(q!), tangent)
      const turn = lyapunov(p!, twice(antisymmetricPart(along)))
      return [total([product(q!, turn), outside(tangent, q!, p!)]), symmetricPart(sub(along, product(turn, p!)))]
    },
    vjp:
      (_operands, [q, p]) =>
      ([ofQ, ofGiven]) => {
        const ofP = ofGiven === undefined ? undefined : symmetricPart(ofGiven)
        const alongQ = ofQ === undefined ? undefined : product(mT(q!), ofQ)
        const alongP = ofP === undefined ? undefined : product(p!, ofP)
        const turn = total([alongQ, alongP])
        if (turn === undefined) return [undefined]
        const inner = total([lyapunov(p!, twice(antisymmetricPart(turn))), ofP])!
        return [total([product(q!, inner), ofQ === undefined ? undefined : outside(ofQ, q!, p!)])]
      }
  },
  batch: (operands, mapped, params, front) => bind(polarPrimitive, align(operands, mapped, front), params),
  sample: (draw) => {
    const n = draw.integer(0, 3)
    return { operands: [drawTall(draw, drawStack(draw), draw.integer(n, 4), n)], params: none }
  }
}

// -----------------------------------------------------------------------------
// the operation
// -----------------------------------------------------------------------------

type Positive<S extends Shape> =
  IsDynamic<S> extends true
    ? Shape
    : S extends readonly [...infer Stack extends Shape, number, infer N extends number]
      ? [...Stack, N, N]
      : Shape

/**
 * The polar decomposition A = Q P: Q has orthonormal columns, P is symmetric without negative eigenvalues, `[Q, P]`.
 * Of all matrices with orthonormal columns Q is the nearest to A.
 *
 * `[..., m, n]` with m >= n gives Q `[..., m, n]` and P `[..., n, n]`. Integers become float32; float32 is computed in
 * double and rounded once. NaN and infinities give NaN. Both are unique and smooth where the columns of A are
 * independent, and their derivatives are right there to any order, at equal singular values too, where those of `svd`
 * are not (Higham, *Computing the polar decomposition, with applications*, 1986).
 *
 * @throws ShapeError when `a` is not a matrix, or has more columns than rows
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * const [q, p] = Linalg.polar(T.of([[0, -2], [3, 0]]))
 * q // => T.of([[0, -1], [1, 0]])
 * p // => T.of([[3, 0], [0, 2]])
 * // singular values may be equal
 * grad((a: T.Tensor<[2, 2]>) => T.at(T.at(Linalg.polar(a)[0], 1), 0))(T.of([[2, 0], [0, 2]])) // => T.of([[0, -0.25], [0.25, 0]])
 */
export const polar = <S extends Shape>(a: Tensor<S>): readonly [Q: Tensor<S>, P: Tensor<Positive<S>>] => {
  const x = requireFloatMatrix('polar', a)
  if (rowsOf(x.shape) < columnsOf(x.shape)) {
    const rule = `the matrix has shape ${show(x.shape)}; expected at least as many rows as columns, take the transposed matrix`
    throw new ShapeError('polar', [x.shape], rule)
  }
  const [q, p] = bind(polarPrimitive, [x], none)
  return [typed<S>(q!), typed<Positive<S>>(p!)]
}
