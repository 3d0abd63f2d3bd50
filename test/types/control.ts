// What the compiler knows of control flow. This file is compiled, not run.
import { associativeScan, cond, foriLoop, map, scan, switchCase, whileLoop } from 'pullback/Control'
import * as T from 'pullback/Tensor'
import { typeOf } from './same.js'

type S = T.Tensor<[]>
type V = T.Tensor<[3]>

declare const scalar: S
declare const vector: V
declare const matrix: T.Tensor<[7, 3]>
declare const unknownRank: T.Tensor

// -----------------------------------------------------------------------------
// scan, map
// -----------------------------------------------------------------------------

const sums = scan((c: S, x: V) => [T.add(c, T.sum(x)), T.mul(x, c)])
typeOf(sums(scalar, matrix))<readonly [carry: S, ys: T.Tensor<[number, 3]>]>(true)

interface State {
  readonly h: S
}
const trees = scan((c: State, x: { a: S; b: readonly [V] }) => [{ h: T.add(c.h, x.a) }, { y: x.b[0] }])
export const ofTrees: readonly [State, { y: T.Tensor<[number, 3]> }] = trees(
  { h: scalar },
  { a: vector, b: [T.zeros([3, 3])] }
)
typeOf(scan((c: S) => [T.mul(c, c), undefined], { length: 3 })(scalar))<readonly [carry: S, ys: undefined]>(true)
export const ofUnknownRank: readonly [T.Tensor, T.Tensor] = scan((c: T.Tensor, x: T.Tensor) => [T.add(c, x), c])(
  unknownRank,
  unknownRank
)
// @ts-expect-error elements are missing
scan((c: S, x: S) => [c, x])(scalar)
// @ts-expect-error elements have an axis too many
scan((c: S, x: S) => [c, x])(scalar, matrix)
// @ts-expect-error the carry must keep its shape
scan((c: S, x: S) => [T.broadcastTo(c, [3]), x])(scalar, vector)
// @ts-expect-error a pair is required
scan((c: S, x: S) => T.add(c, x))(scalar, vector)
// @ts-expect-error no such option
scan((c: S, x: S) => [c, x], { backwards: true })

typeOf(map((x: V) => T.sum(x))(matrix))<T.Tensor<[number]>>(true)

// -----------------------------------------------------------------------------
// cond, switchCase
// -----------------------------------------------------------------------------

typeOf(
  cond(
    scalar,
    (x: V) => T.sum(x),
    (x) => T.max(x)
  )(vector)
)<S>(true)
typeOf(cond(scalar, T.exp, T.neg)(vector))<V>(true)
typeOf(
  cond(
    scalar,
    () => scalar,
    () => T.scalar(1)
  )()
)<S>(true)
cond(
  scalar,
  (x: V) => T.sum(x),
  // @ts-expect-error branches give the same shape
  (x: V) => x
)
// @ts-expect-error a predicate is a scalar
cond(vector, T.exp, T.neg)
typeOf(switchCase(scalar, [(x: V) => T.sum(x), (x: V) => T.max(x)])(vector))<S>(true)

// -----------------------------------------------------------------------------
// whileLoop, foriLoop, associativeScan
// -----------------------------------------------------------------------------

typeOf(
  whileLoop(
    (x: S) => T.less(x, 1),
    (x) => T.mul(x, 2)
  )(scalar)
)<S>(true)
typeOf(
  whileLoop(
    ({ h }: State) => T.less(h, 1),
    ({ h }) => ({ h: T.mul(h, 2) })
  )({ h: scalar })
)<State>(true)
whileLoop(
  (x: S) => T.less(x, 1),
  // @ts-expect-error the carry must keep its shape
  (x) => T.broadcastTo(x, [2])
)
typeOf(foriLoop(0, 3, (i, x: S) => T.mul(x, i))(scalar))<S>(true)
typeOf(foriLoop(0, scalar, (i, x: V) => T.mul(x, i))(vector))<V>(true)

typeOf(associativeScan((a: T.Tensor, b: T.Tensor) => T.add(a, b))(matrix))<T.Tensor<[7, 3]>>(true)
typeOf(associativeScan((a: { x: T.Tensor }, b: { x: T.Tensor }) => ({ x: T.add(a.x, b.x) }))({ x: matrix }))<{
  x: T.Tensor<[7, 3]>
}>(true)
typeOf(associativeScan(T.matmul)(unknownRank))<T.Tensor>(true)
