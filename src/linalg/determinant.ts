/** Determinants of matrices, and their logarithms. */
import { allocate } from '../DType.js'
import { productOfPivots } from '../kernel/lu.js'
import { counted, perMatrix } from '../primitive/cost.js'
import { guardedMul } from '../primitive/elementwise.js'
import { bindOne } from '../primitive/bind.js'
import { type None, type Primitive, type TensorType, none } from '../primitive/model.js'
import { op } from '../primitive/op.js'
import { type Shape, size } from '../shape/model.js'
import type { IsDynamic } from '../shape/static.js'
import { type Concrete, type Tensor, fromData } from '../tensor/model.js'
import { expandOver, sumOver } from '../tensor/structural.js'
import { typed } from '../tensor/typed.js'
import { cofactor } from './cofactor.js'
import { extendedInverse } from './inverse.js'
import { factored } from './lu.js'
import { drawSquare, mT, requireFloatSquare, rowsOf, stackOf } from './matrix.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

type Stack<S extends Shape> =
  IsDynamic<S> extends true ? Shape : S extends readonly [...infer Lead extends Shape, number, number] ? Lead : Shape

const inStack = ({ shape, dtype }: TensorType): TensorType => ({ shape: stackOf(shape), dtype })

/** A number of each factored matrix. */
const ofFactors = (a: Concrete, read: (n: number, lu: Float64Array, at: number, sign: number) => number): Concrete => {
  const n = rowsOf(a.shape)
  const stack = stackOf(a.shape)
  const { lu, signs } = factored(a)
  const data = allocate(a.dtype, size(stack))
  // Zero without a sign.
  for (let matrix = 0; matrix < data.length; matrix++) data[matrix] = read(n, lu, matrix * n * n, signs[matrix]!) + 0
  return fromData(stack, a.dtype, data)
}

/** Folds the diagonals of U, of each matrix, from the sign of its permutation on. */
const overPivots = (
  a: Concrete,
  start: (sign: number) => number,
  step: (total: number, pivot: number) => number
): Concrete =>
  ofFactors(a, (n, lu, at, sign) => {
    let total = start(sign)
    for (let i = 0; i < n; i++) total = step(total, lu[at + i * (n + 1)]!)
    return total
  })

/** The sum over each matrix of the products of elements. */
const contracted = (x: Tensor, y: Tensor): Tensor => {
  const rank = x.shape.length
  return sumOver(guardedMul(x, y), [rank - 2, rank - 1])
}

/** One number for each matrix, times the matrix. */
const scaled = (ct: Tensor, x: Tensor): Tensor => {
  const rank = x.shape.length
  return guardedMul(expandOver(ct, x.shape, [rank - 2, rank - 1]), x)
}

// -----------------------------------------------------------------------------
// primitives
// -----------------------------------------------------------------------------

/** The determinants of stacks of matrices; the gradient is the cofactor matrix. */
export const detPrimitive: Primitive<None> = op<1, None>({
  name: 'det',
  kind: 'opaque',
  cost: counted(perMatrix((_m, n) => (2 * n ** 3) / 3)),
  arity: 1,
  infer: inStack,
  evaluate: (a) => ofFactors(a, productOfPivots),
  jvp: [(tangent, a) => contracted(tangent, cofactor([a]))],
  vjp: [(a) => (ct) => scaled(ct, cofactor([a]))],
  batch: ([a]) => bindOne(detPrimitive, [a!], none),
  sample: (draw) => ({ operands: [drawSquare(draw)], params: none })
})

/** The signs of determinants. */
export const detSignPrimitive: Primitive<None> = op<1, None>({
  name: 'detSign',
  kind: 'opaque',
  cost: counted(perMatrix((_m, n) => (2 * n ** 3) / 3)),
  arity: 1,
  infer: inStack,
  evaluate: (a) =>
    overPivots(
      a,
      (sign) => sign,
      (total, pivot) => total * Math.sign(pivot)
    ),
  jvp: undefined,
  vjp: undefined,
  batch: ([a]) => bindOne(detSignPrimitive, [a!], none),
  sample: (draw) => ({ operands: [drawSquare(draw)], params: none })
})

/** The logarithms of the sizes of determinants. */
export const logAbsDetPrimitive: Primitive<None> = op<1, None>({
  name: 'logAbsDet',
  kind: 'opaque',
  cost: counted(perMatrix((_m, n) => (2 * n ** 3) / 3)),
  arity: 1,
  infer: inStack,
  evaluate: (a) =>
    overPivots(
      a,
      () => 0,
      (total, pivot) => total + Math.log(Math.abs(pivot))
    ),
  jvp: [(tangent, a) => contracted(tangent, mT(extendedInverse(a)))],
  vjp: [(a) => (ct) => scaled(ct, mT(extendedInverse(a)))],
  batch: ([a]) => bindOne(logAbsDetPrimitive, [a!], none),
  sample: (draw) => ({ operands: [drawSquare(draw)], params: none })
})

// -----------------------------------------------------------------------------
// operations
// -----------------------------------------------------------------------------

/**
 * The determinant of a square matrix, by Gaussian elimination with partial pivoting; of each matrix of a stack
 * `[..., n, n]`, of shape `[...]`. That of an empty matrix is 1.
 *
 * Derivatives are right at every matrix, singular ones included, and to any order: the gradient is the cofactor matrix,
 * computed with complete pivoting as products of pivots, none of which is divided by; and so are its derivatives. Integers
 * become float32; float32 is computed in double and rounded once. NaN gives NaN. Determinants of large matrices soon
 * overflow: then take `slogdet`.
 *
 * @throws ShapeError when `a` is not square
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * Linalg.det(T.of([[2, 1], [1, 4]])) // => T.scalar(7)
 * const singular: T.Tensor<[2, 2]> = T.of([[1, 2], [2, 4]])
 * grad((a: T.Tensor<[2, 2]>) => Linalg.det(a))(singular) // => T.of([[4, -2], [-2, 1]])
 */
export const det = <S extends Shape>(a: Tensor<S>): Tensor<Stack<S>> =>
  typed(bindOne(detPrimitive, [requireFloatSquare('det', a)], none))

/**
 * The sign of the determinant, and the logarithm of its size, `[sign, logAbsDet]`, each of shape `[...]` for matrices
 * `[..., n, n]`: det(a) = sign exp(logAbsDet). It neither overflows nor underflows.
 *
 * Of a singular matrix the sign is 0 and the logarithm -Infinity. The sign has derivative 0; the gradient of the logarithm is
 * the transposed inverse. At a singular matrix it is infinite, with the signs of the cofactors (0 where the cofactor is 0),
 * as that of `log` at 0, and derivatives of higher order are 0 there; a zero cotangent stays 0. Of an empty matrix the
 * results are 1 and 0.
 *
 * @throws ShapeError when `a` is not square
 *
 * @example
 * import { grad } from 'pullback/Grad'
 * import * as Linalg from 'pullback/Linalg'
 * import * as T from 'pullback/Tensor'
 *
 * const [sign, logAbsDet] = Linalg.slogdet(T.of([[0, 2], [2, 0]]))
 * sign // => T.scalar(-1)
 * T.item(logAbsDet) // ≈ 1.386294
 * grad((a: T.Tensor<[2, 2]>) => Linalg.slogdet(a)[1])(T.of([[2, 0], [1, 4]])) // => T.of([[0.5, -0.125], [0, 0.25]])
 */
export const slogdet = <S extends Shape>(
  a: Tensor<S>
): readonly [sign: Tensor<Stack<S>>, logAbsDet: Tensor<Stack<S>>] => {
  const x = requireFloatSquare('slogdet', a)
  return [typed(bindOne(detSignPrimitive, [x], none)), typed(bindOne(logAbsDetPrimitive, [x], none))]
}
