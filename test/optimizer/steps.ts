// Steps of the optimizers of the table on one loss, and the law of transformations.
import { expect } from 'vitest'
import { scan } from 'pullback/Control'
import { evaluate, trace } from 'pullback/Debug'
import { valueAndGrad } from 'pullback/Grad'
import * as Optimizer from 'pullback/Optimizer'
import * as T from 'pullback/Tensor'
import * as Tree from 'pullback/Tree'
import { vmap } from 'pullback/Vmap'
import type { Any } from './table.js'

export type S = T.Tensor<[]>
export interface Params {
  readonly w: T.Tensor<[3, 2]>
  readonly b: T.Tensor<[2]>
  readonly c: S
}
export type Given = T.Tensor | { readonly [name: string]: T.Tensor } | readonly T.Tensor[] | Params
export interface Progress<P> {
  readonly params: P
  readonly state: Optimizer.State
}

export const params: Params = {
  w: T.of([
    [0.5, -1],
    [2, 0.25],
    [-0.75, 1]
  ]),
  b: T.of([1, -2]),
  c: T.scalar(3)
}
export const target: Params = {
  w: T.of([
    [1, 1],
    [-1, 0.5],
    [0, 2]
  ]),
  b: T.of([0.5, 0.5]),
  c: T.scalar(-1)
}
export const gradient: Params = {
  w: T.of([
    [0.5, -0.25],
    [1, 2],
    [-3, 0.125]
  ]),
  b: T.of([-1, 0.5]),
  c: T.scalar(0.75)
}
export const loss = (p: Params): S => {
  const apart = Tree.sub(p, target)
  return T.mul(Tree.dot(apart, apart), 0.5)
}

/** A step from a gradient; the objective is there for those that need it. */
export const stepWith = <P extends Given>(optimizer: Any, g: P, { params: p, state }: Progress<P>): Progress<P> => {
  const objective = (x: P): S => Tree.dot(x, g)
  const [updates, next] = optimizer.update(g, state, p, { objective, value: T.scalar(0) })
  return { params: Optimizer.applyUpdates(p, updates), state: next }
}

export const begin = <P extends Given>(optimizer: Any, p: P): Progress<P> => ({ params: p, state: optimizer.init(p) })

/** A step on the loss. */
export const descend =
  (optimizer: Any) =>
  ({ params: p, state }: Progress<Params>): Progress<Params> => {
    const given = { objective: loss, value: T.scalar(0) }
    const [updates, next] = optimizer.update(Tree.sub(p, target), state, p, given)
    return { params: Optimizer.applyUpdates(p, updates), state: next }
  }

export const bits = (tree: unknown): readonly unknown[] =>
  Tree.leaves(tree).map((leaf) => [leaf.dtype, leaf.shape, Array.from(T.toArray(leaf))])

export const isFinite = (tree: unknown): boolean =>
  Tree.leaves(tree).every((x) => Array.from(T.toArray(x)).every(Number.isFinite))

/** So many steps on the loss. */
export const stepsOf =
  (optimizer: Any) =>
  (n: number, from: Progress<Params>): Progress<Params> =>
    n === 0 ? from : stepsOf(optimizer)(n - 1, descend(optimizer)(from))

/** Two steps are the same, to the bit, inside of `scan`, in a program, under `vmap` and under `grad`. */
export const expectTheSameInside = (optimizer: Any, start: Progress<Params> = begin(optimizer, params)): void => {
  const steps = stepsOf(optimizer)
  const step = descend(optimizer)
  const expected = steps(2, start)
  const [carried] = scan((c: Progress<Params>) => [step(c), undefined], { length: 2 })(start)
  expect(bits(carried)).toEqual(bits(expected))
  const program = evaluate(trace(step)(start))
  expect(bits(program(program(start)))).toEqual(bits(expected))
  const other = steps(1, { ...start, params: target })
  const { leaves, unflatten } = Tree.flatten(start)
  const pairs = leaves.map((leaf, i) => T.stack([leaf, Tree.leaves(other)[i]!]))
  const both = vmap((all: readonly T.Tensor[]) => step(unflatten(all)))(pairs)
  expect(bits(Tree.map(both, (leaf: T.Tensor) => T.at(leaf, 0)))).toEqual(bits(step(start)))
  expect(bits(Tree.map(both, (leaf: T.Tensor) => T.at(leaf, 1)))).toEqual(bits(step(other)))
  const outcome = (p: Params): S => loss(steps(2, { params: p, state: start.state }).params)
  const [value, slope] = valueAndGrad(outcome)(params)
  expect(T.item(value)).toBe(T.item(outcome(params)))
  expect(isFinite(slope)).toBe(true)
}
