// What the compiler knows of derivatives and of random draws. This file is compiled, not run.
import { pipe } from 'fp-ts/lib/function.js'
import * as State from 'fp-ts/lib/State.js'
import {
  checkpoint,
  divergence,
  gaussNewtonVectorProduct,
  grad,
  hessian,
  hessianDiagonal,
  hvp,
  jacobian,
  jvp,
  laplacian,
  linearize,
  valueAndGrad,
  vjp
} from 'pullback/Grad'
import type { Dim, Shape } from 'pullback/Shape'
import * as Random from 'pullback/Random'
import * as T from 'pullback/Tensor'
import { type VmapOptions, type WithAxis, type WithoutAxis, overExamples, vmap } from 'pullback/Vmap'
import { isType, typeOf } from './same.js'

type Scalar = T.Tensor<[]>

declare const scalar: Scalar
declare const vector: T.Tensor<[3]>
declare const unknownRank: T.Tensor

// -----------------------------------------------------------------------------
// grad
// -----------------------------------------------------------------------------

const cube = (x: Scalar): Scalar => T.mul(x, T.mul(x, x))
typeOf(grad(cube))<(params: Scalar) => Scalar>(true)
typeOf(grad(grad(cube)))<(params: Scalar) => Scalar>(true)
typeOf(pipe(cube, grad, grad, grad))<(params: Scalar) => Scalar>(true)
typeOf(grad(grad(T.neg))(scalar))<Scalar>(true)
typeOf(grad(grad(grad(T.sin)))(scalar))<Scalar>(true)
export const scalarSlope: (x: Scalar) => Scalar = grad(grad(T.tanh))
export const inferred: (x: Scalar) => Scalar = grad((x) => T.mul(x, 2))
typeOf(grad((x: T.Tensor<[3]>) => T.sum(T.mul(x, x))))<(params: T.Tensor<[3]>) => T.Tensor<[3]>>(true)
typeOf(grad(T.sum)(vector))<T.Tensor>(true)

interface Params {
  readonly w: T.Tensor<[3]>
  readonly b: Scalar
}
declare const params: Params
const loss = ({ w, b }: Params, x: T.Tensor<[3]>, scale = 1): Scalar => T.mul(T.add(T.dot(w, x), b), scale)
typeOf(grad(loss))<(params: Params, x: T.Tensor<[3]>, scale?: number) => Params>(true)
typeOf(valueAndGrad(loss)(params, vector))<readonly [value: Scalar, gradient: Params]>(true)
// @ts-expect-error the rest of the arguments are those of the function
grad(loss)(params, scalar)

// a result of unknown rank may be a scalar; a result that is known not to be one is refused, with a message
export const gradual: (x: T.Tensor<[3]>) => T.Tensor<[3]> = grad((x: T.Tensor<[3]>): T.Tensor => x)
// @ts-expect-error grad: the function returned shape [3]; expected a scalar
grad((x: T.Tensor<[3]>) => T.neg(x))(vector)
// @ts-expect-error so of a function of any shape, where it is called with a vector
grad(T.neg)(vector)
// @ts-expect-error grad: the function returned no tensor; expected a scalar
grad((x: T.Tensor<[3]>) => [x] as const)(vector)
// @ts-expect-error the same in valueAndGrad
valueAndGrad((x: T.Tensor<[3]>) => T.neg(x))(vector)

// in code for any parameters
export const descend =
  <P, Rest extends readonly unknown[]>(f: (params: P, ...rest: Rest) => Scalar) =>
  (p: P, ...rest: Rest): P =>
    grad(f)(p, ...rest)
export const slopeOf = <S extends Shape>(f: (x: T.Tensor<S>) => Scalar): ((x: T.Tensor<S>) => T.Tensor<S>) => grad(f)
export const hessianTimes =
  <S extends Shape>(f: (x: T.Tensor<S>) => Scalar, v: T.Tensor<S>) =>
  (x: T.Tensor<S>): T.Tensor<S> =>
    grad((y: T.Tensor<S>) => T.sum(T.mul(grad(f)(y), v)))(x)

typeOf(vjp((x: T.Tensor<[3]>) => T.neg(x))(vector)[1](vector))<[x: T.Tensor<[3]>]>(true)
typeOf(jvp((x: T.Tensor<[3]>) => T.sum(x))([vector], [vector]))<readonly [value: Scalar, tangent: Scalar]>(true)

// -----------------------------------------------------------------------------
// Jacobians, Hessians and their products
// -----------------------------------------------------------------------------

declare const pairOf: T.Tensor<[2]>
declare const wide: (x: T.Tensor<[3]>) => T.Tensor<[2]>
typeOf(jacobian(wide)(vector))<T.Tensor<[2, 3]>>(true)
typeOf(jacobian(cube)(scalar))<Scalar>(true)
typeOf(jacobian(loss)(params, vector))<{ readonly w: T.Tensor<[3]>; readonly b: Scalar }>(true)
typeOf(jacobian((p: Params) => ({ y: T.outer(p.w, p.w) }))(params).y.b)<T.Tensor<[3, 3]>>(true)
typeOf(jacobian((p: Params) => ({ y: T.outer(p.w, p.w) }))(params).y.w)<T.Tensor<[3, 3, 3]>>(true)
typeOf(jacobian(T.neg)(vector))<T.Tensor<[3, 3]>>(true)
typeOf(hessian(loss)(params, vector).w.b)<T.Tensor<[3]>>(true)
typeOf(hessian(wide)(vector))<T.Tensor<[2, 3, 3]>>(true)
typeOf(hessianDiagonal(loss)(params, vector))<{ readonly w: T.Tensor<[3]>; readonly b: Scalar }>(true)
typeOf(laplacian(wide)(vector))<T.Tensor<[2]>>(true)
typeOf(divergence((x: T.Tensor<[3]>) => T.neg(x))(vector))<Scalar>(true)
typeOf(hvp(loss)(params, params, vector))<Params>(true)
typeOf(gaussNewtonVectorProduct(wide, (y) => T.sum(T.square(y)))(vector, vector))<T.Tensor<[3]>>(true)
typeOf(linearize(wide)(vector))<
  readonly [value: T.Tensor<[2]>, derivative: (tangents_0: T.Tensor<[3]>) => T.Tensor<[2]>]
>(true)
typeOf(checkpoint(loss))<(params: Params, x: T.Tensor<[3]>, scale?: number) => Scalar>(true)
// @ts-expect-error a vector of another size
hvp(loss)(params, { w: pairOf, b: scalar }, vector)
// @ts-expect-error a field has as many components as there are variables
divergence(wide)(vector)

// -----------------------------------------------------------------------------
// vmap
// -----------------------------------------------------------------------------

declare const rows: T.Tensor<[10, 3]>
declare const columns: T.Tensor<[3, 10]>
typeOf(vmap(wide)(rows))<T.Tensor<[number, 2]>>(true)
typeOf(vmap(vmap(cube))(rows))<T.Tensor<[number, number]>>(true)
typeOf(vmap(grad(loss), { inAxes: [null, 0] })(params, rows).w)<T.Tensor<[number, 3]>>(true)
typeOf(vmap(wide, { inAxes: 1 })(columns))<T.Tensor<[number, 2]>>(true)
typeOf(vmap(wide, { inAxes: 1, outAxes: 1 })(columns))<T.Tensor>(true)
typeOf(vmap(T.neg)(rows))<T.Tensor<[number, 3]>>(true)
// @ts-expect-error examples of another size
vmap(wide)(columns)
// @ts-expect-error no such argument
vmap(wide, { inAxes: [0, 0] })(rows)

// each argument by its own entry
const perExample = vmap(grad(loss), { inAxes: [null, 0] })
typeOf(perExample)<
  (
    params: Params,
    x: T.Tensor<[number, 3]>,
    scale?: number
  ) => { readonly w: T.Tensor<[number, 3]>; readonly b: T.Tensor<[number]> }
>(true)
declare const wrongRows: T.Tensor<[5, 4]>
// @ts-expect-error examples of another size
perExample(params, wrongRows)
// @ts-expect-error parameters that are not mapped keep their type
perExample({ w: rows, b: scalar }, rows)
// @ts-expect-error the same without a name
vmap(grad(loss), { inAxes: [null, 0] })(params, T.ones([5, 4]))
// @ts-expect-error a scalar has no axis to map
perExample(params, scalar)

// one entry for all
typeOf(vmap(loss, { inAxes: 0 }))<
  (
    params: { readonly w: T.Tensor<[number, 3]>; readonly b: T.Tensor<[number]> },
    x: T.Tensor<[number, 3]>,
    scale?: number
  ) => T.Tensor<[number]>
>(true)
typeOf(vmap(wide, { size: 10 }))<(x: T.Tensor<[number, 3]>) => T.Tensor<[number, 2]>>(true)
typeOf(vmap(wide, { inAxes: null, size: 10 }))<(x: T.Tensor<[3]>) => T.Tensor<[number, 2]>>(true)
typeOf(vmap(wide, { inAxes: -1 }))<(x: T.Tensor) => T.Tensor<[number, 2]>>(true)
typeOf(vmap(wide, { inAxes: [0], outAxes: 1 }))<(x: T.Tensor<[number, 3]>) => T.Tensor>(true)
// @ts-expect-error examples of another size
vmap(wide, { inAxes: 0 })(wrongRows)

// a tree of entries, and keys
typeOf(vmap(loss, { inAxes: [{ w: null, b: 0 }, 1] }))<
  (
    params: { readonly w: T.Tensor<[3]>; readonly b: T.Tensor<[number]> },
    x: T.Tensor,
    scale?: number
  ) => T.Tensor<[number]>
>(true)
const noisy = (k: Random.Key, x: T.Tensor<[3]>): T.Tensor<[3]> => T.add(x, Random.normal(k, [3]))
typeOf(vmap(noisy, { inAxes: ['split', 0] }))<(k: Random.Key, x: T.Tensor<[number, 3]>) => T.Tensor<[number, 3]>>(true)
// @ts-expect-error a key is split, not a batch of them
vmap(noisy, { inAxes: ['split', 0] })(rows, rows)
// @ts-expect-error there is no leaf of that name
vmap(loss, { inAxes: [{ w: null, c: 0 }, 1] })
// @ts-expect-error an axis is a number
vmap(wide, { inAxes: ['front'] })

// entries that are known at run time only
declare const options: VmapOptions<[params: Params, x: T.Tensor<[3]>], Scalar>
typeOf(vmap((p: Params, x: T.Tensor<[3]>) => T.dot(p.w, x), options))<
  (params: { readonly w: T.Tensor; readonly b: T.Tensor }, x: T.Tensor) => T.Tensor
>(true)
declare const entry: 0 | 1
typeOf(vmap(wide, { inAxes: [entry] }))<(x: T.Tensor) => T.Tensor<[number, 2]>>(true)

// in code for any parameters
export const gradients = <P>(
  f: (p: P, x: T.Tensor<[3]>) => Scalar,
  p: P,
  xs: T.Tensor<[number, 3]>
): T.Tensor<[number]> => vmap(f, { inAxes: [null, 0] })(p, xs)

// back to one example
export const meanGradient: Params = overExamples(perExample(params, rows), T.mean({ axis: 0 }))
export const inPipe: Params = pipe(perExample(params, rows), overExamples(T.max({ axis: 0 })))
typeOf(overExamples(rows, (leaf) => T.at(leaf, 0)))<T.Tensor<[3]>>(true)
typeOf(overExamples(unknownRank, T.sum))<T.Tensor>(true)
isType<WithoutAxis<WithAxis<Params>>, { readonly w: T.Tensor<[3]>; readonly b: Scalar }>(true)
isType<WithoutAxis<readonly [Scalar, T.Tensor<[2]>]>, readonly [never, Scalar]>(true)

// -----------------------------------------------------------------------------
// Random
// -----------------------------------------------------------------------------

type Batch = Dim<'batch'>
declare const key: Random.Key
declare const batch: Batch
declare const size: number
declare const shape: Shape

typeOf(Random.split(key))<readonly [Random.Key, Random.Key]>(true)
typeOf(Random.split(key, 3))<readonly [Random.Key, Random.Key, Random.Key]>(true)
typeOf(Random.split(key, size))<readonly Random.Key[]>(true)
typeOf(Random.split(key, 0))<readonly []>(true)
typeOf(Random.split(key, 1000))<readonly Random.Key[]>(true)
typeOf(Random.split(key, batch))<readonly Random.Key[]>(true)
typeOf(pipe(key, Random.split(2)))<readonly [Random.Key, Random.Key]>(true)
typeOf(pipe(key, Random.foldIn(1)))<Random.Key>(true)
export const asTensor: T.Tensor<[2]> = key
// @ts-expect-error a tensor is not a key
export const asKey: Random.Key = T.zeros([2], 'int32')

typeOf(Random.normal(key, [2, 3]))<T.Tensor<[2, 3]>>(true)
typeOf(pipe(key, Random.normal([batch, size], 'float64')))<T.Tensor<[Batch, number]>>(true)
typeOf(Random.uniform(key, [2], { low: vector }))<T.Tensor<[2]>>(true)
typeOf(Random.bits([4])(key))<T.Tensor<[4]>>(true)
typeOf(Random.truncatedNormal(key, -2, 2, [5]))<T.Tensor<[5]>>(true)
typeOf(Random.truncatedNormal(-2, 2, [5])(key))<T.Tensor<[5]>>(true)
typeOf(Random.bernoulli(key, 0.5, [5]))<T.Tensor<[5]>>(true)
typeOf(Random.bernoulli(key, vector))<T.Tensor<[3]>>(true)
typeOf(Random.bernoulli(key, 0.5))<T.Tensor<[]>>(true)
typeOf(Random.bernoulli(vector)(key))<T.Tensor<[3]>>(true)
typeOf(Random.categorical(key, T.zeros([2, 3])))<T.Tensor<[2]>>(true)
typeOf(Random.categorical(key, T.zeros([2, 3]), { axis: 0 }))<T.Tensor<[3]>>(true)
typeOf(Random.categorical(key, T.zeros([2, 3]), { shape: [7, 2] }))<T.Tensor<[7, 2]>>(true)
typeOf(Random.categorical(unknownRank)(key))<T.Tensor>(true)
typeOf(Random.permutation(key, 5))<T.Tensor<[5]>>(true)
typeOf(Random.permutation(key, vector))<T.Tensor<[3]>>(true)
typeOf(Random.choice(key, 5))<T.Tensor<[]>>(true)
typeOf(Random.choice(key, 5, { shape: [2] }))<T.Tensor<[2]>>(true)
typeOf(Random.choice(key, T.zeros([2, 3]), { shape: [4, 4] }))<T.Tensor<[4, 4, 3]>>(true)
typeOf(Random.choice(key, T.zeros([2, 3]), { shape }))<T.Tensor>(true)
// @ts-expect-error draws are floats
Random.normal(key, [2], 'int32')
// @ts-expect-error no such option
Random.choice(key, 5, { size: 2 })

const two = pipe(
  Random.draw(Random.normal([2])),
  State.chain((x) =>
    pipe(
      Random.draw(Random.normal([3])),
      State.map((y) => [x, y] as const)
    )
  )
)
typeOf(State.evaluate(key)(two))<readonly [T.Tensor<[2]>, T.Tensor<[3]>]>(true)
typeOf(pipe(Random.draw(Random.normal([2])), Random.replicate(3))(key)[0])<readonly T.Tensor<[2]>[]>(true)
