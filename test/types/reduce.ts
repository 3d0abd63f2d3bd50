// What the compiler knows of reductions. This file is compiled, not run.
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

declare const cube: T.Tensor<[2, 3, 4]>
declare const matrix: T.Tensor<[2, 3]>
declare const named: T.Tensor<[Dim<'batch'>, 10]>
declare const gradual: T.Tensor<[number, 3]>
declare const scalar: T.Tensor<[]>
declare const unknownRank: T.Tensor
declare const someAxis: number
declare const someAxes: readonly number[]
declare const oneOfTwo: 0 | 1
declare const maybe: boolean
declare const options: T.ReduceOptions
declare const maybeFirst: { readonly axis?: 0 }

// -----------------------------------------------------------------------------
// all elements
// -----------------------------------------------------------------------------

typeOf(T.sum(cube))<T.Tensor<[]>>(true)
typeOf(pipe(cube, T.sum))<T.Tensor<[]>>(true)
typeOf(pipe(unknownRank, T.mean))<T.Tensor<[]>>(true)
typeOf(pipe(scalar, T.max))<T.Tensor<[]>>(true)
typeOf(T.sum(cube, {}))<T.Tensor<[]>>(true)
typeOf(T.sum(cube, { keepDims: true }))<T.Tensor<[1, 1, 1]>>(true)
typeOf(T.sum(cube, { keepDims: false }))<T.Tensor<[]>>(true)
typeOf(T.argmax(cube))<T.Tensor<[]>>(true)
typeOf(pipe(cube, T.argmin))<T.Tensor<[]>>(true)
typeOf(pipe(matrix, T.square, T.sum))<T.Tensor<[]>>(true)
grad((x: T.Tensor<[2, 3]>) => pipe(x, T.square, T.sum))
grad(T.logSumExp)

// -----------------------------------------------------------------------------
// literal axes
// -----------------------------------------------------------------------------

typeOf(T.sum(cube, { axis: 0 }))<T.Tensor<[3, 4]>>(true)
typeOf(T.sum(cube, { axis: -1 }))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(cube, T.mean({ axis: 1 })))<T.Tensor<[2, 4]>>(true)
typeOf(pipe(cube, T.mean({ axis: -2, keepDims: true })))<T.Tensor<[2, 1, 4]>>(true)
typeOf(T.prod(cube, { axis: [0, -1] }))<T.Tensor<[3]>>(true)
typeOf(T.max(cube, { axis: [2, 0], keepDims: true }))<T.Tensor<[1, 3, 1]>>(true)
typeOf(T.min(cube, { axis: [] }))<T.Tensor<[2, 3, 4]>>(true)
typeOf(T.any(named, { axis: 1 }))<T.Tensor<[Dim<'batch'>]>>(true)
typeOf(T.all(gradual, { axis: 0, keepDims: true }))<T.Tensor<[1, 3]>>(true)
typeOf(T.logSumExp(gradual, { axis: -1 }))<T.Tensor<[number]>>(true)
typeOf(T.variance(matrix, { axis: 0, correction: 1 }))<T.Tensor<[3]>>(true)
typeOf(pipe(matrix, T.std({ axis: 0, correction: 1 })))<T.Tensor<[3]>>(true)
typeOf(pipe(matrix, T.norm({ axis: 1, ord: 1 })))<T.Tensor<[2]>>(true)
typeOf(T.argmax(matrix, { axis: -1 }))<T.Tensor<[2]>>(true)
typeOf(pipe(matrix, T.argmax({ axis: 0, keepDims: true })))<T.Tensor<[1, 3]>>(true)

// -----------------------------------------------------------------------------
// what is not known is not claimed
// -----------------------------------------------------------------------------

typeOf(T.sum(cube, { axis: someAxis }))<T.Tensor<Shape>>(true)
typeOf(T.sum(cube, { axis: someAxes }))<T.Tensor<Shape>>(true)
typeOf(T.sum(cube, { axis: [someAxis, 0] }))<T.Tensor<Shape>>(true)
typeOf(T.sum(cube, { axis: 5 }))<T.Tensor<Shape>>(true)
typeOf(T.sum(cube, { axis: oneOfTwo }))<T.Tensor<[3, 4] | [2, 4]>>(true)
typeOf(T.sum(cube, { axis: 0, keepDims: maybe }))<T.Tensor<Shape>>(true)
typeOf(T.sum(unknownRank, { axis: 0 }))<T.Tensor<Shape>>(true)
typeOf(pipe(cube, T.sum(options)))<T.Tensor<Shape>>(true)
const either: T.Tensor<[] | [3, 4]> = T.sum(cube, maybeFirst)

// -----------------------------------------------------------------------------
// what keeps the shape
// -----------------------------------------------------------------------------

typeOf(T.softmax(matrix))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(matrix, T.softmax))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(matrix, T.logSoftmax({ axis: 0 })))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(named, T.logSoftmax))<T.Tensor<[Dim<'batch'>, 10]>>(true)
typeOf(pipe(matrix, T.cumsum({ axis: 0 }), T.cumprod({ axis: 1, exclusive: true })))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(unknownRank, T.softmax))<T.Tensor<Shape>>(true)

const generic = <S extends Shape>(x: T.Tensor<S>): T.Tensor<S> => pipe(x, T.softmax, T.logSoftmax({ axis: 0 }))
const asFunctions: readonly ((x: T.Tensor<[2]>) => T.Tensor<[2]>)[] = [T.softmax, T.cumsum, T.flip]
const asReductions: readonly ((x: T.Tensor<[2]>) => T.Tensor<[]>)[] = [T.sum, T.norm, T.argmax]

// -----------------------------------------------------------------------------
// what is refused
// -----------------------------------------------------------------------------

// @ts-expect-error the option is keepDims
T.sum(cube, { axis: 0, keepdims: true })
// @ts-expect-error the option is axis
T.mean({ axes: 0 })
// @ts-expect-error a tensor is required
T.sum([1, 2, 3])
// @ts-expect-error a tensor is required
T.softmax([1, 2, 3])
// @ts-expect-error the option is axis
T.softmax(matrix, { dim: 0 })
// @ts-expect-error argmax searches along one axis
T.argmax(matrix, { axis: [0, 1] })
// @ts-expect-error the result has shape [2]
const wrong: T.Tensor<[3]> = T.sum(matrix, { axis: 1 })
