/** Whole Jacobians and Hessians, by mapping the two modes over a basis. */
import type { Leaves } from '../primitive/leaves.js'
import { options, oneOf } from '../internal/options.js'
import type { Shape } from '../shape/model.js'
import { type Tensor, isTensor } from '../tensor/model.js'
import { cast } from '../tensor/structural.js'
import { TreeError } from '../tree/error.js'
import { type Flat, flattenAs } from '../tree/model.js'
import { blocksByColumn, blocksByRow, dimension, overBasis } from './basis.js'
import { pullBack, pushForward } from './leafwise.js'
import { passLater, requireFloat, requireFunctions, results, zeroLike } from './arguments.js'

// -----------------------------------------------------------------------------
// model
// -----------------------------------------------------------------------------

type Joined<A extends Shape, B extends Shape> = number extends A['length'] | B['length'] ? Shape : [...A, ...B]

type Inside<P, A extends Shape> =
  P extends Tensor<infer B> ? Tensor<Joined<A, B>> : { [Key in keyof P]: Inside<P[Key], A> }

/**
 * The type of a Jacobian: in place of every result leaf a tree like the parameters, whose leaves have the shape of the
 * result followed by that of the parameter.
 *
 * @example
 * import { type Jacobian, jacobian } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const double = (x: T.Tensor<[2]>) => T.mul(x, 2)
 * const matrix: Jacobian<T.Tensor<[2]>, T.Tensor<[2]>> = jacobian(double)(T.zeros([2]))
 * matrix // => T.of([[2, 0], [0, 2]])
 */
export type Jacobian<R, P> = R extends Tensor<infer A> ? Inside<P, A> : { [Key in keyof R]: Jacobian<R[Key], P> }

/**
 * How a Jacobian is computed: a column per input element (`'forward'`), or a row per output element (`'reverse'`). By
 * default, whichever are fewer.
 *
 * @example
 * import { type JacobianOptions, jacobian } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const options: JacobianOptions = { mode: 'reverse' }
 * jacobian(T.sum, options)(T.zeros([2])) // => T.ones([2])
 */
export interface JacobianOptions {
  readonly mode?: 'forward' | 'reverse'
}

/** A function of the leaves of its parameters, and the structure of what it returns once it has run. */
interface Taken<P, R> {
  readonly params: Flat<P>
  readonly f: Leaves
  readonly result: () => Flat<R>
}

/** A function of trees as one of leaves; leaves that cannot be differentiated are refused by path. */
export const leafwise = <P, R>(operation: string, f: (params: P) => R, params: P): Taken<P, R> => {
  const flat = flattenAs(operation, params)
  flat.leaves.forEach((leaf, i) => requireFloat(operation, leaf, flat.paths[i] || 'the argument', passLater))
  let outcome: Flat<R> | undefined
  return {
    params: flat,
    f: (leaves) => {
      outcome = results(operation, f(flat.unflatten(leaves)))
      outcome.leaves.forEach((leaf, i) => requireFloat(operation, leaf, outcome?.paths[i] || 'the result'))
      return outcome.leaves
    },
    result: () => {
      if (outcome !== undefined) return outcome
      throw new TreeError(operation, '', 'the function was not called')
    }
  }
}

// -----------------------------------------------------------------------------
// the two modes
// -----------------------------------------------------------------------------

/** Blocks by result leaf, then by parameter leaf. */
type Blocks = readonly (readonly Tensor[])[]

/** One tangent per input element; per result leaf all of them, along the axis in front. */
const columns = (operation: string, f: Leaves, params: readonly Tensor[]): readonly Tensor[] =>
  overBasis(operation, params, (directions) => {
    const { value, tangent } = pushForward(operation, f, params, directions)
    return value.map((each, i) => tangent[i] ?? zeroLike(each))
  })

const forward = (operation: string, f: Leaves, params: readonly Tensor[]): Blocks =>
  columns(operation, f, params).map((column) => blocksByColumn(column, params))

const reverse = (
  operation: string,
  params: readonly Tensor[],
  value: readonly Tensor[],
  pull: ReturnType<typeof pullBack>['pull']
): Blocks => {
  const rows = overBasis(operation, value, (cotangents) =>
    pull(cotangents).map((each, i) => each ?? zeroLike(params[i]!))
  )
  const perParameter = rows.map((row) => blocksByRow(row, value))
  return value.map((_, result) => perParameter.map((blocks) => blocks[result]!))
}

const blocksOf = (operation: string, f: Leaves, params: readonly Tensor[], mode: JacobianOptions['mode']): Blocks => {
  if (mode === 'forward') return forward(operation, f, params)
  const { value, pull } = pullBack(operation, f, params)
  return mode === undefined && dimension(params) < dimension(value)
    ? forward(operation, f, params)
    : reverse(operation, params, value, pull)
}

/** Puts a tree like the parameters in place of every leaf of the result. */
export const assemble = <P, R>(taken: Taken<P, R>, blocks: Blocks): Jacobian<R, P> => {
  const result = taken.result()
  const { leaves, unflatten } = taken.params
  const trees = blocks.map((block) => unflatten(block.map((each, i) => cast(each, leaves[i]!.dtype))))
  let next = 0
  return nested<Jacobian<R, P>>(replace(result.unflatten(result.leaves), () => trees[next++]))
}

const isNode = (x: unknown): x is { readonly [key: string]: unknown } => typeof x === 'object' && x !== null

/** A tree with other trees in place of its leaves. */
const replace = (tree: unknown, leaf: () => unknown): unknown => {
  if (isTensor(tree)) return leaf()
  if (Array.isArray(tree)) return tree.map((child: unknown) => replace(child, leaf))
  if (!isNode(tree)) return tree
  return Object.fromEntries(Object.entries(tree).map(([key, child]) => [key, replace(child, leaf)]))
}

/** Casts a tree that was put together from the blocks. */
const nested = <J>(tree: unknown): J => tree as J

const check = options<JacobianOptions>('jacobian', { mode: oneOf('forward', 'reverse') })

/** The Jacobian; errors name the operation. */
const jacobianAs = <P, R>(
  operation: string,
  f: (params: P) => R,
  params: P,
  mode: JacobianOptions['mode']
): Jacobian<R, P> => {
  const taken = leafwise(operation, f, params)
  return assemble(taken, blocksOf(operation, taken.f, taken.params.leaves, mode))
}

// -----------------------------------------------------------------------------
// combinators
// -----------------------------------------------------------------------------

/**
 * The Jacobian of a function in its first argument: all partial derivatives of all results. For a result of shape A and a
 * parameter of shape B it has shape [...A, ...B]; trees of results hold trees of parameters, in place of each leaf.
 *
 * Computed by `vmap` of either mode over the standard basis: forward for as many passes as input elements, reverse for as
 * many as output elements, whichever are fewer unless `mode` says so. It nests. Further arguments are constants. Each block
 * has the type of its parameter, as a gradient has; forward mode computes it in that of the result, and rounds.
 *
 * @example
 * import { jacobian } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * const polar = ({ r, phi }: { r: T.Tensor<[]>; phi: T.Tensor<[]> }) => T.mul(r, T.stack([T.cos(phi), T.sin(phi)]))
 * jacobian(polar)({ r: T.scalar(2), phi: T.scalar(0) }) // => { r: T.of([1, 0]), phi: T.of([0, 2]) }
 */
export const jacobian = <P, Rest extends readonly unknown[], R>(
  f: (params: P, ...rest: Rest) => R,
  options: JacobianOptions = {}
): ((params: P, ...rest: Rest) => Jacobian<R, P>) => {
  requireFunctions('jacobian', { f })
  check(options)
  return (params, ...rest) => jacobianAs('jacobian', (p: P) => f(p, ...rest), params, options.mode)
}

/**
 * The Hessian of a function in its first argument: the Jacobian of its Jacobian, by forward over reverse. For a scalar
 * result and a parameter of shape B it has shape [...B, ...B]; for a result of shape A, [...A, ...B, ...B]; trees hold
 * trees in place of each leaf.
 *
 * It costs about as many gradients as there are parameters, all at once; for one product with a vector see `hvp`.
 *
 * @example
 * import { hessian } from 'pullback/Grad'
 * import * as T from 'pullback/Tensor'
 *
 * hessian((x: T.Tensor<[2]>) => T.prod(x))(T.of([3, 5])) // => T.of([[0, 1], [1, 0]])
 */
export const hessian = <P, Rest extends readonly unknown[], R>(
  f: (params: P, ...rest: Rest) => R,
  ...more: readonly []
): ((params: P, ...rest: Rest) => Jacobian<Jacobian<R, P>, P>) => {
  requireFunctions('hessian', { f }, more)
  return (params, ...rest) => {
    const inner = (at: P): Jacobian<R, P> => jacobianAs('hessian', (p: P) => f(p, ...rest), at, 'reverse')
    return jacobianAs('hessian', inner, params, 'forward')
  }
}
