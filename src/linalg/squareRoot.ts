/** The square root of symmetric matrices. */
import { type DType, epsilon, toFloat } from '../DType.js'
import { allZero } from '../kernel/strongZero.js'
import { type RootSpace, lyapunovInto, rootInto, rootSpace, symmetricInto } from '../kernel/symmetricRoot.js'
import { counted, perMatrix } from '../primitive/cost.js'
import { align } from '../primitive/batch.js'
import type { Draw } from '../primitive/domain.js'
import { bindOne } from '../primitive/bind.js'
import { type None, type Primitive, none } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, size, positionAt } from '../shape/model.js'
import { add, mul, neg } from '../tensor/arithmetic.js'
import { eye } from '../tensor/construct.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { LinalgError, ofMatrix } from './error.js'
import {
  doublesOf,
  drawMatrix,
  drawStack,
  fromDoubles,
  mT,
  product,
  requireFloatSquare,
  rowsOf,
  stackOf,
  symmetricPart
} from './matrix.js'
import { symmetrise } from './symmetric.js'

// -----------------------------------------------------------------------------
// the equation S X + X S = C
// -----------------------------------------------------------------------------

/** Eigenvalues up to this many units in the last place of the largest one, for each row, count as 0. */
const roundings = 8

const leastOf = (n: number, dtype: DType): number => roundings * n * epsilon(toFloat(dtype))

/** Eigenvalues and eigenvectors of the symmetric part of each matrix. */
export interface Decomposed {
  readonly space: RootSpace
  readonly w: Float64Array
  readonly v: Float64Array
}

const decompose = (a: Concrete): Decomposed => {
  const n = rowsOf(a.shape)
  const matrices = size(stackOf(a.shape))
  const data = doublesOf(a)
  const [w, v] = [new Float64Array(matrices * n), new Float64Array(data.length)]
  const space = rootSpace(n)
  for (let i = 0; i < matrices; i++) symmetricInto(n, data, i * n * n, space, w, i * n, v)
  return { space, w, v }
}

const known = new WeakMap<Concrete, Decomposed>()

/** The eigenvalues and eigenvectors, remembered for as long as the tensor lives: each derivative needs them again. */
export const decomposed = (a: Concrete): Decomposed => {
  const found = known.get(a)
  if (found !== undefined) return found
  const made = decompose(a)
  known.set(a, made)
  return made
}

const drawDefinite = (draw: Draw, stack: Shape, n: number): Tensor =>
  add(drawMatrix(draw, stack, n, n), mul(eye(n, 'float64'), n + 1))

/**
 * The solutions X of S X + X S = C for stacks of matrices of one shape and type, where S stands for the symmetric part of the
 * first operand. With Y the solution for C = D: <D, dX> = <Y, dC - dS X - X dS>. Where eigenvalues of S have the sum 0 to
 * rounding, the reciprocal counts as 0. For C = 0 it is 0 with any S.
 */
/** Solves with stacks of one shape and type. */
export const lyapunovPrimitive: Primitive<None> = op<2, None>({
  name: 'lyapunov',
  kind: 'opaque',
  cost: counted(perMatrix((_m, n) => 17 * n ** 3)),
  arity: 2,
  infer: (_s, c) => c,
  evaluate: (s, c) => {
    const n = rowsOf(c.shape)
    const { space, w, v } = decomposed(s)
    const data = doublesOf(c)
    const x = new Float64Array(data.length)
    const least = leastOf(n, c.dtype)
    for (let i = 0; i < size(stackOf(c.shape)); i++) {
      if (allZero(data, i * n * n, n * n)) continue
      lyapunovInto(n, w, i * n, v, data, i * n * n, least, space, x)
    }
    return fromDoubles(c.shape, c.dtype, x)
  },
  jvp: [
    (tangent, s, _c, x) => {
      const moved = symmetricPart(tangent)
      return neg(lyapunov(s, add(product(moved, x), product(x, moved))))
    },
    (tangent, s) => lyapunov(s, tangent)
  ],
  vjp: [
    (s, _c, x) => (ct) => {
      const y = lyapunov(s, ct)
      return neg(symmetricPart(add(product(y, mT(x)), product(mT(x), y))))
    },
    (s) => (ct) => lyapunov(s, ct)
  ],
  batch: (operands, mapped, _params, front) => bindOne(lyapunovPrimitive, align(operands, mapped, front), none),
  sample: (draw) => {
    const stack = drawStack(draw)
    const n = draw.integer(0, 3)
    return { operands: [drawDefinite(draw, stack, n), drawMatrix(draw, stack, n, n)], params: none }
  }
})

/** Solves with stacks of one shape and type. */
export const lyapunov = (s: Tensor, c: Tensor): Tensor => bindOne(lyapunovPrimitive, [s, c], none)

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

const evaluate = (a: Concrete): Concrete => {
  const n = rowsOf(a.shape)
  const stack = stackOf(a.shape)
  const { space, w, v } = decomposed(a)
  const x = new Float64Array(v.length)
  for (let i = 0; i < size(stack); i++) {
    const least = w[i * n]!
    if (least < -leastOf(n, a.dtype) * Math.abs(w[i * n + n - 1]!)) throw refuseIndefinite(positionAt(i, stack), least)
    rootInto(n, w, i * n, v, i * n * n, space, x)
  }
  return fromDoubles(a.shape, a.dtype, x)
}

const refuseIndefinite = (matrix: readonly number[], least: number): LinalgError =>
  new LinalgError(
    'matrixSqrt',
    `an eigenvalue${ofMatrix(matrix)} is ${least}; expected eigenvalues of 0 or more`,
    matrix
  )

/** The roots S of the symmetric parts of stacks of matrices: S dS + dS S = dA. */
export const matrixSqrtPrimitive: Primitive<None> = op<1, None>({
  name: 'matrixSqrt',
  kind: 'opaque',
  cost: counted(perMatrix((_m, n) => 13 * n ** 3)),
  arity: 1,
  refuses: [0],
  infer: (a) => a,
  evaluate,
  jvp: [(tangent, _a, root) => lyapunov(root, symmetricPart(tangent))],
  vjp: [(_a, root) => (ct) => lyapunov(root, symmetricPart(ct))],
  batch: ([a]) => bindOne(matrixSqrtPrimitive, [a!], none),
  sample: (draw) => ({ operands: [drawDefinite(draw, drawStack(draw), draw.integer(0, 3))], params: none })
})

// -----------------------------------------------------------------------------
// the operation
// -----------------------------------------------------------------------------

/**
 * The square root of a symmetric matrix without negative eigenvalues: the one symmetric S without negative eigenvalues and
 * with S S = a; of each matrix of a stack `[..., n, n]`.
 *
 * It is a function of the symmetric part (a + a^T) / 2, so that gradients are symmetric. Its derivatives solve
 * S dS + dS S = da, which no eigenvalues need be different for: unlike those of V sqrt(w) V^T by `eigh`, they are right
 * wherever a is positive definite, at equal eigenvalues too, and to any order. Where eigenvalues are 0 to rounding, what
 * is infinite counts as 0. Integers become float32; float32 is computed in double and rounded once. NaN and
 * infinities give NaN.
 *
 * @throws ShapeError when `a` is not square
 * @throws LinalgError when `a` is not symmetric, by more than 1e-3 of its largest element, or an eigenvalue is negative
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * Linalg.matrixSqrt(T.of([[4, 0], [0, 9]])) // => T.of([[2, 0], [0, 3]])
 * // d tr sqrt(a) = a^(-1/2) / 2, at equal eigenvalues too
 * grad((a: T.Tensor<[2, 2]>) => T.trace(Linalg.matrixSqrt(a)))(T.of([[4, 0], [0, 4]])) // => T.of([[0.25, 0], [0, 0.25]])
 * Linalg.matrixSqrt(T.of([[1, 0], [0, -1]])) // throws matrixSqrt: an eigenvalue is -1; expected eigenvalues of 0 or more
 */
export const matrixSqrt = <S extends Shape>(a: Tensor<S>): Tensor<S> =>
  typed<S>(bindOne(matrixSqrtPrimitive, [symmetrise('matrixSqrt', requireFloatSquare('matrixSqrt', a))], none))
