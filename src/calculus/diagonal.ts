/** Traces and diagonals of derivatives, without the matrices around them. */
import type { Leaves } from '../primitive/leaves.js'
import type { Slots } from '../primitive/model.js'
import { type Tensor, fill } from '../tensor/model.js'
import { add, mul } from '../tensor/arithmetic.js'
import { sumOver } from '../tensor/structural.js'
import { sum } from '../tensor/reduce.js'
import { typed } from '../tensor/typed.js'
import { requireSameShape, zipWithAs } from '../tree/model.js'
import { blocksByColumn, overBasis } from './basis.js'
import { type Jacobian, assemble, leafwise } from './jacobian.js'
import { pushForward } from './leafwise.js'
import { requireFunctions, zeroLike } from './arguments.js'

const full = (slots: Slots, like: readonly Tensor[]): readonly Tensor[] =>
  like.map((each, i) => slots[i] ?? zeroLike(each))

/** The second derivative along every element of the parameters; per result leaf all of them, along the axis in front. */
const secondAlong = (operation: string, f: Leaves, params: readonly Tensor[]): readonly Tensor[] =>
  overBasis(operation, params, (directions) => {
    const once: Leaves = (at) => {
      const { value, tangent } = pushForward(operation, f, at, directions)
      return full(tangent, value)
    }
    const { value, tangent } = pushForward(operation, once, params, directions)
    return full(tangent, value)
  })

/**
 * The diagonal of the Hessian in the first argument: the second derivative along each element of the parameters. For a
 * scalar result it has the structure and shapes of the parameters; for a result of shape A each leaf has A in front; trees
 * of results hold such trees in place of each leaf.
 *
 * Exact, by forward over forward along all elements at once, without the rest of the matrix.
 *
 * @example
 * import { hessianDiagonal } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const f = (x: T.Tensor<[2]>) => T.sum(T.mul(x, T.square(x)))
 * hessianDiagonal(f)(T.of([1, 2])) // => T.of([6, 12])
 */
export const hessianDiagonal = <P, Rest extends readonly unknown[], R>(
  f: (params: P, ...rest: Rest) => R,
  ...more: readonly []
): ((params: P, ...rest: Rest) => Jacobian<R, P>) => {
  requireFunctions('hessianDiagonal', { f }, more)
  return (params, ...rest) => {
    const taken = leafwise('hessianDiagonal', (p: P) => f(p, ...rest), params)
    const { leaves } = taken.params
    const along = secondAlong('hessianDiagonal', taken.f, leaves)
    return assemble(
      taken,
      along.map((each) => blocksByColumn(each, leaves))
    )
  }
}

/**
 * The Laplacian in the first argument, the sum of all pure second derivatives, of every result: it has the structure and
 * shapes of the results.
 *
 * @example
 * import { laplacian } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * laplacian((x: T.Tensor<[3]>) => T.sum(T.square(x)))(T.of([1, 2, 3])) // => T.scalar(6)
 */
export const laplacian = <P, Rest extends readonly unknown[], R>(
  f: (params: P, ...rest: Rest) => R,
  ...more: readonly []
): ((params: P, ...rest: Rest) => R) => {
  requireFunctions('laplacian', { f }, more)
  return (params, ...rest) => {
    const taken = leafwise('laplacian', (p: P) => f(p, ...rest), params)
    const along = secondAlong('laplacian', taken.f, taken.params.leaves)
    return taken.result().unflatten(along.map((each) => sumOver(each, [0])))
  }
}

/**
 * The divergence of a vector field, the trace of its Jacobian: a scalar. The result of the field must have the structure
 * and shapes of its first argument.
 *
 * @example
 * import { divergence } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * divergence((x: T.Tensor<[2]>) => T.mul(x, T.of([2, 3])))(T.of([5, 7])) // => T.scalar(5)
 */
export const divergence = <P, Rest extends readonly unknown[]>(
  field: (params: P, ...rest: Rest) => NoInfer<P>,
  ...more: readonly []
): ((params: P, ...rest: Rest) => Tensor<[]>) => {
  requireFunctions('divergence', { field }, more)
  return (params, ...rest) => {
    const checked = (p: P): P =>
      zipWithAs('divergence', field(p, ...rest), p, (result, own, path) => {
        requireSameShape('divergence', path === '' ? 'the result and the argument' : path, result, own)
        return result
      })
    const taken = leafwise('divergence', checked, params)
    const { leaves } = taken.params
    if (leaves.length === 0) return typed<[]>(fill([], 'float32', 0))
    const parts = overBasis('divergence', leaves, (directions) => {
      const { tangent } = pushForward('divergence', taken.f, leaves, directions)
      return [
        directions
          .map((direction, i): Tensor => sum(mul(direction, tangent[i] ?? zeroLike(direction))))
          .reduce((total, part) => add(total, part))
      ]
    })
    return typed<[]>(sumOver(parts[0]!, [0]))
  }
}
