// What the tests of control flow share: values as plain numbers, and functions as programs.
import type { Program } from '../../src/primitive/model.js'
import { run } from '../../src/transform/program.js'
import { stageAt } from '../../src/transform/stage.js'
import { flattenAs } from '../../src/tree/model.js'
import * as Tree from 'pullback/Tree'
import * as T from 'pullback/Tensor'

export type S = T.Tensor<[]>
export type V = T.Tensor<[number]>

export const scalar = (value: number): S => T.scalar(value, 'float64')
export const vector = (values: readonly number[]): V => T.of(values, 'float64')

/** All numbers of a tree, leaf by leaf: what is compared to the bit. */
export const numbers = (tree: unknown): readonly (readonly number[])[] =>
  Tree.leaves(tree).map((leaf) => [...T.toArray(leaf)])

/** A function of trees, staged and then run: what it gives as a program. */
export const staged =
  <Args extends readonly unknown[], R>(f: (...args: Args) => R): ((...args: Args) => R) =>
  (...args) => {
    const flat = flattenAs('staged', args)
    let outcome: { readonly unflatten: (leaves: readonly T.Tensor[]) => R } | undefined
    const { program, operands } = stageAt('staged', flat.leaves, (leaves) => {
      const result = flattenAs('staged', f(...flat.unflatten(leaves)))
      outcome = result
      return result.leaves
    })
    return outcome!.unflatten(run(program, operands))
  }

/** The names of a program's equations. */
export const namesOf = (f: (x: T.Tensor) => T.Tensor, x: T.Tensor): readonly string[] => {
  const { program }: { readonly program: Program } = stageAt('staged', [x], ([input]) => [f(input!)])
  return program.equations.map(({ primitive }) => primitive.name)
}
