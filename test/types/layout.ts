// What the compiler knows of changes of layout. This file is compiled, not run.
import { pipe } from 'fp-ts/lib/function.js'
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
declare const tall: T.Tensor<[3, 2]>
declare const vector: T.Tensor<[5]>
declare const scalar: T.Tensor<[]>
declare const named: T.Tensor<[Dim<'batch'>, 1]>
declare const gradual: T.Tensor<[number, 3]>
declare const unknownRank: T.Tensor
declare const someAxis: number
declare const list: readonly T.Tensor<[2, 3]>[]

// -----------------------------------------------------------------------------
// shape
// -----------------------------------------------------------------------------

typeOf(T.reshape(cube, [4, 6]))<T.Tensor<[4, 6]>>(true)
typeOf(pipe(cube, T.reshape([-1, 6])))<T.Tensor<[number, 6]>>(true)
typeOf(T.reshape(cube, []))<T.Tensor<[]>>(true)
typeOf(T.reshape(cube, [someAxis, 2]))<T.Tensor<[number, 2]>>(true)
typeOf(T.ravel(cube))<T.Tensor<[number]>>(true)
typeOf(pipe(vector, T.ravel))<T.Tensor<[5]>>(true)
typeOf(T.ravel(scalar))<T.Tensor<[1]>>(true)
typeOf(pipe(cube, T.flatten))<T.Tensor<[number]>>(true)
typeOf(pipe(cube, T.flatten({ startAxis: 1 })))<T.Tensor<[2, number]>>(true)
typeOf(T.flatten(cube, { endAxis: 1 }))<T.Tensor<Shape>>(true)
typeOf(T.expandDims(matrix, 0))<T.Tensor<[1, 2, 3]>>(true)
typeOf(pipe(matrix, T.expandDims(-1)))<T.Tensor<[2, 3, 1]>>(true)
typeOf(pipe(matrix, T.expandDims(someAxis)))<T.Tensor<Shape>>(true)
typeOf(T.expandDims(matrix, [0, 1]))<T.Tensor<Shape>>(true)
typeOf(T.expandDims(matrix, { axis: 0 }))<T.Tensor<[1, 2, 3]>>(true)
typeOf(pipe(matrix, T.expandDims({ axis: -1 })))<T.Tensor<[2, 3, 1]>>(true)
typeOf(pipe(matrix, T.expandDims({ axis: [0, 1] })))<T.Tensor<Shape>>(true)
typeOf(T.expandDims(matrix, { axis: someAxis }))<T.Tensor<Shape>>(true)
typeOf(T.squeeze(named, { axis: 1 }))<T.Tensor<[Dim<'batch'>]>>(true)
typeOf(T.squeeze(named))<T.Tensor<Shape>>(true)
typeOf(pipe(T.zeros([1, 3, 1]), T.squeeze))<T.Tensor<[3]>>(true)
typeOf(pipe(gradual, T.squeeze))<T.Tensor<Shape>>(true)
typeOf(pipe(T.zeros([1, 3, 1]), T.squeeze({ axis: [0, -1] })))<T.Tensor<[3]>>(true)
typeOf(T.broadcastTo(vector, [2, 5]))<T.Tensor<[2, 5]>>(true)

// -----------------------------------------------------------------------------
// order of axes
// -----------------------------------------------------------------------------

typeOf(T.transpose(cube))<T.Tensor<[4, 3, 2]>>(true)
typeOf(pipe(cube, T.transpose))<T.Tensor<[4, 3, 2]>>(true)
typeOf(pipe(cube, T.transpose([0, -1, 1])))<T.Tensor<[2, 4, 3]>>(true)
typeOf(T.permute(cube, [2, 0, 1]))<T.Tensor<[4, 2, 3]>>(true)
typeOf(T.swapAxes(cube, 0, -1))<T.Tensor<[4, 3, 2]>>(true)
typeOf(T.swapAxes(cube, 0, someAxis))<T.Tensor<[number, number, number]>>(true)
typeOf(pipe(cube, T.moveAxis(0, -1)))<T.Tensor<[3, 4, 2]>>(true)
typeOf(T.moveAxis(cube, someAxis, 0))<T.Tensor<Shape>>(true)
typeOf(pipe(unknownRank, T.transpose))<T.Tensor<Shape>>(true)

// -----------------------------------------------------------------------------
// parts
// -----------------------------------------------------------------------------

typeOf(T.slice(cube, [null, [0, 2]]))<T.Tensor<[2, number, 4]>>(true)
typeOf(pipe(cube, T.slice([[null, null, -1]])))<T.Tensor<[number, 3, 4]>>(true)
typeOf(T.at(cube, 0))<T.Tensor<[3, 4]>>(true)
typeOf(pipe(cube, T.at(-1, { axis: 2 })))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(cube, T.flip))<T.Tensor<[2, 3, 4]>>(true)
typeOf(pipe(cube, T.flip({ axis: 0 })))<T.Tensor<[2, 3, 4]>>(true)
typeOf(T.pad(matrix, 1))<T.Tensor<[number, number]>>(true)
typeOf(pipe(matrix, T.pad(1, { mode: 'reflect' })))<T.Tensor<[number, number]>>(true)
typeOf(T.resize(cube, 5, { mode: 'linear' }))<T.Tensor<[2, 3, number]>>(true)
typeOf(pipe(cube, T.upsample({ scale: 2 })))<T.Tensor<[2, 3, number]>>(true)
typeOf(pipe(unknownRank, T.resize([2, 2])))<T.Tensor<Shape>>(true)
typeOf(pipe(cube, T.pixelShuffle(2)))<T.Tensor<[number, number, number]>>(true)
typeOf(pipe(cube, T.layerNorm))<T.Tensor<[2, 3, 4]>>(true)
typeOf(pipe(cube, T.batchNorm({ scale: vector })))<T.Tensor<[2, 3, 4]>>(true)
typeOf(pipe(cube, T.groupNorm({ groups: 3 })))<T.Tensor<[2, 3, 4]>>(true)
typeOf(T.localResponseNorm(cube, { size: 2 }))<T.Tensor<[2, 3, 4]>>(true)
typeOf(pipe(matrix, T.roll(1)))<T.Tensor<[2, 3]>>(true)
typeOf(T.tile(matrix, [2, 1, 1]))<T.Tensor<[number, number, number]>>(true)
typeOf(T.tile(cube, 2))<T.Tensor<[number, number, number]>>(true)
typeOf(T.repeat(matrix, 2))<T.Tensor<[number]>>(true)
typeOf(pipe(matrix, T.repeat(2, { axis: 0 })))<T.Tensor<[number, 3]>>(true)
typeOf(pipe(matrix, T.triu))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(matrix, T.tril({ offset: -1 })))<T.Tensor<[2, 3]>>(true)
typeOf(T.diag(vector))<T.Tensor<[number, number]>>(true)
typeOf(pipe(matrix, T.diag))<T.Tensor<[number]>>(true)
typeOf(T.diagonal(cube))<T.Tensor<[2, number]>>(true)
typeOf(T.diagEmbed(matrix))<T.Tensor<[2, number, number]>>(true)
typeOf(T.trace(cube))<T.Tensor<[2]>>(true)
typeOf(pipe(matrix, T.trace({ offset: 1 })))<T.Tensor<[]>>(true)

// -----------------------------------------------------------------------------
// other elements in some places
// -----------------------------------------------------------------------------

declare const someIndices: T.Tensor<[7]>

typeOf(T.set(cube, 0, 1))<T.Tensor<[2, 3, 4]>>(true)
typeOf(T.set(cube, [0, null, [1, 3]], T.zeros([3, 2])))<T.Tensor<[2, 3, 4]>>(true)
typeOf(T.set(matrix, someIndices, T.zeros([7]), { axis: 1 }))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(gradual, T.set([null, -1], 0)))<T.Tensor<[number, 3]>>(true)
typeOf(pipe(matrix, T.set(someIndices, 1)))<T.Tensor<[2, 3]>>(true)
typeOf(T.update(cube, -1, T.neg))<T.Tensor<[2, 3, 4]>>(true)
typeOf(pipe(matrix, T.update([0], T.neg)))<T.Tensor<[2, 3]>>(true)

// what f is given, and must return
T.update(cube, 0, (x) => (typeOf(x)<T.Tensor<[3, 4]>>(true), x))
T.update(cube, -1, (x) => (typeOf(x)<T.Tensor<[2, 3]>>(true), x), { axis: 2 })
T.update(cube, [0, null, [1, 3]], (x) => (typeOf(x)<T.Tensor<[3, number]>>(true), x))
T.update(cube, [null, someAxis], (x) => (typeOf(x)<T.Tensor<[2, 4]>>(true), x))
T.update(cube, someIndices, (x) => (typeOf(x)<T.Tensor<[7, 3, 4]>>(true), x))
T.update(unknownRank, [0], (x) => (typeOf(x)<T.Tensor<Shape>>(true), x))
// @ts-expect-error f changes the shape
T.update(cube, 0, T.sum)
// @ts-expect-error positions are integers, null or ranges
T.set(matrix, ['0'], 1)
// @ts-expect-error the option is axis
T.set(matrix, 0, 1, { axes: 1 })

// -----------------------------------------------------------------------------
// joining and splitting
// -----------------------------------------------------------------------------

typeOf(T.concat([matrix, matrix]))<T.Tensor<[number, 3]>>(true)
typeOf(T.concat([matrix, matrix], { axis: -1 }))<T.Tensor<[2, number]>>(true)
typeOf(pipe([matrix, matrix], T.concat({ axis: 1 })))<T.Tensor<[2, number]>>(true)
typeOf(T.concat(list))<T.Tensor<[number, 3]>>(true)
typeOf(T.stack([matrix, matrix]))<T.Tensor<[2, 2, 3]>>(true)
typeOf(T.stack([matrix, matrix, matrix], { axis: -1 }))<T.Tensor<[2, 3, 3]>>(true)
typeOf(pipe(list, T.stack))<T.Tensor<[number, 2, 3]>>(true)
typeOf(T.stack([scalar, scalar]))<T.Tensor<[2]>>(true)
typeOf(T.stack([unknownRank, matrix]))<T.Tensor<Shape>>(true)
typeOf(T.split(matrix, 3, { axis: 1 }))<readonly [T.Tensor<[2, number]>, T.Tensor<[2, number]>, T.Tensor<[2, number]>]>(
  true
)
typeOf(T.split(matrix, [1, 2], { axis: 1 }))<readonly [T.Tensor<[2, 1]>, T.Tensor<[2, 2]>]>(true)
typeOf(pipe(matrix, T.split(someAxis)))<readonly T.Tensor<[number, 3]>[]>(true)

// -----------------------------------------------------------------------------
// what is refused
// -----------------------------------------------------------------------------

// @ts-expect-error stack: the shapes are [2, 3] and [3, 2]; expected equal shapes
T.stack([matrix, tall])
// @ts-expect-error stack: the shapes are [2, 3] and [5]; expected equal shapes
pipe([matrix, vector] as const, T.stack({ axis: 1 }))
// @ts-expect-error a list of tensors is required
T.concat(matrix)
// @ts-expect-error ranges are null or arrays
T.slice(matrix, [0, 1])
// @ts-expect-error the option is value
T.pad(matrix, 1, { constant: 0 })
// @ts-expect-error the mode is 'bilinear'
T.resize(cube, 2, { mode: 'bilineer' })
// @ts-expect-error the scale is required
T.upsample(cube, { mode: 'linear' })
// @ts-expect-error the option is scale
T.layerNorm(cube, { weight: vector })
// @ts-expect-error the number of groups is required
T.groupNorm(cube)
// @ts-expect-error the option is axis
T.flip({ axes: 0 })
// @ts-expect-error the option is axis
T.expandDims(matrix, { axes: 0 })
// @ts-expect-error the result has shape [3, 2]
const wrong: T.Tensor<[2, 3]> = pipe(matrix, T.transpose)
