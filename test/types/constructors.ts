// What the compiler knows of constructors, destructors, ensure and trees. This file is compiled, not run.
import { flow, pipe } from 'fp-ts/lib/function.js'
import type { Dim, Nested, Shape } from 'pullback/Shape'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { typeOf } from './same.js'

type Batch = Dim<'batch'>

declare const batch: Batch
declare const size: number
declare const shape: readonly number[]
declare const pair: readonly [2, 3]
declare const row: number[]
declare const rows: readonly (readonly number[])[]
declare const nested: Nested
declare const numberOrRow: number | number[]
declare const flag: boolean
declare const matrix: T.Tensor<[2, 3]>
declare const unknownRank: T.Tensor

// -----------------------------------------------------------------------------
// of
// -----------------------------------------------------------------------------

typeOf(
  T.of([
    [1, 2, 3],
    [4, 5, 6]
  ])
)<T.Tensor<[2, 3]>>(true)
typeOf(T.of([1, 2]))<T.Tensor<[2]>>(true)
typeOf(T.of(1))<T.Tensor<[]>>(true)
typeOf(T.of([]))<T.Tensor<[0]>>(true)
typeOf(T.of([[true], [false]]))<T.Tensor<[2, 1]>>(true)
typeOf(T.of([size, 1], 'float64'))<T.Tensor<[2]>>(true)
typeOf(T.of(row))<T.Tensor<[number]>>(true)
typeOf(T.of(rows))<T.Tensor<[number, number]>>(true)
typeOf(T.of([row, row]))<T.Tensor<[2, number]>>(true)
typeOf(T.of(nested))<T.Tensor>(true)
typeOf(T.of(flag))<T.Tensor<[]>>(true)
typeOf(T.of(numberOrRow))<T.Tensor<[] | [number]>>(true)
// @ts-expect-error rows of different lengths
T.of([
  [1, 2, 3],
  [4, 5]
])
// @ts-expect-error rows of different depths
T.of([1, [2]])
// @ts-expect-error numbers or booleans, not both
T.of([1, true])
// @ts-expect-error nor text
T.of(['1'])
// @ts-expect-error nor undefined
T.of([undefined])
// @ts-expect-error no such element type
T.of([1], 'float16')

// -----------------------------------------------------------------------------
// from a shape
// -----------------------------------------------------------------------------

typeOf(T.zeros([2, 3]))<T.Tensor<[2, 3]>>(true)
typeOf(T.zeros([]))<T.Tensor<[]>>(true)
typeOf(T.ones([batch, size, 3], 'bool'))<T.Tensor<[Batch, number, 3]>>(true)
typeOf(T.full(pair, 7))<T.Tensor<[2, 3]>>(true)
typeOf(T.zeros(matrix.shape))<T.Tensor<[2, 3]>>(true)
typeOf(T.zeros(shape))<T.Tensor<number[]>>(true)
typeOf(T.fromTypedArray(new Float32Array(6), [2, 3]))<T.Tensor<[2, 3]>>(true)
typeOf(T.zerosLike(matrix))<T.Tensor<[2, 3]>>(true)
typeOf(T.onesLike(unknownRank))<T.Tensor>(true)
typeOf(T.scalar(1))<T.Tensor<[]>>(true)
// @ts-expect-error a shape is an array
T.zeros(2)
// @ts-expect-error strings are not sizes
T.zeros(['2'])

typeOf(T.eye(3))<T.Tensor<[3, 3]>>(true)
typeOf(T.eye(2, 3))<T.Tensor<[2, 3]>>(true)
typeOf(T.eye(size, 'int32'))<T.Tensor<[number, number]>>(true)
typeOf(T.arange(4))<T.Tensor<[4]>>(true)
typeOf(T.arange(-4))<T.Tensor<[number]>>(true)
typeOf(T.arange(2.5))<T.Tensor<[number]>>(true)
typeOf(T.arange(1e21))<T.Tensor<[number]>>(true)
typeOf(T.arange(size))<T.Tensor<[number]>>(true)
typeOf(T.arange(0, 4))<T.Tensor<[number]>>(true)
typeOf(T.linspace(0, 1, 5))<T.Tensor<[5]>>(true)
typeOf(T.oneHot(T.of([0, 1], 'int32'), 3))<T.Tensor<[2, 3]>>(true)
typeOf(T.oneHot([0, 1], 3))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(T.of([[0]], 'int32'), T.oneHot(3, 'bool')))<T.Tensor<[1, 1, 3]>>(true)
typeOf(T.oneHot(unknownRank, 3))<T.Tensor>(true)
typeOf(T.oneHot(T.zeros([batch], 'int32'), size))<T.Tensor<[Batch, number]>>(true)

// -----------------------------------------------------------------------------
// one shape is another
// -----------------------------------------------------------------------------

export const known: T.Tensor = matrix
export const gradual: T.Tensor<[number, 3]> = matrix
export const named: T.Tensor<[number, 3]> = T.zeros([batch, 3])
// @ts-expect-error an unknown size is not a literal
export const literal = (): T.Tensor<[2, 3]> => gradual
// @ts-expect-error the rank is unknown
export const ranked: T.Tensor<[2, 3]> = unknownRank
// @ts-expect-error another size
export const other: T.Tensor<[2, 4]> = matrix
// @ts-expect-error a number is not a named size
export const unnamed: T.Tensor<[Batch, 3]> = T.zeros([size, 3])
// @ts-expect-error a plain object is not a tensor
export const fake: T.Tensor<[]> = { shape: [], dtype: 'float32', level: 0 }
// @ts-expect-error the shape is read-only
matrix.shape[0] = 2

// -----------------------------------------------------------------------------
// ensure, and back into plain values
// -----------------------------------------------------------------------------

typeOf(T.ensure(unknownRank, [32, 8]))<T.Tensor<[32, 8]>>(true)
typeOf(pipe(unknownRank, T.ensure([batch, 8])))<T.Tensor<[Batch, 8]>>(true)
typeOf(T.ensure(unknownRank, []))<T.Tensor<[]>>(true)
typeOf(pipe(unknownRank, T.ensure([])))<T.Tensor<[]>>(true)
typeOf(T.ensure(matrix, shape))<T.Tensor<number[]>>(true)

typeOf(T.toNested(T.scalar(1)))<number>(true)
typeOf(T.toNested(T.of([1, 2])))<readonly number[]>(true)
typeOf(T.toNested(matrix))<readonly (readonly number[])[]>(true)
typeOf(T.shape(matrix))<readonly [2, 3]>(true)
typeOf(T.rank(matrix))<2>(true)
typeOf(T.rank(unknownRank))<number>(true)
typeOf(T.item(matrix))<number>(true)
typeOf(T.of([1, 2, 3]).shape)<readonly [3]>(true)

// -----------------------------------------------------------------------------
// pipelines, and functions of any shape
// -----------------------------------------------------------------------------

declare const w: T.Tensor<[3]>
typeOf(pipe(T.of([1, 2, 3]), T.mul(w), T.neg))<T.Tensor<[3]>>(true)
typeOf(pipe(T.of([1, 2, 3]), T.mul(2), T.tanh, T.add(w)))<T.Tensor<[3]>>(true)
typeOf(pipe(matrix, flow(T.neg, T.square)))<T.Tensor<[2, 3]>>(true)

export const twice = <S extends Shape>(x: T.Tensor<S>): T.Tensor<S> => T.add(x, x)
export const swish = <S extends Shape>(x: T.Tensor<S>): T.Tensor<S> => T.mul(x, T.sigmoid(x))
export const half = <S extends Shape>(x: T.Tensor<S>): T.Tensor<S> => pipe(x, T.div(2), T.neg)
export const shifted = (x: T.Tensor): T.Tensor => pipe(x, T.sub(x), T.add(w))
typeOf(swish(matrix))<T.Tensor<[2, 3]>>(true)
// @ts-expect-error what is not known to broadcast
export const unsafe = <S extends Shape>(x: T.Tensor<S>): T.Tensor => T.add(x, w)

// -----------------------------------------------------------------------------
// trees
// -----------------------------------------------------------------------------

interface Params {
  readonly w: T.Tensor<[2, 3]>
  readonly layers: readonly [T.Tensor<[3]>, { readonly b: T.Tensor<[]> }]
}
declare const params: Params
declare const otherParams: { readonly w: T.Tensor<[2, 4]> }

typeOf(Tree.map(params, T.neg))<Params>(true)
typeOf(Tree.map(params, (leaf) => T.mul(leaf, 2)))<Params>(true)
typeOf(pipe(params, Tree.map(T.neg)))<Params>(true)
typeOf(Tree.map(params, T.sum).w)<T.Tensor>(true)
typeOf(
  pipe(
    params,
    Tree.map((leaf) => T.sum(leaf))
  ).layers[1].b
)<T.Tensor>(true)
typeOf(Tree.zipWith(params, params, T.add))<Params>(true)
typeOf(Tree.zipWith(params, params, (a, b) => T.sub(a, T.mul(b, 0.1))))<Params>(true)
typeOf(pipe(params, Tree.zipWith(params, T.maximum)))<Params>(true)
typeOf(Tree.zipWith(params, params, (a) => T.sum(a)).w)<T.Tensor>(true)
typeOf(Tree.zipWith(params, params, T.dot).w)<T.Tensor>(true)
typeOf(pipe(params, Tree.zipWith(params, T.dot)).w)<T.Tensor>(true)
typeOf(Tree.mapWithPath(params, (path, leaf) => (path === 'w' ? T.neg(leaf) : leaf)))<Params>(true)
typeOf(Tree.mapWithPath(params, (_path, leaf: T.Tensor) => T.add(leaf, w)).w)<T.Tensor>(true)
typeOf(Tree.add(params, params))<Params>(true)
typeOf(pipe(params, Tree.sub(params), Tree.scale(2)))<Params>(true)
typeOf(Tree.dot(params, params))<T.Tensor<[]>>(true)
typeOf(Tree.flatten(params).unflatten([]))<Params>(true)
// @ts-expect-error another structure
Tree.add(params, otherParams)
