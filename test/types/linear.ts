// What the compiler knows of products, indexing and sorting. This file is compiled, not run.
import { pipe } from 'fp-ts/lib/function.js'
import { grad } from 'pullback/Grad'
import type { Dim, Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'

type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false

/** `typeOf(x)<Expected>(true)` compiles only where the type of `x` is exactly that. */
const typeOf =
  <Actual>(_: Actual) =>
  <Expected>(same: Same<Actual, Expected>): boolean =>
    same

declare const matrix: T.Tensor<[2, 3]>
declare const tall: T.Tensor<[3, 4]>
declare const wrong: T.Tensor<[4, 5]>
declare const stack: T.Tensor<[7, 2, 3]>
declare const row: T.Tensor<[3]>
declare const pair: T.Tensor<[2]>
declare const scalar: T.Tensor<[]>
declare const batch: T.Tensor<[Dim<'batch'>, 3]>
declare const gradual: T.Tensor<[number, 3]>
declare const unknownRank: T.Tensor
declare const ids: T.Tensor<[5]>
declare const pages: T.Tensor<[5, 6]>

// -----------------------------------------------------------------------------
// matmul
// -----------------------------------------------------------------------------

typeOf(T.matmul(matrix, tall))<T.Tensor<[2, 4]>>(true)
typeOf(T.matmul(matrix, row))<T.Tensor<[2]>>(true)
typeOf(T.matmul(pair, matrix))<T.Tensor<[3]>>(true)
typeOf(T.matmul(row, row))<T.Tensor<[]>>(true)
typeOf(T.matmul(stack, tall))<T.Tensor<[7, 2, 4]>>(true)
typeOf(T.matmul(stack, row))<T.Tensor<[7, 2]>>(true)
typeOf(T.matmul(batch, tall))<T.Tensor<[Dim<'batch'>, 4]>>(true)
typeOf(T.matmul(gradual, tall))<T.Tensor<[number, 4]>>(true)
typeOf(T.matmul(unknownRank, tall))<T.Tensor<Shape>>(true)
typeOf(T.matmul(matrix, unknownRank))<T.Tensor<Shape>>(true)
typeOf(pipe(matrix, T.matmul(tall)))<T.Tensor<[2, 4]>>(true)
typeOf(grad((w: T.Tensor<[3, 4]>) => T.dot(T.matmul(row, w), T.zeros([4])))(tall))<T.Tensor<[3, 4]>>(true)

// @ts-expect-error matmul: [2, 3] and [4, 5] do not multiply
T.matmul(matrix, wrong)
// @ts-expect-error matmul: [2, 3] and [2] do not multiply
T.matmul(matrix, pair)
// @ts-expect-error matmul: [7, 2, 3] and [4, 5] do not multiply
T.matmul(stack, wrong)
// @ts-expect-error matmul: an operand is a scalar; expected at least one axis
T.matmul(matrix, scalar)
// @ts-expect-error matmul: [2, 3] and [4, 5] do not multiply
pipe(matrix, T.matmul(wrong))
// @ts-expect-error the leading axes do not broadcast: matmul: [7, 2, 3] and [8, 3, 4] do not multiply
T.matmul(stack, T.zeros([8, 3, 4]))

// -----------------------------------------------------------------------------
// dot, outer, einsum
// -----------------------------------------------------------------------------

typeOf(T.dot(row, row))<T.Tensor<[]>>(true)
typeOf(pipe(matrix, T.dot(tall)))<T.Tensor<[2, 4]>>(true)
typeOf(T.outer(row, pair))<T.Tensor<[3, 2]>>(true)
typeOf(pipe(row, T.outer(pair)))<T.Tensor<[3, 2]>>(true)
typeOf(T.einsum('ij,jk->ik', matrix, tall))<T.Tensor<Shape>>(true)

// @ts-expect-error dot: [3] and [2] do not multiply
T.dot(row, pair)

// -----------------------------------------------------------------------------
// gather and its kin
// -----------------------------------------------------------------------------

typeOf(T.gather(matrix, ids))<T.Tensor<[5, 3]>>(true)
typeOf(T.gather(matrix, pages))<T.Tensor<[5, 6, 3]>>(true)
typeOf(T.gather(matrix, ids, { axis: 1 }))<T.Tensor<[2, 5]>>(true)
typeOf(T.gather(matrix, ids, { axis: -1 }))<T.Tensor<[2, 5]>>(true)
typeOf(T.gather(matrix, 0))<T.Tensor<[3]>>(true)
typeOf(T.gather(matrix, 0, { axis: 1 }))<T.Tensor<[2]>>(true)
typeOf(T.gather(matrix, [0, 1, 1]))<T.Tensor<[number, 3]>>(true)
typeOf(pipe(matrix, T.gather(ids)))<T.Tensor<[5, 3]>>(true)
typeOf(pipe(matrix, T.gather(ids, { axis: 1 })))<T.Tensor<[2, 5]>>(true)
typeOf(T.gather(matrix, unknownRank))<T.Tensor<Shape>>(true)
typeOf(T.scatterAdd(matrix, ids, row))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(matrix, T.scatterAdd(ids, row, { axis: 0 })))<T.Tensor<[2, 3]>>(true)
typeOf(T.takeAlongAxis(matrix, pages))<T.Tensor<[number, number]>>(true)
typeOf(T.addAlongAxis(matrix, pages, pages))<T.Tensor<[2, 3]>>(true)

// @ts-expect-error there is no such option
T.gather(matrix, ids, { axes: 1 })

// -----------------------------------------------------------------------------
// sorting and searching
// -----------------------------------------------------------------------------

typeOf(T.sort(matrix))<T.Tensor<[2, 3]>>(true)
// Inference through pipe reads an overloaded function without its type parameters: the shape is then known at run time only.
typeOf(pipe(matrix, T.sort))<T.Tensor<Shape>>(true)
typeOf(pipe(matrix, T.sort({ axis: 0 })))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(matrix, T.argsort({ descending: true })))<T.Tensor<[2, 3]>>(true)
typeOf(T.topK(matrix, 1))<readonly [values: T.Tensor<[2, 1]>, indices: T.Tensor<[2, 1]>]>(true)
typeOf(pipe(matrix, T.topK(1, { axis: 0 })))<readonly [values: T.Tensor<[1, 3]>, indices: T.Tensor<[1, 3]>]>(true)
typeOf(T.searchSorted(row, pages))<T.Tensor<[5, 6]>>(true)
typeOf(pipe(row, T.searchSorted(ids, { side: 'right' })))<T.Tensor<[5]>>(true)
typeOf(T.searchSorted(row, 2))<T.Tensor<[]>>(true)

// @ts-expect-error there is no such option
T.sort(matrix, { axis: 0, reverse: true })
