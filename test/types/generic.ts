// What the compiler knows of sizes that are type parameters. This file is compiled, not run.
import { pipe } from 'fp-ts/lib/function.js'
import { grad } from 'pullback/Grad'
import type { Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import { typeOf } from './same.js'

type Row<N extends number> = T.Tensor<[N]>
type Rows<N extends number> = T.Tensor<[number, N]>
type Matrix<M extends number, N extends number> = T.Tensor<[M, N]>

// -----------------------------------------------------------------------------
// elementwise operations
// -----------------------------------------------------------------------------

export const centred = <N extends number>(x: Rows<N>, m: Row<N>): Rows<N> => T.sub(x, m)
export const centredInPipe = <N extends number>(x: Rows<N>, m: Row<N>): Rows<N> => pipe(x, T.sub(m))
export const rowFirst = <M extends number, N extends number>(x: Matrix<M, N>, m: Row<N>): Matrix<M, N> => T.sub(m, x)
export const rowFirstInPipe = <N extends number>(x: Rows<N>, m: Row<N>): Rows<N> => pipe(m, T.div(x))
export const vectors = <N extends number>(x: Row<N>, y: Row<N>): Row<N> => pipe(x, T.maximum(y), T.mul(x))
export const scaled = <M extends number, N extends number>(x: Matrix<M, N>, s: T.Tensor<[]>): Matrix<M, N> =>
  pipe(T.mul(x, s), T.div(s), T.pow(2))
export const column = <M extends number, N extends number>(x: Matrix<M, N>, y: Matrix<M, 1>): Matrix<M, N> =>
  T.sub(x, y)
export const columnInPipe = <N extends number>(x: Rows<N>, y: Matrix<number, 1>): Rows<N> => pipe(x, T.sub(y))
export const stack = <M extends number, N extends number>(
  x: T.Tensor<[2, M, N]>,
  y: Matrix<M, N>
): T.Tensor<[2, M, N]> => pipe(T.minimum(x, y), T.hypot(y))
export const chosen = <N extends number>(x: Rows<N>, m: Row<N>): Rows<N> => T.where(T.greater(x, m), x, m)
export const anyShape = <S extends Shape>(x: T.Tensor<S>, y: T.Tensor<S>): T.Tensor<S> => T.add(x, y)

// -----------------------------------------------------------------------------
// products
// -----------------------------------------------------------------------------

export const product = <M extends number, K extends number, N extends number>(
  a: Matrix<M, K>,
  b: Matrix<K, N>
): Matrix<M, N> => T.matmul(a, b)
export const productInPipe = <M extends number, K extends number, N extends number>(
  a: Matrix<M, K>,
  b: Matrix<K, N>
): Matrix<M, N> => pipe(a, T.matmul(b))
export const onVector = <M extends number, K extends number>(a: Matrix<M, K>, b: Row<K>): Row<M> => pipe(a, T.matmul(b))
export const ofRow = <K extends number, N extends number>(a: Row<K>, b: Matrix<K, N>): Row<N> => T.matmul(a, b)
export const inner = <K extends number>(a: Row<K>, b: Row<K>): T.Tensor<[]> => pipe(a, T.dot(b))
export const ofStack = <M extends number, K extends number, N extends number>(
  a: T.Tensor<[number, M, K]>,
  b: Matrix<K, N>
): T.Tensor<[number, M, N]> => T.matmul(a, b)
export const ofStacks = <B extends number, M extends number, K extends number>(
  a: T.Tensor<[B, M, K]>,
  b: T.Tensor<[B, K, M]>
): T.Tensor<[B, M, M]> => pipe(a, T.matmul(b))
export const gram = <M extends number, K extends number>(a: Matrix<M, K>): Matrix<M, M> => T.matmul(a, T.transpose(a))

// -----------------------------------------------------------------------------
// layers of a user's own
// -----------------------------------------------------------------------------

// one size is inferred from one argument only: else it would be 3 | 4, and both would fit
export const affine = <I extends number, O extends number>(
  x: Rows<I>,
  w: Matrix<NoInfer<I>, O>,
  b: Row<NoInfer<O>>
): Rows<O> => T.add(T.matmul(x, w), b)
export const affineInPipe = <I extends number, O extends number>(x: Rows<I>, w: Matrix<O, I>, b: Row<O>): Rows<O> =>
  pipe(x, T.matmul(T.transpose(w)), T.add(b), T.tanh)
export const batchNorm = <N extends number>(x: Rows<N>, scale: Row<N>, shift: Row<N>): Rows<N> => {
  const mean = T.mean(x, { axis: 0 })
  const deviation = T.sqrt(T.add(T.variance(x, { axis: 0 }), 1e-5))
  return pipe(x, T.sub(mean), T.div(deviation), T.mul(scale), T.add(shift))
}
export const layerNorm = <N extends number>(x: Rows<N>, scale: Row<N>): Rows<N> =>
  pipe(x, T.sub(T.mean(x, { axis: 1, keepDims: true })), T.mul(scale))
export const slope = <I extends number, O extends number>(x: Rows<I>, w: Matrix<I, O>, b: Row<O>): Matrix<I, O> =>
  grad((v: Matrix<I, O>) => T.sum(T.square(affine(x, v, b))))(w)

// with sizes that are known, the results are
declare const matrix: T.Tensor<[2, 3]>
typeOf(affine(matrix, T.zeros([3, 5]), T.zeros([5])))<T.Tensor<[number, 5]>>(true)
typeOf(product(matrix, T.zeros([3, 5])))<T.Tensor<[2, 5]>>(true)
typeOf(scaled(matrix, T.scalar(2)))<T.Tensor<[2, 3]>>(true)

// -----------------------------------------------------------------------------
// what is refused
// -----------------------------------------------------------------------------

// @ts-expect-error: add: [2, 3] and [4] do not broadcast
T.add(matrix, T.zeros([4]))
// @ts-expect-error: sub: [2, 3] and [4] do not broadcast
pipe(matrix, T.sub(T.zeros([4])))
// @ts-expect-error: 4 rows of weights are not 3
affine(matrix, T.zeros([4, 5]), T.zeros([5]))
// @ts-expect-error: two parameters, which may differ
export const differ = <M extends number, N extends number>(x: Rows<M>, m: Row<N>): T.Tensor => T.sub(x, m)
// @ts-expect-error: the same, data last
export const differLast = <M extends number, N extends number>(x: Rows<M>, m: Row<N>): T.Tensor => pipe(x, T.sub(m))
// @ts-expect-error: a parameter, which may not be 3
export const differ3 = <N extends number>(x: Rows<N>, m: Row<3>): T.Tensor => T.sub(x, m)
// @ts-expect-error: two parameters that are contracted
export const split = <K extends number, L extends number>(a: Rows<K>, b: Matrix<L, 2>): T.Tensor => T.matmul(a, b)
// @ts-expect-error: the same, data last
export const splitLast = <K extends number, L extends number>(a: Rows<K>, b: Row<L>): T.Tensor => pipe(a, T.matmul(b))
// @ts-expect-error: a shape that may not broadcast
export const mixed = <S extends Shape>(x: T.Tensor<S>, y: Row<2>): T.Tensor => pipe(x, T.add(y))

// What is right, and more than the compiler decides: a column on the left, any leading axes, any shape in a pipe.
// @ts-expect-error: write T.neg(T.sub(x, y))
export const columnFirst = <N extends number>(x: Rows<N>, y: Matrix<number, 1>): Rows<N> => T.sub(y, x)
// @ts-expect-error: ensure a rank
export const led = <L extends Shape, N extends number>(x: T.Tensor<[...L, N]>, y: Row<N>): T.Tensor => T.add(x, y)
// @ts-expect-error: write T.add(x, y)
export const anyInPipe = <S extends Shape>(x: T.Tensor<S>, y: T.Tensor<S>): T.Tensor => pipe(x, T.add(y))
