/** Eigenvalues and eigenvectors of symmetric matrices. */
import { eighInto, eighSpace } from '../kernel/eigh.js'
import { counted, perMatrix } from '../primitive/cost.js'
import { guardedMul } from '../primitive/elementwise.js'
import { bind } from '../primitive/bind.js'
import { type None, type Primitive, none } from '../primitive/model.js'
import { type Shape, size } from '../shape/model.js'
import type { Reduce } from '../shape/static.js'
import { add, mul } from '../tensor/arithmetic.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { typed } from '../tensor/typed.js'
import { reciprocalGaps } from './eigenGaps.js'
import {
  columnsOf,
  diagonalMatrix,
  diagonalOf,
  doublesOf,
  drawMatrix,
  drawStack,
  fromDoubles,
  lower,
  mT,
  product,
  requireFloatSquare,
  stackOf
} from './matrix.js'
import { spread } from './operands.js'
import { symmetrise } from './symmetric.js'

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

const evaluate = (a: Concrete): readonly [Concrete, Concrete] => {
  const n = columnsOf(a.shape)
  const stack = stackOf(a.shape)
  const matrices = size(stack)
  const data = doublesOf(a)
  const w = new Float64Array(matrices * n)
  const v = new Float64Array(matrices * n * n)
  const space = eighSpace(n)
  for (let i = 0; i < matrices; i++) eighInto(n, data, i * n * n, space, w, i * n, v, i * n * n)
  return [fromDoubles([...stack, n], a.dtype, w), fromDoubles([...stack, n, n], a.dtype, v)]
}

/** The symmetric matrix whose lower triangle was read. */
const mirrored = (x: Tensor): Tensor => add(lower(x), mT(lower(x, -1)))

/** The transpose of `mirrored`, as a linear map. */
const folded = (x: Tensor): Tensor => add(lower(x), lower(mT(x), -1))

/** Stacks [..., n, n], whose lower triangles are read: eigenvalues [..., n], eigenvectors [..., n, n]. */
export const eighPrimitive: Primitive<None> = {
  name: 'eigh',
  kind: 'opaque',
  cost: counted(perMatrix((_m, n) => 9 * n ** 3)),
  infer: ([a]) => [
    { shape: a!.shape.slice(0, -1), dtype: a!.dtype },
    { shape: a!.shape, dtype: a!.dtype }
  ],
  evaluate: ([a]) => evaluate(a!),
  derivative: {
    jvp: ([tangent], _operands, [w, v]) => {
      if (tangent === undefined) return [undefined, undefined]
      const moved = product(mT(v!), product(mirrored(tangent), v!))
      return [diagonalOf(moved), product(v!, guardedMul(moved, reciprocalGaps(w!, columnsOf(w!.shape))))]
    },
    vjp:
      (_operands, [w, v]) =>
      ([ofW, ofV]) => {
        const values = ofW === undefined ? undefined : diagonalMatrix(ofW)
        const vectors =
          ofV === undefined ? undefined : guardedMul(product(mT(v!), ofV), reciprocalGaps(w!, columnsOf(w!.shape)))
        const inner = values === undefined ? vectors : vectors === undefined ? values : add(values, vectors)
        return [inner === undefined ? undefined : folded(product(v!, product(inner, mT(v!))))]
      }
  },
  batch: ([a]) => bind(eighPrimitive, [a!], none),
  sample: (draw) => {
    const n = draw.integer(0, 3)
    const stack = drawStack(draw)
    const apart = spread(draw, n, n)
    return { operands: [add(mul(drawMatrix(draw, stack, n, n), 0.5), apart)], params: none }
  }
}

// -----------------------------------------------------------------------------
// the operation
// -----------------------------------------------------------------------------

/**
 * Eigenvalues and eigenvectors of a symmetric matrix: A = V diag(w) V^T, with the eigenvalues ascending and the
 * eigenvectors, of length 1, in the columns of V. Of each and its negative that one is taken whose largest component in
 * absolute value is positive; of several within 1 % of the largest, the first decides.
 *
 * `[..., n, n]` gives `[..., n]` and `[..., n, n]`. The symmetric part (A + A^T) / 2 is decomposed, so that gradients are
 * symmetric. Integers become float32; float32 is computed in double and rounded once. NaN and infinities give NaN. By
 * reflections to tridiagonal form and the QL algorithm; the derivatives are those of Giles, *An extended collection of matrix
 * derivative results* (2008).
 *
 * Where eigenvalues are equal to rounding (within 8 n units in the last place of the largest), eigenvectors may be chosen
 * freely, and have no derivative: the part that is infinite counts as 0. First derivatives of smooth symmetric functions of
 * the eigenvalues (their sum, a trace, a log determinant) are right there, and all are finite. Not so second derivatives,
 * nor derivatives of V f(w) V^T made by hand: there the part that mixes the equal ones is missing. Take
 * `matrixFunction(f, df)`, which has it. Functions that are made without eigenvectors (`matrixExp`, `matrixSqrt`,
 * `inverse`, `slogdet`, `T.matmul`) are right everywhere. Where
 * eigenvalues are nearly equal, derivatives through eigenvectors lose about as many digits as their difference has zeros,
 * and second ones twice as many.
 *
 * @throws ShapeError when `a` is not square
 * @throws LinalgError when `a` is not symmetric, by more than 1e-3 of its largest element
 *
 * @example
 * import * as Linalg from 'pullback/Linalg'
 * import { grad } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const [w, v] = Linalg.eigh(T.of([[2, 2], [2, 5]]))
 * w // => T.of([1, 6])
 * v // => T.of([[0.8944272, 0.4472136], [-0.4472136, 0.8944272]])
 *
 * const sumOfSquares = (a: T.Tensor<[2, 2]>) => T.sum(T.square(Linalg.eigh(a)[0]))
 * grad(sumOfSquares)(T.of([[1, 0], [0, 1]])) // => T.of([[2, 0], [0, 2]])
 * Linalg.eigh(T.of([[1, 2], [0, 1]])) // throws eigh: the matrix is not symmetric, elements [1, 0] and [0, 1] are 0 and 2; expected a symmetric matrix, such as (a + a^T) / 2
 */
export const eigh = <S extends Shape>(
  a: Tensor<S>
): readonly [eigenvalues: Tensor<Reduce<S, -1, false>>, eigenvectors: Tensor<S>] => {
  const [w, v] = bind(eighPrimitive, [symmetrise('eigh', requireFloatSquare('eigh', a))], none)
  return [typed<Reduce<S, -1, false>>(w!), typed<S>(v!)]
}
