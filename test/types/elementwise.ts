// What the compiler knows of elementwise operations. This file is compiled, not run.
import { pipe } from 'fp-ts/lib/function.js'
import { grad } from 'pullback/Grad'
import type { Dim } from 'pullback/Shape'
import * as T from 'pullback/Tensor'

type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false

/** `typeOf(x)<Expected>(true)` compiles only where the type of `x` is exactly that. */
const typeOf =
  <Actual>(_: Actual) =>
  <Expected>(same: Same<Actual, Expected>): boolean =>
    same

declare const matrix: T.Tensor<[2, 3]>
declare const other: T.Tensor<[2, 4]>
declare const row: T.Tensor<[3]>
declare const column: T.Tensor<[2, 1]>
declare const scalar: T.Tensor<[]>
declare const batch: T.Tensor<[Dim<'batch'>, 3]>
declare const classes: T.Tensor<[Dim<'classes'>, 3]>
declare const gradual: T.Tensor<[number, 3]>
declare const unknownRank: T.Tensor
declare const mask: T.Tensor<[2, 3]>

// -----------------------------------------------------------------------------
// one operand
// -----------------------------------------------------------------------------

typeOf(T.tanh(matrix))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(row, T.exp, T.relu))<T.Tensor<[3]>>(true)
typeOf(T.sigmoid(gradual))<T.Tensor<[number, 3]>>(true)
typeOf(T.log(unknownRank))<T.Tensor>(true)
typeOf(grad(T.sin)(scalar))<T.Tensor<[]>>(true)
typeOf(T.stopGradient(matrix))<T.Tensor<[2, 3]>>(true)
typeOf(T.isNaN(row))<T.Tensor<[3]>>(true)
// @ts-expect-error: numbers are not tensors
T.sin(1)

// -----------------------------------------------------------------------------
// two operands
// -----------------------------------------------------------------------------

typeOf(T.add(matrix, row))<T.Tensor<[2, 3]>>(true)
typeOf(T.mul(column, row))<T.Tensor<[2, 3]>>(true)
typeOf(T.pow(matrix, 2))<T.Tensor<[2, 3]>>(true)
typeOf(T.sub(1, row))<T.Tensor<[3]>>(true)
typeOf(pipe(matrix, T.div(row)))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(matrix, T.maximum(0)))<T.Tensor<[2, 3]>>(true)
typeOf(T.greater(matrix, scalar))<T.Tensor<[2, 3]>>(true)
typeOf(T.logAddExp(gradual, row))<T.Tensor<[number, 3]>>(true)
typeOf(T.hypot(unknownRank, row))<T.Tensor>(true)
typeOf(T.add(batch, row))<T.Tensor<[Dim<'batch'>, 3]>>(true)
// @ts-expect-error: the sentence, add: [2, 3] and [2, 4] do not broadcast
T.add(matrix, other)
// @ts-expect-error: two names of different sizes
T.add(batch, classes)

// -----------------------------------------------------------------------------
// choice, bounds, types of elements
// -----------------------------------------------------------------------------

typeOf(T.where(mask, matrix, row))<T.Tensor<[2, 3]>>(true)
typeOf(T.where(mask, row, 0))<T.Tensor<[2, 3]>>(true)
typeOf(T.where(mask, 0, column))<T.Tensor<[2, 3]>>(true)
typeOf(T.where(mask, 1, 0))<T.Tensor<[2, 3]>>(true)
typeOf(T.where(scalar, matrix, 0))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(mask, T.where(matrix, row)))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(mask, T.where(row, 0)))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(mask, T.where(1, 0)))<T.Tensor<[2, 3]>>(true)
typeOf(T.where(mask, unknownRank, 0))<T.Tensor>(true)
// @ts-expect-error: where: [2, 3] and [2, 4] do not broadcast
T.where(mask, other, 0)
// @ts-expect-error: where: [2, 3] and [2, 4] do not broadcast
T.where(mask, matrix, other)

typeOf(T.clamp(matrix, 0, 1))<T.Tensor<[2, 3]>>(true)
typeOf(T.clamp(matrix, { min: 0 }))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(row, T.clamp({ max: 1 })))<T.Tensor<[3]>>(true)
typeOf(pipe(row, T.clamp(0, 1)))<T.Tensor<[3]>>(true)
// @ts-expect-error: bounds are min and max
T.clamp(row, { lower: 0 })

typeOf(T.cast(matrix, 'float64'))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(row, T.cast('int32')))<T.Tensor<[3]>>(true)
// @ts-expect-error: no such type of elements
T.cast(row, 'float16')

typeOf(T.polygamma(row, 1))<T.Tensor<[3]>>(true)
typeOf(pipe(row, T.polygamma(1)))<T.Tensor<[3]>>(true)
