/** The singular value decomposition. */
import { svdInto, svdSpace } from '../kernel/svd.js'
import { counted, perMatrix } from '../primitive/cost.js'
import { guardedMul } from '../primitive/elementwise.js'
import { bind } from '../primitive/bind.js'
import { type None, type Primitive, none } from '../primitive/model.js'
import { type Shape, size } from '../shape/model.js'
import { add, mul, sub } from '../tensor/arithmetic.js'
import type { Concrete, Tensor } from '../tensor/model.js'
import { reshapeTo } from '../tensor/structural.js'
import { typed } from '../tensor/typed.js'
import type { FactorValues, LeftFactor, RightFactor } from './factorShapes.js'
import { reciprocalGaps, reciprocalSums, reciprocals } from './eigenGaps.js'
import {
  antisymmetricPart,
  columnsOf,
  diagonalMatrix,
  diagonalOf,
  doublesOf,
  drawMatrix,
  drawStack,
  fromDoubles,
  mT,
  product,
  requireFloatMatrix,
  rowsOf,
  stackOf,
  symmetricPart
} from './matrix.js'
import { spread } from './operands.js'

// -----------------------------------------------------------------------------
// the primitive
// -----------------------------------------------------------------------------

/** The shapes of the factors. */
const shapesOf = (shape: Shape): readonly [u: Shape, s: Shape, vt: Shape] => {
  const [m, n] = [rowsOf(shape), columnsOf(shape)]
  const [stack, k] = [stackOf(shape), Math.min(m, n)]
  return [
    [...stack, m, k],
    [...stack, k],
    [...stack, k, n]
  ]
}

/** The factors of each matrix of a stack, one after another. */
export interface Factors {
  readonly u: Float64Array
  readonly s: Float64Array
  readonly vt: Float64Array
}

const known = new WeakMap<Concrete, Factors>()

/**
 * The factors of concrete matrices, in double precision. They are remembered for as long as the tensor lives, so that a
 * least-squares solution and its derivatives, which need the same ones again, decompose it once.
 */
export const factorsOf = (a: Concrete): Factors => {
  const found = known.get(a)
  if (found !== undefined) return found
  const made = factor(a)
  known.set(a, made)
  return made
}

const factor = (a: Concrete): Factors => {
  const [m, n] = [rowsOf(a.shape), columnsOf(a.shape)]
  const k = Math.min(m, n)
  const matrices = size(stackOf(a.shape))
  const data = doublesOf(a)
  const u = new Float64Array(matrices * m * k)
  const s = new Float64Array(matrices * k)
  const vt = new Float64Array(matrices * k * n)
  const space = svdSpace(Math.max(m, n), k)
  for (let i = 0; i < matrices; i++) {
    svdInto(m, n, data, i * m * n, space, u, i * m * k, s, i * k, vt, i * k * n)
  }
  return { u, s, vt }
}

/** x with its columns multiplied by the elements of a vector. */
const scaleColumns = (x: Tensor, by: Tensor): Tensor =>
  guardedMul(x, reshapeTo(by, [...by.shape.slice(0, -1), 1, columnsOf(by.shape)]))

/** The part of a matrix's columns that the orthonormal columns of q do not span; `along` is q^T x. */
const beside = (x: Tensor, q: Tensor, along: Tensor): Tensor => sub(x, product(q, along))

const total = (terms: readonly (Tensor | undefined)[]): Tensor | undefined =>
  terms.reduce((sum, term) => (sum === undefined ? term : term === undefined ? sum : add(sum, term)), undefined)

/** Stacks [..., m, n]: U [..., m, k], s [..., k] and V^T [..., k, n] with k = min(m, n). */
export const svdPrimitive: Primitive<None> = {
  name: 'svd',
  kind: 'opaque',
  cost: counted(perMatrix((m, n) => 4 * m * n * Math.min(m, n) + 22 * Math.min(m, n) ** 3)),
  infer: ([a]) => shapesOf(a!.shape).map((shape) => ({ shape, dtype: a!.dtype })),
  evaluate: ([a]) => {
    const { shape, dtype } = a!
    const { u, s, vt } = factorsOf(a!)
    const [shapeOfU, shapeOfS, shapeOfVt] = shapesOf(shape)
    return [fromDoubles(shapeOfU, dtype, u), fromDoubles(shapeOfS, dtype, s), fromDoubles(shapeOfVt, dtype, vt)]
  },
  derivative: {
    jvp: ([tangent], [a], [u, s, vt]) => {
      if (tangent === undefined) return [undefined, undefined, undefined]
      const [m, n] = [rowsOf(a!.shape), columnsOf(a!.shape)]
      const v = mT(vt!)
      const most = Math.max(m, n)
      const moved = product(tangent, v)
      const inner = product(mT(u!), moved)
      const even = guardedMul(symmetricPart(inner), reciprocalGaps(s!, most))
      const odd = guardedMul(antisymmetricPart(inner), reciprocalSums(s!, most))
      const ofU = product(u!, add(even, odd))
      const ofV = product(v, sub(even, odd))
      const inverse = reciprocals(s!, most)
      const back = m < n ? product(mT(tangent), u!) : undefined
      return [
        m > n ? add(ofU, scaleColumns(beside(moved, u!, inner), inverse)) : ofU,
        diagonalOf(inner),
        mT(back === undefined ? ofV : add(ofV, scaleColumns(beside(back, v, mT(inner)), inverse)))
      ]
    },
    vjp: ([a], [u, s, vt]) => {
      const [m, n] = [rowsOf(a!.shape), columnsOf(a!.shape)]
      const most = Math.max(m, n)
      return ([ofU, ofS, ofVt]) => {
        const v = mT(vt!)
        const ofV = ofVt === undefined ? undefined : mT(ofVt)
        const alongU = ofU === undefined ? undefined : product(mT(u!), ofU)
        const alongV = ofV === undefined ? undefined : product(vt!, ofV)
        const both = total([alongU, alongV])
        const difference = total([alongU, alongV === undefined ? undefined : mul(alongV, -1)])
        const inner = total([
          ofS === undefined ? undefined : diagonalMatrix(ofS),
          both === undefined ? undefined : symmetricPart(guardedMul(both, reciprocalGaps(s!, most))),
          difference === undefined ? undefined : antisymmetricPart(guardedMul(difference, reciprocalSums(s!, most)))
        ])
        const left =
          m > n && ofU !== undefined && alongU !== undefined
            ? scaleColumns(beside(ofU, u!, alongU), reciprocals(s!, most))
            : undefined
        const right =
          m < n && ofV !== undefined && alongV !== undefined
            ? product(u!, mT(scaleColumns(beside(ofV, v, alongV), reciprocals(s!, most))))
            : undefined
        const across = total([inner === undefined ? undefined : product(u!, inner), left])
        return [total([across === undefined ? undefined : product(across, vt!), right])]
      }
    }
  },
  batch: ([a]) => bind(svdPrimitive, [a!], none),
  sample: (draw) => {
    const [m, n] = [draw.integer(0, 3), draw.integer(0, 3)]
    const stack = drawStack(draw)
    const apart = spread(draw, m, n)
    return { operands: [add(mul(drawMatrix(draw, stack, m, n), 0.5), apart)], params: none }
  }
}

// -----------------------------------------------------------------------------
// the operation
// -----------------------------------------------------------------------------

/**
 * The reduced singular value decomposition A = U diag(s) V^T: U and V have orthonormal columns, the singular values are not
 * negative and fall. The result is [U, s, V^T]. Of each pair of vectors and its negative that one is taken where the largest
 * component of the column of U, in absolute value, is positive; of several within 1 % of the largest, the first decides.
 *
 * `[..., m, n]` gives `[..., m, k]`, `[..., k]` and `[..., k, n]` with k = min(m, n). Integers become float32; float32 is
 * computed in double and rounded once. NaN and infinities give NaN. By QR with pivoting and one-sided Jacobi rotations
 * (Drmac and Veselic, 2008). Derivatives after Giles, *An extended collection of matrix derivative results* (2008), and
 * Townsend, *Differentiating the singular value decomposition* (2016), with the terms of differences and of sums of singular
 * values apart.
 *
 * Where singular values are equal to rounding (within 8 max(m, n) units in the last place of the largest), or 0, the vectors
 * may be chosen freely: the part of the derivative that is infinite counts as 0. First derivatives of smooth symmetric
 * functions of the singular values, and of the polar factor U V^T at full rank, are right there; so are second derivatives
 * of the nuclear norm. All are finite, but other derivatives lack what mixes the equal ones. For U V^T take `polar`, for
 * functions of symmetric matrices `matrixFunction`, which have it.
 *
 * @throws ShapeError when `a` is not a matrix
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * const [u, s, vt] = Linalg.svd(T.of([[0, 2], [3, 0], [0, 0]]))
 * u // => T.of([[0, 1], [1, 0], [0, 0]])
 * s // => T.of([3, 2])
 * vt // => T.of([[1, 0], [0, 1]])
 *
 * const nuclear = (a: T.Tensor<[2, 2]>) => T.sum(Linalg.svd(a)[1])
 * grad(nuclear)(T.of([[0, -1], [1, 0]])) // => T.of([[0, -1], [1, 0]])
 */
export const svd = <S extends Shape>(
  a: Tensor<S>
): readonly [U: Tensor<LeftFactor<S>>, s: Tensor<FactorValues<S>>, Vt: Tensor<RightFactor<S>>] => {
  const [u, s, vt] = bind(svdPrimitive, [requireFloatMatrix('svd', a)], none)
  return [typed<LeftFactor<S>>(u!), typed<FactorValues<S>>(s!), typed<RightFactor<S>>(vt!)]
}
